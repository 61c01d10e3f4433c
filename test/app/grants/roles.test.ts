import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, DeliveryContent } from '../../../src/app/ports/outbox.ts';
import { type ActorId, asActor } from '../../../src/domain/ids.ts';
import type { Plan } from '../../../src/domain/model.ts';
import { DAY } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish, told } from '../../support/said.ts';
import { ALERTS, type Place, World } from '../world.ts';

let world: World;
let tower: Place;

/** A role without any permission, below everybody's. */
const VIEWERS = '600000000000000001';
const BAN_MEMBERS = 1n << 2n;
/** Has a role of staff, which is mapped to the capability moderator. */
const MODERATOR = asActor(BEN);
const MODERATORS = '600000000000000009';

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.setChannel('audit');
  world.guilds.role(VIEWERS);
  world.guilds.role(MODERATORS, { position: 5 });
  world.guilds.roleIds.set(MODERATOR, [MODERATORS]);
  await map(MODERATORS);
});
afterEach(() => world.close());

const map = (roleId: string, action: 'allow' | 'deny' | 'clear' = 'allow') =>
  world.app.settings.setRole({ guildId: GUILD, actorId: STAFF, capability: 'moderator', roleId, action });

const invite = (roleId: string | null, actorId: ActorId = STAFF) =>
  world.app.invites.create({
    ...{ guildId: GUILD, actorId, memberId: null, libraryIds: [tower.id('Movies')], duration: null },
    ...{ uses: 1, validUntil: new Date(world.clock.now().getTime() + DAY), roleId, note: null },
  });

const plan = (roleId: string | null, actorId: ActorId = STAFF) =>
  world.app.plans.create({
    ...{ guildId: GUILD, actorId, name: `plan with ${roleId}`, libraryIds: [tower.id('Movies')] },
    ...{ duration: null, expiryAction: null, roleId },
  });

async function planned(roleId = VIEWERS): Promise<Plan> {
  const made = await plan(roleId);
  if (made.kind !== 'done') throw new Error(made.kind);
  return made.details.plan;
}

const give = ({ id, libraryIds }: Plan, actorId: ActorId = STAFF) =>
  world.app.grants.add({
    ...{ guildId: GUILD, actorId, memberId: ADA, libraryIds, planId: id },
    ...{ startsAt: world.clock.now(), expiresAt: null, reason: null },
  });

/** What the relay asks before it gives a role: undefined when it may be given. */
async function refusalOf({ roleId, byId = null }: Extract<DeliveryContent, { kind: 'role' }>) {
  const refusal = await world.app.roles.refusal(GUILD, { roleId, byId });
  return refusal.kind === 'known' ? refusal.value : refusal;
}

async function owedRole() {
  const owed = (await world.owed(ADA)).find((content) => content.kind === 'role');
  if (owed?.kind !== 'role') throw new Error('no role is owed');
  return owed;
}

describe('a role is attached', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['that is mapped to a capability', () => map(VIEWERS), /mapped to the capability moderator/],
    ['that is kept from one', () => map(VIEWERS, 'deny'), /mapped to the capability moderator/],
    [
      'that carries a staff permission',
      () => world.guilds.role(VIEWERS, { permissions: BAN_MEMBERS }),
      /Ban Members/,
    ],
    ['that Discord manages', () => world.guilds.role(VIEWERS, { managed: true }), /belongs to a bot/],
    ['that is gone', () => world.guilds.removeRole(VIEWERS), /no such role/],
    ['level with Usher’s', () => world.guilds.role(VIEWERS, { position: 10 }), /highest role of Usher/],
    ['while Discord does not answer', () => Object.assign(world.guilds, { silent: 9 }), /Discord/],
  ])('by nobody, %s', async (_name, change, why) => {
    const fine = await planned();
    await world.app.plans.delete({ guildId: GUILD, actorId: STAFF, planId: fine.id, endUses: false });
    const bare = await plan(null);
    const planId = bare.kind === 'done' ? bare.details.plan.id : '';
    await change();
    const before = await world.countEvents();
    const edit = { guildId: GUILD, actorId: STAFF, planId, changes: { roleId: VIEWERS }, propagate: false };
    for (const refused of [await invite(VIEWERS), await plan(VIEWERS), await world.app.plans.edit(edit)])
      expect(inEnglish(refused)).toEqual({ kind: 'role-refused', message: expect.stringMatching(why) });
    expect(inEnglish(await world.countEvents())).toBe(before);
    expect(inEnglish(await world.app.plans.find(GUILD, planId))).toMatchObject({ plan: { roleId: null } });
  });

  it('never for everybody', async () => {
    expect(inEnglish(await invite(GUILD))).toMatchObject({ message: expect.stringMatching(/@everyone/) });
  });

  it('by no moderator: who could attach any role could make themselves admin', async () => {
    for (const refused of [await invite(VIEWERS, MODERATOR), await plan(VIEWERS, MODERATOR)])
      expect(inEnglish(refused)).toMatchObject({
        kind: 'role-refused',
        message: expect.stringMatching(/Only admins/),
      });
    expect(inEnglish(await invite(null, MODERATOR))).toMatchObject({ kind: 'created' });
  });

  it('by an admin below it not at all, and by an admin above it', async () => {
    const admin = asActor(BEN);
    await world.app.settings.setRole({
      ...{ guildId: GUILD, actorId: STAFF, capability: 'admin', roleId: MODERATORS, action: 'allow' },
    });
    world.guilds.role(VIEWERS, { position: 5 });
    expect(inEnglish(await plan(VIEWERS, admin))).toMatchObject({
      message: expect.stringMatching(/highest role of who/),
    });
    world.guilds.role(VIEWERS, { position: 4 });
    expect(await plan(VIEWERS, admin)).toMatchObject({ kind: 'done' });
  });

  it('and used by moderators: an admin has attached it', async () => {
    await give(await planned(), MODERATOR);
    expect(await owedRole()).toEqual({ kind: 'role', roleId: VIEWERS, byId: STAFF });
    expect(await refusalOf(await owedRole())).toBeUndefined();
  });
});

describe('a role is looked at again when it is given', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['it became one of staff', () => world.guilds.role(VIEWERS, { permissions: BAN_MEMBERS }), /Ban Members/],
    ['it was raised', () => world.guilds.role(VIEWERS, { position: 11 }), /highest role of Usher/],
    ['it is gone', () => world.guilds.removeRole(VIEWERS), /no such role/],
    [
      'whoever attached it is no admin any more',
      () => Object.assign(world.guilds, { ownerId: 'another owner' }),
      /no admin here now/,
    ],
    [
      'it was mapped by an older version',
      () =>
        world.stores.transaction(GUILD, (tx) =>
          tx.settings.setRoleRule({ roleId: VIEWERS, capability: 'admin', effect: 'allow' }),
        ),
      /mapped to the capability admin/,
    ],
  ])('%s', async (_name, change, why) => {
    await give(await planned());
    const owed = await owedRole();
    expect(await refusalOf(owed)).toBeUndefined();
    await change();
    expect(inEnglish(await refusalOf(owed))).toMatch(why);
  });

  it('and while Discord does not say what it is, nobody knows', async () => {
    await give(await planned());
    world.guilds.silent = 1;
    expect(await refusalOf(await owedRole())).toMatchObject({ kind: 'unknown' });
  });

  it('an admin who attaches it again answers for it', async () => {
    const { id } = await planned();
    world.guilds.roleIds.set(STAFF, []);
    world.guilds.ownerId = MODERATOR;
    const edit = { guildId: GUILD, actorId: MODERATOR, planId: id, propagate: false };
    expect(await world.app.plans.edit({ ...edit, changes: { roleId: VIEWERS } })).toMatchObject({
      kind: 'done',
      details: { plan: { roleId: VIEWERS, roleById: MODERATOR } },
    });
    expect((await world.events('plan.edited')).at(-1)?.facts).toMatchObject({
      role: VIEWERS,
      detail: expect.stringContaining('attached again'),
    });
  });

  it('of a plan of an older version, nobody is known who attached it', async () => {
    const { id } = await planned();
    await world.stores.transaction(GUILD, (tx) => tx.plans.update(id, { roleById: null }));
    const found = await world.app.plans.find(GUILD, id);
    if (found) await give(found.plan);
    expect(await refusalOf(await owedRole())).toBeUndefined();
  });

  it('refused, it is in the record and told to staff, and the grant is given all the same', async () => {
    await world.setChannel('alerts');
    const standing = await give(await planned());
    const delivery: Delivery | undefined = (await world.outbox.listDue(world.clock.now(), 50)).find(
      ({ content }) => content.kind === 'role',
    );
    if (!delivery) throw new Error('no role is owed');
    await world.app.deliveries.parked(
      delivery,
      'It carries what only staff should have: Ban Members.',
      false,
    );
    expect(inEnglish((await world.events('role.refused')).at(-1))).toMatchObject({
      targetId: ADA,
      facts: { role: VIEWERS, detail: expect.stringContaining('Ban Members'), how: 'given' },
    });
    expect((await world.owed(ALERTS)).at(-1)).toMatchObject({
      text: expect.stringMatching(
        new RegExp(`<@&${VIEWERS}> could not be given to <@${ADA}>: .*Ban Members(.|\n)*stays as it is`),
      ),
    });
    expect(await world.grantState(standing.grant.id)).toBe('active');
  });
});

describe('what is given is not mapped', () => {
  it('says where it is given', async () => {
    await planned();
    await invite(VIEWERS);
    for (const action of ['allow', 'deny'] as const) {
      const refused = await map(VIEWERS, action);
      if (refused.kind !== 'given') throw new Error(refused.kind);
      expect(refused.where.map(told)).toEqual([
        expect.stringMatching(/^the plan “plan with \d+”$/),
        expect.stringMatching(/^the open invite [2-9A-Z]{4}…$/),
      ]);
    }
    expect(await map(VIEWERS, 'clear')).toEqual({ kind: 'saved' });
  });

  it('by an invite only as long as it can be redeemed', async () => {
    await invite(VIEWERS);
    expect(await map(VIEWERS)).toMatchObject({ kind: 'given' });
    world.clock.advance(DAY);
    expect(await map(VIEWERS)).toEqual({ kind: 'saved' });
  });

  it('nor is @everyone, which can be taken out of an older mapping', async () => {
    const before = await world.countEvents();
    for (const action of ['allow', 'deny'] as const)
      expect(await map(GUILD, action)).toEqual({ kind: 'everyone' });
    expect(await world.countEvents()).toBe(before);
    expect(await map(GUILD, 'clear')).toEqual({ kind: 'saved' });
  });

  it('one of the two wins, never both', async () => {
    const both = await Promise.all([map(VIEWERS), plan(VIEWERS)]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(
      both[0].kind === 'saved' ? ['role-refused', 'saved'] : ['done', 'given'],
    );
  });
});
