import { randomInt } from 'node:crypto';
import type { Answer, HttpStandIn, RecordedRequest, RouteCall } from '../http.ts';
import { iso, type PlexAccount, type PlexPin, type PlexState } from './state.ts';
import { plexValue, v2Answer, v2Error } from './wire.ts';

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

const code = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Sign-in by PIN (A5.1). A PIN is made without a token, and only the same client can poll it. */
export function addPinRoutes(http: HttpStandIn, state: PlexState): void {
  http.route('POST', '/api/v2/pins', (call) => {
    const { request } = call;
    const strong = asksForStrong(request);
    const pin: PlexPin = {
      id: state.nextId(1_272_345_600),
      code: strong ? code(25) : code(4).toUpperCase(),
      strong,
      clientIdentifier: plexValue(request, 'X-Plex-Client-Identifier') ?? '',
      product: plexValue(request, 'X-Plex-Product') ?? null,
      createdAt: state.now(),
      expiresAt: state.inSeconds(state.behaviour.pinSeconds),
      approvedBy: null,
      authToken: null,
      pollsAfterApproval: 0,
    };
    state.pins.set(pin.id, pin);
    return answerPin(call, state, 201, pin, null);
  });

  http.route('GET', '/api/v2/pins/:id', (call) => {
    const pin = state.pins.get(Number(call.params.id));
    const client = plexValue(call.request, 'X-Plex-Client-Identifier');
    if (!pin || pin.clientIdentifier !== client || !isAlive(state, pin)) return noSuchPin(call.request);
    if (pin.authToken === null) return answerPin(call, state, 200, pin, null);
    pin.pollsAfterApproval += 1;
    const poll = pin.pollsAfterApproval - state.behaviour.pinEmptyPolls;
    if (poll > 1 && state.behaviour.pinTokenOnce) return noSuchPin(call.request);
    return answerPin(call, state, 200, pin, poll >= 1 ? pin.authToken : null);
  });
}

/**
 * The member approves a PIN on plex.tv, found by its code (four letters or the long one) or its id.
 * @throws {Error} when it does not exist, has expired, or is approved already. The real page would say so.
 */
export function approvePin(state: PlexState, codeOrId: string | number, account: PlexAccount): PlexPin {
  const wanted = String(codeOrId).toLowerCase();
  const pin = state.pins
    .values()
    .find((each) => String(each.id) === wanted || each.code.toLowerCase() === wanted);
  if (!pin || !isAlive(state, pin)) throw new Error(`plex.tv knows no living PIN ${codeOrId}`);
  if (pin.approvedBy) throw new Error(`PIN ${codeOrId} was used already`);
  pin.approvedBy = account;
  pin.authToken = tokenFor(state, account, pin.clientIdentifier);
  return pin;
}

/** One token for each pair of account and client: an approval replaces it, or hands out the same (A2.2). */
function tokenFor(state: PlexState, account: PlexAccount, client: string): string {
  const before = account.tokenOf.get(client);
  if (before !== undefined && account.tokens.has(before)) {
    if (state.behaviour.approval === 'repeats') return before;
    account.tokens.delete(before);
  }
  const token = state.secret();
  account.tokens.add(token);
  account.tokenOf.set(client, token);
  return token;
}

/**
 * The account opens what the bot has shown and approves it: a link to app.plex.tv/auth, a link to plex.tv/link, or
 * four letters.
 * @throws {Error} when the real page would not offer that: wrong client, a strong code on the short page, an
 * expired PIN.
 */
export function signInAs(state: PlexState, account: PlexAccount, shown: string): PlexPin {
  if (!shown.includes('://')) return approveShort(state, account, shown.trim());
  const url = new URL(shown);
  if (url.host === 'plex.tv' || url.host === 'www.plex.tv')
    return approveShort(state, account, url.searchParams.get('pin') ?? '');
  if (url.host !== 'app.plex.tv') throw new Error(`not a page of Plex: ${url.origin}`);
  // What follows `#?` is form-encoded. `#!?` and a slash before it work as well (A5.1).
  const form = new URLSearchParams(url.hash.replace(/^#!?\/?\??/, ''));
  const given = form.get('code') ?? '';
  const pin = state.pins.values().find((each) => each.code === given);
  if (!pin) throw new Error(`the sign-in page knows no code ${given}`);
  if (pin.clientIdentifier !== form.get('clientID'))
    throw new Error('the link names another client than the one that made the PIN');
  return approvePin(state, pin.id, account);
}

function approveShort(state: PlexState, account: PlexAccount, letters: string): PlexPin {
  const pin = state.pins
    .values()
    .find((each) => !each.strong && each.code === letters.toUpperCase() && isAlive(state, each));
  if (!pin) throw new Error(`plex.tv/link knows no code ${letters}`);
  return approvePin(state, pin.id, account);
}

/** The parameter may be in the query or in the form. */
function asksForStrong(request: RecordedRequest): boolean {
  const asked = request.query.get('strong') ?? new URLSearchParams(request.body).get('strong');
  return asked === 'true' || asked === '1' || /"strong"\s*:\s*true/.test(request.body);
}

const isAlive = (state: PlexState, pin: PlexPin): boolean => state.now() < pin.expiresAt;

const noSuchPin = (request: RecordedRequest): Answer =>
  v2Error(request, 404, 1020, 'Code not found or expired');

function answerPin(
  call: RouteCall,
  state: PlexState,
  status: number,
  pin: PlexPin,
  authToken: string | null,
): Answer {
  return v2Answer(call, status, 'pin', {
    id: pin.id,
    code: pin.code,
    product: pin.product,
    trusted: false,
    qr: `https://plex.tv/api/v2/pins/qr/${pin.code}`,
    clientIdentifier: pin.clientIdentifier,
    location: {
      code: 'FR',
      country: 'France',
      city: 'Lyon',
      time_zone: 'Europe/Paris',
      postal_code: '69000',
    },
    expiresIn: Math.ceil((pin.expiresAt.getTime() - state.now().getTime()) / 1_000),
    createdAt: iso(pin.createdAt),
    expiresAt: iso(pin.expiresAt),
    authToken,
    newRegistration: null,
  });
}
