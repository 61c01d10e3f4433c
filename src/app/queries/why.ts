/** Why a member has a library or not, from the database only (rule 12). */

import { accountOn, closingAction } from '../../domain/access.ts';
import { changeText } from '../../domain/change-line.ts';
import { type Rehearsed, rehearse } from '../../domain/dry-run.ts';
import { allAsOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Library, Server } from '../../domain/model.ts';
import { explain, type Why } from '../../domain/why.ts';
import type { Sentence } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';

export interface WhyAnswer extends Why {
  readonly library: Library;
  readonly server: Server;
  /** What a pass would decide for the account now, going by what was seen last; null without an account to compare. */
  readonly rehearsal: Sentence | null;
}

export function makeWhy(deps: Deps) {
  /** Undefined when the library is not there. */
  return async (guildId: GuildId, memberId: MemberId, libraryId: string): Promise<WhyAnswer | undefined> => {
    const stores = deps.stores.of(guildId);
    const [all, servers, storedGrants, storedAccounts, plans] = await Promise.all([
      stores.libraries.list(),
      stores.servers.list(),
      stores.grants.list({ memberId }),
      stores.accounts.list({ memberId }),
      stores.plans.list(),
    ]);
    const { grants, accounts } = allAsOf(deps.clock.now(), storedGrants, storedAccounts);
    const library = all.find(({ id }) => id === libraryId);
    const server = servers.find(({ id }) => id === library?.serverId);
    if (!library || !server) return undefined;
    const libraries = all.filter(({ serverId }) => serverId === server.id);
    const closing = closingAction(server, libraries, grants, plans);
    const account = accountOn(accounts, server.id);
    return {
      library,
      server,
      rehearsal: account
        ? rehearsalLine(rehearse({ server, libraries, accounts: [account], grants, plans }), libraries)
        : null,
      ...explain({ server, library, libraries, grants, account, closing }),
    };
  };
}

function rehearsalLine(rehearsed: readonly Rehearsed[], libraries: readonly Library[]): Sentence | null {
  const names = new Map(libraries.map(({ id, name }) => [id, name]));
  const present = libraries.filter(({ goneAt }) => goneAt === null).map(({ id }) => id);
  const [only] = rehearsed;
  return only ? changeText(only, present, (id) => names.get(id) ?? id) : null;
}
