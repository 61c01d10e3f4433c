/** Stand-ins for media servers with many people, and the matching rows in the database. */

import type { HttpStandIn, RecordedRequest } from '../standins/http.ts';
import { type Jellyfin, startJellyfin } from '../standins/jellyfin/jellyfin.ts';
import { type PlexServer, type PlexTv, startPlexTv } from '../standins/plex/plex-tv.ts';
import { libraryId, memberIdOf, type SeedMember, type SeedServer } from './seed.ts';

/** A stand-in for a media server, and its row. */
export interface BenchPlace {
  readonly server: SeedServer;
  /**
   * Adds people who have this number of its libraries. Returns them as members to seed, the first with number
   * `first`.
   */
  addPeople(
    count: number,
    wish: { readonly libraries: number; readonly expiresAt: Date | null; readonly first?: number },
  ): readonly SeedMember[];
  /** Number of people who can see something. */
  withAccess(): number;
  /** Requests since the last call: here and, for Plex, at plex.tv. */
  takeRequests(): readonly RecordedRequest[];
  /** From now on nothing is answered, until the returned function is called. */
  hang(): () => void;
  /** From now on every answer takes this long. */
  slow(delayMs: number): void;
  stop(): Promise<void>;
}

function hanging(http: HttpStandIn): () => void {
  const fault = http.fault({ path: /./, times: Number.POSITIVE_INFINITY, hang: true });
  return () => fault.lift();
}

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_each, index) => `Library ${String(index + 1).padStart(3, '0')}`);

export async function startBenchJellyfin(wish: {
  readonly id: string;
  readonly libraries: number;
}): Promise<BenchPlace & Pick<Jellyfin, 'takeWorkMs'>> {
  const jellyfin: Jellyfin = await startJellyfin({
    name: wish.id,
    libraries: names(wish.libraries).map((name) => ({ name, type: 'movies' })),
  });
  const server: SeedServer = {
    id: wish.id,
    kind: 'jellyfin',
    name: wish.id,
    url: jellyfin.url,
    identity: jellyfin.serverId,
    token: jellyfin.apiKey,
    libraries: names(wish.libraries).map((name) => ({ externalId: jellyfin.libraryId(name), name })),
  };
  return {
    server,
    addPeople(count, { libraries, expiresAt, first = 0 }) {
      const externalIds = server.libraries.slice(0, libraries).map(({ externalId }) => externalId);
      return Array.from({ length: count }, (_each, index) => {
        const name = `${wish.id} person ${first + index}`;
        const user = jellyfin.addUser({ name, password: 'secret' });
        user.policy.EnableAllFolders = false;
        user.policy.EnabledFolders = [...externalIds];
        return { ...memberOf(server, first + index, externalIds, expiresAt), externalId: user.id, name };
      });
    },
    withAccess: () =>
      jellyfin.state.users
        .values()
        .filter((user) => !user.policy.IsAdministrator && jellyfin.accessOf(user) !== 'none')
        .toArray().length,
    takeRequests: taker(() => jellyfin.http.requests),
    takeWorkMs: () => jellyfin.takeWorkMs(),
    hang: () => hanging(jellyfin.http),
    slow: (delayMs) => void jellyfin.http.fault({ path: /./, times: Number.POSITIVE_INFINITY, delayMs }),
    stop: () => jellyfin.stop(),
  };
}

/** plex.tv with one owner, who owns every Plex server of a benchmark. */
export class BenchPlexTv {
  readonly tv: PlexTv;
  readonly #owner: ReturnType<PlexTv['addAccount']>;

  private constructor(tv: PlexTv) {
    this.tv = tv;
    this.#owner = tv.addAccount({ username: 'boss' });
  }

  static async start(): Promise<BenchPlexTv> {
    return new BenchPlexTv(await startPlexTv());
  }

  async addServer(wish: { readonly id: string; readonly libraries: number }): Promise<BenchPlace> {
    const { tv } = this;
    const owner = this.#owner;
    const pms: PlexServer = await tv.addServer({
      owner,
      name: wish.id,
      libraries: names(wish.libraries).map((title) => ({ title })),
    });
    const server: SeedServer = {
      id: wish.id,
      kind: 'plex',
      name: wish.id,
      url: pms.url,
      identity: pms.machineIdentifier,
      ownerAccountId: String(owner.id),
      token: owner.token,
      libraries: pms.libraries.map(({ key, title }) => ({ externalId: String(key), name: title })),
    };
    return {
      server,
      addPeople(count, { libraries, expiresAt, first = 0 }) {
        const chosen = server.libraries.slice(0, libraries);
        return Array.from({ length: count }, (_each, index) => {
          const name = `${wish.id}-person-${first + index}`;
          const account = tv.addAccount({ username: name });
          tv.share(account, pms, { libraries: chosen.map((library) => library.name) });
          const member = memberOf(
            server,
            first + index,
            chosen.map(({ externalId }) => externalId),
            expiresAt,
          );
          return { ...member, externalId: String(account.id), name };
        });
      },
      withAccess: () =>
        tv.state.shares
          .values()
          .filter((share) => share.server === pms && !share.removedAt)
          .toArray().length,
      takeRequests: taker(() => [...tv.http.requests, ...pms.http.requests]),
      hang: () => hanging(pms.http),
      slow: (delayMs) => void pms.http.fault({ path: /./, times: Number.POSITIVE_INFINITY, delayMs }),
      stop: () => pms.stop(),
    };
  }

  /** From now on plex.tv itself does not answer. */
  hang(): void {
    this.tv.http.fault({ path: /./, times: Number.POSITIVE_INFINITY, hang: true });
  }

  close(): Promise<void> {
    return this.tv.close();
  }
}

function memberOf(server: SeedServer, index: number, externalIds: readonly string[], expiresAt: Date | null) {
  return {
    memberId: memberIdOf(index),
    serverId: server.id,
    libraryIds: externalIds.map((id) => libraryId(server.id, id)),
    expiresAt,
  };
}

function taker(all: () => readonly RecordedRequest[]): () => readonly RecordedRequest[] {
  const taken = new Set<RecordedRequest>();
  return () => {
    const fresh = all().filter((request) => !taken.has(request));
    for (const request of fresh) taken.add(request);
    return fresh;
  };
}

export interface RequestCounts {
  readonly total: number;
  readonly writes: number;
  /** Readings of with whom a Plex server is shared. */
  readonly sharingLists: number;
  /** Counts by method and path, without ids. */
  readonly byKind: Readonly<Record<string, number>>;
}

export function countRequests(requests: readonly RecordedRequest[]): RequestCounts {
  const byKind: Record<string, number> = {};
  for (const { method, path } of requests) {
    const kind = `${method} ${path.replaceAll(/\/(?=[0-9a-f]*\d)[0-9a-f]{3,}(?=\/|$)/gi, '/:id')}`;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
  }
  return {
    total: requests.length,
    writes: requests.filter(({ method }) => method !== 'GET').length,
    sharingLists: requests.filter(
      ({ method, path }) =>
        method === 'GET' && /shared_servers|invites|\/users$/.test(path) && path.startsWith('/api/'),
    ).length,
    byKind,
  };
}
