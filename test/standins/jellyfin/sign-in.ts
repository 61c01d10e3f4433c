import { Refused } from '../http.ts';
import { empty, processingError } from './answers.ts';
import { type ClientFacts, clientFacts, requireCaller } from './auth.ts';
import { newGuid } from './forms.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import { sessionView } from './sessions.ts';
import { type JellyfinState, type JellyfinToken, type JellyfinUser, passwordFits } from './state.ts';

export type Device = Pick<JellyfinToken, 'client' | 'device' | 'deviceId' | 'version'>;

/** Signing in with name and password, and signing out (B8). */
export function addSignInRoutes(route: AddRoute, state: JellyfinState): void {
  route('POST', '/Users/AuthenticateByName', (call) => {
    const fields = fieldsOf(call);
    const device = deviceOf(clientFacts(state, call.request));
    if (!device) return processingError(400);
    const user = state.findUser(fields.text('Username') ?? '');
    if (!user) return processingError(401);
    const fits = passwordFits(user, fields.text('Pw') ?? '');
    if (user.policy.IsDisabled || mayNotFromHere(state, user)) return processingError(403);
    if (!fits) {
      countFailedSignIn(user);
      return processingError(401);
    }
    return { status: 200, body: resultOf(state, user, signIn(state, user, device)) };
  });

  route('POST', '/Sessions/Logout', ({ request }) => {
    const caller = requireCaller(state, request);
    if (caller.kind === 'user') state.endToken(caller.token);
    return empty(204);
  });
}

/** Client, Device, DeviceId and Version. Undefined unless all of them are present (B1.1). */
export function deviceOf(facts: ClientFacts): Device | undefined {
  const { Client: client, Device: device, DeviceId: deviceId, Version: version } = facts;
  return client && device && deviceId && version ? { client, device, deviceId, version } : undefined;
}

/** Issues a token and starts a session. Throws a 403 if the device, or one more session, is not allowed (B8). */
export function signIn(state: JellyfinState, user: JellyfinUser, device: Device): JellyfinToken {
  const { EnableAllDevices, EnabledDevices, MaxActiveSessions } = user.policy;
  if (!EnableAllDevices && !EnabledDevices.includes(device.deviceId)) throw new Refused(processingError(403));
  const held = state.tokens
    .values()
    .filter(({ userId }) => userId === user.id)
    .toArray();
  if (MaxActiveSessions > 0 && held.length >= MaxActiveSessions) throw new Refused(processingError(403));
  // A user has one sign-in per device.
  for (const { deviceId, token } of held) if (deviceId === device.deviceId) state.endToken(token);
  const token: JellyfinToken = {
    ...device,
    token: state.secret(),
    userId: user.id,
    lastActivityAt: state.now(),
  };
  state.tokens.set(token.token, token);
  const session = { id: newGuid(), token: token.token, playing: null, hasSocket: true, messages: [] };
  state.sessions.set(session.id, session);
  user.policy.InvalidLoginAttemptCount = 0;
  user.lastLoginAt = state.now();
  user.lastActivityAt = state.now();
  return token;
}

/** The answer to all kinds of sign-in. */
export function resultOf(state: JellyfinState, user: JellyfinUser, token: JellyfinToken): object {
  const session = state.sessions.values().find((each) => each.token === token.token);
  return {
    User: state.userView(user),
    SessionInfo: session && sessionView(state, session),
    AccessToken: token.token,
    ServerId: state.serverId,
  };
}

/** After too many failures, the server disables the account by itself (B6.5, edge case 29). */
export function countFailedSignIn(user: JellyfinUser): void {
  const { policy } = user;
  policy.InvalidLoginAttemptCount += 1;
  const limit = policy.LoginAttemptsBeforeLockout;
  if (limit > 0 && policy.InvalidLoginAttemptCount >= limit) policy.IsDisabled = true;
}

const mayNotFromHere = (state: JellyfinState, user: JellyfinUser): boolean =>
  state.behaviour.callersAreRemote && !user.policy.EnableRemoteAccess;
