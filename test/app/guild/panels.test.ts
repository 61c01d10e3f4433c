/** The message that shows how things stand: edited when something is different, and not otherwise. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PanelContent } from '../../../src/app/ports/outbox.ts';
import { createJobs } from '../../../src/jobs/jobs.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, type Place, takeDown, World } from '../world.ts';

const CHANNEL = '400000000000000009';
const asked = { guildId: GUILD, actorId: STAFF };

let world: World;
let tower: Place;
let message: string | null;
let edits: number;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  message = null;
  edits = 0;
});
afterEach(() => world.close());

const post = (channelId = CHANNEL, guildId = GUILD) =>
  world.app.panels.post({ ...asked, guildId, channelId });

/** Discord takes what is owed to the channel. Resolves to what the panel shows then, if it was told anything. */
async function shown(): Promise<PanelContent | null | undefined> {
  let content: PanelContent | null | undefined;
  for (;;) {
    const [due] = (await world.outbox.listDue(world.clock.now(), 50)).filter(({ sink }) => sink === CHANNEL);
    if (!due) return content;
    const found = await world.app.deliveries.findPost(due);
    content = found?.content?.kind === 'panel' ? found.content : null;
    if (message !== null) edits += 1;
    message = content === null ? null : 'message-1';
    await world.app.deliveries.sent([due], message, found?.version);
  }
}

/** Half a minute at a time, as the runner looks. */
async function pass(ms: number) {
  for (let waited = 0; waited < ms; waited += 30 * SECOND) await world.pass(30 * SECOND);
  return await shown();
}

describe('a panel', () => {
  it('shows servers, members, what ends soon, what is overdue and invites, and names nobody', async () => {
    await world.app.people.note(GUILD, [{ userId: ADA, name: 'Mia' }]);
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: 30 * DAY });
    await world.grant(BEN, [tower.id('Movies')], { ms: 2 * DAY });
    await post();
    const panel = await shown();
    expect(panel).toMatchObject({
      kind: 'panel',
      servers: [{ name: 'Tower', state: 'online', since: null }],
      ...{ more: 0, active: 2, expiring: 1, overdue: 0, invites: 0 },
    });
    const text = JSON.stringify(panel);
    for (const secret of ['Mia', ADA, BEN, 'http', tower.server.url]) expect(text).not.toContain(secret);
  });

  it('is edited once for all that happens within half a minute, and not when nothing is different', async () => {
    await post();
    await shown();
    // The record was told of the panel itself.
    await pass(MINUTE);
    edits = 0;
    await world.grant(ADA, [tower.id('Movies')], { ms: 30 * DAY });
    await world.pass(SECOND);
    expect(await shown()).toBeUndefined();
    await world.grant(BEN, [tower.id('Movies')], { ms: 30 * DAY });
    expect(await pass(30 * SECOND)).toMatchObject({ active: 2 });
    expect(edits).toBe(1);
    // An event that changes none of what it shows.
    await world.app.settings.setRetention({ ...asked, days: 30 });
    expect(await pass(5 * MINUTE)).toBeUndefined();
    expect(edits).toBe(1);
    expect((await world.stores.of(GUILD).posts.find(`panel ${CHANNEL}`))?.deliveryId).toBeNull();
  });

  it('says that a server is away, and that it is back', async () => {
    await post();
    takeDown(tower.fake);
    await world.app.syncServers(GUILD);
    await world.app.syncServers(GUILD);
    expect(await pass(30 * SECOND)).toMatchObject({
      servers: [{ name: 'Tower', state: 'offline', since: expect.stringMatching(/Z$/) }],
    });
    tower.fake.heal();
    expect(await pass(5 * MINUTE)).toMatchObject({
      servers: [{ name: 'Tower', state: 'online', since: null }],
    });
  });

  describe('what is being watched', () => {
    const count = () => world.app.streams.look(new AbortController().signal);
    const asks = () => tower.fake.calls.filter((call) => call === 'countStreams').length;

    it('is counted while a panel is shown, and its line says it', async () => {
      tower.fake.streams = 2;
      await count();
      expect(asks()).toBe(0);
      await post();
      await count();
      expect(asks()).toBe(0);
      expect((await shown())?.servers).toEqual([{ name: 'Tower', state: 'online', since: null }]);
      await count();
      expect(asks()).toBe(1);
      expect((await pass(MINUTE))?.servers).toMatchObject([{ streams: 2 }]);
    });

    it('is edited once in half a minute at most however often it changes, and not when it does not', async () => {
      await post();
      await shown();
      await count();
      await pass(MINUTE);
      edits = 0;
      for (let second = 0; second < 120; second += 10) {
        tower.fake.streams = second;
        await world.pass(10 * SECOND);
        await count();
        await shown();
      }
      expect(edits).toBeLessThanOrEqual(4);
      expect(edits).toBeGreaterThan(1);
      await pass(MINUTE);
      edits = 0;
      const writes = vi.spyOn(world.stores, 'transaction');
      for (let time = 0; time < 10; time += 1) {
        await count();
        await world.clock.advance(30 * SECOND);
      }
      expect(writes).not.toHaveBeenCalled();
      expect([await shown(), edits]).toEqual([undefined, 0]);
    });

    it('what cannot be told is not zero, and keeps nothing else from being asked', async () => {
      tower.fake.streams = 1;
      await post();
      await shown();
      await count();
      await pass(MINUTE);
      tower.fake.fail('countStreams', { kind: 'timeout', message: 'It hangs.' });
      await count();
      expect((await pass(30 * SECOND))?.servers).toEqual([
        { name: 'Tower', state: 'online', since: null, streams: null },
      ]);
      expect((await world.stores.of(GUILD).servers.list())[0]).toMatchObject({
        status: 'online',
        failedChecks: 0,
      });
      await count();
      expect((await pass(30 * SECOND))?.servers).toMatchObject([{ streams: 1 }]);
    });

    it('is not asked of a server that is away, and nothing is said of it', async () => {
      tower.fake.streams = 3;
      await post();
      await shown();
      await count();
      await pass(MINUTE);
      takeDown(tower.fake);
      await world.app.syncServers(GUILD);
      await world.app.syncServers(GUILD);
      const before = asks();
      await count();
      expect(asks()).toBe(before);
      const [line] = (await pass(30 * SECOND))?.servers ?? [];
      expect(line).toMatchObject({ state: 'offline' });
      expect(line).not.toHaveProperty('streams');
    });

    it('a guild whose panel is gone is asked no more, and others are not for it', async () => {
      await post();
      await shown();
      await count();
      await world.app.panels.remove(asked);
      await shown();
      const before = asks();
      await count();
      expect(asks()).toBe(before);
      expect(world.app.streams.of(GUILD, tower.server.id)).toBeUndefined();
    });
  });

  it('follows time alone: access comes to end soon, and an invite runs out', async () => {
    await world.grant(ADA, [tower.id('Movies')], { ms: 8 * DAY });
    const validUntil = new Date(world.clock.now().getTime() + 2 * HOUR);
    await world.invite({
      ...{ ...asked, memberId: null, libraryIds: [tower.id('Movies')], duration: null, uses: 1, validUntil },
      ...{ roleId: null, note: null },
    });
    await post();
    expect(await shown()).toMatchObject({ expiring: 0, invites: 1 });
    await pass(MINUTE);
    await world.pass(2 * HOUR);
    expect(await shown()).toMatchObject({ expiring: 0, invites: 0 });
    await world.pass(22 * HOUR);
    expect(await shown()).toMatchObject({ expiring: 1 });
  });

  it('follows the schedule of the sync', async () => {
    await post();
    await shown();
    await createJobs(world.app).sync(GUILD);
    const next = new Date(world.clock.now().getTime() + HOUR).toISOString();
    expect(await pass(30 * SECOND)).toMatchObject({ nextSyncAt: next });
  });

  it('is shown again when it is asked for where it stands, with one row', async () => {
    expect(await post()).toMatchObject({ kind: 'posted' });
    await shown();
    expect(await post()).toMatchObject({ kind: 'there' });
    expect(await shown()).toMatchObject({ kind: 'panel' });
    expect(edits).toBe(1);
    expect(await world.app.panels.list(GUILD)).toEqual([CHANNEL]);
  });

  it('goes, and is on the record; those of other guilds stay', async () => {
    await post();
    await shown();
    await post(ALERTS, OTHER_GUILD);
    expect(await world.app.panels.remove(asked)).toEqual({ gone: [CHANNEL], left: [] });
    expect(await shown()).toBeNull();
    expect(await world.app.panels.list(GUILD)).toEqual([]);
    expect(await world.app.panels.list(OTHER_GUILD)).toEqual([ALERTS]);
    expect((await world.events('settings.changed')).map(({ facts }) => facts.detail)).toEqual([
      `a panel stands in <#${CHANNEL}>`,
      `no panel stands in <#${CHANNEL}> any more`,
    ]);
    expect(await world.app.panels.remove({ ...asked, channelId: CHANNEL })).toEqual({ gone: [], left: [] });
  });

  it('waits where Usher may not write, which staff are told once, and can be taken away there', async () => {
    await world.setChannel('alerts');
    await post();
    await shown();
    await world.grant(ADA, [tower.id('Movies')], { ms: 30 * DAY });
    await world.pass(30 * SECOND);
    const due = (await world.outbox.listDue(world.clock.now(), 50)).find(({ sink }) => sink === CHANNEL);
    if (!due) throw new Error('nothing is owed');
    const refusal = { trouble: 'Missing Access', dueAt: new Date(world.clock.now().getTime() + HOUR) };
    await world.app.deliveries.refused(due, { ...refusal, ownerId: undefined });
    const alerts = async () =>
      (await world.owed(ALERTS)).flatMap((each) => (each.kind === 'alert' ? [each.text] : []));
    expect(await alerts()).toEqual([
      `Usher cannot keep the panel in <#${CHANNEL}> up to date: Missing Access\n` +
        'It goes on as soon as Usher may write there again. Without the channel, /panel remove takes the panel away.',
    ]);
    expect(await world.app.panels.remove(asked)).toEqual({ gone: [], left: [CHANNEL] });
    expect(await world.app.deliveries.listRefused(GUILD)).toEqual([]);
    expect(await world.stores.of(GUILD).posts.find(`panel ${CHANNEL}`)).toBeUndefined();
  });

  it('there are five of them at most', async () => {
    for (let number = 0; number < 5; number += 1) await post(`40000000000000010${number}`);
    expect(await post()).toMatchObject({ kind: 'full', channelIds: { length: 5 } });
  });
});
