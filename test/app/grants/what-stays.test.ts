/** What stays when a grant is over, and why; and that it is said before and after. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepsText } from '../../../src/adapters/discord/views/grants.ts';
import { md } from '../../../src/adapters/discord/views/view.ts';
import type { GrantStanding } from '../../../src/app/queries/grant-status.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import type { AuditAction } from '../../../src/domain/model.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { said, saidEvent } from '../../support/said.ts';
import { type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const says = ({ keeps, grant }: GrantStanding): string | undefined => {
  const text = keepsText(keeps, grant);
  return text && said(text);
};
const lastLine = async (action: AuditAction) => {
  const event = (await world.events(action)).at(-1);
  return event && saidEvent(event);
};
const sync = () => world.app.syncServers(GUILD);

describe('what somebody gave by hand before', () => {
  it('stays after a grant for a while, and the reply says so', async () => {
    const person = await world.newAccount(ADA, tower);
    person.access = ['movies'];
    await sync();
    const standing = await world.grant(ADA, [tower.id('Movies'), tower.id('Music')], { ms: HOUR });
    expect(person.access).toEqual(['movies', 'music']);
    expect(says(standing)).toBe(
      'Stays after the end: Movies on Tower, there already and given by somebody else.',
    );
    await world.pass(2 * HOUR);
    expect(await world.grantState(standing.grant.id)).toBe('ended');
    expect(person.access).toEqual(['movies']);
    expect(await lastLine('grant.ended')).toContain(
      'plex.tv shows Music gone from Tower; Movies stays, given by somebody else',
    );
  });

  it('is said before somebody is invited', async () => {
    const person = await world.newAccount(ADA, tower);
    person.access = ['movies'];
    await sync();
    const libraryIds = [tower.id('Movies'), tower.id('Music')];
    const what = { libraryIds, uses: 1, validUntil: new Date(), roleId: null, note: null };
    const invite = { guildId: GUILD, actorId: STAFF, ...what };
    const bound = { ...invite, memberId: ADA, duration: '1d' as DurationText };
    expect(said(keepsText((await world.invite(bound)).keeps) ?? md``)).toContain(
      'Movies on Tower, there already',
    );
    for (const other of [
      { ...bound, memberId: null },
      { ...bound, duration: null },
    ])
      expect((await world.invite(other)).keeps).toEqual([]);
  });

  it('is put back where the policy enforces the grants, and nobody is told that it stays', async () => {
    const { server } = tower;
    await world.app.serverPolicy.set({
      guildId: GUILD,
      actorId: STAFF,
      serverId: server.id,
      changes: { driftPolicy: 'enforce' },
    });
    const person = await world.newAccount(ADA, tower);
    person.access = ['movies'];
    const standing = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    expect(says(standing)).toBeUndefined();
    await world.pass(2 * HOUR);
    expect(person.access).toBeNull();
  });

  it('is ours to take once we gave it', async () => {
    const person = await world.newAccount(ADA, tower);
    const first = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    expect(says(first)).toBeUndefined();
    await sync();
    await world.grant(ADA, [tower.id('Movies')], { ms: 2 * HOUR });
    await world.pass(3 * HOUR);
    expect(person.access).toBeNull();
  });
});

describe('what stays after a revoke', () => {
  it('is named with its reason: other grants by number, the default library, somebody else', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies'), tower.id('Shows')]);
    await world.grant(ADA, [tower.id('Shows')]);
    person.access = ['movies', 'shows', 'music'];
    await sync();
    const { standing } = await world.revoke(grant.id);
    expect(says(standing)).toBe(
      'What stays: Shows on Tower by grant #2 and Music on Tower, given by somebody else.',
    );
    expect(await lastLine('grant.ended')).toContain(
      'plex.tv shows Movies gone from Tower; Shows stays by grant #2; Music stays, given by somebody else',
    );
  });

  it('names the default library, also where no grant gave it', async () => {
    const changes = { defaultLibraryId: tower.id('Music') };
    await world.app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId: tower.server.id, changes });
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    const { standing } = await world.revoke(grant.id);
    expect(says(standing)).toBe('What stays: Music on Tower as the default library.');
    const [mine] = await world.app.overview.myAccess(ADA, GUILD);
    expect(mine).toMatchObject({ standings: [], left: [{ kept: [{ why: { kind: 'default' } }] }] });
    expect(await lastLine('grant.ended')).toContain(
      'plex.tv shows it gone from Tower; Music stays as the default library',
    );
  });

  it('claims nothing that is only open because it could not be taken', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    takeDown(tower.fake);
    const { standing } = await world.revoke(grant.id);
    expect(standing.grant.state).toBe('ending');
    expect(says(standing)).toBeUndefined();
  });

  it('is said when undoing ends a grant again', async () => {
    const person = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.grant(ADA, [tower.id('Shows')]);
    await world.pass(2 * HOUR);
    const { undoId } = await world.change(grant.id, { kind: 'extend', by: '5d' as DurationText });
    const undone = await world.app.changeGrants.undo({
      guildId: GUILD,
      actorId: STAFF,
      undoId: undoId ?? '',
    });
    if (undone.kind !== 'undone') throw new Error('not undone');
    expect(person.access).toEqual(['shows']);
    const [one] = undone.result.changed;
    expect(one && says(one.standing)).toBe('What stays: Shows on Tower by grant #2.');
    expect(await lastLine('grant.revoked')).toMatch(/ · undone\n/);
  });
});

describe('the record of a change', () => {
  it('names no end that there is not, and before and after', async () => {
    await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
    await world.change(grant.id, { kind: 'pause' });
    expect(await lastLine('grant.paused')).toMatch(/: 1 day left for when it goes on, before until <t:/);
    await world.change(grant.id, { kind: 'set', libraryIds: [tower.id('Movies'), tower.id('Music')] });
    const changed = await lastLine('grant.changed');
    expect(changed).toMatch(/what .* can watch: Movies and Music on Tower, before Movies\n/);
    expect(changed).not.toContain('for good');
    await world.change(grant.id, { kind: 'extend', by: '1d' as DurationText });
    expect(await lastLine('grant.extended')).toMatch(/ 2 days left for when it goes on, before 1 day left/);
    await world.change(grant.id, { kind: 'resume' });
    expect(await lastLine('grant.resumed')).toMatch(/ until <t:\d+:f> .*, before 2 days left/);
    await world.change(grant.id, { kind: 'set', until: null });
    expect(await lastLine('grant.changed')).toMatch(/: for good, before until <t:/);
    await world.revoke(grant.id);
    expect(await lastLine('grant.revoked')).not.toMatch(/for good|until/);
  });
});
