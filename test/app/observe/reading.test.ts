import { expect, it } from 'vitest';
import { seenIn, toCompare } from '../../../src/app/observe/reading.ts';
import type { AccountAccess } from '../../../src/app/ports/media-server.ts';

const account = (externalId: string, fields: Partial<AccountAccess> = {}): AccountAccess => ({
  externalId,
  name: externalId,
  emailMasked: null,
  protection: null,
  access: { kind: 'libraries', externalIds: ['1', '2'] },
  pending: false,
  disabled: false,
  obstacle: null,
  handle: { raw: 'policy' },
  ...fields,
});

it('to compare, a reading says the same, without what only writes need', async () => {
  const reading = {
    accounts: [
      account('some'),
      account('all', { access: { kind: 'all' } }),
      account('off', { disabled: true, dormant: ['2'], access: { kind: 'libraries', externalIds: [] } }),
      account('off from all', { disabled: true, dormant: 'all', signsInElsewhere: true }),
    ],
    left: ['gone'],
    unread: [{ whose: ['odd'], message: 'odd', handle: null }],
    notices: ['something'],
  };
  const accounts = reading.accounts.map((each) => ({ ...each, handle: undefined }));
  expect(await toCompare(reading)).toEqual({ ...reading, accounts });
});

it('of an account that is listed twice the first entry counts, and of one that is not listed there is none', () => {
  const reading = {
    accounts: [account('a', { name: 'first' }), account('b'), account('a', { name: 'second' })],
  };
  expect(seenIn(reading, 'a')?.name).toBe('first');
  expect(seenIn(reading, 'b')?.name).toBe('b');
  expect(seenIn(reading, 'c')).toBeUndefined();
});
