import { describe, expect, it } from 'vitest';
import { accountsInTheWay, accountsThere } from '../../src/domain/account-limit.ts';
import { anAccount, aServer } from '../support/rows.ts';

const tower = aServer({ id: 'tower', ownerAccountId: '1' });
const attic = aServer({ id: 'attic', ownerAccountId: '1' });
const loft = aServer({ id: 'loft', ownerAccountId: '2' });
const old = aServer({ id: 'old', ownerAccountId: null });
const older = aServer({ id: 'older', ownerAccountId: null });
const den = aServer({ id: 'den', kind: 'jellyfin', ownerAccountId: null });
const cave = aServer({ id: 'cave', kind: 'jellyfin', ownerAccountId: null });
const servers = [tower, attic, loft, old, older, den, cave];

const on = (serverId: string, externalId: string | null, id = `${serverId}-${externalId}`) =>
  anAccount({ id, serverId, externalId });

describe('what leaves no room', () => {
  it.each([
    ['nothing', den, [], 1, '7', []],
    ['an account on the server', den, [on('den', '6')], 1, '7', ['den-6']],
    ['not the very account', den, [on('den', '7')], 1, '7', []],
    ['not an account on another server', den, [on('cave', '7')], 1, '7', []],
    ['not one of two', den, [on('den', '6')], 2, '7', []],
    ['two of two', den, [on('den', '5'), on('den', '6')], 2, '7', ['den-5', 'den-6']],
    ['one that is being made', den, [on('den', null, 'begun')], 1, '7', ['begun']],
    ['one on another server of the owner', attic, [on('tower', '6')], 1, '7', ['tower-6']],
    ['not the very one on another server of the owner', attic, [on('tower', '7')], 1, '7', []],
    ['not one with another owner', loft, [on('tower', '6')], 1, '7', []],
    ['not one where nobody knows the owner', old, [on('older', '6')], 1, '7', []],
    ['one account on two servers once', tower, [on('tower', '6'), on('attic', '6')], 2, '7', []],
  ] as const)('%s', (_name, server, theirs, max, externalId, expected) => {
    const there = accountsInTheWay({ server, servers, theirs }, { externalId, max });
    expect(there.map(({ id }) => id)).toEqual(expected);
  });

  it('any account, for one that is yet to be made', () => {
    const where = { server: den, servers, theirs: [on('den', '6')] };
    expect(accountsInTheWay(where, { externalId: null, max: 1 })).toHaveLength(1);
  });
});

it('an account that is the same on two servers of an owner is one', () => {
  const theirs = [on('tower', '6'), on('attic', '6'), on('attic', '7'), on('loft', '8')];
  expect(accountsThere({ server: tower, servers, theirs })).toHaveLength(2);
});
