import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPlexServer } from '../../../src/adapters/plex/media-server.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import type { PlexServer } from '../../standins/plex/plex-tv.ts';
import { saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

/**
 * The lists of an owner are read once for all of their servers (media-servers.md D1), but never before a write has
 * ended.
 */
let world: PlexWorld;
let attic: PlexServer;
let tower: MediaServer;
let other: MediaServer;

beforeEach(async () => {
  world = await startPlexWorld();
  attic = await world.plex.addServer({ owner: world.owner, name: 'Attic', libraries: [{ title: 'Old' }] });
  tower = world.at();
  other = createPlexServer(
    {
      kind: 'plex',
      url: attic.url,
      token: world.owner.token,
      certificate: null,
      clientIdentifier: null,
      identity: attic.machineIdentifier,
    },
    world.options,
  );
});
afterEach(async () => {
  await attic.stop();
  await world.close();
});

const lists = () =>
  world.plex.http.requests.filter(({ path }) => /\/shared_servers\/(owned|invites\/owned)/.test(path)).length;

const known = async (server: MediaServer) => {
  const reading = await server.readAccess();
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value;
};

it('servers that are read at the same time share the requests, each with its own part', async () => {
  const ada = world.addMember('ada', ['Films']);
  const bob = world.plex.addAccount({ username: 'bob' });
  world.plex.share(bob, attic, { libraries: ['Old'] });
  const before = lists();
  const [here, there] = await Promise.all([known(tower), known(other)]);
  expect(lists() - before).toBe(2);
  expect(here.accounts.map(({ externalId }) => externalId)).toEqual([ada]);
  expect(there.accounts.map(({ externalId }) => externalId)).toEqual([String(bob.id)]);
  await known(tower);
  expect(lists() - before).toBe(4);
});

it('another owner never gets them', async () => {
  const stranger = world.plex.addAccount({ username: 'stranger' });
  const cellar = await world.plex.addServer({
    owner: stranger,
    name: 'Cellar',
    libraries: [{ title: 'Old' }],
  });
  const theirs = createPlexServer(
    {
      kind: 'plex',
      url: cellar.url,
      token: stranger.token,
      certificate: null,
      clientIdentifier: null,
      identity: cellar.machineIdentifier,
    },
    world.options,
  );
  const guest = world.plex.addAccount({ username: 'guest' });
  world.plex.share(guest, cellar, { libraries: ['Old'] });
  world.addMember('ada', ['Films']);
  const before = lists();
  const [, there] = await Promise.all([known(tower), known(theirs)]);
  expect(lists() - before).toBe(4);
  expect(there.accounts.map(({ externalId }) => externalId)).toEqual([String(guest.id)]);
  await cellar.stop();
});

it('what verifies a write is read after it, whatever was under way', async () => {
  const ada = world.addMember('ada', ['Films']);
  const before = await known(tower);
  const account = before.accounts.find(({ externalId }) => externalId === ada);
  if (!account) throw new Error('nobody');
  // A slow reading for the other server begins before the write.
  world.plex.http.fault({ method: 'GET', path: /\/owned\/accepted/, delayMs: 300 });
  const early = other.readAccess();
  expect(await tower.withdraw(account)).toEqual({ kind: 'done' });
  const after = await tower.readAccess({ of: [ada], after: before });
  expect(after).toMatchObject({ kind: 'known', value: { accounts: [] } });
  expect((await early).kind).toBe('known');
});

it('a failure is for those who asked then, and for nobody later', async () => {
  world.addMember('ada', ['Films']);
  world.plex.http.fault({ method: 'GET', path: /\/owned\/accepted/, answer: { status: 500, body: '' } });
  const [one, two] = await Promise.all([tower.readAccess(), other.readAccess()]);
  expect([one.kind, two.kind]).toEqual(['unknown', 'unknown']);
  expect((await tower.readAccess()).kind).toBe('known');
});
