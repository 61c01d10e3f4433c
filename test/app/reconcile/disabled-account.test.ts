import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { applicationsOf, type Place, World, whileRead } from '../world.ts';

let world: World;
let den: Place;

beforeEach(async () => {
  world = await World.open();
  den = await world.addDen();
});
afterEach(() => world.close());

/** Disabled by the admin of the server, or locked after wrong passwords: its folders stay as they were. */
describe('an account that somebody else disabled', () => {
  it('loses what has ended all the same: nothing is there again when it is enabled', async () => {
    const person = await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    person.disabled = true;
    await world.pass(HOUR);
    expect(person).toMatchObject({ access: [], disabled: true });
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('keeps an end open while the folders cannot be emptied', async () => {
    const person = await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    person.disabled = true;
    den.fake.fail('withdraw', { kind: 'timeout', message: 'No answer in time.' }, { times: 100 });
    await world.pass(HOUR);
    expect(await world.grantState(grant.id)).toBe('ending');
    den.fake.heal();
    await world.pass(DAY);
    expect(person.access).toEqual([]);
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('keeps what others gave, and what other grants give', async () => {
    const person = await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    person.access = ['films', 'series'];
    person.disabled = true;
    await world.pass(HOUR);
    expect(person).toMatchObject({ access: ['series'], disabled: true });
    expect(await world.grantState(grant.id)).toBe('ended');
  });

  it('is not taken for one that Usher closed when it was disabled just before a change', async () => {
    const person = await world.newAccount(ADA, den);
    await world.app.serverPolicy.set({
      ...{ guildId: GUILD, actorId: STAFF, serverId: den.server.id },
      changes: { defaultLibraryId: den.id('Films') },
    });
    await world.pass(0);
    expect(person).toMatchObject({ access: ['films'], disabled: false });
    // The pass has read it open; the adapter sees for itself that it is not, and takes what goes.
    whileRead(den.fake, async () => {
      person.disabled = true;
    });
    den.fake.fail('setLibraries', { kind: 'not-possible', message: 'Somebody disabled it just now.' });
    await world.grant(ADA, [den.id('Series')]);
    den.fake.heal();
    await world.pass(DAY);
    expect(person.disabled).toBe(true);
    expect((await world.account(ADA, den.server.id)).disabledByUs).toBe(false);
  });

  it('is not taken for one that Usher closed when nobody answers the change that empties it', async () => {
    const person = await world.newAccount(ADA, den);
    const { grant } = await world.grant(ADA, [den.id('Films')]);
    person.disabled = true;
    await world.app.syncServers(GUILD, [den.server.id]);
    den.fake.fail('withdraw', { kind: 'timeout', message: 'No answer in time.' }, { happens: true });
    await world.revoke(grant.id);
    expect(person).toMatchObject({ access: [], disabled: true });
    await world.grant(ADA, [den.id('Films')]);
    await world.pass(HOUR);
    expect(person.disabled).toBe(true);
  });

  it('is never enabled by a later grant, not even when it was disabled while an end was due', async () => {
    const person = await world.newAccount(ADA, den);
    await world.grant(ADA, [den.id('Films')], { ms: HOUR });
    person.disabled = true;
    await world.pass(HOUR);
    const standing = await world.grant(ADA, [den.id('Films')]);
    expect(applicationsOf(standing)).toEqual({ Den: 'failed' });
    expect(person).toMatchObject({ access: [], disabled: true });
  });
});

it('an account that Usher closed is opened again by the next grant', async () => {
  const person = await world.newAccount(ADA, den);
  await world.grant(ADA, [den.id('Films')], { ms: HOUR });
  await world.pass(HOUR);
  expect(person).toMatchObject({ access: [], disabled: true });
  expect(applicationsOf(await world.grant(ADA, [den.id('Series')]))).toEqual({ Den: 'applied' });
  expect(person).toMatchObject({ access: ['series'], disabled: false });
});
