import { afterEach, beforeEach, expect, it } from 'vitest';
import { freeze } from '../../../src/app/observe/freeze.ts';
import { say } from '../../../src/words/say.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, applicationsOf, type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const WHY = 'more was opened than was asked.';
const LOOK = say('alert.frozen.look.exceeded');
const freezeIt = ({ server }: Place = tower) =>
  world.stores.transaction(GUILD, (tx) => freeze(world.deps, tx, server, { why: WHY, look: LOOK }));
const stored = async ({ server }: Place = tower) => {
  const found = await world.stores.of(GUILD).servers.find(server.id);
  if (!found) throw new Error('the server is not there');
  return found;
};
const alerts = async () =>
  (await world.owed(ALERTS)).flatMap((content) => (content.kind === 'alert' ? [content.text] : []));
const unfreeze = async (frozenAt?: Date) => {
  const at = frozenAt ?? (await stored()).frozenAt ?? new Date(0);
  const which = { serverId: tower.server.id, frozenAt: at };
  return await world.app.unfreezeServer({ guildId: GUILD, actorId: STAFF, ...which });
};

it('is on record and told once, whatever is seen there afterwards', async () => {
  await freezeIt();
  const { frozenAt } = await stored();
  await world.pass(MINUTE);
  await freezeIt();
  expect(await stored()).toMatchObject({ frozenWhy: WHY, frozenAt });
  expect(await world.events('server.frozen')).toMatchObject([{ facts: { server: 'Tower', detail: WHY } }]);
  expect(await alerts()).toEqual([
    expect.stringMatching(/^Tower is frozen: more was(.|\n)*Look on the server itself at who/),
  ]);
});

it('nothing is given while it is frozen, and the answer says why', async () => {
  const ada = await world.newAccount(ADA, tower);
  await freezeIt();
  const standing = await world.grant(ADA, [tower.id('Movies')]);
  expect([ada.access, tower.fake.writes, applicationsOf(standing)]).toEqual([null, 0, { Tower: 'failed' }]);
  expect(inEnglish(standing.servers[0]?.application)).toEqual({
    kind: 'failed',
    why: `Tower is frozen: ${WHY} Nothing is given there until an admin has looked.`,
  });
  await world.pass(HOUR);
  await world.pass(HOUR);
  await world.pass(HOUR);
  // Nobody has access who should not, so there is nothing more to tell.
  expect([tower.fake.writes, (await alerts()).length]).toEqual([0, 1]);
});

it('an end that leaves nothing is still an end; one that leaves something waits, and is overdue', async () => {
  const [ada, ben] = [await world.newAccount(ADA, tower), await world.newAccount(BEN, tower)];
  const whole = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  await world.grant(BEN, [tower.id('Movies')]);
  const part = await world.grant(BEN, [tower.id('Shows')], { ms: HOUR });
  await freezeIt();
  await world.pass(HOUR);
  expect([ada.access, await world.grantState(whole.grant.id)]).toEqual([null, 'ended']);
  expect(await world.grantState(part.grant.id)).toBe('ending');
  expect(ben.access).toEqual(['movies', 'shows']);
  await world.pass(HOUR);
  await world.pass(HOUR);
  expect(await world.events('grant.overdue')).toMatchObject([{ facts: { grant: part.grant.number } }]);
});

it('what ends is taken as a whole when the rest is yet to be given', async () => {
  const ada = await world.newAccount(ADA, tower);
  const first = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  await freezeIt();
  const second = await world.grant(ADA, [tower.id('Shows')]);
  await world.pass(HOUR);
  expect([ada.access, await world.grantState(first.grant.id)]).toEqual([null, 'ended']);
  await unfreeze();
  expect(ada.access).toEqual(['shows']);
  expect(await world.grantState(second.grant.id)).toBe('active');
});

it('an account that was closed meanwhile is opened again, where closing disables it', async () => {
  const den = await world.addDen();
  const ada = await world.newAccount(ADA, den);
  await world.grant(ADA, [den.id('Films')], { ms: HOUR });
  await freezeIt(den);
  await world.grant(ADA, [den.id('Series')]);
  await world.pass(HOUR);
  expect(ada).toMatchObject({ access: [], disabled: true });
  const { id, frozenAt } = await stored(den);
  if (!frozenAt) throw new Error('not frozen');
  await world.app.unfreezeServer({ guildId: GUILD, actorId: STAFF, serverId: id, frozenAt });
  expect(ada).toMatchObject({ access: ['series'], disabled: false });
});

it('no account is made on it', async () => {
  const den = await world.addDen();
  await world.grant(ADA, [den.id('Films')]);
  await freezeIt(den);
  const made = await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
  expect(inEnglish(made)).toMatchObject({
    kind: 'failed',
    why: { message: expect.stringContaining('Den is frozen') },
  });
  expect([...den.fake.people.values()]).toHaveLength(0);
});

it('checking and editing it do not lift the freeze', async () => {
  await freezeIt();
  await world.app.manageServer.check(GUILD);
  await world.app.syncServers(GUILD);
  const addresses = { url: tower.server.url, localUrl: '', publicUrl: '' };
  const edited = await world.app.manageServer.edit({
    ...{ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, name: 'Spire', token: 'another-token' },
    ...addresses,
  });
  expect([edited.kind, await stored()]).toMatchObject(['edited', { name: 'Spire', frozenWhy: WHY }]);
});

it('an admin who has looked lifts it, and what waited is done', async () => {
  const ada = await world.newAccount(ADA, tower);
  await freezeIt();
  const { frozenAt } = await stored();
  await world.grant(ADA, [tower.id('Movies')]);
  expect(await unfreeze()).toMatchObject({ kind: 'unfrozen', server: { name: 'Tower' } });
  expect([ada.access, await stored()]).toMatchObject([['movies'], { frozenWhy: null, frozenAt: null }]);
  expect(await world.events('server.unfrozen')).toMatchObject([
    { actorId: STAFF, facts: { server: 'Tower', detail: expect.stringContaining(WHY) } },
  ]);
  expect(await unfreeze(frozenAt ?? undefined)).toEqual({ kind: 'decided-before' });
});

it('a button that was shown for an earlier freeze does not lift a later one', async () => {
  await freezeIt();
  const { frozenAt } = await stored();
  await unfreeze();
  world.clock.advance(MINUTE);
  await freezeIt();
  expect(await unfreeze(frozenAt ?? undefined)).toEqual({ kind: 'decided-before' });
  expect(await stored()).toMatchObject({ frozenWhy: WHY });
});
