/** Members are reminded of ends: each once for each moment, also across restarts, and not at night. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moment } from '../../../src/adapters/discord/views/view.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { createJobs } from '../../../src/jobs/jobs.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { said } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const inMs = (ms: number) => new Date(world.clock.now().getTime() + ms);
const shown = (at: Date) => said(moment(at));

/** Lets time pass and runs what is due then, like the runner. */
async function pass(ms: number): Promise<void> {
  world.clock.advance(ms);
  if ((await world.stores.due.listReminders(world.clock.now())).includes(GUILD))
    await createJobs(world.app).remind(GUILD);
}

/** Ada watches Movies for `ms`, and has heard of it. */
async function watching(ms: number, library = 'Movies') {
  const { grant } = await world.grant(ADA, [tower.id(library)], { ms });
  await world.hears(ADA);
  world.clock.advance(MINUTE);
  return grant;
}

const reminder = (end: Date | null, what = 'Movies on Tower') =>
  `⏰ Your access to ${what} ends ${shown(end ?? new Date(0))}.`;

const set = (typed: string) => world.app.settings.setReminders({ guildId: GUILD, actorId: STAFF, typed });

const extend = async (grantId: string, by: string) =>
  await world.change(grantId, { kind: 'extend', by: by as DurationText });

describe('a member is reminded', () => {
  it('seven days and one day before, each once, with what ends, when, and Renew', async () => {
    const grant = await watching(30 * DAY);
    await pass(22 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(DAY);
    expect(await world.hears(ADA)).toEqual([reminder(grant.expiresAt), '[Renew]']);
    await pass(HOUR);
    world.restart();
    await pass(5 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(DAY - HOUR);
    expect(await world.hears(ADA)).toEqual([reminder(grant.expiresAt), '[Renew]']);
    await pass(12 * HOUR);
    expect(await world.hears(ADA)).toEqual([]);
    expect(await world.stores.due.nextReminder()).toBeUndefined();
  });

  it('not of what is shorter than that, and not of what has no end', async () => {
    await watching(7 * DAY);
    await watching(20 * HOUR, 'Shows');
    await world.grant(BEN, [tower.id('Music')]);
    await world.hears(BEN);
    await pass(5 * DAY);
    expect([await world.hears(ADA), await world.hears(BEN)]).toEqual([[], []]);
    await pass(DAY);
    expect((await world.hears(ADA)).length).toBe(2);
  });

  it('of the new end, when it was extended before', async () => {
    const grant = await watching(10 * DAY);
    await extend(grant.id, '10d');
    await world.hears(ADA);
    await pass(3 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(10 * DAY);
    const { expiresAt } = (await world.stores.of(GUILD).grants.find(grant.id)) ?? grant;
    expect(await world.hears(ADA)).toEqual([reminder(expiresAt), '[Renew]']);
  });

  it('not, when it was extended or ended before that was said', async () => {
    const [longer, over] = [await watching(10 * DAY), await watching(10 * DAY, 'Shows')];
    await pass(3 * DAY);
    await extend(longer.id, '30d');
    await world.revoke(over.id);
    const heard = (await world.hears(ADA)).join('\n');
    expect(heard).toMatch(/You have Movies on Tower until/);
    expect(heard).not.toMatch(/⏰/);
  });

  it('not again of an end that was moved and moved back', async () => {
    const grant = await watching(10 * DAY);
    await pass(3 * DAY);
    await world.hears(ADA);
    world.clock.advance(MINUTE);
    const { undoId } = await extend(grant.id, '30d');
    await world.app.changeGrants.undo({ guildId: GUILD, actorId: STAFF, undoId: undoId ?? '' });
    await pass(HOUR);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(5 * DAY + 23 * HOUR);
    expect((await world.hears(ADA))[0]).toBe(reminder(grant.expiresAt));
  });

  it('in one message of what ends together', async () => {
    await watching(10 * DAY);
    await world.grant(ADA, [tower.id('Shows')], { ms: 10 * DAY + 30 * MINUTE });
    await world.hears(ADA);
    await pass(3 * DAY);
    const lines = await world.hears(ADA);
    expect(lines.filter((line) => line.startsWith('⏰'))).toHaveLength(2);
    expect(lines.filter((line) => line === '[Renew]')).toHaveLength(1);
    await pass(HOUR);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('not of what other access gives for longer', async () => {
    await watching(10 * DAY);
    await world.grant(ADA, [tower.id('Movies')], { ms: 60 * DAY });
    await world.hears(ADA);
    await pass(3 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('in the morning of the community, not at night', async () => {
    const { app } = world;
    await app.settings.setZone({ guildId: GUILD, actorId: STAFF, zone: 'Asia/Tokyo' });
    // It is 21:00 there, and the end is at 23:01.
    const grant = await watching(10 * DAY + 2 * HOUR);
    await pass(3 * DAY + 2 * HOUR);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(9 * HOUR);
    expect((await world.hears(ADA))[0]).toBe(reminder(grant.expiresAt));
  });
});

describe('what was missed while Usher was down', () => {
  it('is said late, while it is of use', async () => {
    const grant = await watching(10 * DAY);
    await pass(5 * DAY);
    expect((await world.hears(ADA))[0]).toBe(reminder(grant.expiresAt));
    await pass(4 * DAY);
    expect(await world.hears(ADA)).toHaveLength(2);
  });

  it('is left to the next one, if that comes soon', async () => {
    await watching(10 * DAY);
    await pass(9 * DAY - 3 * HOUR);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(3 * HOUR);
    expect(await world.hears(ADA)).toHaveLength(2);
  });

  it('is not said when it is over', async () => {
    await watching(10 * DAY);
    await pass(11 * DAY);
    expect((await world.hears(ADA)).join()).not.toMatch(/⏰/);
    expect(await world.stores.due.nextReminder()).toBeUndefined();
  });
});

describe('a guild chooses', () => {
  it('how long before; what has passed by then is not caught up', async () => {
    const grant = await watching(10 * DAY);
    await pass(5 * DAY);
    await world.hears(ADA);
    expect(await set('6d, 2d')).toMatchObject({ kind: 'saved', reminders: ['6d', '2d'], isTold: true });
    await pass(MINUTE);
    expect(await world.hears(ADA)).toEqual([]);
    await pass(3 * DAY);
    expect((await world.hears(ADA))[0]).toBe(reminder(grant.expiresAt));
    expect((await world.events('settings.changed')).at(-1)?.facts.detail).toBe(
      'Members are reminded of an end 6 days and 2 days before. Before: Members are reminded of an end 7 days and 1 day before.',
    );
  });

  it('never', async () => {
    await watching(10 * DAY);
    await set('off');
    await pass(3 * DAY);
    await pass(6 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('not to tell of it', async () => {
    await watching(10 * DAY);
    await world.app.settings.setNotices({ guildId: GUILD, actorId: STAFF, notices: ['given'] });
    await pass(3 * DAY);
    expect(await world.hears(ADA)).toEqual([]);
    expect(await world.app.reminders.remindNow(GUILD)).toBe(0);
  });

  it.each(['soon', '7', '', '1d,2d,3d,4d,5d,6d'])('not “%s”', async (typed) => {
    expect(await set(typed)).toMatchObject({ kind: 'problem' });
    expect((await world.stores.of(GUILD).settings.get()).reminders).toEqual(['7d', '1d']);
  });
});

it('by a grant of an older version, once it is worked out', async () => {
  const grant = await watching(10 * DAY);
  await world.stores.transaction(GUILD, (tx) => tx.grants.forgetReminders());
  await pass(MINUTE);
  expect(await world.hears(ADA)).toEqual([]);
  await pass(3 * DAY);
  expect((await world.hears(ADA))[0]).toBe(reminder(grant.expiresAt));
});

it('many at once are a batch after the other, and each is reminded once', async () => {
  const people = Array.from({ length: 450 }, (_each, index) => `${310000000000000000n + BigInt(index)}`);
  const end = inMs(10 * DAY);
  await world.stores.transaction(GUILD, async (tx) => {
    for (const [index, person] of people.entries()) {
      const memberId = person as typeof ADA;
      await tx.members.ensure(memberId);
      await tx.grants.add({
        ...{ id: `g${index}`, memberId, source: 'command', state: 'active', expiresAt: end },
        ...{ startsAt: inMs(0), createdAt: inMs(0), createdById: STAFF, reason: null },
        ...{ remindAt: inMs(3 * DAY), libraryIds: [tower.id('Movies')] },
      });
    }
  });
  await pass(3 * DAY);
  const owed = await world.stores.of(GUILD).deliveries.listOwed('notice', people);
  expect(owed).toHaveLength(people.length);
  const [run] = await world.stores.of(GUILD).jobRuns.list('remind', 1);
  expect(run).toMatchObject({ outcome: 'ok', detail: 'reminded: 450' });
});
