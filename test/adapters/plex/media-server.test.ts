import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import { okButError, type PlexAccount, rateLimited } from '../../standins/plex/plex-tv.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

/** The edge cases of media-servers.md E that concern Plex, by number. */
let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(async () => {
  expect(world.plex.tokensInUrls).toEqual([]);
  await world.close();
});

const member = (username = 'ada'): PlexAccount => world.plex.addAccount({ username });
const idOf = (account: PlexAccount): string => String(account.id);
const films = (): readonly [string] => [world.libraryId('Films')];
const music = (): readonly [string] => [world.libraryId('Music')];
const readAll = async (from = server): Promise<readonly AccountAccess[]> => {
  const reading = await from.readAccess();
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value.accounts;
};
const readOne = async (account: PlexAccount, from = server): Promise<AccountAccess> => {
  const found = (await readAll(from)).find(({ externalId }) => externalId === idOf(account));
  if (!found) throw new Error(`${account.username} is not in the reading`);
  return found;
};
const writes = () => world.plex.http.requests.filter(({ method }) => method !== 'GET');
const wentThrough = (account: PlexAccount) => world.plex.accessOf(account, world.pms);

describe('libraries', () => {
  it('3: a partial list of plex.tv makes a library not grantable, never gone', async () => {
    world.pms.hideSections(1, 1);
    const listed = await server.listLibraries();
    expect(listed).toMatchObject({
      kind: 'known',
      value: [{ name: 'Films', grantable: true }, { name: 'Shows', grantable: false }, { grantable: false }],
    });
  });

  it('3: a write that would lose a library is not made, and works once plex.tv lists it again', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    for (const keep of [0, 1]) {
      world.pms.hideSections(1, keep);
      const account = await readOne(ada);
      expect(await server.setLibraries(account, [...films(), ...music()])).toMatchObject({
        kind: 'failed',
        why: { kind: 'not-possible' },
      });
      expect(await server.setLibraries(account, [...music()])).toEqual({ kind: 'done' });
      expect(wentThrough(ada)).toEqual(['Music']);
    }
    world.pms.hideSections(1, 0);
    expect(await world.at().invitations?.invite(idOf(member('bob')), films())).toMatchObject({
      kind: 'failed',
    });
    expect(writes().every(({ body }) => !body.includes('"librarySectionIds":[]'))).toBe(true);
  });

  it.each(['server', 'plex.tv', 'both', 'nowhere'] as const)(
    'A4.2: a library is its uuid, whoever tells it: %s',
    async (where) => {
      world.plex.behaviour.uuidAt = where;
      const listed = async () => {
        const answer = await server.listLibraries();
        return answer.kind === 'known'
          ? answer.value.map(({ externalId, identity }) => [externalId, identity])
          : [];
      };
      const told = () =>
        world.pms.libraries.map(({ key, uuid }) => [`${key}`, where === 'nowhere' ? null : uuid]);
      expect(await listed()).toEqual(told());
      const before = told();
      world.pms.rebuildDatabase([{ title: 'Films' }, { title: 'Home Videos' }]);
      expect(await listed()).toEqual(told());
      expect(told()[0]?.[0]).toEqual(before[0]?.[0]);
    },
  );

  it('A5.2: under a key for which plex.tv still has another uuid nothing can be granted', async () => {
    world.plex.behaviour.uuidAt = 'both';
    world.plex.http.fault({
      path: /\/api\/v2\/servers\//,
      alters: (answer) => ({
        ...answer,
        body: JSON.parse(JSON.stringify(answer.body).replace(/"uuid":"../, '"uuid":"x')),
      }),
    });
    expect(await server.listLibraries()).toMatchObject({
      value: [
        { externalId: '1', identity: world.pms.library('Films').uuid, grantable: false },
        { externalId: '2', grantable: true },
        { externalId: '3', grantable: true },
      ],
    });
  });

  it('24, 25: titles may repeat and change, keys tell them apart, and a lost one aborts', async () => {
    world.pms.addLibrary({ title: 'Films' });
    const ada = member();
    const [first, second] = world.pms.libraries.filter(({ title }) => title === 'Films');
    world.plex.share(ada, world.pms, { libraries: ['Shows'] });
    expect(await server.setLibraries(await readOne(ada), [`${second?.key}`])).toEqual({ kind: 'done' });
    expect(world.plex.shareOf(ada, world.pms)?.libraryIds).toEqual(new Set([second?.cloudId]));
    world.pms.renameLibrary('Shows', 'Séries');
    expect(await server.listLibraries()).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({ externalId: '2', name: 'Séries', type: 'shows', grantable: true }),
      ]),
    });
    world.pms.removeLibrary('Music');
    expect(await server.setLibraries(await readOne(ada), [`${first?.key}`, '3'])).toMatchObject({
      why: { kind: 'not-possible' },
    });
  });

  it('24: two thousand of them', async () => {
    for (let number = 1; number <= 1_997; number += 1) world.pms.addLibrary({ title: `L ${number}` });
    const listed = await server.listLibraries();
    expect(listed.kind === 'known' && listed.value.length).toBe(2_000);
  });

  it.each([false, true])('keys may be numbers or text (text: %s)', async (keysAsText) => {
    world.plex.behaviour.keysAsText = keysAsText;
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    expect((await readOne(ada)).access).toEqual({ kind: 'libraries', externalIds: films() });
    expect(await server.setLibraries(await readOne(ada), music())).toEqual({ kind: 'done' });
    expect(wentThrough(ada)).toEqual(['Music']);
  });

  it('a full reading of libraries takes two requests, or three when the lists differ', async () => {
    // The first one opens the connection, and asks plex.tv for what opens the server.
    world.takeCounts();
    await server.listLibraries();
    expect(world.takeCounts()).toEqual({ reads: 4, writes: 0 });
    await server.listLibraries();
    expect(world.takeCounts()).toEqual({ reads: 2, writes: 0 });
    world.pms.hideSections(1, 1);
    await server.listLibraries();
    expect(world.takeCounts()).toEqual({ reads: 3, writes: 0 });
  });
});

describe('reading access', () => {
  it('4: an empty list is no proof that nobody has access', async () => {
    world.plex.share(member(), world.pms, { libraries: ['Films'] });
    world.plex.emptyNext('accepted');
    expect(await server.readAccess()).toMatchObject({ kind: 'unknown', why: { kind: 'not-understood' } });
    expect(await readAll()).toHaveLength(1);
  });

  it('4: nor when it comes right after a write that failed', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    const before = await server.readAccess();
    if (before.kind === 'unknown') throw new Error(saidPlain(before.why.message));
    const [account] = before.value.accounts;
    world.refuseNextWrite('rate limit');
    if (account) await server.withdraw(account);
    world.plex.emptyNext('accepted');
    expect(await server.readAccess({ of: [idOf(ada)], after: before.value })).toMatchObject({
      kind: 'unknown',
    });
  });

  it.each(['empty', '0', 'absent', 'a moment'] as const)(
    '4: an invitation that waits is no contradiction, however v1 writes that (%s)',
    async (notAcceptedInV1) => {
      world.plex.behaviour.notAcceptedInV1 = notAcceptedInV1;
      const ada = member();
      world.plex.share(ada, world.pms, { libraries: ['Films'], pending: true });
      expect(await readOne(ada)).toMatchObject({ pending: true });
      const reading = await server.readAccess({ of: [idOf(ada)] });
      expect(reading).toMatchObject({ value: { accounts: [{ pending: true }] } });
      expect(await server.readAccess({ of: [] })).toMatchObject({ kind: 'known' });
      const [account] = reading.kind === 'known' ? reading.value.accounts : [];
      if (account) expect(await server.withdraw(account)).toEqual({ kind: 'done' });
      expect(wentThrough(ada)).toBe('none');
    },
  );

  it('4: nobody at all is known when both lists say so', async () => {
    expect(await server.readAccess()).toEqual({ kind: 'known', value: { accounts: [] } });
  });

  it('5: ALL is a value of its own, listed one by one or not', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: 'all' });
    for (const allIsListed of [true, false]) {
      world.plex.behaviour.allIsListed = allIsListed;
      expect((await readOne(ada)).access).toEqual({ kind: 'all' });
    }
  });

  it('8: a new share shows after a while, pending or accepted at once', async () => {
    world.plex.behaviour.createSeconds = 10;
    const [stranger, friend] = [member('stranger'), member('friend')];
    world.plex.befriend(world.owner, friend);
    for (const account of [stranger, friend])
      expect(await server.invitations?.invite(idOf(account), films())).toEqual({ kind: 'done' });
    expect(await readAll()).toEqual([]);
    world.clock.advance(11_000);
    expect(await readOne(stranger)).toMatchObject({ pending: true, access: { externalIds: films() } });
    expect(await readOne(friend)).toMatchObject({ pending: false, access: { externalIds: films() } });
  });

  it('12: an invitation to an address is found by its share id, before and after somebody takes it', async () => {
    const email = 'late@example.com';
    await fetch(`${world.plex.url}/api/v2/shared_servers`, {
      method: 'POST',
      headers: { 'x-plex-client-identifier': 'web', 'x-plex-token': world.owner.token },
      body: JSON.stringify({
        machineIdentifier: world.pms.machineIdentifier,
        invitedEmail: email,
        librarySectionIds: [world.pms.library('Films').cloudId],
      }),
    });
    const externalId = `email:${world.plex.shareOfEmail(email, world.pms)?.id}`;
    const [invited] = await readAll();
    expect(invited).toMatchObject({ externalId, pending: true, emailMasked: 'l***@example.com' });
    expect(JSON.stringify({ ...invited, handle: null })).not.toContain(email);
    if (invited) expect(await server.setLibraries(invited, music())).toEqual({ kind: 'done' });

    const remade = `email:${world.plex.shareOfEmail(email, world.pms)?.id}`;
    const account = world.plex.addAccount({ username: 'late', email });
    const bound = await server.readAccess({ of: [remade] });
    expect(bound).toMatchObject({ value: { accounts: [{ externalId: idOf(account), pending: true }] } });
    world.plex.acceptInvite(account, world.pms);
    expect(await server.readAccess({ of: [remade] })).toMatchObject({
      value: { accounts: [{ externalId: idOf(account), pending: false, access: { externalIds: music() } }] },
    });
  });

  it('13: who left, or was removed and is still listed, has no access', async () => {
    const [leaver, removed, stays] = [member('leaver'), member('removed'), member('stays')];
    for (const account of [leaver, removed, stays])
      world.plex.share(account, world.pms, { libraries: ['Films'] });
    Object.assign(world.plex.behaviour, { deleteSeconds: 60, markDeleted: true });
    world.plex.leave(leaver, world.pms);
    expect(await server.withdraw(await readOne(removed))).toEqual({ kind: 'done' });
    expect((await readAll()).map(({ externalId }) => externalId)).toEqual([idOf(stays)]);
    expect(await server.readAccess()).toMatchObject({ value: { left: [idOf(leaver)] } });
  });

  it('14: accounts are told apart by number, whatever they are called', async () => {
    const ada = member('ada');
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    ada.username = 'countess';
    const other = member('ada');
    expect(await readOne(ada)).toMatchObject({ name: 'countess' });
    expect(await server.invitations?.invite(idOf(other), music())).toEqual({ kind: 'done' });
    expect(wentThrough(ada)).toEqual(['Films']);
  });

  it('15: a managed account has a title only, and is protected', async () => {
    const kid = world.plex.addAccount({ title: 'Kid', managed: true, homeOf: world.owner });
    world.plex.share(kid, world.pms, { libraries: ['Films'] });
    expect(await readOne(kid)).toMatchObject({ name: 'Kid', emailMasked: null, protection: 'managed' });
  });

  it('23: names of every kind', async () => {
    const names = ['Fête & <Co>', '🎬', 'שלום', 'a\u0002b', 'e\u0301', '__proto__', 'x'.repeat(300)];
    for (const name of names) world.plex.share(member(name), world.pms, { libraries: ['Films'] });
    expect((await readAll()).map(({ name }) => name)).toEqual(
      names.map((name) => name.replace('\u0002', '').slice(0, 100)),
    );
  });

  it('23: bytes that are no UTF-8 do not stop the reading', async () => {
    const body = Buffer.from(
      JSON.stringify({ MediaContainer: { size: 1, Directory: [{ key: '1', type: 'movie', title: 'F#' }] } }),
    );
    body[body.indexOf('#')] = 0xe9;
    world.pms.http.fault({ path: /sections$/, answer: { status: 200, body } });
    expect(await server.listLibraries()).toMatchObject({ value: [{ name: 'F\ufffd' }] });
  });

  it.each(['response', 'errors-xml', 'errors-json', 'html'] as const)(
    '20: 200 with an error (%s) is no reading',
    async (form) => {
      world.plex.share(member(), world.pms, { libraries: ['Films'] });
      for (const path of [/owned\/accepted$/, /owned\/pending$/, /\/api\/v2\/servers\//])
        world.plex.http.fault({ path, times: 5, answer: okButError(form) });
      world.pms.http.fault({ path: /sections$/, times: 5, answer: okButError(form) });
      expect((await server.readAccess()).kind).toBe('unknown');
      expect((await server.listLibraries()).kind).toBe('unknown');
    },
  );

  it('21: the second list counts only when it is whole', async () => {
    world.plex.share(member(), world.pms, { libraries: ['Films'] });
    // A visible cut is tried once more. A quiet one looks like a short document.
    for (const cut of [
      { cutAfterBytes: 60, times: 2 },
      { cutAfterBytes: 240, cutQuietly: true },
    ]) {
      world.plex.emptyNext('accepted');
      world.plex.http.fault({ path: /^\/api\/servers\/.*\/shared_servers$/, ...cut });
      expect(await server.readAccess()).toMatchObject({ kind: 'unknown' });
    }
    expect(await readAll()).toHaveLength(1);
  });

  it('22: a header that counts more than came makes it incomplete', async () => {
    for (const headers of [
      { 'x-plex-container-total-size': '3' },
      { 'content-range': 'items 0-1/3' },
      { link: '<https://plex.tv/next>; rel="next"' },
    ]) {
      world.plex.http.fault({
        path: /accepted$/,
        answer: { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body: '[]' },
      });
      expect(await server.readAccess()).toMatchObject({ why: { kind: 'not-understood' } });
    }
  });
});

describe('tokens, limits, start-up', () => {
  it.each([401, 422, 498] as const)(
    '16: a dead token (%i) is told from a server that is down',
    async (invalidToken) => {
      world.plex.behaviour.invalidToken = invalidToken;
      world.owner.tokens.clear();
      for (const answer of [await server.probe(), await server.readAccess(), await server.listLibraries()])
        expect(answer).toMatchObject({ kind: 'unknown', why: { kind: 'unauthorised' } });
      expect((await server.ping()).kind).toBe('known');
    },
  );

  it.each([
    [rateLimited('5'), 5_000],
    [rateLimited('005', 'empty'), 5_000],
    [rateLimited('soon'), undefined],
    [rateLimited(), undefined],
  ])('17: 429 %#', async (answer, retryAfterMs) => {
    world.plex.http.fault({ path: /accepted$/, answer });
    const reading = await server.readAccess();
    expect(reading).toMatchObject({ kind: 'unknown', why: { kind: 'rate-limited' } });
    expect(reading.kind === 'unknown' && reading.why.retryAfterMs).toBe(retryAfterMs);
  });

  it('19: a server in maintenance is starting', async () => {
    world.pms.setStarting(true);
    for (const answer of [await server.ping(), await server.listLibraries(), await server.probe()])
      expect(answer).toMatchObject({ kind: 'unknown', why: { kind: 'starting' } });
  });

  it('19: a 503 without the words of Plex is no start', async () => {
    world.pms.http.fault({ path: /./, answer: { status: 503, body: 'upstream connect error' }, times: 2 });
    expect(inEnglish(await server.ping())).toMatchObject({
      why: { kind: 'not-understood', message: expect.stringContaining('is not answering properly (503)') },
    });
  });

  it('42: a server of somebody else cannot be added, and his token shows nothing', async () => {
    const stranger = member('stranger');
    const his = world.at();
    expect((await his.probe()).kind).toBe('known');
    world.owner.tokens.clear();
    stranger.tokens.add(world.owner.token);
    expect(await world.at().probe()).toMatchObject({ why: { kind: 'forbidden' } });
    expect((await world.at().listLibraries()).kind).toBe('unknown');
    expect((await world.at().readAccess()).kind).toBe('unknown');
  });

  it('a token that cannot be in a header is no token', async () => {
    const { createPlexServer } = await import('../../../src/adapters/plex/media-server.ts');
    const odd = createPlexServer(
      {
        kind: 'plex',
        url: world.pms.url,
        token: 'tök\n',
        certificate: null,
        clientIdentifier: null,
        identity: null,
      },
      world.options,
    );
    expect(inEnglish(await odd.probe())).toMatchObject({
      why: { kind: 'unauthorised', message: expect.stringMatching(/^This is not a Plex token/) },
    });
  });

  it.each([
    ['while it is added', { identity: null }, /not the token of a Plex account/],
    ['when it was just typed', { tokenIsNew: true as const }, /not the token of a Plex account/],
    ['when it was good once', {}, /does not accept the token any more/],
  ])('a token that the machine takes and plex.tv does not, %s', async (_name, change, says) => {
    const { createPlexServer } = await import('../../../src/adapters/plex/media-server.ts');
    const { machineIdentifier: identity, ownerAccessToken: token, url } = world.pms;
    const address = {
      kind: 'plex',
      url,
      token,
      certificate: null,
      clientIdentifier: null,
      identity,
      ...change,
    } as const;
    expect(inEnglish(await createPlexServer(address, world.options).probe())).toMatchObject({
      why: { kind: 'unauthorised', message: expect.stringMatching(says) },
    });
    expect(world.pms.http.requests.filter(({ headers }) => headers['x-plex-token'])).toEqual([]);
  });

  it('says nothing of a token where none was sent', async () => {
    for (const status of [401, 403]) {
      world.pms.http.fault({ path: /identity$/, answer: { status, body: '<html>' } });
      expect(inEnglish(await server.ping())).toMatchObject({
        why: { kind: 'not-this-kind', message: expect.stringMatching(/No token was sent/) },
      });
    }
  });

  it('a page that is no Plex server is not this kind', async () => {
    world.pms.http.fault({ path: /identity$/, times: 2, answer: okButError('html') });
    expect(await server.ping()).toMatchObject({ why: { kind: 'not-this-kind' } });
  });
});

describe('a server that was taken off the account (claimed=0)', () => {
  it('says so itself, and what plex.tv does not list any more is not believed', async () => {
    world.addMember('ada', ['Films']);
    const server = world.at();
    expect(await server.ping()).toEqual({ kind: 'known', value: { version: world.pms.version } });
    world.plex.unclaim(world.pms);
    const unclaimed = { kind: 'not-possible', message: expect.stringContaining('not claimed any more') };
    expect(inEnglish(await server.ping())).toMatchObject({ kind: 'known', value: { closed: unclaimed } });
    expect(inEnglish(await server.probe())).toEqual({ kind: 'unknown', why: unclaimed });
    expect(inEnglish(await server.readAccess())).toMatchObject({ kind: 'unknown' });
    // Even if plex.tv answered with empty lists everywhere.
    world.plex.http.fault({
      path: /\/api\/servers\/.*\/shared_servers$/,
      answer: { status: 200, body: '<MediaContainer size="0"/>' },
    });
    expect(inEnglish(await server.readAccess())).toEqual({ kind: 'unknown', why: unclaimed });
  });
});

describe('what plex.tv says about a refusal', () => {
  it.each([
    [
      400,
      '<Response code="400" status="Inviting a user with restrictions requires a Plex Pass"/>',
      'Inviting a user with restrictions requires a Plex Pass',
    ],
    [
      422,
      { errors: [{ code: 2207, message: 'You have reached the maximum number of users', status: 422 }] },
      'You have reached the maximum number of users',
    ],
    [
      403,
      { errors: [{ code: 1, message: 'Your account is limited', status: 403 }] },
      'Your account is limited',
    ],
    [409, { error: 'Being changed by somebody else' }, 'Being changed by somebody else'],
  ] as const)('is told with a %s', async (status, body, reason) => {
    const ada = world.plex.addAccount({ username: 'ada' });
    world.plex.http.fault({ method: 'POST', path: /shared_servers$/, answer: { status, body } });
    expect(await world.at().invitations?.invite(String(ada.id), [world.libraryId('Films')])).toMatchObject({
      kind: 'failed',
      why: { reason, refusal: 'final', vendor: true },
    });
  });
});
