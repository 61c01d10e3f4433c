/** Requests that change something: done once under a key, and answered with what was read, or with where to ask. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../app/app.ts';
import type { GrantStanding } from '../../app/queries/grant-status.ts';
import { progressOf } from '../../app/queries/operations.ts';
import { say } from '../../words/say.ts';
import type { Caller } from './callers.ts';
import { Problem } from './problems.ts';
import { grantWire } from './wire.ts';

/** What is sent in the end. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Before the path, where a proxy has taken it away. */
export const prefixOf = (request: FastifyRequest, isTrusted: boolean): string => {
  const prefix = isTrusted ? request.headers['x-forwarded-prefix'] : undefined;
  return typeof prefix === 'string' && /^(?:\/[\w.~-]+)+$/.test(prefix) ? prefix : '';
};

/** Of grants that were changed: 202 and an operation where a server does not show it yet. */
export async function applied(
  { operations }: Pick<App, 'operations'>,
  { guildId, program }: Caller,
  standings: readonly GrantStanding[],
  { status, body = standings.map(grantWire) }: { readonly status: 200 | 201; readonly body?: unknown },
): Promise<Answer> {
  if (standings.every((standing) => progressOf(standing) === 'applied')) return { status, body };
  await operations.keep(guildId, program.requestId, standings);
  return { status: 202, body, headers: { location: `/v1/operations/${program.requestId}` } };
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Does what a request asks for, once for each key; `caller` is who does it. */
export async function once(
  app: Pick<App, 'apiCalls' | 'operations' | 'autocomplete' | 'grantStatus'>,
  request: FastifyRequest,
  work: (caller: Caller) => Promise<Answer>,
): Promise<Answer> {
  const { caller } = request;
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || key === undefined || isDryRun(request)) return await work(caller);
  if (typeof key !== 'string' || !KEY.test(key)) throw new Problem('invalid', say('api.problem.key'));
  const { guildId, token, program } = caller;
  const asked = { guildId, tokenId: token.id, program, key, bodyHash: hashOf(request) };
  const begun = await app.apiCalls.begin(asked);
  switch (begun.kind) {
    case 'answered': {
      const answer: Answer = JSON.parse(begun.answer);
      return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
    }
    case 'other-body':
      throw new Problem('key-reused', say('api.problem.keyReused'));
    case 'running':
      throw new Problem('key-in-use', say('api.problem.keyInUse'), { headers: { 'retry-after': '1' } });
    case 'done':
      return await recovered(app, caller, begun);
    case 'begun':
      try {
        const answer = await work(caller);
        await app.apiCalls.answer(asked, begun.requestId, JSON.stringify(answer));
        return answer;
      } catch (error) {
        if (error instanceof Problem && error.status < 500) await app.apiCalls.forget(asked);
        else app.apiCalls.drop(asked);
        throw error;
      }
  }
}

/** It was done before Usher was killed: how the grants that came of it stand is where to ask. */
async function recovered(
  { operations, autocomplete, grantStatus }: Pick<App, 'operations' | 'autocomplete' | 'grantStatus'>,
  caller: Caller,
  { requestId, grantNumbers }: { readonly requestId: string; readonly grantNumbers: readonly number[] },
): Promise<Answer> {
  const { guildId } = caller;
  const picked = await Promise.all(
    grantNumbers.map((number) => autocomplete.pickGrant(guildId, String(number))),
  );
  const grants = picked.flatMap((one) => (one.kind === 'one' ? [one.item] : []));
  if (grants.length === 0) throw new Problem('answer-lost', say('api.problem.answerLost', { id: requestId }));
  const standings = await Promise.all(grants.map(({ id }) => grantStatus.get(guildId, id)));
  await operations.keep(guildId, requestId, standings);
  const [only, ...more] = standings.map(grantWire);
  return {
    status: 202,
    body: more.length === 0 ? only : [only, ...more],
    headers: { location: `/v1/operations/${requestId}`, 'idempotency-replayed': 'true' },
  };
}

export const isDryRun = ({ query }: Pick<FastifyRequest, 'query'>): boolean =>
  typeof query === 'object' && query !== null && 'dryRun' in query && query.dryRun === 'true';

function hashOf({ method, url, body }: FastifyRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, body ?? null]))
    .digest('hex');
}

/** @throws {Problem} unless what was seen before is still so. */
export function mustMatch(request: FastifyRequest, tag: string): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted.trim() === '*') return;
  const tags = wanted.split(',').map((one) => one.trim());
  if (!tags.includes(tag)) throw changed();
}

export const changed = (): Problem => new Problem('changed', say('api.problem.changed'));

export async function send(
  reply: FastifyReply,
  { status, body, headers = {} }: Answer,
): Promise<FastifyReply> {
  return reply.code(status).headers(headers).send(body);
}
