import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberId } from '../../../src/domain/ids.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
});
afterEach(() => world.close());

/** The row of somebody who is on the server, whom no member is. */
async function rowOf({ fake, server }: Place, access: readonly string[], externalId = '9001') {
  fake.addPerson({ name: 'ann', externalId, access: [...access] });
  await world.app.syncServers(GUILD, [server.id]);
  const [account] = await world.stores
    .of(GUILD)
    .accounts.list({ serverId: server.id, externalIds: [externalId] });
  return account?.id ?? 'no row';
}

const link = async (accountId: string, memberId: MemberId = ADA) =>
  await world.app.memberAccounts.link({ guildId: GUILD, actorId: STAFF, memberId, accountId });
const unlink = async (accountId: string, memberId: MemberId = ADA) =>
  await world.app.memberAccounts.unlink({ guildId: GUILD, actorId: STAFF, memberId, accountId });
const preview = async (accountId: string, memberId: MemberId = ADA) =>
  await world.app.memberAccounts.unlinkPreview(GUILD, { memberId, accountId });

const why = (result: Awaited<ReturnType<typeof link>>) =>
  result.kind === 'refused' ? saidPlain(result.why) : result.kind;

describe('linking by staff', () => {
  it.each(['tower', 'den'] as const)(
    'adopts what the account has on %s, and takes nothing',
    async (where) => {
      const place = where === 'tower' ? tower : den;
      const [first = ''] = where === 'tower' ? ['movies'] : ['films'];
      const id = await rowOf(place, [first]);
      const { writes } = place.fake;
      const linked = await link(id);
      expect(linked).toMatchObject({
        kind: 'linked',
        account: 'ann',
        imported: {
          grant: { source: 'imported', expiresAt: null, memberId: ADA },
          libraries: [{ externalId: first }],
        },
      });
      expect(place.fake.writes).toBe(writes);
      expect(await world.account(ADA, place.server.id)).toMatchObject({ id, memberId: ADA });
      expect(await world.events('member.linked')).toMatchObject([
        { actorId: STAFF, targetId: ADA, facts: { account: 'ann', server: place.server.name } },
      ]);
    },
  );

  it('gives it what its member is granted already', async () => {
    await world.grant(ADA, [den.id('Films')], { ms: DAY });
    const id = await rowOf(den, []);
    expect(await link(id)).toMatchObject({ kind: 'linked', imported: undefined });
    expect(den.fake.people.get('9001')?.access).toEqual(['films']);
  });

  it('refuses what is somebody’s, or nobody’s to give, and changes nothing', async () => {
    const id = await rowOf(den, ['films']);
    await link(id, BEN);
    expect(why(await link(id))).toBe('It is the account of another member. Unlink it there first.');
    const other = await rowOf(den, [], '9002');
    await world.newAccount(ADA, den);
    expect(why(await link(other))).toMatch(/They have the account account-of-\d+ on Den already/);
    expect((await link('nowhere')).kind).toBe('gone');
    const away = await rowOf(tower, ['movies'], '9003');
    takeDown(tower.fake);
    expect(why(await link(away))).toMatch(/could not be read, and linking would take it away/);
    expect(await world.stores.of(GUILD).accounts.find(away)).toMatchObject({ memberId: null });
  });
});

describe('unlinking by staff', () => {
  it('leaves the account as it is, also when the grant ends, and says so before', async () => {
    await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: DAY });
    const { id, externalId } = await world.account(ADA, den.server.id);
    expect(await preview(id)).toMatchObject({
      servers: [{ name: 'Den' }],
      keeps: [{ libraries: [{ name: 'Films' }] }],
      waiting: [grant.number],
      busy: [],
    });
    expect(await unlink(id)).toEqual({ kind: 'unlinked' });
    expect(await world.events('member.unlinked')).toMatchObject([{ actorId: STAFF, targetId: ADA }]);
    await world.pass(2 * DAY);
    await world.app.syncServers(GUILD, [den.server.id]);
    expect(den.fake.people.get(externalId ?? '')?.access).toEqual(['films']);
    expect(await world.stores.of(GUILD).accounts.find(id)).toMatchObject({ memberId: null, given: [] });
    expect(await unlink(id)).toEqual({ kind: 'gone' });
    expect(await preview(id)).toBeUndefined();
  });

  it('of a vendor’s account is for all its servers, because one alone would be linked again', async () => {
    const attic = await world.add(world.build('plex', 'Attic', ['Movies']));
    const person = await world.newAccount(ADA, tower);
    attic.fake.addPerson({ name: person.name, externalId: person.externalId });
    await world.grant(ADA, [tower.id('Movies'), attic.id('Movies')]);
    const { id } = await world.account(ADA, tower.server.id);
    expect((await preview(id))?.servers.map(({ name }) => name).toSorted()).toEqual(['Attic', 'Tower']);
    expect(await unlink(id)).toEqual({ kind: 'unlinked' });
    await world.pass(HOUR);
    await world.app.syncServers(GUILD, [tower.server.id, attic.server.id]);
    expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
  });

  it.each(['an end that no server has shown', 'an end that has just come'])('waits for %s', async (what) => {
    await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    const { id } = await world.account(ADA, den.server.id);
    takeDown(den.fake);
    if (what === 'an end that has just come') world.clock.advance(HOUR);
    else await world.revoke(grant.id);
    expect(await unlink(id)).toEqual({ kind: 'busy' });
    expect(await preview(id)).toMatchObject({ busy: [{ name: 'Den' }] });
    expect(await world.grantState(grant.id)).not.toBe('ended');
    expect(await world.account(ADA, den.server.id)).toMatchObject({ memberId: ADA });
  });

  it('then links it again, and what Usher gave before is theirs for good', async () => {
    await world.newAccount(ADA, den);
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    const { id } = await world.account(ADA, den.server.id);
    await unlink(id);
    await world.pass(2 * HOUR);
    expect(await link(id)).toMatchObject({ kind: 'linked', imported: { libraries: [{ name: 'Films' }] } });
  });
});
