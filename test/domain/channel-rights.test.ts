import { describe, expect, it } from 'vitest';
import { permissionsIn, rightsLackingIn } from '../../src/domain/channel-rights.ts';

const [VIEW, SEND, EMBED, ATTACH] = [1n << 10n, 1n << 11n, 1n << 14n, 1n << 15n];
const ALL = VIEW | SEND | EMBED | ATTACH;
const usher = { guildId: 'guild', userId: 'usher', roleIds: ['bots'], base: ALL };
const one = (id: string, change: { allow?: bigint; deny?: bigint }) => ({
  id,
  allow: 0n,
  deny: 0n,
  ...change,
});

describe('what Usher may do in a channel', () => {
  it.each([
    ['nothing said', [], []],
    ['denied to everybody', [one('guild', { deny: VIEW })], ['ViewChannel']],
    [
      'denied to everybody, allowed to a role of Usher',
      [one('guild', { deny: SEND }), one('bots', { allow: SEND })],
      [],
    ],
    ['denied to a role that Usher has not', [one('others', { deny: ALL })], []],
    [
      'denied to Usher itself',
      [one('bots', { allow: EMBED }), one('usher', { deny: EMBED })],
      ['EmbedLinks'],
    ],
    ['one role allows what another denies', [one('bots', { allow: SEND, deny: SEND })], []],
  ] as const)('%s', (_what, overwrites, lacking) => {
    expect(rightsLackingIn(permissionsIn(overwrites, usher))).toEqual(lacking);
  });

  it('is everything for who administrates', () => {
    const administrator = { ...usher, base: 1n << 3n };
    expect(rightsLackingIn(permissionsIn([one('usher', { deny: ALL })], administrator))).toEqual([]);
  });
});
