import { type Answer, type RecordedRequest, Refused, type RouteCall } from '../http.ts';
import type { PlexLibrary, PlexServer, PlexSession } from './server.ts';
import { epoch, type PlexAccount } from './state.ts';
import { plexValue, pmsPage, wantsJson, xmlAnswer } from './wire.ts';
import { type Attributes, element, mediaContainer } from './xml.ts';

type Reader =
  | { readonly owner: true }
  | { readonly owner: false; readonly libraries: readonly PlexLibrary[] };

/** The routes of one Plex Media Server (A4): XML unless JSON is asked for, and HTML error pages of its own. */
export function addPmsRoutes(server: PlexServer): void {
  const { http } = server;
  const route = (method: string, path: string, handler: (call: RouteCall) => Answer): void =>
    http.route(method, path, (call) =>
      server.starting === undefined ? handler(call) : maintenance(server, call),
    );

  // Ignores the token (A4.1): the answer proves the address and not the credentials.
  route('GET', '/identity', (call) =>
    wantsJson(call.request)
      ? json({
          size: 0,
          claimed: server.claimed,
          machineIdentifier: server.machineIdentifier,
          version: server.version,
        })
      : xmlAnswer(
          200,
          mediaContainer(
            {
              size: 0,
              claimed: server.claimed,
              machineIdentifier: server.machineIdentifier,
              version: server.version,
            },
            [],
          ),
        ),
  );

  route('GET', '', (call) => {
    requireReader(server, call.request);
    const facts = {
      allowSharing: true,
      friendlyName: server.name,
      machineIdentifier: server.machineIdentifier,
      myPlex: true,
      myPlexSigninState: 'ok',
      myPlexSubscription: server.plexPass,
      myPlexUsername: server.owner.email,
      // @ctrl/plex splits this value without checking that it is there.
      ownerFeatures: server.plexPass ? 'pass,session_kick' : '',
      platform: 'Linux',
      version: server.version,
    };
    return wantsJson(call.request) ? json({ size: 0, ...facts }) : xmlAnswer(200, mediaContainer(facts, []));
  });

  for (const path of ['/library/sections', '/library/sections/all'])
    route('GET', path, (call) => {
      const reader = requireReader(server, call.request);
      return sections(server, call, reader.owner ? server.libraries : reader.libraries);
    });

  route('GET', '/accounts', (call) => {
    requireOwner(server, call.request);
    const accounts = [
      { id: 0, name: '' },
      { id: 1, name: server.owner.username },
    ];
    if (wantsJson(call.request)) return json({ size: accounts.length, Account: accounts });
    return xmlAnswer(
      200,
      mediaContainer(
        {},
        accounts.map((account) => element('Account', account)),
      ),
    );
  });

  route('GET', '/status/sessions', (call) => {
    requireOwner(server, call.request);
    const now = server.state.now();
    const listed = server.sessions.filter(({ listedUntil }) => !listedUntil || now < listedUntil);
    if (wantsJson(call.request))
      return json({
        size: listed.length,
        ...(listed.length > 0 && { Metadata: listed.map((session) => sessionJson(server, session)) }),
      });
    return xmlAnswer(
      200,
      mediaContainer(
        {},
        listed.map((session) => sessionXml(server, session)),
      ),
    );
  });

  for (const method of ['GET', 'POST'])
    route(method, '/status/sessions/terminate', (call) => terminate(server, call));
}

/** Expects `Session.id` and not `sessionKey` (A4.3). */
function terminate(server: PlexServer, call: RouteCall): Answer {
  requireOwner(server, call.request);
  if (!server.plexPass) return pmsPage(401, 'Unauthorized');
  const id = call.request.query.get('sessionId') ?? '';
  if (id === '') return pmsPage(403, 'Forbidden');
  const session = server.sessions.find((candidate) => candidate.id === id && !candidate.listedUntil);
  if (!session) return pmsPage(404, 'Not Found');
  session.listedUntil = server.state.inSeconds(server.state.behaviour.terminateSeconds);
  return { status: 200 };
}

function maintenance(server: PlexServer, call: RouteCall): Answer {
  const facts = { code: 503, title: 'Maintenance', status: server.starting };
  return wantsJson(call.request) ? { status: 503, body: facts } : xmlAnswer(503, element('Response', facts));
}

/** Accepts the owner with any of their tokens, and a member with the access token of the share. */
function requireReader(server: PlexServer, request: RecordedRequest): Reader {
  const { state } = server;
  const token = plexValue(request, 'X-Plex-Token');
  if (token === server.ownerAccessToken || state.accountOfToken(token) === server.owner)
    return { owner: true };
  const share = state.shares.values().find((each) => each.server === server && each.accessToken === token);
  const endedAt = share?.removedAt ?? share?.leftAt;
  const stillTaken =
    !endedAt || state.now().getTime() < endedAt.getTime() + state.behaviour.pmsRevokeSeconds * 1_000;
  if (!share?.acceptedAt || !stillTaken) throw new Refused(pmsPage(401, 'Unauthorized'));
  const libraries = server.libraries.filter(({ cloudId }) => share.all || share.libraryIds.has(cloudId));
  return { owner: false, libraries };
}

function requireOwner(server: PlexServer, request: RecordedRequest): void {
  if (!requireReader(server, request).owner) throw new Refused(pmsPage(403, 'Forbidden'));
}

const json = (container: Record<string, unknown>): Answer => ({
  status: 200,
  body: { MediaContainer: container },
});

function sections(server: PlexServer, call: RouteCall, libraries: readonly PlexLibrary[]): Answer {
  if (wantsJson(call.request))
    return json({
      size: libraries.length,
      allowSync: false,
      title1: 'Plex Library',
      // An empty list is left out altogether (A2.3).
      ...(libraries.length > 0 && {
        Directory: libraries.map((library) => ({
          ...directory(server, library, [true, false, Number]),
          Location: [{ id: library.key, path: pathOf(library) }],
        })),
      }),
    });
  return xmlAnswer(
    200,
    mediaContainer(
      { allowSync: false, title1: 'Plex Library' },
      libraries.map((library) =>
        element('Directory', directory(server, library, [1, 0, String]), [
          element('Location', { id: library.key, path: pathOf(library) }),
        ]),
      ),
    ),
  );
}

const pathOf = (library: PlexLibrary): string => `/data/library-${library.key}`;

function directory(
  { state }: PlexServer,
  library: PlexLibrary,
  [yes, no, number]: readonly [true | 1, false | 0, typeof Number | typeof String],
): Attributes {
  const since = number(epoch(library.onPlexTvFrom));
  return {
    allowSync: yes,
    art: `/:/resources/${library.type}-fanart.jpg`,
    composite: `/library/sections/${library.key}/composite/${since}`,
    filters: yes,
    refreshing: no,
    thumb: `/:/resources/${library.type}.png`,
    key: String(library.key),
    type: library.type,
    title: library.title,
    agent: `tv.plex.agents.${library.type}`,
    scanner: 'Plex Scanner',
    language: 'en-GB',
    ...(['server', 'both'].includes(state.behaviour.uuidAt) && { uuid: library.uuid }),
    updatedAt: since,
    createdAt: since,
    scannedAt: since,
    content: yes,
    directory: yes,
    contentChangedAt: number(198_267),
    hidden: number(0),
  };
}

/** Sessions of the owner have the id 1, those of others the account id (A4.3). */
const userOf = (server: PlexServer, account: PlexAccount) => ({
  id: account === server.owner ? '1' : String(account.id),
  thumb: `https://plex.tv/users/${account.uuid}/avatar?c=1`,
  title: account.username === '' ? account.title : account.username,
});

const sessionParts = (server: PlexServer, session: PlexSession) => ({
  User: userOf(server, session.account),
  Player: {
    machineIdentifier: `player-${session.sessionKey}`,
    product: 'Plex for Android',
    state: session.state,
    title: 'Phone',
  },
  Session: { id: session.id, bandwidth: 8_200, location: 'wan' },
});

/** Of what is in no library nothing is said. */
const libraryOf = ({ library }: PlexSession) =>
  library && { librarySectionID: library.key, librarySectionTitle: library.title };

const sessionJson = (server: PlexServer, session: PlexSession) => ({
  sessionKey: session.sessionKey,
  title: session.title,
  type: session.type,
  ...libraryOf(session),
  ...sessionParts(server, session),
});

function sessionXml(server: PlexServer, session: PlexSession): string {
  const { sessionKey, title, type } = session;
  return element(
    type === 'track' ? 'Track' : 'Video',
    { sessionKey, title, type, ...libraryOf(session) },
    Object.entries(sessionParts(server, session)).map(([name, attributes]) => element(name, attributes)),
  );
}
