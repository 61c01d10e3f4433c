import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { type Place, takeDown, World, whileRead } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
});
afterEach(() => world.close());

const preview = () => world.app.removeServer.preview(GUILD, tower.server.id);
const remove = () => world.app.removeServer.remove(GUILD, STAFF, tower.server.id);
const withdraw = () => world.app.removeServer.withdrawEveryone(GUILD, STAFF, tower.server.id);

describe('removing a server', () => {
  it('says what would go, and changes nothing by that', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(BEN, [tower.id('Movies'), den.id('Films')]);
    const before = await world.countEvents();
    expect(await preview()).toMatchObject({
      server: { name: 'Tower' },
      libraries: 3,
      accounts: 1,
      grants: { shrink: 1, end: 1 },
      invites: 0,
      plans: 0,
      withAccess: 1,
    });
    expect(await world.countEvents()).toBe(before);
  });

  it('ends what only it gave, keeps the rest, and leaves everybody on the server alone', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.newAccount(BEN, den);
    const only = await world.grant(ADA, [tower.id('Movies')]);
    const both = await world.grant(BEN, [tower.id('Movies'), den.id('Films')], { ms: DAY });
    const { writes } = tower.fake;
    expect(await remove()).toMatchObject({ server: { name: 'Tower' }, token: { kind: 'typed' } });
    expect([ada.access, tower.fake.writes]).toEqual([['movies'], writes]);
    expect((await world.app.grantStatus.get(GUILD, only.grant.id)).grant).toMatchObject({
      state: 'ended',
      endCause: 'removed',
    });
    expect((await world.app.grantStatus.get(GUILD, both.grant.id)).grant).toMatchObject({
      state: 'active',
      libraryIds: [den.id('Films')],
    });
    expect(await world.events('server.removed')).toMatchObject([
      { actorId: STAFF, facts: { server: 'Tower' } },
    ]);
    expect(await world.events('grant.revoked')).toMatchObject([
      { facts: { detail: expect.stringContaining('what the account has there stays') } },
    ]);
    expect(await world.events('grant.ended')).toMatchObject([
      { facts: { detail: expect.stringContaining('was removed from Usher') } },
    ]);
    expect(await world.stores.of(GUILD).servers.list()).toHaveLength(1);
    expect(await remove()).toBeUndefined();
    await world.pass(2 * DAY);
    expect(await world.grantState(both.grant.id)).toBe('ended');
  });

  it('takes it from plans, and revokes invites that would give nothing any more', async () => {
    const plan = {
      id: 'plan',
      name: 'All',
      duration: '',
      roleId: null,
      roleById: null,
      ...{ renewals: 0, renewalRoleId: null },
      expiryAction: null,
    };
    const libraryIds = [tower.id('Movies'), den.id('Films')];
    await world.stores.transaction(GUILD, (tx) =>
      tx.plans.add({ ...plan, createdAt: world.clock.now(), libraryIds }),
    );
    const invite = {
      guildId: GUILD,
      actorId: STAFF,
      memberId: null,
      duration: null,
      uses: 1,
      validUntil: new Date(world.clock.now().getTime() + DAY),
      roleId: null,
      note: null,
    };
    await world.invite({ ...invite, libraryIds: [tower.id('Movies')] });
    await world.invite({ ...invite, libraryIds });
    expect(await preview()).toMatchObject({ invites: 2, plans: 1 });
    await remove();
    const stores = world.stores.of(GUILD);
    expect((await stores.plans.find('plan'))?.libraryIds).toEqual([den.id('Films')]);
    expect(
      (await stores.invites.list()).map(({ revokedAt, libraryIds: ids }) => [revokedAt !== null, ids]),
    ).toEqual(
      expect.arrayContaining([
        [true, []],
        [false, [den.id('Films')]],
      ]),
    );
    expect(await world.events('invite.revoked')).toHaveLength(1);
  });

  describe('what becomes of its token', () => {
    const made = { clientIdentifier: 'a-client', tokenMade: true, ownerAccountId: '1' };
    const toldOf = async () => (await world.events('server.removed')).map(({ facts }) => facts.detail);
    const keep = (changes: object, serverId = tower.server.id) =>
      world.stores.transaction(GUILD, (tx) => tx.servers.update(serverId, changes));

    it('a typed one is somebody’s, and is never revoked', async () => {
      expect(await preview()).toMatchObject({ token: 'typed' });
      expect(await remove()).toMatchObject({ token: { kind: 'typed' } });
      expect(tower.fake.revoked).toBe(false);
      expect((await toldOf())[0]).not.toContain('revoked');
    });

    it('one that a sign-in made for Usher is revoked: said before, done, and on the record', async () => {
      await keep(made);
      expect(await preview()).toMatchObject({ token: 'revoked' });
      expect(tower.fake.revoked).toBe(false);
      expect(await remove()).toMatchObject({ token: { kind: 'revoked' } });
      expect(tower.fake.revoked).toBe(true);
      expect(await toldOf()).toEqual([expect.stringContaining('; the key that Usher had is revoked')]);
    });

    it('what cannot be revoked is said, and the server goes all the same', async () => {
      await keep(made);
      takeDown(tower.fake);
      expect(await remove()).toMatchObject({ token: { kind: 'stays', why: { kind: 'refused' } } });
      expect(await toldOf()).toEqual([
        expect.stringContaining('; the key that Usher had could not be revoked'),
      ]);
      expect(await preview()).toBeUndefined();
    });

    it('one that another server of the same owner and client lives on stays', async () => {
      await keep(made);
      const attic = await world.add(world.build('plex', 'Attic', []));
      await keep({ ...made, tokenLast4: 'else' }, attic.server.id);
      expect(await preview()).toMatchObject({ token: 'shared' });
      expect(await remove()).toMatchObject({ token: { kind: 'shared' } });
      expect(tower.fake.revoked).toBe(false);
      const last = () => world.app.removeServer.remove(GUILD, STAFF, attic.server.id);
      expect(await last()).toMatchObject({ token: { kind: 'revoked' } });
    });

    it('killed between that and the row: asked again it goes, and nothing is left behind', async () => {
      await keep(made);
      await tower.fake.revokeToken();
      expect(await remove()).toMatchObject({ token: { kind: 'revoked' } });
    });
  });

  it('in the middle of a pass over it breaks nothing', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    whileRead(tower.fake, () => remove());
    await world.pass(HOUR);
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await world.stores.of(GUILD).servers.list()).toHaveLength(1);
    await world.pass(DAY);
    expect(world.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is for servers of the own guild', async () => {
    expect(await world.app.removeServer.preview(OTHER_GUILD, tower.server.id)).toBeUndefined();
    expect(await world.app.removeServer.remove(OTHER_GUILD, STAFF, tower.server.id)).toBeUndefined();
    expect(await preview()).toBeDefined();
  });
});

describe('withdrawing everyone first', () => {
  it('takes what Usher gave, verified, and the default library too', async () => {
    const ada = await world.newAccount(ADA, tower);
    const ben = await world.newAccount(BEN, tower);
    await world.stores.transaction(GUILD, (tx) =>
      tx.servers.update(tower.server.id, { defaultLibraryId: tower.id('Music') }),
    );
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(BEN, [tower.id('Shows')]);
    expect(await withdraw()).toEqual([]);
    expect([ada.access, ben.access]).toEqual([null, null]);
    expect(await world.events('server.edited')).toMatchObject([
      { actorId: STAFF, facts: { detail: expect.stringContaining('no default library any more') } },
    ]);
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await preview()).toMatchObject({ withAccess: 0, grants: { shrink: 0, end: 0 } });
  });

  it('says who still has something, and why', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    expect(await withdraw()).toEqual([
      { account: `account-of-${ADA}`, why: 'Nothing answers at that address.' },
    ]);
    tower.fake.heal();
    expect(await withdraw()).toEqual([]);
    expect(await world.app.removeServer.withdrawEveryone(GUILD, STAFF, 'none')).toBeUndefined();
  });

  it('leaves what others gave, and says so', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    ada.access = ['movies', 'shows'];
    expect(await withdraw()).toEqual([
      { account: `account-of-${ADA}`, why: 'has libraries that others gave' },
    ]);
    expect(ada.access).toEqual(['shows']);
  });
});
