import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inLedger, type Ledger, type LedgerScope } from '../../../src/app/ledger/ledger.ts';
import { asActor } from '../../../src/domain/ids.ts';
import type { Grant } from '../../../src/domain/model.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

const ROLE = '500000000000000001';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const ledger = <T>(work: (ledger: Ledger) => Promise<T>, scope: Partial<LedgerScope> = {}): Promise<T> =>
  world.stores.transaction(GUILD, (tx) => inLedger(world.deps, tx, { memberIds: [ADA], ...scope }, work));

const create = (changes: Partial<Parameters<Ledger['create']>[0]> = {}) =>
  ledger((open) =>
    open.create(
      {
        memberId: ADA,
        source: 'command',
        expiresAt: null,
        createdById: STAFF,
        libraryIds: [tower.id('Movies')],
        ...changes,
      },
      { actorId: STAFF },
    ),
  );

const grantNow = async ({ id }: Grant): Promise<Grant> => {
  const grant = await world.stores.of(GUILD).grants.find(id);
  if (!grant) throw new Error('the grant is not there');
  return grant;
};

describe('a grant that is created', () => {
  it('is on the record, and the account is due', async () => {
    await world.newAccount(ADA, tower);
    const grant = await create();
    expect(await world.events('grant.created')).toMatchObject([
      {
        actorId: STAFF,
        targetId: ADA,
        facts: { grant: grant.number, server: 'Tower', libraries: ['Movies'] },
      },
    ]);
    const { dueAt, lossApproved } = await world.account(ADA, tower.server.id);
    expect({ dueAt, lossApproved }).toEqual({ dueAt: world.clock.now(), lossApproved: true });
  });

  it('and begins later makes the account due: it is kept open, or opened, for it', async () => {
    await world.newAccount(ADA, tower);
    const grant = await create({ startsAt: new Date(world.clock.now().getTime() + HOUR) });
    expect(grant.state).toBe('scheduled');
    expect((await world.account(ADA, tower.server.id)).dueAt).toEqual(world.clock.now());
  });

  it('as found on the server leaves the account alone', async () => {
    await world.newAccount(ADA, tower);
    await ledger(
      (open) =>
        open.create(
          {
            memberId: ADA,
            source: 'imported',
            expiresAt: null,
            createdById: asActor(ADA),
            libraryIds: [tower.id('Movies')],
          },
          { actorId: null, how: 'had-before' },
        ),
      { asFound: true },
    );
    expect((await world.account(ADA, tower.server.id)).dueAt).toBeNull();
  });

  it('follows in the record on what led to it, which names its number', async () => {
    const before = await world.countEvents();
    await ledger((open) =>
      open.create(
        { memberId: ADA, source: 'invite', expiresAt: null, createdById: STAFF, libraryIds: [] },
        { actorId: STAFF },
        { action: 'invite.redeemed', actorId: asActor(ADA), facts: { invite: 'ABCD' } },
      ),
    );
    expect((await world.events()).slice(before)).toMatchObject([
      { action: 'invite.redeemed', actorId: ADA, facts: { invite: 'ABCD', grant: 1 } },
      { action: 'grant.created', actorId: STAFF, facts: { grant: 1 } },
    ]);
  });
});

describe('a change', () => {
  it('that the life of a grant does not know is refused, and nothing is written', async () => {
    const grant = await create({ startsAt: new Date(world.clock.now().getTime() + HOUR) });
    const events = await world.countEvents();
    await expect(
      ledger((open) => open.change(grant, { state: 'paused' }, { actorId: STAFF })),
    ).rejects.toThrow('a grant cannot go from scheduled to paused');
    expect((await grantNow(grant)).state).toBe('scheduled');
    expect(await world.countEvents()).toBe(events);
  });

  it('of somebody for whom the ledger was not opened is refused', async () => {
    const grant = await create();
    await expect(
      ledger((open) => open.change(grant, { expiresAt: new Date() }, { actorId: STAFF }), {
        memberIds: [BEN],
      }),
    ).rejects.toThrow('the ledger was not opened for this member');
  });

  it('is settled at once where nothing is open: without an account there is nothing to confirm', async () => {
    const grant = await create();
    const endingAt = world.clock.now();
    await ledger((open) =>
      open.change(
        grant,
        { state: 'ending', endCause: 'revoked', endingAt },
        { actorId: STAFF, action: 'grant.revoked' },
      ),
    );
    expect((await grantNow(grant)).state).toBe('ended');
    expect(await world.actions()).toContain('grant.ended');
  });

  it('as found on the server proves no end', async () => {
    const grant = await create();
    await ledger((open) => open.take([grant], grant.libraryIds, { cause: 'removed', actorId: null }), {
      asFound: true,
    });
    expect((await grantNow(grant)).state).toBe('ending');
  });
});

describe('taking libraries', () => {
  it('shrinks a grant that gives more, and ends one that does not', async () => {
    await world.newAccount(ADA, tower);
    const events = await world.countEvents();
    const [both, only] = [
      await create({ libraryIds: [tower.id('Movies'), tower.id('Shows')] }),
      await create(),
    ];
    const changed = await ledger((open) =>
      open.take([both, only], [tower.id('Movies')], { cause: 'revoked', actorId: STAFF }),
    );
    expect(changed).toEqual([both.id, only.id]);
    expect(await grantNow(both)).toMatchObject({ state: 'active', libraryIds: [tower.id('Shows')] });
    expect(await grantNow(only)).toMatchObject({ state: 'ending', endCause: 'revoked' });
    expect(await world.actions(events)).toEqual([
      'grant.created',
      'grant.created',
      'grant.changed',
      'grant.revoked',
    ]);
  });

  it('leaves alone what gives none of them, and what is over', async () => {
    const grant = await create();
    expect(
      await ledger((open) => open.take([grant], [tower.id('Music')], { cause: 'revoked', actorId: STAFF })),
    ).toEqual([]);
  });
});

describe('the role of a plan', () => {
  const plan = async () => {
    world.guilds.role(ROLE);
    const created = await world.app.plans.create({
      guildId: GUILD,
      actorId: STAFF,
      name: 'Film club',
      libraryIds: [tower.id('Movies')],
      duration: null,
      expiryAction: null,
      roleId: ROLE,
    });
    if (created.kind !== 'done') throw new Error('no plan');
    return created.details.plan.id;
  };

  it('is owed when the first grant begins, and taken when the last one ends', async () => {
    const planId = await plan();
    const grants = [await create({ planId }), await create({ planId })];
    expect(await world.owed(ADA)).toEqual([{ kind: 'role', roleId: ROLE, byId: STAFF }]);
    for (const grant of grants) await world.revoke(grant.id);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'role', roleId: ROLE, byId: STAFF },
      { kind: 'role', roleId: ROLE, remove: true },
    ]);
  });
});

it('starts and ends by the clock once, whoever asks again', async () => {
  const startsAt = new Date(world.clock.now().getTime() + HOUR);
  const grant = await create({ startsAt, expiresAt: new Date(startsAt.getTime() + DAY) });
  const events = await world.countEvents();
  world.clock.advance(HOUR);
  for (let time = 0; time < 2; time += 1) await ledger((open) => open.moveByClock([grant]));
  world.clock.advance(DAY);
  for (let time = 0; time < 2; time += 1)
    await ledger((open) => open.moveByClock([{ ...grant, state: 'active' }]));
  expect(await world.actions(events)).toEqual(['grant.started', 'grant.ending', 'grant.ended']);
});
