import { expect, it } from 'vitest';
import { memberAddress, memberLinks } from '../../src/domain/address.ts';

it.each([
  ['the public one', 'jellyfin', 'http://10.0.0.2', 'https://tv.example', 'https://tv.example'],
  [
    'the public one of a Plex server too',
    'plex',
    'http://10.0.0.2',
    'https://tv.example',
    'https://tv.example',
  ],
  ['Plex has its own', 'plex', 'http://10.0.0.2:32400', null, 'https://app.plex.tv'],
  ['ours when it is HTTPS', 'jellyfin', 'https://den.example', null, 'https://den.example'],
  ['none of the home network', 'jellyfin', 'http://10.0.0.2:8096', null, null],
] as const)('%s', (_name, kind, url, publicUrl, expected) => {
  expect(memberAddress({ kind, url, publicUrl })).toBe(expected);
});

it('is no link when it is longer than a button takes', () => {
  const publicUrl = `https://tv.example/${'x'.repeat(512)}`;
  const at = { kind: 'jellyfin', url: 'http://10.0.0.2', requestsUrl: 'https://ask.example' } as const;
  expect(memberLinks({ ...at, publicUrl })).toEqual({ open: null, ask: 'https://ask.example' });
});
