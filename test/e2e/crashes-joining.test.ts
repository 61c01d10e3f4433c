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
  sayYes,
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
    return await stage.discord.as(member).inDm().click(dm, 'Redeem');
  }

  /** The question came by direct message as well, because nobody heard it any more. */
  async function sayYesByDm(): Promise<void> {
    const dm = await stage.discord.until(
      'the question',
      () => stage.discord.dmsOf(member).find(({ text }) => /Is that you/.test(text)),
      PATIENCE_MS,
    );
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    const done = await stage.discord.as(member).inDm().click(dm, 'Yes, connect it');
    await done.until(/Signed in to Plex as/, PATIENCE_MS);
  }

  async function expectJoined(): Promise<void> {
    await stage.plexTv.http.until(
      'access',
      () => String(stage.plexTv.accessOf(account, stage.tower)) === 'Movies,TV',
      PATIENCE_MS,
    );
    // Usher has signed out at plex.tv as well.
    await stage.plexTv.http.until('the end of the sign-in', () => account.tokens.size === 1, PATIENCE_MS);
    expect([...account.tokens]).toEqual([account.token]);
    const mine = await as(stage, member).command('my access');
    expect(mine.text).toContain('✅ You can watch Movies and TV on Tower');
    await expectSaidOnce(ALL);
  }

  /** The member confirmed it before, and hears by direct message how it ended. */
  async function expectToldOnce(): Promise<void> {
    const said = () => stage.discord.dmsOf(member).filter(({ text }) => /is connected/.test(text));
    await stage.discord.until('a word to the member', () => said().length > 0, PATIENCE_MS);
    await expectJoined();
    expect(said()).toHaveLength(1);
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
    await sayYesByDm();
    await expectJoined();
  });

  it('while the PIN is polled for, and the member signs in while Usher is away', async () => {
    const signIn = await toSignIn();
    await kill();
    stage.plexTv.signInAs(account, signInLink(signIn));
    await stage.start();
    await sayYesByDm();
    await expectJoined();
  });

  it('twice between the approval and the answer: the question is put again, and its first button works', async () => {
    const signIn = await toSignIn();
    stage.plexTv.signInAs(account, signInLink(signIn));
    const asked = await signIn.until(/You are signing in to Plex as/, PATIENCE_MS);
    for (const _ of [1, 2]) {
      await kill();
      await stage.start();
    }
    const questions = () => stage.discord.dmsOf(member).filter(({ text }) => /Is that you/.test(text));
    await stage.discord.until('the question', () => questions().length > 0, PATIENCE_MS);
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    await (await sayYes(asked)).until(/Signed in to Plex as/, PATIENCE_MS);
    await expectJoined();
    const [dm] = questions();
    if (!dm) throw new Error('no question');
    const late = await stage.discord.as(member).inDm().click(dm, 'Not me');
    expect(late.allText).toContain('no longer open');
  });

  it('after the token was handed out, which happens once', async () => {
    stage.plexTv.behaviour.pinTokenOnce = true;
    const signIn = await toSignIn();
    const fault = stage.plexTv.http.fault({ method: 'GET', path: /\/api\/v2\/user$/, hang: true });
    stage.plexTv.signInAs(account, signInLink(signIn));
    await stage.plexTv.http.until('the moment', () => fault.hits > 0, PATIENCE_MS);
    await kill();
    await stage.start();
    await sayYesByDm();
    await expectJoined();
    stage.plexTv.behaviour.pinTokenOnce = false;
  });

  it.each<[string, Fault]>([
    ['before the share is created', { method: 'POST', path: /\/shared_servers$/, hang: true }],
    ['after the share was created', { method: 'POST', path: /\/shared_servers$/, dropAfterCommit: true }],
    ['before the invitation is accepted', { method: 'POST', path: /\/accept$/, hang: true }],
    ['after the invitation was accepted', { method: 'POST', path: /\/accept$/, dropAfterCommit: true }],
    ['before the sign-in is forgotten', { method: 'DELETE', path: /\/users\/signout$/, hang: true }],
    [
      'after the sign-in was forgotten',
      { method: 'DELETE', path: /\/users\/signout$/, dropAfterCommit: true },
    ],
  ])('%s', async (_name, wish) => {
    const signIn = await toSignIn();
    const fault = stage.plexTv.http.fault(wish);
    stage.plexTv.signInAs(account, signInLink(signIn));
    await sayYes(signIn, { until: 'ack' });
    await stage.plexTv.http.until('the moment', () => fault.hits > 0, PATIENCE_MS);
    await kill();
    await stage.start();
    await expectToldOnce();
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
      .toContain('✅ You can watch Films on Den');
    const mine = await myAccess();
    const renewed = await (await mine.click('New password: Den')).click('Set a new password');
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
