/** Why a member has a library or not, from the database only (rule 12). */
import { accountOn, closingAction } from '../../domain/access.ts';
import type { Library, Server } from '../../domain/model.ts';
import { explain, type Why } from '../../domain/why.ts';

import type { Deps } from '../ports/deps.ts';

export interface WhyAnswer extends Why {
  readonly library: Library;
  readonly server: Server;
}

export function makeWhy(deps: Deps) {
  /** Undefined when the library is not there. */
  return async (guildId: string, memberId: string, libraryId: string): Promise<WhyAnswer | undefined> => {
    const stores = deps.stores.of(guildId);
    const [all, servers, grants, accounts, plans] = await Promise.all([
      stores.libraries.list(),
      stores.servers.list(),
      stores.grants.list({ memberId }),
      stores.accounts.list({ memberId }),
      stores.plans.list(),
    ]);
    const library = all.find(({ id }) => id === libraryId);
    const server = servers.find(({ id }) => id === library?.serverId);
    if (!library || !server) return undefined;
    const libraries = all.filter(({ serverId }) => serverId === server.id);
    const closing = closingAction(server, libraries, grants, plans);
    const account = accountOn(accounts, server.id);
    return {
      library,
      server,
      ...explain({ server, library, libraries, grants, account, closing }),
    };
  };
}
