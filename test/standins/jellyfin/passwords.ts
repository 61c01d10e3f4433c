import type { Answer, RouteCall } from '../http.ts';
import { empty, problem, processingError, words } from './answers.ts';
import { type Caller, isAdmin, queryOf, requireCaller } from './auth.ts';
import { type AddRoute, fieldsOf } from './routing.ts';
import { countFailedSignIn } from './sign-in.ts';
import { type JellyfinState, type JellyfinUser, passwordFits } from './state.ts';
import { findByPath } from './users.ts';

/** Changing a password (B7): the new address, and the old one that the description hides. */
export function addPasswordRoutes(route: AddRoute, state: JellyfinState): void {
  route('POST', '/Users/:userId/Password', (call) => change(state, call, call.params.userId));
  route('POST', '/Users/Password', (call) => change(state, call, queryOf(call.request, 'userId')));
}

function change(state: JellyfinState, call: RouteCall, target: string | undefined): Answer {
  const caller = requireCaller(state, call.request);
  const fields = fieldsOf(call);
  const user = target === undefined && caller.kind === 'user' ? caller.user : findByPath(state, target);
  if (!isAdmin(caller) && !isSelf(caller, user))
    return words(403, 'User is not allowed to update the password.');
  if (!user) return problem(404);

  if (fields.flag('ResetPassword')) {
    // Blank from now on, and whoever is signed in stays so.
    if (user.policy.IsAdministrator) return processingError(400);
    user.password = '';
    return empty(204);
  }
  // An administrator needs no old password, except for his own when he names himself.
  if (!isAdmin(caller) || (isSelf(caller, user) && target !== undefined)) {
    if (!passwordFits(user, fields.text('CurrentPw') ?? '')) {
      countFailedSignIn(user);
      return words(403, 'Invalid user or password entered.');
    }
  }
  // A misspelt field is no field: the password becomes blank, and that is a success (edge case 30).
  const password = fields.text('NewPw') ?? '';
  if (password === '' && user.policy.IsAdministrator) return processingError(400);
  user.password = password;
  state.revokeTokens(user, caller.token);
  return empty(204);
}

const isSelf = (caller: Caller, user: JellyfinUser | undefined): boolean =>
  caller.kind === 'user' && caller.user === user;
