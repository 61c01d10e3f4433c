import type { HttpStandIn } from '../http.ts';
import type { PlexBehaviour } from './behaviour.ts';
import type { PlexServer } from './server.ts';
import { iso, type PlexAccount, type PlexState } from './state.ts';
import { notFound, plexValue, v2Answer } from './wire.ts';

/** What plex.tv says about an account and about the servers it can use (A2.2, A5.1, A5.2, A5.9). */
export function addAccountRoutes(http: HttpStandIn, state: PlexState): void {
  http.route('GET', '/api/v2/ping', (call) => {
    state.requireAccount(call.request);
    return v2Answer(call, 200, 'ping', { pong: true });
  });

  http.route('GET', '/api/v2/user', (call) => {
    const account = state.requireAccount(call.request);
    const token = plexValue(call.request, 'X-Plex-Token') ?? '';
    return v2Answer(call, 200, 'user', userView(account, token));
  });

  http.route('DELETE', '/api/v2/users/signout', (call) => {
    const account = state.requireAccount(call.request);
    account.tokens.delete(plexValue(call.request, 'X-Plex-Token') ?? '');
    return { status: 204 };
  });

  http.route('GET', '/api/v2/resources', (call) => {
    const account = state.requireAccount(call.request);
    return v2Answer(
      call,
      200,
      'resources',
      state.servers
        .values()
        .flatMap((server) =>
          resourceOf({ state, server, account, token: plexValue(call.request, 'X-Plex-Token') }),
        )
        .toArray(),
    );
  });

  // Libraries with both ids (A5.2). The list may be partial although the server is well (edge case 3).
  http.route('GET', '/api/v2/servers/:mid', (call) => {
    const account = state.requireAccount(call.request);
    const server = state.servers.get(call.params.mid ?? '');
    if (server?.owner !== account) return notFound(call.request);
    return v2Answer(call, 200, 'server', {
      id: server.id,
      name: server.name,
      machineIdentifier: server.machineIdentifier,
      librarySections: server.sectionsAtPlexTv().map((library) => ({
        id: library.cloudId,
        key: state.behaviour.keysAsText ? String(library.key) : library.key,
        title: library.title,
        type: library.type,
        ...(['plex.tv', 'both'].includes(state.behaviour.uuidAt) && { uuid: library.uuid }),
      })),
    });
  });
}

const userView = (account: PlexAccount, token: string) => ({
  id: account.id,
  uuid: account.uuid,
  username: account.username,
  title: account.title,
  email: account.email,
  friendlyName: account.friendlyName,
  locale: null,
  confirmed: true,
  joinedAt: Math.floor(account.joinedAt.getTime() / 1_000),
  emailOnlyAuth: false,
  hasPassword: true,
  protected: false,
  thumb: `https://plex.tv/users/${account.uuid}/avatar?c=1700000000`,
  authToken: token,
  mailingListStatus: 'unsubscribed',
  scrobbleTypes: '',
  country: 'FR',
  subscription: {
    active: false,
    subscribedAt: null,
    status: 'Inactive',
    paymentService: null,
    plan: null,
    features: [],
  },
  subscriptionDescription: null,
  restricted: account.managed,
  anonymous: false,
  home: account.homeOf !== null,
  guest: false,
  homeSize: 1,
  homeAdmin: false,
  maxHomeSize: 15,
  rememberExpiresAt: 1_791_000_000,
  twoFactorEnabled: false,
  backupCodesCreated: false,
});

interface Asking {
  readonly state: PlexState;
  readonly server: PlexServer;
  readonly account: PlexAccount;
  /** What the request was made with. */
  readonly token: string | undefined;
}

/** Sources disagree on what an owner is told (A2.2). */
function ownerTokenIn(how: PlexBehaviour['serverToken'], own: string, account: string | undefined): object {
  if (how === 'absent') return {};
  return { accessToken: { 'its own': own, 'the account’s': account, none: null }[how] };
}

/** A server is listed for its owner, and for a member once the share is accepted (A5.9). */
function resourceOf({ state, server, account, token }: Asking): object[] {
  const owned = server.owner === account;
  const share = state.shares
    .values()
    .find(
      (each) =>
        each.server === server &&
        each.invited === account &&
        each.acceptedAt &&
        !each.removedAt &&
        !each.leftAt,
    );
  if (!owned && !share) return [];
  const { hostname, port } = new URL(server.url);
  return [
    {
      name: server.name,
      product: 'Plex Media Server',
      productVersion: server.version,
      platform: 'Linux',
      platformVersion: '12',
      device: 'PC',
      clientIdentifier: server.machineIdentifier,
      createdAt: iso(server.createdAt),
      lastSeenAt: iso(state.now()),
      provides: 'server',
      ownerId: owned ? null : server.owner.id,
      sourceTitle: owned ? null : server.owner.username,
      publicAddress: '203.0.113.7',
      ...(owned
        ? ownerTokenIn(state.behaviour.serverToken, server.ownerAccessToken, token)
        : { accessToken: share?.accessToken }),
      owned,
      home: account.homeOf === server.owner,
      synced: false,
      relay: true,
      presence: true,
      httpsRequired: false,
      publicAddressMatches: true,
      dnsRebindingProtection: false,
      natLoopbackSupported: true,
      connections: [
        ...(server.listedUrl === undefined
          ? []
          : [{ protocol: 'https', uri: server.listedUrl, local: true, relay: false, IPv6: false }]),
        {
          protocol: 'http',
          address: hostname,
          port: Number(port),
          uri: server.url,
          local: true,
          relay: false,
          IPv6: false,
        },
        ...server.moreConnections,
      ],
    },
  ];
}
