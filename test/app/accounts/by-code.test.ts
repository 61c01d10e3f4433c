import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberId } from '../../../src/domain/ids.ts';
import { MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, STAFF } from '../../support/people.ts';
import { SESSION } from '../fake-quick-connect.ts';
import { DOWN, World } from '../world.ts';

let world: World;

beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
  world.clock.jumpsUpTo = MINUTE;
});
afterEach(() => world.close());

describe('a member who proves an account by Quick Connect', () => {
  const connect = (memberId: MemberId, serverId: string) => world.signIn(memberId, { serverId });

  it('is linked by its id, keeps what it has as a grant, and the session is forgotten', async () => {
    const den = await world.addDen();
    const person = den.fake.addPerson({ name: 'ada', access: ['films'] });
    world.quickConnect.approvedBy = { userId: person.externalId, name: 'ada' };
    expect(await connect(ADA, den.server.id)).toMatchObject({ kind: 'connected', account: 'ada' });
    expect(world.quickConnect.forgotten).toEqual([SESSION]);
    const { page } = await world.app.grantStatus.list(GUILD, { memberId: ADA, limit: 9 });
    expect(page).toMatchObject([{ grant: { source: 'imported', libraryIds: [den.id('Films')] } }]);
    expect(await world.app.overview.myAccounts(ADA, GUILD)).toMatchObject([
      { accounts: [{ account: { name: 'ada' }, server: { name: 'Den' } }] },
    ]);
    expect(await connect(BEN, den.server.id)).toEqual({
      kind: 'refused',
      why: 'somebody-elses',
      account: 'ada',
    });
  });

  it('is refused as an administrator, and says when the code ran out or the server does not answer', async () => {
    const den = await world.addDen();
    const root = den.fake.addPerson({ name: 'root', access: 'all', protection: 'administrator' });
    world.quickConnect.approvedBy = { userId: root.externalId, name: 'root' };
    expect(await connect(ADA, den.server.id)).toEqual({
      kind: 'refused',
      why: 'administrator',
      account: 'root',
    });
    den.fake.fail('readAccess', DOWN);
    expect(await connect(ADA, den.server.id)).toMatchObject({ kind: 'failed', why: DOWN });
    world.quickConnect.expired = true;
    expect(await connect(ADA, den.server.id)).toEqual({ kind: 'expired' });
    const tower = await world.addTower();
    for (const serverId of ['none', tower.server.id])
      await expect(connect(ADA, serverId)).rejects.toThrow('not started: not-there');
  });

  it('on a server that was removed meanwhile is linked nowhere', async () => {
    const den = await world.addDen();
    const person = den.fake.addPerson({ name: 'ada' });
    world.quickConnect.approvedBy = { userId: person.externalId, name: 'ada' };
    const started = await world.startSignIn(ADA, { serverId: den.server.id });
    const question = await started.asked;
    if (question.kind !== 'question') throw new Error(question.kind);
    await world.app.removeServer.remove(GUILD, STAFF, den.server.id);
    expect(await world.app.signIns.confirm(GUILD, ADA, question.signInId)).toBeUndefined();
    expect(await world.stores.of(GUILD).signIns.listOpen()).toEqual([]);
  });
});
