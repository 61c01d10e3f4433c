/** What is shown is computed from now, and not from what a pass wrote down last. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../../src/app/app.ts';
import { DAY, HOUR, MINUTE } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.newAccount(ADA, tower);
});
afterEach(() => world.close());

/** What each view says of the only grant: its state, and how it stands. */
async function views({ grantStatus, overview, whoHas, why, autocomplete, jobRuns }: App) {
  const list = async (state: 'active' | 'ending') =>
    (await grantStatus.list(GUILD, { states: [state], limit: 9 })).page.length;
  const [shown] = (await grantStatus.list(GUILD, { limit: 9 })).page;
  const [mine] = (await overview.myAccess(ADA, GUILD)).flatMap(({ standings }) => standings);
  const holder = (await whoHas.library(GUILD, tower.id('Movies')))?.holders[0];
  const reason = await why(GUILD, ADA, tower.id('Movies'));
  return {
    list: [shown?.grant.state, shown?.servers[0]?.application.kind],
    mine: [mine?.grant.state, mine?.servers[0]?.application.kind],
    listed: { active: await list('active'), ending: await list('ending') },
    holder: holder?.grants.map(({ state }) => state),
    why: [reason?.wanted, reason?.grants[0]?.state],
    offered: (await autocomplete.grantsIn(GUILD, ['active', 'ending'], '')).map(({ grant }) => grant.state),
    ending: (await jobRuns.overview(GUILD)).ending,
  };
}

it('past its end a grant is ending, not confirmed, in every view, before anything has looked at it', async () => {
  await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
  expect(await views(world.app)).toMatchObject({
    list: ['active', 'applied'],
    mine: ['active', 'applied'],
    listed: { active: 1, ending: 0 },
    holder: ['active'],
    why: ['by-grant', 'active'],
    ending: 0,
  });
  world.clock.advance(HOUR);
  expect(await views(world.app)).toMatchObject({
    list: ['ending', 'still-open'],
    mine: ['ending', 'still-open'],
    listed: { active: 0, ending: 1 },
    holder: ['ending'],
    why: ['no', 'ending'],
    offered: ['ending'],
    ending: 1,
  });
});

it('past its start it is active, and queued', async () => {
  await world.grant(ADA, [tower.id('Movies')], { startMs: HOUR });
  world.clock.advance(HOUR);
  expect(await views(world.app)).toMatchObject({
    list: ['active', 'queued'],
    mine: ['active', 'queued'],
    listed: { active: 1, ending: 0 },
    why: ['by-grant', 'active'],
  });
});

it('while the clock is not believed, nothing that depends on it is called applied', async () => {
  await world.grant(ADA, [tower.id('Movies')], { ms: 9 * DAY });
  await world.grant(ADA, [tower.id('Movies')]);
  world.clock.set(new Date(world.clock.now().getTime() + 2 * DAY + MINUTE));
  expect(world.app.clock.isHeld()).toBe(true);
  const { page } = await world.app.grantStatus.list(GUILD, { limit: 9 });
  // What ends soonest first: the one that ends, and one for good, which no clock ends.
  expect(page.map(({ servers }) => servers[0]?.application.kind)).toEqual(['clock-held', 'applied']);
});
