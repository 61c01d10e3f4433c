/** Members who had an account before Usher came, and prove it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, type Place, World } from '../world.ts';

let world: World;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
  world.clock.jumpsUpTo = MINUTE;
  den = await world.addDen();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

async function claim(name = 'ada', memberId = ADA) {
  const [person] = den.fake.people.values().filter((one) => one.name === name);
  world.quickConnect.approvedBy = { userId: person?.externalId ?? '', name };
  return await world.signIn(memberId, { serverId: den.server.id });
}

/** What staff were told that has a button which undoes it. */
const told = async () => (await world.owed(ALERTS)).flatMap((one) => ('claimed' in one && one.claimed) || []);

describe('an account that a member claims', () => {
  it('becomes theirs with what it has, is on record as that, and staff can undo it', async () => {
    den.fake.addPerson({ name: 'ada', access: ['films'] });
    expect(await claim()).toMatchObject({ kind: 'connected' });
    expect(await world.events('member.imported')).toMatchObject([
      { actorId: ADA, targetId: ADA, facts: { account: 'ada', server: 'Den', how: 'claimed' } },
    ]);
    const [claimed] = await told();
    expect(claimed).toBeDefined();
    if (!claimed) return;
    const { writes } = den.fake;
    const who = { guildId: GUILD, actorId: STAFF };
    expect(await world.app.memberImport.undoClaim(who, claimed)).toEqual({ undone: 1, left: [] });
    expect(await world.app.memberImport.undoClaim(who, claimed)).toBeUndefined();
    await world.pass(DAY);
    await world.app.syncServers(GUILD, [den.server.id]);
    expect(den.fake.writes).toBe(writes);
    expect(den.fake.people.values().find(({ name }) => name === 'ada')?.access).toEqual(['films']);
    expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
    expect(await world.stores.of(GUILD).grants.list({ memberId: ADA, states: ['active'] })).toEqual([]);
  });

  it('is no claim where something was given: then it is how one connects', async () => {
    await world.grant(ADA, [den.id('Films')]);
    den.fake.addPerson({ name: 'ada', access: ['films'] });
    await claim();
    expect(await world.events('member.imported')).toEqual([]);
    expect(await world.events('member.linked')).toHaveLength(1);
    expect(await told()).toEqual([]);
  });

  it('is refused when it is another member’s, protected, or one too many', async () => {
    for (const name of ['ada', 'two']) den.fake.addPerson({ name, access: ['films'] });
    den.fake.addPerson({ name: 'root', access: 'all', protection: 'administrator' });
    expect(await claim('root')).toMatchObject({ kind: 'refused', why: 'administrator' });
    expect(await claim('ada')).toMatchObject({ kind: 'connected' });
    expect(await claim('ada', BEN)).toMatchObject({ kind: 'refused', why: 'somebody-elses' });
    await expect(claim('two')).rejects.toThrow('has-another');
    expect(await told()).toHaveLength(1);
  });

  it('that has nothing on any server is not said to be connected', async () => {
    await world.addTower();
    world.plexTv.approvedBy = {
      externalId: '777',
      name: 'ada',
      emailMasked: null,
      protection: null,
      inHousehold: false,
    };
    expect(await world.signIn(ADA)).toMatchObject({ kind: 'refused', why: 'nothing-there' });
  });
});

describe('accounts of people who are not on this Discord server', () => {
  it('are noted by name, named as that, and let go of again', async () => {
    den.fake.addPerson({ name: 'guest', access: ['films'] });
    await world.app.syncServers(GUILD, [den.server.id]);
    const pick = (wanted: 'free' | 'linked') => world.app.accountNames.pick(GUILD, 'guest', wanted);
    const found = await pick('free');
    const id = found.kind === 'one' ? found.item.id : '';
    expect(await world.app.arrivals.setAside(GUILD, id, 'not-a-member')).toBe(true);
    expect(await pick('free')).toMatchObject({ kind: 'none' });
    expect(await pick('linked')).toMatchObject({ kind: 'one', item: { id, memberId: null } });
    expect(await world.app.accountNames.complete(GUILD, 'gue', 'linked')).toHaveLength(1);
    expect(await world.app.accountNames.complete(GUILD, 'gue', 'free')).toEqual([]);
    const shown = await world.app.whoHas.serverMembers(GUILD, den.server.id);
    expect(shown?.accounts).toMatchObject([{ name: 'guest', memberId: null, isOutside: true }]);
    await world.app.arrivals.setAside(GUILD, id, null);
    expect(await pick('free')).toMatchObject({ kind: 'one' });
  });

  it('are a member’s after all when they are linked or prove it, and nothing of the note is left', async () => {
    den.fake.addPerson({ name: 'ada', access: ['films'] });
    await world.app.arrivals.read(GUILD, den.server.id);
    const [account] = await world.stores.of(GUILD).accounts.list({ serverId: den.server.id });
    await world.app.arrivals.setAside(GUILD, account?.id ?? '', 'not-a-member');
    expect(await claim()).toMatchObject({ kind: 'connected' });
    expect(await world.stores.of(GUILD).arrivals.list()).toEqual([]);
    expect(await world.app.arrivals.setAside(GUILD, account?.id ?? '', 'ignored')).toBe(false);
  });
});
