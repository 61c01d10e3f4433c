import { Refused } from '../http.ts';
import { signOfLife } from './activity.ts';
import { empty, processingError } from './answers.ts';
import { type ClientFacts, clientFacts, requireCaller } from './auth.ts';
import { newGuid } from './forms.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import { sessionView } from './sessions.ts';
import {
  type JellyfinSession,
  type JellyfinState,
  type JellyfinToken,
  type JellyfinUser,
  passwordFits,
} from './state.ts';

export type Device = Pick<JellyfinToken, 'client' | 'device' | 'deviceId' | 'version'>;

/** Signing in with name and password, and signing out (B8). */
export function addSignInRoutes(route: AddRoute, state: JellyfinState): void {
  route(
    'POST',
    '/Users/AuthenticateByName',
    (call) => {
      const fields = fieldsOf(call);
      const device = deviceOf(clientFacts(state, call.request));
      if (!device) return processingError(400);
      const user = state.findUser(fields.text('Username') ?? '');
      if (!user) return processingError(401);
      const fits = passwordFits(user, fields.text('Pw') ?? '');
      if (user.policy.IsDisabled || mayNotFromHere(state, user)) return processingError(403);
      if (!fits) {
        countFailedSignIn(state, user);
        return processingError(401);
      }
      // 10.11 saves a user who was silent as it was loaded, over the moment that it has just noted.
      const isReverted = state.release === '10.11' && signOfLife(state, user) !== undefined;
      const { lastLoginAt } = user;
      const token = signIn(state, user, device);
      if (isReverted) user.lastLoginAt = lastLoginAt;
      return { status: 200, body: resultOf(state, user, token) };
    },
    'open',
  );

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
export function signIn(
  state: JellyfinState,
  user: JellyfinUser,
  device: Device,
  where: 'known' | 'unknown' = 'known',
): JellyfinToken {
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
  const session: JellyfinSession = {
    id: newGuid(),
    token: token.token,
    lastActivityAt: state.now(),
    knowsWhere: where === 'known',
    playing: null,
    paused: false,
    hasSocket: true,
    messages: [],
  };
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

/**
 * After too many failures, the server disables the account by itself (B6.5, edge case 29). Its tokens answer 401 until
 * it is unlocked. 12.0 counts the last one twice; 10.11 means to disable and does not save it (M1).
 */
export function countFailedSignIn({ release }: JellyfinState, { policy }: JellyfinUser): void {
  policy.InvalidLoginAttemptCount += 1;
  const limit = policy.LoginAttemptsBeforeLockout;
  if (release === '10.11' || limit <= 0 || policy.InvalidLoginAttemptCount < limit) return;
  policy.IsDisabled = true;
  if (release === '12.0') policy.InvalidLoginAttemptCount += 1;
}

const mayNotFromHere = (state: JellyfinState, user: JellyfinUser): boolean =>
  state.behaviour.callersAreRemote && !user.policy.EnableRemoteAccess;
