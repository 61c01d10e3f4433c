/** Plain HTTP to an address outside of the own network: only where an admin has taken it, and for that address. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FakeMediaServer } from '../../support/fake-media-server.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, World } from '../world.ts';

const URL = 'http://den.test';
let world: World;
let den: FakeMediaServer;
beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
  den = world.build('jellyfin', 'Den', ['Films']);
});
afterEach(() => world.close());

const who = { guildId: GUILD, actorId: STAFF };
const typed = { ...who, kind: 'jellyfin', name: '', url: URL, token: 'key-of-den-secret' } as const;
const refused = { kind: 'refused', why: { kind: 'plain-http' } };
const stored = async () => (await world.stores.of(GUILD).servers.list())[0];
const editOf = (serverId: string) => ({
  ...{ ...who, serverId, name: '', url: URL, localUrl: '', publicUrl: '', token: '' },
});

it('is refused before anything is sent, taken once, kept with the server, and on record', async () => {
  world.outside.add(URL);
  expect(await world.app.addServer(typed)).toMatchObject(refused);
  expect(await world.app.addServer({ ...typed, certificate: 'AA' })).toMatchObject(refused);
  expect(await stored()).toBeUndefined();
  expect(await world.app.addServer({ ...typed, plainHttp: true })).toMatchObject({ kind: 'added' });
  expect(await stored()).toMatchObject({ url: URL, plainHttp: true, status: 'online' });
  expect(await world.events('server.added')).toMatchObject([
    { facts: { detail: expect.stringContaining('nothing is encrypted on the way there') } },
  ]);
  // What was taken is not asked for again, nor by an edit of something else.
  const { id = '' } = (await stored()) ?? {};
  expect(await world.app.manageServer.edit({ ...editOf(id), name: 'Cave' })).toMatchObject({
    kind: 'edited',
  });
  expect(await stored()).toMatchObject({ name: 'Cave', plainHttp: true });
});

it('counts for no other address', async () => {
  world.outside.add(URL);
  await world.app.addServer({ ...typed, plainHttp: true });
  const { id = '' } = (await stored()) ?? {};
  world.build('jellyfin', 'Moved', ['Films'], den.identity);
  world.outside.add('http://moved.test');
  const moved = { ...editOf(id), url: 'http://moved.test', token: typed.token };
  expect(await world.app.manageServer.edit(moved)).toMatchObject(refused);
  expect(await stored()).toMatchObject({ url: URL, plainHttp: true });
  world.outside.delete('http://moved.test');
  expect(await world.app.manageServer.edit(moved)).toMatchObject({ kind: 'edited' });
  expect(await stored()).toMatchObject({ url: 'http://moved.test', plainHttp: false });
});

it('a server whose name moves out of the own network is in trouble, says why, and an admin can take it', async () => {
  const place = await world.add(den);
  await world.newAccount(ADA, place);
  world.outside.add(URL);
  await world.setChannel('alerts');
  for (let sync = 0; sync < 3; sync += 1) await world.app.syncServers(GUILD);
  expect((await world.owed(ALERTS)).slice(1)).toEqual([
    expect.objectContaining({
      state: 'open',
      text: expect.stringMatching(
        /^Den has not been asked any more since.*Access that ends there stays open.*\nNothing would/,
      ),
    }),
  ]);
  expect(await stored()).toMatchObject({
    status: 'offline',
    offlineWhy: 'Nothing would be encrypted on the way there.',
  });
  const edit = { ...editOf(place.server.id), publicUrl: place.server.publicUrl ?? '' };
  expect(await world.app.manageServer.edit(edit)).toMatchObject(refused);
  const saved = await world.app.manageServer.edit({ ...edit, plainHttp: true });
  expect(saved).toMatchObject({ kind: 'edited', fields: ['plainHttp'] });
  expect(await stored()).toMatchObject({ status: 'online', plainHttp: true });
});

it('a sign-in to a server asks the same, and what was taken goes with it', async () => {
  world.outside.add(URL);
  world.quickConnect.approvedBy = { userId: 'u1', name: 'root' };
  const signIn = { ...who, kind: 'jellyfin', name: '', url: URL } as const;
  expect(await world.app.signInServer.start(signIn)).toMatchObject({ why: { kind: 'plain-http' } });
  const started = await world.app.signInServer.start({ ...signIn, plainHttp: true });
  const end = started.kind === 'known' ? await started.value.finished : undefined;
  if (end?.kind !== 'approved') throw new Error(`it ended as ${end?.kind}`);
  expect(await world.app.signInServer.confirm(GUILD, STAFF, end.draftId)).toMatchObject({ kind: 'added' });
  expect(await stored()).toMatchObject({ plainHttp: true });
  const again = await world.app.signInServer.again(GUILD, STAFF, (await stored())?.id ?? '');
  const renewed = again?.started.kind === 'known' ? await again.started.value.finished : undefined;
  expect(renewed).toMatchObject({ kind: 'approved' });
});
