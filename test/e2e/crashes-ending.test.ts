/** Usher is killed at every step of an ending, and asked to stop in the middle of work. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createCodes } from '../../src/adapters/codes.ts';
import { openDatabase } from '../../src/adapters/prisma/client.ts';
import { createStores } from '../../src/adapters/prisma/stores.ts';
import { toGuildId, toMemberId } from '../../src/domain/ids.ts';
import { discordError, type User } from '../standins/discord/index.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import { readEntries } from '../support/audit-entries.ts';
import { newGrant } from '../support/rows.ts';
import { Stage } from '../support/stage.ts';
import { actionsAbout, as, caughtUp, expectUnbrokenRecord, jellyfinMember, plexMember } from './actions.ts';

const PATIENCE_MS = 60_000;
const LISTS = /\/shared_servers\/(owned|invites\/owned)\//;
const SHARE = /\/shared_servers\/\d+$/;

let stage: Stage;
let ada: User;
let account: PlexAccount;
/** How many requests a pass makes before its first write. */
let readsBefore = 0;

const auditPosts = () => new RegExp(`/channels/${stage.audit.id}/messages$`);
const access = () => stage.plexTv.accessOf(account, stage.tower);

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
  ({ user: ada, account } = await plexMember(stage, 'ada2', 'TV'));
  // As a friend of the owner she does not have to accept again what is shared with her again.
  stage.plexTv.befriend(account, stage.plexOwner);
  const number = /ada2\*\* · .*#(\d+)/.exec((await stage.asOlga('/grant list', { member: ada })).text)?.[1];
  const from = stage.plexTv.http.requests.length;
  await stage.asOlga('/grant revoke', { grant: number ?? '' });
  const calls = stage.plexTv.http.requests.slice(from);
  const write = calls.findIndex(({ method }) => method === 'DELETE');
  readsBefore = calls.slice(0, write).filter(({ path }) => LISTS.test(path)).length;
  expect(readsBefore).toBeGreaterThan(0);
});
afterAll(() => stage.strike());

/** Makes a grant that is about to end. Everything before its end is in the audit channel already. */
async function shortGrant(): Promise<number> {
  const before = actionsAbout(stage, ada).length;
  const reply = await stage.asOlga('/grant add', { member: ada, libraries: 'Concerts', for: '4s' });
  expect(reply.text).toContain('✅ **Tower** shows it');
  await caughtUp(stage);
  expect(actionsAbout(stage, ada).slice(before)).toEqual(['grant.created', 'access.applied']);
  return before;
}

/** After the next start everything is as it should be, and is recorded once. */
async function expectEndedOnce(before: number): Promise<void> {
  await stage.start();
  await stage.plexTv.http.until('no access', () => access() === 'none', PATIENCE_MS);
  const ended = new RegExp(`grant\\.ended · <@${ada.id}>.*shows it gone`);
  const already = actionsAbout(stage, ada)
    .slice(0, before)
    .filter((action) => action === 'grant.ended').length;
  await stage.audited(ended, already + 1, PATIENCE_MS);
  await caughtUp(stage);
  expect(actionsAbout(stage, ada).slice(before)).toEqual([
    'grant.created',
    'access.applied',
    'grant.ending',
    'grant.ended',
  ]);
  expectUnbrokenRecord(stage);
}

/** Kills Usher as soon as `probe` is true. */
async function killWhen(what: string, probe: () => boolean, http = stage.plexTv.http): Promise<void> {
  await http.until(what, probe, PATIENCE_MS);
  const { signal } = await stage.usher.kill();
  expect(signal).toBe('SIGKILL');
}

describe('killed while a grant ends', () => {
  it('before the DELETE reaches plex.tv', async () => {
    const before = await shortGrant();
    const fault = stage.plexTv.http.fault({ method: 'DELETE', path: SHARE, hang: true });
    await killWhen('the DELETE', () => fault.hits > 0);
    expect(access()).toEqual(['Concerts']);
    await expectEndedOnce(before);
  });

  it('after the DELETE was done, before its answer', async () => {
    const before = await shortGrant();
    stage.plexTv.http.fault({ method: 'DELETE', path: SHARE, dropAfterCommit: true });
    await killWhen('the DELETE', () => access() === 'none');
    await expectEndedOnce(before);
  });

  it('after the DELETE was answered, before the verifying read', async () => {
    const before = await shortGrant();
    const fault = stage.plexTv.http.fault({ method: 'GET', path: LISTS, after: readsBefore, hang: true });
    await killWhen('the verifying read', () => fault.hits > 0 && access() === 'none');
    await expectEndedOnce(before);
  });

  it('after the verifying read', async () => {
    const before = await shortGrant();
    const from = stage.plexTv.http.requests.length;
    const lists = () =>
      stage.plexTv.http.requests
        .slice(from)
        .filter(({ method, path, status }) => method === 'GET' && LISTS.test(path) && status === 200).length;
    await killWhen('the verifying read', () => access() === 'none' && lists() >= 2 * readsBefore);
    await expectEndedOnce(before);
  });

  it.each(['grant.ending', 'grant.ended'])('before the line %s reaches Discord', async (action) => {
    const before = await shortGrant();
    const after = action === 'grant.ending' ? 0 : 1;
    const fault = stage.discord.http.fault({ method: 'POST', path: auditPosts(), after, hang: true });
    await stage.discord.until('the post', () => fault.hits > 0, PATIENCE_MS);
    await killWhen('no access', () => access() === 'none');
    await expectEndedOnce(before);
  });

  it.each(['grant.ending', 'grant.ended'])(
    'after the line %s was posted, before its answer',
    async (action) => {
      const before = await shortGrant();
      const after = action === 'grant.ending' ? 0 : 1;
      stage.discord.http.fault({ method: 'POST', path: auditPosts(), after, dropAfterCommit: true });
      const posted = () => actionsAbout(stage, ada).slice(before).includes(action);
      await killWhen('the line', posted, stage.discord.http);
      await expectEndedOnce(before);
    },
  );

  it('before the policy reaches Jellyfin, and after it was written', async () => {
    const bea = await jellyfinMember(stage, 'bea', 'Films');
    for (const fault of [{ hang: true }, { dropAfterCommit: true }] as const) {
      const before = actionsAbout(stage, bea.user).length;
      await stage.asOlga('/grant add', { member: bea.user, libraries: 'Shows', for: '3s' });
      const policy = stage.den.http.fault({ method: 'POST', path: /\/Policy$/, ...fault });
      await killWhen('the policy', () => policy.hits > 0, stage.den.http);
      await stage.start();
      await stage.den.http.until(
        'no more Shows',
        () => String(stage.den.accessOf(bea.login)) === 'Films',
        PATIENCE_MS,
      );
      await stage.discord.until(
        'the end',
        () => actionsAbout(stage, bea.user).slice(before).includes('grant.ended'),
        PATIENCE_MS,
      );
      await caughtUp(stage);
      expect(actionsAbout(stage, bea.user).slice(before)).toEqual([
        'grant.created',
        'access.applied',
        'grant.ending',
        'grant.ended',
      ]);
    }
  });
});

describe('three hundred ends at once', () => {
  it('are told in few messages, without a gap, in order and once, whatever happens to Usher and Discord', {
    timeout: 2 * PATIENCE_MS,
  }, async () => {
    await stage.usher.kill();
    await addEnded(300);
    const before = stage.audit.messages.length;
    const posts = { method: 'POST', path: auditPosts() };
    stage.discord.http.fault({ ...posts, answer: discordError(500, 0, '500: Internal Server Error') });
    stage.discord.http.fault({ ...posts, after: 1, dropAfterCommit: true });
    stage.discord.http.fault({ ...posts, after: 3, dropAfterCommit: true });
    stage.launch();
    await killWhen('some messages', () => stage.audit.messages.length >= before + 4, stage.discord.http);
    await stage.start();
    await stage.audited(/grant\.ended .* no account on Tower/, 300, PATIENCE_MS);
    await caughtUp(stage);
    expectUnbrokenRecord(stage);
    const told = stage.audit.messages.slice(before);
    expect(readEntries(told).filter(({ action }) => action === 'grant.ending')).toHaveLength(300);
    expect(told.length).toBeLessThan(60);
  });
});

/** Grants whose time is over, of people without an account, as if Usher had been away at their end. */
async function addEnded(count: number): Promise<void> {
  const db = await openDatabase(stage.env.DATABASE_URL ?? '', systemClock);
  const { stores } = createStores(db, createCodes(Buffer.alloc(32)));
  await stores.transaction(toGuildId(stage.guild.id), async (tx) => {
    const movies = (await tx.libraries.list()).find(({ name }) => name === 'Movies');
    for (let at = 0; at < count; at += 1) {
      const memberId = toMemberId(String(700_000_000_000_000_000n + BigInt(at)));
      await tx.members.ensure(memberId);
      const expiresAt = new Date(Date.now() - 1_000);
      await tx.grants.add(newGrant(`ended-${at}`, { memberId, expiresAt, libraryIds: [movies?.id ?? ''] }));
    }
  });
  await db.close();
}

describe('asked to stop', () => {
  it('answers what is in flight, tells others to try again, ends with 0, and the next start picks up', async () => {
    const cal = await jellyfinMember(stage, 'cal', 'Films');
    await stage.asOlga('/grant add', { member: cal.user, libraries: 'Shows', for: '1d' });
    const before = await shortGrant();
    stage.den.http.fault({ path: /\/Users$/i, delayMs: 1_500 });
    const number = /cal\*\* · \S+ Shows · .*#(\d+)/.exec(
      (await stage.asOlga('/grant list', { member: cal.user })).text,
    )?.[1];
    const revoking = await as(stage, stage.olga).command(
      'grant revoke',
      { grant: number ?? '' },
      { until: 'ack' },
    );
    const ending = stage.usher.stop();
    await stage.usher.logged('Usher is stopping');
    const late = await stage.asOlga('/grant list');
    expect(late.text).toMatch(/Usher is restarting(.|\n)*Nothing was done/);
    expect(await ending).toEqual({ code: 0, signal: null });
    expect(revoking.text).toMatch(/ended .*, as the servers show\./);
    expect(stage.den.accessOf(cal.login)).toEqual(['Films']);
    expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
    // What has ended meanwhile is done after the next start.
    await expectEndedOnce(before);
  });
});
