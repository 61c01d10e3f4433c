import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { StandInClock } from './http.ts';
import { DEVICE, mediaBrowser, policyOf, seesOnly, send, start, writePolicy } from './jellyfin/asking.ts';
import {
  type Jellyfin,
  type JellyfinUser,
  type JellyfinVersion,
  libraryId,
  phasesOf,
} from './jellyfin/jellyfin.ts';
import { DEFAULT_AUTHENTICATION } from './jellyfin/policy.ts';

/** What running servers were seen to do beyond the form of their answers (media-servers.md M). */
const VERSIONS = ['10.11', '12.0'] as const;

describe('another provider of passwords (M1)', () => {
  it.each(VERSIONS)(
    '%s: taken with the policy, and from then on no password is set or opens it',
    async (version) => {
      const jellyfin = await start({ version });
      const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
      expect(await writePolicy(jellyfin, bob, { AuthenticationProviderId: 'Ldap' })).toBe(204);
      const set = await send(jellyfin, `POST /Users/${bob.id}/Password`, { body: { NewPw: 'new' } });
      expect(set.status).toBe(204);
      const options = (Pw: string) => ({ headers: { authorization: DEVICE }, body: { Username: 'bob', Pw } });
      for (const Pw of ['p', 'new', ''])
        expect((await send(jellyfin, 'POST /Users/AuthenticateByName', options(Pw))).status).toBe(401);
      await writePolicy(jellyfin, bob, { AuthenticationProviderId: DEFAULT_AUTHENTICATION });
      expect(jellyfin.canSignIn('bob', 'p')).toBe(true);
      expect(await writePolicy(jellyfin, bob, { AuthenticationProviderId: 'Ldap', IsDisabled: true })).toBe(
        204,
      );
      expect(bob.policy.IsDisabled).toBe(true);
    },
  );
});

describe('lock-out (M1)', () => {
  it.each<[JellyfinVersion, readonly number[], boolean, number, number]>([
    ['10.10', [401, 401, 401, 403, 403], true, 3, 401],
    ['10.11', [401, 401, 401, 401, 200], false, 0, 200],
    ['12.0', [401, 401, 401, 403, 403], true, 4, 401],
  ])('%s at a limit of three', async (version, statuses, isDisabled, count, ofToken) => {
    const jellyfin = await start({ version });
    const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
    Object.assign(bob.policy, { LoginAttemptsBeforeLockout: 3, ...seesOnly('Movies') });
    const { token } = jellyfin.signInOutside(bob);
    const signIn = async (Pw: string) => {
      const body = { Username: 'bob', Pw };
      const headers = { authorization: DEVICE };
      return (await send(jellyfin, 'POST /Users/AuthenticateByName', { headers, body })).status;
    };
    const seen: number[] = [];
    for (const Pw of ['x', 'x', 'x', 'x', 'p']) seen.push(await signIn(Pw));
    expect(seen).toEqual(statuses);
    const policy = await policyOf(jellyfin, bob.id);
    expect([policy.IsDisabled, policy.InvalidLoginAttemptCount]).toEqual([isDisabled, count]);
    // What was granted stays written down.
    expect(policy.EnabledFolders).toEqual([libraryId('Movies')]);
    const me = async () => (await send(jellyfin, 'GET /Users/Me', { headers: mediaBrowser(token) })).status;
    expect(await me()).toBe(ofToken);
    await writePolicy(jellyfin, bob, { IsDisabled: false, InvalidLoginAttemptCount: 0 });
    expect(await me()).toBe(200);
    expect(await signIn('p')).toBe(200);
  });
});

describe('starting (M2, edge case 35)', () => {
  const GOOD = (jellyfin: Jellyfin) => mediaBrowser(jellyfin.apiKey);
  const BAD = () => mediaBrowser('0'.repeat(32));

  async function answerTo(
    jellyfin: Jellyfin,
    path: string,
    headers: Record<string, string> = GOOD(jellyfin),
  ) {
    const { status, headers: sent, text } = await send(jellyfin, `GET /${path}`, { headers });
    return [status, sent['content-type'], sent['retry-after'], text.includes('loading')];
  }

  it.each(VERSIONS)('%s goes through five phases, one after the other', async (version) => {
    const jellyfin = await start({ version });
    await jellyfin.enter('refused');
    await expect(send(jellyfin, 'GET /health')).rejects.toThrow(/ECONNREFUSED/);

    expect(await jellyfin.nextPhase()).toBe('set-up server');
    for (const path of ['Users', 'System/Ping', 'Nonsense', ''])
      expect(await answerTo(jellyfin, path)).toEqual([503, 'text/html', '005', false]);
    expect((await send(jellyfin, 'GET /health')).text).toBe('Degraded');
    const info = (await send(jellyfin, 'GET /System/Info/Public')).json();
    expect(info).toMatchObject({ id: jellyfin.serverId, startupWizardCompleted: false });
    expect(Object.keys(info).filter((name) => !/^[a-z]/.test(name))).toEqual([]);

    expect(await jellyfin.nextPhase()).toBe('refused again');
    await expect(send(jellyfin, 'GET /health')).rejects.toThrow(/ECONNREFUSED/);

    expect(await jellyfin.nextPhase()).toBe('loading');
    for (const path of ['Users', 'System/Info/Public', 'Users/Public', 'health', 'Nonsense'])
      expect(await answerTo(jellyfin, path)).toEqual([503, 'text/html', undefined, true]);
    for (const headers of [BAD(), {}])
      expect(await answerTo(jellyfin, 'Users', headers)).toEqual([401, undefined, undefined, false]);
    expect((await send(jellyfin, 'GET /System/Ping', { headers: {} })).status).toBe(200);

    expect(await jellyfin.nextPhase()).toBe('ready');
    expect((await send(jellyfin, 'GET /Users')).status).toBe(200);
    expect(await jellyfin.nextPhase()).toBe('ready');
  });

  it('a weak token is weak while it is loading, and nothing happens', async () => {
    const jellyfin = await start();
    const { token } = jellyfin.signInOutside(jellyfin.addUser({ name: 'bob', password: 'p' }));
    await jellyfin.enter('loading');
    expect((await send(jellyfin, 'GET /Auth/Keys', { headers: mediaBrowser(token) })).status).toBe(403);
    const body = { Name: 'eve', Password: 'p' };
    expect((await send(jellyfin, 'POST /Users/New', { body })).status).toBe(503);
    expect(jellyfin.findUser('eve')).toBeUndefined();
  });

  it('10.10 has no set-up server', async () => {
    const jellyfin = await start({ version: '10.10' });
    expect(phasesOf('10.10')).toEqual(['refused', 'loading', 'ready']);
    await expect(jellyfin.enter('set-up server')).rejects.toThrow(/no phase/);
  });
});

describe('cost (M3)', () => {
  async function withAccounts(count: number) {
    const jellyfin = await start();
    for (let number = 1; number < count; number += 1) jellyfin.addUser({ name: `user ${number}` });
    jellyfin.takeWorkMs();
    return { jellyfin, someone: jellyfin.user('user 1') };
  }

  it.each([101, 503])('of %i accounts: lists and disabling grow, the rest does not', async (count) => {
    const { jellyfin, someone } = await withAccounts(count);
    await send(jellyfin, 'GET /Users');
    expect(jellyfin.takeWorkMs()).toBeCloseTo(1.8 * count);
    await policyOf(jellyfin, someone.id);
    expect(jellyfin.takeWorkMs()).toBe(0);
    await writePolicy(jellyfin, someone, seesOnly());
    expect(jellyfin.takeWorkMs()).toBe(9);
    await writePolicy(jellyfin, someone, { IsDisabled: true });
    expect(jellyfin.takeWorkMs()).toBeCloseTo(1.8 * count);
    await writePolicy(jellyfin, someone, { IsDisabled: true });
    expect(jellyfin.takeWorkMs()).toBe(9);
  });

  it('as slow as it is told to be', async () => {
    const { jellyfin } = await withAccounts(10);
    const took = async () => {
      const before = performance.now();
      await send(jellyfin, 'GET /Users');
      return performance.now() - before;
    };
    jellyfin.behaviour.slowness = 1;
    expect(await took()).toBeGreaterThanOrEqual(1.8 * 10 - 2);
  });
});

describe('small print (M4)', () => {
  it('only the administrator of the wizard may delete content and control others', async () => {
    const jellyfin = await start();
    const [first, second] = [jellyfin.user('root'), jellyfin.addUser({ name: 'second', admin: true })];
    const rights = async ({ id }: JellyfinUser) => {
      const { EnableContentDeletion, EnableRemoteControlOfOtherUsers } = await policyOf(jellyfin, id);
      return [EnableContentDeletion, EnableRemoteControlOfOtherUsers];
    };
    expect([await rights(first), await rights(second)]).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('a rename keeps the id, what players are set to is kept, and a policy in the body is ignored', async () => {
    const jellyfin = await start();
    const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
    const eve = jellyfin.addUser({ name: 'eve', password: 'e' });
    const asEve = { headers: mediaBrowser(jellyfin.signInOutside(eve).token) };
    const view = async () => (await send(jellyfin, `GET /Users/${bob.id}`)).json();
    const whole = { ...(await view()), Policy: { IsDisabled: true } };
    const update = async (changes: object, options = {}) =>
      (await send(jellyfin, `POST /Users?userId=${bob.id}`, { body: { ...whole, ...changes }, ...options }))
        .status;
    expect(await update({ Name: 'Robert', Configuration: { SubtitleMode: 'Always' } })).toBe(204);
    expect(await view()).toMatchObject({ Id: bob.id, Name: 'Robert', Policy: { IsDisabled: false } });
    expect((await view()).Configuration).toMatchObject({ SubtitleMode: 'Always', HidePlayedInLatest: true });
    expect(await update({ Name: 'EVE' })).toBe(400);
    expect(await update({ Name: 'a/b' })).toBe(400);
    expect(await update({}, { headers: asEve.headers })).toBe(403);
    expect((await send(jellyfin, `POST /Users/${'1'.repeat(32)}`, { body: whole })).status).toBe(404);
    expect(jellyfin.findUser('Robert')).toBe(bob);
  });

  it.each<[JellyfinVersion, boolean]>([
    ['10.11', false],
    ['12.0', true],
  ])('%s: signing in after a minute of silence is noted: %s', async (version, isNoted) => {
    const clock = new StandInClock();
    const jellyfin = await start({ version, clock });
    jellyfin.addUser({ name: 'bob', password: 'p' });
    const lastLogin = async () => {
      const options = { headers: { authorization: DEVICE }, body: { Username: 'bob', Pw: 'p' } };
      const answer = await send(jellyfin, 'POST /Users/AuthenticateByName', options);
      return answer.json<{ User: { LastLoginDate?: string } }>().User.LastLoginDate;
    };
    expect((await lastLogin()) !== undefined).toBe(isNoted);
    // Within the minute it always is.
    expect(await lastLogin()).toBeDefined();
  });

  it('where something plays from is told by its folder and path', async () => {
    const jellyfin = await start();
    jellyfin.signInOutside(jellyfin.addUser({ name: 'bob' }), { playing: 'Movies/Nosferatu' });
    const [session] = (await send(jellyfin, 'GET /Sessions')).json<{ NowPlayingItem: object }[]>();
    expect(session?.NowPlayingItem).toMatchObject({
      ParentId: expect.stringMatching(/^[0-9a-f]{32}$/),
      Path: '/data/Movies/Nosferatu',
    });
  });

  it.each<[string, string, boolean, string]>([
    ['', '/', true, 'web/'],
    ['', '/', false, 'api-docs/swagger'],
    ['/jellyfin/', '/Users', true, 'jellyfin/web/'],
    ['/jellyfin/', '/System/Info', true, '../jellyfin/web/'],
    ['/jellyfin/', '/', false, 'jellyfin/api-docs/swagger'],
    ['/jellyfin/', '/jellyfin', true, 'jellyfin/web/'],
    ['/jellyfin/', '/jellyfin/', true, 'web/'],
    ['/media/jellyfin', '/media/System/Info/Public', false, '../../jellyfin/api-docs/swagger'],
    ['/jellyfin/', '/health', true, '/jellyfin/health'],
  ])(
    'base path "%s": %s leads on, web client %s (edge case 36)',
    async (basePath, path, webClient, location) => {
      const jellyfin = await start({ basePath });
      jellyfin.behaviour.webClient = webClient;
      const answer = await request(`${new URL(jellyfin.url).origin}${path}`);
      await answer.body.dump();
      expect([answer.statusCode, answer.headers.location]).toEqual([302, location]);
      // It is relative to what was asked for.
      const target = new URL(location, `http://host${path}`).pathname;
      expect(target.startsWith(`${basePath.replace(/\/$/, '')}/`)).toBe(true);
    },
  );

  it('inside of its base path it answers, in any letters; a path that only begins like it is unknown', async () => {
    const jellyfin = await start({ basePath: '/jellyfin/' });
    expect(jellyfin.url).toMatch(/\/jellyfin$/);
    expect((await send(jellyfin, 'GET /SYSTEM/Info')).status).toBe(200);
    const { origin } = new URL(jellyfin.url);
    const followed = await fetch(`${origin}/Users`);
    expect([followed.status, followed.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    await followed.text();
    expect((await fetch(`${origin}/jellyfins/Users`)).status).toBe(404);
  });
});
