import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

/** Case P14: a share waits to be accepted, and is accepted by hand. */
describe('an invitation', () => {
  let world: World;
  let tower: Place;
  let person: FakePerson;

  beforeEach(async () => {
    world = await World.open();
    tower = await world.addTower();
    tower.fake.acceptsAtOnce = false;
    person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    expect(inEnglish(person.pending)).toBe(true);
  });
  afterEach(async () => await world.close());

  const accepted = async () => await world.events('access.accepted');
  const accept = () => {
    person.pending = false;
  };
  const standing = async () => {
    const [mine] = await world.app.overview.myAccess(ADA, GUILD);
    return (mine?.standings ?? []).flatMap(({ servers }) => servers.map(({ application }) => application));
  };

  it('is no access: has, invited and none are three numbers, the same everywhere', async () => {
    const counts = { has: 0, invited: 1, none: 0 };
    const [report] = await world.app.syncServers(GUILD);
    expect(report?.outcome).toMatchObject({ kind: 'synced', access: counts });
    expect(await world.app.overview.servers(GUILD)).toMatchObject([{ accounts: counts }]);
    expect(await world.app.manageServer.details(GUILD, tower.server.id)).toMatchObject({ accounts: counts });
    expect(await world.app.whoHas.serverMembers(GUILD, tower.server.id)).toMatchObject({ counts });
    const [movies] = await world.app.overview.libraries(GUILD);
    expect(movies).toMatchObject({ users: 0, invited: 1 });
    accept();
    await world.app.syncServers(GUILD);
    expect(await world.app.overview.servers(GUILD)).toMatchObject([
      { accounts: { has: 1, invited: 0, none: 0 } },
    ]);
    expect((await world.app.overview.libraries(GUILD))[0]).toMatchObject({ users: 1, invited: 0 });
  });

  it.each([1, 5, 15])(
    'that is accepted by hand is noticed after %i minutes, recorded and told',
    async (minutes) => {
      const start = world.clock.now().getTime();
      const until = async (minute: number) =>
        await world.pass(start + minute * MINUTE + 1 - world.clock.now().getTime());
      for (const earlier of [1, 5, 15].filter((each) => each < minutes)) await until(earlier);
      expect(await accepted()).toEqual([]);
      accept();
      await until(minutes);
      expect(await accepted()).toMatchObject([
        { targetId: ADA, facts: { server: 'Tower', account: person.name, libraries: ['Movies'] } },
      ]);
      expect(await world.hears(ADA)).toContain('✅ You can watch Movies on Tower for good.');
      expect(await standing()).toMatchObject([{ kind: 'applied' }]);
      // It is seen once.
      await world.pass(HOUR);
      await world.app.syncServers(GUILD);
      expect(await accepted()).toHaveLength(1);
    },
  );

  it('is not looked for without end', async () => {
    await world.pass(MINUTE + 1);
    await world.pass(4 * MINUTE);
    await world.pass(10 * MINUTE);
    expect((await world.account(ADA, tower.server.id)).lookAt).toBeNull();
    const { reads } = tower.fake;
    await world.pass(HOUR);
    expect(tower.fake.reads).toBe(reads);
  });

  it('says when it was last looked at, so that nobody is told to accept what they have accepted', async () => {
    await world.pass(MINUTE + 1);
    expect(await standing()).toMatchObject([{ kind: 'invited', seenAt: world.clock.now() }]);
  });

  it('is recorded as accepted by a pass that sees it, whatever else of that pass fails', async () => {
    accept();
    tower.fake.fail('setLibraries', DOWN, { times: 10 });
    await world.grant(ADA, [tower.id('Shows')]);
    expect(await accepted()).toMatchObject([{ targetId: ADA, facts: { libraries: ['Movies'] } }]);
    tower.fake.heal();
    await world.pass(HOUR);
    await world.app.syncServers(GUILD);
    expect(await accepted()).toHaveLength(1);
  });

  it('that is accepted while a list lacks the account is recorded by the next one, once', async () => {
    await world.pass(HOUR);
    const access = person.access;
    person.access = null;
    await world.app.syncServers(GUILD);
    accept();
    expect(await accepted()).toEqual([]);
    person.access = access;
    await world.app.syncServers(GUILD);
    expect(await accepted()).toMatchObject([{ targetId: ADA, facts: { libraries: ['Movies'] } }]);
    // Who had accepted, and was not listed for a moment, does not accept again.
    person.access = null;
    await world.app.syncServers(GUILD);
    person.access = access;
    await world.app.syncServers(GUILD);
    expect(await accepted()).toHaveLength(1);
  });

  it('is named by the sync that sees it accepted', async () => {
    accept();
    const [report] = await world.app.syncServers(GUILD);
    expect(inEnglish(report?.outcome)).toMatchObject({
      accounts: [`${person.name} accepted the invitation`],
    });
  });

  it('is looked for at the next moment when the server could not be asked', async () => {
    takeDown(tower.fake);
    await world.pass(MINUTE + 1);
    tower.fake.heal();
    accept();
    await world.pass(4 * MINUTE);
    expect(await accepted()).toHaveLength(1);
    expect(await world.app.jobRuns.overdue(GUILD)).toEqual([]);
  });
});

/** Case P13: the share was deleted on the server itself. */
describe('a share that somebody else deleted', () => {
  let world: World;
  let tower: Place;
  let person: FakePerson;

  beforeEach(async () => {
    world = await World.open();
    tower = await world.addTower();
    person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.pass(HOUR);
    person.access = null;
    await world.app.syncServers(GUILD);
  });
  afterEach(async () => await world.close());

  it('is made again for a new grant only, and the member hears that they have to accept', async () => {
    tower.fake.acceptsAtOnce = false;
    await world.hears(ADA);
    const shows = await world.grant(ADA, [tower.id('Shows')]);
    expect(person.access).toEqual(['shows']);
    expect(applicationsOf(shows)).toEqual({ Tower: 'invited' });
    expect((await world.events('access.applied')).at(-1)?.facts.libraries).toEqual(['Shows']);
    const [mine] = await world.app.overview.myAccess(ADA, GUILD);
    expect(mine?.standings.map(applicationsOf)).toContainEqual({ Tower: 'changed-there' });
    expect((await world.hears(ADA)).slice(-2)).toEqual([
      expect.stringContaining('Accept the invitation'),
      '[Sign in with Plex]',
    ]);
  });

  it('needs no write when the grant is revoked, which says that it was gone already', async () => {
    const { writes } = tower.fake;
    const [{ grant } = { grant: { id: '' } }] = (await world.app.grantStatus.list(GUILD, { limit: 1 })).page;
    await world.revoke(grant.id);
    await world.pass(MINUTE);
    expect(tower.fake.writes).toBe(writes);
    expect(await world.events('grant.ended')).toMatchObject([
      { facts: { detail: 'it was gone from Tower already' } },
    ]);
  });
});

it('an invitation by somebody else is called one, and no access', async () => {
  const world = await World.open();
  const tower = await world.addTower();
  const person = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  await world.pass(HOUR);
  const found = async () => (await world.events('drift.found')).at(-1)?.facts;
  person.access = null;
  await world.app.syncServers(GUILD);
  Object.assign(person, { access: ['movies', 'shows'], pending: true });
  await world.app.syncServers(GUILD);
  expect(await found()).toMatchObject({ how: 'invited', added: ['Shows'], detail: 'left as it is' });
  person.pending = false;
  await world.app.syncServers(GUILD);
  person.pending = true;
  await world.app.syncServers(GUILD);
  expect(inEnglish(await found())).toMatchObject({ how: 'asked-anew', detail: 'left as it is' });
  await world.close();
});
