import { type Answer, type RecordedRequest, Refused, type RouteCall } from '../http.ts';
import { writeBetween } from './activity.ts';
import { empty, problem, processingError, words } from './answers.ts';
import { isAdmin, queryOf, requireAdmin, requireCaller } from './auth.ts';
import { EMPTY_GUID } from './forms.ts';
import { readPolicy, refusalOf, storedPolicy } from './policy.ts';
import { type AddRoute, fieldsOf, guidOf } from './routing.ts';
import type { JellyfinState, JellyfinUser, JellyfinVersion } from './state.ts';

/** The server's rules for names: .NET's `\w` on UTF-16 units, and the final line break that its `$` allows (B5). */
const NAME_RULES: Readonly<Record<JellyfinVersion, RegExp>> = {
  '10.10': /^[\p{L}\p{Mn}\p{Nd}\p{Pc} \-'._@]+\n?$/u,
  '10.11': /^(?!\s)[\p{L}\p{Mn}\p{Nd}\p{Pc} \-'._@+]+(?<!\s)\n?$/u,
  '12.0': /^(?!\s)[\p{L}\p{Mn}\p{Nd}\p{Pc} \-'._@+]+(?<!\s)\n?$/u,
};

/** Listing, creating and deleting accounts, and replacing their policy (B4, B5, B6, B9). */
export function addUserRoutes(route: AddRoute, state: JellyfinState): void {
  route('GET', '/Users', ({ request }) => {
    requireCaller(state, request);
    const hidden = flagOf(request, 'isHidden');
    const disabled = flagOf(request, 'isDisabled');
    const users = state
      .usersByName()
      .filter(({ policy }) => hidden === undefined || policy.IsHidden === hidden)
      .filter(({ policy }) => disabled === undefined || policy.IsDisabled === disabled);
    state.work.ms += costOfList(state);
    const body = users.map((user) => state.userView(user));
    for (const user of users) state.wasRead(user);
    return { status: 200, body };
  });

  const publicUsers = () => {
    const shown = state.usersByName().filter(({ policy }) => !policy.IsHidden && !policy.IsDisabled);
    return { status: 200, body: shown.map((user) => state.userView(user)) };
  };
  route('GET', '/Users/Public', publicUsers, 'open');

  // With an API key there is no user to return (B1.1).
  route('GET', '/Users/Me', ({ request }) => {
    const caller = requireCaller(state, request);
    return caller.kind === 'key' ? problem(400) : { status: 200, body: state.userView(caller.user) };
  });

  route('POST', '/Users/New', (call) => {
    requireAdmin(state, call.request);
    const fields = fieldsOf(call);
    fields.mustHave('Name');
    const name = fields.required('Name');
    if (!isAllowedName(state.release, name) || state.findUser(name)) return processingError(400);
    // Without a password the account has a blank one. It sees every library (B5).
    const user = state.addUser(name, fields.text('Password') ?? '');
    return { status: 200, body: state.userView(user) };
  });

  route('GET', '/Users/:userId', ({ request, params }) => {
    requireCaller(state, request);
    const user = findByPath(state, params.userId);
    if (!user) return words(404, 'User not found');
    const body = state.userView(user);
    state.wasRead(user);
    return { status: 200, body };
  });

  route('DELETE', '/Users/:userId', ({ request, params }) => {
    requireAdmin(state, request);
    const user = findByPath(state, params.userId);
    if (!user) return problem(404);
    // Tokens are revoked before it is known whether the rest succeeds (B9, edge case 33).
    state.revokeTokens(user);
    if (state.users.size === 1) return processingError(500);
    const admins = state.users.values().filter(({ policy }) => policy.IsAdministrator);
    if (user.policy.IsAdministrator && admins.toArray().length === 1) return processingError(400);
    state.users.delete(user.id);
    return empty(204);
  });

  route('POST', '/Users/:userId/Policy', (call) => {
    const caller = requireAdmin(state, call.request);
    const id = guidOf('userId', call.params.userId);
    const wanted = readPolicy(fieldsOf(call, 'newPolicy').raw);
    const user = byId(state, id);
    if (!user) return problem(404);
    const everybody = [...state.users.values()].map(({ policy }) => policy);
    const refusal = refusalOf(wanted, user.policy, everybody);
    if (refusal) return refusal;
    // Done before the write: even if that fails, the user has been signed out (B6.5).
    const disables = wanted.IsDisabled && !user.policy.IsDisabled;
    if (disables) state.revokeTokens(user, caller.token);
    state.work.ms += disables ? costOfList(state) : COST_OF_WRITE_MS;
    const policy = storedPolicy(wanted);
    writeBetween(state, user, wanted.IsDisabled, () => {
      user.policy = policy;
    });
    return empty(204);
  });

  // At the new address and at the old one, which the description leaves out.
  route('POST', '/Users', (call) => update(state, call, queryOf(call.request, 'userId')));
  route('POST', '/Users/:userId', (call) => update(state, call, call.params.userId));
}

/** Renames, and replaces what players are set to. A policy in the body is ignored. */
function update(state: JellyfinState, call: RouteCall, target: string | undefined): Answer {
  const caller = requireCaller(state, call.request);
  const fields = fieldsOf(call, 'updateUser');
  const self = caller.kind === 'user' ? caller.user : undefined;
  const user = target === undefined ? self : findByPath(state, target);
  if (!user) return target === undefined ? processingError(400) : problem(404);
  const mayBySelf = user === self && user.policy.EnableUserPreferenceAccess;
  if (!isAdmin(caller) && !mayBySelf) return words(403, 'User update not allowed.');
  const name = fields.text('Name') ?? '';
  const namesake = state.findUser(name);
  if (!isAllowedName(state.release, name) || (namesake && namesake !== user)) return processingError(400);
  user.name = name;
  const { Configuration } = fields.raw;
  if (typeof Configuration !== 'object' || Configuration === null) return processingError(500);
  user.configuration = { ...user.configuration, ...Configuration };
  return empty(204);
}

const COST_OF_ACCOUNT_MS = 1.8;
const COST_OF_WRITE_MS = 9;

/** A list of all accounts grows with them; so does disabling one, which looks for its sessions (M3). */
const costOfList = (state: JellyfinState): number => COST_OF_ACCOUNT_MS * state.users.size;

/** The user of a GUID in the path. 400 if it is none, 400 with a message for the empty one (B1). */
export function findByPath(state: JellyfinState, text: string | undefined): JellyfinUser | undefined {
  return byId(state, guidOf('userId', text));
}

function byId(state: JellyfinState, id: string): JellyfinUser | undefined {
  if (id === EMPTY_GUID) throw new Refused(processingError(400));
  return state.users.get(id);
}

function isAllowedName(release: JellyfinVersion, name: string): boolean {
  if (/[\uD800-\uDFFF]/.test(name) || !NAME_RULES[release].test(name)) return false;
  return release !== '12.0' || (name !== '.' && name !== '..');
}

function flagOf(request: RecordedRequest, name: string): boolean | undefined {
  const text = queryOf(request, name)?.toLowerCase();
  if (text === undefined || text === '') return undefined;
  if (text !== 'true' && text !== 'false')
    throw new Refused(problem(400, { [name]: [`The value '${text}' is not valid.`] }));
  return text === 'true';
}
