/** The machine answers, and sharing works: two things that fail and come back each by itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trouble } from '../../../src/app/ports/media-server.ts';
import { SECOND } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

const FOR_EVER = { times: Number.POSITIVE_INFINITY };
const PLEX_TV_503: Trouble = { kind: 'starting', message: 'plex.tv answers 503.', vendor: true };
const DEAD: Trouble = {
  kind: 'unauthorised',
  message: 'plex.tv does not accept the token any more. Sign in again.',
  vendor: true,
};

let world: World;
beforeEach(async () => {
  world = await World.open();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const stored = async ({ server }: Place) => await world.stores.of(GUILD).servers.find(server.id);
const healthLines = async () =>
  (await world.actions()).filter((action) => /^server\.(off|on|sharing)/.test(action));
const alerts = async () =>
  (await world.owed(ALERTS)).flatMap((each) => (each.kind === 'alert' ? [each.text] : []));

describe('plex.tv that does not answer', () => {
  it('leaves the machine online, says what is lost, once, and says when it is back', async () => {
    const tower = await world.addTower();
    tower.fake.fail('readAccess', PLEX_TV_503, FOR_EVER);
    for (let round = 0; round < 6; round += 1) {
      await world.app.syncServers(GUILD);
      // Probes find the machine well, over and over; that clears nothing of what they do not prove.
      await world.pass(60 * SECOND);
    }
    expect(inEnglish(await stored(tower))).toMatchObject({
      status: 'online',
      failedChecks: 0,
      sharingWhy: 'plex.tv answers 503.',
    });
    expect(await healthLines()).toEqual(['server.sharing_lost']);
    expect(inEnglish((await world.events('server.sharing_lost'))[0]?.facts.detail)).toBe(
      'plex.tv answers 503.',
    );
    expect(inEnglish((await world.events('server.sharing_lost'))[0]?.facts.how)).toBe('up');
    expect(inEnglish(await alerts())).toEqual([
      expect.stringMatching(/^Tower is up, but sharing has not worked since .*\nplex\.tv answers 503\.\n/),
    ]);

    tower.fake.heal();
    await world.pass(60 * SECOND);
    expect(inEnglish(await stored(tower))).toMatchObject({
      sharingFailedChecks: 0,
      sharingSince: null,
      nextProbeAt: null,
    });
    expect(await healthLines()).toEqual(['server.sharing_lost', 'server.sharing_back']);
  });

  it('once is no outage', async () => {
    const tower = await world.addTower();
    tower.fake.fail('readAccess', PLEX_TV_503);
    await world.app.syncServers(GUILD);
    await world.pass(60 * SECOND);
    expect(await stored(tower)).toMatchObject({ sharingFailedChecks: 0 });
    expect(await healthLines()).toEqual([]);
  });

  it('while the machine is down as well: each comes back by itself', async () => {
    const tower = await world.addTower();
    takeDown(tower.fake);
    tower.fake.heal();
    tower.fake.fail('ping', DOWN, FOR_EVER);
    tower.fake.fail('readAccess', PLEX_TV_503, FOR_EVER);
    await world.app.syncServers(GUILD);
    await world.app.syncServers(GUILD);
    expect(await healthLines()).toEqual(['server.offline', 'server.sharing_lost']);

    tower.fake.heal();
    tower.fake.fail('ping', DOWN, FOR_EVER);
    await world.pass(60 * SECOND);
    expect(await stored(tower)).toMatchObject({ status: 'offline', sharingSince: null });

    tower.fake.heal();
    await world.pass(60 * SECOND);
    expect(await stored(tower)).toMatchObject({ status: 'online', nextProbeAt: null });
    expect((await healthLines()).slice(2)).toEqual(['server.sharing_back', 'server.online']);
  });
});

it('a machine that is down while plex.tv is read does not go back and forth', async () => {
  const tower = await world.addTower();
  const ada = await world.newAccount(ADA, tower);
  tower.fake.fail('ping', DOWN, FOR_EVER);
  tower.fake.fail('listLibraries', DOWN, FOR_EVER);
  for (let round = 0; round < 4; round += 1) {
    await world.app.syncServers(GUILD);
    // A pass reads plex.tv and succeeds: that is no proof of the machine.
    await world.grant(ADA, [tower.id('Movies')]);
    await world.pass(60 * SECOND);
  }
  expect(ada.access).toEqual(['movies']);
  expect(await healthLines()).toEqual(['server.offline']);
  expect(await stored(tower)).toMatchObject({ status: 'offline', sharingFailedChecks: 0 });
});

it('a dead token is one alert that asks staff to sign in again', async () => {
  const tower = await world.addTower();
  tower.fake.fail('readAccess', DEAD, FOR_EVER);
  for (let round = 0; round < 4; round += 1) await world.app.syncServers(GUILD);
  expect(await alerts()).toEqual([
    expect.stringMatching(/sharing has not worked.*\n.*Sign in again(.|\n)*\/server edit/),
  ]);
});

it('a revoked key of Jellyfin is not a machine that is down', async () => {
  const den = await world.addDen();
  const why: Trouble = { kind: 'unauthorised', message: 'Jellyfin at den does not accept the API key.' };
  den.fake.fail('readAccess', why, FOR_EVER);
  await world.app.syncServers(GUILD);
  await world.pass(60 * SECOND);
  expect(await stored(den)).toMatchObject({ status: 'online', sharingWhy: why.message });
  expect(await healthLines()).toEqual(['server.sharing_lost']);
});

it('a machine that is back with a key that was revoked meanwhile is not well: a ping proves no key', async () => {
  const den = await world.addDen();
  takeDown(den.fake);
  await world.app.syncServers(GUILD);
  await world.pass(60 * SECOND);
  expect(await stored(den)).toMatchObject({ status: 'offline' });
  den.fake.heal();
  den.fake.revoked = true;
  // Nothing is due there, so that no pass would find out.
  await world.pass(60 * SECOND);
  expect(await stored(den)).toMatchObject({ status: 'online', sharingFailedChecks: 1 });
  await world.pass(60 * SECOND);
  expect((await healthLines()).slice(1)).toEqual(['server.online', 'server.sharing_lost']);
  expect(await alerts()).toEqual([expect.stringMatching(/An admin signs in again(.|\n)*\/server check/)]);
  den.fake.revoked = false;
  await world.pass(60 * SECOND);
  expect(await stored(den)).toMatchObject({ sharingFailedChecks: 0, nextProbeAt: null });
});

it('a machine that says itself why nothing can be shared is believed', async () => {
  const tower = await world.addTower();
  const closed: Trouble = { kind: 'not-possible', message: 'Not claimed any more.' };
  tower.fake.closed = closed;
  tower.fake.fail(
    'readAccess',
    { kind: 'not-possible', message: 'plex.tv does not know it.', vendor: true },
    FOR_EVER,
  );
  await world.app.syncServers(GUILD);
  const [report] = await world.app.manageServer.check(GUILD);
  expect(report?.outcome).toEqual({ kind: 'not-sharing', why: closed });
  for (let round = 0; round < 4; round += 1) await world.pass(60 * SECOND);
  expect(await healthLines()).toEqual(['server.sharing_lost']);
  expect(await stored(tower)).toMatchObject({ sharingWhy: closed.message });
});

it('a server that is well is asked once more when its outage is looked at, and then left alone', async () => {
  const tower = await world.addTower();
  const { id } = tower.server;
  await world.stores.transaction(GUILD, (tx) => tx.servers.update(id, { nextProbeAt: world.clock.now() }));
  await world.pass(SECOND);
  expect(await stored(tower)).toMatchObject({ nextProbeAt: null });
  expect(await world.stores.due.nextMoment()).toBeUndefined();
});
