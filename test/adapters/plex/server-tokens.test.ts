/** The token of an account goes to plex.tv and nowhere else; a server gets what plex.tv gives to open it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlexDrill } from '../../../src/adapters/plex/drill.ts';
import { createPlexServer } from '../../../src/adapters/plex/media-server.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(() => world.close());

/** The tokens that the server itself was shown since it was asked last. */
function tokensShown(): readonly string[] {
  const found = world.pms.http.requests.splice(0).flatMap(({ headers }) => headers['x-plex-token'] ?? []);
  return [...new Set(found.map(String))];
}

/** Whatever is asked of a server. */
async function askEverything() {
  const ada = world.plex.addAccount({ username: 'ada' });
  world.plex.share(ada, world.pms, { libraries: ['Films'] });
  world.pms.play(ada, 'Films');
  const probe = await server.probe();
  const libraries = await server.listLibraries();
  const access = await server.readAccess();
  const removed = await server.findRemovedEndpoints();
  await server.endSessions([{ externalId: String(ada.id), staying: [] }]);
  const { machineIdentifier: identity, url } = world.pms;
  const at = {
    kind: 'plex',
    url,
    token: world.owner.token,
    certificate: null,
    clientIdentifier: null,
    identity,
  } as const;
  const side = await createPlexDrill(at, world.options).signIn({
    name: 'ada',
    secret: ada.token,
    clientIdentifier: null,
  });
  const seen = side.kind === 'known' && side.value ? await side.value.look() : side;
  return {
    probe,
    libraries,
    access,
    removed,
    seen,
    isPlaying: world.pms.sessions.some(({ listedUntil }) => !listedUntil),
  };
}

it('a server is shown its own token, by whichever call, and a member’s side what plex.tv gives to the member', async () => {
  const { probe, libraries, access, removed, seen, isPlaying } = await askEverything();
  for (const answer of [probe, libraries, access, removed, seen]) expect(answer.kind).toBe('known');
  expect(libraries).not.toHaveProperty('isPartial');
  expect(isPlaying).toBe(false);
  const shown = tokensShown();
  expect(shown).toContain(world.pms.ownerAccessToken);
  expect(shown).toHaveLength(2);
  for (const { tokens } of world.plex.state.accounts.values())
    for (const token of tokens) expect(shown).not.toContain(token);
});

describe.each(['the account’s', 'none', 'absent'] as const)('where plex.tv gives %s', (serverToken) => {
  beforeEach(() => {
    world.plex.behaviour.serverToken = serverToken;
  });

  it('no token goes to the server; its libraries are those that plex.tv lists, and are not surely all', async () => {
    const { probe, libraries, access, removed, isPlaying } = await askEverything();
    expect(probe).toEqual({ kind: 'known', value: world.identity });
    expect(libraries).toMatchObject({
      kind: 'known',
      isPartial: true,
      value: [
        { name: 'Films', type: 'movies', externalId: world.libraryId('Films'), grantable: true },
        { name: 'Shows', type: 'shows', grantable: true },
        { name: 'Music', type: 'music', grantable: true },
      ],
    });
    expect([access, removed]).toMatchObject([{ kind: 'known' }, { kind: 'known', value: [] }]);
    // Best effort: nobody can stop it from here.
    expect(isPlaying).toBe(true);
    const ofMembers = [...world.plex.state.shares.values()].map(({ accessToken }) => accessToken);
    expect(tokensShown().filter((token) => !ofMembers.includes(token))).toEqual([]);
  });

  it('sharing goes on, because only plex.tv is asked for that', async () => {
    const ada = world.plex.addAccount({ username: 'ada' });
    world.plex.befriend(world.owner, ada);
    const films = [world.libraryId('Films')] as const;
    expect(await server.invitations?.invite(String(ada.id), films)).toEqual({ kind: 'done' });
    expect(world.accessOf(String(ada.id))).toEqual(['Films']);
  });

  it('another server at the address is noticed all the same', async () => {
    await world.takeOver();
    for (const answer of [await server.listLibraries(), await server.probe()])
      expect(answer.kind).toBe('unknown');
    expect(world.tokensGivenAway()).toEqual([]);
  });
});

it('what a server takes no more is asked for again, once', async () => {
  await server.listLibraries();
  const old = world.pms.ownerAccessToken;
  world.pms.ownerAccessToken = 'given-anew';
  tokensShown();
  expect(await world.at().listLibraries()).toMatchObject({ kind: 'known' });
  expect(tokensShown()).toEqual([old, 'given-anew']);
  world.pms.http.fault({ path: /sections/, answer: { status: 401 }, times: Number.POSITIVE_INFINITY });
  world.plex.http.requests.splice(0);
  expect(await world.at().listLibraries()).toMatchObject({ kind: 'unknown', why: { kind: 'unauthorised' } });
  expect(world.plex.http.requests.filter(({ path }) => path === '/api/v2/resources')).toHaveLength(1);
});

it('plex.tv is asked once for all servers of an owner, also by those that ask at the same time', async () => {
  const den = await world.plex.addServer({
    owner: world.owner,
    name: 'Den',
    libraries: [{ title: 'Films' }],
  });
  const at = { kind: 'plex', token: world.owner.token, certificate: null, clientIdentifier: null } as const;
  const other = createPlexServer({ ...at, url: den.url, identity: den.machineIdentifier }, world.options);
  const listed = await Promise.all([server.listLibraries(), other.listLibraries()]);
  expect(listed).toMatchObject([{ kind: 'known' }, { kind: 'known' }]);
  expect(world.plex.http.requests.filter(({ path }) => path === '/api/v2/resources')).toHaveLength(1);
});

it('while plex.tv does not say what opens it, nothing is sent to the server but the question who it is', async () => {
  world.plex.http.fault({ path: /^\/api\/v2\/resources/, answer: { status: 500 } });
  expect(await server.listLibraries()).toMatchObject({ kind: 'unknown', why: { vendor: true } });
  expect(tokensShown()).toEqual([]);
});
