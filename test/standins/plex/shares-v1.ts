import { type Answer, type HttpStandIn, Refused, type RouteCall } from '../http.ts';
import type { PlexServer } from './server.ts';
import { sharedServerXml, userXml } from './share-views.ts';
import { inviteeWanted, librariesWanted, ownServer } from './share-wishes.ts';
import {
  createShare,
  findShare,
  findShareById,
  isListed,
  removeShare,
  replaceSettings,
  type Share,
  setLibraries,
} from './shares.ts';
import { epoch, type PlexAccount, type PlexState } from './state.ts';
import { alreadySharedV1, asObject, objectBody, railsNotFound, v1NotFound, xmlAnswer } from './wire.ts';
import { element, mediaContainer } from './xml.ts';

/** The old sharing calls: always XML (A2.3), with every library listed and `shared` 0 or 1 (A5.3). */
export function addShareRoutesV1(http: HttpStandIn, state: PlexState): void {
  const base = '/api/servers/:mid';
  const shares = `${base}/shared_servers`;

  http.route('GET', base, (call) => {
    const { server } = asOwner(state, call);
    const sections = server
      .sectionsAtPlexTv()
      .map(({ cloudId, key, type, title }) => element('Section', { id: cloudId, key, type, title }));
    return container(server, [
      element(
        'Server',
        {
          name: server.name,
          address: '203.0.113.7',
          port: new URL(server.url).port,
          version: server.version,
          scheme: 'http',
          host: '203.0.113.7',
          localAddresses: new URL(server.url).hostname,
          machineIdentifier: server.machineIdentifier,
          createdAt: epoch(server.createdAt),
          updatedAt: epoch(state.now()),
          owned: true,
          synced: false,
        },
        sections,
      ),
    ]);
  });

  // The only list that shows orphans (edge case 7).
  http.route('GET', shares, (call) => {
    const { server } = asOwner(state, call);
    const listed = state.shares.values().filter((share) => share.server === server && isListed(state, share));
    return container(server, listed.map((share) => sharedServerXml(state, share)).toArray());
  });

  http.route('POST', shares, (call) => {
    const { owner, server } = asOwner(state, call);
    const body = objectBody(call, v1NotFound());
    const wish = asObject(body.shared_server) ?? {};
    const libraryIds = librariesWanted(server, wish.library_section_ids, v1NotFound());
    const invitee = inviteeWanted(state, wish.invited_id, wish.invited_email, v1NotFound());
    if (invitee.account === owner)
      return xmlAnswer(400, element('Response', { code: 400, status: "You can't share with yourself." }));
    if (findShare(state, server, invitee))
      return alreadySharedV1(invitee.account?.username ?? invitee.email ?? '');
    replaceSettings(state, owner, invitee, asObject(body.sharing_settings) ?? {});
    const share = createShare(state, { server, invitee, libraryIds });
    return container(server, [sharedServerXml(state, share)]);
  });

  http.route('DELETE', shares, () => railsNotFound());

  // Changes the libraries only; the settings stay (A5.6).
  http.route('PUT', `${shares}/:id`, (call) => {
    const { owner, server } = asOwner(state, call);
    const share = theShare(state, call, owner);
    const wish = asObject(objectBody(call, v1NotFound()).shared_server) ?? {};
    if (wish.library_section_ids !== undefined)
      setLibraries(share, librariesWanted(server, wish.library_section_ids, v1NotFound()));
    return container(server, [sharedServerXml(state, share)]);
  });

  http.route('DELETE', `${shares}/:id`, (call) => {
    const { owner } = asOwner(state, call);
    removeShare(state, theShare(state, call, owner));
    return { status: 200 };
  });

  // Everybody connected to the account, including Home members and people without a share (A5.3).
  http.route('GET', '/api/users', (call) => {
    const owner = state.requireAccount(call.request);
    const users = state.takesEmpty('users') ? [] : people(state, owner);
    return xmlAnswer(
      200,
      mediaContainer(
        { friendlyName: 'myPlex', identifier: 'com.plexapp.plugins.myplex', totalSize: users.length },
        users,
      ),
    );
  });
}

const container = (server: PlexServer, children: readonly string[]): Answer =>
  xmlAnswer(
    200,
    mediaContainer(
      {
        friendlyName: 'myPlex',
        identifier: 'com.plexapp.plugins.myplex',
        machineIdentifier: server.machineIdentifier,
      },
      children,
    ),
  );

function asOwner(state: PlexState, call: RouteCall): { owner: PlexAccount; server: PlexServer } {
  const owner = state.requireAccount(call.request);
  return { owner, server: ownServer(state, owner, call.params.mid, v1NotFound()) };
}

function theShare(state: PlexState, call: RouteCall, owner: PlexAccount): Share {
  const share = findShareById(state, call.params.id ?? '', owner);
  if (!share || share.server.machineIdentifier !== call.params.mid) throw new Refused(v1NotFound());
  return share;
}

function people(state: PlexState, owner: PlexAccount): string[] {
  const listed = state.shares
    .values()
    .filter((share) => share.server.owner === owner && !share.orphan && isListed(state, share));
  const byPerson = Map.groupBy(listed, ({ invited }) => invited);
  return state.accounts
    .values()
    .filter(
      (account) =>
        account !== owner &&
        (byPerson.has(account) || account.homeOf === owner || state.areFriends(account, owner)),
    )
    .map((account) => userXml(state, owner, account, byPerson.get(account) ?? []))
    .toArray();
}
