import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJellyfinServer } from '../../../src/adapters/jellyfin/media-server.ts';
import { idOfLibrary } from '../../../src/adapters/jellyfin/schema.ts';
import type { AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import { phasesOf } from '../../standins/jellyfin/jellyfin.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

/** The edge cases of media-servers.md E that concern Jellyfin, by number. */
let world: JellyfinWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startJellyfinWorld();
  server = world.at();
});
afterEach(async () => {
  for (const { headers, query } of world.jellyfin.http.requests) {
    // Edge case 34: only the form that every version accepts, and no token in a URL.
    expect(headers.authorization ?? 'MediaBrowser ').toMatch(/^MediaBrowser /);
    expect(Object.keys(headers).filter((name) => /emby|x-media/.test(name))).toEqual([]);
    expect([...query.keys()].filter((name) => name !== 'userId' && name !== 'activeWithinSeconds')).toEqual(
      [],
    );
  }
  await world.close();
});

const films = (): readonly [string] => [world.libraryId('Films')];
const music = (): readonly [string] => [world.libraryId('Music')];
const readOne = async (id: string): Promise<AccountAccess> => {
  const reading = await server.readAccess({ of: [id] });
  const found = reading.kind === 'known' ? reading.value.accounts[0] : undefined;
  if (!found) throw new Error(`${id} is not in the reading`);
  return found;
};
const user = (name: string) => world.jellyfin.user(name);
const lastPolicy = (): Record<string, unknown> =>
  JSON.parse(world.jellyfin.http.requestsTo('POST', /\/Policy$/).at(-1)?.body ?? '{}');
const otherwise = (changes: { readonly url?: string; readonly token?: string }) =>
  createJellyfinServer(
    {
      kind: 'jellyfin',
      url: world.jellyfin.url,
      token: world.jellyfin.apiKey,
      certificate: null,
      clientIdentifier: null,
      identity: null,
      ...changes,
    },
    world.options,
  );

describe('libraries', () => {
  it('computes the ids that Jellyfin gives (B3)', () => {
    expect(['Movies', 'Shows', 'Music', 'TV Shows'].map(idOfLibrary)).toEqual([
      'f137a2dd21bbc1b99aa5c0f6bf02a805',
      'a656b907eb3a73532e40e44b968d0225',
      '7e64e319657a9516ec78490da03edccb',
      '767bffe4f11c93ef34b805451a696a4e',
    ]);
  });

  it('25: a library whose item is missing for the moment keeps its id, and cannot be granted', async () => {
    world.jellyfin.library('Films').scanning = true;
    world.jellyfin.addLibrary({ name: 'Brand new', scanning: true });
    expect(await server.listLibraries()).toMatchObject({
      value: [
        { externalId: films()[0], name: 'Films', type: 'movies', grantable: false, closed: 'unready' },
        { name: 'Shows', type: 'shows', grantable: true },
        { name: 'Music', type: 'music', grantable: true },
        { externalId: idOfLibrary('Brand new'), type: 'mixed', grantable: false },
      ],
    });
  });

  it('25: renamed is another id, and an id that means nothing is read as it is', async () => {
    const id = world.addMember('ada', ['Films']);
    world.jellyfin.renameLibrary('Films', 'Movies');
    expect(await server.listLibraries()).toMatchObject({
      value: expect.arrayContaining([expect.objectContaining({ externalId: idOfLibrary('Movies') })]),
    });
    expect((await readOne(id)).access).toEqual({ kind: 'libraries', externalIds: [idOfLibrary('Films')] });
  });

  const listed = async () => {
    const answer = await server.listLibraries();
    if (answer.kind === 'unknown') throw new Error(saidPlain(answer.why.message));
    return answer.value;
  };
  const asked = () => world.jellyfin.http.requestsTo('GET', /MediaFolders$/).length;

  it('25: a renamed library lies where it lay, in whatever order its folders are told', async () => {
    world.jellyfin.library('Films').locations = ['/b', '/a'];
    const [before] = await listed();
    world.jellyfin.renameLibrary('Films', 'Movies');
    world.jellyfin.library('Movies').locations = ['/a', '/b'];
    const [after] = await listed();
    expect([before?.externalId, after?.externalId]).toEqual([idOfLibrary('Films'), idOfLibrary('Movies')]);
    expect([before?.identity, after?.identity]).toEqual(['["/a","/b"]', '["/a","/b"]']);
    expect(asked()).toBe(0);
  });

  it('one without folders cannot be told from another', async () => {
    world.jellyfin.library('Films').locations = [];
    expect((await listed())[0]?.identity).toBe(null);
  });

  it('two whose names differ in case only have an id each, which the other list tells', async () => {
    world.jellyfin.addLibrary({ name: 'films', type: 'movies' });
    expect(await listed()).toMatchObject([
      { externalId: idOfLibrary('Films'), name: 'Films', grantable: true },
      { name: 'Shows' },
      { name: 'Music' },
      { externalId: idOfLibrary('films'), name: 'films', grantable: true },
    ]);
    expect(asked()).toBe(1);
  });

  it('after the data folder moved the id is in the other list only', async () => {
    world.jellyfin.library('Films').isFromElsewhere = true;
    expect((await listed())[0]).toMatchObject({ externalId: idOfLibrary('Films'), grantable: true });
    expect(asked()).toBe(1);
  });

  it('a rename of case only keeps the id until the next scan', async () => {
    world.jellyfin.renameLibrary('Films', 'FILMS');
    expect((await listed())[0]).toMatchObject({ externalId: idOfLibrary('Films'), name: 'FILMS' });
    world.jellyfin.scanLibraries();
    expect((await listed())[0]).toMatchObject({ externalId: idOfLibrary('FILMS'), name: 'FILMS' });
  });

  it('nobody guesses: without the other list nothing is known, and one id for two is not understood', async () => {
    world.jellyfin.addLibrary({ name: 'films' });
    world.jellyfin.http.fault({ path: /MediaFolders$/, answer: { status: 500, body: 'oops' } });
    expect((await server.listLibraries()).kind).toBe('unknown');
    const twice = [0, 1].map(() => ({ Id: idOfLibrary('Films'), Name: 'Films', Type: 'CollectionFolder' }));
    world.jellyfin.http.fault({
      path: /MediaFolders$/,
      answer: { status: 200, body: { Items: [...twice, { ...twice[0], Name: 'films' }] } },
    });
    expect(await server.listLibraries()).toMatchObject({ kind: 'unknown', why: { kind: 'not-understood' } });
  });

  it('one that is switched off is listed as such', async () => {
    world.jellyfin.library('Films').off = true;
    expect((await listed()).map(({ closed, grantable }) => [closed, grantable])).toEqual([
      ['off', true],
      [undefined, true],
      [undefined, true],
    ]);
  });

  it('24: two thousand of them', async () => {
    for (let number = 1; number <= 1_997; number += 1) world.jellyfin.addLibrary({ name: `L ${number}` });
    const listed = await server.listLibraries();
    expect(listed.kind === 'known' && listed.value.length).toBe(2_000);
  });

  it('a full sync takes three requests over a connection that is open, and one more where it is not', async () => {
    world.takeCounts();
    await server.readAccess();
    expect(world.takeCounts()).toEqual({ reads: 2, writes: 0 });
    world.takeCounts();
    await server.listLibraries();
    await server.readAccess();
    expect(world.takeCounts()).toEqual({ reads: 3, writes: 0 });
  });
});

describe('policies', () => {
  it('26, 27: everything else in a policy survives, fields we do not know included', async () => {
    const id = world.addMember('ada', ['Films']);
    const mine = {
      EnableContentDownloading: false,
      EnableLiveTvManagement: false,
      EnableRemoteAccess: false,
      MaxParentalRating: 7,
      BlockedTags: ['x'],
      SyncPlayAccess: 'None',
      MaxActiveSessions: 2,
      RemoteClientBitrateLimit: 5,
    } as const;
    Object.assign(user('ada').policy, mine, { SomethingOfTomorrow: 'kept' });
    expect(await server.setLibraries(await readOne(id), music())).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject(mine);
    expect(lastPolicy()).toMatchObject({
      ...mine,
      SomethingOfTomorrow: 'kept',
      EnableAllFolders: false,
      EnabledFolders: music(),
      IsDisabled: false,
    });
  });

  it('27: null lists are left out, because the server trips over them', async () => {
    const id = world.addMember('ada', ['Films']);
    const { policy } = user('ada');
    Object.assign(policy, { BlockedTags: null, AccessSchedules: null, EnabledFolders: null });
    const account = await readOne(id);
    expect(account.access).toEqual({ kind: 'libraries', externalIds: [] });
    expect(await server.setLibraries(account, music())).toEqual({ kind: 'done' });
  });

  it('27: a block list stands in the way, and is said', async () => {
    const id = world.addMember('ada', ['Films']);
    user('ada').blockedMediaFolders.push(...films());
    expect(inEnglish(await readOne(id))).toMatchObject({
      access: { kind: 'all' },
      obstacle: expect.stringMatching(/block list/),
    });
  });

  it('28: an edit in the dashboard between reading and writing is lost or kept, and the check shows which', async () => {
    const id = world.addMember('ada', ['Films']);
    world.jellyfin.onceAfterRead(id, ({ policy }) => {
      policy.EnabledFolders = [world.libraryId('Shows')];
    });
    expect(await server.setLibraries(await readOne(id), music())).toEqual({ kind: 'done' });
    expect((await readOne(id)).access).toEqual({ kind: 'libraries', externalIds: music() });
  });

  it('28: a clash (500) is read and merged once more', async () => {
    const id = world.addMember('ada', ['Films']);
    const account = await readOne(id);
    user('ada').policy.EnableContentDownloading = false;
    world.jellyfin.http.fault({
      method: 'POST',
      path: /\/Policy$/,
      answer: { status: 500, body: 'Error processing request.' },
    });
    expect(await server.setLibraries(account, music())).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject({ EnableContentDownloading: false, EnabledFolders: music() });

    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 2, answer: { status: 500 } });
    expect(await server.withdraw(await readOne(id))).toMatchObject({ kind: 'unclear' });
  });

  it('28: who was made an administrator meanwhile is left alone', async () => {
    const id = world.addMember('ada', ['Films']);
    const account = await readOne(id);
    user('ada').policy.IsAdministrator = true;
    expect(await server.withdraw(account)).toMatchObject({ kind: 'failed', why: { kind: 'not-possible' } });
    expect(await server.setLibraries(account, music())).toMatchObject({ kind: 'failed' });
    expect(world.jellyfin.http.requestsTo('POST', /\/Policy$/)).toEqual([]);

    user('ada').policy.IsAdministrator = false;
    world.jellyfin.onceAfterRead(id, ({ policy }) => {
      policy.IsAdministrator = true;
    });
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, answer: { status: 500 } });
    expect(await server.withdraw(account)).toMatchObject({ kind: 'unclear' });
    expect(user('ada').policy.IsAdministrator).toBe(true);
  });

  it('29: locked by the server is told from disabled by us, and enabling resets the counter', async () => {
    const id = world.addMember('ada', ['Films']);
    Object.assign(user('ada').policy, {
      IsDisabled: true,
      InvalidLoginAttemptCount: 3,
      LoginAttemptsBeforeLockout: 3,
    });
    const locked = await readOne(id);
    expect(inEnglish(locked)).toMatchObject({
      disabled: true,
      access: { kind: 'libraries', externalIds: [] },
      obstacle: expect.stringMatching(/locked/),
    });
    expect(await server.setLibraries(locked, films())).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject({ IsDisabled: false, InvalidLoginAttemptCount: 0 });
    await server.withdraw(await readOne(id));
    expect(await readOne(id)).toMatchObject({ disabled: true, obstacle: null });
  });

  it('a disabled account tells what it would see again, and loses it without being enabled', async () => {
    const id = world.addMember('ada', ['Films', 'Music']);
    Object.assign(user('ada').policy, { IsDisabled: true });
    const read = await readOne(id);
    expect(read).toMatchObject({ disabled: true, access: { kind: 'libraries', externalIds: [] } });
    expect(read.dormant).toHaveLength(2);
    expect(await server.setLibraries(read, films(), { staysDisabled: true })).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject({
      IsDisabled: true,
      EnableAllFolders: false,
      EnabledFolders: films(),
    });
    expect((await readOne(id)).dormant).toEqual(films());
  });

  it.each([
    ['12.0', { IsDisabled: true, InvalidLoginAttemptCount: 4 }],
    ['10.11', { InvalidLoginAttemptCount: 4 }],
  ] as const)(
    '%s locks an account out in its own way, and unlocking shows nothing of what was taken',
    async (version, locked) => {
      const other = await startJellyfinWorld(version);
      const id = other.addMember('ada', ['Films', 'Music']);
      const { policy } = other.jellyfin.user('ada');
      Object.assign(policy, { LoginAttemptsBeforeLockout: 3, ...locked });
      const at = other.at();
      const read = async () => {
        const reading = await at.readAccess({ of: [id] });
        const account = reading.kind === 'known' ? reading.value.accounts[0] : undefined;
        if (!account) throw new Error('nobody');
        return account;
      };
      const isDisabled = version === '12.0';
      const before = await read();
      expect(isDisabled ? before.dormant : before.access).toEqual(
        isDisabled
          ? [other.libraryId('Films'), other.libraryId('Music')]
          : { kind: 'libraries', externalIds: [other.libraryId('Films'), other.libraryId('Music')] },
      );
      await at.setLibraries(before, [other.libraryId('Music')], { staysDisabled: isDisabled });
      expect(other.jellyfin.user('ada').policy).toMatchObject({
        IsDisabled: isDisabled,
        EnabledFolders: [other.libraryId('Music')],
      });
      expect(await at.withdraw(await read())).toEqual({ kind: 'done' });
      Object.assign(other.jellyfin.user('ada').policy, { IsDisabled: false, InvalidLoginAttemptCount: 0 });
      expect(other.accessOf(id)).toBe('none');
      await other.close();
    },
  );

  it('an account that somebody disables after it was read is not enabled by what is given to it', async () => {
    const id = world.addMember('ada', ['Films']);
    const read = await readOne(id);
    Object.assign(user('ada').policy, { IsDisabled: true });
    expect(inEnglish(await server.setLibraries(read, music()))).toMatchObject({
      kind: 'failed',
      why: { message: expect.stringMatching(/disabled this account just now/) },
    });
    expect(user('ada').policy).toMatchObject({ IsDisabled: true, EnabledFolders: films() });
  });

  it('what others changed of an account after it was read stays', async () => {
    const id = world.addMember('ada', ['Films']);
    const read = await readOne(id);
    Object.assign(user('ada').policy, { MaxParentalRating: 12 });
    expect(await server.setLibraries(read, music())).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject({ MaxParentalRating: 12, EnabledFolders: music() });
  });

  it('withdrawing empties and disables, and ends the sign-ins (B6.5)', async () => {
    const id = world.addMember('ada', 'all');
    world.jellyfin.signInOutside(user('ada'), { playing: 'Film' });
    expect(await server.withdraw(await readOne(id))).toEqual({ kind: 'done' });
    expect(user('ada').policy).toMatchObject({
      IsDisabled: true,
      EnableAllFolders: false,
      EnabledFolders: [],
    });
    expect(world.jellyfin.sessionsOf(user('ada'))).toEqual([]);
  });

  it('a user who is gone has nothing, and can be given nothing', async () => {
    const id = world.addMember('ada', ['Films']);
    const account = await readOne(id);
    world.jellyfin.state.users.delete(id);
    expect(await server.withdraw(account)).toEqual({ kind: 'done' });
    expect(await server.setLibraries(account, music())).toMatchObject({
      kind: 'failed',
      why: { kind: 'not-possible' },
    });
  });

  it('33: the last enabled account is not disabled', async () => {
    const id = world.addMember('ada', ['Films']);
    user('root').policy.IsDisabled = true;
    world.takeCounts();
    expect(await server.withdraw(await readOne(id))).toMatchObject({ why: { kind: 'not-possible' } });
    expect(world.takeCounts().writes).toBe(0);
  });

  it('only what was read here is written, and ids may have dashes', async () => {
    const id = world.addMember('ada', ['Films']);
    const account = await readOne(id.replace(/^(.{8})/, '$1-').toUpperCase());
    expect(await server.setLibraries(account, [music()[0].toUpperCase()])).toEqual({ kind: 'done' });
    expect(user('ada').policy.EnabledFolders).toEqual(music());
    expect(await server.withdraw({ ...account, handle: { user: {} } })).toMatchObject({ kind: 'failed' });
  });
});

describe('keys, start-up, addresses', () => {
  it('45: bad key, weak key and down are three things', async () => {
    expect(await otherwise({ token: 'f'.repeat(32) }).probe()).toMatchObject({
      why: { kind: 'unauthorised' },
    });
    const { token } = world.jellyfin.signInOutside(world.jellyfin.addUser({ name: 'plain', password: 'x' }));
    expect(await otherwise({ token }).probe()).toMatchObject({ why: { kind: 'forbidden' } });
    await world.stop();
    expect(await otherwise({}).probe()).toMatchObject({ why: { kind: 'refused' } });
  });

  it('says nothing of a key that was not sent, or that a page in front of the server refused', async () => {
    for (const status of [401, 403]) {
      world.jellyfin.http.fault({ path: /Info\/Public$/, answer: { status } });
      expect(inEnglish(await otherwise({}).probe())).toMatchObject({
        why: { kind: 'not-this-kind', message: expect.stringMatching(/No token was sent/) },
      });
      world.jellyfin.http.fault({ path: /VirtualFolders$/, answer: { status, body: '<html>' } });
      expect(inEnglish(await otherwise({}).probe())).toMatchObject({
        why: { kind: 'not-understood', message: expect.stringMatching(/web page in front of Jellyfin/) },
      });
    }
  });

  it('34: a plus in a token arrives as one', async () => {
    await otherwise({ token: 'a+b/c=' }).readAccess();
    expect(world.jellyfin.http.requests.at(-1)?.headers.authorization).toBe(
      'MediaBrowser Token="a%2Bb%2Fc%3D"',
    );
  });

  it.each(
    (['10.10', '10.11', '12.0'] as const).flatMap((version) =>
      phasesOf(version).map((phase) => [version, phase] as const),
    ),
  )('35: %s that starts is starting, or not there, whatever it says: %s', async (version, phase) => {
    const starting = await startJellyfinWorld(version);
    await starting.jellyfin.enter(phase);
    const reads = [starting.at().ping(), starting.at().readAccess(), starting.at().probe()];
    const kind = phase.startsWith('refused') ? 'refused' : 'starting';
    for (const read of await Promise.all(reads))
      expect(read).toMatchObject(phase === 'ready' ? { kind: 'known' } : { kind: 'unknown', why: { kind } });
    await starting.close();
  });

  it('35: a 503 without the words of Jellyfin is no start', async () => {
    for (const body of ['', '<html><title>503 Service Temporarily Unavailable</title></html>']) {
      world.jellyfin.http.fault({ path: /./, answer: { status: 503, body } });
      expect(inEnglish(await otherwise({}).ping())).toMatchObject({
        why: { kind: 'not-understood', message: expect.stringContaining('is not answering properly (503)') },
      });
    }
  });

  it.each([
    ['/jellyfin', '', true],
    ['/jellyfin', '/emby', true],
    ['/jellyfin', '', false],
    ['/media/jellyfin', '/media', true],
  ])(
    '36: under %s, asked at "%s" (web client %s): not followed, the right address is named',
    async (...row) => {
      const [basePath, asked, webClient] = row;
      const based = await startJellyfinWorld('10.11', basePath);
      based.jellyfin.behaviour.webClient = webClient;
      const url = `${new URL(based.jellyfin.url).origin}${asked}`;
      expect(inEnglish(await otherwise({ url }).probe())).toMatchObject({
        why: { kind: 'redirected', message: expect.stringContaining(` ${based.jellyfin.url}.`) },
      });
      await based.close();
    },
  );

  it('36: a server whose wizard is open is refused, libraries or not', async () => {
    world.jellyfin.behaviour.wizardCompleted = false;
    expect(await otherwise({}).probe()).toMatchObject({ why: { kind: 'not-possible' } });
    expect(await server.listLibraries()).toMatchObject({ why: { kind: 'not-possible' } });
  });

  it('another product is not this kind or not understood', async () => {
    world.jellyfin.behaviour.productName = 'Emby Server';
    expect(await otherwise({}).probe()).toMatchObject({ why: { kind: 'not-understood' } });
    world.jellyfin.http.fault({
      path: /Public$/,
      answer: { status: 200, headers: { 'content-type': 'text/html' }, body: 'Welcome' },
    });
    expect(await otherwise({}).probe()).toMatchObject({ why: { kind: 'not-this-kind' } });
  });

  it('the key goes to nobody who is not the right Jellyfin', async () => {
    world.replaceIdentity();
    await server.probe();
    await server.listLibraries();
    expect(world.jellyfin.http.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
  });

  it('an empty list of users is no list', async () => {
    world.jellyfin.http.fault({ path: /\/Users$/, answer: { status: 200, body: [] } });
    expect(await server.readAccess()).toMatchObject({ kind: 'unknown' });
  });
});

it('stops what one user plays, best effort', async () => {
  const [ada, bob] = ['ada', 'bob'].map((name) => world.jellyfin.addUser({ name, password: 'x' }));
  if (!ada || !bob) throw new Error('no users');
  const [his, hers] = [bob, ada].map((each) => world.jellyfin.signInOutside(each, { playing: 'Film' }));
  await server.endSessions([{ externalId: ada.id, staying: [] }]);
  expect([his?.playing, hers?.playing]).toEqual(['Film', null]);
  world.jellyfin.http.fault({ path: /Sessions/, times: 9, dropBefore: true });
  await server.endSessions([{ externalId: bob.id, staying: [] }]);
});

it('stops what plays from a library that was taken, and not from one that stays', async () => {
  const ada = world.jellyfin.addUser({ name: 'ada', password: 'x' });
  const staying = [world.libraryId('Films')];
  Object.assign(ada.policy, { EnableAllFolders: false, EnabledFolders: staying });
  const [films, shows, unknown] = ['Films/Up', 'Shows/Lost', 'from nowhere'].map((playing) =>
    world.jellyfin.signInOutside(ada, { playing }),
  );
  await server.endSessions([{ externalId: ada.id, staying }]);
  expect([films?.playing, shows?.playing, unknown?.playing]).toEqual(['Films/Up', null, null]);
});

it.each<[string, readonly unknown[] | object, number | undefined]>([
  ['nothing is signed in', [], 0],
  ['idle, with a field that is null', [{ Id: 'a', UserId: 'b', NowPlayingItem: null }], 0],
  ['nobody’s, such as a renderer', [{ Id: 'a', UserId: '0'.repeat(32), NowPlayingItem: { Name: 'Up' } }], 1],
  ['what plays has no id', [{ Id: 'a', NowPlayingItem: {} }, { Id: 'b' }], 1],
  ['no list', { Items: [] }, undefined],
  ['no session', ['Up'], undefined],
])('how many streams run: %s', async (_what, body, count) => {
  world.jellyfin.http.fault({ path: /Sessions/, answer: { status: 200, body } });
  expect(await server.countStreams()).toMatchObject(
    count === undefined ? { kind: 'unknown' } : { kind: 'known', value: count },
  );
});

it('a session that gave no sign of life for long is not watched any more, whatever it says', async () => {
  const session = world.jellyfin.signInOutside(user('root'), { playing: 'Film' });
  session.lastActivityAt = new Date(world.clock.now().getTime() - 20 * 60_000);
  expect(await server.countStreams()).toEqual({ kind: 'known', value: 0 });
});

it('a server that hangs on its sessions holds up no write, and is not left alone for it', async () => {
  const id = world.addMember('ada', ['Films']);
  world.jellyfin.signInOutside(user('ada'), { playing: 'Film' });
  const account = await readOne(id);
  world.jellyfin.http.fault({ path: /Sessions/, times: Number.POSITIVE_INFINITY, hang: true });
  const stops = Array.from({ length: 6 }, () => server.endSessions([{ externalId: id, staying: [] }]));
  let stopped = 0;
  for (const stop of stops) void stop.then(() => (stopped += 1));
  expect(await server.withdraw(account)).toEqual({ kind: 'done' });
  expect(stopped).toBe(0);
  await Promise.all(stops);
  expect(await readOne(id)).toMatchObject({ disabled: true });
});
