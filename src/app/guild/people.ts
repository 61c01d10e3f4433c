/** What people are called: kept from what Discord says of everybody who appears in an interaction. */
import { type GuildId, type MemberId, toMemberId } from '../../domain/ids.ts';
import type { Language } from '../../words/languages.ts';
import type { Deps } from '../ports/deps.ts';
import type { NotedMember } from '../ports/stores/accounts.ts';

/** Longer names are a trick: Discord allows 32 characters. */
const LONGEST = 100;
/** How many are remembered as written already, so that a busy moderator costs no write per click. */
const REMEMBERED = 5_000;

export function makePeople({ stores }: Pick<Deps, 'stores'>) {
  /** By guild and person, what was written last. The oldest are forgotten, and then written once more. */
  const written = new Map<string, string>();
  return {
    /** Keeps what they are called now. Costs nothing when it is known. */
    async note(guildId: GuildId, people: readonly NotedMember[]): Promise<void> {
      const changed = people
        .map((person) => ({ ...person, name: person.name.slice(0, LONGEST) }))
        .filter((person) => written.get(`${guildId} ${person.userId}`) !== seenOf(person));
      if (changed.length === 0) return;
      await stores.transaction(guildId, ({ members }) => members.noteNames(changed));
      for (const person of changed) {
        const key = `${guildId} ${person.userId}`;
        written.delete(key);
        written.set(key, seenOf(person));
      }
      for (const key of written.keys()) {
        if (written.size <= REMEMBERED) break;
        written.delete(key);
      }
    },
    /** Nothing is remembered of them as written. */
    forget(guildId: GuildId, userId: MemberId): void {
      written.delete(`${guildId} ${userId}`);
    },
    /** What these are called, as far as they ever appeared. */
    async named(guildId: GuildId, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const unique = [...new Set(ids)];
      if (unique.length === 0) return new Map();
      const found = await stores.of(guildId).members.listNames(unique.map(toMemberId));
      return new Map(found.map(({ userId, name }) => [userId, name]));
    },
    /** The language of what is posted in the channels of a guild. */
    async languageOf(guildId: GuildId): Promise<Language> {
      return (await stores.of(guildId).settings.get()).language;
    },
  };
}

const seenOf = ({ name, locale = '' }: NotedMember): string => `${locale} ${name}`;
