import { XMLParser } from 'fast-xml-parser';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StandInClock } from './http.ts';
import {
  okButError,
  type PlexAccount,
  type PlexServer,
  type PlexTv,
  rateLimited,
  startPlexTv,
} from './plex/plex-tv.ts';

const CLIENT = { 'x-plex-client-identifier': 'usher-test', 'x-plex-product': 'Usher' };
const LISTS = [
  'User',
  'Server',
  'Section',
  'SharedServer',
  'Directory',
  'Location',
  'error',
  'sharedServer',
  'library',
];
// Configured as in media-servers.md A2.4.
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@_',
  parseAttributeValue: false,
  parseTagValue: false,
  htmlEntities: true,
  isArray: (name) => LISTS.includes(name),
});

type Fields = Record<string, unknown>;

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
  json<T = Fields>(): T;
  xml(): ReturnType<XMLParser['parse']>;
}

let clock: StandInClock;
let plex: PlexTv;
let boss: PlexAccount;
let ada: PlexAccount;
let tower: PlexServer;

beforeEach(async () => {
  clock = new StandInClock();
  plex = await startPlexTv({ clock });
  boss = plex.addAccount({ username: 'boss' });
  ada = plex.addAccount({ username: 'ada' });
  tower = await plex.addServer({
    owner: boss,
    name: 'Tower',
    libraries: [
      { title: 'Films' },
      { title: 'TV & Specials', type: 'show' },
      { title: 'Music', type: 'artist' },
    ],
  });
});

afterEach(() => plex.close());

async function to(
  base: string,
  line: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string>; accept?: string } = {},
): Promise<Sent> {
  const [method, path] = line.split(' ') as ['GET', string];
  const answer = await request(`${base}${path}`, {
    method,
    headers: {
      accept: options.accept ?? 'application/json',
      ...(options.headers ?? CLIENT),
      ...(options.token !== undefined && { 'x-plex-token': options.token }),
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    text,
    headers: answer.headers,
    json: () => JSON.parse(text),
    xml: () => xml.parse(text, true),
  };
}

const asBoss = (line: string, body?: unknown) => to(plex.url, line, { token: boss.token, body });
const asAda = (line: string) => to(plex.url, line, { token: ada.token });
const ids = (...titles: string[]) => titles.map((title) => tower.library(title).cloudId);
const SHARES = '/api/v2/shared_servers';

const invite = (wish: Fields = {}) =>
  asBoss(`POST ${SHARES}`, {
    machineIdentifier: tower.machineIdentifier,
    invitedId: ada.id,
    librarySectionIds: ids('Films'),
    settings: {},
    skipFriendship: true,
    ...wish,
  });
const listed = async (list: 'accepted' | 'pending') =>
  (await asBoss(`GET ${SHARES}/owned/${list}`)).json<Fields[]>();
const v1Shares = `/api/servers/:mid/shared_servers`;
const v1 = (path = '') => v1Shares.replace(':mid', tower.machineIdentifier) + path;

describe('signing in by PIN (A5.1, edge case 18)', () => {
  const start = async (strong: boolean) =>
    (await to(plex.url, `POST /api/v2/pins?strong=${strong}`)).json<{
      id: number;
      code: string;
      expiresIn: number;
    }>();
  const poll = (id: number, headers: Record<string, string> = CLIENT) =>
    to(plex.url, `GET /api/v2/pins/${id}`, { headers });
  const linkOf = (code: string, client = 'usher-test') =>
    `https://app.plex.tv/auth#?clientID=${client}&code=${code}&context%5Bdevice%5D%5Bproduct%5D=Usher`;

  it('the long way: link, approval, account, sign-out', async () => {
    const pin = await start(true);
    expect(pin.code.length).toBeGreaterThan(20);
    expect((await poll(pin.id)).json()).toMatchObject({ authToken: null, expiresIn: 900, product: 'Usher' });
    clock.advance(100_000);
    expect((await poll(pin.id)).json()).toMatchObject({ expiresIn: 800 });
    plex.signInAs(ada, linkOf(pin.code));
    const token = String((await poll(pin.id)).json().authToken);
    expect(plex.secrets).toContain(token);
    const member = (line: string, accept?: string) =>
      to(plex.url, line, { token, ...(accept !== undefined && { accept }) });
    expect((await member('GET /api/v2/user')).json()).toMatchObject({
      id: ada.id,
      uuid: ada.uuid,
      username: 'ada',
    });
    expect((await member('GET /api/v2/user', 'application/xml')).xml().user).toMatchObject({
      '@_id': String(ada.id),
      '@_restricted': '0',
      '@_locale': '',
      subscription: { '@_status': 'Inactive' },
    });
    expect((await member('GET /api/v2/ping')).json()).toEqual({ pong: true });
    expect(await member('DELETE /api/v2/users/signout')).toMatchObject({ status: 204, text: '' });
    expect((await member('GET /api/v2/user')).status).toBe(401);
    expect((await asAda('GET /api/v2/user')).status).toBe(200);
  });

  it('the short way: four letters, typed as they are read', async () => {
    const pin = await start(false);
    expect(pin.code).toMatch(/^[A-Z0-9]{4}$/);
    plex.signInAs(ada, pin.code.toLowerCase());
    expect((await poll(pin.id)).json().authToken).not.toBeNull();
    expect(() => plex.signInAs(boss, pin.code)).toThrow(/used already/);
  });

  it.each<[string, (pin: { id: number; code: string }) => Promise<Sent> | Sent]>([
    ['another client', ({ id }) => poll(id, { ...CLIENT, 'x-plex-client-identifier': 'other' })],
    ['an unknown id', ({ id }) => poll(id + 1)],
    [
      'an expired PIN',
      ({ id }) => {
        clock.advance(900_001);
        return poll(id);
      },
    ],
  ])('%s is 404 code 1020', async (_name, act) => {
    const answer = await act(await start(true));
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ errors: [{ code: 1020, status: 404 }] });
  });

  it('the page refuses what the real one would refuse', async () => {
    const [strong, weak] = [await start(true), await start(false)];
    expect(() => plex.signInAs(ada, linkOf(strong.code, 'other'))).toThrow(/another client/);
    expect(() => plex.signInAs(ada, strong.code)).toThrow(/knows no code/);
    expect(() => plex.signInAs(ada, 'https://evil.example/auth#?code=x')).toThrow(/not a page of Plex/);
    clock.advance(900_001);
    expect(() => plex.signInAs(ada, weak.code)).toThrow(/knows no code/);
    expect(() => plex.approvePin(strong.id, ada)).toThrow(/no living PIN/);
  });

  it('null for some polls more, then the token, once', async () => {
    Object.assign(plex.behaviour, { pinEmptyPolls: 2, pinTokenOnce: true });
    const { id } = await start(true);
    plex.approvePin(id, ada);
    const answers = [await poll(id), await poll(id), await poll(id), await poll(id)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    expect(answers.slice(0, 3).map((answer) => answer.json().authToken !== null)).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('who may ask (A2)', () => {
  it('v2 without a client identifier is 400 code 1000; v1 does not mind', async () => {
    const bare = await to(plex.url, 'GET /api/v2/user', { headers: {}, token: boss.token });
    expect([bare.status, bare.json()]).toEqual([
      400,
      { errors: [{ code: 1000, message: 'X-Plex-Client-Identifier is missing', status: 400 }] },
    ]);
    expect((await to(plex.url, 'GET /api/users', { headers: {}, token: boss.token })).status).toBe(200);
  });

  it.each<[string, 401 | 422, (answer: Sent) => unknown, unknown]>([
    [
      'code 1001',
      401,
      (answer) => answer.json(),
      { errors: [{ code: 1001, message: 'User could not be authenticated', status: 401 }] },
    ],
    ['the words', 422, (answer) => answer.text.includes('Invalid token'), true],
  ])('a dead token: %s (edge case 16)', async (_name, status, read, expected) => {
    plex.behaviour.invalidToken = status;
    const answer = await to(plex.url, 'GET /api/v2/user', { token: 'dead' });
    expect([answer.status, read(answer)]).toEqual([status, expected]);
    expect((await to(tower.url, 'GET /identity', { token: 'dead' })).status).toBe(200);
  });

  it.each<[string, number, string]>([
    ['GET /api/v2/friends', 410, 'removed'],
    ['DELETE /api/friends/5', 410, 'removed'],
    ['GET /api/invites/requested', 410, 'removed'],
    ['PUT /api/invites/requests/5', 410, 'removed'],
    ['GET /api/v2/sharings', 404, '1002'],
    ['GET /api/v2/nonsense', 404, '1002'],
    ['GET /api/nonsense', 404, '<errors>'],
    ['DELETE /api/servers/x/shared_servers', 404, '<!DOCTYPE html>'],
  ])('%s is %i (edge cases 10 and 43)', async (line, status, text) => {
    const answer = await asBoss(line);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });

  it('a share takes POST, not PUT or PATCH; the collection takes no GET (edge case 10)', async () => {
    const answers = await Promise.all([
      asBoss(`GET ${SHARES}`),
      asBoss(`PUT ${SHARES}/5`),
      asBoss(`PATCH ${SHARES}/5`),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.allow])).toEqual([
      [405, 'OPTIONS, POST'],
      [405, 'OPTIONS, GET, POST, DELETE'],
      [405, 'OPTIONS, GET, POST, DELETE'],
    ]);
  });

  it('a token in the URL works, as it does there, and is found out', async () => {
    expect((await to(plex.url, `GET /api/v2/user?X-Plex-Token=${boss.token}`)).status).toBe(200);
    expect(plex.tokensInUrls.map(({ path }) => path)).toEqual(['/api/v2/user']);
  });

  it.each<[string | undefined, 'xml' | 'empty']>([
    ['5', 'xml'],
    ['005', 'empty'],
    [undefined, 'xml'],
  ])('429 with Retry-After %s and %s body (edge case 17)', async (retryAfter, body) => {
    plex.http.fault({ path: /user/, answer: rateLimited(retryAfter, body) });
    const limited = await asBoss('GET /api/v2/user');
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, retryAfter]);
    expect(limited.text.includes('1003')).toBe(body === 'xml');
    expect((await asBoss('GET /api/v2/user')).status).toBe(200);
  });

  it.each(['response', 'errors-xml', 'errors-json', 'html'] as const)(
    '200 with an error document: %s (edge case 20)',
    async (form) => {
      plex.http.fault({ path: /user/, answer: okButError(form) });
      expect((await asBoss('GET /api/v2/user')).text).toMatch(/Error|errors|html/);
    },
  );

  it('XML cut after a whole child, without a length (edge case 21)', async () => {
    for (const name of ['eve', 'mallory']) plex.befriend(boss, plex.addAccount({ username: name }));
    const whole = (await asBoss('GET /api/users')).text;
    plex.http.fault({ path: /users/, cutAfterBytes: whole.indexOf('/>') + 2, cutQuietly: true });
    const cut = await asBoss('GET /api/users');
    expect(cut.status).toBe(200);
    expect(cut.text.length).toBeLessThan(whole.length);
    expect(new XMLParser().parse(cut.text)).toHaveProperty('MediaContainer');
  });
});

describe('sharing with v2 (A5.5, A5.6, A6)', () => {
  it('a share begins pending; the member accepts; the id stays', async () => {
    const created = await invite();
    expect(created.status).toBe(201);
    expect(created.json()).toMatchObject({
      invitedId: ada.id,
      accepted: false,
      allLibraries: false,
      numLibraries: 1,
    });
    const { id, inviteToken } = created.json();
    expect(plex.secrets).toContain(inviteToken);
    expect(plex.accessOf(ada, tower)).toBe('pending');
    expect((await listed('pending')).map((share) => share.id)).toEqual([id]);
    expect(await listed('accepted')).toEqual([]);
    const grouped = (await asBoss(`GET ${SHARES}/invites/owned/pending`)).json<Fields[]>();
    expect(grouped).toMatchObject([{ invited: { id: ada.id }, sharedServers: [{ id }] }]);

    const servers = async () => (await asAda('GET /api/v2/resources?includeHttps=1')).json<Fields[]>();
    expect(await servers()).toEqual([]);
    const received = (await asAda(`GET ${SHARES}/invites/received/pending`)).json<Fields[]>();
    expect(received).toMatchObject([{ owner: { id: boss.id }, sharedServers: [{ id }] }]);
    expect((await asBoss(`POST ${SHARES}/${id}/accept`)).status).toBe(404);
    expect((await asAda(`POST ${SHARES}/${id}/accept`)).status).toBe(204);
    expect((await listed('accepted')).map((share) => share.id)).toEqual([id]);
    expect(plex.accessOf(ada, tower)).toEqual(['Films']);
    expect(await servers()).toMatchObject([{ owned: false, ownerId: boss.id, sourceTitle: 'boss' }]);
    expect(plex.areFriends(boss, ada)).toBe(false);
  });

  it('an empty list is every library, those of tomorrow too (edge case 1)', async () => {
    plex.befriend(boss, ada);
    expect((await invite({ librarySectionIds: [] })).json()).toMatchObject({
      allLibraries: true,
      accepted: true,
    });
    tower.addLibrary({ title: 'Private' });
    expect(plex.accessOf(ada, tower)).toBe('all');
    expect(await listed('accepted')).toMatchObject([{ allLibraries: true, numLibraries: 4 }]);
  });

  it('an empty list does the same on update', async () => {
    const { id } = plex.share(ada, tower, { libraries: ['Films'] });
    await asBoss(`POST ${SHARES}/${id}`, { librarySectionIds: [], settings: {} });
    expect(plex.accessOf(ada, tower)).toBe('all');
  });

  it.each<[string, () => Fields]>([
    ['local keys (edge case 2)', () => ({ librarySectionIds: [tower.library('Films').key] })],
    ['ids as text', () => ({ librarySectionIds: ids('Films').map(String) })],
    ['one lost id', () => ({ librarySectionIds: [...ids('Films'), 1] })],
    ['no list', () => ({ librarySectionIds: 'all' })],
    ['another server', () => ({ machineIdentifier: 'f'.repeat(40) })],
    ['nobody', () => ({ invitedId: 1 })],
    ['two people', () => ({ invitedEmail: ada.email })],
  ])('404 code 1002 for %s', async (_name, change) => {
    const answer = await invite(change());
    expect([answer.status, answer.json()]).toMatchObject([404, { errors: [{ code: 1002 }] }]);
    expect(plex.accessOf(ada, tower)).toBe('none');
  });

  it('a second create is 422 code 1999 in XML, and 400 in v1 (edge case 6)', async () => {
    await invite();
    const again = await invite();
    expect(again.status).toBe(422);
    expect(again.xml().errors.error).toEqual([{ '@_code': '1999', '@_field': 'base', '@_status': '400' }]);
    const old = await asBoss(`POST ${v1()}`, {
      shared_server: { library_section_ids: ids('Films'), invited_email: 'ada' },
    });
    expect([old.status, old.xml().Response['@_status']]).toEqual([
      400,
      expect.stringContaining('already sharing'),
    ]);
  });

  it('sharing with yourself is refused, and the owner is in no list (edge case 42)', async () => {
    expect((await invite({ invitedId: boss.id })).status).toBe(422);
    expect([...(await listed('accepted')), ...(await listed('pending'))]).toEqual([]);
    expect(plex.accessOf(boss, tower)).toBe('all');
  });

  it('an update replaces the libraries, and settings sent with defaults take filters away (edge case 11)', async () => {
    const { id } = plex.share(ada, tower, { libraries: ['Films'] });
    Object.assign(plex.sharingSettings(boss, ada), {
      allowSync: true,
      filterMovies: 'contentRating=G%2CPG|label=kids',
    });
    const before = (await asBoss(`GET ${SHARES}/${id}`)).json().sharingSettings;
    expect(before).toMatchObject({ allowSync: true, filterMovies: 'contentRating=G%2CPG|label=kids' });
    await asBoss(`POST ${SHARES}/${id}`, {
      librarySectionIds: ids('Music', 'TV & Specials'),
      settings: before,
    });
    expect(plex.accessOf(ada, tower)).toEqual(['TV & Specials', 'Music']);
    expect(plex.sharingSettings(boss, ada)).toEqual(before);
    await asBoss(`POST ${SHARES}/${id}`, { librarySectionIds: ids('Films'), settings: { allowTuners: 0 } });
    expect(plex.sharingSettings(boss, ada)).toMatchObject({ allowSync: false, filterMovies: '' });
  });

  it('settings belong to the pair, not to the server (A5.7)', async () => {
    const attic = await plex.addServer({ owner: boss, name: 'Attic', libraries: [{ title: 'Films' }] });
    plex.share(ada, tower, { libraries: 'all' });
    plex.share(ada, attic, { libraries: 'all' });
    const path = `/api/v2/sharing_settings?invitedId=${ada.id}`;
    await asBoss('POST /api/v2/sharing_settings', { invitedId: ada.id, settings: { allowSync: true } });
    expect((await asBoss(`GET ${path}`)).json()).toMatchObject({ allowSync: true });
    await asBoss(`PUT /api/v2/sharings/${ada.id}?allowCameraUpload=1`);
    const settings = (await listed('accepted')).map(({ sharingSettings }) => sharingSettings);
    expect(settings).toMatchObject([1, 2].map(() => ({ allowSync: true, allowCameraUpload: true })));
  });

  it('an address without an account: no `invited`, later the same id with one (edge case 12)', async () => {
    const created = await invite({ invitedId: undefined, invitedEmail: 'New@example.com' });
    expect(created.json()).toMatchObject({ invitedId: null, invitedEmail: 'New@example.com' });
    expect(created.json()).not.toHaveProperty('invited');
    const late = plex.addAccount({ username: 'late', email: 'new@example.com' });
    expect(await listed('pending')).toMatchObject([{ id: created.json().id, invitedId: late.id }]);
    plex.acceptInvite(late, tower);
    expect(await listed('accepted')).toMatchObject([{ id: created.json().id, invitedEmail: null }]);
  });

  it('the e-mail field takes usernames, and who that is may change (edge case 14)', async () => {
    ada.username = 'countess';
    const other = plex.addAccount({ username: 'ada', email: 'other@example.com' });
    const created = await invite({ invitedId: undefined, invitedEmail: 'ADA' });
    expect(created.json()).toMatchObject({ invitedId: other.id });
  });

  it.each<[string, () => void]>([
    ['friends', () => plex.befriend(boss, ada)],
    [
      'Home members',
      () => {
        ada.homeOf = boss;
      },
    ],
  ])('%s have it at once (edge case 8)', async (_name, prepare) => {
    prepare();
    expect((await invite()).json()).toMatchObject({ accepted: true });
    expect(plex.accessOf(ada, tower)).toEqual(['Films']);
  });

  it('accepting without skipFriendship makes friends', async () => {
    await invite({ skipFriendship: false });
    plex.acceptInvite(ada, tower);
    expect(plex.areFriends(boss, ada)).toBe(true);
  });

  it('listed only after a while, gone only after a while, though it works at once (edge cases 8 and 43)', async () => {
    Object.assign(plex.behaviour, {
      createSeconds: 10,
      deleteSeconds: 20,
      deleteStatus: 200,
      markDeleted: true,
    });
    const { id } = (await invite()).json();
    expect(await listed('pending')).toEqual([]);
    expect((await invite()).status).toBe(422);
    clock.advance(10_000);
    expect(await listed('pending')).toHaveLength(1);
    expect((await asBoss(`DELETE ${SHARES}/${id}`)).status).toBe(200);
    expect(plex.accessOf(ada, tower)).toBe('none');
    expect(await listed('pending')).toMatchObject([{ id, deletedAt: expect.any(String) }]);
    expect((await asBoss(`DELETE ${SHARES}/${id}`)).json()).toMatchObject({ errors: [{ code: 1002 }] });
    clock.advance(20_000);
    expect(await listed('pending')).toEqual([]);
    expect((await invite()).json().id).not.toBe(id);
  });

  it('a share that went through although the answer was lost (edge case 9)', async () => {
    plex.http.fault({ method: 'POST', path: /shared_servers/, dropAfterCommit: true });
    await expect(invite()).rejects.toThrow();
    expect(await listed('pending')).toHaveLength(1);
  });

  it('an orphan blocks, is in the v1 list alone, and can be taken away (edge case 7)', async () => {
    const orphan = plex.makeOrphan(ada, tower);
    expect(plex.accessOf(ada, tower)).toBe('none');
    expect((await invite()).status).toBe(422);
    expect([...(await listed('accepted')), ...(await listed('pending'))]).toEqual([]);
    expect((await asBoss(`GET ${v1()}`)).xml().MediaContainer.SharedServer[0]['@_id']).toBe(
      String(orphan.id),
    );
    expect((await asBoss(`DELETE ${v1(`/${orphan.id}`)}`)).status).toBe(200);
    expect((await invite()).status).toBe(201);
  });

  it('a member leaves: `leftAt`, later nothing (edge case 13)', async () => {
    plex.share(ada, tower, { libraries: ['Films'] });
    plex.leave(ada, tower);
    expect(plex.accessOf(ada, tower)).toBe('none');
    expect(await listed('accepted')).toMatchObject([{ leftAt: expect.any(String), accepted: true }]);
    clock.advance(3_600_000);
    expect(await listed('accepted')).toEqual([]);
  });

  it('ending it all: every server and the friendship (A5.8)', async () => {
    const attic = await plex.addServer({ owner: boss, name: 'Attic' });
    plex.befriend(boss, ada);
    for (const server of [tower, attic]) plex.share(ada, server, { libraries: 'all' });
    expect((await asBoss(`DELETE /api/v2/sharings/${ada.id}`)).status).toBe(204);
    expect([plex.accessOf(ada, tower), plex.accessOf(ada, attic)]).toEqual(['none', 'none']);
    expect(plex.areFriends(boss, ada)).toBe(false);
    expect((await asBoss(`DELETE /api/v2/sharings/${ada.id}`)).status).toBe(404);
  });

  it('nobody else can touch a share', async () => {
    const { id } = plex.share(ada, tower, { libraries: ['Films'] });
    const eve = plex.addAccount({ username: 'eve' });
    const asEve = (line: string) => to(plex.url, line, { token: eve.token });
    expect((await asEve(`DELETE ${SHARES}/${id}`)).status).toBe(404);
    expect((await asEve(`GET /api/v2/servers/${tower.machineIdentifier}`)).status).toBe(404);
    expect((await asEve(`GET ${v1()}`)).status).toBe(404);
  });

  it('lists can be empty although they are not (edge case 4)', async () => {
    plex.share(ada, tower, { libraries: ['Films'] });
    plex.emptyNext('accepted');
    plex.emptyNext('users');
    expect([await listed('accepted'), await listed('accepted')]).toMatchObject([[], [{ invitedId: ada.id }]]);
    expect((await asBoss('GET /api/users')).xml().MediaContainer).toMatchObject({
      '@_size': '0',
      '@_totalSize': '0',
    });
    expect((await asBoss('GET /api/users')).xml().MediaContainer.User).toHaveLength(1);
  });

  it('2,000 members, 200 libraries, titles that repeat (edge case 24)', async () => {
    for (let number = 0; number < 200; number += 1) tower.addLibrary({ title: `Library ${number % 150}` });
    for (let number = 0; number < 2_000; number += 1)
      plex.share(plex.addAccount({ username: `member-${number}` }), tower, { libraries: ['Films', 'Music'] });
    expect(await listed('accepted')).toHaveLength(2_000);
    expect((await asBoss('GET /api/users')).xml().MediaContainer.User).toHaveLength(2_000);
  });

  it('XML for those who do not ask for JSON', async () => {
    plex.share(ada, tower, { libraries: ['Films'] });
    const answer = await to(plex.url, `GET ${SHARES}/owned/accepted`, { token: boss.token, accept: '*/*' });
    expect(answer.xml().sharedServers.sharedServer).toMatchObject([
      {
        '@_allLibraries': '0',
        invited: { '@_id': String(ada.id) },
        libraries: { library: [{ '@_title': 'Films' }] },
      },
    ]);
  });
});

describe('libraries at plex.tv (A5.2)', () => {
  const sections = async () =>
    (await asBoss(`GET /api/v2/servers/${tower.machineIdentifier}`)).json<{ librarySections: Fields[] }>()
      .librarySections;

  it('both ids, and they are different things (A3)', async () => {
    const found = await sections();
    expect(found.map(({ key, title }) => [key, title])).toEqual([
      [1, 'Films'],
      [2, 'TV & Specials'],
      [3, 'Music'],
    ]);
    expect(found.map(({ id }) => id)).toEqual(ids('Films', 'TV & Specials', 'Music'));
    const old = (await asBoss(`GET /api/servers/${tower.machineIdentifier}`)).xml().MediaContainer;
    expect([old['@_size'], old.Server[0].Section.length]).toEqual(['1', 3]);
  });

  it('part of them, or none, for some calls (edge case 3)', async () => {
    tower.hideSections(2, 1);
    expect([await sections(), await sections(), await sections()].map(({ length }) => length)).toEqual([
      1, 1, 3,
    ]);
  });

  it('a new one is known later; renamed it is the same; made again it is not (edge case 25)', async () => {
    const films = tower.library('Films');
    plex.share(ada, tower, { libraries: ['Films'] });
    tower.renameLibrary('Films', 'Movies');
    expect(plex.accessOf(ada, tower)).toEqual(['Movies']);
    plex.behaviour.librarySeconds = 60;
    tower.removeLibrary('Movies');
    const again = tower.addLibrary({ title: 'Movies' });
    expect(again).not.toMatchObject({ key: films.key, cloudId: films.cloudId });
    expect(plex.accessOf(ada, tower)).toBe('none');
    const [{ Server: servers }] = (await asBoss('GET /api/users')).xml().MediaContainer.User;
    expect(servers).toMatchObject([{ '@_numLibraries': '0', '@_allLibraries': '0' }]);
    expect((await sections()).length).toBe(2);
    clock.advance(60_000);
    expect((await sections()).length).toBe(3);
  });
});

describe('a database that is made anew', () => {
  it.each(['end', 'follow the key'] as const)(
    'has the old keys for other sections; shares %s',
    async (shares) => {
      plex.share(ada, tower, { libraries: ['Films'] });
      const films = tower.library('Films');
      tower.rebuildDatabase([{ title: 'Home Videos' }, { title: 'Kids' }], shares);
      const homes = tower.library('Home Videos');
      expect(homes.key).toBe(films.key);
      expect([homes.uuid, homes.cloudId]).not.toEqual([films.uuid, films.cloudId]);
      expect(plex.accessOf(ada, tower)).toEqual(shares === 'end' ? 'none' : ['Home Videos']);
    },
  );

  it.each([
    ['server', true, false],
    ['plex.tv', false, true],
    ['both', true, true],
    ['nowhere', false, false],
  ] as const)('the uuid is told by: %s', async (where, byServer, byPlexTv) => {
    plex.behaviour.uuidAt = where;
    const cloud = (await asBoss(`GET /api/v2/servers/${tower.machineIdentifier}`)).text;
    expect(cloud.includes('"uuid"')).toBe(byPlexTv);
    const own = await to(tower.url, 'GET /library/sections', { token: boss.token });
    expect(own.text.includes('"uuid"')).toBe(byServer);
  });
});

describe('sharing with v1 (A5.3)', () => {
  it('lists every library, granted or not (edge case 5)', async () => {
    plex.share(ada, tower, { libraries: ['Music'] });
    const { MediaContainer: container } = (await asBoss(`GET ${v1()}`)).xml();
    expect(container['@_size']).toBe('1');
    const [share] = container.SharedServer;
    expect(share.Section.map((section: Record<string, string>) => section['@_shared'])).toEqual([
      '0',
      '0',
      '1',
    ]);
    expect(share).toMatchObject({ '@_userID': String(ada.id), '@_allLibraries': '0' });
    expect(plex.secrets).toContain(share['@_accessToken']);
  });

  it('creates, updates without touching settings, deletes', async () => {
    const wish = {
      server_id: tower.machineIdentifier,
      shared_server: { library_section_ids: ids('Films'), invited_id: ada.id },
    };
    const created = await asBoss(`POST ${v1()}`, { ...wish, sharing_settings: { allowSync: '1' } });
    const [share] = created.xml().MediaContainer.SharedServer;
    expect(share).toMatchObject({ '@_acceptedAt': '', '@_allowSync': '1' });
    const id = share['@_id'];
    const body = { shared_server: { library_section_ids: ids('Music') } };
    expect((await asBoss(`PUT ${v1(`/${id}`)}`, body)).status).toBe(200);
    plex.acceptInvite(ada, tower);
    expect(plex.accessOf(ada, tower)).toEqual(['Music']);
    expect(plex.sharingSettings(boss, ada)).toMatchObject({ allowSync: '1' });
    expect((await asBoss(`DELETE ${v1(`/${id}`)}`)).status).toBe(200);
    const gone = await asBoss(`DELETE ${v1(`/${id}`)}`);
    expect([gone.status, gone.xml().errors.error]).toEqual([404, ['Not found']]);
  });

  it('everybody: friends without a share, Home members without a name, pending ones without an id (edge case 15)', async () => {
    const kid = plex.addAccount({ title: 'Kid', homeOf: boss, managed: true });
    const friend = plex.addAccount({ username: 'friend' });
    plex.befriend(boss, friend);
    plex.share(ada, tower, { libraries: ['Films'], pending: true });
    const { User: users, ...container } = (await asBoss('GET /api/users')).xml().MediaContainer;
    expect([container['@_size'], container['@_totalSize']]).toEqual(['3', '3']);
    expect(users.map((user: Record<string, string>) => user['@_id'])).toEqual(
      [ada, kid, friend].map(({ id }) => String(id)),
    );
    expect(users[0].Server).toMatchObject([{ '@_pending': '1', '@_name': 'Tower' }]);
    expect(users[0].Server[0]).not.toHaveProperty('@_machineIdentifier');
    expect(users[1]).toMatchObject({
      '@_username': '',
      '@_email': '',
      '@_home': '1',
      '@_restricted': '1',
      '@_title': 'Kid',
    });
  });
});

describe('a Plex Media Server (A4)', () => {
  const local = (line: string, token?: string, accept = 'application/xml') =>
    to(tower.url, line, { accept, headers: {}, ...(token !== undefined && { token }) });

  it('says who it is to anybody, and to the owner what it is', async () => {
    expect((await local('GET /identity')).xml().MediaContainer).toMatchObject({
      '@_machineIdentifier': tower.machineIdentifier,
      '@_size': '0',
    });
    expect((await local('GET /', boss.token)).xml().MediaContainer).toMatchObject({
      '@_friendlyName': 'Tower',
    });
    expect((await local('GET /', 'wrong')).status).toBe(401);
    const resources = (await asBoss('GET /api/v2/resources')).json<
      { clientIdentifier: string; accessToken: string; connections: { uri: string }[] }[]
    >();
    expect(resources[0]?.connections[0]?.uri).toBe(tower.url);
    expect((await local('GET /accounts', resources[0]?.accessToken)).status).toBe(200);
  });

  it('libraries in XML and JSON, non-ASCII as decimal references (edge case 23)', async () => {
    const title = '音樂 & «Séries» 😀\u0007\n<x>';
    tower.addLibrary({ title });
    const answer = await local('GET /library/sections', boss.token);
    expect(answer.text).toContain('&#38899;&#27138; &amp; &#171;S&#233;ries&#187; &#128512;');
    const { MediaContainer: container } = answer.xml();
    expect(container['@_size']).toBe('4');
    expect(container.Directory.map((directory: Record<string, string>) => directory['@_key'])).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(container.Directory[3]['@_title']).toBe(title);
    const json = (await local('GET /library/sections', boss.token, 'application/json')).json<{
      MediaContainer: { Directory: Fields[] };
    }>();
    expect(json.MediaContainer.Directory[3]).toMatchObject({ key: '4', title, hidden: 0, allowSync: true });
  });

  it('no library at all: no element, no array (A2.3)', async () => {
    const empty = await plex.addServer({ owner: boss, name: 'Empty' });
    const answer = await to(empty.url, 'GET /library/sections', { token: boss.token });
    expect(answer.json()).toEqual({ MediaContainer: { size: 0, allowSync: false, title1: 'Plex Library' } });
  });

  it('a member sees his part with the token of the share, until the server notices', async () => {
    const share = plex.share(ada, tower, { libraries: ['Music'] });
    const titles = async () =>
      (await local('GET /library/sections', share.accessToken)).xml().MediaContainer.Directory[0]['@_title'];
    expect(await titles()).toBe('Music');
    for (const path of ['/accounts', '/status/sessions'])
      expect((await local(`GET ${path}`, share.accessToken)).status).toBe(403);
    plex.behaviour.pmsRevokeSeconds = 30;
    await asBoss(`DELETE ${SHARES}/${share.id}`);
    expect(await titles()).toBe('Music');
    clock.advance(30_000);
    const refused = await local('GET /library/sections', share.accessToken);
    expect([
      refused.status,
      refused.headers['content-type'],
      refused.text.includes('401 Unauthorized'),
    ]).toEqual([401, 'text/html', true]);
  });

  it('stops sessions by Session.id, with Plex Pass, and may list them on (edge cases 42 and 44)', async () => {
    plex.behaviour.terminateSeconds = 2;
    tower.play(boss, 'Metropolis');
    const session = tower.play(ada, 'Nosferatu');
    const list = async () =>
      (await local('GET /status/sessions', boss.token, 'application/json')).json<{
        MediaContainer: { size: number; Metadata?: { User: Fields; Session: Fields }[] };
      }>().MediaContainer;
    expect((await list()).Metadata?.map(({ User }) => User.id)).toEqual(['1', String(ada.id)]);
    expect((await local('GET /status/sessions', boss.token)).xml().MediaContainer['@_size']).toBe('2');
    const stop = (id: string) =>
      local(`POST /status/sessions/terminate?sessionId=${id}&reason=over`, boss.token);
    expect((await stop('')).status).toBe(403);
    expect((await stop(session.sessionKey)).status).toBe(404);
    tower.plexPass = false;
    expect((await stop(session.id)).status).toBe(401);
    tower.plexPass = true;
    expect((await stop(session.id)).status).toBe(200);
    expect([tower.playing(ada).length, (await list()).size]).toEqual([0, 2]);
    clock.advance(2_000);
    expect((await list()).size).toBe(1);
  });

  it('starting: 503 everywhere, in both formats (edge case 19)', async () => {
    tower.setStarting(true);
    const answer = await local('GET /identity');
    expect([answer.status, answer.xml().Response]).toMatchObject([
      503,
      { '@_code': '503', '@_title': 'Maintenance' },
    ]);
    const json = await local('GET /library/sections', boss.token, 'application/json');
    expect([json.status, json.json()]).toMatchObject([503, { code: 503, title: 'Maintenance' }]);
    tower.setStarting(false);
    expect((await local('GET /identity')).status).toBe(200);
  });

  it('goes and comes back on the same port; another one may answer there (edge case 39)', async () => {
    const { url, machineIdentifier } = tower;
    await tower.stop();
    await expect(local('GET /identity')).rejects.toThrow();
    await tower.start();
    plex.replaceIdentity(tower);
    expect(tower.url).toBe(url);
    expect((await local('GET /identity')).text).not.toContain(machineIdentifier);
    expect((await local('GET /nonsense')).text).toContain('404 Not Found');
  });
});
