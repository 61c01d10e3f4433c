/** What is tried to get more accounts in than one, and to have somebody else's approved as one's own. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VendorAccount } from '../../../src/app/ports/sign-in.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { TOKEN } from '../fake-plex-sign-in.ts';
import { SESSION } from '../fake-quick-connect.ts';
import { ALERTS, type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
  await world.grant(ADA, [tower.id('Movies'), den.id('Films')]);
  world.clock.jumps = true;
  world.clock.jumpsUpTo = MINUTE;
});
afterEach(() => world.close());

const account = (nr: number): VendorAccount => ({
  externalId: `70${nr}`,
  name: `plex${nr}`,
  emailMasked: null,
  protection: null,
  inHousehold: false,
});

const wish = (memberId = ADA, at: { kind: 'plex' } | { serverId: string } = { kind: 'plex' }) =>
  ({ guildId: GUILD, memberId, name: 'ada', at }) as const;

const setMax = (max: number) => world.app.settings.setMaxAccounts({ guildId: GUILD, actorId: STAFF, max });

/** Accounts of the server that see something. */
const seeing = ({ fake }: Place) =>
  [...fake.people.values()].filter(({ access }) => (access?.length ?? 0) > 0);
const linkedTo = (memberId = ADA) => world.stores.of(GUILD).accounts.list({ memberId });
const openSignIns = () => world.stores.of(GUILD).signIns.listOpen();

/** The question, once somebody has approved the sign-in. */
async function question(started: Awaited<ReturnType<World['startSignIn']>>) {
  const asked = await started.asked;
  if (asked.kind !== 'question') throw new Error(`not asked: ${asked.kind}`);
  return asked;
}

describe('an invite with one use lets in one account', () => {
  it('however many Plex accounts sign in, one after another', async () => {
    const ends: unknown[] = [];
    for (const nr of [1, 2, 3, 4, 5]) {
      tower.fake.addPerson({ externalId: account(nr).externalId, name: account(nr).name });
      world.plexTv.approvedBy = account(nr);
      ends.push(await world.signIn(ADA));
    }
    const refused = { kind: 'refused', why: 'has-another', has: 'plex1' };
    expect(inEnglish(ends)).toMatchObject([
      { kind: 'connected', account: 'plex1' },
      ...[2, 3, 4, 5].map((nr) => ({ ...refused, account: `plex${nr}` })),
    ]);
    expect(inEnglish(seeing(tower))).toMatchObject([{ externalId: '701' }]);
    expect(await linkedTo()).toHaveLength(1);
    // Nothing is kept of those that were refused.
    expect(world.plexTv.forgotten).toHaveLength(5);
    expect(inEnglish(await openSignIns())).toEqual([]);
  });

  it('however many Jellyfin accounts type a code', async () => {
    const ends: unknown[] = [];
    for (const name of ['kim', 'lee', 'max', 'noa']) {
      const person = den.fake.addPerson({ name });
      world.quickConnect.approvedBy = { userId: person.externalId, name };
      ends.push(await world.signIn(ADA, { serverId: den.server.id }).catch(String));
    }
    expect(ends).toEqual([
      { kind: 'connected', account: 'kim' },
      ...['lee', 'max', 'noa'].map(() => 'Error: not started: has-another'),
    ]);
    expect(seeing(den)).toMatchObject([{ name: 'kim' }]);
    expect(await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'new')).toMatchObject({
      kind: 'already',
      name: 'kim',
    });
  });

  it('of two that are linked in the same tick', async () => {
    const people = ['kim', 'lee'].map((name) => den.fake.addPerson({ name }));
    const ends = await Promise.allSettled(people.map((person) => world.link(ADA, den, person)));
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await linkedTo()).toHaveLength(1);
  });

  it('of a code that is approved, and an account that is being made', async () => {
    const person = den.fake.addPerson({ name: 'kim' });
    const started = await world.startSignIn(ADA, { serverId: den.server.id });
    world.quickConnect.approve(started.shown, { userId: person.externalId, name: 'kim' });
    const { signInId } = await question(started);
    const { createAccount } = den.fake;
    den.fake.createAccount = async (wanted) => {
      const linking = await world.app.signIns.confirm(GUILD, ADA, signInId);
      expect(await linking?.finished).toMatchObject({ kind: 'refused', why: 'has-another', has: 'ada' });
      return await createAccount.call(den.fake, wanted);
    };
    expect((await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada')).kind).toBe('created');
    expect(seeing(den)).toMatchObject([{ name: 'ada' }]);
    expect((await linkedTo()).map(({ name }) => name)).toEqual(['ada']);
  });

  it('and a code that is linked while an account was asked for is the one', async () => {
    const person = den.fake.addPerson({ name: 'kim' });
    const { checkAccountName } = den.fake;
    den.fake.checkAccountName = async (name) => {
      await world.link(ADA, den, person);
      return await checkAccountName.call(den.fake, name);
    };
    expect(await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada')).toMatchObject({
      kind: 'already',
      name: 'kim',
    });
    expect(seeing(den)).toMatchObject([{ name: 'kim' }]);
  });

  it('and ends the sign-in that is open when an account was made', async () => {
    world.clock.jumps = false;
    const { asked } = await world.startSignIn(ADA, { serverId: den.server.id });
    expect((await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada')).kind).toBe('created');
    expect(await asked).toEqual({ kind: 'superseded' });
    expect(await openSignIns()).toEqual([]);
  });

  it('and the question that is open when an account was made is closed', async () => {
    const person = den.fake.addPerson({ name: 'kim' });
    world.quickConnect.approvedBy = { userId: person.externalId, name: 'kim' };
    const { signInId } = await question(await world.startSignIn(ADA, { serverId: den.server.id }));
    await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
    await vi.waitFor(async () => expect(await openSignIns()).toEqual([]));
    expect(await world.app.signIns.confirm(GUILD, ADA, signInId)).toBeUndefined();
    expect((await linkedTo()).map(({ name }) => name)).toEqual(['ada']);
  });
});

describe('one Plex account for each owner', () => {
  let loft: Place;
  beforeEach(async () => {
    const fake = world.build('plex', 'Loft', ['Anime']);
    fake.ownerAccountId = '2';
    loft = await world.add(fake);
    for (const nr of [1, 2]) {
      const { externalId, name } = account(nr);
      for (const place of [tower, loft]) place.fake.addPerson({ externalId, name });
    }
    world.plexTv.approvedBy = account(1);
    expect((await world.signIn(ADA)).kind).toBe('connected');
  });

  it('is not another account on another server of the same owner', async () => {
    const attic = await world.add(world.build('plex', 'Attic', ['Old']));
    for (const nr of [1, 2])
      attic.fake.addPerson({ externalId: account(nr).externalId, name: account(nr).name });
    await world.grant(ADA, [attic.id('Old')]);
    await world.app.syncServers(GUILD);
    expect((await linkedTo()).map(({ externalId }) => externalId)).toEqual(['701', '701']);
    world.plexTv.approvedBy = account(2);
    expect(await world.signIn(ADA)).toMatchObject({ kind: 'refused', why: 'has-another', has: 'plex1' });
    expect(seeing(attic)).toMatchObject([{ externalId: '701' }]);
  });

  it('may be another one with another owner, and only there', async () => {
    await world.stores.transaction(GUILD, (tx) => tx.members.ensure(ADA));
    loft.fake.person('702').access = ['anime'];
    await world.app.syncServers(GUILD);
    world.plexTv.approvedBy = account(2);
    expect(await world.signIn(ADA)).toMatchObject({ kind: 'connected', account: 'plex2' });
    const linked = (await linkedTo()).map(({ serverId, externalId }) => [serverId, externalId]);
    expect(linked.toSorted()).toEqual(
      [
        [tower.server.id, '701'],
        [loft.server.id, '702'],
      ].toSorted(),
    );
    expect(seeing(tower)).toMatchObject([{ externalId: '701' }]);
  });
});

describe('more than one, where staff allow it', () => {
  it('is linked up to the number that they chose, and on record', async () => {
    expect(await setMax(2)).toEqual({ more: 0 });
    expect(await setMax(2)).toEqual({ more: 0 });
    expect((await world.events('settings.changed')).map(({ facts }) => facts.detail)).toEqual([
      'at most 2 accounts of a member on one server, before 1',
    ]);
    const kinds: string[] = [];
    for (const nr of [1, 2, 3]) {
      world.plexTv.approvedBy = account(nr);
      tower.fake.addPerson({ externalId: account(nr).externalId, name: account(nr).name });
      kinds.push((await world.signIn(ADA)).kind);
    }
    expect(kinds).toEqual(['connected', 'connected', 'refused']);
    // Those that are there stay when staff allow fewer.
    expect(await setMax(1)).toEqual({ more: 1 });
    expect(await linkedTo()).toHaveLength(2);
  });

  it('is of one guild', async () => {
    await setMax(2);
    expect(await world.app.settings.get(OTHER_GUILD)).toMatchObject({ maxAccounts: 1 });
  });

  it('is offered where there is room', async () => {
    const kim = den.fake.addPerson({ name: 'kim' });
    await world.link(ADA, den, kim);
    const open = async () =>
      (await world.app.overview.myAccounts(ADA, GUILD))[0]?.open.map(({ name }) => name);
    expect(await open()).toEqual(['Tower']);
    await setMax(2);
    expect((await open())?.toSorted()).toEqual(['Den', 'Tower']);
  });
});

it('an account that comes back where the member has another one by now is linked, and staff are told', async () => {
  await world.setChannel('alerts');
  const old = await world.newAccount(ADA, den);
  den.fake.people.delete(old.externalId);
  for (const _ of [1, 2]) {
    await world.app.syncServers(GUILD);
    world.clock.advance(15 * MINUTE);
  }
  expect(await linkedTo()).toEqual([]);
  await world.newAccount(ADA, { ...den, fake: den.fake });
  den.fake.people.set(old.externalId, old);
  await world.app.syncServers(GUILD);
  expect(await linkedTo()).toHaveLength(2);
  expect((await world.owed(ALERTS)).at(-1)).toMatchObject({
    text: expect.stringMatching(/was gone and is back, and by now they have the account/),
  });
});

describe('the question whether it was the member', () => {
  beforeEach(() => {
    tower.fake.addPerson({ externalId: '701', name: 'plex1' });
    world.plexTv.approvedBy = account(1);
  });

  it('names the account, and nothing is linked before it is answered', async () => {
    const asked = await question(await world.startSignIn(ADA));
    expect(asked).toMatchObject({ account: 'plex1' });
    expect(world.plexTv.pins).toEqual(['somebody']);
    world.clock.advance(9 * MINUTE);
    expect([await linkedTo(), seeing(tower), tower.fake.writes]).toEqual([[], [], 0]);
  });

  it('is no other member’s to answer, nor of another guild', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    expect(await world.app.signIns.confirm(GUILD, BEN, signInId)).toBeUndefined();
    expect(await world.app.signIns.decline(GUILD, BEN, signInId)).toBe(false);
    expect(await world.app.signIns.confirm(OTHER_GUILD, ADA, signInId)).toBeUndefined();
    expect([await linkedTo(), await linkedTo(BEN)]).toEqual([[], []]);
    expect((await openSignIns()).map(({ state }) => state)).toEqual(['approved']);
  });

  it('answered with no links nothing, and the token is forgotten', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    expect(await world.app.signIns.decline(GUILD, ADA, signInId)).toBe(true);
    await world.app.idle('all');
    expect([await linkedTo(), world.plexTv.forgotten, await openSignIns()]).toEqual([[], [TOKEN], []]);
    expect(await world.stores.of(GUILD).signIns.getTokenCipher(signInId)).toBeNull();
    expect(await world.app.signIns.confirm(GUILD, ADA, signInId)).toBeUndefined();
    expect(await world.app.signIns.decline(GUILD, ADA, signInId)).toBe(false);
  });

  it('is answered once: a second yes leads to the same end', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    const both = await Promise.all([1, 2].map(() => world.app.signIns.confirm(GUILD, ADA, signInId)));
    expect(await Promise.all(both.map((one) => one?.finished))).toEqual([
      { kind: 'connected', account: 'plex1' },
      { kind: 'connected', account: 'plex1' },
    ]);
    expect(await world.events('member.linked')).toHaveLength(1);
    expect(await world.app.signIns.decline(GUILD, ADA, signInId)).toBe(false);
  });

  it('runs out: nothing is linked, and the token is forgotten', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    world.clock.advance(10 * MINUTE);
    expect(await world.app.signIns.confirm(GUILD, ADA, signInId)).toBeUndefined();
    await world.app.idle('all');
    expect([await linkedTo(), world.plexTv.forgotten, await openSignIns()]).toEqual([[], [TOKEN], []]);
  });

  it('is what is linked: a token that is another account’s by then links nothing', async () => {
    const started = await world.startSignIn(ADA);
    const { signInId } = await question(started);
    const page = world.plexTv;
    page.account = async () => ({ kind: 'known', value: account(2) });
    const linking = await world.app.signIns.confirm(GUILD, ADA, signInId);
    expect(await linking?.finished).toEqual({ kind: 'expired' });
    expect(await linkedTo()).toEqual([]);
  });

  it.each([
    ['page', { kind: 'plex' } as const],
    ['code', undefined],
  ])('is put again by direct message after a restart, and is answered there (%s)', async (_name, page) => {
    const kim = den.fake.addPerson({ name: 'kim' });
    world.quickConnect.approvedBy = { userId: kim.externalId, name: 'kim' };
    const at = page ?? { serverId: den.server.id };
    const before = await question(await world.startSignIn(ADA, at));
    for (const _ of [1, 2]) {
      world.restart();
      void world.app.signIns.resume(GUILD);
      await vi.waitFor(async () => expect(await world.owed(ADA)).not.toEqual([]));
    }
    const [dm] = await world.owed(ADA);
    expect(dm).toMatchObject({
      text: expect.stringContaining(`<@${ADA}>. Is that you`),
      confirms: { signInId: before.signInId },
    });
    expect(await linkedTo()).toEqual([]);
    // Asked for again it is the question at once, since the link is used up.
    expect(await world.app.signIns.start(wish(ADA, at))).toMatchObject({
      kind: 'asked',
      question: { signInId: before.signInId },
    });
    const linking = await world.app.signIns.confirm(GUILD, ADA, before.signInId);
    expect((await linking?.finished)?.kind).toBe('connected');
    expect(await linkedTo()).toHaveLength(1);
  });

  it('answered with no right after a start links nothing, and the token is forgotten', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    world.restart();
    expect(await world.app.signIns.decline(GUILD, ADA, signInId)).toBe(true);
    await world.app.signIns.resume(GUILD);
    expect([await linkedTo(), await openSignIns(), world.plexTv.forgotten]).toEqual([[], [], [TOKEN]]);
  });

  it('is answered right after a start, before what was open is taken up', async () => {
    const { signInId } = await question(await world.startSignIn(ADA));
    world.restart();
    const linking = await world.app.signIns.confirm(GUILD, ADA, signInId);
    expect(await linking?.finished).toEqual({ kind: 'connected', account: 'plex1' });
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
  });

  it('that ran out while Usher was away ends with a word, and links nothing', async () => {
    await question(await world.startSignIn(ADA));
    world.restart();
    world.clock.advance(HOUR);
    await world.app.signIns.resume(GUILD);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringMatching(/plex1 is yours, so nothing was connected/) },
    ]);
    expect([await linkedTo(), await openSignIns()]).toEqual([[], []]);
  });

  it('of a code keeps no session', async () => {
    const kim = den.fake.addPerson({ name: 'kim' });
    world.quickConnect.approvedBy = { userId: kim.externalId, name: 'kim' };
    const started = await world.startSignIn(ADA, { serverId: den.server.id });
    const { signInId } = await question(started);
    expect(world.quickConnect.forgotten).toEqual([SESSION]);
    expect(await world.everythingStored()).not.toContain(SESSION);
    const { signIns } = world.stores.of(GUILD);
    expect([await signIns.getTokenCipher(signInId), await signIns.getPinCipher(signInId)]).toEqual([
      null,
      '',
    ]);
  });
});

describe('sign-ins that are open', () => {
  beforeEach(() => {
    world.clock.jumps = false;
  });

  it('are one for a member and a place: asking again gives the same link or code', async () => {
    const pages = await Promise.all([1, 2, 3, 4, 5].map(() => world.startSignIn(ADA)));
    const codes = await Promise.all([1, 2, 3].map(() => world.startSignIn(ADA, { serverId: den.server.id })));
    expect(new Set(pages.map(({ shown }) => shown)).size).toBe(1);
    expect(new Set(codes.map(({ shown }) => shown)).size).toBe(1);
    expect([world.plexTv.pins.length, world.quickConnect.codes]).toEqual([1, 1]);
    expect((await world.startSignIn(BEN)).shown).not.toBe(pages[0]?.shown);
  });

  it('are the same after a restart', async () => {
    const { shown } = await world.startSignIn(ADA);
    world.restart();
    void world.app.signIns.resume(GUILD);
    await vi.waitFor(async () => expect((await world.startSignIn(ADA)).shown).toBe(shown));
    expect(world.plexTv.pins).toHaveLength(1);
    expect(await world.everythingStored()).not.toContain(shown);
  });

  it('are ten in a guild at most, those of servers included, and free again when one is over', async () => {
    const members = Array.from({ length: 9 }, (_, nr) => `39000000000000000${nr}` as typeof ADA);
    for (const memberId of members) await world.startSignIn(memberId);
    world.build('jellyfin', 'Cave', []);
    const server = {
      guildId: GUILD,
      actorId: STAFF,
      kind: 'jellyfin',
      name: '',
      url: 'http://cave.test',
    } as const;
    const cave = await world.app.signInServer.start(server);
    expect(cave.kind).toBe('known');
    expect(await world.app.signInServer.start(server)).toEqual(cave);
    expect(await world.app.signIns.start(wish())).toEqual({ kind: 'too-many' });
    expect(inEnglish(await world.app.signInServer.start({ ...server, name: 'other' }))).toMatchObject({
      kind: 'unknown',
      why: { message: expect.stringContaining('Try again in some minutes') },
    });
    const drill = {
      guildId: GUILD,
      actorId: STAFF,
      serverId: tower.server.id,
      libraryId: tower.id('Movies'),
    };
    expect(inEnglish(await world.app.drills.start(drill))).toMatchObject({
      kind: 'failed',
      why: { message: expect.stringContaining('Ten sign-ins are open') },
    });
    const [first] = members;
    expect(await world.app.signIns.start(wish(first))).toMatchObject({ kind: 'started' });
    // Another guild has its own.
    const elsewhere = await world.app.signIns.start({ ...wish(), guildId: OTHER_GUILD });
    expect(elsewhere.kind).toBe('started');

    world.clock.advance(10 * MINUTE + 2 * SECOND);
    await vi.waitFor(async () => expect((await world.app.signIns.start(wish())).kind).toBe('started'));
  });

  it('for a drill are one as well', async () => {
    const drill = {
      guildId: GUILD,
      actorId: STAFF,
      serverId: tower.server.id,
      libraryId: tower.id('Movies'),
    };
    const [one, other] = [await world.app.drills.start(drill), await world.app.drills.start(drill)];
    expect([one, world.plexTv.pins.length]).toEqual([other, 1]);
  });

  it('that could not begin take no place', async () => {
    world.plexTv.fail('start', { kind: 'refused', message: 'Down.' }, 20);
    for (let nr = 0; nr < 20; nr += 1) expect((await world.app.signIns.start(wish())).kind).toBe('failed');
    expect((await world.app.signIns.start(wish())).kind).toBe('started');
  });
});
