/** Accounts on the media servers as staff name them: those that are nobody's yet, or those of members. */

import type { Offer } from '../../domain/complete-list.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { nameMatcher, type Picked, pick } from '../../domain/pick.ts';
import type { Deps } from '../ports/deps.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';

const COMPLETIONS = 25;
/** Of a server with thousands of accounts that the database finds, no more are compared. */
const NAMES_READ = 500;

export interface AccountThere {
  readonly id: string;
  /** `server · account`. */
  readonly name: string;
  readonly short: string;
  /** Whose it is; null for one that is nobody's, or of somebody who is not on this Discord server. */
  readonly memberId: MemberId | null;
}

/**
 * `free`: nobody's, so that it can be linked. `linked`: somebody's, also of those of whom staff have said that they are
 * not on this Discord server.
 */
export type AccountsWanted = 'free' | 'linked';

export function makeAccountNames({ stores: all }: Pick<Deps, 'stores'>) {
  return {
    async complete(guildId: GuildId, typed: string, wanted: AccountsWanted): Promise<readonly Offer[]> {
      const { servers, accounts } = all.of(guildId);
      const outside = await outsideOf(guildId);
      const isMeant = nameMatcher(typed);
      const named = await Promise.all(
        (await servers.list()).map(async (server) => {
          const words = wordsBeside(typed, server.name);
          const find = (linked: boolean) => accounts.findNames(server.id, words, NAMES_READ, linked);
          const nobodys = wanted === 'free' || outside.size > 0 ? await find(false) : [];
          const found = [
            ...(wanted === 'linked' ? await find(true) : []),
            ...nobodys.filter(({ id }) => outside.has(id) === (wanted === 'linked')),
          ];
          return found.map((account) => nameOn(server, account));
        }),
      );
      return named
        .flat()
        .filter(({ name }) => isMeant(name))
        .slice(0, COMPLETIONS)
        .map(({ id, name }) => ({ name, value: id }));
    },

    /** By its id, or by its name, with its server's in front or not. */
    async pick(guildId: GuildId, typed: string, wanted: AccountsWanted): Promise<Picked<AccountThere>> {
      const { servers, accounts } = all.of(guildId);
      const outside = await outsideOf(guildId);
      const isWanted = ({ id, memberId }: Pick<NamedAccount, 'id' | 'memberId'>) =>
        (memberId !== null || outside.has(id)) === (wanted === 'linked');
      const there = await servers.list();
      // Of a completion that was chosen: thousands of names need not be compared.
      const chosen = await accounts.find(typed.trim());
      const server = there.find(({ id }) => id === chosen?.serverId);
      if (chosen && server && chosen.externalId !== null && isWanted(chosen))
        return { kind: 'one', item: nameOn(server, chosen) };
      const named = await Promise.all(
        there.map(async (one) => {
          const found = (await accounts.listNames(one.id)).filter(isWanted);
          return found.map((account) => nameOn(one, account));
        }),
      );
      return pick(named.flat(), typed, ({ name, short }) => [name, short]);
    },
  };

  /** Ids of accounts of whom staff have said that they are not on this Discord server. */
  async function outsideOf(guildId: GuildId): Promise<ReadonlySet<string>> {
    const said = await all.of(guildId).arrivals.list({ aside: 'not-a-member' });
    return new Set(said.map(({ accountId }) => accountId));
  }
}

const nameOn = (
  server: Server,
  { id, name, memberId }: Pick<NamedAccount, 'id' | 'name' | 'memberId'>,
): AccountThere => ({
  ...{ id, memberId },
  name: `${server.name} · ${name}`,
  short: name,
});

/** What of the typed words can only be in the name of an account, as far as the database knows them again. */
export function wordsBeside(typed: string, server: string): readonly string[] {
  const isInServer = (word: string) => server.toLowerCase().includes(word);
  const words = typed.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...new Set(words)].filter((word) => !isInServer(word)).slice(0, 8);
}
