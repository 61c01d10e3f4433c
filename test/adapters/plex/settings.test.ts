/** Filters survive, wherever plex.tv keeps them and whatever an update does to them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessReading, AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import type { NonEmpty } from '../../../src/domain/model.ts';
import type { PlexAccount, PlexBehaviour, SharingSettings } from '../../standins/plex/plex-tv.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

/** Of case P11: what nobody interprets, nested and unknown, byte for byte. */
const SETTINGS: SharingSettings = {
  filterTelevision: 'label!=UPKEEP%2CAll%20I%20Want...%2Cd%C3%A9mo|contentRating=2%20ans%20et%20%2B',
  filterMovies: `${Array.from({ length: 120 }, (_, at) => `label=${at}`).join('&')}&contentRating=FSK-12,PG "13" <x> 🎬`,
  filterAll: null,
  allowTuners: 2,
  allowSync: true,
  allowWatchTogether: true,
  restrictionProfile: { id: 3, name: 'Teen', more: [{ deep: [null, 1.5] }] },
  blockedGenres: ['Horror'],
};
const PLACES: readonly PlexBehaviour['settingsAt'][] = [
  ...(['share', 'person', 'both', 'nowhere', 'share-old', 'person-old'] as const),
];

let world: PlexWorld;
let server: MediaServer;
let kid: PlexAccount;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
  kid = world.plex.addAccount({ username: 'kid' });
  world.plex.share(kid, world.pms, { libraries: ['Films', 'Shows'] });
  Object.assign(world.plex.sharingSettings(world.owner, kid), structuredClone(SETTINGS));
});
afterEach(() => world.close());

const ids = ([first, ...rest]: NonEmpty<string>): NonEmpty<string> => {
  return [world.libraryId(first), ...rest.map((name) => world.libraryId(name))];
};
const read = async (after?: AccessReading): Promise<AccessReading & { readonly account: AccountAccess }> => {
  const reading = await server.readAccess({ of: [String(kid.id)], ...(after && { after }) });
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  const [account] = reading.value.accounts;
  if (!account) throw new Error('not in the reading');
  return { ...reading.value, account };
};
const change = async (...names: NonEmpty<string>) => {
  const before = await read();
  const outcome = await server.setLibraries(before.account, ids(names));
  return { outcome, after: await read(before) };
};
const sees = () => world.plex.accessOf(kid, world.pms);
const has = () => world.plex.sharingSettings(world.owner, kid);
const updates = () => world.plex.http.requestsTo('POST', /\/shared_servers\/\d+$/);

describe('P11: every setting is byte for byte as before, also nested and unknown ones', () => {
  it.each(PLACES)('told at: %s', async (settingsAt) => {
    world.plex.behaviour.settingsAt = settingsAt;
    const steps: readonly NonEmpty<string>[] = [['Films', 'Shows', 'Music'], ['Films']];
    for (const wanted of steps) {
      const { outcome, after } = await change(...wanted);
      expect([outcome, after.notices]).toEqual([{ kind: 'done' }, undefined]);
      expect(sees()).toEqual(wanted);
      expect(has()).toMatchObject(SETTINGS);
    }
    expect(updates()).toHaveLength(2);
  });

  it.each(['share', 'nowhere'] as const)('of a pending invitation, told at: %s', async (settingsAt) => {
    const share = world.plex.shareOf(kid, world.pms);
    if (share) share.acceptedAt = null;
    world.plex.behaviour.settingsAt = settingsAt;
    expect((await change('Music')).outcome).toEqual({ kind: 'done' });
    expect(has()).toMatchObject(SETTINGS);
  });

  it('and a share of another server does not take them away', async () => {
    const attic = await world.plex.addServer({
      owner: world.owner,
      name: 'Attic',
      libraries: [{ title: 'A' }],
    });
    world.plex.share(kid, attic, { libraries: ['A'] });
    const share = world.plex.shareOf(kid, world.pms);
    if (share) share.removedAt = new Date(0);
    expect(await server.invitations?.invite(String(kid.id), ids(['Films']))).toEqual({ kind: 'done' });
    expect(has()).toMatchObject(SETTINGS);
  });
});

describe('where nobody tells them', () => {
  beforeEach(() => {
    Object.assign(world.plex.behaviour, { settingsAt: 'nowhere', settingsAreTold: false });
  });

  it('what has ended is taken, and they are left as they are', async () => {
    expect((await change('Films')).outcome).toEqual({ kind: 'done' });
    expect(sees()).toEqual(['Films']);
    expect(has()).toMatchObject(SETTINGS);
  });

  it('all of it is taken', async () => {
    expect(await server.withdraw((await read()).account)).toEqual({ kind: 'done' });
    expect(sees()).toBe('none');
  });

  it('nothing is added, because that could lose them', async () => {
    expect((await change('Films', 'Shows', 'Music')).outcome).toMatchObject({ kind: 'failed' });
    expect([sees(), updates()]).toEqual([['Films', 'Shows'], []]);
  });

  it.each(['work', 'refused'] as const)(
    'an invitation that waits loses what has ended (updates: %s)',
    async (how) => {
      const share = world.plex.shareOf(kid, world.pms);
      if (share) share.acceptedAt = null;
      world.plex.behaviour.pendingUpdates = how;
      const before = await read();
      expect(await server.setLibraries(before.account, ids(['Films']))).toEqual({ kind: 'done' });
      const left = world.plex.shareOf(kid, world.pms);
      expect(left?.libraryIds.size).toBe(how === 'work' ? 1 : undefined);
    },
  );
});

describe('an update that forgets them', () => {
  it('once: they are put back, and there is nothing to tell', async () => {
    world.plex.behaviour.updatesThatForget = 1;
    const { after } = await change('Films');
    expect([after.notices, sees()]).toEqual([undefined, ['Films']]);
    expect(has()).toMatchObject(SETTINGS);
    expect(updates()).toHaveLength(2);
  });

  it('always: put back once, and then a person is told which', async () => {
    world.plex.behaviour.updatesThatForget = Number.POSITIVE_INFINITY;
    const { after } = await change('Films');
    expect(inEnglish(after.notices)).toEqual([
      expect.stringMatching(/restrictions of kid \(.*filterMovies.*\)/),
    ]);
    expect(updates()).toHaveLength(2);
    expect((await read()).notices).toBeUndefined();
  });
});
