/** Plex: a share that ended comes back as an invitation. Staff read so, and the member gets a button. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { standsText } from '../../../src/adapters/discord/views/grant-changes.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { said } from '../../support/said.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let person: FakePerson;
let grantId: string;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  person = await world.newAccount(ADA, tower);
  ({ id: grantId } = (await world.grant(ADA, [tower.id('Movies')], { ms: HOUR })).grant);
  tower.fake.acceptsAtOnce = false;
});
afterEach(() => world.close());

const AGAIN = /To have it again, they have to accept again: Tower sends a new invitation/;
const shown = async () => said(standsText(await world.app.grantStatus.get(GUILD, grantId), new Map()));
const invited = () => [expect.stringContaining('Accept the invitation from Plex'), '[Sign in with Plex]'];

describe('before', () => {
  it('a paused grant, a revoked one, and one that ran out say so', async () => {
    expect(await shown()).not.toMatch(AGAIN);
    await world.change(grantId, { kind: 'pause' });
    expect(await shown()).toMatch(AGAIN);
    const { memberIds, acceptAgain } = await world.app.bulkGrants.preview({
      guildId: GUILD,
      action: { kind: 'resume' },
    });
    expect({ members: memberIds.length, acceptAgain }).toEqual({ members: 1, acceptAgain: 1 });
    await world.revoke(grantId);
    expect(await shown()).toMatch(AGAIN);
  });

  it('nobody is told so where something of the share stays, nor on a server of its own accounts', async () => {
    await world.grant(ADA, [tower.id('Shows')]);
    await world.change(grantId, { kind: 'pause' });
    expect(await shown()).not.toMatch(AGAIN);
    const den = await world.addDen();
    await world.newAccount(ADA, den);
    const films = await world.grant(ADA, [den.id('Films')]);
    await world.revoke(films.grant.id);
    expect((await world.app.grantStatus.get(GUILD, films.grant.id)).invitesAgain).toEqual([]);
  });
});

describe('after', () => {
  it.each<[string, () => Promise<unknown>]>([
    [
      'resuming',
      async () => {
        await world.change(grantId, { kind: 'pause' });
        await world.change(grantId, { kind: 'resume' });
      },
    ],
    [
      'undoing a revoke',
      async () => {
        const { undoId } = await world.change(grantId, { kind: 'end', cause: 'revoked' });
        await world.app.changeGrants.undo({ guildId: GUILD, actorId: STAFF, undoId: undoId ?? '' });
      },
    ],
    [
      'extending what ran out',
      async () => {
        await world.pass(2 * HOUR);
        await world.change(grantId, { kind: 'extend', by: '1d' as DurationText });
      },
    ],
  ])('%s, the member gets the button that accepts, once', async (_what, act) => {
    await world.hears(ADA);
    await act();
    await world.pass(0);
    expect(person.pending).toBe(true);
    expect(await shown()).toContain('**Tower**: invited, and to be accepted in Plex');
    expect((await world.hears(ADA)).slice(-2)).toEqual(invited());
    await world.pass(HOUR / 2);
    expect(await world.hears(ADA)).toEqual([]);
  });

  it('an invitation is not called put back and seen', async () => {
    const changes = { driftPolicy: 'enforce' } as const;
    await world.app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, changes });
    person.access = null;
    await world.app.syncServers(GUILD);
    await world.pass(0);
    expect(person.pending).toBe(true);
    expect((await world.events('drift.corrected'))[0]?.facts.detail).toBe(
      'invited again, which has to be accepted',
    );
  });

  it('what needs no invitation says nothing', async () => {
    tower.fake.acceptsAtOnce = true;
    await world.change(grantId, { kind: 'pause' });
    await world.change(grantId, { kind: 'resume' });
    expect(await world.owed(ADA)).toEqual([]);
  });
});
