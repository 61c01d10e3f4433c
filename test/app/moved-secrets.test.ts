/** Sealed values that somebody put into another row of the database: trouble in plain words, and no crash. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../support/people.ts';
import { inEnglish } from '../support/said.ts';
import { ALERTS, type Place, World } from './world.ts';

let world: World;
let tower: Place;
let den: Place;
beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
  tower = await world.addTower();
  den = await world.addDen();
});
afterEach(() => world.close());

const stored = async (place: Place) => await world.stores.of(GUILD).servers.find(place.server.id);

it('the token of another server is sent nowhere: staff are told, the rest goes on, a typed one mends it', async () => {
  await world.setChannel('alerts');
  const keep = await world.add(world.build('plex', 'Keep', ['Movies']));
  // The one of the same kind, in the same guild: only the row is another.
  const tokenCipher = await world.stores.of(GUILD).servers.getTokenCipher(keep.server.id);
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { tokenCipher }));
  const asked: string[] = [];
  const { plex } = world.deps.media.of(GUILD);
  const { at } = plex;
  plex.at = (address) => {
    if (address.url === tower.server.url) asked.push(address.token);
    return at(address);
  };
  for (let sync = 0; sync < 2; sync += 1) {
    const reports = await world.app.syncServers(GUILD);
    expect(reports.map(({ server, outcome }) => [server.name, outcome.kind])).toEqual([
      ['Den', 'synced'],
      ['Keep', 'synced'],
      ['Tower', 'failed'],
    ]);
  }
  expect(inEnglish(await stored(tower))).toMatchObject({
    status: 'online',
    sharingWhy: expect.stringMatching(/stored token cannot be opened.*moved from another place/),
  });
  expect((await world.owed(ALERTS)).slice(1)).toEqual([
    expect.objectContaining({
      state: 'open',
      text: expect.stringMatching(/Tower is up, but sharing has not worked(.|\n)*types a new token/),
    }),
  ]);
  const edit = {
    ...{ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, name: 'Spire' },
    ...{ url: tower.server.url, localUrl: '', publicUrl: '' },
  };
  expect(inEnglish(await world.app.manageServer.edit({ ...edit, token: '' }))).toMatchObject({
    kind: 'refused',
    why: { message: expect.stringContaining('Type it again') },
  });
  expect(new Set(asked)).toEqual(new Set(['']));
  expect(await world.app.manageServer.edit({ ...edit, token: tower.token })).toMatchObject({
    kind: 'edited',
  });
  expect(await stored(tower)).toMatchObject({ name: 'Spire', sharingWhy: null });
});

it('the token of the same server in another guild is not opened here', async () => {
  const there = await world.add(tower.fake, OTHER_GUILD);
  const tokenCipher = await world.stores.of(OTHER_GUILD).servers.getTokenCipher(there.server.id);
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, { tokenCipher }));
  const [checked] = await world.app.manageServer.check(GUILD, [tower.server.id]);
  expect(checked?.outcome).toMatchObject({ kind: 'not-sharing', why: { kind: 'unauthorised' } });
  expect(await world.app.removeServer.remove(GUILD, STAFF, tower.server.id)).toMatchObject({});
});

it('a first password that is not its own leaves the account due, and staff hear what to do', async () => {
  await world.setChannel('alerts');
  await world.grant(ADA, [den.id('Films')]);
  den.fake.createAccount = () => {
    throw new Error('killed');
  };
  const created = world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
  await expect(created).rejects.toThrow('killed');
  Reflect.deleteProperty(den.fake, 'createAccount');
  const [row] = await world.stores.of(GUILD).accounts.list({ serverId: den.server.id });
  const place = { guildId: GUILD, column: 'Account.secret', row: 'of-another' };
  const secretCipher = world.deps.secrets.seal('a password', place);
  await world.stores.transaction(GUILD, (tx) => tx.accounts.update(row?.id ?? '', { secretCipher }));
  world.restart();
  await world.app.serverAccounts.resume(GUILD);
  expect(den.fake.people.size).toBe(0);
  expect(
    inEnglish((await world.stores.of(GUILD).accounts.list({ serverId: den.server.id }))[0]),
  ).toMatchObject({
    trouble: expect.stringMatching(/half made.*password cannot be opened.*Delete the account/),
  });
});

it('a sign-in whose PIN or token is of another is over', async () => {
  await world.startSignIn(ADA);
  world.restart();
  const [signIn] = await world.stores.of(GUILD).signIns.listOpen();
  if (!signIn) throw new Error('no sign-in is open');
  const place = { guildId: GUILD, column: 'SignIn.token', row: 'of-another' };
  const tokenCipher = world.deps.secrets.seal('a token', place);
  await world.stores.transaction(GUILD, (tx) =>
    tx.signIns.move(signIn.id, 'waiting', 'approved', { tokenCipher }),
  );
  await world.app.signIns.resume(GUILD);
  expect(await world.stores.of(GUILD).signIns.listOpen()).toEqual([]);
});

it('a draft that is of another is no longer open', async () => {
  const url = 'https://den.test';
  const typed = { guildId: GUILD, actorId: STAFF, kind: 'jellyfin', name: '', url, token: 'key' } as const;
  const [one, two] = [
    await world.app.riskQuestions.ask('add', typed, { kind: 'plain-http' }),
    await world.app.riskQuestions.ask('add', { ...typed, token: 'other' }, { kind: 'plain-http' }),
  ];
  const now = world.clock.now();
  const content = await world.stores.of(GUILD).drafts.find(two, STAFF, now);
  const expiresAt = new Date(now.getTime() + 60_000);
  await world.stores.transaction(GUILD, (tx) =>
    tx.drafts.put({ id: one, userId: STAFF, content, keptAt: now, expiresAt }),
  );
  expect(await world.app.riskQuestions.take('add', GUILD, STAFF, one)).toBeUndefined();
  expect(await world.app.riskQuestions.take('add', GUILD, STAFF, two)).toMatchObject({ token: 'other' });
});
