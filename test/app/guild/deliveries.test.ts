import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/app/ports/outbox.ts';
import { HOUR, later } from '../../support/moments.ts';
import { GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, AUDIT, World } from '../world.ts';

const OTHER = '400000000000000009';
const OWNER = '200000000000000009';
const GONE = 'the channel is gone (10003)';

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const choose = (purpose: 'audit' | 'alerts', channelId: string) =>
  world.app.settings.setChannel({ guildId: GUILD, actorId: STAFF, purpose, channelId });

async function head(sink: string): Promise<Delivery> {
  const found = (await world.outbox.listDue(world.clock.now(), 100)).find((one) => one.sink === sink);
  if (!found) throw new Error('nothing is due there');
  return found;
}

const refuse = async (sink: string) =>
  world.app.deliveries.refused(await head(sink), {
    ...{ trouble: GONE, dueAt: later(HOUR), ownerId: OWNER },
  });

/** Sends everything to everywhere but there. */
async function sendAllBut(...sinks: readonly string[]): Promise<void> {
  for (;;) {
    const due = await world.outbox.listDue(world.clock.now(), 100);
    const [one] = due.filter(({ sink }) => !sinks.includes(sink));
    if (!one) return;
    await world.app.deliveries.sent(one, 'message');
  }
}

const numbers = async (sink: string) =>
  (await world.owed(sink)).map((content) => (content.kind === 'audit' ? content.event.number : content.kind));

beforeEach(async () => {
  await choose('audit', AUDIT);
  await sendAllBut();
});

describe('a channel that Discord refuses', () => {
  it('is told in the alerts channel and to the owner, once, and what is owed waits', async () => {
    await choose('alerts', ALERTS);
    await sendAllBut(AUDIT);
    await refuse(AUDIT);
    world.clock.advance(HOUR);
    await refuse(AUDIT);
    const said = {
      kind: 'alert',
      text: expect.stringContaining(`the lines of the record in <#${AUDIT}>: ${GONE}`),
    };
    expect(await world.owed(ALERTS)).toEqual([{ ...said, state: 'open' }]);
    expect(await world.owed(OWNER)).toEqual([said]);
    expect(await world.app.deliveries.listRefused(GUILD)).toEqual([
      { channelId: AUDIT, since: later(0), trouble: GONE, waiting: 1 },
    ]);
    expect(await world.app.deliveries.listRefused(OTHER_GUILD)).toEqual([]);
  });

  it('is told to the owner of the guild alone when no other works, once for each', async () => {
    await choose('audit', AUDIT);
    await refuse(AUDIT);
    expect(await world.owed(OWNER)).toHaveLength(1);
    await choose('alerts', ALERTS);
    await refuse(AUDIT);
    expect(await world.owed(OWNER)).toHaveLength(1);
  });

  it('is tried at once when something changed in the guild', async () => {
    await choose('audit', AUDIT);
    await refuse(AUDIT);
    expect(await world.outbox.listDue(later(1), 9)).not.toContainEqual(
      expect.objectContaining({ sink: AUDIT }),
    );
    await world.app.deliveries.retryRefused(GUILD);
    await world.app.deliveries.sent(await head(AUDIT), 'message');
    expect(await world.app.deliveries.listRefused(GUILD)).toEqual([]);
  });

  it('and is replaced: what waits follows to the new one, in order and without a gap', async () => {
    for (let times = 0; times < 3; times += 1) await choose('alerts', ALERTS);
    await sendAllBut(AUDIT);
    const before = await numbers(AUDIT);
    expect(before).toHaveLength(3);
    await refuse(AUDIT);
    await choose('audit', OTHER);
    expect(await numbers(AUDIT)).toEqual([]);
    const after = await numbers(OTHER);
    expect(after.slice(0, 3)).toEqual(before);
    expect(after).toHaveLength(4);
    await sendAllBut();
    expect(await numbers(OTHER)).toEqual([]);
  });

  it('and is chosen again: it is tried at once', async () => {
    await choose('audit', AUDIT);
    await refuse(AUDIT);
    await choose('audit', AUDIT);
    expect(await head(AUDIT)).toMatchObject({ attempts: 1 });
  });

  it('keeps what is owed when another is chosen for something else, or it works', async () => {
    await choose('alerts', ALERTS);
    await choose('audit', OTHER);
    expect(await numbers(AUDIT)).toHaveLength(1);
  });
});

describe('the first message of a channel that was chosen', () => {
  it.each([
    ['sent', 'sent'],
    ['parked', 'refused'],
    [undefined, 'on-its-way'],
  ] as const)('%s', async (fate, said) => {
    const asked: string[] = [];
    world.awaitDelivery = async (id) => {
      asked.push(id);
      return fate;
    };
    expect(await choose('alerts', 'new-channel')).toEqual(said);
    expect(asked).toEqual([(await head('new-channel')).id]);
  });

  it('that Discord refused is no success, and why is said', async () => {
    world.awaitDelivery = async () => {
      while (!(await world.outbox.listDue(world.clock.now(), 100)).some(({ sink }) => sink === OTHER))
        await new Promise((resolve) => setImmediate(resolve));
      await refuse(OTHER);
      return 'refused';
    };
    for (const purpose of ['alerts', 'audit'] as const) {
      expect(await choose(purpose, OTHER)).toBe('refused');
      expect(await world.app.deliveries.listRefused(GUILD)).toMatchObject([
        { channelId: OTHER, trouble: GONE },
      ]);
    }
  });
});
