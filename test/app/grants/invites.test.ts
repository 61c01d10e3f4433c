import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CreatedInvite } from '../../../src/app/grants/invites.ts';
import type { Delivery } from '../../../src/app/ports/outbox.ts';
import type { GuildId, MemberId } from '../../../src/domain/ids.ts';
import { asMember, toMemberId } from '../../../src/domain/ids.ts';
import { say } from '../../../src/words/say.ts';
import { DAY, HOUR, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { ALERTS, AUDIT, applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

const ROLE = '500000000000000001';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

async function invite(
  wish: {
    memberId?: MemberId;
    for?: string;
    uses?: number;
    ms?: number;
    roleId?: string;
    guildId?: GuildId;
  } = {},
): Promise<CreatedInvite> {
  const duration = world.app.timeInput.duration(wish.for ?? '30d');
  if (duration.kind === 'problem') throw new Error(saidPlain(duration.message));
  return await world.invite({
    guildId: wish.guildId ?? GUILD,
    actorId: STAFF,
    memberId: wish.memberId ?? null,
    libraryIds: [tower.id('Movies'), tower.id('Shows')],
    duration: duration.value,
    uses: wish.uses ?? 1,
    validUntil: new Date(world.clock.now().getTime() + (wish.ms ?? 7 * DAY)),
    roleId: wish.roleId ?? null,
    note: null,
  });
}

async function redeem(memberId: MemberId, typed: string, guildId: GuildId | null = GUILD) {
  return await world.app.invites.redeemCode({ guildId, memberId, typed });
}

/** The DM as the relay reads it from the outbox. */
async function dmTo(memberId: MemberId): Promise<Delivery> {
  const found = (await world.outbox.listDue(world.clock.now(), 100)).find(({ sink }) => sink === memberId);
  if (!found) throw new Error('no DM is owed');
  return found;
}

describe('an invite', () => {
  it('is shown once, in groups of four, and noted by its first four characters', async () => {
    const { code, invite: made, dm } = await invite();
    expect(code).toMatch(/^([2-9A-Z]{4}-){3}[2-9A-Z]{4}$/);
    expect(made).toMatchObject({ prefix: code.slice(0, 4), usesLeft: 1, memberId: null });
    expect(dm).toBe('none');
    expect(await world.events('invite.created')).toMatchObject([
      {
        actorId: STAFF,
        targetId: null,
        facts: {
          invite: code.slice(0, 4),
          libraries: ['Movies', 'Shows'],
          redeemUntil: later(7 * DAY).toISOString(),
        },
      },
    ]);
  });

  it('for a member is owed to them as a DM, with the code sealed', async () => {
    const { code, invite: made, dm } = await invite({ memberId: ADA });
    expect(dm).toBe('on-its-way');
    const { content, id } = await dmTo(ADA);
    expect(content).toMatchObject({
      kind: 'invite',
      gives: [say('shared.on', { libraries: ['Movies', 'Shows'], server: 'Tower' })],
      duration: '30d',
      inviteId: made.id,
      createdById: STAFF,
    });
    if (content.kind !== 'invite') throw new Error('not an invite');
    const place = { guildId: GUILD, column: 'Delivery.code', row: id };
    expect(world.deps.secrets.open(content.codeCipher, place)).toBe(code);
  });

  it.each([
    ['sent', 'sent'],
    ['closed', 'closed'],
    ['parked', 'refused'],
    [undefined, 'on-its-way'],
  ] as const)('says how its DM fared: %s is “%s”', async (fate, dm) => {
    world.awaitDelivery = async () => fate;
    expect((await invite({ memberId: ADA })).dm).toBe(dm);
  });

  it('notes once that the DM arrived', async () => {
    const { invite: made } = await invite({ memberId: ADA });
    const delivery = await dmTo(ADA);
    await world.app.deliveries.sent([delivery], 'message');
    await world.app.deliveries.sent([delivery], 'message');
    expect(await world.events('invite.sent')).toMatchObject([
      { targetId: ADA, facts: { invite: made.prefix } },
    ]);
    expect(await world.stores.of(GUILD).members.find(ADA)).toMatchObject({ dmState: 'open' });
  });

  it('notes that the DM is closed, and can be claimed in a channel by that member', async () => {
    const { invite: made } = await invite({ memberId: ADA });
    await world.app.deliveries.parked(await dmTo(ADA), 'Cannot send messages to this user', true);
    expect(await world.events('invite.dm_closed')).toHaveLength(1);
    expect(await world.stores.of(GUILD).members.find(ADA)).toMatchObject({ dmState: 'closed' });

    expect(await world.app.invites.postClaim(GUILD, made.id, AUDIT)).toBe(true);
    expect(await world.owed(AUDIT)).toEqual([{ kind: 'claim', inviteId: made.id, memberId: ADA }]);
    expect((await world.app.invites.redeemInvite(GUILD, made.id, BEN)).kind).toBe('no-such-code');
    expect((await world.app.invites.redeemInvite(GUILD, made.id, ADA)).kind).toBe('redeemed');
  });

  it('that is for anybody or over is not offered in a channel', async () => {
    const [anybody, bound] = [await invite(), await invite({ memberId: ADA, ms: HOUR })];
    world.clock.advance(HOUR);
    expect(await world.app.invites.postClaim(GUILD, anybody.invite.id, AUDIT)).toBe(false);
    expect(await world.app.invites.postClaim(GUILD, bound.invite.id, AUDIT)).toBe(false);
    expect(await world.app.invites.postClaim(OTHER_GUILD, bound.invite.id, AUDIT)).toBe(false);
    expect(await world.owed(AUDIT)).toEqual([]);
  });
});

describe('redeeming', () => {
  it('makes a grant for the member, from now on, and applies it', async () => {
    const person = await world.newAccount(ADA, tower);
    const { code, invite: made } = await invite();
    world.clock.advance(HOUR);
    const before = await world.countEvents();
    const redeemed = await redeem(ADA, code);
    if (redeemed.kind !== 'redeemed') throw new Error(redeemed.kind);
    expect(redeemed.standing.grant).toMatchObject({
      memberId: ADA,
      source: 'invite',
      inviteId: made.id,
      state: 'active',
      startsAt: later(HOUR),
      expiresAt: later(HOUR + 30 * DAY),
      createdById: STAFF,
    });
    expect(applicationsOf(redeemed.standing)).toEqual({ Tower: 'applied' });
    expect(person.access).toEqual(['movies', 'shows']);
    expect((await world.events()).slice(before)).toMatchObject([
      { action: 'invite.redeemed', actorId: ADA, targetId: ADA, facts: { invite: made.prefix, grant: 1 } },
      {
        action: 'grant.created',
        actorId: STAFF,
        targetId: ADA,
        facts: { how: 'invited', invite: made.prefix },
      },
      { action: 'access.applied', actorId: null, targetId: ADA },
    ]);
  });

  it('without an end gives for good', async () => {
    const redeemed = await redeem(ADA, (await invite({ for: 'never' })).code);
    expect(redeemed).toMatchObject({ kind: 'redeemed', standing: { grant: { expiresAt: null } } });
  });

  it.each<[string, (code: string) => string]>([
    ['as it was shown', (code) => code],
    ['without hyphens', (code) => code.replaceAll('-', '')],
    ['in small letters', (code) => code.toLowerCase()],
    ['with blanks', (code) => ` ${code.replaceAll('-', ' ')} `],
  ])('takes the code %s', async (_name, typed) => {
    const { code } = await invite();
    expect((await redeem(ADA, typed(code))).kind).toBe('redeemed');
  });

  it('in a DM finds the guild of the code', async () => {
    expect(await redeem(ADA, (await invite()).code, null)).toMatchObject({
      kind: 'redeemed',
      guildId: GUILD,
    });
  });

  it('owes the role that comes with it, once', async () => {
    world.guilds.role(ROLE);
    const { code } = await invite({ roleId: ROLE });
    await redeem(ADA, code);
    await redeem(ADA, code);
    expect(await world.owed(ADA)).toEqual([{ kind: 'role', roleId: ROLE, byId: STAFF }]);
    expect((await world.events()).filter(({ action }) => action === 'invite.sent')).toEqual([]);
  });

  it('a second time by the same member goes on with the first, and uses nothing up', async () => {
    const { code, invite: made } = await invite({ uses: 2 });
    takeDown(tower.fake);
    const first = await redeem(ADA, code);
    const again = await redeem(ADA, code);
    if (first.kind !== 'redeemed' || again.kind !== 'redeemed') throw new Error('not redeemed');
    expect(again).toMatchObject({ again: true, standing: { grant: { id: first.standing.grant.id } } });
    expect((await world.stores.of(GUILD).invites.find(made.id))?.usesLeft).toBe(1);
    expect(await world.events('invite.redeemed')).toHaveLength(1);
  });

  it('twice at the same time makes one grant', async () => {
    const { code } = await invite({ uses: 5 });
    await Promise.all([redeem(ADA, code), redeem(ADA, code), redeem(ADA, code)]);
    expect((await world.app.grantStatus.list(GUILD, { limit: 10 })).total).toBe(1);
    expect(await world.events('grant.created')).toHaveLength(1);
  });

  it('the last use, raced by two members, goes to one of them', async () => {
    const { code } = await invite();
    const answers = await Promise.all([redeem(ADA, code), redeem(BEN, code)]);
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['no-such-code', 'redeemed']);
    expect((await world.app.grantStatus.list(GUILD, { limit: 10 })).total).toBe(1);
  });

  it('gives as often as it has uses', async () => {
    const { code } = await invite({ uses: 2 });
    expect((await redeem(ADA, code)).kind).toBe('redeemed');
    expect((await redeem(BEN, code)).kind).toBe('redeemed');
    expect(await redeem(asMember(STAFF), code)).toEqual({ kind: 'no-such-code' });
  });

  it('while the server is down is redeemed all the same, and applied later', async () => {
    const person = await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    const redeemed = await redeem(ADA, (await invite()).code);
    expect(redeemed).toMatchObject({
      kind: 'redeemed',
      standing: { servers: [{ application: { kind: 'failed', why: DOWN.message } }] },
    });
    tower.fake.heal();
    await world.pass(MINUTE);
    expect(person.access).toEqual(['movies', 'shows']);
  });
});

describe('a code that is no good', () => {
  it('gets one and the same answer, whatever is wrong with it', async () => {
    const usedUp = await invite();
    await redeem(BEN, usedUp.code);
    const expired = await invite({ ms: HOUR });
    const somebodyElses = await invite({ memberId: BEN });
    const elsewhere = await world.build('plex', 'Attic', ['Movies']);
    await world.add(elsewhere, OTHER_GUILD);
    const otherGuilds = await world.invite({
      guildId: OTHER_GUILD,
      actorId: STAFF,
      memberId: null,
      libraryIds: [],
      duration: null,
      uses: 1,
      validUntil: later(DAY),
      roleId: null,
      note: null,
    });
    world.clock.advance(HOUR);
    const codes = {
      wrong: 'ABCD-EFGH-JKMN-PQRS',
      mistyped: 'ABCD-EFGH-JKMN-PQR',
      'used up': usedUp.code,
      expired: expired.code,
      'somebody else’s': somebodyElses.code,
      'another guild’s': otherGuilds.code,
    };
    const before = await world.countEvents();
    for (const typed of Object.values(codes)) {
      expect(
        await world.app.invites.redeemCode({ guildId: GUILD, memberId: toMemberId(`6${typed}`), typed }),
      ).toEqual({
        kind: 'no-such-code',
      });
    }
    expect(await world.countEvents()).toBe(before);
    expect((await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 10 })).total).toBe(0);
  });

  it('is tried five times in ten minutes and no more, by each member for themselves', async () => {
    const { code } = await invite({ uses: 2 });
    for (let tries = 1; tries <= 5; tries += 1)
      expect(await redeem(ADA, 'ABCD-EFGH-JKMN-PQRS')).toEqual({ kind: 'no-such-code' });
    expect(await redeem(ADA, code)).toEqual({ kind: 'too-many-tries', by: 'member' });
    expect((await redeem(BEN, code)).kind).toBe('redeemed');
  });

  it('costs no try when there is nothing like a code, or more than one', async () => {
    const { code } = await invite();
    for (let tries = 1; tries <= 6; tries += 1) {
      expect(await redeem(ADA, 'let me in')).toEqual({ kind: 'no-code' });
      expect(await redeem(ADA, `${code} 2345-6789-ABCD-EFGH`)).toEqual({ kind: 'several-codes' });
    }
    expect((await redeem(ADA, `Your code: \`${code}\`\nValid until tomorrow.`)).kind).toBe('redeemed');
  });

  it('is no more often tried by whoever redeems their own old code again and again', async () => {
    const { code } = await invite({ uses: 2 });
    await redeem(ADA, code);
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(await redeem(ADA, 'ABCD-EFGH-JKMN-PQRS')).toEqual({ kind: 'no-such-code' });
      // An old code costs no try either, as long as there are some.
      if (tries < 5) expect(await redeem(ADA, code)).toMatchObject({ kind: 'redeemed', again: true });
    }
    expect(await redeem(ADA, 'ABCD-EFGH-JKMN-PQRS')).toEqual({ kind: 'too-many-tries', by: 'member' });
  });

  it('is guessed fifty times in ten minutes by all members together: then staff are told, once', async () => {
    await world.setChannel('alerts');
    const { code } = await invite({ uses: 100 });
    const guessing = (guildId: GuildId | null, number: number) =>
      world.app.invites.redeemCode({
        guildId,
        memberId: toMemberId(`7${number}`),
        typed: 'ABCD-EFGH-JKMN-PQRS',
      });
    // Right ones and mistyped ones are no guesses, however many there are.
    for (let number = 0; number < 60; number += 1)
      expect((await redeem(toMemberId(`8${number}`), number % 2 ? code : 'ABCD-EFGH-JKMN-PQR')).kind).toBe(
        number % 2 ? 'redeemed' : 'no-such-code',
      );
    for (let number = 0; number < 50; number += 1)
      expect(await guessing(GUILD, number)).toEqual({ kind: 'no-such-code' });
    for (let number = 50; number < 53; number += 1)
      expect(await guessing(GUILD, number)).toEqual({ kind: 'too-many-tries', by: 'guild' });
    expect(await redeem(BEN, code)).toEqual({ kind: 'too-many-tries', by: 'guild' });
    expect((await world.owed(ALERTS)).slice(1)).toEqual([
      { kind: 'alert', text: expect.stringMatching(/Fifty wrong invite codes.*<@749>/) },
    ]);
    // Whoever is known here guesses here also by direct message; another guild, and strangers, go on.
    const known = toMemberId('81');
    expect(await world.app.invites.redeemCode({ guildId: null, memberId: known, typed: code })).toEqual({
      kind: 'too-many-tries',
      by: 'guild',
    });
    expect(await guessing(OTHER_GUILD, 60)).toEqual({ kind: 'no-such-code' });
    for (let number = 100; number < 600; number += 1)
      expect(await guessing(null, number)).toEqual({ kind: 'no-such-code' });
    expect(await guessing(null, 600)).toEqual({ kind: 'too-many-tries', by: 'strangers' });
    expect(await world.owed(ALERTS)).toHaveLength(2);
    // A button that is bound to somebody is no guess.
    const { invite: bound } = await invite({ memberId: BEN });
    expect((await world.app.invites.redeemInvite(GUILD, bound.id, BEN)).kind).toBe('redeemed');
  });

  it('is forgotten after a right one', async () => {
    const { code } = await invite();
    for (let tries = 1; tries <= 4; tries += 1) await redeem(ADA, 'ABCD-EFGH-JKMN-PQRS');
    expect((await redeem(ADA, code)).kind).toBe('redeemed');
    for (let tries = 1; tries <= 5; tries += 1)
      expect(await redeem(ADA, 'ABCD-EFGH-JKMN-PQRS')).toEqual({ kind: 'no-such-code' });
  });
});
