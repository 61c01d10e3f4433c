/** Coming from another tool: a look, then links, and nothing opened or closed. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImportDraft, PlannedLink } from '../../../src/app/accounts/imports.ts';
import { emailKey } from '../../../src/domain/email-key.ts';
import { type ImportedRow, NO_END, readEnd } from '../../../src/domain/imports/rows.ts';
import { say } from '../../../src/words/say.ts';
import { DAY } from '../../support/moments.ts';
import { ADA, BEN, GUILD, memberAt, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { type Place, takeDown, World } from '../world.ts';

const ZOE = memberAt(7);

let world: World;
let tower: Place;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
});
afterEach(() => world.close());

const ALREADY = saidPlain(say('member.link.already'));
const GONE = saidPlain(say('member.link.gone'));

const row = (changes: Partial<ImportedRow>): ImportedRow => ({
  ...{ at: 'line 2', discordId: null, discordName: null, kind: null, serverIdentity: null, serverName: null },
  ...{ accountId: null, account: null, email: null, end: NO_END },
  ...changes,
});

/** A file with these rows is attached. */
async function look(...rows: readonly ImportedRow[]): Promise<Extract<ImportDraft, { kind: 'read' }>> {
  world.imports.read = async () => ({ kind: 'read', rows, openInvites: 0 });
  const draft = await world.app.imports.read(GUILD, 'csv', { name: 'x', size: 1, url: 'x' });
  if (draft.kind !== 'read') throw new Error(draft.why);
  return draft;
}
/** Resolves to what was linked, and to why what was not. */
async function run(links: readonly PlannedLink[]) {
  const order = { guildId: GUILD, actorId: STAFF };
  const { linked, left, undoId } = await world.app.imports.run(order, links, async () => {});
  return {
    linked: linked.map(({ name }) => name),
    left: left.map(({ why }) => saidPlain(why)),
    undoId,
  };
}

async function setUp() {
  tower.fake.addPerson({ name: 'mia', access: ['movies'], emailKey: emailKey('mia@example.org') ?? '' });
  den.fake.addPerson({ name: 'ben', access: ['films', 'series'] });
  await world.app.syncServers(GUILD, [tower.server.id, den.server.id]);
  const later = new Date(world.clock.now().getTime() + 30 * DAY);
  return {
    later,
    rows: [
      row({ discordId: ADA, kind: 'plex', email: 'Mia@example.org', end: { kind: 'at', at: later } }),
      row({ discordId: BEN, kind: 'jellyfin', account: 'Ben' }),
    ],
  };
}

it('changes nothing by looking, and links what was seen: what they have, until the end that they had', async () => {
  const { rows, later } = await setUp();
  const before = await world.countEvents();
  const draft = await look(...rows);
  expect(draft).toMatchObject({ likely: [], unread: [] });
  expect(draft.sure.map(([memberId, , until]) => [memberId, until])).toEqual([
    [ADA, later.getTime()],
    [BEN, 0],
  ]);
  expect(await world.countEvents()).toBe(before);
  const writes = tower.fake.writes + den.fake.writes;

  expect(await run(draft.sure)).toMatchObject({ linked: ['mia', 'ben'], left: [] });
  const grants = await world.stores.of(GUILD).grants.list({});
  expect(
    grants.map(({ memberId, source, expiresAt, libraryIds }) => [
      memberId,
      source,
      expiresAt,
      libraryIds.length,
    ]),
  ).toEqual([
    [BEN, 'imported', null, 2],
    [ADA, 'imported', later, 1],
  ]);
  expect(tower.fake.writes + den.fake.writes).toBe(writes);
  expect(await world.events('member.imported')).toMatchObject([
    { actorId: STAFF, targetId: ADA },
    { actorId: STAFF, targetId: BEN },
  ]);
  expect(await world.events('grant.created')).toMatchObject([
    { targetId: ADA, facts: { until: later.toISOString() } },
    { targetId: BEN, facts: { until: null } },
  ]);
  // The end is one like any other.
  await world.pass(31 * DAY);
  expect(tower.fake.people.values().find(({ name }) => name === 'mia')?.access).toBeNull();
});

it('gives nothing new for the same file once more, nor for the same links', async () => {
  const { rows } = await setUp();
  const { sure } = await look(...rows);
  await run(sure);
  const events = await world.countEvents();
  const again = await look(...rows);
  expect(again.rows.map(({ verdict }) => verdict.kind)).toEqual(['already', 'already']);
  expect([...again.sure, ...again.likely]).toEqual([]);
  expect(await run(sure)).toEqual({ linked: [], left: [ALREADY, ALREADY], undoId: undefined });
  expect((await world.app.imports.preview(GUILD, sure)).links).toEqual([]);
  expect(await world.countEvents()).toBe(events);
});

it('takes nobody’s access for an end that is over', async () => {
  await setUp();
  const { sure, rows } = await look(row({ discordId: BEN, account: 'ben', end: readEnd('2020-01-01') }));
  expect(rows[0]?.verdict).toMatchObject({ kind: 'found', isOver: true });
  await run(sure);
  await world.pass(DAY);
  expect(await world.stores.of(GUILD).grants.list({})).toMatchObject([{ state: 'active', expiresAt: null }]);
});

it('links no account that is gone by then, and says so', async () => {
  const { rows } = await setUp();
  const { sure } = await look(...rows);
  tower.fake.people.clear();
  den.fake.people.clear();
  expect(await run(sure)).toMatchObject({ linked: [], left: [GONE, GONE] });
  expect(await world.stores.of(GUILD).grants.list({})).toEqual([]);
});

it('a look without a server that does not answer says so; no link is made by what was seen before', async () => {
  const { rows } = await setUp();
  takeDown(den.fake);
  const draft = await look(...rows);
  expect(draft.unread.map(({ server }) => server.name)).toEqual(['Den']);
  expect(draft.sure).toHaveLength(2);
  expect(await run(draft.sure)).toMatchObject({ linked: ['mia'], left: [expect.stringMatching(/Den/)] });
  den.fake.heal();
  expect(await run(draft.sure)).toMatchObject({ linked: ['ben'], left: [ALREADY] });
});

it('keeps what is told by a name apart, and leaves whom somebody linked meanwhile', async () => {
  await setUp();
  await world.app.people.note(GUILD, [{ userId: BEN, name: 'ben' }]);
  const draft = await look(row({ account: 'ben', kind: 'jellyfin' }));
  expect([draft.sure.length, draft.likely.length]).toEqual([0, 1]);
  const [account] = await world.stores.of(GUILD).accounts.list({ serverId: den.server.id });
  await world.app.memberAccounts.link({
    ...{ guildId: GUILD, actorId: STAFF, memberId: ADA, accountId: account?.id ?? '' },
  });
  expect((await run(draft.likely)).left).toEqual([expect.stringMatching(/another member/)]);
});

it('can be undone: what it linked is nobody’s, what it granted is over, and nobody lost anything', async () => {
  const { rows } = await setUp();
  const { sure } = await look(...rows);
  const { undoId = '' } = await run(sure);
  const writes = tower.fake.writes + den.fake.writes;
  expect(await world.app.memberImport.undo(GUILD, STAFF, undoId)).toMatchObject({ undone: 2, left: [] });
  expect(tower.fake.writes + den.fake.writes).toBe(writes);
  const grants = await world.stores.of(GUILD).grants.list({ states: ['active', 'scheduled', 'paused'] });
  expect(grants).toEqual([]);
  expect((await look(...rows)).sure).toHaveLength(2);
});

it('asks Discord about names that nobody here has, and takes nobody for sure by that', async () => {
  const { rows } = await setUp();
  den.fake.addPerson({ name: 'zoe', access: ['films'] });
  await world.app.syncServers(GUILD, [den.server.id]);
  world.guilds.strangers.push({ userId: ZOE, names: ['zoe_92', 'Zoe'], nickname: null });
  world.guilds.asked.length = 0;
  const named = row({ kind: 'jellyfin', account: 'zoe' });
  const draft = await look(...rows, named);
  expect(draft.likely.map(([memberId]) => memberId)).toEqual([ZOE]);
  expect(draft).toMatchObject({ unasked: 0 });
  // Of the others it is known, and each beginning is asked once.
  expect(world.guilds.asked).toEqual([`${GUILD} zoe…`]);
  expect((await world.app.people.named(GUILD, [ZOE])).get(ZOE)).toBe('Zoe');
});

it('says of how many Discord did not answer, and leaves them', async () => {
  await setUp();
  den.fake.addPerson({ name: 'zoe', access: ['films'] });
  await world.app.syncServers(GUILD, [den.server.id]);
  world.guilds.silent = 9;
  const draft = await look(row({ kind: 'jellyfin', account: 'zoe' }));
  expect(draft).toMatchObject({ unasked: 1, sure: [], likely: [] });
  expect(draft.rows[0]?.verdict).toEqual({ kind: 'left', why: 'no-member' });
});

it('asks about no more names than somebody waits for', async () => {
  await setUp();
  const names = Array.from({ length: 320 }, (_, at) => `${String.fromCodePoint(0x4e00 + at)}${at}`);
  for (const name of names) den.fake.addPerson({ name, access: ['films'] });
  await world.app.syncServers(GUILD, [den.server.id]);
  world.guilds.asked.length = 0;
  const draft = await look(...names.map((account) => row({ kind: 'jellyfin', account })));
  expect(world.guilds.asked).toHaveLength(300);
  expect(draft).toMatchObject({ unasked: 20 });
});
