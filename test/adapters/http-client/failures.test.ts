import { describe, expect, it } from 'vitest';
import { failureOf, wantsTls } from '../../../src/adapters/http-client/failures.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';

const failed = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
const DIRECT = new URL('https://192-168-1-5.0123abcd.plex.direct:32400');

describe('a name at plex.direct', () => {
  it.each([
    ['is not resolved', failed('ENOTFOUND')],
    ['is not resolved for now', failed('EAI_AGAIN')],
    ['leads to this machine', failed('ECONNREFUSED', { address: '127.0.0.1' })],
    ['leads nowhere', failed('ETIMEDOUT', { address: '0.0.0.0' })],
  ])('that %s may be blocked by a router', (_name, error) => {
    const { why } = failureOf(error, DIRECT);
    expect(inEnglish(why)).toMatchObject({ kind: 'dns', message: expect.stringContaining('DNS rebinding') });
    expect(inEnglish(why.message)).not.toContain('typing errors');
  });

  it('that leads to the address in it is the server itself', () => {
    const { why } = failureOf(failed('ECONNREFUSED', { address: '192.168.1.5' }), DIRECT);
    expect(inEnglish(why)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('Nothing answers'),
    });
  });
});

it('another name that is not resolved may be mistyped', () => {
  expect(inEnglish(failureOf(failed('ENOTFOUND'), new URL('https://tower.example')).why.message)).toContain(
    'typing errors',
  );
});

describe('secure connections only', () => {
  it.each([
    ['closed without a byte', 'http://tower:1', 'nothing', true],
    ['closed in the middle', 'http://tower:1', 'begun', false],
    ['closed on https', 'https://tower:1', 'nothing', false],
  ] as const)('%s', (_name, url, answered, hinted) => {
    const { why } = failureOf(failed('UND_ERR_SOCKET'), new URL(url), answered);
    expect(inEnglish(why.kind)).toBe('cut');
    expect(saidPlain(why.message).includes('secure connections only')).toBe(hinted);
  });

  it.each([
    ['nginx', '<title>400 The plain HTTP request was sent to HTTPS port</title>'],
    ['Go', 'Client sent an HTTP request to an HTTPS server.'],
  ])('as %s says it', (_name, body) => {
    const answer = { status: 400, body: Buffer.from(body) };
    expect(inEnglish(wantsTls(answer, new URL('http://tower:1'))?.why.message)).toContain(
      'try https://tower:1',
    );
    expect(wantsTls(answer, new URL('https://tower:1'))).toBeUndefined();
    expect(wantsTls({ ...answer, status: 200 }, new URL('http://tower:1'))).toBeUndefined();
  });
});
