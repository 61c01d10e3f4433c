import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trouble } from '../../../src/app/ports/media-server.ts';
import type { VendorAccount } from '../../../src/app/ports/sign-in.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { PIN, TOKEN } from '../fake-plex-sign-in.ts';
import { ALERTS, applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;
let account: VendorAccount;
let grantId: string;

/** Ada was granted Movies and has a Plex account that Tower has never seen. */
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  tower.fake.acceptsAtOnce = false;
  grantId = (await world.grant(ADA, [tower.id('Movies')])).grant.id;
  account = {
    externalId: '777',
    name: 'ada on plex',
    emailMasked: 'a•••@e•••.org',
    protection: null,
    inHousehold: false,
  };
  tower.fake.addPerson(account);
  world.clock.jumps = true;
});
afterEach(() => world.close());

async function start(memberId = ADA) {
  const started = await world.app.connectByPage.start(GUILD, memberId, 'plex');
  if (started.kind === 'unknown') throw new Error(started.why.message);
  return started.value;
}

async function openSignIns() {
  return await world.stores.of(GUILD).signIns.listOpen();
}

/** The account is linked to Ada, the invitation was accepted, and the token was forgotten. */
async function expectConnected() {
  expect(await world.account(ADA, tower.server.id)).toMatchObject({
    externalId: '777',
    name: 'ada on plex',
    memberId: ADA,
    pending: false,
    dueAt: null,
  });
  expect(tower.fake.person('777')).toMatchObject({ access: ['movies'], pending: false });
  expect(applicationsOf(await world.app.grantStatus.get(GUILD, grantId))).toEqual({ Tower: 'applied' });
  expect(world.plexTv.forgotten).toEqual([TOKEN]);
  expect(await openSignIns()).toEqual([]);
  expect(await world.events('member.linked')).toHaveLength(1);
  expect(await world.events('access.applied')).toHaveLength(1);
}

describe('a member who signs in', () => {
  it('gets a link at once, is linked, invited and accepted, and the token is forgotten', async () => {
    const { link, finished, expiresAt } = await start();
    expect(link).toBe('https://plex.test/link');
    expect(expiresAt).toEqual(world.plexTv.expiresAt);
    world.plexTv.approvedBy = account;
    expect(await finished).toEqual({ kind: 'connected', account: 'ada on plex' });
    expect(world.plexTv.accepted).toEqual([tower.server.identity]);
    await expectConnected();
  });

  it('keeps what the account has there already', async () => {
    tower.fake.addPerson({ name: 'ada on plex', externalId: '777', access: ['music'] });
    world.plexTv.approvedBy = account;
    await (await start()).finished;
    expect(tower.fake.person('777').access).toEqual(['movies', 'music']);
    const imported = (await world.app.grantStatus.list(GUILD, { limit: 10 })).page.filter(
      ({ grant }) => grant.source === 'imported',
    );
    expect(imported.map(({ libraries }) => libraries.map(({ name }) => name))).toEqual([['Music']]);
  });

  it('may be slow, as long as the PIN lives', async () => {
    world.plexTv.approvedBy = account;
    world.plexTv.approvedAtPoll = 400;
    expect((await (await start()).finished).kind).toBe('connected');
  });

  it('who never does is told so, and nothing is left', async () => {
    expect(await (await start()).finished).toEqual({ kind: 'expired' });
    expect(world.clock.now().getTime()).toBeGreaterThanOrEqual(world.plexTv.expiresAt.getTime());
    expect(await openSignIns()).toEqual([]);
    expect(await world.events('member.linked')).toEqual([]);
  });

  it('is polled for through an outage of plex.tv', async () => {
    world.plexTv.fail('poll', DOWN, 10);
    world.plexTv.approvedBy = account;
    expect((await (await start()).finished).kind).toBe('connected');
  });

  it('hears at once when plex.tv gives no PIN', async () => {
    world.plexTv.fail('start', DOWN);
    expect(await world.app.connectByPage.start(GUILD, ADA, 'plex')).toEqual({ kind: 'unknown', why: DOWN });
    expect(await openSignIns()).toEqual([]);
  });

  it('is refused the account of another member', async () => {
    world.clock.jumps = false;
    await world.link(
      BEN,
      tower,
      tower.fake.addPerson({ name: 'ben', externalId: '777', access: ['movies'] }),
    );
    world.clock.jumps = true;
    world.plexTv.approvedBy = account;
    expect(await (await start()).finished).toEqual({
      kind: 'refused',
      why: 'somebody-elses',
      account: 'ada on plex',
    });
    expect((await world.account(BEN, tower.server.id)).externalId).toBe('777');
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await openSignIns()).toEqual([]);
  });

  it('is refused the account of the owner', async () => {
    world.plexTv.approvedBy = { ...account, externalId: '1' };
    expect(await (await start()).finished).toMatchObject({ kind: 'refused', why: 'owner' });
    expect(tower.fake.writes).toBe(0);
  });

  it.each([
    ['managed', { protection: 'managed' as const }, null],
    ['in the Home of the owner', { inHousehold: true }, 'home' as const],
  ])(
    'P15, P16: %s is refused before anything is written, and another account works',
    async (_name, what, is) => {
      const kid = tower.fake.addPerson({ name: 'Kid', externalId: '888', protection: is });
      world.plexTv.approvedBy = { ...account, externalId: kid.externalId, name: 'Kid', ...what };
      const why = is ?? 'managed';
      expect(await (await start()).finished).toEqual({ kind: 'refused', why, account: 'Kid' });
      expect(tower.fake.writes).toBe(0);
      expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
      expect(world.plexTv.forgotten).toEqual([TOKEN]);

      world.plexTv.renew();
      world.plexTv.approvedBy = account;
      expect(await (await start()).finished).toMatchObject({ account: 'ada on plex' });
      expect((await world.account(ADA, tower.server.id)).externalId).toBe('777');
    },
  );

  it('of a Home of their own is a member like any other', async () => {
    world.plexTv.approvedBy = { ...account, inHousehold: true };
    await (await start()).finished;
    expect((await world.account(ADA, tower.server.id)).externalId).toBe('777');
  });

  it('is not linked while it cannot be read what the account has, and is as soon as it can', async () => {
    world.plexTv.approvedBy = account;
    tower.fake.fail('readAccess', DOWN, { times: 3 });
    expect((await (await start()).finished).kind).toBe('connected');
    await expectConnected();
  });

  it('is told why, and the token is forgotten, when the server stays down until the PIN is over', async () => {
    world.plexTv.approvedBy = account;
    takeDown(tower.fake);
    expect(await (await start()).finished).toEqual({ kind: 'failed', why: DOWN });
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await openSignIns()).toEqual([]);
  });

  it('is tried again when the invitations could not be accepted', async () => {
    world.plexTv.approvedBy = account;
    world.plexTv.fail('acceptInvitations', DOWN, 3);
    expect((await (await start()).finished).kind).toBe('connected');
    await expectConnected();
  });
});

describe('after a kill', () => {
  it.each([
    ['before the first poll', 'poll', 'before'],
    ['before the account was asked for', 'account', 'before'],
    ['after the account was asked for', 'account', 'after'],
    ['before the invitations were accepted', 'acceptInvitations', 'before'],
    ['after the invitations were accepted', 'acceptInvitations', 'after'],
    ['before the token was forgotten', 'forget', 'before'],
  ] as const)('%s the sign-in goes on, and the member hears of its end', async (_name, step, when) => {
    world.plexTv.approvedBy = account;
    world.plexTv.crash(step, when);
    await expect((await start()).finished).rejects.toThrow('killed');
    expect(await openSignIns()).toHaveLength(1);
    expect(await world.stores.due.listUnfinished()).toEqual([GUILD]);

    world.restart();
    await world.app.connectByPage.resume(GUILD);
    await expectConnected();
    expect(await world.stores.due.listUnfinished()).toEqual([]);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringContaining('ada on plex is connected') },
    ]);
  });

  it('in the middle of an invitation the sign-in goes on', async () => {
    world.plexTv.approvedBy = account;
    const { invite } = tower.fake;
    tower.fake.invite = async (...args) => {
      await invite.apply(tower.fake, args);
      throw new Error('killed');
    };
    world.plexTv.crash('acceptInvitations', 'before');
    await expect((await start()).finished).rejects.toThrow('killed');
    Reflect.deleteProperty(tower.fake, 'invite');
    world.restart();
    world.clock.advance(MINUTE);
    await world.app.connectByPage.resume(GUILD);
    await expectConnected();
  });

  it('that lasted longer than the PIN nothing is left open', async () => {
    world.plexTv.crash('poll', 'before');
    await expect((await start()).finished).rejects.toThrow('killed');
    world.clock.advance(HOUR);
    world.restart();
    await world.app.connectByPage.resume(GUILD);
    expect(await openSignIns()).toEqual([]);
    expect(await world.owed(ADA)).toEqual([]);
  });
});

it('neither the PIN nor the token is ever stored in clear', async () => {
  world.plexTv.approvedBy = account;
  world.plexTv.crash('account', 'before');
  await expect((await start()).finished).rejects.toThrow('killed');
  const [signIn] = await openSignIns();
  expect(signIn?.state).toBe('approved');
  const sealed = await world.stores.of(GUILD).signIns.getTokenCipher(signIn?.id ?? '');
  expect(
    world.deps.secrets.open(sealed ?? '', { guildId: GUILD, column: 'SignIn.token', row: signIn?.id ?? '' }),
  ).toBe(TOKEN);
  const stored = await world.everythingStored();
  expect(stored).toContain(GUILD);
  expect(stored).not.toContain(TOKEN);
  expect(stored).not.toContain(PIN);

  world.restart();
  await world.app.connectByPage.resume(GUILD);
  expect(await world.stores.of(GUILD).signIns.getTokenCipher(signIn?.id ?? '')).toBeNull();
});

describe('a refusal, which trying again does not mend', () => {
  const REFUSED: Trouble = {
    kind: 'not-possible',
    message: 'plex.tv refuses it (422).',
    reason: 'You have reached the maximum number of users',
    refusal: 'final',
    vendor: true,
  };
  const alerts = async () =>
    (await world.owed(ALERTS)).flatMap((each) => (each.kind === 'alert' ? [each.text] : []));

  it('of the invitation ends the loop, is told to staff once, and the member hears when it is made', async () => {
    await world.setChannel('alerts');
    world.plexTv.approvedBy = account;
    tower.fake.fail('invite', REFUSED, { times: Number.POSITIVE_INFINITY });
    const before = world.clock.now().getTime();
    const end = await (await start()).finished;
    expect(end).toMatchObject({ kind: 'unfinished', servers: [{ state: 'staff' }] });
    expect(world.clock.now().getTime() - before).toBeLessThan(10_000);
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await world.account(ADA, tower.server.id)).toMatchObject({ refused: true, attempts: 1 });

    const writes = tower.fake.writes;
    world.clock.jumps = false;
    for (let minute = 0; minute < 60; minute += 1) await world.pass(MINUTE);
    expect(tower.fake.writes - writes).toBeLessThan(5);
    expect(await alerts()).toEqual([
      expect.stringContaining('“You have reached the maximum number of users”'),
    ]);
    expect(await world.events('access.applied')).toEqual([]);
    expect(await world.app.jobRuns.overdue(GUILD)).toMatchObject([{ account: { refused: true } }]);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grantId))).toEqual({ Tower: 'failed' });

    tower.fake.heal();
    await world.app.jobRuns.retry(GUILD);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringContaining('You are invited to Tower now'), signIn: 'plex' },
    ]);
    expect(await world.account(ADA, tower.server.id)).toMatchObject({ refused: false, pending: true });

    // She accepts it by hand, and a sync sees it.
    tower.fake.person('777').pending = false;
    await world.app.syncServers(GUILD);
    expect((await world.actions()).at(-1)).toBe('access.accepted');
    expect((await world.owed(ADA)).at(-1)).toMatchObject({
      text: expect.stringContaining('can watch on Tower'),
    });
  });

  it('of the acceptance is left to the member, with the reason, and staff hear of it', async () => {
    await world.setChannel('alerts');
    world.plexTv.approvedBy = account;
    const why: Trouble = { ...REFUSED, reason: 'Please verify your email address first' };
    world.plexTv.fail('acceptInvitations', why, Number.POSITIVE_INFINITY);
    expect(await (await start()).finished).toMatchObject({
      kind: 'unfinished',
      servers: [{ state: 'invited' }],
      byHand: { reason: 'Please verify your email address first' },
    });
    expect(await alerts()).toEqual([expect.stringContaining('“Please verify your email address first”')]);
    expect(await openSignIns()).toEqual([]);
  });

  it('of a question about the sign-in itself ends it at once', async () => {
    world.plexTv.approvedBy = account;
    world.plexTv.fail('account', REFUSED, Number.POSITIVE_INFINITY);
    expect(await (await start()).finished).toEqual({ kind: 'failed', why: REFUSED });
    world.plexTv.fail('poll', REFUSED, Number.POSITIVE_INFINITY);
    expect(await (await start()).finished).toEqual({ kind: 'failed', why: REFUSED });
  });
});

describe('how far it is', () => {
  it('is told step by step', async () => {
    world.plexTv.approvedBy = account;
    const steps: string[] = [];
    const started = await world.app.connectByPage.start(GUILD, ADA, 'plex', ({ account: name, servers }) => {
      steps.push([name, ...servers.map(({ server, state }) => `${server.name} ${state}`)].join(', '));
    });
    if (started.kind === 'known') await started.value.finished;
    expect(steps).toEqual(['', 'ada on plex', 'ada on plex, Tower invited', 'ada on plex, Tower ready']);
  });

  it('says for whom it waits when the token of the server is dead, and goes on when it is back', async () => {
    await world.setChannel('alerts');
    world.plexTv.approvedBy = account;
    const dead: Trouble = { kind: 'unauthorised', message: 'Sign in again.', vendor: true };
    tower.fake.fail('readAccess', dead, { times: 4 });
    const waits: unknown[] = [];
    const started = await world.app.connectByPage.start(GUILD, ADA, 'plex', ({ waitsFor }) => {
      waits.push(waitsFor);
    });
    if (started.kind === 'known') await started.value.finished;
    expect(waits).toContain('staff');
    expect((await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert')).toEqual([
      { kind: 'alert', text: expect.stringContaining('Sign in again') },
    ]);
    await expectConnected();
  });

  it('and how it ended comes by direct message once nobody hears it any more', async () => {
    world.plexTv.approvedBy = account;
    const { finished, leave } = await start();
    leave();
    await finished;
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringContaining('ada on plex is connected') },
    ]);
  });
});
