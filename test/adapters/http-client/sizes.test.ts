/** What the largest servers that Usher is for need: 10,000 accounts with 500 libraries each fit into what is read. */
import { afterEach, expect, it } from 'vitest';
import { MOST_BYTES } from '../../../src/adapters/http-client/limits.ts';
import { startJellyfinWorld } from '../jellyfin/world.ts';
import { startPlexWorld } from '../plex/world.ts';

const [ACCOUNTS, LIBRARIES, MORE_LIBRARIES] = [10_000, 500, 2_000];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const bytesOf = (body: string | undefined): number => Buffer.byteLength(body ?? '');
const names = (count: number) => Array.from({ length: count }, (_each, index) => `Library ${index}`);
const first = ([one = '', ...more]: readonly string[]) => [one, ...more.slice(0, LIBRARIES - 1)] as const;

it('Jellyfin', async () => {
  const world = await startJellyfinWorld();
  closers.push(() => world.close());
  const all = names(MORE_LIBRARIES - 3);
  for (const name of all) world.jellyfin.addLibrary({ name });
  const read = () => world.at().readAccess();
  const size = () => bytesOf(world.jellyfin.http.requestsTo('GET', /\/Users$/).at(-1)?.responseBody);
  await read();
  const before = size();
  world.addMember('ada', first(all));
  await read();
  const accounts = (size() - before) * ACCOUNTS;
  await world.at().listLibraries();
  const libraries = bytesOf(world.jellyfin.http.requestsTo('GET', /VirtualFolders/).at(-1)?.responseBody);
  expect(accounts).toBeLessThan(MOST_BYTES.accounts * 0.9);
  // A real one lists 2 KB of options for each.
  expect(libraries + MORE_LIBRARIES * 2_048).toBeLessThan(MOST_BYTES.libraries * 0.9);
});

it('Plex', async () => {
  const world = await startPlexWorld();
  closers.push(() => world.close());
  const all = names(MORE_LIBRARIES - 3);
  for (const title of all) world.pms.addLibrary({ title });
  const size = () => bytesOf(world.plex.http.requestsTo('GET', /owned\/accepted$/).at(-1)?.responseBody);
  await world.at().readAccess();
  const before = size();
  world.addMember('ada', first(all));
  await world.at().readAccess();
  const shares = (size() - before) * ACCOUNTS;
  await world.at().listLibraries();
  const sections = bytesOf(world.pms.http.requestsTo('GET', /^\/library\/sections/).at(-1)?.responseBody);
  const cloud = bytesOf(world.plex.http.requestsTo('GET', /^\/api\/v2\/servers\//).at(-1)?.responseBody);
  expect(shares).toBeLessThan(MOST_BYTES.shares * 0.9);
  expect(Math.max(sections, cloud)).toBeLessThan(MOST_BYTES.libraries * 0.9);
});
