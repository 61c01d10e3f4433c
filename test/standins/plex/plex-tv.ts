import { type Answer, HttpStandIn, type RecordedRequest, StandInClock } from '../http.ts';
import { addAccountRoutes } from './account-routes.ts';
import type { PlexBehaviour } from './behaviour.ts';
import { addPeopleRoutes } from './people-routes.ts';
import { addPinRoutes, approvePin, signInAs } from './pins.ts';
import { type LibraryWish, PlexServer } from './server.ts';
import {
  acceptShare,
  accessOf,
  bindInvites,
  createShare,
  findShare,
  leaveShare,
  type Share,
  type SharingSettings,
  settingsOf,
} from './shares.ts';
import { addShareRoutesV1 } from './shares-v1.ts';
import { addShareRoutesV2 } from './shares-v2.ts';
import { hex, type ListName, type PlexAccount, type PlexPin, PlexState } from './state.ts';
import { notFound, plexValue, v1NotFound, v2Error } from './wire.ts';

export { okButError, rateLimited } from './wire.ts';
export type { LibraryWish, PlexAccount, PlexBehaviour, PlexPin, PlexServer, Share, SharingSettings };

export interface AccountWish {
  readonly username?: string;
  readonly email?: string;
  readonly title?: string;
  readonly id?: number;
  readonly friendlyName?: string;
  /** The owner of the Plex Home that the account belongs to. */
  readonly homeOf?: PlexAccount;
  /** A managed user has neither user name nor e-mail address (edge case 15). */
  readonly managed?: boolean;
}

/** plex.tv and clients.plex.tv at one address, with any number of Plex Media Servers. */
export class PlexTv {
  readonly state: PlexState;
  readonly http: HttpStandIn;
  url = '';
  /** Shares of servers that are not claimed. */
  readonly #unclaimed = new Map<number, Share>();
  readonly #servers = new Set<PlexServer>();

  constructor(clock: StandInClock) {
    this.state = new PlexState(clock);
    this.http = new HttpStandIn({
      unknownRoute: ({ request }) => (isV2(request) ? notFound(request) : v1NotFound()),
      before: ({ request }) => missingClient(request),
    });
    addPinRoutes(this.http, this.state);
    addAccountRoutes(this.http, this.state);
    addShareRoutesV2(this.http, this.state);
    addShareRoutesV1(this.http, this.state);
    addPeopleRoutes(this.http, this.state);
  }

  get behaviour(): PlexBehaviour {
    return this.state.behaviour;
  }

  /** Starts to listen; after a stop, on the same port again. */
  async start(): Promise<void> {
    this.url = await this.http.listen(this.url === '' ? 0 : Number(new URL(this.url).port));
  }

  /** Stops plex.tv only. The media servers go on. */
  async stop(): Promise<void> {
    await this.http.stop();
  }

  /** Stops plex.tv and every media server. */
  async close(): Promise<void> {
    await Promise.all([this.http.stop(), ...this.#servers.values().map((server) => server.stop())]);
  }

  addAccount(wish: AccountWish): PlexAccount {
    const token = this.state.secret();
    const managed = wish.managed ?? false;
    const username = wish.username ?? '';
    const account: PlexAccount = {
      id: wish.id ?? this.state.nextId(5_551_200),
      uuid: hex(16),
      token,
      tokens: new Set([token]),
      tokenOf: new Map(),
      username,
      email: wish.email ?? (managed || username === '' ? '' : `${username}@example.com`),
      title: wish.title ?? username,
      friendlyName: wish.friendlyName ?? null,
      homeOf: wish.homeOf ?? null,
      managed,
      joinedAt: new Date('2020-01-01T00:00:00Z'),
    };
    this.state.accounts.set(account.id, account);
    if (account.email !== '') bindInvites(this.state, account);
    return account;
  }

  async addServer(wish: {
    readonly owner: PlexAccount;
    readonly name: string;
    readonly libraries?: readonly LibraryWish[];
  }): Promise<PlexServer> {
    const server = new PlexServer(this.state, wish);
    for (const library of wish.libraries ?? []) server.addLibrary(library);
    await server.start();
    this.#servers.add(server);
    this.state.servers.set(server.machineIdentifier, server);
    return server;
  }

  /**
   * The member approves the PIN with this code or id.
   * @throws {Error} when it has expired or was used.
   */
  approvePin(codeOrId: string | number, account: PlexAccount): PlexPin {
    return this.#told(approvePin(this.state, codeOrId, account));
  }

  /**
   * The member opens the link, or types the four letters, that the bot showed.
   * @throws {Error} when Plex would not offer the approval.
   */
  signInAs(account: PlexAccount, linkOrCode: string): PlexPin {
    return this.#told(signInAs(this.state, account, linkOrCode));
  }

  /** What the account can really see now: titles in the order of the server. */
  accessOf(account: PlexAccount, server: PlexServer): 'all' | 'none' | 'pending' | readonly string[] {
    return accessOf(this.state, account, server);
  }

  /** The share that was neither removed nor left, including orphans. */
  shareOf(account: PlexAccount, server: PlexServer): Share | undefined {
    return findShare(this.state, server, { account, email: null });
  }

  /** The same for an invited address that has no account. */
  shareOfEmail(email: string, server: PlexServer): Share | undefined {
    return findShare(this.state, server, { account: null, email });
  }

  /**
   * A share made by somebody else, accepted unless `pending`.
   * @throws {Error} when there is one already, or a title is unknown.
   */
  share(
    account: PlexAccount,
    server: PlexServer,
    wish: { readonly libraries: 'all' | readonly string[]; readonly pending?: boolean },
  ): Share {
    if (findShare(this.state, server, { account, email: null })) throw new Error('shared already');
    if (wish.libraries.length === 0) throw new Error("an empty list means every library: say 'all'");
    const libraryIds =
      wish.libraries === 'all' ? [] : wish.libraries.map((title) => server.library(title).cloudId);
    return this.#told(
      createShare(this.state, {
        server,
        invitee: { account, email: null },
        libraryIds,
        accepted: wish.pending !== true,
      }),
    );
  }

  /** @throws {Error} when nothing is pending. */
  acceptInvite(account: PlexAccount, server: PlexServer): void {
    const share = this.#mustShare(account, server);
    if (share.acceptedAt) throw new Error('accepted already');
    acceptShare(this.state, share, account);
    this.http.changed();
  }

  /** The member leaves. The share stays listed with `leftAt` for a while, and then disappears (edge case 13). */
  leave(account: PlexAccount, server: PlexServer): void {
    leaveShare(this.state, this.#mustShare(account, server));
    this.http.changed();
  }

  /** Makes a row that gives nothing, is in no v2 list and blocks a new share (edge case 7). */
  makeOrphan(account: PlexAccount, server: PlexServer): Share {
    const share =
      this.shareOf(account, server) ??
      createShare(this.state, {
        server,
        invitee: { account, email: null },
        libraryIds: server.libraries.slice(0, 1).map(({ cloudId }) => cloudId),
        accepted: false,
      });
    share.orphan = true;
    share.acceptedAt = null;
    return this.#told(share);
  }

  befriend(one: PlexAccount, other: PlexAccount): void {
    this.state.befriend(one, other);
  }

  areFriends(one: PlexAccount, other: PlexAccount): boolean {
    return this.state.areFriends(one, other);
  }

  /** The settings between the owner and a person. Change the object to change them. */
  sharingSettings(owner: PlexAccount, account: PlexAccount): SharingSettings {
    return settingsOf(this.state, owner, { account, email: null });
  }

  /** The next `times` reads of a list return an empty one although there are entries (edge case 4). */
  emptyNext(list: ListName, times = 1): void {
    this.state.emptyNext[list] = times;
  }

  /** From now on, a server with another machine identifier answers at the same address (edge case 39). */
  replaceIdentity(server: PlexServer): void {
    this.state.servers.delete(server.machineIdentifier);
    server.machineIdentifier = hex(40);
    this.state.servers.set(server.machineIdentifier, server);
  }

  /** The server is taken off its owner's account: plex.tv knows neither it nor what was shared from it. */
  unclaim(server: PlexServer): void {
    server.claimed = false;
    this.state.servers.delete(server.machineIdentifier);
    for (const [id, share] of this.state.shares) {
      if (share.server !== server) continue;
      this.#unclaimed.set(id, share);
      this.state.shares.delete(id);
    }
    this.http.changed();
  }

  /** Its owner claims it again. Nobody knows whether the shares are back on the real plex.tv; here they are. */
  claim(server: PlexServer): void {
    server.claimed = true;
    this.state.servers.set(server.machineIdentifier, server);
    for (const [id, share] of this.#unclaimed) {
      if (share.server !== server) continue;
      this.state.shares.set(id, share);
      this.#unclaimed.delete(id);
    }
    this.http.changed();
  }

  /** Every token issued so far. None of them may appear in a log. */
  get secrets(): readonly string[] {
    return [...this.state.secrets];
  }

  /** Requests, here and at every media server, that had a token in the URL. Must stay empty. */
  get tokensInUrls(): readonly RecordedRequest[] {
    return [this.http, ...this.state.servers.values().map(({ http }) => http)].flatMap(({ requests }) =>
      requests.filter(({ query }) => [...query.keys()].some((name) => name.toLowerCase() === 'x-plex-token')),
    );
  }

  #mustShare(account: PlexAccount, server: PlexServer): Share {
    const share = this.shareOf(account, server);
    if (!share || share.orphan) throw new Error(`${account.username} has no share of ${server.name}`);
    return share;
  }

  #told<T>(value: T): T {
    this.http.changed();
    return value;
  }
}

/** Starts plex.tv. `PLEX_TV_URL` and `PLEX_CLIENTS_URL` are both its `url`. */
export async function startPlexTv(options: { readonly clock?: StandInClock } = {}): Promise<PlexTv> {
  const plex = new PlexTv(options.clock ?? new StandInClock());
  await plex.start();
  return plex;
}

const isV2 = (request: RecordedRequest): boolean => request.path.startsWith('/api/v2/');

/** v2 answers 400 code 1000 when the header with the client identifier is missing (A2.1). */
function missingClient(request: RecordedRequest): Answer | undefined {
  if (!isV2(request) || plexValue(request, 'X-Plex-Client-Identifier')) return undefined;
  return v2Error(request, 400, 1000, 'X-Plex-Client-Identifier is missing');
}
