import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignInWish } from '../../../src/app/accounts/sign-ins.ts';
import type { VendorAccount } from '../../../src/app/ports/sign-in.ts';
import { asActor, type GuildId, type MemberId, toGuildId } from '../../../src/domain/ids.ts';
import { memberSentence } from '../../../src/domain/trouble.ts';
import { typist } from '../../support/command-input.ts';
import { SILENT } from '../../support/fake-guilds.ts';
import { DAY, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { TOKEN } from '../fake-plex-sign-in.ts';
import { SESSION } from '../fake-quick-connect.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;
const account: VendorAccount = {
  ...{ externalId: '777', name: 'ada on plex', emailMasked: null },
  ...{ protection: null, inHousehold: false },
};

beforeEach(async () => {
  world = await World.open();
  [tower, den] = [await world.addTower(), await world.addDen()];
  await world.grant(ADA, [tower.id('Movies'), den.id('Films')]);
  tower.fake.addPerson(account);
  world.clock.jumps = true;
  world.clock.jumpsUpTo = MINUTE;
});
afterEach(() => world.close());

const leave = (memberId: MemberId = ADA) => world.guilds.left.add(memberId);
const isAway = (times = Number.POSITIVE_INFINITY) => Object.assign(world.guilds, { silent: times });

async function invite(memberId: MemberId | null = null) {
  return await world.invite({
    ...{ guildId: GUILD, actorId: STAFF, memberId, libraryIds: [tower.id('Movies')], duration: null },
    ...{ uses: 5, validUntil: new Date(world.clock.now().getTime() + DAY), roleId: null, note: null },
  });
}

const redeem = (typed: string, guildId: GuildId | null = null, memberId = BEN) =>
  world.app.invites.redeemCode({ guildId, memberId, typed });
const WRONG = 'ABCD-EFGH-JKMN-PQRS';

describe('a code, redeemed by somebody who left', () => {
  it.each([
    ['by direct message', null],
    ['in the guild', GUILD],
  ])('is refused like a wrong one, and Discord is asked for both: %s', async (_name, guildId) => {
    const { code } = await invite();
    leave(BEN);
    const before = await world.countEvents();
    const [wrong, right] = [await redeem(WRONG, guildId), await redeem(code, guildId)];
    expect([wrong, right]).toEqual([{ kind: 'no-such-code' }, { kind: 'no-such-code' }]);
    expect(world.guilds.asked).toEqual([`null ${BEN}`, `${GUILD} ${BEN}`]);
    for (let tries = 3; tries <= 5; tries += 1)
      expect(await redeem(code, guildId)).toEqual({ kind: 'no-such-code' });
    expect(await redeem(code, guildId)).toEqual({ kind: 'too-many-tries', by: 'member' });
    expect(await world.countEvents()).toBe(before);
  });

  it('that they redeemed before, too', async () => {
    const { code } = await invite();
    expect((await redeem(code)).kind).toBe('redeemed');
    leave(BEN);
    expect(await redeem(code)).toEqual({ kind: 'no-such-code' });
  });

  it('by its button is refused in the same words', async () => {
    const { invite: bound } = await invite(BEN);
    leave(BEN);
    expect(await world.app.invites.redeemInvite(GUILD, bound.id, BEN)).toEqual({ kind: 'no-such-code' });
    world.guilds.left.clear();
    expect((await world.app.invites.redeemInvite(GUILD, bound.id, BEN)).kind).toBe('redeemed');
  });

  it('while Discord does not answer, is asked to be tried again, and so is a wrong one', async () => {
    const { code, invite: any } = await invite();
    const bound = await invite(BEN);
    isAway();
    const before = await world.countEvents();
    for (const typed of [code, WRONG]) expect(await redeem(typed)).toEqual({ kind: 'not-now', why: SILENT });
    expect(await world.app.invites.redeemInvite(GUILD, bound.invite.id, BEN)).toMatchObject({
      kind: 'not-now',
    });
    expect(await world.countEvents()).toBe(before);
    expect(await world.stores.of(GUILD).invites.find(any.id)).toMatchObject({ usesLeft: 5 });
  });
});

describe('an account', () => {
  const start = (at: SignInWish['at']) =>
    world.app.signIns.start({ guildId: GUILD, memberId: ADA, name: 'ada', at });
  const create = () => world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');

  it.each([
    ['who left', () => leave(), 'You are not a member of this community any more.'],
    ['while Discord does not answer', () => isAway(), 'Discord does not say right now'],
  ])('is neither made nor linked nor shown for somebody %s', async (_name, happens, says) => {
    await create();
    const { id, externalId } = await world.account(ADA, den.server.id);
    const password = () => den.fake.person(externalId ?? '').password;
    const before = [password(), await world.countEvents()];
    happens();
    const refused = [
      await start({ kind: 'plex' }),
      await start({ serverId: den.server.id }),
      await create(),
      await world.app.serverAccounts.newPassword(GUILD, ADA, id),
    ];
    for (const result of refused) {
      if (!result || !('why' in result) || typeof result.why === 'string') throw new Error('not refused');
      expect(saidPlain(memberSentence(result.why, 'Den'))).toContain(says);
    }
    expect(inEnglish([password(), await world.countEvents()])).toEqual(before);
    expect(inEnglish(await world.stores.of(GUILD).signIns.listOpen())).toEqual([]);
  });

  it('is not linked when they left while the page was open, and its token is forgotten', async () => {
    const started = await world.startSignIn(ADA);
    leave();
    world.plexTv.approvedBy = account;
    expect(await world.confirmed(ADA, started)).toMatchObject({
      kind: 'failed',
      why: { kind: 'not-a-member' },
    });
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await world.events('member.linked')).toEqual([]);
    expect(await world.stores.of(GUILD).signIns.listOpen()).toEqual([]);
  });

  it('is linked as soon as Discord says that they are still there', async () => {
    const started = await world.startSignIn(ADA);
    isAway(3);
    world.plexTv.approvedBy = account;
    expect(await world.confirmed(ADA, started)).toEqual({ kind: 'connected', account: 'ada on plex' });
  });

  it('is not linked when they left while the code was open', async () => {
    const person = den.fake.addPerson({ name: 'ada' });
    const started = await world.startSignIn(ADA, { serverId: den.server.id });
    leave();
    world.quickConnect.approvedBy = { userId: person.externalId, name: 'ada' };
    expect(await world.confirmed(ADA, started)).toMatchObject({
      kind: 'failed',
      why: { kind: 'not-a-member' },
    });
    expect(world.quickConnect.forgotten).toEqual([SESSION]);
    expect(await world.events('member.linked')).toEqual([]);
  });
});

describe('what somebody is shown by direct message who left', () => {
  it('is that they are no member, and nothing that they could use', async () => {
    const [mine] = await world.app.overview.myAccess(ADA);
    expect(mine).toMatchObject({ membership: 'member', community: 'Film Club', standings: [{}] });
    leave();
    const [left] = await world.app.overview.myAccess(ADA);
    expect(left).toMatchObject({ membership: 'outside', standings: [], passwordsFor: [], ended: [] });
    const [accounts] = await world.app.overview.myAccounts(ADA);
    expect(accounts).toMatchObject({ membership: 'outside', accounts: [], open: [] });
    const { text, labels } = await typist(world.app, dm).type('my access');
    expect(text).toMatch(/Your access in Film Club(.|\n)*not a member of Film Club any more/);
    expect(text).not.toMatch(/Movies|Films/);
    expect(labels).toEqual([]);
  });

  it('is nothing while Discord does not say whether they are', async () => {
    isAway();
    const { text, labels } = await typist(world.app, dm).type('my access');
    expect(text).toMatch(/does not say right now whether you are a member of Film Club/);
    expect(text).not.toMatch(/Movies|Films/);
    expect(labels).toEqual([]);
  });

  const dm = {
    inDm: true,
    guildId: toGuildId(''),
    actor: { id: asActor(ADA), name: 'ada', capabilities: new Set<never>() },
  };
});

it('what ended in the last 30 days is shown with why, unless it is given otherwise', async () => {
  const over = await world.grant(ADA, [tower.id('Shows')]);
  world.clock.advance(MINUTE);
  await world.revoke(over.grant.id);
  const twice = await world.grant(ADA, [tower.id('Movies')]);
  await world.revoke(twice.grant.id);
  const ended = async () => (await world.app.overview.myAccess(ADA, GUILD))[0]?.ended ?? [];
  expect((await ended()).map(({ grant }) => grant.id)).toEqual([over.grant.id]);
  const actor = { id: asActor(ADA), name: 'ada', capabilities: new Set<never>() };
  expect((await typist(world.app, { actor }).type('my access')).text).toMatch(
    /Shows on Tower ended <t:\d+:R>: the staff ended it/,
  );
  world.clock.advance(31 * DAY);
  expect(await ended()).toEqual([]);
});
