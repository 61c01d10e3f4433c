import { describe, expect, it } from 'vitest';
import { withOwnName } from '../../../src/adapters/plex/own-address.ts';
import type { Trouble } from '../../../src/app/ports/media-server.ts';
import { noon } from '../../support/moments.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';

const HASH = '0a1b2c3d'.repeat(4);
const certificate = { fingerprint: 'AA:BB', name: `*.${HASH}.plex.direct`, validTo: noon };

/** What is said of a failure at an address. */
function said(base: string, why: Trouble): string {
  const outcome = withOwnName({ kind: 'failure', sent: true, why }, base);
  if (outcome.kind !== 'failure') throw new Error('it was a failure');
  // Whatever is said, the certificate can still be taken by its fingerprint.
  expect(outcome.why).toEqual({ ...why, message: outcome.why.message });
  return saidPlain(outcome.why.message);
}

describe('a certificate that is for another name', () => {
  it.each<[string, string, Trouble, string | RegExp]>([
    [
      'a certificate for plex.direct',
      'https://192.168.1.10:32400',
      { kind: 'tls', message: 'For another name.', certificate },
      new RegExp(`Use https://192-168-1-10\\.${HASH}\\.plex\\.direct:32400, as plex\\.tv lists it\\.`),
    ],
    [
      'the same on the usual port of https',
      'https://192.168.1.10',
      { kind: 'tls', message: 'For another name.', certificate },
      new RegExp(`Use https://192-168-1-10\\.${HASH}\\.plex\\.direct, as`),
    ],
    [
      'the same behind a name, which is not in it',
      'https://tower.lan:32400',
      { kind: 'tls', message: 'For another name.', certificate },
      'For another name.',
    ],
    [
      'another certificate',
      'https://192.168.1.10:32400',
      { kind: 'tls', message: 'For another name.', certificate: { ...certificate, name: 'plex.direct' } },
      'For another name.',
    ],
  ])('%s', (_name, base, why, expected) => {
    const message = said(base, why);
    if (typeof expected === 'string') expect(inEnglish(message)).toBe(expected);
    else expect(inEnglish(message)).toMatch(expected);
  });
});
