import { type RecordedRequest, Refused } from '../http.ts';
import { empty } from './answers.ts';
import { LOADING } from './starting.ts';
import type { JellyfinState, JellyfinUser } from './state.ts';

/** Who is asking. An API key is an administrator without a user (B1.1). */
export type Caller =
  | { readonly kind: 'key'; readonly token: string }
  | { readonly kind: 'user'; readonly token: string; readonly user: JellyfinUser };

/** What the Authorization header says about the client. Names are case-sensitive (B1.1). */
export type ClientFacts = Readonly<Record<string, string>>;

const headerOf = (request: RecordedRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** A query parameter, whose name is case-insensitive (B1). */
export function queryOf(request: RecordedRequest, name: string): string | undefined {
  for (const [key, value] of request.query) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

/** The pairs in the Authorization header. Empty if this version does not accept the scheme. */
export function clientFacts(state: JellyfinState, request: RecordedRequest): ClientFacts {
  const { legacyAuthorization } = state.behaviour;
  const old = legacyAuthorization ? headerOf(request, 'x-emby-authorization') : undefined;
  const header = old ?? headerOf(request, 'authorization') ?? '';
  const space = header.indexOf(' ');
  if (space < 0) return {};
  const scheme = header.slice(0, space).toLowerCase();
  if (scheme !== 'mediabrowser' && !(legacyAuthorization && scheme === 'emby')) return {};
  const pairs = header.slice(space + 1).matchAll(/([^\s=,"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))/g);
  return Object.fromEntries(
    [...pairs].map((pair) => [pair[1] ?? '', decoded(pair[2] ?? pair[3]?.trim() ?? '')]),
  );
}

/** URL-decoded as .NET does: a plus sign becomes a blank (B1.1, edge case 34). */
function decoded(value: string): string {
  const spaced = value.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function tokenOf(state: JellyfinState, request: RecordedRequest): string | undefined {
  const legacy = state.behaviour.legacyAuthorization;
  const candidates = [
    clientFacts(state, request).Token,
    legacy ? headerOf(request, 'x-emby-token') : undefined,
    legacy ? headerOf(request, 'x-mediabrowser-token') : undefined,
    queryOf(request, 'ApiKey'),
    legacy ? queryOf(request, 'api_key') : undefined,
  ];
  return candidates.find((candidate) => candidate !== undefined && candidate !== '');
}

/** The caller with a valid token. Undefined for others, and for disabled users (B1.2). */
export function findCaller(state: JellyfinState, request: RecordedRequest): Caller | undefined {
  const token = tokenOf(state, request);
  if (token === undefined) return undefined;
  if (state.keys.has(token)) return { kind: 'key', token };
  const signedIn = state.tokens.get(token);
  const user = signedIn && state.users.get(signedIn.userId);
  if (!signedIn || !user || user.policy.IsDisabled) return undefined;
  signedIn.lastActivityAt = state.now();
  return { kind: 'user', token, user };
}

/**
 * Accepts any valid token. Otherwise 401 without a body, and 403 for a remote user without remote access (B1.2). Who
 * is accepted is answered 503 while the server is loading (M2).
 */
export function requireCaller(state: JellyfinState, request: RecordedRequest): Caller {
  return onceLoaded(state, authenticated(state, request));
}

function authenticated(state: JellyfinState, request: RecordedRequest): Caller {
  const caller = findCaller(state, request);
  if (!caller) throw new Refused(empty(401));
  const remote = state.behaviour.callersAreRemote;
  if (remote && caller.kind === 'user' && !caller.user.policy.EnableRemoteAccess)
    throw new Refused(empty(403));
  return caller;
}

function onceLoaded(state: JellyfinState, caller: Caller): Caller {
  if (state.phase === 'loading') throw new Refused(LOADING);
  return caller;
}

export const isAdmin = (caller: Caller): boolean =>
  caller.kind === 'key' || caller.user.policy.IsAdministrator;

/** Accepts an API key or an administrator. Otherwise 403 without a body. */
export function requireAdmin(state: JellyfinState, request: RecordedRequest): Caller {
  const caller = authenticated(state, request);
  if (!isAdmin(caller)) throw new Refused(empty(403));
  return onceLoaded(state, caller);
}
