import type { Answer, RecordedRequest } from '../http.ts';
import { empty, html } from './answers.ts';
import type { JellyfinState } from './state.ts';

/** Three digits with leading zeros: the set-up server really sends this (B1.2). */
const RETRY = { 'retry-after': '005' } as const;

/** Runs before every route: start-up (B1.2, edge case 35), then the base path (B1, edge case 36). */
export function beforeRouting(
  state: JellyfinState,
  base: string,
  request: RecordedRequest,
): Answer | undefined {
  const path = request.path.toLowerCase();
  const prefix = base.toLowerCase();
  const inside = prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
  const rest = inside ? path.slice(prefix.length).replace(/\/$/, '') : path;
  if (state.starting) return startingUp(state, rest);
  if (!inside) return redirect(rest === '/health' ? `${base}/health` : `${base}/web/`);
  if (rest === '') return redirect(`${base}/web/`);
  return rest === '/web' ? html(200, 'Jellyfin') : undefined;
}

const redirect = (location: string): Answer => empty(302, { location });

function startingUp(state: JellyfinState, path: string): Answer | undefined {
  if (state.release === '10.10')
    return path === '/system/ping' ? undefined : html(503, 'Jellyfin is starting');
  if (path !== '/system/info/public') return html(503, 'Jellyfin Startup', RETRY);
  state.publicInfoReadsWhileStarting += 1;
  if (state.publicInfoReadsWhileStarting === 1) return empty(503, RETRY);
  // In camelCase, and saying that the wizard is open although it was completed long ago.
  return {
    status: 200,
    body: {
      localAddress: 'http://192.168.1.10:8096',
      serverName: state.name,
      version: state.version,
      productName: state.behaviour.productName,
      operatingSystem: null,
      id: state.serverId,
      startupWizardCompleted: false,
    },
  };
}
