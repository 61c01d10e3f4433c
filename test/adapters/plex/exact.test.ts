import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import type { PlexBehaviour } from '../../standins/plex/behaviour.ts';
import type { PlexAccount } from '../../standins/plex/plex-tv.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

/** plex.tv may not understand which libraries are meant, and share every library (media-servers.md A6). */
let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(() => world.close());

const idOf = (account: PlexAccount): string => String(account.id);
const films = (): readonly [string] => [world.libraryId('Films')];
const both = (): readonly [string, string] => [world.libraryId('Films'), world.libraryId('Music')];
const readOne = async (account: PlexAccount): Promise<AccountAccess | undefined> => {
  const reading = await server.readAccess({ of: [idOf(account)] });
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value.accounts[0];
};
const theirs = async (account: PlexAccount): Promise<AccountAccess> => {
  const found = await readOne(account);
  if (!found) throw new Error(`${account.username} has no share`);
  return found;
};
/** A friend of the owner. */
const friend = (): PlexAccount => {
  const ada = world.plex.addAccount({ username: 'ada' });
  world.plex.befriend(world.owner, ada);
  return ada;
};
const member = (libraries: 'all' | readonly string[]): PlexAccount => {
  const ada = friend();
  world.plex.share(ada, world.pms, { libraries });
  return ada;
};
const openTo = (account: PlexAccount) => world.plex.accessOf(account, world.pms);
const exceeds = (kind: 'failed' | 'unclear') => ({ kind, why: { exceeds: true } });

describe('a share that is made', () => {
  it.each<[string, Partial<PlexBehaviour>]>([
    ['the libraries are ignored', { ignoresLibraries: 'create' }],
    ['they go by another name', { librariesName: 'sections' }],
    ['the list of everything is empty', { ignoresLibraries: 'create', allIsListed: false }],
  ])('is removed at once when %s', async (_why, behaviour) => {
    Object.assign(world.plex.behaviour, behaviour);
    const ada = friend();
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject(exceeds('failed'));
    expect([openTo(ada), await readOne(ada)]).toEqual(['none', undefined]);
  });

  it('is removed when its answer says more than is there, because that cannot be told apart', async () => {
    world.plex.behaviour.answersWith = 'everything';
    const ada = friend();
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject(exceeds('failed'));
    expect(openTo(ada)).toBe('none');
  });

  it('is unclear when it cannot be removed', async () => {
    world.plex.behaviour.ignoresLibraries = 'create';
    const ada = friend();
    world.plex.http.fault({
      method: 'DELETE',
      path: /shared_servers/,
      answer: { status: 500, body: 'oops' },
    });
    expect(await server.invitations?.invite(idOf(ada), films())).toMatchObject(exceeds('unclear'));
    expect((await theirs(ada)).access).toEqual({ kind: 'all' });
  });

  it('that the answer shows as asked is shown by the next reading as it is', async () => {
    Object.assign(world.plex.behaviour, { ignoresLibraries: 'create', answersWith: 'what was asked' });
    const ada = friend();
    expect(await server.invitations?.invite(idOf(ada), films())).toEqual({ kind: 'done' });
    expect((await theirs(ada)).access).toEqual({ kind: 'all' });
  });
});

describe('a share that is changed', () => {
  it('is removed at once when the change opens everything', async () => {
    Object.assign(world.plex.behaviour, {
      ignoresLibraries: 'update',
      updateWithoutLibraries: 'shares everything',
    });
    const ada = member(['Films']);
    expect(await server.setLibraries(await theirs(ada), both())).toMatchObject(exceeds('failed'));
    // Nobody else has a share, and the list that is empty now is believed.
    expect([openTo(ada), await readOne(ada)]).toEqual(['none', undefined]);
  });

  it.each<[string, 'all' | readonly string[], () => readonly [string, ...string[]]]>([
    ['gives more', ['Films'], both],
    ['takes some', ['Films', 'Music'], films],
    ['makes a list of everything', 'all', films],
  ])('is not called done when the libraries are ignored and it %s', async (_what, had, wanted) => {
    world.plex.behaviour.ignoresLibraries = 'update';
    const ada = member(had);
    const before = openTo(ada);
    const outcome = await server.setLibraries(await theirs(ada), wanted());
    expect(inEnglish(outcome)).toMatchObject({
      kind: 'unclear',
      why: { message: expect.stringContaining('does not show') },
    });
    expect(outcome).not.toMatchObject({ why: { exceeds: true } });
    expect(openTo(ada)).toEqual(before);
  });

  it('is done when the answer has no body, and the reading shows what was done', async () => {
    world.plex.behaviour.emptyUpdateReply = true;
    const ada = member(['Films']);
    expect(await server.setLibraries(await theirs(ada), both())).toEqual({ kind: 'done' });
    expect(openTo(ada)).toEqual(['Films', 'Music']);
  });

  it('is removed once when it is pending, its settings are told nowhere, and more was opened', async () => {
    Object.assign(world.plex.behaviour, {
      ...{ ignoresLibraries: 'update', updateWithoutLibraries: 'shares everything' },
      ...{ settingsAt: 'nowhere', settingsAreTold: false },
    });
    const ada = world.plex.addAccount({ username: 'ada' });
    world.plex.share(ada, world.pms, { libraries: ['Films', 'Music'], pending: true });
    expect(await server.setLibraries(await theirs(ada), films())).toMatchObject(exceeds('failed'));
    const deleted = world.plex.http.requests.filter(({ method }) => method === 'DELETE');
    expect([openTo(ada), deleted.length]).toEqual(['none', 1]);
  });
});
