/** What members hear of their access: once, joined for a minute, and true when it is said. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moment } from '../../../src/adapters/discord/views/view.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { NOTICE_KINDS } from '../../../src/domain/notice-kinds.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { said } from '../../support/said.ts';
import { ALERTS, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const inMs = (ms: number) => new Date(world.clock.now().getTime() + ms);
const shown = (at: Date) => said(moment(at));

/** Ada watches Movies for a day, and has heard of it. */
async function watching() {
  await world.newAccount(ADA, tower);
  const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
  await world.hears(ADA);
  world.clock.advance(MINUTE);
  return grant;
}

const undo = async (undoId: string | null) =>
  await world.app.changeGrants.undo({ guildId: GUILD, actorId: STAFF, undoId: undoId ?? '' });

describe('a member hears', () => {
  it('what they can watch until when, and where', async () => {
    await world.newAccount(ADA, tower);
    const end = inMs(DAY);
    await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: DAY });
    expect(await world.hears(ADA)).toEqual([
      `✅ You can watch Movies and Shows on Tower until ${shown(end)}.`,
      '[Open Tower]',
    ]);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('what to do first: sign in, or make an account', async () => {
    const den = await world.addDen();
    await world.grant(ADA, [tower.id('Movies'), den.id('Films')]);
    expect(await world.hears(ADA)).toEqual([
      '👤 You have Films on Den for good. Make an account on Den to watch, or connect the one you have.',
      '👤 You have Movies on Tower for good. Sign in with Plex to watch.',
      '[Sign in with Plex]',
      '[Create account: Den]',
      '[I have an account: Den]',
    ]);
  });

  it('that the invitation waits, and then that it is accepted', async () => {
    tower.fake.acceptsAtOnce = false;
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    expect((await world.hears(ADA)).slice(0, 1)).toEqual([
      '📨 You have Movies on Tower for good. Accept the invitation from Plex to watch; or sign in here, and Usher accepts it for you.',
    ]);
    person.pending = false;
    await world.pass(MINUTE + 1);
    expect((await world.hears(ADA)).slice(0, 1)).toEqual(['✅ You can watch Movies on Tower for good.']);
  });

  it('that the server does not answer, and once more when it does', async () => {
    await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    await world.grant(ADA, [tower.id('Movies')]);
    expect(await world.hears(ADA)).toEqual([
      expect.stringMatching(/^⏳ You have Movies on Tower for good\. Tower /),
    ]);
    tower.fake.heal();
    await world.pass(HOUR);
    expect((await world.hears(ADA)).slice(0, 1)).toEqual(['✅ You can watch Movies on Tower for good.']);
  });

  it('of an end when the server shows it, and not before; never why staff did it', async () => {
    const grant = await watching();
    takeDown(tower.fake);
    const change = { guildId: GUILD, actorId: STAFF, grantIds: [grant.id], reason: 'rude' };
    await world.app.changeGrants.change({ ...change, action: { kind: 'end', cause: 'revoked' } });
    expect(await world.hears(ADA)).toEqual([]);
    tower.fake.heal();
    await world.pass(HOUR);
    expect(await world.hears(ADA)).toEqual([
      '⚫ Your access to Movies on Tower has ended: the staff took it back.',
    ]);
  });

  it('of a pause, and of what is left', async () => {
    const grant = await watching();
    await world.change(grant.id, { kind: 'pause' });
    expect(await world.hears(ADA)).toEqual([
      '⏸️ Your access to Movies on Tower is paused. 23 hours are left for when it goes on.',
    ]);
    world.clock.advance(DAY);
    await world.change(grant.id, { kind: 'resume' });
    expect((await world.hears(ADA))[0]).toMatch(
      /^✅ Your access goes on: you can watch Movies on Tower until /,
    );
  });

  it('what is no part of it any more', async () => {
    const grant = await watching();
    await world.change(grant.id, { kind: 'set', libraryIds: [tower.id('Shows')] });
    expect((await world.hears(ADA)).slice(0, 2)).toEqual([
      expect.stringMatching(/^✅ Your access has changed: you can watch Shows on Tower until /),
      '➖ You no longer have Movies on Tower.',
    ]);
  });

  it('of what begins later, that it has begun, and that it does not come', async () => {
    await world.newAccount(ADA, tower);
    const begins = inMs(DAY);
    await world.grant(ADA, [tower.id('Movies')], { startMs: DAY });
    expect(await world.hears(ADA)).toEqual([
      `🕒 From ${shown(begins)} you can watch Movies on Tower for good.`,
    ]);
    const second = await world.grant(ADA, [tower.id('Shows')], { startMs: 2 * DAY });
    await world.hears(ADA);
    await world.revoke(second.grant.id);
    await world.pass(DAY);
    expect((await world.hears(ADA)).slice(0, 2)).toEqual([
      '✅ You can watch Movies on Tower for good.',
      '⚫ Your access to Shows on Tower had not begun, and will not: the staff took it back.',
    ]);
  });

  it('it in the language of their Discord', async () => {
    await world.app.people.note(GUILD, [{ userId: ADA, name: 'Ada', locale: 'de' }]);
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    expect(await world.hears(ADA)).toEqual([
      '✅ Du kannst Movies auf Tower auf Dauer sehen.',
      '[Tower öffnen]',
    ]);
  });
});

describe('what happens within a minute', () => {
  it('is one message, in the order of the grants, a minute after the first of it', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    world.clock.advance(MINUTE / 2);
    await world.grant(ADA, [tower.id('Shows')]);
    await world.grant(BEN, [tower.id('Movies')]);
    const due = async () =>
      (await world.outbox.listDue(world.clock.now(), 50)).filter(({ kind }) => kind === 'notice');
    expect(await due()).toEqual([]);
    world.clock.advance(MINUTE / 2);
    expect(await due()).toMatchObject([{ sink: ADA }]);
    expect((await world.hears(ADA)).slice(0, 2)).toEqual([
      '✅ You can watch Movies on Tower for good.',
      '✅ You can watch Shows on Tower for good.',
    ]);
  });

  it.each<[string, (grantId: string) => Promise<unknown>]>([
    [
      'paused and resumed',
      async (id) => {
        await world.change(id, { kind: 'pause' });
        await world.change(id, { kind: 'resume' });
      },
    ],
    [
      'ended and undone',
      async (id) => undo((await world.change(id, { kind: 'end', cause: 'revoked' })).undoId),
    ],
    [
      'extended and undone',
      async (id) => undo((await world.change(id, { kind: 'extend', by: '1d' as DurationText })).undoId),
    ],
  ])('and undoes itself is nothing: %s', async (_what, act) => {
    const grant = await watching();
    await act(grant.id);
    expect(await world.hears(ADA)).toEqual([]);
    const due = await world.outbox.listDue(inMs(HOUR), 50);
    expect(due.filter(({ kind }) => kind === 'notice')).toEqual([]);
  });

  it('and is changed twice is what it is last', async () => {
    const grant = await watching();
    const end = new Date((grant.expiresAt?.getTime() ?? 0) + 3 * DAY);
    await world.change(grant.id, { kind: 'extend', by: '1d' as DurationText });
    await world.change(grant.id, { kind: 'extend', by: '2d' as DurationText });
    expect((await world.hears(ADA)).slice(0, 1)).toEqual([
      `✅ Your access has changed: you can watch Movies on Tower until ${shown(end)}.`,
    ]);
  });

  it('survives a kill, and says the same with the same nonce when nobody wrote down that it was sent', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    world.restart();
    world.clock.advance(MINUTE);
    const [first] = await world.outbox.listDue(world.clock.now(), 50);
    if (!first) throw new Error('nothing is due');
    await world.app.notices.prepare(first);
    world.restart();
    // What happens from then on is another message.
    await world.grant(ADA, [tower.id('Shows')]);
    const [again] = await world.outbox.listDue(world.clock.now(), 50);
    expect(again?.id).toBe(first.id);
    expect((await world.hears(ADA)).slice(0, 1)).toEqual(['✅ You can watch Movies on Tower for good.']);
    expect((await world.hears(ADA)).slice(0, 1)).toEqual(['✅ You can watch Shows on Tower for good.']);
  });
});

describe('what another grant gives', () => {
  it('has not ended, and what lasts longer already is no news', async () => {
    const grant = await watching();
    await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')]);
    await world.hears(ADA);
    await world.change(grant.id, { kind: 'extend', by: '1d' as DurationText });
    expect(await world.hears(ADA)).toEqual([]);
    await world.revoke(grant.id);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('says nothing to who redeems a code: they are answered', async () => {
    const made = await world.invite({
      guildId: GUILD,
      actorId: STAFF,
      memberId: null,
      libraryIds: [tower.id('Movies')],
      duration: null,
      uses: 1,
      validUntil: inMs(DAY),
      roleId: null,
      note: null,
    });
    await world.app.invites.redeemInvite(GUILD, made.invite.id, ADA);
    expect(await world.hears(ADA)).toEqual([]);
  });
});

describe('a guild chooses', () => {
  const choose = async (...notices: readonly (typeof NOTICE_KINDS)[number][]) =>
    await world.app.settings.setNotices({ guildId: GUILD, actorId: STAFF, notices });

  it('what is told; what is not chosen is not sent, and staff hear so', async () => {
    const grant = await watching();
    await choose('given', 'ended');
    await world.change(grant.id, { kind: 'pause' });
    expect(await world.app.notices.telling(GUILD, [ADA])).toMatchObject({ told: [], off: [ADA] });
    expect(await world.hears(ADA)).toEqual([]);
    await world.revoke(grant.id);
    expect(await world.app.notices.telling(GUILD, [ADA])).toMatchObject({ told: [ADA], off: [] });
    expect(await world.hears(ADA)).toHaveLength(1);
  });

  it('on the record, with what was before; the same again is no event', async () => {
    expect((await world.app.settings.get(GUILD)).notices).toEqual(NOTICE_KINDS);
    expect(await choose('ended', 'given')).toMatchObject({ kind: 'saved', notices: ['given', 'ended'] });
    expect(await choose('given', 'ended')).toMatchObject({ kind: 'unchanged' });
    expect(await choose()).toMatchObject({ kind: 'saved', notices: [] });
    expect((await world.events('settings.changed')).map(({ facts }) => facts.detail)).toEqual([
      'Members hear by DM when access is given and ended. Before: Members hear by DM when access is given, changed, paused, ended and about to end.',
      'Members hear nothing by DM. Before: Members hear by DM when access is given and ended.',
    ]);
  });
});

describe('staff are told', () => {
  it('that a member hears it, or later, when the server is away', async () => {
    const grant = await watching();
    await world.change(grant.id, { kind: 'extend', by: '1d' as DurationText });
    expect(await world.app.notices.telling(GUILD, [ADA, BEN])).toEqual({
      ...{ told: [ADA], later: [], closed: [], off: [] },
    });
    await world.hears(ADA);
    takeDown(tower.fake);
    await world.revoke(grant.id);
    expect(await world.app.notices.telling(GUILD, [ADA])).toMatchObject({ told: [], later: [ADA] });
  });

  it('who takes no direct messages; and asked once, when a member has to do something', async () => {
    await world.setChannel('alerts');
    const close = async () => {
      const due = await world.outbox.listDue(inMs(MINUTE), 50);
      const found = due.find(({ kind }) => kind === 'notice');
      const prepared = found && (await world.app.notices.prepare(found));
      if (!prepared) throw new Error('no notice is due');
      await world.app.deliveries.parked(prepared.delivery, 'Cannot send messages to this user', true);
    };
    const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
    await world.grant(ADA, [tower.id('Movies')]);
    await close();
    expect(await alerts()).toMatchObject([
      { text: expect.stringContaining(`<@${ADA}> takes no direct messages`) },
    ]);
    await world.grant(ADA, [tower.id('Shows')]);
    expect(await world.app.notices.telling(GUILD, [ADA])).toMatchObject({ told: [], closed: [ADA] });
    await close();
    expect(await alerts()).toHaveLength(1);
  });
});
