import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanChanges } from '../../../src/app/grants/plans.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import type { MemberId } from '../../../src/domain/ids.ts';
import { commandInput, typist } from '../../support/command-input.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  world.guilds.role(ROLE);
  tower = await world.addTower();
});
afterEach(() => world.close());

const ROLE = '600000000000000001';
const MONTH = '30d' as DurationText;
const who = { guildId: GUILD, actorId: STAFF };

async function create(name: string, libraries: readonly string[], changes: { roleId?: string } = {}) {
  const [first = '', ...rest] = libraries.map((library) => tower.id(library));
  const common = { ...who, name, duration: MONTH, expiryAction: null, roleId: null };
  const made = await world.app.plans.create({ ...common, libraryIds: [first, ...rest], ...changes });
  if (made.kind !== 'done') throw new Error(made.kind);
  return made.details.plan;
}

/** Makes a grant from a plan, for good or for `ms`. */
async function give(
  memberId: MemberId,
  plan: { readonly id: string; readonly libraryIds: readonly string[] },
  ms?: number,
) {
  const startsAt = world.clock.now();
  const expiresAt = ms === undefined ? null : new Date(startsAt.getTime() + ms);
  const grant = { ...who, memberId, libraryIds: plan.libraryIds, planId: plan.id, startsAt, expiresAt };
  return await world.app.grants.add({ ...grant, reason: null });
}

const edit = (planId: string, changes: PlanChanges, propagate = false) =>
  world.app.plans.edit({ ...who, planId, changes, propagate });

/** Discord roles that are to be given to (+) or taken from (-) a member, in order. */
async function rolesOwed(memberId: MemberId): Promise<readonly string[]> {
  return (await world.owed(memberId)).flatMap((content) =>
    content.kind === 'role' ? [`${content.remove ? '-' : '+'}${content.roleId}`] : [],
  );
}

describe('a plan', () => {
  it('is made once under a name, and noted', async () => {
    const plan = await create('Family', ['Movies', 'Shows']);
    const again = await world.app.plans.create({
      ...who,
      name: ' FAMILY',
      libraryIds: [tower.id('Music')],
      duration: null,
      expiryAction: null,
      roleId: null,
    });
    expect(again).toEqual({ kind: 'name-taken', name: 'Family' });
    expect(await world.app.plans.list(GUILD)).toMatchObject([
      {
        plan: { id: plan.id, duration: '30d' },
        uses: { grants: 0, invites: 0 },
        servers: [{ name: 'Tower' }],
      },
    ]);
    expect(await world.events('plan.created')).toMatchObject([
      {
        actorId: STAFF,
        facts: { server: 'Tower', libraries: ['Movies', 'Shows'], plan: 'Family', duration: '30d' },
      },
    ]);
    expect(await world.app.plans.list(OTHER_GUILD)).toEqual([]);
  });

  it('is named by what is made from it', async () => {
    const plan = await create('Family', ['Movies']);
    expect((await give(ADA, plan)).planName).toBe('Family');
  });
});

describe('an edit', () => {
  it('is previewed by server, counting what other grants still give, and changes nothing', async () => {
    const den = await world.addDen();
    const plan = await create('Family', ['Movies', 'Shows']);
    await give(ADA, plan);
    await give(BEN, plan);
    await world.grant(BEN, [tower.id('Shows')]);
    const before = await world.countEvents();
    const stored = await world.app.plans.find(GUILD, plan.id);
    const preview = await world.app.plans.preview(GUILD, plan.id, {
      libraryIds: [tower.id('Movies'), den.id('Films')],
    });
    expect(preview?.effects).toMatchObject([
      { server: { name: 'Den' }, adds: 2, removes: 0, members: 2 },
      { server: { name: 'Tower' }, adds: 0, removes: 1, members: 1 },
    ]);
    expect(await world.countEvents()).toBe(before);
    expect(await world.app.plans.find(GUILD, plan.id)).toEqual(stored);
  });

  it('reaches running grants when asked to, in one write each, and notes each once', async () => {
    const person = await world.newAccount(ADA, tower);
    const plan = await create('Family', ['Movies', 'Shows']);
    const { grant } = await give(ADA, plan);
    const { writes } = tower.fake;
    const before = await world.countEvents();
    await edit(plan.id, { libraryIds: [tower.id('Shows'), tower.id('Music')] }, true);
    expect(new Set(person.access)).toEqual(new Set(['shows', 'music']));
    expect(tower.fake.writes - writes).toBe(1);
    expect((await world.events()).slice(before)).toMatchObject([
      { action: 'plan.edited', facts: { detail: expect.stringContaining('added Music; removed Movies') } },
      { action: 'grant.changed', facts: { grant: grant.number, detail: 'the plan was changed' } },
      { action: 'access.applied', facts: { libraries: ['Music'] } },
    ]);
  });

  it('is asked about once, though a sync comes in between', async () => {
    const plan = await create('Family', ['Movies', 'Shows']);
    await give(ADA, plan);
    const staff = typist(world.app, { guildId: GUILD, actor: { ...commandInput().actor, id: STAFF } });
    const asked = await staff.type('plan edit', { plan: 'Family', libraries: 'Shows' });
    await world.pass(HOUR / 6);
    await world.app.syncServers(GUILD);
    expect((await asked.press('Apply to 1 running grant too')).text).toContain('Saved.');
    expect((await world.app.plans.find(GUILD, plan.id))?.plan.libraryIds).toEqual([tower.id('Shows')]);
  });

  it('for new grants leaves running ones', async () => {
    const person = await world.newAccount(ADA, tower);
    const plan = await create('Family', ['Movies']);
    const { grant } = await give(ADA, plan);
    await edit(plan.id, { libraryIds: [tower.id('Music')], duration: '' });
    expect(person.access).toEqual(['movies']);
    expect((await world.app.grantStatus.get(GUILD, grant.id)).grant.libraryIds).toEqual([tower.id('Movies')]);
    expect((await world.app.plans.find(GUILD, plan.id))?.plan).toMatchObject({
      libraryIds: [tower.id('Music')],
      duration: '',
    });
  });

  it('reaches grants that are paused or yet to start, but not those that are over', async () => {
    const plan = await create('Family', ['Movies']);
    const paused = await give(ADA, plan);
    await world.change(paused.grant.id, { kind: 'pause' });
    const over = await give(BEN, plan, HOUR);
    await world.pass(2 * HOUR);
    await edit(plan.id, { libraryIds: [tower.id('Music')] }, true);
    const librariesOf = async (id: string) => (await world.app.grantStatus.get(GUILD, id)).grant.libraryIds;
    expect(await librariesOf(paused.grant.id)).toEqual([tower.id('Music')]);
    expect(await librariesOf(over.grant.id)).toEqual([tower.id('Movies')]);
  });

  it('closes accounts that are past their plan when its expiry action changes', async () => {
    const den = await world.addDen();
    const person = await world.newAccount(ADA, den);
    await world.stores.transaction(GUILD, (tx) =>
      tx.servers.update(den.server.id, { defaultLibraryId: den.id('Films') }),
    );
    const made = await world.app.plans.create({
      ...who,
      name: 'Den only',
      libraryIds: [den.id('Series')],
      duration: null,
      expiryAction: null,
      roleId: null,
    });
    if (made.kind !== 'done') throw new Error(made.kind);
    await give(ADA, made.details.plan, HOUR);
    await world.pass(HOUR);
    expect(person.access).toEqual(['films']);
    await edit(made.details.plan.id, { expiryAction: 'disable' });
    expect(person).toMatchObject({ access: [], disabled: true });
  });

  it('to a name that is taken, or of a plan that is gone, changes nothing', async () => {
    await create('Family', ['Movies']);
    const trial = await create('Trial', ['Movies']);
    expect(await edit(trial.id, { name: 'family' })).toEqual({ kind: 'name-taken', name: 'Family' });
    expect(await edit('none', { name: 'x' })).toEqual({ kind: 'gone' });
    expect(await edit(trial.id, { name: 'TRIAL' })).toMatchObject({ kind: 'done' });
  });
});

describe('the role of a plan', () => {
  it('is held while a grant of the plan is active', async () => {
    const plan = await create('Family', ['Movies'], { roleId: ROLE });
    const { grant } = await give(ADA, plan, DAY);
    expect(await rolesOwed(ADA)).toEqual([`+${ROLE}`]);
    await world.change(grant.id, { kind: 'pause' });
    await world.change(grant.id, { kind: 'resume' });
    expect(await rolesOwed(ADA)).toEqual([`+${ROLE}`, `-${ROLE}`, `+${ROLE}`]);
    await world.pass(2 * DAY);
    expect((await rolesOwed(ADA)).at(-1)).toBe(`-${ROLE}`);
    await world.change(grant.id, { kind: 'extend', by: MONTH });
    expect((await rolesOwed(ADA)).at(-1)).toBe(`+${ROLE}`);
    expect(await rolesOwed(ADA)).toHaveLength(5);
  });

  it('stays while another grant of a plan with it goes on', async () => {
    const plan = await create('Family', ['Movies'], { roleId: ROLE });
    const first = await give(ADA, plan);
    await give(ADA, plan);
    await world.revoke(first.grant.id);
    expect(await rolesOwed(ADA)).toEqual([`+${ROLE}`]);
  });

  it('follows the plan', async () => {
    const plan = await create('Family', ['Movies']);
    await give(ADA, plan);
    await edit(plan.id, { roleId: ROLE });
    world.guilds.role('600000000000000002');
    await edit(plan.id, { roleId: '600000000000000002' });
    await edit(plan.id, { roleId: null });
    expect(await rolesOwed(ADA)).toEqual([
      `+${ROLE}`,
      '+600000000000000002',
      `-${ROLE}`,
      '-600000000000000002',
    ]);
  });

  it('comes with the start of a grant and with redeeming an invite', async () => {
    const plan = await create('Family', ['Movies'], { roleId: ROLE });
    const startsAt = new Date(world.clock.now().getTime() + HOUR);
    const grant = { ...who, memberId: ADA, libraryIds: plan.libraryIds, planId: plan.id, startsAt };
    await world.app.grants.add({ ...grant, expiresAt: null, reason: null });
    expect(await rolesOwed(ADA)).toEqual([]);
    await world.pass(HOUR);
    expect(await rolesOwed(ADA)).toEqual([`+${ROLE}`]);
    await redeemAs(BEN, plan);
    expect(await rolesOwed(BEN)).toEqual([`+${ROLE}`]);
  });
});

async function invite(plan: { readonly id: string; readonly libraryIds: readonly string[] }) {
  return await world.invite({
    ...who,
    memberId: null,
    libraryIds: plan.libraryIds,
    planId: plan.id,
    duration: MONTH,
    uses: 1,
    validUntil: new Date(world.clock.now().getTime() + DAY),
    roleId: null,
    note: null,
  });
}

async function redeemAs(
  memberId: MemberId,
  plan: { readonly id: string; readonly libraryIds: readonly string[] },
) {
  const { code } = await invite(plan);
  const redeemed = await world.app.invites.redeemCode({ guildId: GUILD, memberId, typed: code });
  if (redeemed.kind !== 'redeemed') throw new Error(redeemed.kind);
  return redeemed.standing;
}

describe('an invite of a plan', () => {
  it('gives what the plan gives when it is redeemed', async () => {
    const plan = await create('Family', ['Movies']);
    const { code } = await invite(plan);
    await edit(plan.id, { libraryIds: [tower.id('Music')] });
    const redeemed = await world.app.invites.redeemCode({ guildId: GUILD, memberId: ADA, typed: code });
    expect(redeemed).toMatchObject({
      standing: { planName: 'Family', grant: { planId: plan.id, libraryIds: [tower.id('Music')] } },
    });
  });
});

describe('deleting a plan', () => {
  const remove = (planId: string, endUses = false) => world.app.plans.delete({ ...who, planId, endUses });

  it('that nobody uses leaves what it once gave', async () => {
    const plan = await create('Family', ['Movies']);
    const { grant } = await give(ADA, plan, HOUR);
    await world.pass(HOUR);
    expect(await remove(plan.id)).toMatchObject({ kind: 'deleted', name: 'Family' });
    expect((await world.app.grantStatus.get(GUILD, grant.id)).grant).toMatchObject({
      planId: null,
      libraryIds: [tower.id('Movies')],
    });
    expect(await world.events('plan.deleted')).toHaveLength(1);
    expect(await remove(plan.id)).toEqual({ kind: 'gone' });
  });

  it('that is in use is refused, and says by how many', async () => {
    const plan = await create('Family', ['Movies']);
    await give(ADA, plan);
    await invite(plan);
    expect(await remove(plan.id)).toMatchObject({
      kind: 'in-use',
      details: { uses: { grants: 1, invites: 1 } },
    });
    expect(await world.app.plans.list(GUILD)).toHaveLength(1);
  });

  it('with its uses ends them first, verified', async () => {
    const person = await world.newAccount(ADA, tower);
    const plan = await create('Family', ['Movies'], { roleId: ROLE });
    const { grant } = await give(ADA, plan);
    const { code } = await invite(plan);
    expect(await remove(plan.id, true)).toMatchObject({ kind: 'deleted', stillOpen: 0 });
    expect(person.access).toBeNull();
    expect(await world.grantState(grant.id)).toBe('ended');
    expect(await rolesOwed(ADA)).toEqual([`+${ROLE}`, `-${ROLE}`]);
    const redeemed = await world.app.invites.redeemCode({ guildId: GUILD, memberId: BEN, typed: code });
    expect(redeemed).toEqual({ kind: 'no-such-code' });
    expect(await world.events('invite.revoked')).toHaveLength(1);
  });

  it('says what is still open while a server does not answer', async () => {
    await world.newAccount(ADA, tower);
    const plan = await create('Family', ['Movies']);
    const { grant } = await give(ADA, plan);
    takeDown(tower.fake);
    expect(await remove(plan.id, true)).toMatchObject({ kind: 'deleted', stillOpen: 1 });
    expect(await world.grantState(grant.id)).toBe('ending');
    tower.fake.heal();
    await world.pass(DAY);
    expect(await world.grantState(grant.id)).toBe('ended');
  });
});
