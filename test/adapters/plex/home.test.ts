/** Who is in the owner's Home is given nothing; somebody in a Home of their own is a member like any other (A5.10). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlexSignIn } from '../../../src/adapters/plex/sign-in.ts';
import type { AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import type { PlexAccount, PlexBehaviour } from '../../standins/plex/plex-tv.ts';
import { inEnglish } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

let world: PlexWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
});
afterEach(() => world.close());

const idOf = (account: PlexAccount): string => String(account.id);
const films = (): readonly [string] => [world.libraryId('Films')];
const readOne = async (account: PlexAccount): Promise<AccountAccess> => {
  const reading = await server.readAccess({ of: [idOf(account)] });
  const found = reading.kind === 'known' ? reading.value.accounts[0] : undefined;
  if (!found) throw new Error('not in the reading');
  return found;
};
const asked = () => world.plex.http.requestsTo('GET', /\/api\/home\/users$/).length;

/** In the owner's Home, managed there, in a Home of their own, in none. */
function household() {
  const { owner, plex } = world;
  const partner = plex.addAccount({ username: 'partner', homeOf: owner });
  const kid = plex.addAccount({ title: 'Kid', managed: true, homeOf: owner });
  const mia = plex.addAccount({ username: 'mia' });
  mia.homeOf = mia;
  return { partner, kid, mia, noah: plex.addAccount({ username: 'noah' }) };
}

describe.each<[PlexBehaviour['homeMeans']]>([['the owner’s'], ['any']])(
  '`home` of a share means %s',
  (homeMeans) => {
    beforeEach(() => {
      world.plex.behaviour.homeMeans = homeMeans;
    });

    it('who is shared with is what they are', async () => {
      const { partner, kid, mia, noah } = household();
      for (const each of [partner, kid, mia, noah])
        world.plex.share(each, world.pms, { libraries: ['Films', 'Music'] });
      expect((await readOne(partner)).protection).toBe('home');
      expect((await readOne(kid)).protection).toBe('managed');
      expect((await readOne(mia)).protection).toBeNull();
      expect((await readOne(noah)).protection).toBeNull();
      expect(await server.setLibraries(await readOne(mia), films())).toEqual({ kind: 'done' });
    });

    it('while the Home cannot be read nothing is given to who may be in it, and what was given can be taken', async () => {
      const { partner } = household();
      world.plex.share(partner, world.pms, { libraries: ['Films', 'Music'] });
      world.plex.http.fault({
        path: /home\/users$/,
        times: Number.POSITIVE_INFINITY,
        answer: { status: 500 },
      });
      const account = await readOne(partner);
      expect(inEnglish(account.protection)).toBe('home');
      const more = await server.setLibraries(account, [...films(), world.libraryId('Shows')]);
      expect(inEnglish(more)).toMatchObject({
        kind: 'failed',
        why: { message: expect.stringContaining('Plex Home') },
      });
      expect(await server.setLibraries(account, films())).toEqual({ kind: 'done' });
      expect(await server.withdraw(account)).toEqual({ kind: 'done' });
      expect(await server.invitations?.protectionOf(idOf(partner))).toMatchObject({ kind: 'unknown' });
    });

    it('an owner without a Home has nobody in it', async () => {
      const { mia } = household();
      world.plex.behaviour.homeIsTold = false;
      world.plex.share(mia, world.pms, { libraries: ['Films'] });
      expect((await readOne(mia)).protection).toBeNull();
      expect(await server.invitations?.protectionOf(idOf(mia))).toEqual({ kind: 'known', value: null });
    });
  },
);

it('is asked for only where somebody is in a Home, once for a reading', async () => {
  const { partner, noah } = household();
  world.plex.share(noah, world.pms, { libraries: ['Films'] });
  await server.readAccess();
  expect(asked()).toBe(0);
  world.plex.share(partner, world.pms, { libraries: ['Films'] });
  await server.readAccess();
  await server.readAccess();
  expect(asked()).toBe(1);
});

describe('P15: whom nothing is shared with yet', () => {
  it('the server knows what they are', async () => {
    const { partner, kid, mia, noah } = household();
    const says = async (account: PlexAccount) => await server.invitations?.protectionOf(idOf(account));
    for (const [account, value] of [
      [world.owner, 'owner'],
      [partner, 'home'],
      [kid, 'managed'],
      [mia, null],
      [noah, null],
    ] as const)
      expect(await says(account)).toEqual({ kind: 'known', value });
  });

  it('a sign-in tells a managed account, and whether there is a Home to ask about', async () => {
    const { partner, kid, noah } = household();
    const signIn = createPlexSignIn(world.options);
    const says = async ({ token }: PlexAccount) => await signIn.account({ token, clientIdentifier: null });
    expect(await says(kid)).toMatchObject({
      value: { name: 'Kid', protection: 'managed', inHousehold: true },
    });
    expect(await says(partner)).toMatchObject({ value: { protection: null, inHousehold: true } });
    expect(await says(noah)).toMatchObject({ value: { protection: null, inHousehold: false } });
  });
});
