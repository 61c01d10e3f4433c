// Imported one by one: the index files of the SDK's types omit file extensions, so TypeScript (nodenext) cannot
// follow them.
import { Jellyfin as JellyfinSdk } from '@jellyfin/sdk/lib/jellyfin.js';
import { getAuthenticationApi } from '@jellyfin/sdk/lib/utils/api/authentication-api.js';
import { getDeviceApi } from '@jellyfin/sdk/lib/utils/api/device-api.js';
import { getLibraryStructureApi } from '@jellyfin/sdk/lib/utils/api/library-structure-api.js';
import { getSessionApi } from '@jellyfin/sdk/lib/utils/api/session-api.js';
import { getSystemApi } from '@jellyfin/sdk/lib/utils/api/system-api.js';
import { getUserApi } from '@jellyfin/sdk/lib/utils/api/user-api.js';
import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { StandInClock } from './http.ts';
import { DEVICE, mediaBrowser, policyOf, send, start } from './jellyfin/asking.ts';
import {
  type Jellyfin,
  type JellyfinPolicy,
  type JellyfinVersion,
  libraryId,
  processingError,
} from './jellyfin/jellyfin.ts';
import { findOpenApi } from './jellyfin/openapi.ts';

const column = (rows: readonly Record<string, unknown>[], name: string): unknown[] =>
  rows.map((row) => row[name]);

const sdk = new JellyfinSdk({
  clientInfo: { name: 'Usher tests, "quoted"', version: '1.0.0' },
  deviceInfo: { name: 'Büro +1', id: 'usher-test' },
});

describe.each<[JellyfinVersion, string]>([
  ['10.11', '10.11.11'],
  ['12.0', '12.0.0'],
])('the official SDK administers %s', (version, full) => {
  const openApi = findOpenApi(full);

  async function administer(): Promise<Jellyfin> {
    const jellyfin = await start({ version });
    jellyfin.addLibrary({ name: 'Music', type: 'music' });
    jellyfin.addLibrary({ name: 'New', scanning: true });
    const api = sdk.createApi(jellyfin.url, jellyfin.apiKey, axios.create());
    const users = getUserApi(api);
    const authentication = getAuthenticationApi(api);

    const info = await getSystemApi(api).getPublicSystemInfo();
    expect(info.data).toMatchObject({ Id: jellyfin.serverId, Version: full, StartupWizardCompleted: true });
    await getSystemApi(api).getSystemInfo();
    await getSystemApi(api).getPingSystem();

    const folders = await getLibraryStructureApi(api).getVirtualFolders();
    expect(column(folders.data, 'Name')).toEqual(['Movies', 'Shows', 'Music', 'New']);
    expect(column(folders.data, 'ItemId')).toEqual([
      'f137a2dd21bbc1b99aa5c0f6bf02a805',
      'a656b907eb3a73532e40e44b968d0225',
      '7e64e319657a9516ec78490da03edccb',
      undefined,
    ]);
    // The SDK's types lack this call. Its answer is checked against the description all the same.
    const media = (await send(jellyfin, 'GET /Library/MediaFolders')).json<{
      Items: Record<string, unknown>[];
    }>();
    expect(column(media.Items, 'Name')).toEqual(['Movies', 'Shows', 'Music', 'Playlists']);

    const bob = (await users.createUserByName({ createUserByName: { Name: 'bob', Password: 'first' } })).data;
    const id = bob.Id ?? '';
    expect(jellyfin.accessOf(jellyfin.user('bob'))).toBe('all');
    const policy = { ...bob.Policy, EnableAllFolders: false, EnabledFolders: [libraryId('Shows')] };
    await users.updateUserPolicy({ userId: id, userPolicy: policy as Required<typeof policy> });
    expect(jellyfin.accessOf(jellyfin.user('bob'))).toEqual(['Shows']);
    expect((await users.getUserById({ userId: id })).data.Policy?.EnabledFolders).toEqual([
      libraryId('Shows'),
    ]);
    await users.updateUserPassword({ userId: id, updateUserPassword: { NewPw: 'second' } });
    expect(jellyfin.canSignIn('bob', 'second')).toBe(true);
    expect(column((await users.getUsers()).data, 'Name')).toEqual(['bob', 'root']);

    const visitor = sdk.createApi(jellyfin.url, '', axios.create());
    const signedIn = await getAuthenticationApi(visitor).authenticateUserByName({
      authenticateUserByName: { Username: 'BOB', Pw: 'second' },
    });
    expect(signedIn.data.User?.Id).toBe(id);
    const session = jellyfin.signInOutside(jellyfin.user('bob'), { deviceId: 'tv', playing: 'Nosferatu' });
    const sessions = await getSessionApi(api).getSessions();
    expect(column(sessions.data, 'DeviceId')).toEqual(['tv', 'usher-test']);
    // The SDK percent-encodes the header; the stand-in has to decode it.
    expect(sessions.data[1]).toMatchObject({ Client: 'Usher tests, "quoted"', DeviceName: 'Büro +1' });
    await getSessionApi(api).sendPlaystateCommand({ sessionId: session.id, command: 'Stop' });
    expect(session.playing).toBeNull();
    expect((await getDeviceApi(api).getDevices()).data.TotalRecordCount).toBe(2);

    await users.updateUser({ userId: id, userDto: { ...bob, Name: 'bob' } });

    const own = sdk.createApi(jellyfin.url, signedIn.data.AccessToken ?? '', axios.create());
    expect((await getUserApi(own).getCurrentUser()).data.Name).toBe('bob');
    // The SDK's types lack these calls.
    for (const report of ['Playing', 'Playing/Progress'] as const)
      await send(jellyfin, `POST /Sessions/${report}`, {
        headers: mediaBrowser(signedIn.data.AccessToken ?? ''),
        body: {},
      });
    await getSessionApi(own).postFullCapabilities({ clientCapabilitiesDto: {} });
    await getSessionApi(own).reportSessionEnded();
    await expect(getUserApi(own).getCurrentUser()).rejects.toMatchObject({ response: { status: 401 } });

    expect((await authentication.getQuickConnectEnabled()).data).toBe(true);
    const started = (await getAuthenticationApi(visitor).initiateQuickConnect()).data;
    const secret = started.Secret ?? '';
    expect((await authentication.getQuickConnectState({ secret })).data.Authenticated).toBe(false);
    jellyfin.approveQuickConnect(started.Code ?? '', jellyfin.user('bob'));
    expect((await authentication.getQuickConnectState({ secret })).data.Authenticated).toBe(true);
    const quick = await authentication.authenticateWithQuickConnect({ quickConnectDto: { Secret: secret } });
    expect(quick.data.User?.Id).toBe(id);

    await authentication.createKey({ app: 'second' });
    const keys = (await authentication.getKeys()).data.Items ?? [];
    expect(column(keys, 'AppName')).toEqual(['usher', 'second']);
    await authentication.revokeKey({ key: keys[1]?.AccessToken ?? '' });
    expect((await authentication.getKeys()).data.TotalRecordCount).toBe(1);

    await users.deleteUser({ userId: id });
    expect(jellyfin.findUser('bob')).toBeUndefined();
    return jellyfin;
  }

  it('from the first look to the last deletion', administer);

  // Skipped if the description is not available.
  it.skipIf(!openApi)('every answer fits the official description', async () => {
    const { http } = await administer();
    expect(openApi?.knows(http.requests)).toBe(http.requests.length);
    expect(openApi?.wrongAnswers(http.requests)).toEqual([]);
    expect(openApi?.wrongBodies(http.requests)).toEqual([]);
  });

  it.skipIf(!openApi)('a wrong answer would be found', async () => {
    const jellyfin = await start({ version });
    jellyfin.http.fault({ path: /Public/, answer: { status: 200, body: { Id: 5, serverName: 'x' } } });
    await send(jellyfin, 'GET /System/Info/Public');
    expect(openApi?.wrongAnswers(jellyfin.http.requests)).toHaveLength(2);
  });
});

describe('who may ask (B1.1, edge cases 34 and 45)', () => {
  const ways = (token: string): [string, string, Record<string, string>][] => [
    ['Authorization: MediaBrowser', '', { authorization: `MediaBrowser Token="${token}"` }],
    ['Authorization: mediabrowser, unquoted', '', { authorization: `mediabrowser Token=${token}` }],
    ['ApiKey', `?apikey=${token}`, {}],
    ['Authorization: Emby', '', { authorization: `Emby Token="${token}"` }],
    ['X-Emby-Authorization', '', { 'x-emby-authorization': `MediaBrowser Token="${token}"` }],
    ['X-Emby-Token', '', { 'x-emby-token': token }],
    ['X-MediaBrowser-Token', '', { 'x-mediabrowser-token': token }],
    ['api_key', `?api_key=${token}`, {}],
    ['the key name in small letters', '', { authorization: `MediaBrowser token="${token}"` }],
    ['a header without a blank', '', { authorization: token }],
  ];

  it.each<[JellyfinVersion, string[]]>([
    ['10.10', ['200', '200', '200', '200', '200', '200', '200', '200', '401', '401']],
    ['10.11', ['200', '200', '200', '200', '200', '200', '200', '200', '401', '401']],
    ['12.0', ['200', '200', '200', '401', '401', '401', '401', '401', '401', '401']],
  ])('%s', async (version, expected) => {
    const jellyfin = await start({ version });
    const statuses: string[] = [];
    for (const [, query, headers] of ways(jellyfin.apiKey))
      statuses.push(String((await send(jellyfin, `GET /Auth/Keys${query}`, { headers })).status));
    expect(statuses).toEqual(expected);
  });

  it('tells a dead token (401), a weak one (403) and an open route (200) apart, without a word', async () => {
    const jellyfin = await start();
    const bob = jellyfin.addUser({ name: 'bob', password: 'x' });
    const { token } = jellyfin.signInOutside(bob);
    const weak = await send(jellyfin, 'GET /Library/VirtualFolders', { headers: mediaBrowser(token) });
    expect([weak.status, weak.text]).toEqual([403, '']);
    expect((await send(jellyfin, 'GET /System/Info', { headers: mediaBrowser(token) })).status).toBe(200);
    bob.policy.IsDisabled = true;
    const dead = await send(jellyfin, 'GET /System/Info', { headers: mediaBrowser(token) });
    expect([dead.status, dead.text]).toEqual([401, '']);
    expect(
      (await send(jellyfin, 'GET /System/Info/Public', { headers: mediaBrowser('nonsense') })).status,
    ).toBe(200);
    expect((await send(jellyfin, 'GET /Users/Me')).status).toBe(400);
  });

  it('refuses what it does not know', async () => {
    const jellyfin = await start();
    expect(await send(jellyfin, 'GET /Nonsense')).toMatchObject({ status: 404, text: '' });
    const wrongMethod = await send(jellyfin, 'PUT /Auth/Keys');
    expect(wrongMethod).toMatchObject({ status: 405, text: '', headers: { allow: 'GET, POST' } });
    expect((await send(jellyfin, 'GET /users/not-a-guid')).json()).toMatchObject({ status: 400 });
    expect((await send(jellyfin, `GET /USERS/${'0'.repeat(32)}`)).status).toBe(400);
    expect((await send(jellyfin, `GET /Users/${'1'.repeat(32)}`)).text).toBe('"User not found"');
    const textual = await send(jellyfin, 'POST /Users/New', {
      headers: { ...mediaBrowser(jellyfin.apiKey), 'content-type': 'text/plain' },
    });
    expect(textual.status).toBe(415);
  });

  it.each<[JellyfinVersion, number]>([
    ['10.11', 200],
    ['12.0', 404],
  ])('the /emby prefix on %s', async (version, status) => {
    expect((await send(await start({ version }), 'GET /emby/System/Info/Public')).status).toBe(status);
  });
});

describe('accounts (B5, edge cases 30 to 32)', () => {
  it.each<[JellyfinVersion, string, number]>([
    ['10.10', 'bob', 400],
    ['10.11', 'BOB', 400],
    ['10.10', 'a+b', 400],
    ['10.11', 'a+b', 200],
    ['10.10', ' padded ', 200],
    ['10.11', 'padded ', 400],
    ['10.11', ' padded', 400],
    ['10.11', '.', 200],
    ['12.0', '.', 400],
    ['12.0', '..', 400],
    ['12.0', '...', 200],
    ['12.0', '😀', 400],
    ['12.0', '𠮷野', 400],
    ['12.0', "Zoë O'Neil-Ж_1@x", 200],
    ['12.0', 'a/b', 400],
    ['12.0', '', 400],
  ])('%s: a user called "%s" is answered %i', async (version, name, status) => {
    const jellyfin = await start({ version });
    jellyfin.addUser({ name: 'Bob' });
    const answer = await send(jellyfin, 'POST /Users/New', { body: { Name: name, Password: 'p' } });
    expect(answer.status).toBe(status);
    if (status === 400 && name !== '') expect(answer.text).toBe('Error processing request.');
    if (name === '')
      expect(answer.json()).toMatchObject({ errors: { Name: ['The Name field is required.'] } });
  });

  it('dates have seven decimals, and what is null is left out (B1)', async () => {
    const jellyfin = await start();
    const [bob, eve] = [jellyfin.addUser({ name: 'bob' }), jellyfin.addUser({ name: 'eve' })];
    jellyfin.signInOutside(bob);
    const view = async (id: string) => (await send(jellyfin, `GET /Users/${id}`)).json();
    expect((await view(bob.id)).LastLoginDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect(await view(eve.id)).not.toHaveProperty('LastLoginDate');
  });

  it('a new account sees everything, and without a password anybody is it', async () => {
    const jellyfin = await start();
    await send(jellyfin, 'POST /Users/New', { body: { name: 'bob' } });
    expect(jellyfin.accessOf(jellyfin.user('bob'))).toBe('all');
    expect(jellyfin.canSignIn('bob', '')).toBe(true);
    expect(await policyOf(jellyfin, jellyfin.user('bob').id)).toMatchObject({
      EnableAllFolders: true,
      EnableLiveTvManagement: false,
      IsHidden: true,
      LoginAttemptsBeforeLockout: -1,
    });
  });

  it.each<[string, unknown, number, string]>([
    ['the right field', { NewPw: 'new' }, 204, 'new'],
    ['in other letters', { newpw: 'new' }, 204, 'new'],
    ['a wrong field', { NewPassword: 'new' }, 204, ''],
    ['null', { NewPw: null }, 204, ''],
    ['a reset', { NewPw: 'new', ResetPassword: true }, 204, ''],
    ['not text', { NewPw: 5 }, 400, 'old'],
  ])('password with %s', async (_name, body, status, password) => {
    const jellyfin = await start();
    const bob = jellyfin.addUser({ name: 'bob', password: 'old' });
    expect((await send(jellyfin, `POST /Users/${bob.id}/Password`, { body })).status).toBe(status);
    expect(jellyfin.canSignIn('bob', password)).toBe(true);
  });

  it('a blank password for an administrator is refused; a change signs the others out, a reset does not', async () => {
    const jellyfin = await start();
    const root = jellyfin.user('root');
    expect((await send(jellyfin, `POST /Users/${root.id}/Password`, { body: {} })).status).toBe(400);
    const bob = jellyfin.addUser({ name: 'bob', password: 'old' });
    jellyfin.signInOutside(bob);
    await send(jellyfin, `POST /Users/Password?USERID=${bob.id}`, { body: { ResetPassword: true } });
    expect(jellyfin.sessionsOf(bob)).toHaveLength(1);
    await send(jellyfin, `POST /Users/Password?userId=${bob.id}`, { body: { NewPw: 'new' } });
    expect(jellyfin.sessionsOf(bob)).toHaveLength(0);
  });

  it('the member himself needs the old password, and wrong ones count', async () => {
    const jellyfin = await start();
    const bob = jellyfin.addUser({ name: 'bob', password: 'old' });
    bob.policy.LoginAttemptsBeforeLockout = 2;
    const { token } = jellyfin.signInOutside(bob);
    const change = (CurrentPw: string) =>
      send(jellyfin, `POST /Users/${bob.id}/Password`, {
        headers: mediaBrowser(token),
        body: { CurrentPw, NewPw: 'n' },
      });
    expect(await change('bad')).toMatchObject({ status: 403, text: '"Invalid user or password entered."' });
    expect((await change('old')).status).toBe(204);
    const other = jellyfin.addUser({ name: 'eve', password: 'e' });
    const { token: eve } = jellyfin.signInOutside(other);
    const foreign = await send(jellyfin, `POST /Users/${bob.id}/Password`, {
      headers: mediaBrowser(eve),
      body: {},
    });
    expect(foreign).toMatchObject({ status: 403, text: '"User is not allowed to update the password."' });
  });

  it('deleting: the last administrator and the only user fail after they were signed out (edge case 33)', async () => {
    const jellyfin = await start();
    const root = jellyfin.user('root');
    jellyfin.signInOutside(root);
    expect((await send(jellyfin, `DELETE /Users/${root.id}`)).status).toBe(500);
    expect(jellyfin.sessionsOf(root)).toHaveLength(0);
    const bob = jellyfin.addUser({ name: 'bob' });
    jellyfin.signInOutside(root);
    expect((await send(jellyfin, `DELETE /Users/${root.id}`)).status).toBe(400);
    expect(jellyfin.sessionsOf(root)).toHaveLength(0);
    expect((await send(jellyfin, `DELETE /Users/${bob.id}`)).status).toBe(204);
    expect((await send(jellyfin, `DELETE /Users/${bob.id}`)).json()).toMatchObject({ status: 404 });
  });
});

describe('policy (B6, edge cases 25 to 29)', () => {
  async function withBob(version: JellyfinVersion = '10.11') {
    const jellyfin = await start({ version });
    const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
    const full = await policyOf(jellyfin, bob.id);
    const post = (policy: unknown, user = bob) =>
      send(jellyfin, `POST /Users/${user.id}/Policy`, { body: policy });
    return { jellyfin, bob, full, post };
  }

  it('what is left out takes a default that may give rights', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    bob.policy.EnableAllFolders = false;
    bob.policy.IsDisabled = true;
    const { AuthenticationProviderId, PasswordResetProviderId } = full;
    expect((await post({ AuthenticationProviderId, PasswordResetProviderId })).status).toBe(204);
    expect(jellyfin.accessOf(bob)).toBe('all');
    expect(bob.policy).toMatchObject({ IsDisabled: false, EnableLiveTvManagement: true });
  });

  it.each<[string, (full: Record<string, unknown>) => unknown, number]>([
    ['no provider', ({ AuthenticationProviderId: _gone, ...rest }) => rest, 400],
    ['an empty provider', (full) => ({ ...full, PasswordResetProviderId: '' }), 400],
    ['a list of null', (full) => ({ ...full, EnabledFolders: null }), 400],
    ['tags of null', (full) => ({ ...full, BlockedTags: null }), 400],
    ['unrated of null', (full) => ({ ...full, BlockUnratedItems: null }), 204],
    ['schedules of null', (full) => ({ ...full, AccessSchedules: null }), 500],
    ['a bad GUID', (full) => ({ ...full, EnabledFolders: ['x'] }), 400],
    ['a dashed GUID', (full) => ({ ...full, EnabledFolders: ['F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805'] }), 204],
    ['numbers as text', (full) => ({ ...full, MaxActiveSessions: '3' }), 204],
    ['names in other letters', (full) => ({ ...full, enableallfolders: false }), 204],
    ['unknown names', (full) => ({ ...full, Nonsense: 1 }), 204],
    ['text for a flag', (full) => ({ ...full, IsHidden: 'yes' }), 400],
  ])('%s', async (_name, change, status) => {
    const { full, post } = await withBob();
    expect((await post(change(full))).status).toBe(status);
  });

  it('2,000 libraries and 2,000 users (edge case 24)', async () => {
    const { jellyfin, full, post, bob } = await withBob('12.0');
    for (let number = 0; number < 2_000; number += 1) {
      jellyfin.addLibrary({ name: `Library ${number}` });
      jellyfin.addUser({ name: `user ${number}` });
    }
    const EnabledFolders = jellyfin.state.libraries.map(({ name }) => libraryId(name));
    expect((await post({ ...full, EnableAllFolders: false, EnabledFolders })).status).toBe(204);
    expect(jellyfin.accessOf(bob)).toHaveLength(2_002);
    expect((await send(jellyfin, 'GET /Users')).json<unknown[]>()).toHaveLength(2_002);
  });

  it('gives GUIDs back without dashes, splits tags, turns 0 attempts into 3, loses lyric management', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    await post({
      ...full,
      EnabledFolders: ['{F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805}', libraryId('Nowhere')],
      BlockedTags: ['a,b'],
      LoginAttemptsBeforeLockout: 0,
      EnableLyricManagement: true,
      BlockedMediaFolders: [libraryId('Movies')],
    });
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({
      EnabledFolders: [libraryId('Movies'), libraryId('Nowhere')],
      BlockedTags: ['a', 'b'],
      LoginAttemptsBeforeLockout: 3,
      EnableLyricManagement: false,
      BlockedMediaFolders: [],
    });
  });

  it('10.10 knows no sub-rating', async () => {
    const [old, young] = [await withBob('10.10'), await withBob('10.11')];
    for (const { full, post } of [old, young]) await post({ ...full, MaxParentalSubRating: 2 });
    expect(await policyOf(old.jellyfin, old.bob.id)).not.toHaveProperty('MaxParentalSubRating');
    expect(await policyOf(young.jellyfin, young.bob.id)).toMatchObject({ MaxParentalSubRating: 2 });
  });

  it('refuses in the order of B6.4, and protects only the last administrator', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    const root = jellyfin.user('root');
    const asAdmin = { ...full, IsAdministrator: true };
    const lastAdmin = await post({ ...full, IsDisabled: true }, root);
    expect(lastAdmin.text).toBe(
      '"There must be at least one user in the system with administrative access."',
    );
    expect((await post({ ...asAdmin, IsDisabled: true }, root)).text).toBe(
      '"Administrators cannot be disabled."',
    );
    root.policy.IsDisabled = true;
    const lastEnabled = await post({ ...full, IsDisabled: true });
    expect(lastEnabled).toMatchObject({
      status: 403,
      text: '"There must be at least one enabled user in the system."',
    });
    root.policy.IsDisabled = false;
    expect((await post(asAdmin)).status).toBe(204);
    expect((await post(full, root)).status).toBe(204);
    expect(root.policy.IsAdministrator).toBe(false);
    expect((await send(jellyfin, `POST /Users/${'1'.repeat(32)}/Policy`, { body: full })).status).toBe(404);
    expect(bob.policy.IsAdministrator).toBe(true);
  });

  it('disabling signs out, once; re-enabling lets in again', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    const { token } = jellyfin.signInOutside(bob);
    await post({ ...full, IsDisabled: true });
    expect(jellyfin.sessionsOf(bob)).toHaveLength(0);
    expect([jellyfin.accessOf(bob), jellyfin.canSignIn('bob', 'p')]).toEqual(['none', false]);
    const body = { Username: 'bob', Pw: 'p' };
    const signIn = () =>
      send(jellyfin, 'POST /Users/AuthenticateByName', { headers: { authorization: DEVICE }, body });
    expect((await signIn()).status).toBe(403);
    await post({ ...full, IsDisabled: false });
    expect((await signIn()).status).toBe(200);
    expect((await send(jellyfin, 'GET /Users/Me', { headers: mediaBrowser(token) })).status).toBe(401);
  });

  it('block lists override the grants', async () => {
    const { jellyfin, bob } = await withBob();
    bob.blockedMediaFolders = [libraryId('Movies')];
    expect(jellyfin.accessOf(bob)).toEqual(['Shows']);
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({ BlockedMediaFolders: [libraryId('Movies')] });
  });

  it('a rename takes the grant away, the old name brings it back (edge case 25)', async () => {
    const { jellyfin, bob } = await withBob();
    Object.assign(bob.policy, { EnableAllFolders: false, EnabledFolders: [libraryId('Movies')] });
    jellyfin.renameLibrary('Movies', 'Films', { scanning: true });
    expect(jellyfin.accessOf(bob)).toBe('none');
    const folders = (await send(jellyfin, 'GET /Library/VirtualFolders')).json<Record<string, unknown>[]>();
    expect(Object.keys(folders[0] ?? {})).toEqual(['Name', 'Locations']);
    jellyfin.removeLibrary('Films');
    jellyfin.addLibrary({ name: 'Movies' });
    expect(jellyfin.accessOf(bob)).toEqual(['Movies']);
    expect(jellyfin.addLibrary({ name: 'Movies' }).name).toBe('Movies2');
  });

  it('whatever else fails is one fault away (edge cases 28 and 32)', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    jellyfin.http.fault({ method: 'POST', path: /\/Policy$/i, answer: processingError(500) });
    expect((await post({ ...full, IsDisabled: true })).status).toBe(500);
    expect(bob.policy.IsDisabled).toBe(false);
    jellyfin.http.fault({ method: 'POST', path: /\/Policy$/i, dropAfterCommit: true });
    await expect(post({ ...full, IsDisabled: true })).rejects.toThrow();
    expect(bob.policy.IsDisabled).toBe(true);
  });

  it('an edit slips in after the read (edge case 28)', async () => {
    const { jellyfin, bob, full, post } = await withBob();
    jellyfin.onceAfterRead(bob.id, ({ policy }) => {
      policy.EnableContentDownloading = false;
    });
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({ EnableContentDownloading: true });
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({ EnableContentDownloading: false });
    await post(full);
    expect(bob.policy.EnableContentDownloading).toBe(true);
  });
});

describe('signing in (B8, edge cases 27 and 29)', () => {
  const signIn = (jellyfin: Jellyfin, Username: string, Pw: string, authorization = DEVICE) =>
    send(jellyfin, 'POST /Users/AuthenticateByName', { headers: { authorization }, body: { Username, Pw } });

  it.each<[string, Partial<JellyfinPolicy>, string, number]>([
    ['right', {}, 'p', 200],
    ['wrong', {}, 'x', 401],
    ['disabled', { IsDisabled: true }, 'p', 403],
    ['disabled, and wrong', { IsDisabled: true }, 'x', 403],
    ['another device', { EnableAllDevices: false }, 'p', 403],
    ['this device', { EnableAllDevices: false, EnabledDevices: ['d1'] }, 'p', 200],
    ['an unknown provider', { AuthenticationProviderId: 'typo' }, 'p', 401],
    ['no remote access', { EnableRemoteAccess: false }, 'p', 403],
  ])('%s', async (_name, policy, password, status) => {
    const jellyfin = await start();
    jellyfin.behaviour.callersAreRemote = true;
    Object.assign(jellyfin.addUser({ name: 'bob', password: 'p' }).policy, policy);
    const answer = await signIn(jellyfin, 'bob', password);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.text).toBe('Error processing request.');
  });

  it.each([
    ['a+b', 'a b'],
    ['a%2Bb%20%C3%A9', 'a+b é'],
    ['a, b=c', 'a, b=c'],
    ['100%', '100%'],
  ])('decodes the device "%s" into "%s" (edge case 34)', async (sent, kept) => {
    const jellyfin = await start();
    await signIn(jellyfin, 'root', 'root-password', DEVICE.replace('"box"', `"${sent}"`));
    expect((await send(jellyfin, 'GET /Sessions')).json<Record<string, unknown>[]>()[0]?.DeviceName).toBe(
      kept,
    );
  });

  it('needs every fact of the client; nobody is 401', async () => {
    const jellyfin = await start();
    expect((await signIn(jellyfin, 'root', 'root-password', 'MediaBrowser Client="x"')).status).toBe(400);
    expect((await signIn(jellyfin, 'nobody', 'x')).status).toBe(401);
  });

  it('no more sessions than allowed', async () => {
    const jellyfin = await start();
    const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
    bob.policy.MaxActiveSessions = 1;
    jellyfin.signInOutside(bob);
    expect((await signIn(jellyfin, 'bob', 'p')).status).toBe(403);
  });

  it('taking a device away signs out everybody on it', async () => {
    const jellyfin = await start();
    const [bob, eve] = [jellyfin.addUser({ name: 'bob' }), jellyfin.addUser({ name: 'eve' })];
    for (const user of [bob, eve]) jellyfin.signInOutside(user, { deviceId: 'tv' });
    expect((await send(jellyfin, 'DELETE /Devices?id=tv')).status).toBe(204);
    expect([jellyfin.sessionsOf(bob), jellyfin.sessionsOf(eve)]).toEqual([[], []]);
    expect((await send(jellyfin, 'DELETE /Devices?id=tv')).status).toBe(404);
    expect((await send(await start({ version: '12.0' }), 'DELETE /Devices?id=tv')).status).toBe(400);
  });
});

describe('Quick Connect (B10)', () => {
  const initiate = (jellyfin: Jellyfin, authorization = DEVICE) =>
    send(jellyfin, 'POST /QuickConnect/Initiate', { headers: { authorization } });

  it('ends after ten minutes', async () => {
    const clock = new StandInClock();
    const jellyfin = await start({ clock });
    const { Secret, Code } = (await initiate(jellyfin)).json<{ Secret: string; Code: string }>();
    const poll = () => send(jellyfin, `GET /QuickConnect/Connect?secret=${Secret}`);
    clock.advance(9 * 60_000);
    expect((await poll()).status).toBe(200);
    clock.advance(61_000);
    expect(await poll()).toMatchObject({ status: 404, text: '"Unknown secret"' });
    expect(() => jellyfin.approveQuickConnect(Code, jellyfin.user('root'))).toThrow(/knows no code/);
  });

  it('refusals', async () => {
    const jellyfin = await start();
    expect((await initiate(jellyfin, 'MediaBrowser Client="x"')).status).toBe(400);
    const { Secret, Code } = (await initiate(jellyfin)).json<{ Secret: string; Code: string }>();
    const redeem = () =>
      send(jellyfin, 'POST /Users/AuthenticateWithQuickConnect', { headers: {}, body: { Secret } });
    expect((await redeem()).status).toBe(404);
    const { id } = jellyfin.user('root');
    const authorize = (code: string) =>
      send(jellyfin, `POST /QuickConnect/Authorize?code=${code}&userId=${id}`);
    expect((await authorize('none')).status).toBe(404);
    expect((await authorize(Code)).text).toBe('true');
    expect((await authorize(Code)).status).toBe(500);
    expect((await redeem()).status).toBe(200);
    jellyfin.behaviour.quickConnectEnabled = false;
    expect(await initiate(jellyfin)).toMatchObject({ status: 401, text: '"Quick connect is disabled"' });
  });
});

describe('the server itself', () => {
  it('an open wizard shows the libraries to anybody', async () => {
    const jellyfin = await start();
    jellyfin.behaviour.wizardCompleted = false;
    expect((await send(jellyfin, 'GET /Library/VirtualFolders', { headers: {} })).status).toBe(200);
  });

  it('comes back on the same port', async () => {
    const jellyfin = await start();
    const { url } = jellyfin;
    await jellyfin.stop();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    await jellyfin.start();
    expect([jellyfin.url, (await send(jellyfin, 'GET /health')).text]).toEqual([url, 'Healthy']);
  });

  it('the same library name has the same id on every server', async () => {
    expect(libraryId('TV Shows')).toBe('767bffe4f11c93ef34b805451a696a4e');
    expect(libraryId('tv shows')).not.toBe(libraryId('TV Shows'));
  });
});
