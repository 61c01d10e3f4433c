/** Usher is killed at every step of a redemption: the member gets what was promised, once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange, User } from '../standins/discord/index.ts';
import type { Fault } from '../standins/http.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import { Stage } from '../support/stage.ts';
import {
  actionsAbout,
  addMember,
  as,
  caughtUp,
  connectPlex,
  expectUnbrokenRecord,
  inviteByDm,
  openCode,
  passwordIn,
  plexAccount,
  redeem,
  signInLink,
} from './actions.ts';

const PATIENCE_MS = 60_000;

let stage: Stage;
let member: User;
let account: PlexAccount;
let people = 0;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());
beforeEach(() => {
  people += 1;
  member = addMember(stage, `mem${people}`);
  account = plexAccount(stage, member);
});

const kill = async () => expect((await stage.usher.kill()).signal).toBe('SIGKILL');

async function expectSaidOnce(actions: readonly string[]): Promise<void> {
  await caughtUp(stage);
  expect(actionsAbout(stage, member)).toEqual(actions);
  expectUnbrokenRecord(stage);
}

describe('killed while a member joins by Plex', () => {
  const ALL = [
    'invite.created',
    'invite.sent',
    'invite.redeemed',
    'grant.created',
    'member.linked',
    'access.applied',
    'access.accepted',
  ];

  /** All steps until the link to the sign-in page. */
  async function toSignIn(): Promise<Exchange> {
    const dm = await inviteByDm(stage, member, { libraries: 'Movies, TV', for: '30d' });
    const welcome = await stage.discord.as(member).inDm().click(dm, 'Redeem');
    return await welcome.click('Sign in with Plex');
  }

  async function expectJoined(): Promise<void> {
    await stage.plexTv.http.until(
      'access',
      () => String(stage.plexTv.accessOf(account, stage.tower)) === 'Movies,TV',
      PATIENCE_MS,
    );
    await stage.discord.until(
      'a word to the member',
      () => stage.discord.dmsOf(member).some(({ text }) => /is connected/.test(text)),
      PATIENCE_MS,
    );
    // Usher has signed out at plex.tv as well.
    expect([...account.tokens]).toEqual([account.token]);
    const mine = await as(stage, member).command('my access');
    expect(mine.text).toContain('✅ **Tower**: applied, seen on the server');
    await expectSaidOnce(ALL);
    expect(stage.discord.dmsOf(member).filter(({ text }) => /is connected/.test(text))).toHaveLength(1);
  }

  it('the moment the Redeem button was acknowledged: pressed again, it goes on', async () => {
    const dm = await inviteByDm(stage, member, { libraries: 'Movies, TV', for: '30d' });
    const inDm = stage.discord.as(member).inDm();
    await inDm.click(dm, 'Redeem', { until: 'ack' });
    await kill();
    await stage.start();
    const again = await inDm.click(dm, 'Redeem');
    expect(again.text).toMatch(/Welcome|redeemed this invite before/);
    await connectPlex(stage, again, account);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV']);
    await expectSaidOnce(ALL);
  });

  it('while the PIN is polled for', async () => {
    const signIn = await toSignIn();
    await kill();
    await stage.start();
    stage.plexTv.signInAs(account, signInLink(signIn));
    await expectJoined();
  });

  it('while the PIN is polled for, and the member signs in while Usher is away', async () => {
    const signIn = await toSignIn();
    await kill();
    stage.plexTv.signInAs(account, signInLink(signIn));
    await stage.start();
    await expectJoined();
  });

  it.each<[string, Fault, boolean]>([
    [
      'after the token was handed out, which happens once',
      { method: 'GET', path: /\/api\/v2\/user$/, hang: true },
      true,
    ],
    ['before the share is created', { method: 'POST', path: /\/shared_servers$/, hang: true }, false],
    [
      'after the share was created',
      { method: 'POST', path: /\/shared_servers$/, dropAfterCommit: true },
      false,
    ],
    ['before the invitation is accepted', { method: 'POST', path: /\/accept$/, hang: true }, false],
    [
      'after the invitation was accepted',
      { method: 'POST', path: /\/accept$/, dropAfterCommit: true },
      false,
    ],
    ['before the sign-in is forgotten', { method: 'DELETE', path: /\/users\/signout$/, hang: true }, false],
    [
      'after the sign-in was forgotten',
      { method: 'DELETE', path: /\/users\/signout$/, dropAfterCommit: true },
      false,
    ],
  ])('%s', async (_name, wish, once) => {
    stage.plexTv.behaviour.pinTokenOnce = once;
    const signIn = await toSignIn();
    const fault = stage.plexTv.http.fault(wish);
    stage.plexTv.signInAs(account, signInLink(signIn));
    await stage.plexTv.http.until('the moment', () => fault.hits > 0, PATIENCE_MS);
    await kill();
    await stage.start();
    await expectJoined();
    stage.plexTv.behaviour.pinTokenOnce = false;
  });
});

describe('killed while an account is made on Jellyfin', () => {
  const ALL = ['invite.redeemed', 'grant.created', 'member.linked', 'access.applied'];
  const ONE_USER = /^\/Users\/[0-9a-f]{32}$/i;

  async function pressed(): Promise<void> {
    const code = await openCode(stage, { libraries: 'Films', for: '30d' });
    const form = await (await redeem(stage, member, code)).click('Create account: Den');
    await form.submit({ name: member.username }, { until: 'ack' });
  }

  async function expectMade(): Promise<void> {
    await stage.audited(new RegExp(`access\\.applied · <@${member.id}>`), 1, PATIENCE_MS);
    const login = stage.den.user(member.username);
    expect(stage.den.accessOf(login)).toEqual(['Films']);
    expect(stage.den.canSignIn(login.name, '')).toBe(false);
    // The look that follows the creation may not be over yet.
    const myAccess = () => as(stage, member).command('my access');
    await expect
      .poll(async () => (await myAccess()).text, { timeout: PATIENCE_MS, interval: 250 })
      .toContain('✅ **Den**: applied, seen on the server');
    const mine = await myAccess();
    const renewed = await mine.click('New password: Den');
    expect(stage.den.canSignIn(login.name, passwordIn(renewed))).toBe(true);
    const named = stage.den.state.usersByName().filter(({ name }) => name.startsWith(member.username));
    expect(named).toHaveLength(1);
    await expectSaidOnce(ALL);
  }

  it.each<[string, Fault]>([
    ['before POST /Users/New', { method: 'POST', path: /\/Users\/New$/i, hang: true }],
    [
      'after POST /Users/New, before its answer',
      { method: 'POST', path: /\/Users\/New$/i, dropAfterCommit: true },
    ],
    ['after POST /Users/New, before the policy', { method: 'POST', path: /\/Policy$/i, hang: true }],
    ['after the policy, before its answer', { method: 'POST', path: /\/Policy$/i, dropAfterCommit: true }],
    ['after the policy, before the read-back', { method: 'GET', path: ONE_USER, hang: true }],
  ])('%s', async (_name, wish) => {
    const fault = stage.den.http.fault(wish);
    await pressed();
    await stage.den.http.until('the moment', () => fault.hits > 0, PATIENCE_MS);
    await kill();
    await stage.start();
    await expectMade();
    // The reply never came, so the member is told in a DM that the account is ready.
    expect(stage.discord.dmsOf(member).filter(({ text }) => /is ready/.test(text))).toHaveLength(1);
  });

  it('after the read-back', async () => {
    await pressed();
    const readBack = () =>
      stage.den.http
        .requestsTo('GET', ONE_USER)
        .some(({ responseBody }) => responseBody?.includes(`"${member.username}"`));
    await stage.den.http.until('the read-back', readBack, PATIENCE_MS);
    await kill();
    await stage.start();
    await expectMade();
  });
});

it('has said nothing that Discord would refuse', () => {
  expect(stage.discord.violations).toEqual([]);
});
