/** Sends the command tree to Discord if what is there differs from it (discord.md 1.2). */

import { createHash } from 'node:crypto';
import { type REST, Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { doubling } from '../../../concurrency/back-off.ts';
import { findString, isJsonObject, listStrings, NotAsDocumented } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, loggable } from '../wire/rest.ts';
import { commandsJson, type Declared } from './command-json.ts';

const FACT = 'discord.commands';
const GLOBAL = 'global';

export interface Registration {
  readonly rest: REST;
  readonly applicationId: string;
  /** Registers in this guild only, where commands appear at once; globally when undefined. */
  readonly guildId: string | undefined;
  /** The guilds of the bot: with a new database, commands of an earlier life may be in any of them. */
  readonly guildIds: () => readonly string[];
  readonly commands: Declared;
  /** Stores the hash of the tree that was sent. */
  readonly facts: Stores['installation'];
  readonly log: Log;
}

/** Ids by name of the top-level command, for mentions such as `</grant add:123>`. */
export type CommandIds = Readonly<Record<string, string>>;

const backOff = doubling({ firstMs: 2_000, lastMs: 15 * 60_000 });
/** What Discord refuses now it refuses again, until somebody changes something. */
const REFUSED_MS = 15 * 60_000;

/**
 * Registers, and tries again until it is done or stopped: people can use the commands of the last start meanwhile.
 * `firstTry` resolves when the commands can be used, or the first try failed; `done` when nothing is tried any more.
 * Neither rejects.
 */
export function keepRegistering(
  registration: Registration,
  { clock, stopping }: { readonly clock: Clock; readonly stopping: AbortSignal },
): { readonly firstTry: Promise<void>; readonly done: Promise<void> } {
  const first = Promise.withResolvers<void>();
  async function run(): Promise<void> {
    for (let failures = 1; !stopping.aborted; failures += 1) {
      try {
        await registerCommands(registration, first.resolve);
        break;
      } catch (error) {
        const failure = describeDiscordError(error);
        const isRefused =
          failure.kind === 'bug' || (failure.kind === 'answered' && (failure.status ?? 0) < 500);
        const waitMs = Math.max(isRefused ? REFUSED_MS : backOff(failures), failure.retryAfterMs ?? 0);
        const fields = { ...failureFields(error), ...named(failure.fields, registration), waitMs };
        if (failure.kind === 'bug') registration.log.error({ ...fields, err: loggable(error) }, FAILED);
        else registration.log.error(fields, FAILED);
        first.resolve();
        await clock.sleep(waitMs, stopping);
      }
    }
    first.resolve();
  }
  return { firstTry: first.promise, done: run() };
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

/**
 * Discord allows only 200 new commands a day, so nothing is sent when nothing has changed. What is there is read: the
 * hash of what was sent says nothing about what somebody has deleted since. `inPlace` is called when people can use
 * the commands; those of an earlier life are taken back after that.
 * @throws what Discord refuses.
 */
export async function registerCommands(
  registration: Registration,
  inPlace: () => void = () => {},
): Promise<CommandIds> {
  const { rest, applicationId, guildId, commands, facts, log } = registration;
  const json = commandsJson(commands, guildId === undefined ? 'global' : 'guild');
  const scope = guildId ?? GLOBAL;
  const hash = createHash('sha256').update(JSON.stringify(json)).digest('hex');
  const before = readFact(await facts.find(FACT), applicationId);
  const route = routeOf(applicationId, scope);

  let ids = readIds(await rest.get(route));
  const isThere = json.length === Object.keys(ids).length && json.every(({ name }) => name in ids);
  const isSame = isThere && before?.scope === scope && before.hash === hash;
  const earlier = before ? [...before.elsewhere, before.scope] : [GLOBAL, ...registration.guildIds()];
  let elsewhere = [...new Set(earlier)].filter((one) => one !== scope);
  const keep = () => facts.set(FACT, JSON.stringify({ applicationId, scope, hash, ids, elsewhere }));

  // PUT replaces all commands of the scope, including those of other types.
  if (!isSame) {
    ids = readIds(await rest.put(route, { body: json }));
    await keep();
    log.info({ count: json.length, scope }, 'commands were registered');
  }
  inPlace();
  if (elsewhere.length === 0) return ids;
  try {
    for (const other of elsewhere) {
      await clear(other, registration);
      elsewhere = elsewhere.filter((one) => one !== other);
    }
  } finally {
    // Once, and not for each of a thousand guilds: whoever is killed in between looks again, and finds nothing there.
    await keep();
  }
  return ids;
}

/** Commands that stayed registered in another scope would be offered twice. */
async function clear(scope: string, { rest, applicationId, log }: Registration): Promise<void> {
  const route = routeOf(applicationId, scope);
  try {
    if (Object.keys(readIds(await rest.get(route))).length === 0) return;
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

function readIds(answer: unknown): CommandIds {
  if (!Array.isArray(answer)) throw new NotAsDocumented('commands');
  return Object.fromEntries(
    answer
      .filter(isJsonObject)
      .map((command) => [findString(command, 'name') ?? '', findString(command, 'id') ?? '']),
  );
}

interface Fact {
  readonly scope: string;
  readonly hash: string;
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
    return { scope, hash: findString(fact, 'hash') ?? '', elsewhere: listStrings(fact, 'elsewhere') };
  } catch {
    return undefined;
  }
}
