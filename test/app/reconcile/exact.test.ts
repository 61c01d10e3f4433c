/** What was opened is exactly what was asked: a server that does more than it is told, and what is done about it. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteOutcome } from '../../../src/app/ports/media-server.ts';
import type { ServerKind } from '../../../src/domain/model.ts';
import type { FakeMediaServer } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD, memberAt, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, applicationsOf, DOWN, type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const frozenWhy = async ({ server }: Place = tower) =>
  inEnglish((await world.stores.of(GUILD).servers.find(server.id))?.frozenWhy ?? null);
const alerts = async () =>
  (await world.owed(ALERTS)).flatMap((content) => (content.kind === 'alert' ? [content.text] : []));
const details = async () => (await world.events('access.exceeded')).map(({ facts }) => facts.detail);
const saysSomebodyElse = async () => (await world.events('drift.found')).length > 0;
/** Whatever it is told, it opens everything. */
const ignoreWhatIsAsked = (fake: FakeMediaServer) => {
  fake.opens = () => 'all';
};
const unfreeze = async ({ server }: Place = tower) => {
  const frozenAt = (await world.stores.of(GUILD).servers.find(server.id))?.frozenAt;
  if (!frozenAt) throw new Error('it is not frozen');
  await world.app.unfreezeServer({ guildId: GUILD, actorId: STAFF, serverId: server.id, frozenAt });
};

describe.each<[ServerKind, string, string]>([
  ['plex', 'Movies', 'Shows'],
  ['jellyfin', 'Films', 'Series'],
])('a %s server that opens everything', (kind, one, other) => {
  let place: Place;
  beforeEach(async () => {
    place = kind === 'plex' ? tower : await world.addDen();
  });

  it('is closed at once, never called applied, told once, and frozen', async () => {
    const ada = await world.newAccount(ADA, place);
    ignoreWhatIsAsked(place.fake);
    const standing = await world.grant(ADA, [place.id(one)]);
    expect(ada.access ?? []).toEqual([]);
    expect(applicationsOf(standing)).toEqual({ [place.server.name]: 'failed' });
    const detail = `was to have ${one} after a change by Usher and had everything; all access of the account was closed at once`;
    expect(inEnglish(await details())).toEqual([detail]);
    expect(inEnglish(await frozenWhy(place))).toBe(`${ada.name} ${detail}.`);
    expect(inEnglish(await world.events('access.applied'))).toEqual([]);
    await world.app.idle('all');
    expect(inEnglish(place.fake.endedSessionsOf)).toEqual([{ externalId: ada.externalId, staying: [] }]);
    const { writes } = place.fake;
    await world.pass(MINUTE);
    await world.pass(HOUR);
    expect(inEnglish([place.fake.writes, (await alerts()).length, await saysSomebodyElse()])).toEqual([
      writes,
      1,
      false,
    ]);
  });

  it('is closed where an account had something before; all of it is given again afterwards', async () => {
    const ada = await world.newAccount(ADA, place);
    await world.grant(ADA, [place.id(one)]);
    ignoreWhatIsAsked(place.fake);
    await world.grant(ADA, [place.id(other)]);
    expect(ada.access ?? []).toEqual([]);
    await world.app.syncServers(GUILD);
    expect(await saysSomebodyElse()).toBe(false);
    place.fake.opens = (asked) => asked;
    await unfreeze(place);
    expect(ada).toMatchObject({ access: [one.toLowerCase(), other.toLowerCase()], disabled: false });
  });

  it('opens nothing for the others of the same pass once it is known', async () => {
    const people = await Promise.all([1, 2, 3, 4].map((at) => world.newAccount(memberAt(at), place)));
    ignoreWhatIsAsked(place.fake);
    for (const at of [1, 2, 3, 4]) await world.grant(memberAt(at), [place.id(one)]);
    expect(people.map(({ access }) => access ?? [])).toEqual([[], [], [], []]);
    expect(await details()).toHaveLength(1);
  });

  it('is kept from it after a crash between the write and the reading', async () => {
    const ada = await world.newAccount(ADA, place);
    ignoreWhatIsAsked(place.fake);
    world.clock.advance(SECOND);
    const grant = await cutOff(() => world.grant(ADA, [place.id(one)]), place.fake);
    expect([grant, ada.access]).toEqual(['cut off', 'all']);
    place.fake.heal();
    await world.pass(MINUTE);
    expect(ada.access ?? []).toEqual([]);
    expect([await frozenWhy(place), await saysSomebodyElse()]).toEqual([
      expect.stringContaining('had everything'),
      false,
    ]);
  });

  it('is kept from it also when a full sync is the first to look after a crash', async () => {
    const ada = await world.newAccount(ADA, place);
    ignoreWhatIsAsked(place.fake);
    world.clock.advance(SECOND);
    await cutOff(() => world.grant(ADA, [place.id(one)]), place.fake);
    world.clock.advance(SECOND);
    await world.app.syncServers(GUILD);
    await world.pass(MINUTE);
    expect(ada.access ?? []).toEqual([]);
    expect(await frozenWhy(place)).toContain('had everything');
    expect(await saysSomebodyElse()).toBe(false);
  });

  it('and cannot be closed is tried until it is, although it is frozen', async () => {
    const ada = await world.newAccount(ADA, place);
    await world.grant(ADA, [place.id(one)]);
    ignoreWhatIsAsked(place.fake);
    place.fake.fail('withdraw', DOWN, { times: 3 });
    const standing = await world.grant(ADA, [place.id(other)]);
    expect(applicationsOf(standing)).toEqual({ [place.server.name]: 'failed' });
    expect(inEnglish(await frozenWhy(place))).toContain('is not seen to be closed yet');
    await world.pass(MINUTE);
    expect(inEnglish(ada.access)).toEqual('all');
    expect(inEnglish(applicationsOf(await world.app.grantStatus.get(GUILD, standing.grant.id)))).toEqual({
      [place.server.name]: 'failed',
    });
    await world.pass(MINUTE);
    expect(ada.access ?? []).toEqual([]);
  });
});

/** The process dies when the server is read after the write. */
async function cutOff(act: () => Promise<unknown>, fake: FakeMediaServer): Promise<'cut off'> {
  const read = fake.readAccess;
  fake.readAccess = async (options) => {
    if (!options?.after) return await read.call(fake, options);
    world.restart();
    fake.readAccess = read;
    return { kind: 'unknown', why: DOWN };
  };
  await act();
  return 'cut off';
}

it('what the answer to the write itself shows is enough', async () => {
  const [ada, ben] = [await world.newAccount(ADA, tower), await world.newAccount(BEN, tower)];
  const invite = tower.fake.invite;
  const exceeded: WriteOutcome = {
    kind: 'failed',
    why: { kind: 'not-possible', message: 'More was opened; closed at once.', exceeds: true },
  };
  tower.fake.invite = async () => exceeded;
  const standing = await world.grant(ADA, [tower.id('Movies')]);
  expect(standing.servers[0]?.application).toMatchObject({
    kind: 'failed',
    why: 'More was opened; closed at once.',
  });
  expect(await frozenWhy()).toContain(`${ada.name} was to have Movies after a change by Usher`);
  tower.fake.invite = invite;
  await world.grant(BEN, [tower.id('Movies')]);
  expect(ben.access).toBeNull();
});

it('another library than those asked for is taken back, and told without a freeze', async () => {
  const ada = await world.newAccount(ADA, tower);
  let first = true;
  tower.fake.opens = (asked) => {
    const more = first ? ['music'] : [];
    first = false;
    return [...asked, ...more];
  };
  const standing = await world.grant(ADA, [tower.id('Movies')]);
  expect([ada.access, applicationsOf(standing)]).toEqual([['movies'], { Tower: 'applied' }]);
  expect(inEnglish(await details())).toEqual([
    'was to have Movies after a change by Usher and had Music as well; it was taken back at once',
  ]);
  expect(inEnglish([await frozenWhy(), await saysSomebodyElse()])).toEqual([null, false]);
  await world.app.idle('all');
  expect(inEnglish(tower.fake.endedSessionsOf)).toEqual([
    { externalId: ada.externalId, staying: ['movies'] },
  ]);
  expect(inEnglish(await alerts())).toEqual([expect.stringMatching(/^Tower: .* use \/grant add\.$/)]);
});

it('what is found after a crash is taken back as well', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  world.clock.advance(SECOND);
  await cutOff(() => world.grant(ADA, [tower.id('Movies')]), tower.fake);
  expect(ada.access).toEqual(['movies', 'music']);
  tower.fake.opens = (asked) => asked;
  await world.pass(MINUTE);
  expect([ada.access, await frozenWhy(), await saysSomebodyElse()]).toEqual([['movies'], null, false]);
  expect(inEnglish(await details())).toEqual([
    expect.stringContaining('had Music as well; it was taken back at once'),
  ]);
});

it('what is found after a crash and cannot be taken back is closed', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  world.clock.advance(SECOND);
  await cutOff(() => world.grant(ADA, [tower.id('Movies')]), tower.fake);
  tower.fake.fail('setLibraries', DOWN);
  await world.pass(MINUTE);
  expect(ada.access).toBeNull();
  expect(inEnglish(await frozenWhy())).toContain(
    'had Music as well; all access of the account was closed at once',
  );
});

it('what is found after a crash and goes late closes nobody', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  world.clock.advance(SECOND);
  await cutOff(() => world.grant(ADA, [tower.id('Movies')]), tower.fake);
  await world.pass(MINUTE);
  expect([ada.access, await frozenWhy()]).toEqual([['movies', 'music'], null]);
  expect(inEnglish(await details())).toEqual([
    expect.stringContaining('which may take half a minute to show'),
  ]);
});

it('what others gave while Usher was away for longer is theirs', async () => {
  const ada = await world.newAccount(ADA, tower);
  world.clock.advance(SECOND);
  await cutOff(() => world.grant(ADA, [tower.id('Movies')]), tower.fake);
  ada.access = ['movies', 'music'];
  await world.pass(HOUR);
  expect([ada.access, await details()]).toEqual([['movies', 'music'], []]);
});

it('where taking it back does not help, the account is closed and the server frozen', async () => {
  const den = await world.addDen();
  const ada = await world.newAccount(ADA, den);
  den.fake.opens = () => ['films', 'series'];
  await world.grant(ADA, [den.id('Films')]);
  expect(ada).toMatchObject({ access: [], disabled: true });
  expect(inEnglish(await frozenWhy(den))).toContain(
    'had Series as well; all access of the account was closed at once',
  );
});

it('so it is where the server does not say that it did it, although it shows things late', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  tower.fake.fail('setLibraries', DOWN, { happens: true });
  await world.grant(ADA, [tower.id('Movies')]);
  expect(ada.access).toBeNull();
  expect(inEnglish(await frozenWhy())).toContain(
    'had Music as well; all access of the account was closed at once',
  );
});

it('where the server may be late to show that it was taken back, nobody is closed for that', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  await world.grant(ADA, [tower.id('Movies')]);
  expect([ada.access, await frozenWhy()]).toEqual([['movies', 'music'], null]);
  expect(inEnglish(await details())).toEqual([
    expect.stringContaining('which may take half a minute to show'),
  ]);
  tower.fake.opens = (asked) => asked;
  await world.pass(MINUTE);
  expect(inEnglish([ada.access, await world.events('access.applied')])).toMatchObject([['movies'], [{}]]);
  expect(inEnglish([await frozenWhy(), await saysSomebodyElse()])).toEqual([null, false]);
});

it('what does not go although the server says so is ours and overdue, and nobody else gave it', async () => {
  const ada = await world.newAccount(ADA, tower);
  tower.fake.opens = (asked) => [...asked, 'music'];
  await world.grant(ADA, [tower.id('Movies')]);
  for (let pass = 0; pass < 4; pass += 1) await world.pass(HOUR);
  expect(ada.access).toEqual(['movies', 'music']);
  expect(await world.events('grant.overdue')).toMatchObject([{ facts: { libraries: ['Music'] } }]);
  expect(await saysSomebodyElse()).toBe(false);
});

it('an end that a server takes and does not carry out is due, overdue, and never called ended', async () => {
  const ada = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  const part = await world.grant(ADA, [tower.id('Shows')], { ms: HOUR });
  tower.fake.opens = () => ada.access ?? [];
  await world.pass(HOUR);
  expect([ada.access, await world.grantState(part.grant.id)]).toEqual([['movies', 'shows'], 'ending']);
  for (let pass = 0; pass < 3; pass += 1) await world.pass(HOUR);
  expect(await world.events('grant.overdue')).toMatchObject([{ facts: { grant: part.grant.number } }]);
  // It opened nothing.
  expect([await frozenWhy(), await details()]).toEqual([null, []]);
});

it('what somebody else gave before the write stays, and nobody is told off for it', async () => {
  const ada = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  ada.access = ['movies', 'music'];
  await world.grant(ADA, [tower.id('Shows')]);
  expect(inEnglish(ada.access)).toEqual(['movies', 'music', 'shows']);
  expect(inEnglish([await frozenWhy(), await details()])).toEqual([null, []]);
});

it('what somebody gives later, when the write has been read back, is theirs', async () => {
  const ada = await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')]);
  ada.access = ['movies', 'music'];
  world.clock.advance(SECOND);
  await world.app.syncServers(GUILD);
  await world.grant(ADA, [tower.id('Shows')]);
  expect(ada.access).toEqual(['movies', 'music', 'shows']);
  expect([await saysSomebodyElse(), await details()]).toEqual([true, []]);
});

it('an administrator who was made one meanwhile sees everything by that, and is left alone', async () => {
  const den = await world.addDen();
  const ada = await world.newAccount(ADA, den);
  const set = den.fake.setLibraries;
  den.fake.setLibraries = async (...input) => {
    const outcome = await set.call(den.fake, ...input);
    Object.assign(ada, { protection: 'administrator', access: 'all' });
    return outcome;
  };
  await world.grant(ADA, [den.id('Films')]);
  expect([ada.access, await frozenWhy(den)]).toEqual(['all', null]);
});
