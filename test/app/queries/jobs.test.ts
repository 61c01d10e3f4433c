import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const who = { guildId: GUILD, actorId: STAFF };
const overview = () => world.app.jobRuns.overview(GUILD);

describe('the runs of a job', () => {
  it('say what came of them, and when the next one is due', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    expect(inEnglish((await overview()).enforce)).toMatchObject({
      last: { outcome: 'ok', detail: 'Tower: 1 of 1 account as granted' },
      nextAt: later(HOUR),
    });
    expect((await overview()).sync.last).toBeUndefined();
    await world.app.scheduledSync(GUILD);
    expect(inEnglish((await overview()).sync)).toMatchObject({
      last: { outcome: 'ok', detail: '1 of 1 server synced', startedAt: later(0) },
      nextAt: later(HOUR),
    });
  });

  it('say what did not work, and why', async () => {
    await world.newAccount(ADA, tower);
    world.clock.advance(MINUTE);
    takeDown(tower.fake);
    await world.grant(ADA, [tower.id('Movies')]);
    expect(inEnglish((await overview()).enforce.last?.detail)).toBe(
      `Tower: 0 of 1 account as granted; the others are tried again: ${DOWN.message}`,
    );
    await world.app.scheduledSync(GUILD);
    expect(inEnglish((await overview()).sync.last?.detail)).toBe('0 of 1 server synced; not Tower');
  });

  it('are there when somebody asked for one, whatever there was to do', async () => {
    expect(await world.app.jobRuns.enforceNow(GUILD)).toBe(true);
    expect(inEnglish((await overview()).enforce.last)).toMatchObject({
      outcome: 'ok',
      detail: 'nothing was due',
    });
    expect(await world.app.syncNow(GUILD)).toHaveLength(1);
    expect(inEnglish((await overview()).sync.last)).toMatchObject({
      outcome: 'ok',
      detail: '1 of 1 server synced',
    });
  });

  it('are written once where there was something to do', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    world.clock.advance(HOUR);
    await world.app.jobRuns.enforceNow(GUILD);
    const runs = await world.stores.of(GUILD).jobRuns.list('enforce', 9);
    expect(inEnglish(runs.map(({ detail }) => detail))).not.toContain('nothing was due');
  });

  it('are due now before the first one, and not at the beginning of all clocks', async () => {
    // Nobody has set anything there yet.
    expect((await world.app.jobRuns.overview(OTHER_GUILD)).sync.nextAt).toEqual(later(0));
    expect((await world.app.settings.get(OTHER_GUILD)).nextSyncAt).toEqual(later(0));
    await world.stores.transaction(GUILD, (tx) => tx.settings.update({ nextSyncAt: later(-HOUR) }));
    const shown = await world.app.manageServer.details(GUILD, tower.server.id);
    expect(shown?.nextSyncAt).toEqual(later(0));
  });

  it('are of everything that runs by itself: roles, messages in channels, what is old', async () => {
    await world.app.presence.look(GUILD);
    expect((await overview()).roles.last).toBeUndefined();
    await world.grant(ADA, [tower.id('Movies')]);
    world.guilds.silent = 1;
    await world.app.presence.look(GUILD);
    const roles = async () => inEnglish((await overview()).roles);
    expect((await roles()).last?.detail).toContain('Discord did not tell of everybody');
    world.clock.advance(MINUTE);
    await world.app.presence.look(GUILD);
    expect((await roles()).last?.detail).toBe('everybody was looked at');
    // With the first sync after a day.
    await world.app.scheduledSync(GUILD);
    expect((await roles()).nextAt).toEqual(later(MINUTE + DAY));
    await world.app.retention.purge(GUILD);
    expect(inEnglish((await overview()).purge)).toMatchObject({
      last: { detail: 'nothing was old' },
      nextAt: later(MINUTE + DAY),
    });
    await world.app.posts.openBegin(GUILD, ADA, ALERTS);
    expect((await overview()).cards).toEqual({ last: undefined, nextAt: later(MINUTE + HOUR) });
    world.clock.advance(HOUR);
    await world.app.posts.look(GUILD);
    expect(inEnglish((await overview()).cards.last?.detail)).toBe('1 message looked at');
  });

  it('are of the copy of the database too, where there is one community', async () => {
    expect((await overview()).backup).toEqual({ last: undefined, nextAt: later(0) });
  });

  it('with nothing to do are not kept', async () => {
    await world.pass(HOUR);
    expect((await overview()).enforce.last).toBeUndefined();
  });
});

describe('overdue changes', () => {
  it('are listed with their reason, and tried again when somebody asks', async () => {
    const ada = await world.newAccount(ADA, tower);
    await world.newAccount(BEN, tower);
    takeDown(tower.fake);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.pass(MINUTE);
    expect(await world.app.jobRuns.overdue(GUILD)).toMatchObject([
      { server: { name: 'Tower' }, account: { memberId: ADA, trouble: DOWN.message } },
    ]);
    tower.fake.heal();
    expect(await world.app.jobRuns.retry(GUILD)).toBe(true);
    expect(ada.access).toEqual(['movies']);
    expect(await world.app.jobRuns.overdue(GUILD)).toEqual([]);
  });

  it('keep their count of failures when they are tried again', async () => {
    await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    await world.grant(ADA, [tower.id('Movies')]);
    const before = await world.account(ADA, tower.server.id);
    await world.app.jobRuns.retry(GUILD, before.id);
    expect((await world.account(ADA, tower.server.id)).attempts).toBe(before.attempts + 1);
  });
});

describe('enforcing now', () => {
  it('ends what is to end and compares what is due', async () => {
    const ada = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    world.clock.advance(HOUR);
    expect(await world.app.jobRuns.enforceNow(GUILD)).toBe(true);
    expect([ada.access, await world.grantState(grant.id)]).toEqual([null, 'ended']);
  });
});

describe('a clock that is held', () => {
  it('is told to staff with a question, and its confirmation is on the record', async () => {
    await world.setChannel('alerts');
    await world.app.clock.hold(GUILD);
    expect((await world.owed(ALERTS)).at(-1)).toMatchObject({
      kind: 'alert',
      clock: true,
      text: expect.stringContaining('jumped by more than a day'),
    });
    await world.app.clock.confirm(GUILD, STAFF);
    expect(await world.events('access.held')).toMatchObject([
      { actorId: null },
      { actorId: STAFF, facts: { how: 'clock-confirmed' } },
    ]);
  });
});

describe('the schedule of full syncs', () => {
  const set = (typed: { every?: string; daily?: string }) =>
    world.app.settings.setSchedule({ ...who, ...typed });

  it('is every so often or daily, and says when the next one is', async () => {
    expect(await set({ every: '15m' })).toMatchObject({ kind: 'saved', nextSyncAt: later(15 * MINUTE) });
    expect(await world.app.settings.get(GUILD)).toMatchObject({ syncEveryMinutes: 15, syncDailyAt: null });
    expect(await set({ daily: '4:30' })).toMatchObject({ nextSyncAt: later(16.5 * HOUR) });
    expect(await world.app.settings.get(GUILD)).toMatchObject({
      syncEveryMinutes: null,
      syncDailyAt: '04:30',
    });
    expect(await world.events('settings.changed')).toMatchObject([
      { actorId: STAFF, facts: { detail: 'servers are read every 15 minutes, before every 1 hour' } },
      { facts: { detail: 'servers are read daily at 04:30, before every 15 minutes' } },
    ]);
  });

  it.each([
    [{}, 'either'],
    [{ every: '1h', daily: '04:30' }, 'either'],
    [{ every: '4m' }, 'Between 5m and 1d'],
    [{ every: '25h' }, 'Between 5m and 1d'],
    [{ every: '301s' }, 'whole minutes'],
    [{ every: 'often' }, 'not a duration'],
    [{ daily: '24:00' }, 'not a time of day'],
    [{ daily: '7' }, 'not a time of day'],
  ])('cannot be %j', async (typed, message) => {
    const refused = await set(typed);
    expect(refused.kind === 'problem' ? saidPlain(refused.message) : '').toContain(message);
    expect(await world.events('settings.changed')).toEqual([]);
  });

  it('is in the zone of the guild, and follows it', async () => {
    await world.app.settings.setZone({ ...who, zone: 'europe/berlin' });
    await set({ daily: '14:00' });
    expect((await world.app.settings.get(GUILD)).nextSyncAt).toEqual(later(HOUR));
    const moved = await world.app.settings.setZone({ ...who, zone: 'America/New York' });
    expect(moved).toEqual({ kind: 'saved', zone: 'America/New_York', localTime: '07:00' });
    expect((await world.app.settings.get(GUILD)).nextSyncAt).toEqual(later(7 * HOUR));
    await world.pass(DAY);
  });

  it('stays as it is for a zone that is none', async () => {
    const result = await world.app.settings.setZone({ ...who, zone: 'Europe/Nowhere' });
    expect(result).toMatchObject({ kind: 'problem', message: { values: { typed: 'Europe/Nowhere' } } });
    expect((await world.app.settings.get(GUILD)).zone).toBe('UTC');
  });

  it('offers the zones that fit what is typed', () => {
    const { findZones } = world.app.settings;
    expect(findZones('york')).toEqual(['America/New_York']);
    expect(findZones('europe ber')).toContain('Europe/Berlin');
    expect(findZones('').length).toBe(25);
    expect(findZones('utc')[0]).toBe('UTC');
  });
});
