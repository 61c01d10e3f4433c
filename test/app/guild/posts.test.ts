/** Messages that are kept up to date: each is posted once, and says in the end that it is over. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeze } from '../../../src/app/observe/freeze.ts';
import type { Delivery } from '../../../src/app/ports/outbox.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { type MemberId, toMemberId } from '../../../src/domain/ids.ts';
import { say } from '../../../src/words/say.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, AUDIT, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
  await deliver();
});
afterEach(() => world.close());

const NOAH = toMemberId('100000000000000077');
let messages = 0;

/** Discord takes what is owed, in order; resolves to what it was, `edit` for a message that was there. */
async function deliver(kinds: readonly Delivery['kind'][] = ['alert', 'channel']) {
  const shown: { readonly how: 'post' | 'edit' | 'delete' | 'send'; readonly text: string }[] = [];
  for (;;) {
    const due = (await world.outbox.listDue(world.clock.now(), 50)).filter(({ kind }) =>
      kinds.includes(kind),
    );
    if (due.length === 0) return shown;
    for (const delivery of due) {
      const post = await world.app.deliveries.findPost(delivery);
      const [content] = await world.owed(delivery.sink);
      const how = !post ? 'send' : !post.content ? 'delete' : post.messageId ? 'edit' : 'post';
      shown.push({ how, text: content?.kind === 'alert' ? content.text : JSON.stringify(content) });
      messages += 1;
      const id = how === 'delete' ? null : (post?.messageId ?? `message-${messages}`);
      await world.app.deliveries.sent(
        [delivery],
        id,
        how === 'post' || how === 'send' ? undefined : post?.version,
      );
    }
  }
}

const hows = async () => (await deliver()).map(({ how }) => how);
/** What is more than an edit of what is there, which may be told twice. */
const calls = async () => (await hows()).filter((how) => how !== 'edit');
const open = async () => await world.stores.of(GUILD).posts.list();

/** Members with an account who have Movies for an hour. */
async function watching(...members: readonly MemberId[]) {
  for (const member of members) {
    await world.newAccount(member, tower);
    await world.grant(member, [tower.id('Movies')], { ms: HOUR });
  }
}

describe('an outage', () => {
  it('is one message after three minutes, is edited as ends join, and says that all are closed', async () => {
    await world.app.people.note(GUILD, [{ userId: ADA, name: 'Mia' }]);
    await watching(ADA, BEN);
    world.clock.advance(58 * MINUTE);
    takeDown(tower.fake);
    await world.app.syncServers(GUILD);
    await world.app.syncServers(GUILD);
    for (let second = 0; second < 170; second += 10) await world.pass(10 * SECOND);
    expect(await deliver()).toEqual([]);
    await world.pass(15 * SECOND);
    const [first, ...rest] = await deliver();
    expect([first?.how, rest]).toEqual(['post', []]);
    expect(first?.text).toMatch(
      /^Tower has not answered since <t:\d+:t> \(<t:\d+:R>\)\.\n.*\n(.|\n)*2 ends wait for it: /,
    );
    expect(first?.text).toContain('Mia');
    expect(first?.text).toContain(`<@${BEN}>`);

    for (let minute = 0; minute < 5; minute += 1) await world.pass(MINUTE);
    expect(await deliver()).toEqual([]);

    tower.fake.heal();
    await world.pass(MINUTE);
    const last = await deliver();
    expect(last.map(({ how }) => how)).not.toContain('post');
    expect(last.at(-1)?.text).toMatch(
      /^Tower works again\. It did not from .* to .*\.\nAll 2 ends that waited are closed\.$/,
    );
    expect(await open()).toEqual([]);
  });

  it('of more than a day says on which days it began and ended', async () => {
    takeDown(tower.fake);
    await world.app.syncServers(GUILD);
    await world.app.syncServers(GUILD);
    for (const wait of [5 * MINUTE, 30 * HOUR]) await world.pass(wait);
    await deliver();
    tower.fake.heal();
    await world.pass(MINUTE);
    expect((await deliver()).at(-1)?.text).toMatch(/It did not from <t:\d+:f> to <t:\d+:f>\.$/);
  });

  it('does not count as closed what was extended instead', async () => {
    await watching(ADA, BEN);
    const [one] = await world.stores.of(GUILD).grants.list({ memberId: BEN });
    takeDown(tower.fake);
    for (const wait of [HOUR, 5 * SECOND, 3 * MINUTE, MINUTE]) await world.pass(wait);
    await world.change(one?.id ?? '', { kind: 'extend', by: '7d' as DurationText });
    tower.fake.heal();
    await world.pass(MINUTE);
    expect((await deliver()).at(-1)?.text).toContain('The end that waited is closed.');
  });

  it('that is over within three minutes is not told, however often', async () => {
    for (let times = 0; times < 5; times += 1) {
      takeDown(tower.fake);
      await world.app.syncServers(GUILD);
      await world.app.syncServers(GUILD);
      for (let second = 0; second < 120; second += 10) await world.pass(10 * SECOND);
      tower.fake.heal();
      await world.pass(MINUTE);
    }
    expect((await world.events('server.offline')).length).toBe(5);
    expect(await deliver()).toEqual([]);
  });

  it('that comes back soon goes on in the same message', async () => {
    for (let times = 0; times < 3; times += 1) {
      takeDown(tower.fake);
      await world.app.syncServers(GUILD);
      await world.app.syncServers(GUILD);
      for (let minute = 0; minute < 5; minute += 1) await world.pass(MINUTE);
      tower.fake.heal();
      await world.pass(MINUTE);
    }
    const all = await hows();
    expect(all.filter((how) => how === 'post')).toHaveLength(1);
    for (let minute = 0; minute < 20; minute += 1) await world.pass(MINUTE);
    takeDown(tower.fake);
    for (let minute = 0; minute < 5; minute += 1) {
      await world.app.syncServers(GUILD);
      await world.pass(MINUTE);
    }
    expect(await calls()).toEqual(['post']);
  });

  it('follows to another channel for alerts, and is not posted where the record says the same', async () => {
    takeDown(tower.fake);
    for (let minute = 0; minute < 5; minute += 1) {
      await world.app.syncServers(GUILD);
      await world.pass(MINUTE);
    }
    expect(await calls()).toEqual(['post']);
    const channelId = '400000000000000009';
    await world.app.settings.setChannel({ guildId: GUILD, actorId: STAFF, purpose: 'alerts', channelId });
    expect((await world.owed(channelId)).map(({ kind }) => kind)).toEqual(['notice', 'alert']);
  });

  it('is tried again at once by a button, which says what came of it', async () => {
    await watching(ADA);
    takeDown(tower.fake);
    for (const wait of [HOUR, 5 * SECOND, 3 * MINUTE, MINUTE]) await world.pass(wait);
    const retry = () => world.app.jobRuns.retryServer(GUILD, tower.server.id);
    expect(await retry()).toMatchObject({ kind: 'away', why: DOWN.message });
    tower.fake.heal();
    expect(await retry()).toMatchObject({ kind: 'done', server: { name: 'Tower' } });
    expect((await deliver()).at(-1)?.text).toMatch(/^Tower works again/);
    expect(await world.app.jobRuns.retryServer(GUILD, 'nowhere')).toEqual({ kind: 'gone' });
  });

  it('is over when the server is removed', async () => {
    takeDown(tower.fake);
    for (let minute = 0; minute < 5; minute += 1) {
      await world.app.syncServers(GUILD);
      await world.pass(MINUTE);
    }
    await deliver();
    await world.app.removeServer.remove(GUILD, STAFF, tower.server.id);
    expect((await deliver()).at(-1)).toMatchObject({
      how: 'edit',
      text: expect.stringMatching(/^Tower removed/),
    });
  });
});

describe('a server that answers and does not do what it is told', () => {
  it('is one message for all, which is over when all is as granted', async () => {
    await watching(ADA, BEN);
    tower.fake.withdraw = async () => ({ kind: 'done' });
    for (const wait of [HOUR, 5 * SECOND, 10 * SECOND, 20 * SECOND]) await world.pass(wait);
    expect(await world.events('grant.overdue')).toHaveLength(2);
    const told = await deliver();
    expect(told.filter(({ how }) => how === 'post')).toHaveLength(1);
    expect(told.at(-1)?.text).toMatch(
      /^Tower answers, but access that 2 members should not have any more is still open/,
    );
    Reflect.deleteProperty(tower.fake, 'withdraw');
    await world.pass(MINUTE);
    expect(await deliver()).toMatchObject([
      { how: 'edit', text: expect.stringMatching(/^Tower shows that all/) },
    ]);
  });
});

describe('what a person has to decide or to confirm', () => {
  it('is closed with who did it when a freeze is lifted, and asked anew the next time', async () => {
    const freezeIt = () =>
      world.stores.transaction(GUILD, (tx) =>
        freeze(world.deps, tx, tower.server, { why: 'x', look: say('alert.frozen.look.drill') }),
      );
    await freezeIt();
    expect(await hows()).toEqual(['post']);
    const frozenAt = (await world.stores.of(GUILD).servers.find(tower.server.id))?.frozenAt ?? new Date(0);
    const who = { guildId: GUILD, actorId: STAFF, serverId: tower.server.id, frozenAt };
    await world.app.unfreezeServer(who);
    expect(await deliver()).toMatchObject([
      { how: 'edit', text: expect.stringContaining(`<@${STAFF}> lifted`) },
    ]);
    await freezeIt();
    expect(await hows()).toEqual(['post']);
  });

  it('the clock: closed when it is right again, and when whoever runs Usher confirms it', async () => {
    await world.app.clock.hold(GUILD);
    expect(await hows()).toEqual(['post']);
    await world.pass(SECOND);
    expect(await deliver()).toMatchObject([
      { how: 'edit', text: expect.stringMatching(/^The clock is right again/) },
    ]);
    await world.app.clock.hold(GUILD);
    await world.app.clock.confirm(GUILD, STAFF);
    expect((await deliver()).at(-1)?.text).toContain('confirmed the clock');
  });
});

describe('a role that could not be given', () => {
  it('is one message for all whom it concerns, and says when it can be given again', async () => {
    const roleId = '500000000000000007';
    const owe = async (member: MemberId): Promise<Delivery> => {
      const id = `role-${member}`;
      const content = { kind: 'role', roleId } as const;
      await world.stores.transaction(GUILD, ({ deliveries }) =>
        deliveries.owe({ id, kind: 'role', sink: member, content }, world.clock.now()),
      );
      return { id, guildId: GUILD, kind: 'role', sink: member, content, attempts: 0 };
    };
    await world.app.deliveries.parked(await owe(ADA), 'it is too high', false);
    expect(await hows()).toEqual(['post']);
    await world.app.deliveries.parked(await owe(BEN), 'it is too high', false);
    expect(await deliver()).toMatchObject([
      { how: 'edit', text: expect.stringContaining(`to <@${ADA}> and <@${BEN}>: it is too high`) },
    ]);
    await world.app.deliveries.sent([await owe(NOAH)], roleId);
    expect(await deliver()).toMatchObject([{ how: 'edit', text: expect.stringContaining('again') }]);
  });
});

describe('the button of an invite in a channel', () => {
  const CHANNEL = '400000000000000005';
  async function posted() {
    const { invite } = await world.invite({
      ...{ guildId: GUILD, actorId: STAFF, memberId: ADA, libraryIds: [tower.id('Movies')] },
      ...{ duration: null, uses: 1, validUntil: new Date(world.clock.now().getTime() + HOUR) },
      ...{ roleId: null, note: null },
    });
    expect(await world.app.invites.postClaim(GUILD, invite.id, CHANNEL)).toBe(true);
    expect(await hows()).toEqual(['post']);
    return invite;
  }

  it.each(['claimed', 'revoked', 'expired'] as const)('closes itself when the invite is %s', async (how) => {
    const { id } = await posted();
    await world.pass(SECOND);
    expect(await deliver()).toEqual([]);
    if (how === 'claimed') await world.app.invites.redeemInvite(GUILD, id, ADA);
    if (how === 'revoked')
      await world.stores.transaction(GUILD, ({ invites }) => invites.revoke(id, world.clock.now()));
    await world.pass(how === 'expired' ? HOUR : SECOND);
    expect(await deliver()).toMatchObject([
      { how: 'edit', text: expect.stringContaining(`"ended":"${how}"`) },
    ]);
    for (let minute = 0; minute < 20; minute += 1) await world.pass(MINUTE);
    expect(await world.stores.of(GUILD).posts.find(`claim ${id}`)).toBeUndefined();
  });
});

it('what is edited while it is on its way is shown as it is in the end', async () => {
  await world.app.clock.hold(GUILD);
  const [delivery] = await world.outbox.listDue(world.clock.now(), 9);
  const alert =
    (await world.outbox.listDue(world.clock.now(), 9)).find(({ kind }) => kind === 'alert') ?? delivery;
  if (!alert) throw new Error('nothing is owed');
  await world.app.clock.confirm(GUILD, STAFF);
  await world.app.deliveries.sent([alert], 'the message');
  expect(inEnglish(await hows())).toEqual(['edit']);
  expect(inEnglish(await world.owed(AUDIT))).toEqual([]);
  expect(inEnglish(await world.owed(ALERTS))).toEqual([]);
});
