import { DiscordAPIError, HTTPError } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, judge } from '../../../../src/adapters/discord/outbox/delivery-errors.ts';
import {
  type DiscordFailure,
  describeDiscordError,
  loggable,
} from '../../../../src/adapters/discord/wire/rest.ts';
import { inEnglish } from '../../../support/said.ts';

describe('judge', () => {
  it.each<[string, DiscordFailure, object]>([
    ['closed DMs', { kind: 'answered', status: 403, errorCode: 50007 }, { kind: 'final', closed: true }],
    [
      'no server in common',
      { kind: 'answered', status: 403, errorCode: 50278 },
      { kind: 'final', closed: false },
    ],
    [
      'a channel that is gone',
      { kind: 'answered', status: 404, errorCode: 10003 },
      { kind: 'final', closed: false },
    ],
    [
      'a missing permission',
      { kind: 'answered', status: 403, errorCode: 50013 },
      { kind: 'final', closed: false },
    ],
    ['too many new DMs', { kind: 'answered', status: 400, errorCode: 40003 }, { kind: 'too-many-dms' }],
    ['a dead token', { kind: 'answered', status: 401, errorCode: 0 }, { kind: 'fatal' }],
    ['a dead token by code', { kind: 'answered', status: 403, errorCode: 40001 }, { kind: 'fatal' }],
    ['an outage', { kind: 'answered', status: 503 }, { kind: 'later' }],
    ['an outage with a code', { kind: 'answered', status: 400, errorCode: 130000 }, { kind: 'later' }],
    ['Cloudflare', { kind: 'answered', status: 403, errorCode: 40333 }, { kind: 'later' }],
    ['a rate limit', { kind: 'limited', status: 429, retryAfterMs: 700 }, { kind: 'later', afterMs: 700 }],
    ['no connection', { kind: 'unreached', errorCode: 'ECONNREFUSED' }, { kind: 'later' }],
    ['a message that is wrong', { kind: 'answered', status: 400, errorCode: 50035 }, { kind: 'bug' }],
    ['a refusal we do not know', { kind: 'answered', status: 403, errorCode: 99999 }, { kind: 'bug' }],
    ['an error of ours', { kind: 'bug', errorCode: 'RangeError' }, { kind: 'bug' }],
  ])('%s', (_what, failure, verdict) => {
    expect(inEnglish(judge(failure))).toMatchObject(verdict);
  });
});

describe('backOffMs', () => {
  it('grows, up to a quarter of an hour, for ever', () => {
    expect([0, 1, 2, 3, 10, 1_000_000].map((attempts) => backOffMs(attempts, 1))).toEqual([
      2_000, 4_000, 8_000, 16_000, 900_000, 900_000,
    ]);
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        expect(backOffMs(attempts, random)).toBeGreaterThanOrEqual(1_000);
      }),
    );
  });
});

describe('what is logged of an error', () => {
  const url = 'https://discord.com/api/v10/webhooks/555555555555555555/SECRET-TOKEN/messages/@original';

  it('has the route and the code, and no token or content', () => {
    const error = new DiscordAPIError(
      {
        code: 50035,
        message: 'Invalid Form Body',
        errors: { components: { 0: { _errors: [{ code: 'TOO_LONG', message: 'SECRET' }] } } },
      },
      50035,
      400,
      'PATCH',
      url,
      { body: { content: 'SECRET' }, files: undefined },
    );
    expect(describeDiscordError(error)).toEqual({
      kind: 'answered',
      status: 400,
      errorCode: 50035,
      method: 'PATCH',
      route: '/api/v10/webhooks/:id/:token/messages/@original',
      fields: 'components.0:TOO_LONG',
    });
    expect(JSON.stringify(loggable(new Error('could not answer', { cause: error })))).not.toContain('SECRET');
  });

  it('is the same for an outage', () => {
    const error = new HTTPError(502, 'Bad Gateway', 'POST', url, { body: 'SECRET', files: undefined });
    expect(loggable(error)).toEqual({
      kind: 'answered',
      status: 502,
      method: 'POST',
      route: expect.not.stringContaining('SECRET'),
    });
  });

  it.each([
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'unreached'],
    [Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }), 'unreached'],
    [new DOMException('x', 'AbortError'), 'unreached'],
    [
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }),
      'unreached',
    ],
    [new RangeError('a bug'), 'bug'],
    [Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' }), 'bug'],
    ['thrown text', 'bug'],
  ])('tells networks from bugs: %s', (error, kind) => {
    expect(describeDiscordError(error).kind).toBe(kind);
  });
});
