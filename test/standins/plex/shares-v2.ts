import { type Answer, type HttpStandIn, Refused, type RouteCall } from '../http.ts';
import { inviteViews, shareView } from './share-views.ts';
import { inviteeWanted, librariesWanted, ownServer } from './share-wishes.ts';
import {
  acceptShare,
  createShare,
  findShare,
  findShareById,
  inviteeOf,
  isListed,
  leaveShare,
  removeShare,
  replaceSettings,
  type Share,
  setLibraries,
} from './shares.ts';
import type { ListName, PlexAccount, PlexState } from './state.ts';
import {
  alreadySharedV2,
  asObject,
  methodNotAllowed,
  notFound,
  objectBody,
  v2Answer,
  v2Error,
} from './wire.ts';

const BASE = '/api/v2/shared_servers';

/** The sharing calls that Plex Web uses (A5.3 to A5.9). */
export function addShareRoutesV2(http: HttpStandIn, state: PlexState): void {
  http.route('POST', BASE, (call) => create(state, call));
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    http.route(method, BASE, () => methodNotAllowed('OPTIONS, POST'));

  const list = (path: string, name: ListName, keep: (share: Share) => boolean): void =>
    http.route('GET', `${BASE}/owned/${path}`, (call) => {
      const owner = state.requireAccount(call.request);
      const shares = state.takesEmpty(name) ? [] : ownedShares(state, owner).filter(keep);
      return v2Answer(
        call,
        200,
        'sharedServers',
        shares.map((share) => shareView(state, share, owner)),
      );
    });
  list('accepted', 'accepted', ({ acceptedAt }) => acceptedAt !== null);
  list('pending', 'pending', ({ acceptedAt }) => acceptedAt === null);

  http.route('GET', `${BASE}/invites/owned/pending`, (call) => {
    const owner = state.requireAccount(call.request);
    const pending = ownedShares(state, owner).filter(({ acceptedAt }) => acceptedAt === null);
    return v2Answer(call, 200, 'invites', inviteViews(state, pending, owner));
  });

  http.route('GET', `${BASE}/invites/received/pending`, (call) => {
    const member = state.requireAccount(call.request);
    const pending = state.shares
      .values()
      .filter(
        (share) => share.invited === member && !share.acceptedAt && !share.leftAt && isListed(state, share),
      )
      .filter(({ orphan }) => !orphan);
    return v2Answer(call, 200, 'invites', inviteViews(state, pending.toArray(), member));
  });

  http.route('GET', `${BASE}/:id`, (call) => {
    const reader = state.requireAccount(call.request);
    return v2Answer(call, 200, 'sharedServer', shareView(state, theShare(state, call, reader), reader));
  });
  http.route('POST', `${BASE}/:id`, (call) => update(state, call));
  for (const method of ['PUT', 'PATCH'])
    http.route(method, `${BASE}/:id`, () => methodNotAllowed('OPTIONS, GET, POST, DELETE'));

  http.route('DELETE', `${BASE}/:id`, (call) => {
    const reader = state.requireAccount(call.request);
    const share = theShare(state, call, reader);
    // With the member's token this means leaving the share, or declining a pending one (A5.9).
    if (share.server.owner !== reader && share.acceptedAt) leaveShare(state, share);
    else removeShare(state, share);
    return { status: state.behaviour.deleteStatus };
  });

  http.route('POST', `${BASE}/:id/accept`, (call) => {
    const member = state.requireAccount(call.request);
    const share = theShare(state, call, member);
    if (share.invited !== member || share.acceptedAt || share.orphan) return notFound(call.request);
    acceptShare(state, share, member);
    return { status: 204 };
  });
}

function create(state: PlexState, call: RouteCall): Answer {
  const owner = state.requireAccount(call.request);
  const otherwise = notFound(call.request);
  const body = objectBody(call, otherwise);
  const server = ownServer(state, owner, body.machineIdentifier, otherwise);
  const libraryIds = librariesWanted(server, librariesSent(state, body, 'create'), otherwise);
  const invitee = inviteeWanted(state, body.invitedId, body.invitedEmail, otherwise);
  // The real code is not known (A5.5). What matters is that it is refused.
  if (invitee.account === owner) return v2Error(call.request, 422, 1999, 'You cannot share with yourself');
  if (findShare(state, server, invitee)) return alreadySharedV2();
  replaceSettings(state, owner, invitee, asObject(body.settings) ?? {});
  const share = createShare(state, {
    server,
    invitee,
    libraryIds,
    skipFriendship: body.skipFriendship === true,
  });
  return v2Answer(call, state.behaviour.createStatus, 'sharedServer', writtenView(state, share, body));
}

/** Replaces libraries and settings completely (A5.6). */
function update(state: PlexState, call: RouteCall): Answer {
  const owner = state.requireAccount(call.request);
  const otherwise = notFound(call.request);
  const share = theShare(state, call, owner);
  if (share.server.owner !== owner) return otherwise;
  if (!share.acceptedAt && state.behaviour.pendingUpdates === 'refused') return otherwise;
  const body = objectBody(call, otherwise);
  const sent = librariesSent(state, body, 'update');
  if (sent !== undefined || state.behaviour.updateWithoutLibraries === 'shares everything')
    setLibraries(share, librariesWanted(share.server, sent, otherwise));
  const settings = asObject(body.settings);
  if (state.behaviour.updatesThatForget > 0) {
    state.behaviour.updatesThatForget -= 1;
    replaceSettings(state, owner, inviteeOf(share), {});
  } else if (settings) replaceSettings(state, owner, inviteeOf(share), settings);
  if (state.behaviour.emptyUpdateReply) return { status: 200 };
  return v2Answer(call, 200, 'sharedServer', writtenView(state, share, body));
}

function librariesSent(state: PlexState, body: Record<string, unknown>, write: 'create' | 'update'): unknown {
  const { ignoresLibraries, librariesName } = state.behaviour;
  return ignoresLibraries === write ? undefined : body[librariesName];
}

/** The share in the answer to a write. */
function writtenView(state: PlexState, share: Share, body: Record<string, unknown>): object {
  const asked = Array.isArray(body.librarySectionIds) ? body.librarySectionIds : [];
  const shown = {
    'what is': share,
    'what was asked': { ...share, all: false, libraryIds: new Set<number>(asked) },
    everything: { ...share, all: true },
  }[state.behaviour.answersWith];
  return shareView(state, shown, share.server.owner);
}

function theShare(state: PlexState, call: RouteCall, reader: PlexAccount): Share {
  const share = findShareById(state, call.params.id ?? '', reader);
  if (!share) throw new Refused(notFound(call.request));
  return share;
}

/** The shares of all servers of the owner, without pages (A5.3). No v2 list contains orphans (edge case 7). */
const ownedShares = (state: PlexState, owner: PlexAccount): Share[] =>
  state.shares
    .values()
    .filter((share) => share.server.owner === owner && !share.orphan && isListed(state, share))
    .toArray();
