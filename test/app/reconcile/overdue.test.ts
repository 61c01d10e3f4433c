/** What cannot be taken is told, whatever it was that ended it: with whose it is, and once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurationText } from '../../../src/domain/duration.ts';
import { HOUR, SECOND } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.newAccount(ADA, tower);
  await world.setChannel('alerts');
});
afterEach(() => world.close());

const ids = (...names: readonly string[]) => names.map((name) => tower.id(name)) as [string, ...string[]];

async function editPlan() {
  const who = { guildId: GUILD, actorId: STAFF };
  const made = await world.app.plans.create({
    ...who,
    name: 'Basic',
    duration: '' as DurationText,
    roleId: null,
    expiryAction: null,
    libraryIds: ids('Movies', 'Shows'),
  });
  if (made.kind !== 'done') throw new Error(made.kind);
  const planId = made.details.plan.id;
  const startsAt = world.clock.now();
  const common = { ...who, memberId: ADA, reason: null, planId, startsAt, expiresAt: null };
  await world.app.grants.add({ ...common, libraryIds: ids('Movies', 'Shows') });
  takeDown(tower.fake);
  await world.app.plans.edit({ ...who, planId, changes: { libraryIds: ids('Shows') }, propagate: true });
}

async function given() {
  const { grant } = await world.grant(ADA, ids('Movies', 'Shows'));
  takeDown(tower.fake);
  return grant.id;
}

describe('what cannot be taken', () => {
  it.each<[string, () => Promise<unknown>, string, readonly string[]]>([
    ['a pause', async () => world.change(await given(), { kind: 'pause' }), 'paused', ['Movies', 'Shows']],
    [
      'libraries that leave a grant',
      async () => world.change(await given(), { kind: 'set', libraryIds: ids('Shows') }),
      'dropped',
      ['Movies'],
    ],
    ['an edit of a plan', editPlan, 'dropped', ['Movies']],
    [
      'a revoke',
      async () => world.change(await given(), { kind: 'end', cause: 'revoked' }),
      'revoked',
      ['Movies', 'Shows'],
    ],
  ])('by %s', async (_name, decide, decided, libraries) => {
    await decide();
    await world.pass(5 * SECOND);
    expect(await world.events('grant.overdue')).toEqual([]);
    for (const wait of [10, 20, 60, 120, 300]) await world.pass(wait * SECOND);
    expect(await world.events('grant.overdue')).toMatchObject([
      { targetId: ADA, facts: { server: 'Tower', libraries, how: decided } },
    ]);
    const alerts = (await world.owed(ALERTS)).flatMap((each) => (each.kind === 'alert' ? [each] : []));
    expect(alerts).toMatchObject([{ state: 'open', text: expect.stringContaining(saidPlain(DOWN.message)) }]);
    // Whose it is: by a mention, as they have no name here.
    expect(alerts[0]?.text).toMatch(
      decided === 'dropped'
        ? `1 member still has there what their access does not give any more: <@${ADA}>`
        : `1 end waits for it: <@${ADA}>`,
    );
    tower.fake.heal();
    await world.pass(HOUR);
    expect((await world.owed(ALERTS)).at(-1)).toMatchObject({ state: 'over' });
  });

  it('is told once more when it happens another time', async () => {
    const grantId = await given();
    await world.change(grantId, { kind: 'pause' });
    for (const wait of [5, 10, 20]) await world.pass(wait * SECOND);
    tower.fake.heal();
    await world.pass(HOUR);
    await world.change(grantId, { kind: 'resume' });
    takeDown(tower.fake);
    await world.change(grantId, { kind: 'pause' });
    for (const wait of [5, 10, 20]) await world.pass(wait * SECOND);
    expect(await world.events('grant.overdue')).toHaveLength(2);
  });

  it('is not what could not be given', async () => {
    takeDown(tower.fake);
    await world.grant(ADA, ids('Movies'));
    for (const wait of [5, 10, 20]) await world.pass(wait * SECOND);
    expect(await world.events('grant.overdue')).toEqual([]);
  });
});
