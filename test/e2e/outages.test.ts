import { describe, expect, it } from 'vitest';
import { badGateway, rateLimited } from '../standins/discord/index.ts';
import type { HttpStandIn } from '../standins/http.ts';
import { readEntries } from '../support/audit-entries.ts';
import { Stage } from '../support/stage.ts';
import {
  actionsAbout,
  addMember,
  as,
  auditEntries,
  caughtUp,
  expectUnbrokenRecord,
  jellyfinMember,
  plexMember,
} from './actions.ts';

/** Retries pause for up to 20 s, and what is in doubt for half a minute. These limits only end what would never end. */
const PATIENCE_MS = 90_000;
const LONG = { timeout: 4 * PATIENCE_MS };

/**
 * Every test has its own stage, so that they can wait at the same time. At the end of each, the record must be
 * complete, Discord must have refused nothing, and Usher must not have failed.
 */
const onStage = (work: (stage: Stage) => Promise<void>) =>
  onAnyStage(async (stage) => {
    await work(stage);
    await caughtUp(stage);
    expectUnbrokenRecord(stage);
  });

/** The same without reading the audit channel. */
const onAnyStage = (work: (stage: Stage) => Promise<void>) => async () => {
  const stage = await Stage.set();
  try {
    await stage.start();
    await stage.setUp();
    await work(stage);
    expect(stage.discord.violations).toEqual([]);
    expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
  } finally {
    await stage.strike();
  }
};

const lineAbout = (action: string, user: { readonly id: string }) =>
  new RegExp(`${action.replace('.', '\\.')} · <@${user.id}>`);

const seen = (on: { readonly http: HttpStandIn }, what: string, probe: () => boolean) =>
  on.http.until(what, probe, PATIENCE_MS);

describe('a media server that is away', () => {
  it.concurrent(
    'when a grant ends: it stays ending, staff hear of it once, and access goes when the server is back',
    LONG,
    onStage(async (stage) => {
      const [pia, joe] = [await plexMember(stage, 'pia', 'TV'), await jellyfinMember(stage, 'joe', 'Films')];
      await stage.asOlga('/grant add', { member: pia.user, libraries: 'Concerts', for: '2s' });
      await stage.asOlga('/grant add', { member: joe.user, libraries: 'Shows', for: '2s' });
      expect(stage.plexTv.accessOf(pia.account, stage.tower)).toEqual(['TV', 'Concerts']);
      expect(stage.den.accessOf(joe.login)).toEqual(['Films', 'Shows']);
      await Promise.all([stage.plexTv.stop(), stage.den.stop()]);

      for (const { user } of [pia, joe]) {
        await stage.audited(lineAbout('grant.ending', user));
        const [line] = await stage.audited(lineAbout('grant.overdue', user), 1, PATIENCE_MS);
        expect(line).toMatch(/on (Tower|Den) is over, and it is still open · .* · Usher keeps trying/);
        const list = await stage.asOlga('/grant list', { member: user, state: 'ending' });
        expect(list.text).toMatch(/🟠 .*(.|\n)*🟠 over, not confirmed yet/);
        expect((await as(stage, user).command('my access')).text).toMatch(/is over(.|\n)*taken away/);
        expect(actionsAbout(stage, user)).not.toContain('grant.ended');
      }
      expect((await stage.asOlga('/server list')).text).toMatch(/\*\*Den\*\*.*\n.*🔴 offline since/);

      await Promise.all([stage.plexTv.start(), stage.den.start()]);
      for (const { user } of [pia, joe]) {
        const [ended] = await stage.audited(lineAbout('grant.ended', user), 1, PATIENCE_MS);
        expect(ended).toContain('shows it gone');
      }
      expect(stage.plexTv.accessOf(pia.account, stage.tower)).toEqual(['TV']);
      expect(stage.den.accessOf(joe.login)).toEqual(['Films']);
      await caughtUp(stage);
      for (const { user } of [pia, joe])
        expect(actionsAbout(stage, user).slice(-3)).toEqual(['grant.ending', 'grant.overdue', 'grant.ended']);
      for (const action of ['server.offline', 'server.online'])
        expect(
          auditEntries(stage).filter((entry) => entry.action === action && / Den /.test(entry.sentence)),
        ).toHaveLength(1);
      expect((await stage.asOlga('/server list')).text).not.toContain('offline');
    }),
  );

  it.concurrent(
    'and only hangs: commands are acknowledged in time and say what waits, others go on, and it is done later',
    LONG,
    onStage(async (stage) => {
      const [uma, vic] = [await jellyfinMember(stage, 'uma', 'Films'), await plexMember(stage, 'vic', 'TV')];
      const hang = stage.den.http.fault({ path: /./, hang: true, times: Number.POSITIVE_INFINITY });
      const waiting = as(stage, stage.olga).command('grant add', { member: uma.user, libraries: 'Shows' });
      await seen(stage.den, 'the hanging request', () => hang.hits > 0);

      // The other server is used as usual meanwhile.
      const other = await stage.asOlga('/grant add', { member: vic.user, libraries: 'Concerts' });
      expect(other.text).toContain('✅ **Tower** shows it');
      expect(other.acknowledgedAfterMs).toBeLessThan(3_000);
      const queued = await waiting;
      expect(queued.acknowledgedAfterMs).toBeLessThan(3_000);
      expect(queued.text).toMatch(/⏳ Waits for \*\*Den\*\*/);
      expect(queued.text).not.toContain('✅');
      const suggested = await as(stage, stage.olga).autocomplete('grant add', {}, 'libraries', 'films');
      expect(suggested.map(({ name }) => name)).toEqual(['Den · Films']);

      hang.lift();
      await stage.audited(new RegExp(`access\\.applied · <@${uma.user.id}>.*Shows`), 1, PATIENCE_MS);
      expect(stage.den.accessOf(uma.login)).toEqual(['Films', 'Shows']);
      await caughtUp(stage);
      expect(actionsAbout(stage, uma.user).filter((action) => action === 'access.applied')).toHaveLength(2);
    }),
  );

  it.concurrent(
    'leaves it unclear whether a write was done: the end is right, with one line of each kind',
    LONG,
    onStage(async (stage) => {
      const wes = await plexMember(stage, 'wes', 'TV');
      stage.plexTv.http.fault({ method: 'POST', path: /\/shared_servers\/\d+$/, dropAfterCommit: true });
      await stage.asOlga('/grant add', { member: wes.user, libraries: 'Movies', for: '2s' });
      await stage.audited(lineAbout('grant.ended', wes.user), 1, PATIENCE_MS);
      expect(stage.plexTv.accessOf(wes.account, stage.tower)).toEqual(['TV']);

      stage.plexTv.http.fault({ method: 'DELETE', path: /\/shared_servers\/\d+$/, dropAfterCommit: true });
      const list = await stage.asOlga('/grant list', { member: wes.user });
      const number = /wes\*\* · .*#(\d+)/.exec(list.text)?.[1] ?? '';
      await stage.asOlga('/grant revoke', { grant: number });
      await stage.audited(lineAbout('grant.ended', wes.user), 2, PATIENCE_MS);
      expect(stage.plexTv.accessOf(wes.account, stage.tower)).toBe('none');

      const xia = await jellyfinMember(stage, 'xia', 'Films');
      stage.den.http.fault({ method: 'POST', path: /\/Policy$/, dropAfterCommit: true, times: 2 });
      await stage.asOlga('/grant add', { member: xia.user, libraries: 'Shows', for: '3s' });
      await stage.audited(lineAbout('grant.ended', xia.user), 1, PATIENCE_MS);
      expect(stage.den.accessOf(xia.login)).toEqual(['Films']);
      await caughtUp(stage);
      expect(actionsAbout(stage, wes.user).slice(-6)).toEqual([
        'grant.created',
        'access.applied',
        'grant.ending',
        'grant.ended',
        'grant.revoked',
        'grant.ended',
      ]);
      expect(actionsAbout(stage, xia.user).slice(-4)).toEqual([
        'grant.created',
        'access.applied',
        'grant.ending',
        'grant.ended',
      ]);
    }),
  );

  it.concurrent(
    'that shows an empty list, which is not true, is not believed: nothing is called ended that is open',
    LONG,
    onStage(async (stage) => {
      const yan = await plexMember(stage, 'yan', 'TV');
      const list = await stage.asOlga('/grant list', { member: yan.user });
      const number = /yan\*\* · .*#(\d+)/.exec(list.text)?.[1] ?? '';
      stage.plexTv.emptyNext('accepted', 1);
      const reply = await stage.asOlga('/grant revoke', { grant: number });
      expect(reply.text).toMatch(/is over, but not confirmed gone yet(.|\n)*still (open|has it open)/i);
      expect(stage.plexTv.accessOf(yan.account, stage.tower)).toEqual(['TV']);
      await stage.audited(lineAbout('grant.ended', yan.user), 1, PATIENCE_MS);
      expect(stage.plexTv.accessOf(yan.account, stage.tower)).toBe('none');
      await caughtUp(stage);
      expect(actionsAbout(stage, yan.user).slice(-2)).toEqual(['grant.revoked', 'grant.ended']);
    }),
  );
});

describe('Discord', () => {
  it.concurrent(
    'being away while grants end: access goes on time, and the lines follow, in order and once each',
    LONG,
    onStage(async (stage) => {
      const zoe = await plexMember(stage, 'zoe', 'TV');
      const abe = await jellyfinMember(stage, 'abe', 'Films');
      await stage.asOlga('/grant add', { member: zoe.user, libraries: 'Concerts', for: '3s' });
      await stage.asOlga('/grant add', { member: abe.user, libraries: 'Shows', for: '3s' });
      await stage.discord.goDown();
      await seen(
        stage.plexTv,
        'zoe without Concerts',
        () => String(stage.plexTv.accessOf(zoe.account, stage.tower)) === 'TV',
      );
      await seen(stage.den, 'abe without Shows', () => String(stage.den.accessOf(abe.login)) === 'Films');
      await stage.discord.start();
      for (const { user } of [zoe, abe]) await stage.audited(lineAbout('grant.ended', user), 1, PATIENCE_MS);
      await stage.discord.until('the bot is back', () => stage.discord.gateway.connections > 0, PATIENCE_MS);
      await caughtUp(stage);
      for (const { user } of [zoe, abe])
        expect(actionsAbout(stage, user).slice(-4)).toEqual([
          'grant.created',
          'access.applied',
          'grant.ending',
          'grant.ended',
        ]);
    }),
  );

  it.concurrent(
    'answering 429, 502 or nothing to audit lines: each is posted once, in order',
    LONG,
    onStage(async (stage) => {
      const path = new RegExp(`/channels/${stage.audit.id}/messages$`);
      const { http } = stage.discord;
      http.fault({ method: 'POST', path, answer: rateLimited({ retryAfterMs: 300 }) });
      http.fault({ method: 'POST', path, answer: badGateway(502) });
      http.fault({ method: 'POST', path, answer: rateLimited({ retryAfterMs: 6_000, scope: 'shared' }) });
      http.fault({ method: 'POST', path, dropAfterCommit: true });
      http.fault({ method: 'POST', path, dropBefore: true });
      await Promise.all(
        ['ann', 'bob', 'cyd', 'dov'].map((name) =>
          stage.asOlga('/grant add', { member: addMember(stage, name), libraries: 'TV', for: '1h' }),
        ),
      );
      await stage.audited(/grant\.created .*until/, 4, PATIENCE_MS);
      await caughtUp(stage);
      expectUnbrokenRecord(stage);
    }),
  );

  it.concurrent(
    'forbidding or losing the audit channel: its lines wait for another one, and Usher goes on',
    LONG,
    onAnyStage(async (stage) => {
      const eli = await plexMember(stage, 'eli', 'TV');
      stage.audit.deny('SendMessages');
      await stage.asOlga('/grant add', { member: eli.user, libraries: 'Movies', for: '2s' });
      await stage.usher.logged('a channel refuses what is owed to it, which waits');
      await seen(
        stage.plexTv,
        'eli without Movies',
        () => String(stage.plexTv.accessOf(eli.account, stage.tower)) === 'TV',
      );
      stage.audit.delete();
      const reply = await stage.asOlga('/grant add', { member: eli.user, libraries: 'Concerts', for: '2s' });
      expect(reply.text).toContain('✅ **Tower** shows it');
      await seen(
        stage.plexTv,
        'eli without Concerts',
        () => String(stage.plexTv.accessOf(eli.account, stage.tower)) === 'TV',
      );

      const fresh = stage.guild.addTextChannel('new-audit');
      await stage.asOlga('/settings channel', { purpose: 'audit', channel: fresh });
      await stage.asOlga('/grant add', { member: eli.user, libraries: 'Movies', for: '1h' });
      const lines = () => fresh.messages.map(({ content }) => content);
      await stage.discord.until(
        'the new channel to be used',
        () => lines().some((line) => /access\.applied/.test(line)),
        PATIENCE_MS,
      );
      // From the first line to the last, over both channels.
      const numbers = [stage.audit, fresh]
        .flatMap(({ messages }) => readEntries(messages))
        .map(({ number }) => number);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      expect(stage.usher.running).toBe(true);
    }),
  );
});
