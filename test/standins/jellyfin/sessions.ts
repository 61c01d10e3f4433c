import { signOfLife } from './activity.ts';
import { empty, problem, processingError } from './answers.ts';
import { isAdmin, queryOf, requireAdmin, requireCaller } from './auth.ts';
import { dateText, EMPTY_GUID, libraryId, NEVER, parseGuid } from './forms.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import type { JellyfinSession, JellyfinState, JellyfinToken } from './state.ts';

const CAPABILITIES = {
  PlayableMediaTypes: [],
  SupportedCommands: [],
  SupportsMediaControl: false,
  SupportsPersistentIdentifier: true,
} as const;

/** Who is signed in on which device, and what they are watching (B8). */
export function addSessionRoutes(route: AddRoute, state: JellyfinState): void {
  // API keys and administrators see all sessions, others only their own.
  route('GET', '/Sessions', ({ request }) => {
    const caller = requireCaller(state, request);
    const deviceId = queryOf(request, 'deviceId');
    const within = Number(queryOf(request, 'activeWithinSeconds') ?? Number.POSITIVE_INFINITY) * 1_000;
    // The latest first.
    const latest = [...state.sessions.values()]
      .reverse()
      .sort((one, other) => other.lastActivityAt.getTime() - one.lastActivityAt.getTime());
    const sessions = latest.filter((session) => {
      const token = state.tokens.get(session.token);
      if (!token || (deviceId !== undefined && token.deviceId !== deviceId)) return false;
      if (state.now().getTime() - session.lastActivityAt.getTime() > within) return false;
      return isAdmin(caller) || (caller.kind === 'user' && caller.user.id === token.userId);
    });
    return { status: 200, body: sessions.map((session) => sessionView(state, session)) };
  });

  // What players report. It is taken as a sign of life only, because there is nothing to play (M1).
  for (const report of ['Playing', 'Playing/Progress', 'Capabilities', 'Capabilities/Full'])
    route('POST', `/Sessions/${report}`, ({ request }) => {
      const caller = requireCaller(state, request);
      if (caller.kind === 'key') return processingError(400);
      const session = state.sessions.values().find(({ token }) => token === caller.token);
      if (session) Object.assign(session, { lastActivityAt: state.now(), knowsWhere: true });
      signOfLife(state, caller.user)?.();
      return empty(204);
    });

  // A stop is sent over the web socket of the client, if there is one. It is answered in any case.
  route('POST', '/Sessions/:sessionId/Playing/Stop', ({ request, params }) => {
    requireCaller(state, request);
    const session = state.sessions.get(params.sessionId ?? '');
    if (!session) return processingError(404);
    if (session.hasSocket) session.playing = null;
    return empty(204);
  });

  route('POST', '/Sessions/:sessionId/Message', (call) => {
    requireCaller(state, call.request);
    const text = fieldsOf(call, 'command').required('Text');
    const session = state.sessions.get(call.params.sessionId ?? '');
    if (!session) return processingError(404);
    session.messages.push(text);
    return empty(204);
  });

  // With `userId`, an item of a library that the user may not see is not found (M1).
  route('GET', '/Items/:itemId/Ancestors', ({ request, params }) => {
    requireCaller(state, request);
    const titles = state.sessions
      .values()
      .map(({ playing }) => playing)
      .toArray();
    const title = titles.find((one) => one !== null && itemId(one) === params.itemId);
    const library = state.libraries.find(({ name }) => title?.startsWith(`${name}/`));
    const user = state.users.get(parseGuid(queryOf(request, 'userId') ?? '') ?? '');
    const access = user ? state.accessOf(user) : 'all';
    if (!library || (access !== 'all' && !access.includes(library.name))) return processingError(404);
    return {
      status: 200,
      body: [{ Id: libraryId(library.itemName), Name: library.name, Type: 'CollectionFolder' }],
    };
  });

  // `userId` asks which devices a user may use, normally all of them. It is no filter by owner.
  route('GET', '/Devices', ({ request }) => {
    requireAdmin(state, request);
    const user = state.users.get(parseGuid(queryOf(request, 'userId') ?? '') ?? '');
    const devices = devicesOf(state).filter(
      ({ deviceId }) =>
        !user || user.policy.EnableAllDevices || user.policy.EnabledDevices.includes(deviceId),
    );
    const items = devices.map((device) => deviceView(state, device));
    return { status: 200, body: { Items: items, TotalRecordCount: items.length, StartIndex: 0 } };
  });

  // Signs out everybody who uses the device.
  route('DELETE', '/Devices', ({ request }) => {
    requireAdmin(state, request);
    const id = queryOf(request, 'id');
    const held = state.tokens
      .values()
      .filter(({ deviceId }) => deviceId === id)
      .toArray();
    if (held.length === 0) return problem(state.release === '12.0' ? 400 : 404);
    for (const { token } of held) state.endToken(token);
    return empty(204);
  });
}

/** A session in the form of answers. */
export function sessionView(state: JellyfinState, session: JellyfinSession): object {
  const token = state.tokens.get(session.token);
  const user = state.users.get(token?.userId ?? '');
  return {
    PlayState: {
      CanSeek: false,
      IsPaused: session.paused,
      IsMuted: false,
      RepeatMode: 'RepeatNone',
      PlaybackOrder: 'Default',
    },
    AdditionalUsers: [],
    Capabilities: CAPABILITIES,
    RemoteEndPoint: session.knowsWhere ? '203.0.113.20' : undefined,
    PlayableMediaTypes: [],
    Id: session.id,
    UserId: user?.id ?? EMPTY_GUID,
    UserName: user?.name,
    Client: token?.client,
    LastActivityDate: dateText(session.lastActivityAt),
    LastPlaybackCheckIn: NEVER,
    DeviceName: token?.device,
    // Absent when nothing is playing.
    NowPlayingItem: session.playing === null ? undefined : itemOf(state, session.playing),
    DeviceId: token?.deviceId,
    ApplicationVersion: token?.version,
    IsActive: true,
    SupportsMediaControl: session.hasSocket,
    SupportsRemoteControl: session.hasSocket,
    NowPlayingQueue: [],
    NowPlayingQueueFullItems: state.release === '12.0' ? undefined : [],
    HasCustomDeviceName: false,
    ServerId: state.serverId,
    SupportedCommands: [],
  };
}

const itemId = (title: string): string => libraryId(`item ${title}`);

/** What is played is a title, behind the name of its library and a slash. */
const itemOf = (state: JellyfinState, title: string) => ({
  Name: title,
  ServerId: state.serverId,
  Id: itemId(title),
  // The folder on disk, which is not the library (M1).
  ParentId: libraryId(`folder ${title.split('/')[0]}`),
  Path: `/data/${title}`,
  Type: 'Movie',
  MediaType: 'Video',
  IsFolder: false,
});

/** One entry per device: the latest sign-in. */
function devicesOf(state: JellyfinState): readonly JellyfinToken[] {
  const latest = new Map<string, JellyfinToken>();
  for (const token of state.tokens.values()) {
    const known = latest.get(token.deviceId);
    if (!known || known.lastActivityAt <= token.lastActivityAt) latest.set(token.deviceId, token);
  }
  return [...latest.values()];
}

const deviceView = (state: JellyfinState, device: JellyfinToken) => ({
  Name: device.device,
  Id: device.deviceId,
  LastUserName: state.users.get(device.userId)?.name,
  AppName: device.client,
  AppVersion: device.version,
  LastUserId: device.userId,
  DateLastActivity: dateText(device.lastActivityAt),
  Capabilities: CAPABILITIES,
});
