import { randomBytes, randomInt } from 'node:crypto';
import { type RecordedRequest, Refused, type RouteCall } from '../http.ts';
import { problem, processingError, words } from './answers.ts';
import { clientFacts, isAdmin, queryOf, requireCaller } from './auth.ts';
import { dateText } from './forms.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import { deviceOf, resultOf, signIn } from './sign-in.ts';
import type { JellyfinState, JellyfinUser, QuickConnectRequest } from './state.ts';
import { findByPath } from './users.ts';

const LIFE_MS = 10 * 60_000;

/** The member proves an account by typing a code into Jellyfin, without a password (B10). */
export function addQuickConnectRoutes(route: AddRoute, state: JellyfinState): void {
  const disabled = () => words(401, 'Quick connect is disabled');

  const isEnabled = () => ({ status: 200, body: state.behaviour.quickConnectEnabled });
  route('GET', '/QuickConnect/Enabled', isEnabled, 'open');

  const initiate = ({ request }: RouteCall) => {
    if (!state.behaviour.quickConnectEnabled) return disabled();
    const device = deviceOf(clientFacts(state, request));
    if (!device) return processingError(400);
    const asked: QuickConnectRequest = {
      ...device,
      secret: randomBytes(32).toString('hex').toUpperCase(),
      code: String(randomInt(1_000_000)).padStart(6, '0'),
      createdAt: state.now(),
      approved: null,
    };
    state.secrets.add(asked.secret);
    state.quickConnects.set(asked.secret, asked);
    return { status: 200, body: view(asked) };
  };
  route('POST', '/QuickConnect/Initiate', initiate, 'open');
  // Obsolete, and removed in 12.0.
  if (state.release !== '12.0') route('GET', '/QuickConnect/Initiate', initiate, 'open');

  const connect = ({ request }: RouteCall) => {
    const wanted = neededFrom(request, 'secret');
    if (!state.behaviour.quickConnectEnabled) return disabled();
    const asked = findLiving(state, ({ secret }) => secret === wanted);
    return asked ? { status: 200, body: view(asked) } : words(404, 'Unknown secret');
  };
  route('GET', '/QuickConnect/Connect', connect, 'open');

  route('POST', '/QuickConnect/Authorize', ({ request }) => {
    const caller = requireCaller(state, request);
    const wanted = neededFrom(request, 'code');
    const named = queryOf(request, 'userId');
    const self = caller.kind === 'user' ? caller.user : undefined;
    const user = named === undefined ? self : findByPath(state, named);
    if (user !== self && !isAdmin(caller)) return processingError(403);
    if (!state.behaviour.quickConnectEnabled) return disabled();
    if (!user) return processingError(named === undefined ? 400 : 404);
    const asked = findLiving(state, ({ code }) => code === wanted);
    if (!asked) return processingError(404);
    if (asked.approved) return processingError(500);
    approve(state, asked, user);
    return { status: 200, body: true };
  });

  const authenticate = (call: RouteCall) => {
    const wanted = fieldsOf(call).required('Secret');
    const asked = findLiving(state, ({ secret }) => secret === wanted);
    if (!asked?.approved) return processingError(404);
    return { status: 200, body: resultOf(state, asked.approved.user, asked.approved.token) };
  };
  route('POST', '/Users/AuthenticateWithQuickConnect', authenticate, 'open');
}

function neededFrom(request: RecordedRequest, name: string): string {
  const value = queryOf(request, name);
  if (value) return value;
  throw new Refused(problem(400, { [name]: [`The ${name} field is required.`] }));
}

/**
 * The member enters the code in the settings.
 * @throws {Error} when it is unknown, expired or used.
 */
export function approveQuickConnect(state: JellyfinState, code: string, user: JellyfinUser): void {
  const asked = findLiving(state, (each) => each.code === code);
  if (!asked) throw new Error(`Jellyfin knows no code ${code}`);
  if (asked.approved) throw new Error(`code ${code} was used already`);
  approve(state, asked, user);
}

/** The sign-in happens at the moment of approval. */
function approve(state: JellyfinState, asked: QuickConnectRequest, user: JellyfinUser): void {
  const { client, device, deviceId, version } = asked;
  asked.approved = { user, token: signIn(state, user, { client, device, deviceId, version }, 'unknown') };
}

const findLiving = (
  state: JellyfinState,
  by: (asked: QuickConnectRequest) => boolean,
): QuickConnectRequest | undefined =>
  state.quickConnects
    .values()
    .find((asked) => by(asked) && state.now().getTime() < asked.createdAt.getTime() + LIFE_MS);

const view = (asked: QuickConnectRequest) => ({
  Authenticated: asked.approved !== null,
  Secret: asked.secret,
  Code: asked.code,
  DeviceId: asked.deviceId,
  DeviceName: asked.device,
  AppName: asked.client,
  AppVersion: asked.version,
  DateAdded: dateText(asked.createdAt),
});
