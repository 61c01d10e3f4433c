/** What answers mean: statuses, headers, writes that were refused or lost, names. */
import type { Known, Trouble, WriteOutcome } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import type { HttpAnswer, HttpFailure } from './call.ts';

const MAX_RETRY_AFTER_MS = 300_000;

/** Reads `Retry-After` in every form seen: `5`, `005`, an HTTP date. Anything else is ignored (edge case 17). */
export function retryAfterMs(header: string | string[] | undefined, now: Date): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  // Only real HTTP dates: `Date.parse` accepts almost any text.
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) - now.getTime() : Number.NaN;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : date;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/**
 * What an unsuccessful status means in general. Adapters first look at the statuses that mean more on their
 * servers.
 */
export function troubleOfStatus(answer: HttpAnswer): Trouble {
  const { status, host } = answer;
  const wait = answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs };
  const said = saidWith(answer);
  if (status === 401) return { kind: 'unauthorised', message: say('trouble.http.token', { host }), ...said };
  if (status === 403) return { kind: 'forbidden', message: say('trouble.http.forbidden', { host }), ...said };
  // What web servers answer to plain HTTP on a port of theirs that is not.
  if (status === 400 && /https port|tls server|ssl-enabled/i.test(answer.body.toString('latin1')))
    return { kind: 'tls', message: say('trouble.http.httpsPort', { host }) };
  if (status === 429)
    return { kind: 'rate-limited', message: say('trouble.http.pause', { host }), ...wait, ...said };
  // Whether the server itself is starting only its own words tell: anything in front of it may answer like this.
  if (status === 503)
    return {
      kind: 'not-understood',
      message: say('trouble.http.improper', { host }),
      ...wait,
      ...said,
    };
  if (status >= 500)
    return {
      kind: 'not-understood',
      message: say('trouble.http.ownError', { host, status }),
      ...said,
    };
  if (status >= 400 && said.reason !== undefined)
    return { kind: 'not-possible', message: say('trouble.http.refuses', { host, status }), ...said };
  return { kind: 'not-understood', message: say('trouble.http.unexpected', { host, status }), ...said };
}

/** Too early, too many, too slow, not signed in: what the next try may find otherwise. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 425, 429]);

/** What the other side says, and whether it is a refusal that no other try mends. */
export function saidWith({ status, reason }: HttpAnswer): Pick<Trouble, 'reason' | 'refusal'> {
  const refuses = status >= 400 && status < 500 && !PASSING.has(status);
  return {
    ...(reason !== undefined && { reason }),
    // Of a thing that is not there we may have read too early.
    ...(refuses && { refusal: status === 404 || status === 410 ? 'perhaps' : 'final' }),
  };
}

/**
 * What a refusal means when no token was sent: it says nothing about a token. Something in front of the server, or
 * another program, wants to know who is asking. Undefined for all other statuses.
 */
export function refusedUnasked({ status, host }: HttpAnswer, wanted: string): Trouble | undefined {
  if (status !== 401 && status !== 403) return undefined;
  return {
    kind: 'not-this-kind',
    message: say('trouble.http.unasked', { host, status, wanted }),
  };
}

/** Which of these reads show that the endpoint no longer exists; unknown when one of them got no answer at all. */
export function removedAmong(
  answers: readonly { readonly path: string; readonly answer: HttpAnswer | HttpFailure }[],
): Known<readonly string[]> {
  const removed: string[] = [];
  for (const { path, answer } of answers) {
    if (answer.kind === 'failure') return { kind: 'unknown', why: answer.why };
    if ([404, 405, 410].includes(answer.status)) removed.push(`${path} (${answer.status})`);
  }
  return { kind: 'known', value: removed };
}

type NotDone = Exclude<WriteOutcome, { kind: 'done' }>;

/**
 * The outcome of a write that was refused. With a 5xx it may have happened all the same: a proxy may have sent
 * that.
 */
export function writeRefused(answer: HttpAnswer, why = troubleOfStatus(answer)): NotDone {
  return { kind: answer.status >= 500 ? 'unclear' : 'failed', why };
}

/** The outcome of a write that got no answer. */
export const writeLost = ({ sent, why }: HttpFailure): NotDone => ({
  kind: sent ? 'unclear' : 'failed',
  why,
});

/**
 * A name from a server as it is kept and shown: no control characters, and at most as long as Discord allows (edge
 * case 23).
 */
export function nameFrom(text: string): string {
  const clean = text
    .slice(0, 1_000)
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '')
    .trim();
  return [...clean].slice(0, 100).join('');
}
