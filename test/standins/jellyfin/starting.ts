import type { Answer, RecordedRequest } from '../http.ts';
import { empty, html } from './answers.ts';
import type { JellyfinState, JellyfinVersion } from './state.ts';

/**
 * What a server is while it starts, in this order (M2): nothing listens; a small server shows the set-up page;
 * nothing again; the real one listens and is loading; it works.
 */
const STARTING_PHASES = ['refused', 'set-up server', 'refused again', 'loading', 'ready'] as const;
export type StartingPhase = (typeof STARTING_PHASES)[number];

/** The phases of that version: up to 10.10 there is no set-up server. */
export const phasesOf = (release: JellyfinVersion): readonly StartingPhase[] =>
  release === '10.10' ? ['refused', 'loading', 'ready'] : STARTING_PHASES;

export const listensIn = (phase: StartingPhase): boolean => phase !== 'refused' && phase !== 'refused again';

/** Answered to whoever would otherwise be answered; a bad key on a protected route is still 401 (M2). */
export const LOADING: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: 'Jellyfin Server is loading. Please try again shortly.',
};

/** Runs before every route: the set-up server, then the base path (B1, edge case 36). */
export function beforeRouting(
  state: JellyfinState,
  base: string,
  { path }: RecordedRequest,
): Answer | undefined {
  if (state.phase === 'set-up server') return setUpServer(state, path.toLowerCase());
  const rest = path.slice(base.length).replace(/\/$/, '');
  const inside = path.toLowerCase().startsWith(base.toLowerCase());
  if (inside && rest !== '')
    return rest.toLowerCase() === '/web' && state.behaviour.webClient ? html(200, 'Jellyfin') : undefined;
  if (/^\/health\/?$/i.test(path)) return redirect(`${base}/health`);
  // Without the web client to its own documentation (M4). The address is relative to what was asked for.
  return redirect(relative(path, `${base}/${state.behaviour.webClient ? 'web/' : 'api-docs/swagger'}`));
}

const redirect = (location: string): Answer => empty(302, { location });

/** How .NET writes the way from one path to another (`Uri.MakeRelativeUri`). */
function relative(from: string, to: string): string {
  let common = 0;
  while (common < from.length && from[common] === to[common]) common += 1;
  const folder = from.slice(0, common).lastIndexOf('/') + 1;
  return '../'.repeat(from.slice(common).split('/').length - 1) + to.slice(folder);
}

/** It knows nothing of a base path, and waits for the real server to have an identity before it tells it (M2). */
function setUpServer(state: JellyfinState, path: string): Answer {
  if (path === '/health') return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Degraded' };
  if (path !== '/system/info/public')
    // Three digits with leading zeros, and no charset: it really sends this.
    return html(503, 'Jellyfin Startup', { 'content-type': 'text/html', 'retry-after': '005' });
  // In camelCase, and saying that the wizard is open although it was completed long ago.
  return {
    status: 200,
    body: {
      localAddress: 'http://192.168.1.10:8096',
      serverName: state.name,
      version: state.version,
      productName: state.behaviour.productName,
      operatingSystem: '',
      id: state.serverId,
      startupWizardCompleted: false,
    },
  };
}
