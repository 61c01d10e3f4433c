/** How many streams run: counted, and of an answer that is not whole nothing is known. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

const SESSIONS = /^\/status\/sessions$/;
const json = (container: object) => ({ status: 200, body: { MediaContainer: container } });
const xml = (text: string) => ({ status: 200, headers: { 'content-type': 'text/xml' }, body: text });

let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(() => world.close());

it.each([
  ['nothing plays', json({ size: 0 }), 0],
  ['nothing plays, as XML', xml('<MediaContainer size="0"/>'), 0],
  [
    'a film, a song and a photo',
    xml('<MediaContainer size="3"><Video/><Track/><Photo/></MediaContainer>'),
    3,
  ],
  ['what says nothing of who it is', json({ size: 2, Metadata: [{ title: 'a trailer' }, { live: '1' }] }), 2],
  [
    'another element than what plays',
    xml('<MediaContainer size="1"><Directory/></MediaContainer>'),
    undefined,
  ],
  ['nothing where something should be', json({ size: 2 }), undefined],
  ['less than it says', json({ size: 2, Metadata: [{ title: 'Up' }] }), undefined],
  ['neither a list nor a number', json({}), undefined],
  ['no list', json({ size: 1, Metadata: { title: 'Up' } }), undefined],
  ['what is no stream', json({ size: 1, Metadata: ['Up'] }), undefined],
  ['a token that may not', { status: 403, body: '<html><h1>403 Forbidden</h1></html>' }, undefined],
])('%s', async (_what, answer, count) => {
  world.pms.http.fault({ path: SESSIONS, answer });
  expect(await server.countStreams()).toMatchObject(
    count === undefined ? { kind: 'unknown' } : { kind: 'known', value: count },
  );
});

it('the owner counts as well, and no name or title leaves the adapter', async () => {
  world.pms.play(world.owner, 'A film that nobody is to know of');
  expect(await server.countStreams()).toEqual({ kind: 'known', value: 1 });
});

it('one that hangs on it holds up nothing, and is not left alone for it', async () => {
  world.pms.http.fault({ path: SESSIONS, times: Number.POSITIVE_INFINITY, hang: true });
  const asked = Array.from({ length: 6 }, () => server.countStreams());
  let answered = 0;
  for (const each of asked) void each.then(() => (answered += 1));
  expect(await server.listLibraries()).toMatchObject({ kind: 'known' });
  expect(answered).toBe(0);
  world.pms.http.server.closeAllConnections();
  for (const each of await Promise.all(asked)) expect(each.kind).toBe('unknown');
  expect(await server.listLibraries()).toMatchObject({ kind: 'known' });
});

it('is asked with what opens the server, and not with the token of the account', async () => {
  await server.countStreams();
  const [asked] = world.pms.http.requestsTo('GET', SESSIONS);
  expect(asked?.headers['x-plex-token']).not.toBe(world.owner.token);
});
