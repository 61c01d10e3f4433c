/** Sends the command tree to Discord if what is there differs from it (discord.md 1.2). */

import { createHash } from 'node:crypto';
import { type REST, Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { doubling } from '../../../concurrency/back-off.ts';
import { type Sentence, say } from '../../../words/say.ts';
import { type CommandIds, commandIdsOf } from '../messages/command-mentions.ts';
import { findString, isJsonObject, listStrings, NotAsDocumented } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, isPassing, loggable } from '../wire/rest.ts';
import { commandsJson, type Declared } from './command-json.ts';

const FACT = 'discord.commands';
const GLOBAL = 'global';

export interface Registration {
  readonly rest: REST;
  readonly applicationId: string;
  /** Registers in this guild only, where commands appear at once; globally when undefined. */
  readonly guildId: string | undefined;
  /** The guilds of the bot: commands of an earlier life, or of another database, may be in any of them. */
  readonly guildIds: () => readonly string[];
  readonly commands: Declared;
  /** Keeps what was sent, and what Discord showed then. */
  readonly facts: Stores['installation'];
  readonly log: Log;
}

/** Ids by name of the top-level command, for mentions such as `</grant add:123>`. */
type Ids = Readonly<Record<string, string>>;

const backOff = doubling({ firstMs: 2_000, lastMs: 15 * 60_000 });
/** What Discord refuses now it refuses again, until somebody changes something. */
const REFUSED_MS = 15 * 60_000;

/** Somebody may delete them at Discord, or another program with this token may change them. */
const LOOK_AGAIN_MS = 24 * 60 * 60_000;

/**
 * Registers, tries again until it is done, and looks again every day, until it is stopped: people can use the commands
 * of the last start meanwhile. `firstTry` resolves when the commands can be used, or the first try failed; `done` when
 * nothing is tried any more. Neither rejects.
 */
export function keepRegistering(
  registration: Registration,
  {
    clock,
    stopping,
    staff,
    onRegistered = () => {},
  }: {
    readonly clock: Clock;
    readonly stopping: AbortSignal;
    /** Is told when it has failed a few times: commands may be old, or lacking. */
    readonly staff: { tell(what: Sentence): Promise<void>; takeBack(what: Sentence): Promise<void> };
    /** Gets the ids of the commands whenever Discord has shown them. */
    readonly onRegistered?: (ids: CommandIds) => void;
  },
): { readonly firstTry: Promise<void>; readonly done: Promise<void> } {
  const first = Promise.withResolvers<void>();
  /** Where it has not been seen yet that nothing is left; undefined for wherever it may be. */
  let among: readonly string[] | undefined;

  /** Resolves to what failed, if anything did. */
  async function once(): Promise<{ readonly error: unknown } | undefined> {
    try {
      const inPlace = (ids: Ids) => {
        onRegistered(commandIdsOf(Object.keys(registration.commands), ids));
        first.resolve();
      };
      const { left, error } = await registerCommands(registration, { among, inPlace });
      among = left.length > 0 ? left : undefined;
      return left.length > 0 ? { error } : undefined;
    } catch (error) {
      return { error };
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.aborted; ) {
      const failed = await once();
      first.resolve();
      failures = failed ? failures + 1 : 0;
      const waitMs = failed ? noteFailure(registration, failed.error, failures) : LOOK_AGAIN_MS;
      if (!failed) await said(staff.takeBack(REGISTERED));
      else if (failures >= TOLD_AFTER || waitMs >= REFUSED_MS) await said(staff.tell(NOT_REGISTERED));
      await clock.sleep(waitMs, stopping);
    }
    first.resolve();
  }
  async function said(work: Promise<void>): Promise<void> {
    await work.catch((err) =>
      registration.log.error({ err }, 'what became of the commands could not be told'),
    );
  }
  return { firstTry: first.promise, done: run() };
}

/** Failures in a row. One or two are an outage that passes. */
const TOLD_AFTER = 3;
const NOT_REGISTERED = say('alert.commands.lost');
const REGISTERED = say('alert.commands.back');

/** How long to wait after it. */
function noteFailure(registration: Registration, error: unknown, failures: number): number {
  const failure = describeDiscordError(error);
  const isRefused = failure.kind === 'bug' || (failure.kind === 'answered' && (failure.status ?? 0) < 500);
  const waitMs = Math.max(isRefused ? REFUSED_MS : backOff(failures), failure.retryAfterMs ?? 0);
  const fields = { ...failureFields(error), ...named(failure.fields, registration), waitMs };
  const cause = failure.kind === 'bug' ? { err: loggable(error) } : {};
  registration.log.error({ ...fields, ...cause }, FAILED);
  return waitMs;
}

const FAILED = 'commands could not be registered';

/** Discord counts commands; people know them by name. */
function named(fields: string | undefined, { commands, guildId }: Registration) {
  if (fields === undefined) return {};
  const json = commandsJson(commands, guildId === undefined ? 'global' : 'guild');
  const byName = fields.replace(/(^| )(\d+)(?=[.:])/g, (_match, space: string, index: string) => {
    return `${space}${json[Number(index)]?.name ?? index}`;
  });
  return { fields: byName.slice(0, 1_000) };
}

interface Registered {
  readonly ids: Ids;
  /** Scopes in which commands of an earlier life may be left, and why. */
  readonly left: readonly string[];
  readonly error: unknown;
}

/**
 * Discord allows only 200 new commands a day, so nothing is sent when nothing has changed: neither ours since it was
 * sent, nor what Discord shows, which is read. `inPlace` is called when people can use the commands; those of an
 * earlier life are taken back after that, `among` these scopes, or wherever they may be.
 * @throws what Discord refuses of our own commands.
 */
export async function registerCommands(
  registration: Registration,
  {
    among,
    inPlace = (_ids: Ids) => {},
  }: { readonly among?: readonly string[] | undefined; readonly inPlace?: (ids: Ids) => void } = {},
): Promise<Registered> {
  const { rest, applicationId, guildId, commands, facts, log } = registration;
  const json = commandsJson(commands, guildId === undefined ? 'global' : 'guild');
  const scope = guildId ?? GLOBAL;
  const hash = createHash('sha256').update(JSON.stringify(json)).digest('hex');
  const before = readFact(await facts.find(FACT), applicationId);
  const route = routeOf(applicationId, scope);

  let there = readCommands(await rest.get(route));
  const isSame =
    before?.scope === scope && before.hash === hash && before.shown === versionsOf(there) && there.length > 0;
  const earlier = before ? [...before.elsewhere, before.scope] : [];
  const keep = (elsewhere: readonly string[]) =>
    facts.set(
      FACT,
      JSON.stringify({
        applicationId,
        scope,
        hash,
        shown: versionsOf(there),
        elsewhere: elsewhere.filter(isOther),
      }),
    );
  const isOther = (one: string) => one !== scope;

  // PUT replaces all commands of the scope, including those of other types.
  if (!isSame) {
    there = readCommands(await rest.put(route, { body: json }));
    await keep(earlier);
    log.info({ count: json.length, scope }, 'commands were registered');
  }
  const ids = Object.fromEntries(there.map(({ name, id }) => [name, id]));
  inPlace(ids);
  const everywhere = [GLOBAL, ...earlier, ...registration.guildIds()];
  const { left, error } = await clearAll([...new Set(among ?? everywhere)].filter(isOther), registration);
  // Once, and not for each of a thousand guilds: whoever is killed in between looks again, and finds nothing there.
  if (before?.scope !== scope || [...before.elsewhere].join() !== left.join()) await keep(left);
  return { ids, left, error };
}

/** Clears one after another. A refusal concerns one of them; while Discord is away, the rest is left. */
async function clearAll(
  scopes: readonly string[],
  registration: Registration,
): Promise<Omit<Registered, 'ids'>> {
  const left: string[] = [];
  let error: unknown;
  for (const [index, scope] of scopes.entries()) {
    try {
      await clear(scope, registration);
    } catch (caught) {
      error = caught;
      const failure = describeDiscordError(caught);
      if (isPassing(failure) || failure.kind === 'limited')
        return { left: [...left, ...scopes.slice(index)], error };
      left.push(scope);
    }
  }
  return { left, error };
}

/** Commands that stayed registered in another scope would be offered twice. */
async function clear(scope: string, { rest, applicationId, log }: Registration): Promise<void> {
  const route = routeOf(applicationId, scope);
  try {
    if (readCommands(await rest.get(route)).length === 0) return;
    await rest.put(route, { body: [] });
    log.info({ scope }, 'earlier commands were taken back');
  } catch (error) {
    const { kind, errorCode } = describeDiscordError(error);
    // Usher is not in that guild any more, and neither are its commands.
    if (kind !== 'answered' || !NOT_OURS.has(errorCode)) throw error;
  }
}

const NOT_OURS = new Set<unknown>([50001, 10004]);

function routeOf(applicationId: string, scope: string) {
  return scope === GLOBAL
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, scope);
}

interface Shown {
  readonly name: string;
  readonly id: string;
  /** Another one after each change. */
  readonly version: string;
}

function readCommands(answer: unknown): readonly Shown[] {
  if (!Array.isArray(answer)) throw new NotAsDocumented('commands');
  const text = (command: Parameters<typeof findString>[0], field: string) => findString(command, field) ?? '';
  return answer
    .filter(isJsonObject)
    .map((one) => ({ name: text(one, 'name'), id: text(one, 'id'), version: text(one, 'version') }));
}

const versionsOf = (commands: readonly Shown[]): string =>
  commands
    .map(({ id, version }) => `${id}:${version}`)
    .toSorted()
    .join(' ');

interface Fact {
  readonly scope: string;
  readonly hash: string;
  /** What Discord showed after it. */
  readonly shown: string;
  readonly elsewhere: readonly string[];
}

/** What an earlier start stored, for this application. If it cannot be read, the commands are sent again. */
function readFact(text: string | undefined, applicationId: string): Fact | undefined {
  if (text === undefined) return undefined;
  try {
    const fact: unknown = JSON.parse(text);
    if (!isJsonObject(fact)) return undefined;
    // Before 2026-11, the application was part of the scope.
    const [application, scope] = (findString(fact, 'scope') ?? '').includes('/')
      ? (findString(fact, 'scope') ?? '').split('/')
      : [findString(fact, 'applicationId'), findString(fact, 'scope')];
    if (application !== applicationId || scope === undefined) return undefined;
    const [hash, shown] = [findString(fact, 'hash') ?? '', findString(fact, 'shown') ?? ''];
    return { scope, hash, shown, elsewhere: listStrings(fact, 'elsewhere') };
  } catch {
    return undefined;
  }
}
