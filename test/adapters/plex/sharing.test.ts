import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import { okButError, type PlexAccount } from '../../standins/plex/plex-tv.ts';
import { saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

/** Writes: the edge cases of media-servers.md E, by number. */
let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(async () => {
  // Edge cases 1 and 10: never an empty list, another method, or an endpoint that was removed.
  for (const { method, path, body } of world.plex.http.requests) {
    expect(body).not.toContain('"librarySectionIds":[]');
    expect(['GET', 'POST', 'DELETE']).toContain(method);
    expect(path).not.toMatch(/invites\/request|\/friends|\/api\/v2\/sharings/);
  }
  expect(world.plex.tokensInUrls).toEqual([]);
  await world.close();
});

const member = (username = 'ada'): PlexAccount => world.plex.addAccount({ username });
const idOf = (account: PlexAccount): string => String(account.id);
const films = (): readonly [string] => [world.libraryId('Films')];
const music = (): readonly [string] => [world.libraryId('Music')];
const readOne = async (account: PlexAccount): Promise<AccountAccess> => {
  const reading = await server.readAccess({ of: [idOf(account)] });
  const found = reading.kind === 'known' ? reading.value.accounts[0] : undefined;
  if (!found) throw new Error(`${account.username} is not in the reading`);
  return found;
};
const writes = () => world.plex.http.requests.filter(({ method }) => method !== 'GET');
const wentThrough = (account: PlexAccount) => world.plex.accessOf(account, world.pms);
const sharesOf = (account: PlexAccount) =>
  world.plex.state.shares
    .values()
    .filter((share) => share.invited === account && !share.removedAt)
    .toArray();

describe('invite', () => {
  it('shares exactly what was said, with no rights beyond watching', async () => {
    const ada = member();
    world.plex.befriend(world.owner, ada);
    expect(await server.invitations?.invite(idOf(ada), [...films(), ...music()])).toEqual({ kind: 'done' });
    expect(wentThrough(ada)).toEqual(['Films', 'Music']);
    expect(world.plex.sharingSettings(world.owner, ada)).toMatchObject({ allowSync: false, allowTuners: 0 });
  });

  it('6: the same again is done, another set is read again, and there is one share', async () => {
    const ada = member();
    expect(await server.invitations?.invite(idOf(ada), films())).toEqual({ kind: 'done' });
    expect(await server.invitations?.invite(idOf(ada), films())).toEqual({ kind: 'done' });
    expect(await server.invitations?.invite(idOf(ada), music())).toMatchObject({ kind: 'unclear' });
    expect(sharesOf(ada)).toHaveLength(1);
  });

  it('7: an orphan is removed and the share made once', async () => {
    const ada = member();
    const orphan = world.plex.makeOrphan(ada, world.pms);
    expect(await server.invitations?.invite(idOf(ada), music())).toEqual({ kind: 'done' });
    expect(orphan.removedAt).not.toBeNull();
    expect(sharesOf(ada).map(({ libraryIds }) => [...libraryIds])).toEqual([
      [world.pms.library('Music').cloudId],
    ]);
  });

  it('7: a row that somebody accepted is no orphan, even when a list hides it', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    world.plex.share(member('other'), world.pms, { libraries: ['Films'] });
    world.plex.emptyNext('accepted');
    expect(await server.invitations?.invite(idOf(ada), music())).toMatchObject({ kind: 'unclear' });
    expect(wentThrough(ada)).toEqual(['Films']);
  });

  it('8: again before the first is listed is unclear, not a second share', async () => {
    world.plex.behaviour.createSeconds = 10;
    const ada = member();
    expect(await server.invitations?.invite(idOf(ada), films())).toEqual({ kind: 'done' });
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject({ kind: 'unclear' });
    expect(sharesOf(ada)).toHaveLength(1);
  });

  it('9: the connection breaks after it happened: unclear, sent once, found by reading', async () => {
    const ada = member();
    world.plex.http.fault({ method: 'POST', path: /shared_servers$/, dropAfterCommit: true });
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject({
      kind: 'unclear',
      why: { kind: 'cut' },
    });
    expect(writes()).toHaveLength(1);
    expect(await readOne(ada)).toMatchObject({ pending: true, access: { externalIds: films() } });
    expect(await server.invitations?.invite(idOf(ada), films())).toEqual({ kind: 'done' });
  });

  it('14: a share that went to somebody else is taken back at once', async () => {
    const [ada, eve] = [member('ada'), member('eve')];
    const share = world.plex.share(eve, world.pms, { libraries: ['Films'], pending: true });
    world.plex.http.fault({
      method: 'POST',
      path: /shared_servers$/,
      answer: {
        status: 201,
        body: {
          id: share.id,
          allLibraries: false,
          numLibraries: 1,
          libraries: [{ id: 1, key: 1 }],
          invitedId: eve.id,
        },
      },
    });
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject({ kind: 'failed' });
    expect(share.removedAt).not.toBeNull();
  });

  it('20: a success that holds an error is unclear', async () => {
    for (const form of ['response', 'errors-json', 'html'] as const) {
      world.plex.http.fault({ method: 'POST', path: /shared_servers$/, answer: okButError(form) });
      expect(await server.invitations?.invite(idOf(member(form)), films())).toMatchObject({
        kind: 'unclear',
      });
    }
  });

  it('42: the owner is refused here, whatever lists say', async () => {
    expect(await server.invitations?.invite(idOf(world.owner), films())).toMatchObject({
      why: { kind: 'not-possible' },
    });
    expect(await server.invitations?.invite('email:1', films())).toMatchObject({
      why: { kind: 'not-possible' },
    });
    expect(writes()).toEqual([]);
  });
});

describe('change', () => {
  it('11: settings survive, whatever they are', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    const settings = {
      allowSync: true,
      allowTuners: 2,
      filterMovies: 'contentRating=G%2CPG|label!=x',
      filterAll: null,
      allowFutureThing: true,
    };
    Object.assign(world.plex.sharingSettings(world.owner, ada), settings);
    expect(await server.setLibraries(await readOne(ada), music())).toEqual({ kind: 'done' });
    expect(world.plex.sharingSettings(world.owner, ada)).toMatchObject(settings);
    expect(wentThrough(ada)).toEqual(['Music']);
  });

  it('2: ids that plex.tv does not take are a failed mapping, said once', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    const account = await readOne(ada);
    world.plex.http.fault({
      method: 'POST',
      path: /shared_servers\/\d+$/,
      answer: { status: 404, body: { errors: [{ code: 1002, message: 'not found', status: 404 }] } },
    });
    expect(await server.setLibraries(account, music())).toMatchObject({
      kind: 'failed',
      why: { kind: 'not-possible' },
    });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    ['an empty reply', { emptyUpdateReply: true }],
    ['status 200 for a delete', { deleteStatus: 200 }],
  ] as const)('%s is fine', async (_name, behaviour) => {
    Object.assign(world.plex.behaviour, behaviour);
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    expect(await server.setLibraries(await readOne(ada), music())).toEqual({ kind: 'done' });
    expect(await server.withdraw(await readOne(ada))).toEqual({ kind: 'done' });
    expect(wentThrough(ada)).toBe('none');
  });

  it('a pending share is cancelled and made again with what it had', async () => {
    world.plex.behaviour.pendingUpdates = 'refused';
    const ada = member();
    const first = world.plex.share(ada, world.pms, { libraries: ['Films'], pending: true });
    world.plex.sharingSettings(world.owner, ada).allowSync = true;
    expect(await server.setLibraries(await readOne(ada), music())).toEqual({ kind: 'done' });
    expect(first.removedAt).not.toBeNull();
    expect(await readOne(ada)).toMatchObject({ pending: true, access: { externalIds: music() } });
    expect(world.plex.sharingSettings(world.owner, ada).allowSync).toBe(true);
  });

  it('maps the libraries once for all writes of one reading', async () => {
    const members = ['a', 'b', 'c'].map(member);
    for (const each of members) world.plex.share(each, world.pms, { libraries: ['Films'] });
    const reading = await server.readAccess();
    if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
    world.takeCounts();
    const outcomes = await Promise.all(
      reading.value.accounts.map((account) => server.setLibraries(account, music())),
    );
    expect(outcomes).toEqual(members.map(() => ({ kind: 'done' })));
    expect(world.takeCounts()).toEqual({ reads: 1, writes: 3 });
  });

  it('only what was read from plex.tv is written', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    const forged = { ...(await readOne(ada)), handle: { shareId: '1' } };
    for (const outcome of [await server.setLibraries(forged, music()), await server.withdraw(forged)])
      expect(outcome).toMatchObject({ kind: 'failed' });
    expect(writes()).toEqual([]);
  });
});

describe('withdraw', () => {
  it('43: twice is fine, and an entry that lingers is read as it is', async () => {
    world.plex.behaviour.deleteSeconds = 5;
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'] });
    const account = await readOne(ada);
    for (const _time of [1, 2]) expect(await server.withdraw(account)).toEqual({ kind: 'done' });
    expect(wentThrough(ada)).toBe('none');
    expect((await readOne(ada)).access).toEqual({ kind: 'libraries', externalIds: films() });
    world.clock.advance(6_000);
    expect(await server.readAccess({ of: [idOf(ada)] })).toEqual({ kind: 'known', value: { accounts: [] } });
  });

  it('cancels an invitation that waits', async () => {
    const ada = member();
    world.plex.share(ada, world.pms, { libraries: ['Films'], pending: true });
    expect(await server.withdraw(await readOne(ada))).toEqual({ kind: 'done' });
    expect(sharesOf(ada)).toEqual([]);
  });

  it('after a reading of accepted shares, the check reads that list only', async () => {
    const [ada, bob] = [member('ada'), member('bob')];
    for (const each of [ada, bob]) world.plex.share(each, world.pms, { libraries: ['Films'] });
    const before = await server.readAccess({ of: [idOf(ada)] });
    if (before.kind === 'unknown') throw new Error(saidPlain(before.why.message));
    const [account] = before.value.accounts;
    if (account) await server.withdraw(account);
    await server.readAccess({ of: [idOf(ada)], after: before.value });
    expect(world.plex.http.requestsTo('GET', /owned\/pending$/)).toEqual([]);
    expect(world.plex.http.requestsTo('GET', /owned\/accepted$/)).toHaveLength(2);
  });
});

describe('sessions', () => {
  it('44: stops what one account plays, best effort, and never the owner', async () => {
    const [ada, bob] = [member('ada'), member('bob')];
    for (const account of [ada, ada, bob, world.owner]) world.pms.play(account, 'Film');
    await server.endSessions([{ externalId: idOf(ada), staying: [] }]);
    expect(world.pms.playing(ada)).toEqual([]);
    expect(world.pms.playing(bob)).toHaveLength(1);
    await server.endSessions([{ externalId: '1', staying: [] }]);
    expect(world.pms.playing(world.owner)).toHaveLength(1);
    world.pms.plexPass = false;
    await server.endSessions([{ externalId: idOf(bob), staying: [] }]);
    world.pms.http.fault({ path: /sessions/, dropBefore: true, times: 9 });
    await server.endSessions([{ externalId: idOf(bob), staying: [] }]);
  });

  it('go on from a library that stays, and what does not say where it is from is stopped', async () => {
    const ada = member('ada');
    const [films, series] = world.pms.libraries;
    if (!films || !series) throw new Error('no libraries');
    world.pms.play(ada, 'Up', 'movie', films);
    world.pms.play(ada, 'Lost', 'movie', series);
    world.pms.play(ada, 'From nowhere');
    await server.endSessions([{ externalId: idOf(ada), staying: [String(films.key)] }]);
    expect(world.pms.playing(ada).map(({ title }) => title)).toEqual(['Up']);
  });
});

it('whoever accepts between the two lists is in the reading, once', async () => {
  const [ada, bob] = [member('ada'), member('bob')];
  world.plex.share(bob, world.pms, { libraries: ['Films'] });
  world.plex.share(ada, world.pms, { libraries: ['Films'], pending: true });
  const { http } = world.plex;
  const reading = server.readAccess();
  await http.until('one of the lists', () =>
    http.requestsTo('GET', /owned\//).some(({ status }) => status === 200),
  );
  world.plex.acceptInvite(ada, world.pms);
  expect(await reading).toMatchObject({
    value: {
      accounts: [
        { externalId: idOf(bob) },
        { externalId: idOf(ada), pending: false, access: { externalIds: films() } },
      ],
    },
  });
});

it('whoever accepts while a withdrawal is proven is in the reading', async () => {
  const [ada, bob] = [member('ada'), member('bob')];
  world.plex.share(bob, world.pms, { libraries: ['Films'] });
  world.plex.share(ada, world.pms, { libraries: ['Films'], pending: true });
  const before = await server.readAccess({ of: [idOf(ada)] });
  if (before.kind === 'unknown') throw new Error(saidPlain(before.why.message));
  const { http } = world.plex;
  const already = http.requests.length;
  const proof = server.readAccess({ of: [idOf(ada)], after: before.value });
  // In the accepted list she is not yet, and in the pending one no more.
  await http.until('one of the lists', () =>
    http.requests.slice(already).some(({ status }) => status === 200),
  );
  world.plex.acceptInvite(ada, world.pms);
  expect(await proof).toMatchObject({ value: { accounts: [{ externalId: idOf(ada), pending: false }] } });
});

it('10: an endpoint that plex.tv took away is named, and others are not', async () => {
  world.plex.http.fault({
    method: 'GET',
    path: /owned\/pending/,
    answer: { status: 410, body: '<Response/>' },
  });
  expect(await server.findRemovedEndpoints()).toEqual({
    kind: 'known',
    value: ['clients /api/v2/shared_servers/owned/pending (410)'],
  });
});
