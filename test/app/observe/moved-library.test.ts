/** The id of a library is not the library: Jellyfin makes it from the name, and Plex counts from 1 again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { myGrantLines } from '../../../src/adapters/discord/views/my-grants.ts';
import type { LibraryOnServer } from '../../../src/app/ports/media-server.ts';
import type { SyncReport } from '../../../src/app/servers/sync.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { DAY, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, said } from '../../support/said.ts';
import { ALERTS, applicationsOf, type Place, World } from '../world.ts';

let world: World;
let ada: FakePerson;

beforeEach(async () => {
  world = await World.open();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

async function sync({ server }: Place): Promise<Extract<SyncReport['outcome'], { kind: 'synced' }>> {
  world.clock.advance(MINUTE);
  const [report] = await world.app.syncServers(GUILD, [server.id]);
  if (report?.outcome.kind !== 'synced') throw new Error('not synced');
  return report.outcome;
}

/** Changes how the server lists a library, or removes it. */
function change({ fake }: Place, name: string, to: Partial<LibraryOnServer> | 'removed'): void {
  const index = fake.libraries.findIndex((library) => library.name === name);
  const old = fake.libraries[index];
  if (!old) throw new Error(`no library ${name}`);
  fake.libraries.splice(index, 1, ...(to === 'removed' ? [] : [{ ...old, ...to }]));
}

const rowOf = async (id: string) => {
  const found = (await world.stores.of(GUILD).libraries.list()).find((library) => library.id === id);
  if (!found) throw new Error('no such row');
  return found;
};
const details = async (action: Parameters<World['events']>[0]) =>
  (await world.events(action)).map(({ facts }) => facts.detail);

describe('where the id follows the name (Jellyfin)', () => {
  let den: Place;

  beforeEach(async () => {
    const fake = world.build('jellyfin', 'Den', []);
    fake.addLibrary('Films', { identity: '["/films"]' });
    fake.addLibrary('Series', { identity: '["/series"]' });
    den = await world.add(fake);
    ada = await world.newAccount(ADA, den);
  });

  const rename = (from: string, to: string) => change(den, from, { name: to, externalId: to.toLowerCase() });

  it('a renamed library keeps its people: their accounts are written again, and that is one line', async () => {
    const ben = await world.newAccount(BEN, den);
    const { grant } = await world.grant(ADA, [den.id('Films'), den.id('Series')]);
    await world.grant(BEN, [den.id('Films')]);
    rename('Films', 'Cinema');
    const before = await world.countEvents();
    const report = await sync(den);
    const detail = 'Films is now called Cinema; 2 accounts are written again';
    expect(inEnglish(report)).toMatchObject({
      added: [],
      gone: [],
      renamed: [],
      hints: [detail],
      drift: [],
      doubts: [],
    });
    expect(await world.actions(before)).toEqual(['library.renamed']);
    expect(inEnglish(await world.events('library.renamed'))).toMatchObject([
      {
        facts: {
          ...{ server: 'Den', libraries: ['Cinema'] },
          detail: 'it was called Films; 2 accounts are written again',
        },
      },
    ]);
    const meanwhile = await world.app.grantStatus.get(GUILD, grant.id);
    expect(inEnglish(applicationsOf(meanwhile))).toEqual({ Den: 'queued' });
    await world.pass(0);
    expect(inEnglish([ada.access, ben.access])).toEqual([['series', 'cinema'].toSorted(), ['cinema']]);
    const standing = await world.app.grantStatus.get(GUILD, grant.id);
    expect(inEnglish(applicationsOf(standing))).toEqual({ Den: 'applied' });
    expect(inEnglish(myGrantLines(standing).map(said).join())).toContain('Cinema');
    expect(inEnglish(await world.actions(before))).toEqual(['library.renamed']);
    expect(inEnglish((await sync(den)).drift)).toEqual([]);
    expect(inEnglish(await world.actions(before))).toEqual(['library.renamed']);
  });

  it('nothing of it is written twice, and a rename back works as well', async () => {
    await world.grant(ADA, [den.id('Films')]);
    for (const [from, to] of [
      ['Films', 'Cinema'],
      ['Cinema', 'Films'],
    ] as const) {
      rename(from, to);
      await sync(den);
      await world.pass(0);
      expect(ada.access).toEqual([to.toLowerCase()]);
    }
    const { writes } = den.fake;
    await sync(den);
    await world.pass(MINUTE);
    expect(den.fake.writes).toBe(writes);
    expect((await rowOf(den.id('Films'))).formerIds).toEqual(['cinema']);
  });

  it('a pass that is about to give something finds it out by itself', async () => {
    await world.grant(ADA, [den.id('Films')]);
    rename('Films', 'Cinema');
    const standing = await world.grant(ADA, [den.id('Series')]);
    expect(applicationsOf(standing)).toEqual({ Den: 'applied' });
    expect(ada.access).toEqual(['cinema', 'series']);
    expect(inEnglish(await details('library.renamed'))).toEqual([
      'it was called Films; 1 account is written again',
    ]);
  });

  it('a new account is made with the library that was granted, whatever its id is now', async () => {
    await world.grant(BEN, [den.id('Films')]);
    rename('Films', 'Cinema');
    den.fake.addLibrary('Films', { identity: '["/home videos"]' });
    const made = await world.app.serverAccounts.create(GUILD, BEN, den.server.id, 'ben');
    expect(made.kind).toBe('created');
    expect([...den.fake.people.values()].find(({ name }) => name === 'ben')?.access).toEqual(['cinema']);
  });

  it('what ended before it could be written again is taken under the old id, or it would come back with the name', async () => {
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    rename('Films', 'Cinema');
    await sync(den);
    await world.revoke(grant.id);
    expect(inEnglish(ada.access)).toEqual([]);
    expect(inEnglish(await world.grantState(grant.id))).toBe('ended');
    rename('Cinema', 'Films');
    await sync(den);
    await world.pass(0);
    expect(inEnglish(ada.access)).toEqual([]);
  });

  it('two that swap names: whoever has one has it still, and not the other', async () => {
    await world.grant(ADA, [den.id('Films')]);
    change(den, 'Films', { externalId: 'series', name: 'Series' });
    const [, other] = den.fake.libraries;
    den.fake.libraries[1] = { ...(other as LibraryOnServer), externalId: 'films', name: 'Films' };
    await sync(den);
    await world.pass(0);
    expect(ada.access).toEqual(['series']);
    expect(await world.events('drift.found')).toEqual([]);
    expect([(await rowOf(den.id('Films'))).name, (await rowOf(den.id('Series'))).name]).toEqual([
      'Series',
      'Films',
    ]);
  });

  it('another one that gets the old name is not theirs', async () => {
    await world.grant(ADA, [den.id('Films')]);
    rename('Films', 'Cinema');
    den.fake.addLibrary('Films', { identity: '["/home videos"]' });
    await sync(den);
    await world.pass(0);
    expect(ada.access).toEqual(['cinema']);
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('one that lies elsewhere as well is a question, and nothing follows by itself', async () => {
    await world.grant(ADA, [den.id('Films')]);
    // What was just given is looked at again, which is not the point here.
    await world.pass(2 * MINUTE);
    change(den, 'Films', { name: 'Cinema', externalId: 'cinema', identity: '["/new"]' });
    await sync(den);
    world.clock.advance(10 * MINUTE);
    const { gone, hints } = await sync(den);
    expect(inEnglish([gone, hints])).toEqual([
      ['Films'],
      [
        'looks like Films was renamed to Cinema: it has a new id, and 1 grant still names Films. Name the new one with /grant set, or give it its old name back',
      ],
    ]);
    await world.pass(0);
    expect(inEnglish(ada.access)).toEqual(['films']);
    expect(inEnglish(JSON.stringify(await world.owed(ALERTS)))).toContain(
      'looks like Films was renamed to Cinema',
    );
  });

  it('one that gets other folders under its id is the same', async () => {
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    change(den, 'Films', { identity: '["/films","/more films"]' });
    expect(await sync(den)).toMatchObject({ added: [], gone: [], hints: [] });
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id))).toEqual({ Den: 'applied' });
    rename('Films', 'Cinema');
    await sync(den);
    await world.pass(0);
    expect(ada.access).toEqual(['cinema']);
  });

  it('one that has no item yet is not there for anybody, and is looked at again after a minute', async () => {
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    change(den, 'Films', { name: 'Cinema', externalId: 'cinema', grantable: false, closed: 'unready' });
    await sync(den);
    const standing = await world.app.grantStatus.get(GUILD, grant.id);
    expect(applicationsOf(standing)).toEqual({ Den: 'not-listed' });
    expect(await rowOf(den.id('Films'))).toMatchObject({ externalId: 'films', name: 'Cinema' });
    const { nextSyncAt } = await world.stores.of(GUILD).settings.get();
    expect(nextSyncAt.getTime() - world.clock.now().getTime()).toBe(MINUTE);
    change(den, 'Cinema', { grantable: true, closed: undefined } as never);
    await sync(den);
    await world.pass(0);
    expect(ada.access).toEqual(['cinema']);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id))).toEqual({ Den: 'applied' });
  });

  it('one that is switched off is said to be, and is given to nobody until it is on again', async () => {
    const ben = await world.newAccount(BEN, den);
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    change(den, 'Films', { closed: 'off' });
    const detail = 'Films is switched off on the server: nobody sees it there';
    expect(inEnglish((await sync(den)).hints)).toEqual([detail]);
    expect(inEnglish(await world.events('library.off'))).toMatchObject([
      { facts: { server: 'Den', libraries: ['Films'] } },
    ]);
    expect(inEnglish(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id)))).toEqual({
      Den: 'not-listed',
    });
    const second = await world.grant(BEN, [den.id('Films')]);
    expect(inEnglish(applicationsOf(second))).toEqual({ Den: 'not-listed' });
    expect(inEnglish(await world.app.why(GUILD, ADA, den.id('Films')))).toMatchObject({
      next: { kind: 'closed' },
    });
    const { closed, ...on } = den.fake.libraries[0] as LibraryOnServer;
    den.fake.libraries[0] = on;
    expect(inEnglish((await sync(den)).hints)).toEqual(['Films is switched on again on the server']);
    await world.pass(0);
    expect(inEnglish([ada.access, ben.access])).toEqual([['films'], ['films']]);
    expect(inEnglish(applicationsOf(await world.app.grantStatus.get(GUILD, second.grant.id)))).toEqual({
      Den: 'applied',
    });
    expect(await world.events('drift.found')).toEqual([]);
  });

  it('what ends while it is switched off is taken', async () => {
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    change(den, 'Films', { closed: 'off' });
    await sync(den);
    await world.revoke(grant.id);
    expect([ada.access, await world.grantState(grant.id)]).toEqual([[], 'ended']);
  });
});

describe('where a library has a uuid (Plex)', () => {
  let tower: Place;

  beforeEach(async () => {
    const fake = world.build('plex', 'Tower', []);
    for (const [index, name] of ['Movies', 'Shows', 'Music'].entries())
      fake.addLibrary(name, { externalId: String(index + 1), identity: `uuid of ${name}` });
    tower = await world.add(fake);
    ada = await world.newAccount(ADA, tower);
  });

  const replace = (name: string, by: string) => change(tower, name, { name: by, identity: `uuid of ${by}` });

  it('another one under its key is another one: nobody is given it, and what plex.tv shows of it is taken', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')], { ms: DAY });
    replace('Movies', 'Home Videos');
    const report = await sync(tower);
    expect(report).toMatchObject({ added: ['Home Videos'], gone: ['Movies'], renamed: [] });
    expect(await details('library.gone')).toEqual([
      'its id on the server is that of Home Videos now, and nobody is given Home Videos for it',
    ]);
    await world.pass(0);
    expect(ada.access).toEqual(['2']);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id))).toEqual({ Tower: 'applied' });
    expect(await world.events('drift.found')).toEqual([]);
    const [row] = (await world.stores.of(GUILD).servers.list()).map(({ frozenWhy }) => frozenWhy);
    expect(row).toBe(null);
  });

  it('a pass that is about to give something finds it out first', async () => {
    replace('Movies', 'Home Videos');
    const standing = await world.grant(ADA, [tower.id('Movies')]);
    expect(ada.access).toBe(null);
    expect(applicationsOf(standing)).toEqual({ Tower: 'not-listed' });
  });

  it('a change that only takes names no key that is another one’s by now', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Shows')]);
    await world.grant(ADA, [tower.id('Movies')]);
    replace('Movies', 'Home Videos');
    await world.revoke(grant.id);
    expect(ada.access).toBe(null);
  });

  it('several at once freeze the server, and nothing is given or taken until an admin has looked', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')]);
    replace('Movies', 'Home Videos');
    replace('Shows', 'Kids');
    replace('Music', 'Books');
    await sync(tower);
    const [server] = await world.stores.of(GUILD).servers.list();
    expect(inEnglish(server?.frozenWhy)).toBe(
      'It has other libraries now in the place of Movies, Music and Shows.',
    );
    expect(await world.events('server.frozen')).toHaveLength(1);
    expect(inEnglish(JSON.stringify(await world.owed(ALERTS)))).toContain(
      'Its database may have been made anew',
    );
    await world.pass(MINUTE);
    expect(inEnglish(ada.access)).toEqual(['1', '2']);
    expect(inEnglish(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id)))).not.toMatchObject({
      Tower: 'applied',
    });
    await world.app.unfreezeServer({
      guildId: GUILD,
      actorId: STAFF,
      serverId: tower.server.id,
      frozenAt: server?.frozenAt as Date,
    });
    await world.pass(MINUTE);
    expect(ada.access).toBe(null);
  });

  it('an end is an end while it is frozen', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    replace('Movies', 'Home Videos');
    replace('Shows', 'Kids');
    await sync(tower);
    await world.revoke(grant.id);
    expect(ada.access).toBe(null);
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('the old ones are themselves again when the old database is back', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    replace('Movies', 'Home Videos');
    await sync(tower);
    change(tower, 'Home Videos', { name: 'Movies', identity: 'uuid of Movies' });
    ada.access = ['1'];
    expect(await sync(tower)).toMatchObject({ back: ['Movies'], gone: ['Home Videos'] });
    await world.pass(MINUTE);
    expect([await rowOf(tower.id('Movies')), ada.access]).toMatchObject([
      { externalId: '1', goneAt: null },
      ['1'],
    ]);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grant.id))).toEqual({ Tower: 'applied' });
  });

  it('a rename keeps the key and the uuid', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    change(tower, 'Movies', { name: 'Films' });
    expect(await sync(tower)).toMatchObject({
      renamed: [{ from: 'Movies', to: 'Films' }],
      hints: [],
      gone: [],
    });
  });

  it('a row of before has no uuid: it takes the one that it is listed with', async () => {
    await world.stores.transaction(GUILD, (tx) =>
      tx.libraries.update(tower.id('Movies'), { identity: null }),
    );
    replace('Movies', 'Films');
    expect(await sync(tower)).toMatchObject({ renamed: [{ from: 'Movies', to: 'Films' }], gone: [] });
    expect((await rowOf(tower.id('Movies'))).identity).toBe('uuid of Films');
  });

  it('a list that tells no uuid says nothing about it', async () => {
    change(tower, 'Movies', { identity: null });
    expect(await sync(tower)).toMatchObject({ gone: [], added: [] });
    expect((await rowOf(tower.id('Movies'))).identity).toBe('uuid of Movies');
  });
});
