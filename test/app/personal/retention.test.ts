/** What is old goes once a day, and so does all of a guild that Usher has left. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobs } from '../../../src/jobs/jobs.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const purge = (guildId = GUILD) => createJobs(world.app).purge(guildId);
const dueSince = () => world.stores.due.listPurges(new Date(world.clock.now().getTime() - DAY));

describe('what was sent or done', () => {
  it('is kept for as long as the guild says, and the record for good', async () => {
    const tower = await world.addTower();
    await world.app.settings.setRetention({ guildId: GUILD, actorId: STAFF, days: 30 });
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.hears(ADA);
    await world.pass(2 * HOUR);
    const events = await world.countEvents();
    world.clock.advance(29 * DAY);
    await purge();
    expect(await world.rowsOf(GUILD)).toContain('"job":"enforce"');
    world.clock.advance(2 * DAY);
    await purge();
    const left = await world.rowsOf(GUILD);
    expect(left).not.toContain('"job":"enforce"');
    expect(left).not.toContain('"state":"sent"');
    expect(await world.countEvents()).toBe(events);
  });

  it('is looked for once a day', async () => {
    await world.addTower();
    expect(await dueSince()).toEqual([GUILD]);
    await purge();
    expect(await dueSince()).toEqual([]);
    world.clock.advance(DAY);
    expect(await dueSince()).toEqual([GUILD]);
  });

  it('is said in the record when it is changed, and not when it is the same', async () => {
    await world.app.settings.setRetention({ guildId: GUILD, actorId: STAFF, days: 30 });
    await world.app.settings.setRetention({ guildId: GUILD, actorId: STAFF, days: 30 });
    const told = (await world.events('settings.changed')).map(({ facts }) => facts.detail);
    expect(told).toEqual(['what was sent or done is kept for 30 days, before 90']);
  });
});

describe('a guild that Usher was removed from', () => {
  it('keeps its data for thirty days, in which what was given ends on time; then all of it goes', async () => {
    const tower = await world.addTower();
    await world.addTower(OTHER_GUILD);
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.app.retention.noteRemoved(GUILD);
    await world.pass(2 * HOUR);
    expect(person.access).toBeNull();
    expect(await world.grantState(grant.id)).toBe('ended');
    world.clock.advance(29 * DAY);
    await purge();
    expect(await world.stores.due.listAll()).toEqual([GUILD, OTHER_GUILD]);
    world.clock.advance(2 * DAY);
    await purge();
    await purge(OTHER_GUILD);
    expect(await world.stores.due.listAll()).toEqual([OTHER_GUILD]);
    expect(await world.rowsOf(GUILD)).not.toContain(ADA);
  });

  it('keeps it for good when Usher is back in time, also when that was seen by a start', async () => {
    await world.addTower();
    await world.addTower(OTHER_GUILD);
    await world.app.retention.noteGuilds([OTHER_GUILD]);
    world.clock.advance(20 * DAY);
    await world.app.retention.noteGuilds([GUILD, OTHER_GUILD]);
    world.clock.advance(20 * DAY);
    await purge();
    expect(await world.stores.due.listAll()).toEqual([GUILD, OTHER_GUILD]);
  });

  it('counts from when it was removed, however often that is told', async () => {
    await world.addTower();
    await world.app.retention.noteRemoved(GUILD);
    world.clock.advance(20 * DAY);
    await world.app.retention.noteGuilds([]);
    world.clock.advance(11 * DAY);
    await purge();
    expect(await world.stores.due.listAll()).toEqual([]);
  });

  it('is no guild that nobody used it in: no row is made for it', async () => {
    await world.app.retention.noteRemoved(GUILD);
    expect(await world.stores.due.listAll()).toEqual([]);
  });
});
