/** The weekly digest: once a week, whatever happens to the process, and never of what nobody knows. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobs } from '../../../src/jobs/jobs.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, told } from '../../support/said.ts';
import { ALERTS, AUDIT, type Place, World } from '../world.ts';

let world: World;
let tower: Place;
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('audit');
});
afterEach(() => world.close());

const set = (day: 'monday' | 'friday' | null, time = '09:00') =>
  world.app.digest.set({ guildId: GUILD, actorId: STAFF, day, time });
const nextAt = async () => (await world.app.settings.get(GUILD)).nextDigestAt;
/** What the runner does when something is due. */
const run = async () => {
  for (const guildId of await world.stores.due.listDigests(world.clock.now()))
    await createJobs(world.app).remind(guildId);
};
const untilDue = async (late = 0) => {
  const due = await nextAt();
  world.clock.advance((due?.getTime() ?? 0) - world.clock.now().getTime() + late);
};
const owed = async (sink = AUDIT) => (await world.owed(sink)).filter(({ kind }) => kind !== 'audit');

describe('a digest', () => {
  it('is told once when its time has come, and again a week later', async () => {
    await set('monday');
    await run();
    expect(await owed()).toEqual([]);
    await untilDue();
    await run();
    await run();
    expect(await owed()).toMatchObject([{ kind: 'digest' }]);
    const next = await nextAt();
    expect(next?.getTime()).toBe(world.clock.now().getTime() + 7 * DAY);
    await untilDue();
    await Promise.all([run(), run()]);
    expect(await owed()).toHaveLength(2);
  });

  it('says who came, who left, what ends next and how often servers answered', async () => {
    await world.app.people.note(GUILD, [
      { userId: ADA, name: 'Mia' },
      { userId: BEN, name: 'Noah' },
    ]);
    await world.newAccount(ADA, tower);
    await world.newAccount(BEN, tower);
    await world.grant(BEN, [tower.id('Movies')], { ms: 9 * DAY });
    await world.pass(8 * DAY);
    await world.grant(ADA, [tower.id('Movies')], { ms: 6 * DAY });
    await world.app.syncServers(GUILD);
    for (let hour = 0; hour < 30; hour += 6) await world.pass(6 * HOUR);
    await set('friday');
    await world.stores.transaction(GUILD, ({ settings }) =>
      settings.update({ nextDigestAt: world.clock.now() }),
    );
    await run();
    const [digest] = await owed();
    if (digest?.kind !== 'digest') throw new Error('no digest');
    const text = told(digest.text);
    expect(text).toContain('**1 member came:** Mia');
    expect(text).toContain('**1 member left:** Noah');
    expect(text).toContain('**1 grant** goes on; 30 days ago it was 0.');
    expect(text).toMatch(/\*\*1 grant ends\*\* within 7 days:\n• Mia · <t:\d+:R>/);
    expect(text).toMatch(/• Tower · 100% of \d+ hours?/);
    expect(digest.running.at(-1)).toMatchObject({ count: 1 });
    expect(digest.ends.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(digest.servers).toMatchObject([{ name: 'Tower', days: { length: 30 } }]);
    expect([...digest.about].toSorted()).toEqual([ADA, BEN].toSorted());
    expect(JSON.stringify(digest)).not.toContain('http');
  });

  it('comes late after some hours, and is left out after more than a day, which is said', async () => {
    await set('monday');
    await untilDue(23 * HOUR);
    await run();
    expect(await owed()).toMatchObject([{ kind: 'digest' }]);
    await untilDue(25 * HOUR);
    await run();
    expect(inEnglish(await owed()).at(-1)).toMatchObject({
      kind: 'alert',
      text: expect.stringContaining('was left out: Usher was not running then'),
    });
    const next = await nextAt();
    expect(next && next > world.clock.now()).toBe(true);
  });

  it('needs a channel, takes the one for alerts where there is no record, and can be switched off', async () => {
    const other = { guildId: OTHER_GUILD, actorId: STAFF, day: 'monday', time: '9:00' } as const;
    expect(await world.app.digest.set(other)).toEqual({ kind: 'nowhere' });
    await world.setChannel('alerts', OTHER_GUILD);
    expect(await world.app.digest.set(other)).toMatchObject({ kind: 'saved', channelId: ALERTS });
    expect(await set('monday', '25:00')).toMatchObject({ kind: 'problem' });
    await set('monday');
    expect(await set(null)).toEqual({ kind: 'off' });
    expect(await nextAt()).toBeNull();
    expect((await world.events('settings.changed')).map(({ facts }) => facts.detail).slice(-2)).toEqual([
      'a digest every week, on Monday at 09:00',
      'no weekly digest',
    ]);
  });

  it('follows the zone', async () => {
    await set('monday');
    const before = await nextAt();
    await world.app.settings.setZone({ guildId: GUILD, actorId: STAFF, zone: 'Asia/Tokyo' });
    expect((await nextAt())?.getTime()).toBe((before?.getTime() ?? 0) - 9 * HOUR);
  });

  it('that was chosen again in the same way is no event, and keeps its moment', async () => {
    await set('monday');
    const [count, next] = [await world.countEvents(), await nextAt()];
    world.clock.advance(MINUTE);
    expect(await set('monday')).toMatchObject({ kind: 'saved', nextAt: next });
    expect(await world.countEvents()).toBe(count);
  });
});
