import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignInSteps } from '../../../src/app/accounts/sign-in-end.ts';
import type { Trouble } from '../../../src/app/ports/media-server.ts';
import type { VendorAccount } from '../../../src/app/ports/sign-in.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { aSignIn } from '../../support/rows.ts';
import { inEnglish } from '../../support/said.ts';
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
  world.clock.jumpsUpTo = MINUTE;
});
afterEach(() => world.close());

const start = () => world.startSignIn(ADA);
const signIn = () => world.signIn(ADA);

/** After a start: the open sign-ins go on, and the member answers the question that came by direct message. */
async function resumed() {
  const going = world.app.signIns.resume(GUILD);
  await vi.waitFor(async () => {
    const [open] = await openSignIns();
    if (open?.state === 'approved' && open.accountName !== null)
      await world.app.signIns.confirm(GUILD, ADA, open.id);
    expect(['waiting', 'approved']).not.toContain(open?.state);
  }, 10_000);
  await going;
}

async function openSignIns() {
  return await world.stores.of(GUILD).signIns.listOpen();
}

/** The account is linked to Ada, the invitation was accepted, and the token was forgotten. */
async function expectConnected() {
  expect(inEnglish(await world.account(ADA, tower.server.id))).toMatchObject({
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
    const started = await start();
    expect(started.shown).toBe('https://plex.test/link');
    expect(started.expiresAt).toEqual(world.plexTv.expiresAt);
    world.plexTv.approvedBy = account;
    expect(await world.confirmed(ADA, started)).toEqual({ kind: 'connected', account: 'ada on plex' });
    expect(world.plexTv.accepted).toEqual([tower.server.identity]);
    await expectConnected();
  });

  it('keeps what the account has there already', async () => {
    tower.fake.addPerson({ name: 'ada on plex', externalId: '777', access: ['music'] });
    world.plexTv.approvedBy = account;
    await signIn();
    expect(tower.fake.person('777').access).toEqual(['movies', 'music']);
    const imported = (await world.app.grantStatus.list(GUILD, { limit: 10 })).page.filter(
      ({ grant }) => grant.source === 'imported',
    );
    expect(imported.map(({ libraries }) => libraries.map(({ name }) => name))).toEqual([['Music']]);
  });

  it('may be slow, as long as the PIN lives', async () => {
    world.plexTv.approvedBy = account;
    world.plexTv.approvedAtPoll = 400;
    expect((await signIn()).kind).toBe('connected');
  });

  it('who never does is told so, and nothing is left', async () => {
    expect(await signIn()).toEqual({ kind: 'expired' });
    expect(world.clock.now().getTime()).toBeGreaterThanOrEqual(world.plexTv.expiresAt.getTime());
    expect(await openSignIns()).toEqual([]);
    expect(await world.events('member.linked')).toEqual([]);
  });

  it('is polled for through an outage of plex.tv', async () => {
    world.plexTv.fail('poll', DOWN, 10);
    world.plexTv.approvedBy = account;
    expect((await signIn()).kind).toBe('connected');
  });

  it('hears at once when plex.tv gives no PIN', async () => {
    world.plexTv.fail('start', DOWN);
    const wish = { guildId: GUILD, memberId: ADA, name: 'ada', at: { kind: 'plex' } } as const;
    expect(await world.app.signIns.start(wish)).toMatchObject({ kind: 'failed', why: DOWN });
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
    expect(await signIn()).toEqual({
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
    expect(await signIn()).toMatchObject({ kind: 'refused', why: 'owner' });
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
      expect(await signIn()).toEqual({ kind: 'refused', why, account: 'Kid' });
      expect(tower.fake.writes).toBe(0);
      expect(await world.stores.of(GUILD).accounts.list({ memberId: ADA })).toEqual([]);
      expect(world.plexTv.forgotten).toEqual([TOKEN]);

      world.plexTv.approvedBy = account;
      expect(await signIn()).toMatchObject({ account: 'ada on plex' });
      expect((await world.account(ADA, tower.server.id)).externalId).toBe('777');
    },
  );

  it('of a Home of their own is a member like any other', async () => {
    world.plexTv.approvedBy = { ...account, inHousehold: true };
    await signIn();
    expect((await world.account(ADA, tower.server.id)).externalId).toBe('777');
  });

  it('is not linked while it cannot be read what the account has, and is as soon as it can', async () => {
    world.plexTv.approvedBy = account;
    tower.fake.fail('readAccess', DOWN, { times: 3 });
    expect((await signIn()).kind).toBe('connected');
    await expectConnected();
  });

  it('is told why, and the token is forgotten, when the server stays down until the PIN is over', async () => {
    world.plexTv.approvedBy = account;
    takeDown(tower.fake);
    expect(await signIn()).toEqual({ kind: 'failed', why: DOWN });
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await openSignIns()).toEqual([]);
  });

  it('is tried again when the invitations could not be accepted', async () => {
    world.plexTv.approvedBy = account;
    world.plexTv.fail('acceptInvitations', DOWN, 3);
    expect((await signIn()).kind).toBe('connected');
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
    await expect(signIn()).rejects.toThrow('killed');
    expect(await openSignIns()).toHaveLength(1);
    expect(await world.stores.due.listUnfinished()).toEqual([GUILD]);

    world.restart();
    await resumed();
    await expectConnected();
    expect(await world.stores.due.listUnfinished()).toEqual([]);
    // The question, or the end of what she had confirmed before.
    expect(await world.owed(ADA)).toMatchObject([
      { kind: 'notice', text: expect.stringMatching(/ada on plex is connected|as ada on plex for/) },
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
    await expect(signIn()).rejects.toThrow('killed');
    Reflect.deleteProperty(tower.fake, 'invite');
    world.restart();
    world.clock.advance(MINUTE);
    await resumed();
    await expectConnected();
  });

  it('that lasted longer than the PIN nothing is left open', async () => {
    world.plexTv.crash('poll', 'before');
    await expect(signIn()).rejects.toThrow('killed');
    world.clock.advance(HOUR);
    world.restart();
    await resumed();
    expect(await openSignIns()).toEqual([]);
    expect(await world.owed(ADA)).toEqual([]);
  });
});

it('a sign-in that an older version began goes on, and is asked about', async () => {
  const pin = await world.plexTv.start();
  if (pin.kind === 'unknown') throw new Error('no PIN');
  const pinCipher = world.deps.secrets.seal(PIN, { guildId: GUILD, column: 'SignIn.pin', row: 'old' });
  const { clientIdentifier, expiresAt } = pin.value;
  const row = aSignIn('old', { memberId: ADA, clientIdentifier, expiresAt, pinCipher });
  await world.stores.transaction(GUILD, (tx) => tx.signIns.add(row));
  world.plexTv.approvedBy = account;
  await resumed();
  await expectConnected();
});

it('neither the PIN nor the token is ever stored in clear', async () => {
  world.plexTv.approvedBy = account;
  world.plexTv.crash('account', 'before');
  await expect(signIn()).rejects.toThrow('killed');
  const [open] = await openSignIns();
  expect(open?.state).toBe('approved');
  const sealed = await world.stores.of(GUILD).signIns.getTokenCipher(open?.id ?? '');
  expect(
    world.deps.secrets.open(sealed ?? '', { guildId: GUILD, column: 'SignIn.token', row: open?.id ?? '' }),
  ).toBe(TOKEN);
  const stored = await world.everythingStored();
  expect(stored).toContain(GUILD);
  expect(stored).not.toContain(TOKEN);
  expect(stored).not.toContain(PIN);

  world.restart();
  await resumed();
  expect(await world.stores.of(GUILD).signIns.getTokenCipher(open?.id ?? '')).toBeNull();
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
    const end = await signIn();
    expect(inEnglish(end)).toMatchObject({ kind: 'unfinished', servers: [{ state: 'staff' }] });
    expect(world.clock.now().getTime() - before).toBeLessThan(10_000);
    expect(inEnglish(world.plexTv.forgotten)).toEqual([TOKEN]);
    expect(inEnglish(await world.account(ADA, tower.server.id))).toMatchObject({
      refused: true,
      attempts: 1,
    });

    const writes = tower.fake.writes;
    world.clock.jumps = false;
    for (let minute = 0; minute < 60; minute += 1) await world.pass(MINUTE);
    expect(tower.fake.writes - writes).toBeLessThan(5);
    expect(inEnglish(await alerts())).toEqual([
      expect.stringContaining('“You have reached the maximum number of users”'),
    ]);
    expect(inEnglish(await world.events('access.applied'))).toEqual([]);
    expect(inEnglish(await world.app.jobRuns.overdue(GUILD))).toMatchObject([{ account: { refused: true } }]);
    expect(inEnglish(applicationsOf(await world.app.grantStatus.get(GUILD, grantId)))).toEqual({
      Tower: 'failed',
    });

    tower.fake.heal();
    await world.app.jobRuns.retry(GUILD);
    expect(inEnglish((await world.hears(ADA)).slice(-2))).toEqual([
      expect.stringContaining('Accept the invitation from Plex'),
      '[Sign in with Plex]',
    ]);
    expect(inEnglish(await world.account(ADA, tower.server.id))).toMatchObject({
      refused: false,
      pending: true,
    });

    // She accepts it by hand, and a sync sees it.
    tower.fake.person('777').pending = false;
    await world.app.syncServers(GUILD);
    expect(inEnglish((await world.actions()).at(-1))).toBe('access.accepted');
    expect(inEnglish(await world.hears(ADA))).toContain('✅ You can watch Movies on Tower for good.');
  });

  it('of the acceptance is left to the member, with the reason, and staff hear of it', async () => {
    await world.setChannel('alerts');
    world.plexTv.approvedBy = account;
    const why: Trouble = { ...REFUSED, reason: 'Please verify your email address first' };
    world.plexTv.fail('acceptInvitations', why, Number.POSITIVE_INFINITY);
    expect(await signIn()).toMatchObject({
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
    expect(await signIn()).toEqual({ kind: 'failed', why: REFUSED });
    world.plexTv.fail('poll', REFUSED, Number.POSITIVE_INFINITY);
    expect(await signIn()).toEqual({ kind: 'failed', why: REFUSED });
  });
});

describe('how far it is', () => {
  async function heard(tell: (steps: SignInSteps) => void) {
    const question = await (await start()).asked;
    const linking =
      question.kind === 'question' && (await world.app.signIns.confirm(GUILD, ADA, question.signInId));
    if (!linking) throw new Error('not asked');
    linking.hear(tell);
    return { ...linking, end: await linking.finished };
  }

  it('is told step by step', async () => {
    world.plexTv.approvedBy = account;
    const steps: string[] = [];
    await heard(({ account: name, servers }) => {
      steps.push([name, ...servers.map(({ server, state }) => `${server.name} ${state}`)].join(', '));
    });
    expect([...new Set(steps)]).toEqual([
      'ada on plex',
      'ada on plex, Tower invited',
      'ada on plex, Tower ready',
    ]);
  });

  it('says for whom it waits when the token of the server is dead, and goes on when it is back', async () => {
    await world.setChannel('alerts');
    world.plexTv.approvedBy = account;
    const dead: Trouble = { kind: 'unauthorised', message: 'Sign in again.', vendor: true };
    tower.fake.fail('readAccess', dead, { times: 4 });
    const waits: unknown[] = [];
    await heard(({ waitsFor }) => {
      waits.push(waitsFor);
    });
    expect(waits).toContain('staff');
    expect((await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert')).toEqual([
      expect.objectContaining({ state: 'over', text: expect.stringMatching(/^Tower works again/) }),
    ]);
    await expectConnected();
  });

  it('and how it ended comes by direct message once nobody hears it any more', async () => {
    world.plexTv.approvedBy = account;
    const { asked, leave } = await start();
    leave();
    const question = await asked;
    if (question.kind !== 'question') throw new Error(question.kind);
    expect(await world.owed(ADA)).toEqual([
      {
        kind: 'notice',
        text: expect.stringMatching(/as ada on plex for <@\d+>\. Is that you/),
        confirms: { signInId: question.signInId },
      },
    ]);
    const linking = await world.app.signIns.confirm(GUILD, ADA, question.signInId);
    linking?.leave();
    await linking?.finished;
    expect((await world.owed(ADA)).at(-1)).toEqual({
      kind: 'notice',
      text: expect.stringContaining('ada on plex is connected'),
    });
  });
});
