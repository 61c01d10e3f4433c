/** What members ask staff for: a card that the first one decides, and that says so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RenewalWish } from '../../../src/app/grants/requests.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { asActor, toActorId } from '../../../src/domain/ids.ts';
import type { MayAsk } from '../../../src/domain/may-ask.ts';
import type { Grant } from '../../../src/domain/model.ts';
import { SILENT } from '../../support/fake-guilds.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { told } from '../../support/said.ts';
import { ALERTS, type Place, World } from '../world.ts';

const REQUESTS = '400000000000000003';
const OTHER = toActorId('200000000000000002');

let world: World;
let tower: Place;
let grant: Grant;

/** Ada watches Movies for ten days. */
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.newAccount(ADA, tower);
  ({ grant } = await world.grant(ADA, [tower.id('Movies')], { ms: 10 * DAY }));
  await world.hears(ADA);
  await choose(REQUESTS);
});
afterEach(() => world.close());

async function choose(channelId: string, purpose: 'requests' | 'alerts' = 'requests') {
  await world.app.settings.setChannel({ guildId: GUILD, actorId: STAFF, purpose, channelId });
}

const allow = (mayAsk: MayAsk) => world.app.settings.setMayAsk({ guildId: GUILD, actorId: STAFF, mayAsk });

const ask = (wish: Partial<RenewalWish> & { readonly inDm?: boolean } = {}) =>
  world.app.requests.askToRenew({
    ...{ guildId: GUILD, memberId: ADA, grantId: grant.id, lasts: null, note: null, inDm: false },
    ...wish,
  });

const askForNew = (wish: { readonly planId?: string; readonly libraryIds?: readonly string[] } = {}) =>
  world.app.requests.askForNew({ guildId: GUILD, memberId: ADA, note: null, libraryIds: [], ...wish });

async function waiting(): Promise<string> {
  const [request] = await world.stores.of(GUILD).requests.listWaiting();
  if (!request) throw new Error('nothing waits');
  return request.id;
}

const approve = (requestId: string, by: string | null = '30d', actorId = STAFF) =>
  world.app.requestDecisions.approve({ guildId: GUILD, actorId, requestId, by: by as DurationText | null });

const decline = (requestId: string, word: string | null = null, actorId = STAFF) =>
  world.app.requestDecisions.decline({ guildId: GUILD, actorId, requestId, word });

async function declineAll(): Promise<void> {
  for (const { id } of await world.stores.of(GUILD).requests.listWaiting()) await decline(id);
}

/** The cards that a channel has, or is owed. */
async function cards(
  channelId = REQUESTS,
): Promise<readonly { readonly text: string; readonly state: string }[]> {
  return (await world.owed(channelId)).flatMap((content) =>
    content.kind === 'request' ? [{ text: told(content.text), state: content.state }] : [],
  );
}

/** Discord takes all that is owed. */
async function sendAll(): Promise<void> {
  for (;;) {
    const due = await world.outbox.listDue(world.clock.now(), 99);
    if (due.length === 0) return;
    for (const delivery of due) {
      const { content } = delivery;
      const version = content.kind === 'post' ? content.version : undefined;
      await world.app.deliveries.sent([delivery], `message-${delivery.id}`, version);
    }
  }
}

const fresh = async () => (await world.stores.of(GUILD).grants.find(grant.id)) ?? grant;
const ends = async () => (await fresh()).expiresAt?.getTime();

async function aPlan(changes: { readonly duration?: string } = {}) {
  const made = await world.app.plans.create({
    ...{ guildId: GUILD, actorId: STAFF, name: 'Gold', libraryIds: [tower.id('Shows')] },
    ...{ duration: (changes.duration ?? '60d') as DurationText, expiryAction: null, roleId: null },
  });
  if (made.kind !== 'done') throw new Error('no plan');
  return made.details.plan;
}

describe('a request', () => {
  it('is a card: who, what, since when, how often before, for how long, and why', async () => {
    expect(await ask({ lasts: '60d' as DurationText, note: 'we love it' })).toMatchObject({ kind: 'asked' });
    const [card] = await cards();
    expect(card?.text.split('\n')).toEqual([
      `**<@${ADA}> asks for more time with Movies on Tower**`,
      expect.stringMatching(
        /^Had since <t:\d+:f> \(<t:\d+:R>\), ends <t:\d+:f> .*\. Never renewed before\.$/,
      ),
      'They would like 60 days more.',
      '“we love it”',
    ]);
    const [event] = await world.events('request.made');
    expect(event).toMatchObject({
      actorId: asActor(ADA),
      targetId: ADA,
      facts: { grant: grant.number, libraries: ['Movies'], reason: 'we love it', duration: '60d' },
    });
  });

  it('goes where alerts are while no channel is chosen for it', async () => {
    const other = await World.open();
    await world.close();
    world = other;
    tower = await world.addTower();
    ({ grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY }));
    await world.setChannel('alerts');
    await ask();
    expect(await cards(ALERTS)).toHaveLength(1);
  });

  it('follows to another channel', async () => {
    await ask();
    await sendAll();
    await choose(ALERTS);
    expect(await cards(ALERTS)).toMatchObject([{ state: 'waiting' }]);
  });

  it('is shown with the alerts, and staff are told, when its channel is gone', async () => {
    await world.setChannel('alerts');
    await sendAll();
    await ask();
    const posted = (await world.outbox.listDue(world.clock.now(), 99)).find(
      ({ sink, content }) => sink === REQUESTS && content.kind === 'post',
    );
    if (!posted) throw new Error('no card is owed');
    await world.app.deliveries.parked(posted, 'Unknown Channel.', false);
    expect(await cards(ALERTS)).toMatchObject([{ state: 'waiting' }]);
    const owed = await world.owed(ALERTS);
    expect(owed.map((content) => ('text' in content ? told(content.text) : '')).join()).toContain(
      `Discord takes no messages in <#${REQUESTS}>, the channel for requests: Unknown Channel.`,
    );
    // What changes about it afterwards is not tried in the old channel again.
    await world.revoke(grant.id);
    expect((await cards(ALERTS))[0]?.text).toContain('staff ended it');
  });

  it('waits once for each grant, three at once and five in a day', async () => {
    const more: Grant[] = [];
    for (const ms of [20, 30, 40])
      more.push((await world.grant(ADA, [tower.id('Shows')], { ms: ms * DAY })).grant);
    expect(await ask()).toMatchObject({ kind: 'asked' });
    expect(await ask()).toMatchObject({ kind: 'waits' });
    expect(await ask({ grantId: more[0]?.id ?? '' })).toMatchObject({ kind: 'asked' });
    expect(await ask({ grantId: more[1]?.id ?? '' })).toMatchObject({ kind: 'asked' });
    expect(await ask({ grantId: more[2]?.id ?? '' })).toMatchObject({ kind: 'too-many', what: 'open' });
    await declineAll();
    expect(await ask()).toMatchObject({ kind: 'asked' });
    expect(await ask({ grantId: more[2]?.id ?? '' })).toMatchObject({ kind: 'asked' });
    await declineAll();
    expect(await ask()).toMatchObject({ kind: 'too-many', what: 'today' });
    world.clock.advance(DAY);
    expect(await ask()).toMatchObject({ kind: 'asked' });
  });

  it('is refused for what is not theirs, has no end, or was over a month ago', async () => {
    const { grant: forGood } = await world.grant(ADA, [tower.id('Shows')]);
    expect(await ask({ memberId: BEN })).toEqual({ kind: 'gone' });
    expect(await ask({ grantId: forGood.id })).toEqual({ kind: 'gone' });
    expect(await ask({ grantId: 'none' })).toEqual({ kind: 'gone' });
    await world.pass(41 * DAY);
    expect(await ask()).toEqual({ kind: 'gone' });
    expect(await cards()).toEqual([]);
  });

  it('is refused where the guild takes none, and for somebody who has left', async () => {
    await allow('none');
    expect(await ask()).toEqual({ kind: 'off' });
    await allow('renew');
    expect(await askForNew({ libraryIds: [tower.id('Shows')] })).toEqual({ kind: 'off' });
    world.guilds.left.add(ADA);
    expect(await ask({ inDm: true })).toMatchObject({ kind: 'outside', why: { kind: 'not-a-member' } });
  });

  it('calls staff once more after two days', async () => {
    await ask();
    await world.pass(2 * DAY - MINUTE);
    const told_ = async () =>
      (await world.owed(REQUESTS)).filter(
        (content) => content.kind === 'notice' && told(content.text).includes('still waits'),
      );
    expect(await told_()).toEqual([]);
    await world.pass(MINUTE);
    await world.pass(5 * DAY);
    expect(await told_()).toHaveLength(1);
    expect(await cards()).toHaveLength(1);
  });

  it('lists who asks among the pending ones', async () => {
    const pending = async () =>
      (await world.app.memberList.list(GUILD, { filter: 'pending', start: 0, limit: 9 })).rows;
    expect(await pending()).toEqual([]);
    await ask();
    expect(await pending()).toMatchObject([{ memberId: ADA, asks: true }]);
  });
});

describe('staff approve', () => {
  it('and the access lasts longer, the card says who, and the member hears', async () => {
    const before = await ends();
    await ask();
    expect(await approve(await waiting())).toMatchObject({ kind: 'extended' });
    expect(await ends()).toBe((before ?? 0) + 30 * DAY);
    const [card] = await cards();
    expect(card).toMatchObject({ state: 'over' });
    expect(card?.text).toMatch(new RegExp(`✅ <@${STAFF}> approved it: until <t:`));
    expect(await world.hears(ADA)).toMatchObject([
      '✅ Your request was approved.',
      expect.stringMatching(/^✅ Your access has changed: you can watch Movies on Tower until/),
      expect.any(String),
    ]);
    expect((await world.actions()).slice(-3)).toEqual(['request.made', 'request.approved', 'grant.extended']);
  });

  it('also where members are not told of changes', async () => {
    await world.app.settings.setNotices({ guildId: GUILD, actorId: STAFF, notices: [] });
    await ask();
    await approve(await waiting());
    expect((await world.hears(ADA)).join()).toMatch(/approved.*you can watch Movies on Tower until/);
  });

  it('what has ended meanwhile, which goes on; a revoked one is said on the card', async () => {
    await ask();
    await world.revoke(grant.id);
    expect((await cards())[0]?.text).toMatch(/⚠️ Had since .*; staff ended it/);
    await approve(await waiting());
    expect(await fresh()).toMatchObject({ state: 'active', endCause: null });
  });

  it('once: of two at the same moment one wins, and the other is told', async () => {
    const before = await ends();
    await ask();
    const requestId = await waiting();
    const both = await Promise.all([approve(requestId), decline(requestId, 'no', OTHER), approve(requestId)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['decided', 'decided', 'extended']);
    expect(both[1]).toMatchObject({ request: { state: 'approved', decidedById: STAFF } });
    expect(await ends()).toBe((before ?? 0) + 30 * DAY);
    expect(await world.events('request.declined')).toEqual([]);
    expect(await world.events('request.approved')).toHaveLength(1);
  });

  it('nothing by a clock that is wrong, and the request goes on waiting', async () => {
    await ask();
    world.clock.set(new Date(world.clock.now().getTime() + 2 * DAY));
    const requestId = await waiting();
    expect(await approve(requestId)).toMatchObject({ kind: 'no' });
    expect(await waiting()).toBe(requestId);
  });

  it('and can undo it', async () => {
    const before = await ends();
    await ask();
    const made = await approve(await waiting());
    const undoId = made.kind === 'extended' ? made.result.undoId : null;
    await world.app.changeGrants.undo({ guildId: GUILD, actorId: STAFF, undoId: undoId ?? '' });
    expect(await ends()).toBe(before);
  });

  it('and the next card says that it was renewed before', async () => {
    await ask();
    await approve(await waiting());
    await ask();
    const texts = (await cards()).map(({ text }) => text);
    expect(texts.at(-1)).toContain('Renewed once before.');
  });
});

it('staff decline with a word, which the member reads', async () => {
  await ask();
  expect(await decline(await waiting(), 'Not this month.')).toMatchObject({ kind: 'declined' });
  expect((await cards())[0]?.text).toContain(`❌ <@${STAFF}> declined it: “Not this month.”`);
  expect((await world.hears(ADA))[0]).toBe(
    '❌ Your request for Movies on Tower was declined: “Not this month.”',
  );
  expect((await world.events('request.declined'))[0]?.facts).toMatchObject({ reason: 'Not this month.' });
  expect(await approve('none')).toEqual({ kind: 'gone' });
});

it('a card closes when the access was extended meanwhile, and not when it was paused and goes on', async () => {
  await ask();
  await world.change(grant.id, { kind: 'pause' });
  world.clock.advance(HOUR);
  await world.change(grant.id, { kind: 'resume' });
  expect(await cards()).toMatchObject([{ state: 'waiting' }]);
  await world.change(grant.id, { kind: 'extend', by: '7d' as DurationText });
  const [card] = await cards();
  expect(card).toMatchObject({ state: 'over' });
  expect(card?.text).toContain('the access was extended meanwhile');
  expect(await world.stores.of(GUILD).requests.listWaiting()).toEqual([]);
});

describe('for what they do not have', () => {
  beforeEach(() => allow('all'));

  it('a plan is given as it is when staff approve', async () => {
    const { id: planId } = await aPlan();
    expect(await askForNew({ planId })).toMatchObject({ kind: 'asked' });
    expect((await cards())[0]?.text).toContain('asks for the plan Gold: Shows on Tower');
    expect(await approve(await waiting(), '60d')).toMatchObject({
      kind: 'given',
      given: { grant: { planId, libraryIds: [tower.id('Shows')], state: 'active' } },
    });
    expect((await cards())[0]?.text).toMatch(/✅ .* approved it: until/);
    expect((await world.hears(ADA)).slice(0, 2)).toEqual([
      '✅ Your request was approved.',
      expect.stringMatching(/^✅ You can watch Shows on Tower until/),
    ]);
  });

  it('libraries for good', async () => {
    await askForNew({ libraryIds: [tower.id('Shows'), tower.id('Music')] });
    const made = await approve(await waiting(), null);
    expect(made).toMatchObject({ kind: 'given', given: { grant: { expiresAt: null } } });
  });

  it('not for what they have all of, what is not there, or what they asked for', async () => {
    expect(await askForNew({ libraryIds: [tower.id('Movies')] })).toEqual({ kind: 'has' });
    expect(await askForNew({ libraryIds: ['none'] })).toEqual({ kind: 'gone' });
    expect(await askForNew({ planId: 'none' })).toEqual({ kind: 'gone' });
    await askForNew({ libraryIds: [tower.id('Shows')] });
    expect(await askForNew({ libraryIds: [tower.id('Shows')] })).toMatchObject({ kind: 'waits' });
  });

  it('not a plan that was deleted meanwhile: it goes on waiting', async () => {
    const { id: planId } = await aPlan();
    await askForNew({ planId });
    await world.app.plans.delete({ guildId: GUILD, actorId: STAFF, planId, endUses: false });
    expect(await approve(await waiting())).toMatchObject({
      kind: 'no',
      message: { key: 'request.no.planGone' },
    });
    expect(await decline(await waiting())).toMatchObject({ kind: 'declined' });
  });

  it('not libraries that are gone by then', async () => {
    await askForNew({ libraryIds: [tower.id('Shows')] });
    await world.stores.transaction(GUILD, (tx) =>
      tx.libraries.update(tower.id('Shows'), { goneAt: world.clock.now() }),
    );
    expect(await approve(await waiting())).toMatchObject({ kind: 'no' });
  });
});

describe('a plan that members renew themselves', () => {
  const PATRON = '600000000000000007';

  /** Ada has it for thirty days. */
  async function having(changes: { readonly renewalRoleId?: string; readonly renewals?: number } = {}) {
    const made = await world.app.plans.create({
      ...{ guildId: GUILD, actorId: STAFF, name: 'Monthly', libraryIds: [tower.id('Shows')] },
      ...{ duration: '30d' as DurationText, expiryAction: null, roleId: null, renewals: 2, ...changes },
    });
    if (made.kind !== 'done') throw new Error('no plan');
    const given = await world.app.grants.add({
      ...{ guildId: GUILD, actorId: STAFF, memberId: ADA, planId: made.details.plan.id },
      ...{ libraryIds: [tower.id('Shows')], startsAt: world.clock.now(), reason: null },
      expiresAt: new Date(world.clock.now().getTime() + 30 * DAY),
    });
    await world.hears(ADA);
    grant = given.grant;
  }

  const renew = (times: number, memberId = ADA) =>
    world.app.selfRenewal.renew({ guildId: GUILD, memberId, grantId: grant.id, times });

  it('is renewed in the last week, as often as it says, and once by two presses', async () => {
    await having();
    expect(await renew(0)).toEqual({ kind: 'not-now' });
    await world.pass(25 * DAY);
    await world.hears(ADA);
    const before = await ends();
    const both = await Promise.all([renew(0), renew(0)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['not-now', 'renewed']);
    expect(await ends()).toBe((before ?? 0) + 30 * DAY);
    expect((await world.events('grant.extended')).at(-1)).toMatchObject({
      actorId: asActor(ADA),
      facts: { detail: 'renewed by themselves, 1 of 2' },
    });
    // The answer to the press says it.
    expect(await world.hears(ADA)).toEqual([]);
    await world.pass(30 * DAY);
    expect(await renew(1)).toMatchObject({ kind: 'renewed' });
    await world.pass(30 * DAY);
    expect(await renew(2)).toEqual({ kind: 'not-now' });
    expect(await ask()).toMatchObject({ kind: 'asked' });
    expect((await cards())[0]?.text).toContain('Renewed 2 times before.');
  });

  it('also for a while after its end, and not what staff have ended', async () => {
    await having();
    await world.pass(32 * DAY);
    expect(await renew(0, BEN)).toEqual({ kind: 'not-now' });
    expect(await renew(0)).toMatchObject({ kind: 'renewed', standing: { grant: { state: 'active' } } });
    await world.revoke(grant.id);
    expect(await renew(1)).toEqual({ kind: 'not-now' });
  });

  it('while they hold the role, of which Discord is asked then', async () => {
    await having({ renewalRoleId: PATRON });
    await world.pass(25 * DAY);
    expect(await renew(0)).toEqual({ kind: 'lacks-role', roleId: PATRON });
    world.guilds.has(ADA, PATRON);
    world.guilds.silent = 1;
    expect(await renew(0)).toEqual({ kind: 'unsure', why: SILENT });
    expect(await renew(0)).toMatchObject({ kind: 'renewed' });
  });

  it('needs a length', async () => {
    const endless = { guildId: GUILD, actorId: STAFF, name: 'Endless', duration: null, renewals: 1 };
    const made = await world.app.plans.create({
      ...{ ...endless, libraryIds: [tower.id('Shows')], expiryAction: null, roleId: null },
    });
    expect(made).toEqual({ kind: 'needs-length' });
  });
});

it('what Ada may go on with is listed, by what ends first', async () => {
  const { grant: soon } = await world.grant(ADA, [tower.id('Shows')], { ms: 2 * DAY });
  await world.grant(ADA, [tower.id('Music')]);
  await ask();
  const all = await world.app.requests.renewables(GUILD, ADA);
  expect(all.map(({ standing, renewal, askedAt }) => [standing.grant.id, renewal, askedAt !== null])).toEqual(
    [
      [soon.id, 'ask', false],
      [grant.id, 'ask', true],
    ],
  );
  const [mine] = await world.app.overview.myAccess(ADA, GUILD);
  expect(mine).toMatchObject({ renewable: true, asked: [{ grantId: grant.id }] });
});
