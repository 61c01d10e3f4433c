import { empty, problem, words } from './answers.ts';
import { queryOf, requireAdmin, requireCaller } from './auth.ts';
import { dateText, EMPTY_GUID, NEVER, newGuid } from './forms.ts';
import type { AddRoute } from './routing.ts';
import type { JellyfinState } from './state.ts';

/** Identity, liveness and API keys (B2). */
export function addSystemRoutes(route: AddRoute, state: JellyfinState): void {
  route('GET', '/System/Info/Public', () => ({ status: 200, body: publicInfo(state) }), 'open');

  // Accepts any valid token, so it does not prove that the caller is an administrator.
  route('GET', '/System/Info', ({ request }) => {
    requireCaller(state, request);
    return {
      status: 200,
      body: {
        ...publicInfo(state),
        OperatingSystemDisplayName: '',
        HasPendingRestart: false,
        IsShuttingDown: false,
        SupportsLibraryMonitor: true,
        WebSocketPortNumber: 8_096,
        CompletedInstallations: [],
        CanSelfRestart: true,
        CanLaunchWebBrowser: false,
        HasUpdateAvailable: false,
        ...FOLDERS,
        CastReceiverApplications: CAST_RECEIVERS,
        EncoderLocation: 'System',
        SystemArchitecture: 'X64',
      },
    };
  });

  // Every signed-in caller may read it.
  route('GET', '/Plugins', ({ request }) => {
    requireCaller(state, request);
    const body = state.plugins.map((plugin) => ({
      ...plugin,
      Version: '1.0.0.0',
      Description: '',
      Id: newGuid(),
      CanUninstall: true,
      HasImage: false,
    }));
    return { status: 200, body };
  });

  for (const method of ['GET', 'POST'])
    route(method, '/System/Ping', () => words(200, 'Jellyfin Server'), 'even while loading');

  const healthy = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Healthy' };
  route('GET', '/health', () => healthy, 'open');

  route('GET', '/Auth/Keys', ({ request }) => {
    requireAdmin(state, request);
    const items = [...state.keys.values()].map(({ token, app, createdAt }) => ({
      // The same for all of them, and never used (M4).
      Id: 0,
      AccessToken: token,
      DeviceId: '',
      AppName: app,
      AppVersion: '',
      DeviceName: '',
      UserId: EMPTY_GUID,
      IsActive: false,
      DateCreated: dateText(createdAt),
      DateLastActivity: NEVER,
    }));
    return { status: 200, body: { Items: items, TotalRecordCount: items.length, StartIndex: 0 } };
  });

  // The answer does not contain the key; it has to be listed.
  route('POST', '/Auth/Keys', ({ request }) => {
    requireAdmin(state, request);
    const app = queryOf(request, 'app');
    if (!app) return problem(400, { app: ['The app field is required.'] });
    state.addKey(app);
    return empty(204);
  });

  route('DELETE', '/Auth/Keys/:key', ({ request, params }) => {
    requireAdmin(state, request);
    state.keys.delete(params.key ?? '');
    return empty(204);
  });
}

const FOLDERS = {
  ProgramDataPath: '/config',
  WebPath: '/usr/share/jellyfin/web',
  ItemsByNamePath: '/config/metadata',
  CachePath: '/cache',
  LogPath: '/config/log',
  InternalMetadataPath: '/config/metadata',
  TranscodingTempPath: '/cache/transcodes',
} as const;

const CAST_RECEIVERS = [
  { Id: 'F007D354', Name: 'Stable' },
  { Id: '6F511C87', Name: 'Unstable' },
] as const;

const publicInfo = (state: JellyfinState) => ({
  LocalAddress: 'http://192.168.1.10:8096',
  ServerName: state.name,
  Version: state.version,
  ProductName: state.behaviour.productName,
  OperatingSystem: '',
  Id: state.serverId,
  StartupWizardCompleted: state.behaviour.wizardCompleted,
});
