import type { Answer, HttpStandIn, RouteCall } from '../http.ts';
import { inviteeWanted } from './share-wishes.ts';
import { defaultSettings, removeShare, replaceSettings, settingsOf } from './shares.ts';
import type { PlexAccount, PlexState } from './state.ts';
import { asObject, gone, notFound, objectBody, v2Answer, xmlAnswer } from './wire.ts';
import { element, mediaContainer } from './xml.ts';

/** Calls about a person and not about a server: settings, ending a friendship, and removed endpoints (A5.7, A5.8). */
export function addPeopleRoutes(http: HttpStandIn, state: PlexState): void {
  http.route('GET', '/api/v2/sharing_settings', (call) => {
    const owner = state.requireAccount(call.request);
    if (!state.behaviour.settingsAreTold) return notFound(call.request);
    const id = Number(call.request.query.get('invitedId') ?? Number.NaN);
    const invitee = inviteeWanted(state, id, undefined, notFound(call.request));
    return v2Answer(call, 200, 'sharingSettings', settingsOf(state, owner, invitee));
  });

  http.route('POST', '/api/v2/sharing_settings', (call) => {
    const owner = state.requireAccount(call.request);
    const otherwise = notFound(call.request);
    const body = objectBody(call, otherwise);
    const invitee = inviteeWanted(state, body.invitedId, undefined, otherwise);
    replaceSettings(state, owner, invitee, asObject(body.settings) ?? {});
    return v2Answer(call, 200, 'sharingSettings', settingsOf(state, owner, invitee));
  });

  // Changes only what is given. Flags are written as 0 and 1 (A5.7).
  http.route('PUT', '/api/v2/sharings/:accountId', (call) =>
    withRelated(state, call, (owner, account) => {
      const settings = settingsOf(state, owner, { account, email: null });
      for (const [name, usual] of Object.entries(defaultSettings())) {
        const sent = call.request.query.get(name);
        if (sent === null) continue;
        settings[name] =
          typeof usual === 'boolean' ? sent === '1' : typeof usual === 'number' ? Number(sent) : sent;
      }
      return { status: 200 };
    }),
  );

  http.route('DELETE', '/api/v2/sharings/:accountId', (call) =>
    withRelated(state, call, (owner, account) => {
      endEverything(state, owner, account);
      return { status: state.behaviour.deleteStatus };
    }),
  );

  // Always XML. The owner is in his own Home (A5.10).
  http.route('GET', '/api/home/users', (call) => {
    const owner = state.requireAccount(call.request);
    if (!state.behaviour.homeIsTold) return notFound(call.request);
    const users = state.accounts.values().filter((account) => account === owner || account.homeOf === owner);
    return xmlAnswer(
      200,
      mediaContainer(
        { friendlyName: 'myPlex', identifier: 'com.plexapp.plugins.myplex' },
        users
          .map((account) =>
            element('User', {
              id: account.id,
              uuid: account.uuid,
              admin: account === owner,
              guest: false,
              restricted: account.managed,
              protected: false,
              title: account.title,
              username: account.username,
              email: account.email,
            }),
          )
          .toArray(),
      ),
    );
  });

  http.route('DELETE', '/api/home/users/:accountId', (call) =>
    withRelated(state, call, (owner, account) => {
      if (account.homeOf !== owner) return notFound(call.request);
      account.homeOf = null;
      endEverything(state, owner, account);
      return { status: 204 };
    }),
  );

  for (const path of [
    '/api/v2/friends',
    '/api/v2/friends/:id',
    '/api/friends/:id',
    '/api/invites/requested',
    '/api/invites/requested/:id',
    '/api/invites/requests',
    '/api/invites/requests/:id',
  ])
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) http.route(method, path, gone);
}

/** Answers 404 when the owner and the account have no friendship and no share. */
function withRelated(
  state: PlexState,
  call: RouteCall,
  act: (owner: PlexAccount, account: PlexAccount) => Answer,
): Answer {
  const owner = state.requireAccount(call.request);
  const account = state.accounts.get(Number(call.params.accountId));
  if (!account) return notFound(call.request);
  const related =
    state.areFriends(owner, account) ||
    account.homeOf === owner ||
    state.shares
      .values()
      .some(
        (share) =>
          share.server.owner === owner && share.invited === account && !share.removedAt && !share.leftAt,
      );
  return related ? act(owner, account) : notFound(call.request);
}

/** Ends all shares of the owner with that account, and the friendship (A5.8). */
function endEverything(state: PlexState, owner: PlexAccount, account: PlexAccount): void {
  for (const share of state.shares.values()) {
    if (share.server.owner === owner && share.invited === account && !share.removedAt && !share.leftAt)
      removeShare(state, share);
  }
  state.unfriend(owner, account);
}
