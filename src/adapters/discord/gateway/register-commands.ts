/** Sends the command tree to Discord if it differs from the one sent last (discord.md 1.2). */

import { createHash } from 'node:crypto';
import { type REST, Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import { findString, isJsonObject, NotAsDocumented } from '../wire/json-reader.ts';
import { describeDiscordError } from '../wire/rest.ts';
import { commandsJson, type Declared } from './command-json.ts';

const FACT = 'discord.commands';

export interface Registration {
  readonly rest: REST;
  readonly applicationId: string;
  /** Registers in this guild only, where commands appear at once; globally when undefined. */
  readonly guildId: string | undefined;
  readonly commands: Declared;
  /** Stores the hash of the tree that was sent. */
  readonly facts: Stores['installation'];
  readonly log: Log;
}

/** Ids by name of the top-level command, for mentions such as `</grant add:123>`. */
export type CommandIds = Readonly<Record<string, string>>;

/**
 * Discord allows only 200 new commands a day, so nothing is sent when nothing has changed. Throws what Discord
 * refuses.
 */
export async function registerCommands(registration: Registration): Promise<CommandIds> {
  const { rest, applicationId, guildId, commands, facts, log } = registration;
  const json = commandsJson(commands, guildId === undefined ? 'global' : 'guild');
  const scope = `${applicationId}/${guildId ?? 'global'}`;
  const hash = createHash('sha256').update(JSON.stringify(json)).digest('hex');
  const before = readFact(await facts.find(FACT));
  if (before?.scope === scope && before.hash === hash) return before.ids;

  // PUT replaces all commands of the scope, including those of other types.
  const ids = readIds(await rest.put(routeOf(applicationId, guildId), { body: json }));
  await facts.set(FACT, JSON.stringify({ scope, hash, ids }));
  log.info({ count: json.length, scope: guildId ?? 'global' }, 'commands were registered');
  if (before && before.scope !== scope) await clear(before.scope, registration);
  return ids;
}

/** Commands that stayed registered in the previous scope would be offered twice. */
async function clear(scope: string, { rest, applicationId, log }: Registration): Promise<void> {
  const [application, guild] = scope.split('/');
  if (application !== applicationId) return;
  try {
    await rest.put(routeOf(applicationId, guild === 'global' ? undefined : guild), { body: [] });
  } catch (error) {
    log.warn({ ...describeDiscordError(error), scope: guild }, 'earlier commands could not be taken back');
  }
}

function routeOf(applicationId: string, guildId: string | undefined) {
  return guildId === undefined
    ? Routes.applicationCommands(applicationId)
    : Routes.applicationGuildCommands(applicationId, guildId);
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
  readonly ids: CommandIds;
}

/** What an earlier start stored. If it cannot be read, the commands are sent again. */
function readFact(text: string | undefined): Fact | undefined {
  if (text === undefined) return undefined;
  try {
    const fact: unknown = JSON.parse(text);
    if (!isJsonObject(fact) || !isJsonObject(fact.ids)) return undefined;
    const ids = Object.fromEntries(
      Object.entries(fact.ids).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    return { scope: findString(fact, 'scope') ?? '', hash: findString(fact, 'hash') ?? '', ids };
  } catch {
    return undefined;
  }
}
