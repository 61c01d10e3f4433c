/** Somebody is forgotten: their access ends first, then everything about them goes, and nothing brings it back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asActor } from '../../../src/domain/ids.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, AUDIT, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const forget = (guildId = GUILD) => world.app.forgetting.begin(guildId, ADA, asActor(ADA));
/** Everything that the database holds of a guild. What an account is called on its server is the server's to say. */
const rows = async () => (await world.rowsOf(GUILD)).replaceAll(`account-of-${ADA}`, 'an account');
const PSEUDONYM = /^forgotten-[a-z0-9]{8}$/;

describe('who asks to be forgotten', () => {
  it('loses what they have, and then no row names them', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.app.people.note(GUILD, [{ userId: ADA, name: 'Ada Lovelace' }]);
    await world.app.memberNotes.save(GUILD, ADA, 'owes me a beer');
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.grant(BEN, [tower.id('Movies')]);
    expect(person.access).toEqual(['movies']);
    expect(await forget()).toEqual({ kind: 'forgotten' });
    expect(person.access).toBeNull();
    expect(await world.stores.of(GUILD).grants.find(grant.id)).toBeUndefined();
    const left = await world.rowsOf(GUILD);
    for (const trace of [ADA, 'Ada Lovelace', 'beer', person.name]) expect(left).not.toContain(trace);
    expect(left).toContain(BEN);
  });

  it('stays in the record under one pseudonym, without a word that names them', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    const before = await world.countEvents();
    await forget();
    const events = await world.events();
    expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    expect(events.length).toBeGreaterThan(before);
    const about = events.filter(({ targetId }) => targetId !== null);
    const pseudonyms = new Set(about.map(({ targetId }) => targetId));
    expect([...pseudonyms]).toEqual([expect.stringMatching(PSEUDONYM)]);
    const last = events.at(-1);
    expect(last).toMatchObject({
      action: 'member.forgotten',
      actorId: last?.targetId,
      facts: { how: 'own' },
    });
    expect(events.find(({ action }) => action === 'grant.ended')?.facts.detail).toContain('gone');
    expect(JSON.stringify(events)).not.toContain(person.name);
  });

  it('is called otherwise in each guild, and after each time', async () => {
    const other = await world.add(world.build('plex', 'Attic', ['Movies']), OTHER_GUILD);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(ADA, [other.id('Movies')], { guildId: OTHER_GUILD });
    await forget();
    await forget(OTHER_GUILD);
    await world.grant(ADA, [tower.id('Movies')]);
    await forget();
    const names = [
      ...(await world.events('member.forgotten')),
      ...(await world.events('member.forgotten', OTHER_GUILD)),
    ];
    expect(new Set(names.map(({ targetId }) => targetId)).size).toBe(3);
  });

  it('does not keep the default library, which is there for whoever drops out by accident', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.app.serverPolicy.set({
      guildId: GUILD,
      actorId: STAFF,
      serverId: tower.server.id,
      changes: { defaultLibraryId: tower.id('Shows') },
    });
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    await world.revoke(grant.id);
    expect(person.access).toEqual(['shows']);
    expect(await forget()).toEqual({ kind: 'forgotten' });
    expect(person.access).toBeNull();
    expect(await rows()).not.toContain(ADA);
  });

  it('keeps what somebody else gave, in an account that is nobody’s any more', async () => {
    const person = await world.newAccount(ADA, tower);
    person.access = ['music'];
    await world.app.syncServers(GUILD);
    await world.grant(ADA, [tower.id('Movies')]);
    await forget();
    expect(person.access).toEqual(['music']);
    const [account] = await world.stores.of(GUILD).accounts.list();
    expect(account).toMatchObject({ memberId: null, formerMemberId: null, given: [], inFlight: [] });
    expect(await rows()).not.toContain(ADA);
  });
});

describe('while a server is away', () => {
  it('waits for it, over a restart, and is done once the server shows it', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    expect(await forget()).toMatchObject({ kind: 'waiting', waitsFor: { servers: ['Tower'] } });
    expect(await world.app.forgetting.preview(GUILD, ADA)).toMatchObject({
      open: 0,
      waitsFor: { servers: ['Tower'] },
    });
    await world.pass(10 * MINUTE);
    expect(await rows()).toContain(ADA);
    world.restart();
    tower.fake.heal();
    await world.pass(HOUR);
    await world.pass(10 * MINUTE);
    expect(person.access).toBeNull();
    expect(await rows()).not.toContain(ADA);
  });

  it('ends what is given meanwhile: until it is done, nothing new is', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    await forget();
    await world.grant(ADA, [tower.id('Shows')]);
    tower.fake.heal();
    for (let tries = 0; tries < 3; tries += 1) await world.pass(HOUR);
    expect(await rows()).not.toContain(ADA);
  });

  it('takes back the card of what they asked for, before nobody knows any more where it is', async () => {
    const REQUESTS = '400000000000000009';
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    const who = { guildId: GUILD, actorId: STAFF };
    await world.app.settings.setChannel({ ...who, purpose: 'requests', channelId: REQUESTS });
    const wish = {
      guildId: GUILD,
      memberId: ADA,
      grantId: grant.id,
      lasts: null,
      note: 'please',
      inDm: false,
    };
    await world.app.requests.askToRenew(wish);
    /** Discord takes what is owed to the channel, until nothing is. */
    const send = async (messageId: string | null) => {
      for (;;) {
        const owed = await world.outbox.listDue(world.clock.now(), 99);
        const due = owed.find(({ sink }) => sink === REQUESTS);
        if (!due) return;
        const version = due.content.kind === 'post' ? due.content.version : undefined;
        await world.app.deliveries.sent([due], messageId, version);
      }
    };
    await send('the card');
    expect(await forget()).toMatchObject({ kind: 'waiting', waitsFor: { servers: [], atDiscord: true } });
    expect(await world.stores.of(GUILD).requests.listWaiting()).toEqual([]);
    await world.pass(MINUTE);
    await send(null);
    await world.pass(MINUTE);
    expect(await rows()).not.toContain(ADA);
  });

  it('does not wait for a message for ever: its channel may be gone', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    const wish = { guildId: GUILD, memberId: ADA, grantId: grant.id, lasts: null, note: null, inDm: false };
    await world.app.requests.askToRenew(wish);
    const due = (await world.outbox.listDue(world.clock.now(), 99)).filter(
      ({ content }) => content.kind === 'post',
    );
    for (const one of due) await world.app.deliveries.sent([one], 'the card', 1);
    expect(await forget()).toMatchObject({ kind: 'waiting' });
    await world.pass(20 * MINUTE);
    expect(await rows()).not.toContain(ADA);
  });

  it('ends nothing twice when it is asked for again', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    await forget();
    await forget();
    expect(await world.events('grant.revoked')).toHaveLength(1);
  });
});

describe('an account that Usher made', () => {
  const made = async (expiryAction: 'withdraw' | 'delete') => {
    const den = await world.addDen();
    const set = { guildId: GUILD, actorId: STAFF, serverId: den.server.id, changes: { expiryAction } };
    await world.app.serverPolicy.set(set);
    await world.grant(ADA, [den.id('Films')]);
    await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
    await world.pass(10 * MINUTE);
    const { externalId } = await world.account(ADA, den.server.id);
    return { den, person: () => den.fake.people.get(externalId ?? '') };
  };

  it('is deleted at once where that is the policy, and no week later', async () => {
    const { person } = await made('delete');
    expect(await world.app.forgetting.preview(GUILD, ADA)).toMatchObject({ accounts: [{ fate: 'deleted' }] });
    expect(await forget()).toEqual({ kind: 'forgotten' });
    expect(person()).toBeUndefined();
    expect(await rows()).not.toContain(ADA);
  });

  it('is shut and stays, where that is the policy', async () => {
    const { person } = await made('withdraw');
    expect(await world.app.forgetting.preview(GUILD, ADA)).toMatchObject({ accounts: [{ fate: 'shut' }] });
    expect(await forget()).toEqual({ kind: 'forgotten' });
    expect(person()).toMatchObject({ disabled: true });
    expect(await rows()).not.toContain(ADA);
  });
});

it('a record that an older version began is whole afterwards', async () => {
  await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  await world.tamper((queries) =>
    queries.auditEvent.updateMany({ data: { salt: '', factsHash: '', hash: 'as it was made then' } }),
  );
  await forget();
  expect(await world.app.recordCheck.verify(GUILD)).toMatchObject({ count: 0, emptied: 5 });
});

describe('a process that is killed while it forgets', () => {
  it('leaves something that the next one finishes, under the same pseudonym', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    await forget();
    const [asked] = await world.stores.of(GUILD).forgettings.list();
    if (!asked) throw new Error('nobody is to be forgotten');
    await world.stores.transaction(GUILD, ({ personalData }) =>
      personalData.forgetEvents(ADA, asked.pseudonym, { after: 0, limit: 2 }),
    );
    world.restart();
    tower.fake.heal();
    await world.pass(HOUR);
    await world.pass(10 * MINUTE);
    const events = await world.events();
    const names = new Set(events.flatMap(({ targetId }) => targetId ?? []));
    expect([...names]).toEqual([asked.pseudonym]);
    expect(await rows()).not.toContain(ADA);
  });
});

describe('what could bring it back', () => {
  it('is no late reading: a sync finds an account that is nobody’s', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await forget();
    person.access = ['movies'];
    await world.app.syncServers(GUILD);
    await world.pass(HOUR);
    expect(await rows()).not.toContain(ADA);
    expect(person.access).toEqual(['movies']);
  });

  it('is no message that was on its way', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    world.clock.advance(2 * MINUTE);
    const [onItsWay] = (await world.outbox.listDue(world.clock.now(), 10)).filter(({ sink }) => sink === ADA);
    if (!onItsWay) throw new Error('nothing was on its way');
    await forget();
    await world.app.deliveries.sent([onItsWay], 'message');
    await world.app.deliveries.parked(onItsWay, 'closed', true);
    expect(await rows()).not.toContain(ADA);
  });

  it('is no line of the record that waits for its channel: it says it without them', async () => {
    await world.setChannel('audit');
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await forget();
    const owed = JSON.stringify(await world.owed(AUDIT));
    expect(owed).toContain('grant.created');
    expect(owed).not.toContain(ADA);
  });

  it('is no sign-in that is open', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    await world.app.signIns.start({ guildId: GUILD, memberId: ADA, name: 'Ada', at: { kind: 'plex' } });
    await forget();
    await world.app.idle('all');
    await world.pass(HOUR);
    expect(await rows()).not.toContain(ADA);
  });
});

describe('an invite that was meant for them', () => {
  it('cannot be redeemed any more, and goes with them', async () => {
    const made = await world.invite({
      guildId: GUILD,
      actorId: STAFF,
      memberId: ADA,
      ...{ libraryIds: [tower.id('Movies')], duration: null },
      ...{ uses: 1, validUntil: new Date(world.clock.now().getTime() + HOUR), roleId: null, note: null },
    });
    await forget();
    const redeemed = await world.app.invites.redeemCode({
      guildId: GUILD,
      memberId: ADA,
      typed: made.code ?? '',
    });
    expect(redeemed.kind).toBe('no-such-code');
  });
});

describe('/member forget', () => {
  it('names the admin who asked for it', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    expect(await world.app.forgetting.begin(GUILD, ADA, STAFF)).toEqual({ kind: 'forgotten' });
    expect((await world.events('member.forgotten'))[0]).toMatchObject({
      actorId: STAFF,
      targetId: expect.stringMatching(PSEUDONYM),
    });
  });
});

describe('who is forgotten and holds a role that is a plan', () => {
  const PATRON = '600000000000000001';
  const alerts = async () =>
    (await world.owed(ALERTS)).flatMap((owed) => (owed.kind === 'alert' ? [owed.text] : []));

  beforeEach(async () => {
    await world.setChannel('alerts');
    world.guilds.role(PATRON);
    const made = await world.app.plans.create({
      ...{ guildId: GUILD, actorId: STAFF, name: 'Family', libraryIds: [tower.id('Movies')] as const },
      ...{ duration: null, expiryAction: null, roleId: null },
    });
    if (made.kind !== 'done') throw new Error(made.kind);
    const mapped = { roleId: PATRON, planId: made.details.plan.id, grace: null };
    await world.app.rolePlans.set({ guildId: GUILD, actorId: STAFF, ...mapped });
    world.guilds.has(ADA, PATRON);
    await world.app.presence.look(GUILD);
  });

  it('reads before that it brings them back, and staff are told, without a name', async () => {
    const again = [{ roleId: PATRON, plan: 'Family' }];
    expect(await world.app.forgetting.preview(GUILD, ADA)).toMatchObject({ again });
    expect(await forget()).toEqual({ kind: 'forgotten' });
    expect(await alerts()).toEqual([expect.stringContaining(`holds <@&${PATRON}>`)]);
    expect(await world.rowsOf(GUILD)).not.toContain(ADA);
    await world.app.presence.look(GUILD);
    expect(await world.stores.of(GUILD).grants.list({ memberId: ADA })).toHaveLength(1);
  });

  it('is asked of Discord, and read from what was seen last while that says nothing', async () => {
    world.guilds.silent = 1;
    expect((await world.app.forgetting.preview(GUILD, ADA)).again).toHaveLength(1);
    world.guilds.has(ADA);
    expect((await world.app.forgetting.preview(GUILD, ADA)).again).toEqual([]);
    await forget();
    expect(await alerts()).toEqual([]);
  });

  it('is not told to staff who ask for it: they have read it', async () => {
    await world.app.forgetting.begin(GUILD, ADA, STAFF);
    expect(await alerts()).toEqual([]);
  });
});
