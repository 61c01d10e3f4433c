import type { Answer, RouteCall } from '../http.ts';
import { empty, problem, processingError, words } from './answers.ts';
import { type Caller, isAdmin, queryOf, requireCaller } from './auth.ts';
import { DEFAULT_AUTHENTICATION } from './policy.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import { countFailedSignIn } from './sign-in.ts';
import { type JellyfinState, type JellyfinUser, passwordFits } from './state.ts';
import { findByPath } from './users.ts';

/** Changing a password (B7), at the new address and at the old one, which the description leaves out. */
export function addPasswordRoutes(route: AddRoute, state: JellyfinState): void {
  route('POST', '/Users/:userId/Password', (call) => change(state, call, call.params.userId));
  route('POST', '/Users/Password', (call) => change(state, call, queryOf(call.request, 'userId')));
}

function change(state: JellyfinState, call: RouteCall, target: string | undefined): Answer {
  const caller = requireCaller(state, call.request);
  const fields = fieldsOf(call);
  // A key without a user in the path or query is nobody.
  if (target === undefined && caller.kind === 'key') return processingError(400);
  const user = target === undefined && caller.kind === 'user' ? caller.user : findByPath(state, target);
  if (!isAdmin(caller) && !isSelf(caller, user))
    return words(403, 'User is not allowed to update the password.');
  if (!user) return problem(404);

  if (fields.flag('ResetPassword')) {
    // The password becomes blank, and existing sign-ins go on.
    if (user.policy.IsAdministrator) return processingError(400);
    setPassword(user, '');
    return empty(204);
  }
  // Administrators need no old password, except for their own if they name themselves.
  if (!isAdmin(caller) || (isSelf(caller, user) && target !== undefined)) {
    if (!passwordFits(user, fields.text('CurrentPw') ?? '')) {
      countFailedSignIn(state, user);
      return words(403, 'Invalid user or password entered.');
    }
  }
  // A field with another name is ignored. The password then becomes blank, which counts as success (edge case 30).
  const password = fields.text('NewPw') ?? '';
  if (password === '' && user.policy.IsAdministrator) return processingError(400);
  setPassword(user, password);
  state.revokeTokens(user, caller.token);
  return empty(204);
}

/** Answered 204 in any case. What another provider keeps is not changed, and nor is what is kept here (M1). */
function setPassword(user: JellyfinUser, password: string): void {
  if (user.policy.AuthenticationProviderId === DEFAULT_AUTHENTICATION) user.password = password;
}

const isSelf = (caller: Caller, user: JellyfinUser | undefined): boolean =>
  caller.kind === 'user' && caller.user === user;
