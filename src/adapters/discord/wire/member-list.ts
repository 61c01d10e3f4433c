/** Everybody who is in a guild, page by page: all of them, or nothing is known (rule 3). */
import { Routes } from 'discord.js';
import type { GuildMember } from '../../../app/ports/guilds.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { type GuildId, type MemberId, toMemberId } from '../../../domain/ids.ts';
import { getId, getObject, isJsonObject, listIds, NotAsDocumented } from './json-reader.ts';
import { nameOf } from './names.ts';
import { describeDiscordError, type Rests } from './rest.ts';

/** The most that Discord gives at once; a page that has fewer is the last one. */
const PAGE = 1_000;
/** More than any guild has: a list that never ends is none. */
const MOST_PAGES = 5_000;
const LONGEST_WAIT_MS = 60_000;

type Listed =
  | { readonly kind: 'answer'; readonly value: ReadonlyMap<MemberId, GuildMember> }
  | { readonly kind: 'refused'; readonly code: number }
  /** Not reached, or something else than documented answered. */
  | { readonly kind: 'silent' };

/**
 * Discord allows it only to applications with the intent for members, whatever the gateway was asked for. A list that
 * is not in the order of ids, or lacks Usher's own kind altogether, is not believed.
 */
export async function listMembers(
  bot: Rests['bot'],
  clock: Pick<Clock, 'sleep'>,
  guildId: GuildId,
): Promise<Listed> {
  const members = new Map<MemberId, GuildMember>();
  let bots = 0;
  let after = '0';
  try {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = new URLSearchParams({ limit: String(PAGE), after });
      const body = await inTime(clock, () => bot.get(Routes.guildMembers(guildId), { query }));
      if (!Array.isArray(body) || !body.every(isJsonObject)) throw new NotAsDocumented('members');
      for (const one of body) {
        const user = getObject(one, 'user');
        const id = getId(user, 'id');
        if (BigInt(id) <= BigInt(after)) throw new NotAsDocumented('order of members');
        after = id;
        // They are given nothing.
        if (user.bot === true) bots += 1;
        else members.set(toMemberId(id), { name: nameOf(user, one), roleIds: listIds(one, 'roles') });
      }
      if (body.length < PAGE) {
        // Usher itself is in every guild that it can ask about.
        if (bots === 0) throw new NotAsDocumented('members without a bot');
        return { kind: 'answer', value: members };
      }
    }
    throw new NotAsDocumented('end of members');
  } catch (error) {
    const { kind, status = 0, errorCode } = describeDiscordError(error);
    if (kind === 'bug') throw error;
    const isRefused = kind === 'answered' && status === 403;
    return isRefused ? { kind: 'refused', code: Number(errorCode) || 0 } : { kind: 'silent' };
  }
}

/** A long list meets the limit of its route: what is left of it is read when Discord wants to be asked again. */
async function inTime<T>(clock: Pick<Clock, 'sleep'>, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const { kind, retryAfterMs = Number.POSITIVE_INFINITY } = describeDiscordError(error);
      if (kind !== 'limited' || retryAfterMs > LONGEST_WAIT_MS) throw error;
      await clock.sleep(retryAfterMs);
    }
  }
}
