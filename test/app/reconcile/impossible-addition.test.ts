import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { ALERTS, applicationsOf, type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let ada: FakePerson;
let movies: string;

/** Ada has Movies for an hour, and was granted Music, which the server refuses. */
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  ada = await world.newAccount(ADA, tower);
  movies = (await world.grant(ADA, [tower.id('Movies')], { ms: HOUR })).grant.id;
  const { libraries } = tower.fake;
  libraries.splice(
    libraries.findIndex(({ name }) => name === 'Music'),
    1,
  );
});
afterEach(() => world.close());

describe('what cannot be given', () => {
  it('holds up neither the removal nor its confirmation', async () => {
    await world.grant(ADA, [tower.id('Music')]);
    await world.pass(HOUR);
    expect(ada.access).toBeNull();
    expect(await world.grantState(movies)).toBe('ended');
    expect(await world.events('grant.ended')).toMatchObject([
      { facts: { detail: 'plex.tv shows it gone from Tower' } },
    ]);
    await world.setChannel('alerts');
    for (const wait of [10, 20, 60, 120]) await world.pass(wait * SECOND);
    expect((await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert')).toEqual([]);
  });

  it('leaves what stands, and each library is judged by itself', async () => {
    const shows = await world.grant(ADA, [tower.id('Shows')]);
    const music = await world.grant(ADA, [tower.id('Music')]);
    await world.pass(HOUR);
    expect(ada.access).toEqual(['shows']);
    expect(await world.grantState(movies)).toBe('ended');
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, shows.grant.id))).toEqual({
      Tower: 'seen-before',
    });
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, music.grant.id))).toEqual({
      Tower: 'failed',
    });
  });

  it('is not given by the way when what is to be taken comes later', async () => {
    await world.grant(ADA, [tower.id('Music')]);
    await world.revoke(movies);
    expect(ada.access).toBeNull();
    expect(await world.grantState(movies)).toBe('ended');
    await world.pass(MINUTE);
    expect(ada.access).toBeNull();
  });

  it('does not end what the server still shows', async () => {
    await world.grant(ADA, [tower.id('Music')]);
    tower.fake.fail('withdraw', { kind: 'timeout', message: 'Down.' }, { times: 1 });
    await world.pass(HOUR);
    expect(await world.grantState(movies)).toBe('ending');
    await world.pass(MINUTE);
    expect(ada.access).toBeNull();
    expect(await world.grantState(movies)).toBe('ended');
  });
});
