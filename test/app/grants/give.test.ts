import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, later, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { AUDIT, applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

describe('giving access', () => {
  it('is applied in the same breath when the server answers', async () => {
    const person = await world.newAccount(ADA, tower);
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(applicationsOf(standing)).toEqual({ Tower: 'applied' });
    expect(person.access).toEqual(['movies']);
    expect(standing.grant).toMatchObject({ state: 'active', number: 1, source: 'command', expiresAt: null });
  });

  it('is noted once: who gave what to whom until when, and that it was applied', async () => {
    await world.newAccount(ADA, tower);
    const before = await world.countEvents();
    await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: DAY });
    const events = (await world.events()).slice(before);
    expect(events).toMatchObject([
      {
        action: 'grant.created',
        actorId: STAFF,
        targetId: ADA,
        facts: { grant: 1, server: 'Tower', libraries: ['Movies', 'Shows'], until: later(DAY).toISOString() },
      },
      {
        action: 'access.applied',
        actorId: null,
        targetId: ADA,
        facts: { server: 'Tower', libraries: ['Movies', 'Shows'] },
      },
    ]);
  });

  it('names the server of each library when there are several servers', async () => {
    const den = await world.addDen();
    await world.grant(ADA, [tower.id('Movies'), den.id('Films')]);
    const [created] = await world.events('grant.created');
    expect(created?.facts.libraries?.toSorted()).toEqual(['Den · Films', 'Tower · Movies']);
  });

  it('says so when the member has no account there', async () => {
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(applicationsOf(standing)).toEqual({ Tower: 'no-account' });
    expect(tower.fake.writes).toBe(0);
  });

  it('says that the invitation waits to be accepted', async () => {
    tower.fake.acceptsAtOnce = false;
    await world.newAccount(ADA, tower);
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(applicationsOf(standing)).toEqual({ Tower: 'invited' });
    expect((await world.events('access.applied')).at(-1)?.facts.how).toBe('invited');
  });

  it('says why when the server is down, and applies it when the server is back', async () => {
    const person = await world.newAccount(ADA, tower);
    takeDown(tower.fake);
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(standing.servers).toMatchObject([{ application: { kind: 'failed', why: DOWN.message } }]);
    expect(await world.events('access.applied')).toEqual([]);

    tower.fake.heal();
    await world.pass(5_000);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, standing.grant.id))).toEqual({
      Tower: 'applied',
    });
    expect(person.access).toEqual(['movies']);
    expect(await world.events('access.applied')).toHaveLength(1);
  });

  it('says “queued” when the server takes too long, and goes on behind it', async () => {
    const person = await world.newAccount(ADA, tower);
    const hanging = Promise.withResolvers<void>();
    const read = tower.fake.readAccess;
    const asked = Promise.withResolvers<void>();
    tower.fake.readAccess = async (options) => {
      asked.resolve();
      await hanging.promise;
      return read.call(tower.fake, options);
    };
    const adding = world.grant(ADA, [tower.id('Movies')]);
    await asked.promise;
    world.clock.advance(8_000);
    expect(applicationsOf(await adding)).toEqual({ Tower: 'queued' });

    hanging.resolve();
    await world.app.idle('all');
    expect(person.access).toEqual(['movies']);
  });

  it('waits for the start, starts once, and ends', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant, servers } = await world.grant(ADA, [tower.id('Movies')], { startMs: HOUR, ms: HOUR });
    expect(grant.state).toBe('scheduled');
    expect(servers).toMatchObject([{ application: { kind: 'not-now' } }]);
    const before = await world.countEvents();

    await world.pass(HOUR - 1);
    expect(person.access).toBeNull();
    expect(await world.countEvents()).toBe(before);

    await world.pass(1);
    await world.pass(0);
    expect(person.access).toEqual(['movies']);
    expect(await world.grantState(grant.id)).toBe('active');
    expect(await world.actions(before)).toEqual(['grant.started', 'access.applied']);

    await world.pass(HOUR);
    expect(person.access).toBeNull();
    expect(await world.actions(before + 2)).toEqual(['grant.ending', 'grant.ended']);
  });

  it('writes nothing, when a grant gives what another one gives already', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    const { writes } = tower.fake;
    const again = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    expect(applicationsOf(again)).toEqual({ Tower: 'applied' });
    expect(tower.fake.writes).toBe(writes);
    expect(await world.events('access.applied')).toHaveLength(1);
  });

  it('is all or nothing: a grant that cannot be made leaves no event and no message', async () => {
    await world.setChannel('audit');
    const events = await world.countEvents();
    const owed = await world.owed(AUDIT);
    await expect(world.grant(ADA, ['no such library'])).rejects.toThrow();
    expect(await world.countEvents()).toBe(events);
    expect(await world.owed(AUDIT)).toEqual(owed);
    expect((await world.app.grantStatus.list(GUILD, { limit: 10 })).total).toBe(0);
  });
});

describe('several grants of a member', () => {
  it('the end of one takes only what no other gives', async () => {
    const person = await world.newAccount(ADA, tower);
    const short = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: HOUR });
    const long = await world.grant(ADA, [tower.id('Shows'), tower.id('Music')], { ms: DAY });
    expect(person.access).toHaveLength(3);

    await world.pass(HOUR);
    expect(person.access?.toString().split(',').toSorted()).toEqual(['music', 'shows']);
    expect(await world.grantState(short.grant.id)).toBe('ended');
    expect((await world.events('grant.ended'))[0]?.facts.detail).toBe(
      'plex.tv shows Movies gone from Tower; Music and Shows stay by grant #2',
    );

    await world.pass(DAY);
    expect(person.access).toBeNull();
    expect(await world.grantState(long.grant.id)).toBe('ended');
    expect((await world.events('grant.ended'))[1]?.facts.detail).toBe('plex.tv shows it gone from Tower');
  });

  it('what was there before the link stays', async () => {
    const person = tower.fake.addPerson({ name: 'ada', access: ['music'] });
    await world.link(ADA, tower, person);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    expect(person.access).toEqual(['movies', 'music']);
    await world.pass(HOUR);
    expect(person.access).toEqual(['music']);
  });

  it('the default library of the server stays', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.stores.transaction(GUILD, (tx) =>
      tx.servers.update(tower.server.id, { defaultLibraryId: tower.id('Music') }),
    );
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.pass(HOUR);
    expect(person.access).toEqual(['music']);
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('of one member are nothing to another', async () => {
    const [ada, ben] = [await world.newAccount(ADA, tower), await world.newAccount(BEN, tower)];
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.grant(BEN, [tower.id('Movies')]);
    await world.pass(HOUR);
    expect([ada.access, ben.access]).toEqual([null, ['movies']]);
  });
});

describe('taking access back', () => {
  it('takes it at once, and says what was read back', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    const before = await world.countEvents();
    const revoked = await world.revoke(grant.id);
    expect(revoked).toMatchObject({
      kind: 'revoked',
      standing: { grant: { state: 'ended', endCause: 'revoked' } },
    });
    expect(person.access).toBeNull();
    expect((await world.events()).slice(before)).toMatchObject([
      {
        action: 'grant.revoked',
        actorId: STAFF,
        targetId: ADA,
        facts: { grant: 1, server: 'Tower', libraries: ['Movies'] },
      },
      {
        action: 'grant.ended',
        actorId: null,
        targetId: ADA,
        facts: { grant: 1, detail: 'plex.tv shows it gone from Tower' },
      },
    ]);
  });

  it('twice does nothing the second time', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    await world.revoke(grant.id);
    const [events, writes] = [await world.countEvents(), tower.fake.writes];
    expect((await world.revoke(grant.id)).kind).toBe('nothing');
    expect([await world.countEvents(), tower.fake.writes]).toEqual([events, writes]);
  });

  it('twice at the same time is done once', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    const answers = await Promise.all([world.revoke(grant.id), world.revoke(grant.id)]);
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['nothing', 'revoked']);
    expect(await world.events('grant.revoked')).toHaveLength(1);
    expect(await world.events('grant.ended')).toHaveLength(1);
    expect(tower.fake.calls.filter((call) => call === 'withdraw')).toHaveLength(1);
  });

  it('before the start ends the grant at once', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { startMs: HOUR, ms: HOUR });
    await world.revoke(grant.id);
    expect(await world.grantState(grant.id)).toBe('ended');
    const events = await world.countEvents();
    await world.pass(2 * HOUR);
    expect(await world.countEvents()).toBe(events);
  });

  it('without an account ends it at once, with that as its proof', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    expect((await world.revoke(grant.id)).standing.grant.state).toBe('ended');
    expect((await world.events('grant.ended'))[0]?.facts.detail).toBe('no account on Tower');
  });

  it('while the server is down says that it is still open', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    const { standing } = await world.revoke(grant.id);
    expect(standing.grant).toMatchObject({ state: 'ending', endedAt: null });
    expect(standing.servers).toMatchObject([{ application: { kind: 'still-open', why: DOWN.message } }]);
    expect(person.access).toEqual(['movies']);
    expect(await world.events('grant.ended')).toEqual([]);
  });
});

describe('every change of access', () => {
  it('is one event and one message to the audit channel, in order', async () => {
    await world.setChannel('audit');
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: MINUTE });
    await world.pass(MINUTE);
    await world.pass(MINUTE);
    const actions = (await world.owed(AUDIT)).map(
      (content) => content.kind === 'audit' && content.event.action,
    );
    expect(actions).toEqual([
      'settings.changed',
      'member.linked',
      'grant.created',
      'access.applied',
      'grant.ending',
      'grant.ended',
    ]);
  });

  it('is numbered without a gap, whoever comes at the same time', async () => {
    await Promise.all([world.newAccount(ADA, tower), world.newAccount(BEN, tower)]);
    await Promise.all([ADA, BEN, ADA, BEN].map((member) => world.grant(member, [tower.id('Movies')])));
    const numbers = (await world.events()).map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
  });
});

describe('before access is given', () => {
  const warned = async (
    names: readonly string[],
    { startMs = 0, ms }: { startMs?: number; ms?: number } = {},
  ) => {
    const startsAt = later(startMs);
    const expiresAt = ms === undefined ? null : later(startMs + ms);
    const wish = { memberId: ADA, libraryIds: names.map((name) => tower.id(name)), startsAt, expiresAt };
    const { warnings } = await world.app.grants.preview(GUILD, wish);
    return warnings.map(({ kind, numbers, libraries }) => [kind, numbers, libraries.map(({ name }) => name)]);
  };

  it('staff are told what is given for good already, and what gives nothing new', async () => {
    expect(await warned(['Movies'])).toEqual([]);
    const always = await world.grant(ADA, [tower.id('Movies')]);
    const month = await world.grant(ADA, [tower.id('Shows')], { ms: 30 * DAY });
    const music = await world.grant(ADA, [tower.id('Music')], { startMs: DAY });
    expect(await warned(['Movies'], { ms: DAY })).toEqual([['for-good', [always.grant.number], ['Movies']]]);
    expect(await warned(['Movies', 'Shows'])).toEqual([['for-good', [always.grant.number], ['Movies']]]);
    expect(await warned(['Shows'], { ms: DAY })).toEqual([['nothing-new', [month.grant.number], ['Shows']]]);
    expect(await warned(['Shows'], { ms: 31 * DAY })).toEqual([]);
    expect(await warned(['Shows'])).toEqual([]);
    // What begins later gives nothing until then.
    expect(await warned(['Music'], { ms: DAY })).toEqual([]);
    expect(await warned(['Music'], { startMs: 2 * DAY })).toEqual([
      ['for-good', [music.grant.number], ['Music']],
    ]);
    await world.revoke(always.grant.id);
    expect(await warned(['Movies'])).toEqual([]);
  });

  it('and after it, they can undo it: it ends', async () => {
    const person = await world.newAccount(ADA, tower);
    const given = await world.app.grants.add({
      ...{ guildId: GUILD, actorId: STAFF, memberId: ADA, libraryIds: [tower.id('Movies')] },
      ...{ startsAt: later(0), expiresAt: null, reason: null },
    });
    expect(person.access).toEqual(['movies']);
    const undo = { guildId: GUILD, actorId: STAFF, undoId: given.undoId };
    expect(await world.app.changeGrants.undo(undo)).toMatchObject({
      result: { changed: [{ standing: { grant: { state: 'ended', endCause: 'revoked' } } }] },
    });
    expect(person.access).toBeNull();
  });
});
