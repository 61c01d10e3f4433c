import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SyncReport } from '../../../src/app/servers/sync.ts';
import { MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

type Synced = Extract<SyncReport['outcome'], { kind: 'synced' }>;

/** Syncs twice, because a library that is missing once does not count as gone. */
async function sync(place: Place): Promise<Synced> {
  world.clock.advance(MINUTE);
  const first = await look(place);
  world.clock.advance(10 * MINUTE);
  const second = await look(place);
  return {
    ...second,
    added: [...first.added, ...second.added],
    back: [...first.back, ...second.back],
    hints: [...first.hints, ...second.hints],
  };
}

async function look({ server }: Place): Promise<Synced> {
  const [report] = await world.app.syncServers(GUILD, [server.id]);
  if (report?.outcome.kind !== 'synced') throw new Error('not synced');
  return report.outcome;
}

/** Renames like Jellyfin, or like making it again on Plex: the old id is gone, and there is a new one. */
function rename({ fake }: Place, from: string, to: string, wish: { grantable?: boolean } = {}): void {
  const index = fake.libraries.findIndex((library) => library.name === from);
  fake.libraries.splice(index, 1);
  fake.addLibrary(to, { externalId: `${to.toLowerCase()} (new)`, ...wish });
}

it('E25: a renamed library of Jellyfin is said to be the old one, with what to do, once', async () => {
  const den = await world.addDen();
  await world.grant(ADA, [den.id('Films')]);
  await world.grant(BEN, [den.id('Films'), den.id('Series')]);
  await world.grant(BEN, [den.id('Series')]);
  rename(den, 'Films', 'Cinema');
  const report = await sync(den);
  const said =
    'looks like Films was renamed to Cinema: it has a new id, and 2 grants still name Films. Name the new one with /grant set, or give it its old name back';
  expect(inEnglish(report)).toMatchObject({ added: ['Cinema'], gone: ['Films'], hints: [said] });
  expect(inEnglish(await world.events('library.gone'))).toMatchObject([
    { facts: { server: 'Den', libraries: ['Films'], detail: said } },
  ]);
  expect(inEnglish((await sync(den)).hints)).toEqual([]);
});

it('E25: is said as well while the new one cannot be granted yet', async () => {
  const den = await world.addDen();
  rename(den, 'Films', 'Cinema', { grantable: false });
  expect(inEnglish(await sync(den))).toMatchObject({
    added: [],
    hints: ['looks like Films was renamed to Cinema: it has a new id; no grant or plan names the old one'],
  });
});

it('E25: names the plans, too', async () => {
  const den = await world.addDen();
  const plan = { name: 'Basic', duration: null, expiryAction: null, roleId: null } as const;
  const created = await world.app.plans.create({
    guildId: GUILD,
    actorId: STAFF,
    ...plan,
    libraryIds: [den.id('Films')],
  });
  expect(created.kind).toBe('done');
  rename(den, 'Films', 'Cinema');
  expect(inEnglish((await sync(den)).hints)).toEqual([
    expect.stringContaining('1 plan still names Films. Name the new one with /plan edit'),
  ]);
});

it('says nothing of the kind when nobody can tell which became which', async () => {
  const den = await world.addDen();
  rename(den, 'Films', 'Cinema');
  rename(den, 'Series', 'Shows');
  expect(await sync(den)).toMatchObject({ gone: ['Films', 'Series'], hints: [] });
});

it('E25: on Plex one that was made anew has a new key, and no old name brings it back', async () => {
  const tower = await world.addTower();
  await world.grant(ADA, [tower.id('Movies')]);
  rename(tower, 'Movies', 'Movies');
  expect(inEnglish((await sync(tower)).hints)).toEqual([
    'looks like Movies was made anew: it has a new id, and 1 grant still names the old one. Name the new one with /grant set',
  ]);
});

it('E25: one that comes back tells how many running grants give it again', async () => {
  const den = await world.addDen();
  const person = await world.newAccount(ADA, den);
  await world.grant(ADA, [den.id('Films')]);
  await world.revoke((await world.grant(BEN, [den.id('Films')])).grant.id);
  const [films] = den.fake.libraries.splice(0, 1);
  await sync(den);
  person.access = [];
  await sync(den);
  den.fake.addLibrary('Films', films);
  const said = 'Films is back, and 1 running grant gives it again';
  expect(inEnglish(await sync(den))).toMatchObject({ back: ['Films'], hints: [said] });
  expect(inEnglish(await world.events('library.back'))).toMatchObject([
    { facts: { libraries: ['Films'], detail: said } },
  ]);
  await world.pass(0);
  expect(inEnglish(person.access)).toEqual(['films']);
});

it('E25: one that is renamed back says so', async () => {
  const den = await world.addDen();
  await world.grant(ADA, [den.id('Films')]);
  const old = den.fake.libraries.find(({ name }) => name === 'Films');
  rename(den, 'Films', 'Cinema');
  await sync(den);
  rename(den, 'Cinema', 'Films');
  den.fake.libraries.pop();
  den.fake.addLibrary('Films', old);
  expect(inEnglish((await sync(den)).hints)).toEqual(['Films is back, and 1 running grant gives it again']);
});
