/** Few accounts are read one by one, and a list is given the longer the larger it was (media-servers.md M3). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sizes } from '../../../src/adapters/jellyfin/client.ts';
import { createJellyfinServer } from '../../../src/adapters/jellyfin/media-server.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import { createHttpClient } from '../../support/http-client.ts';
import { saidPlain } from '../../support/said.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

let world: JellyfinWorld;
beforeEach(async () => {
  world = await startJellyfinWorld();
});
afterEach(() => world.close());

const at = (options: {
  readonly sizes?: Sizes;
  readonly http?: JellyfinWorld['options']['http'];
}): MediaServer =>
  createJellyfinServer(
    {
      kind: 'jellyfin',
      url: world.jellyfin.url,
      token: world.jellyfin.apiKey,
      certificate: null,
      clientIdentifier: null,
      identity: world.jellyfin.serverId,
    },
    { ...world.options, ...options },
  );
const lists = () => world.jellyfin.http.requestsTo('GET', /\/Users$/).length;
const singles = () => world.jellyfin.http.requestsTo('GET', /\/Users\/./).length;
const seen = async (server: MediaServer, of: readonly string[]) => {
  const reading = await server.readAccess({ of });
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value.accounts.map(({ name }) => name).toSorted();
};

describe('few accounts of many', () => {
  it('are read one by one once the size of the server is known, whichever adapter learnt it', async () => {
    const people = Array.from({ length: 100 }, (_, index) => world.addMember(`m${index}`, ['Films']));
    const [one = '', other = ''] = people;
    const sizes: Sizes = new Map();
    expect(await seen(at({ sizes }), [one])).toEqual(['m0']);
    expect([lists(), singles()]).toEqual([1, 0]);
    expect(await seen(at({ sizes }), [one, other])).toEqual(['m0', 'm1']);
    expect([lists(), singles()]).toEqual([1, 2]);
    expect(await seen(at({ sizes }), people)).toHaveLength(100);
    expect([lists(), singles()]).toEqual([2, 2]);
  });

  it('one that is gone is gone by the list alone', async () => {
    const [one, other] = [world.addMember('one', ['Films']), world.addMember('other', ['Films'])];
    const sizes: Sizes = new Map([[world.jellyfin.url, 1_000]]);
    world.jellyfin.state.users.delete(other);
    expect(await seen(at({ sizes }), [one, other])).toEqual(['one']);
    expect([lists(), singles()]).toEqual([1, 2]);
  });

  it('that are none at all are asked for as well: the answer is that the server answers', async () => {
    const sizes: Sizes = new Map([[world.jellyfin.url, 1_000]]);
    expect(await seen(at({ sizes }), [])).toEqual([]);
    expect(lists()).toBe(1);
    await world.stop();
    expect(await at({ sizes }).readAccess({ of: [] })).toMatchObject({ why: { kind: 'refused' } });
  });

  it('that are answered with somebody else are asked for in the list', async () => {
    const one = world.addMember('one', ['Films']);
    const other = world.addMember('other', ['Films']);
    const sizes: Sizes = new Map([[world.jellyfin.url, 1_000]]);
    world.jellyfin.http.fault({
      path: /\/Users\/./,
      alters: (answer) => ({ ...answer, body: { ...(answer.body as object), Id: other } }),
    });
    expect(await seen(at({ sizes }), [one])).toEqual(['one']);
    expect(lists()).toBe(1);
  });

  it('are of the expected server, or not known', async () => {
    const one = world.addMember('one', ['Films']);
    const sizes: Sizes = new Map([[world.jellyfin.url, 1_000]]);
    const server = at({ sizes });
    world.replaceIdentity();
    expect(await server.readAccess({ of: [one] })).toMatchObject({ why: { kind: 'other-server' } });
  });

  it('that cannot be read are not known, and never gone', async () => {
    const one = world.addMember('one', ['Films']);
    const sizes: Sizes = new Map([[world.jellyfin.url, 1_000]]);
    world.jellyfin.http.fault({ path: /\/Users\/./, answer: { status: 401 } });
    expect(await at({ sizes }).readAccess({ of: [one] })).toMatchObject({ why: { kind: 'unauthorised' } });
    expect(lists()).toBe(0);
  });
});

describe('a list that takes its time', () => {
  const http = () =>
    createHttpClient({ clock: world.clock, timeouts: { headersMs: 100, bodyMs: 1_000, totalMs: 1_000 } });
  const slow = () =>
    world.jellyfin.http.fault({ path: /\/Users$/, times: Number.POSITIVE_INFINITY, delayMs: 1_300 });

  it('is waited for by the size that it had, and by more when nobody knows it and it came too late', async () => {
    slow();
    const quick = http();
    const sizes: Sizes = new Map([[world.jellyfin.url, 10]]);
    expect(await at({ http: quick, sizes }).readAccess()).toMatchObject({ why: { kind: 'timeout' } });
    expect(await at({ http: quick, sizes }).readAccess()).toMatchObject({ why: { kind: 'timeout' } });
    sizes.set(world.jellyfin.url, 2_000);
    expect(await at({ http: quick, sizes }).readAccess()).toMatchObject({ kind: 'known' });
    sizes.clear();
    expect(await at({ http: quick, sizes }).readAccess()).toMatchObject({ why: { kind: 'timeout' } });
    expect(await at({ http: quick, sizes }).readAccess()).toMatchObject({ kind: 'known' });
    await quick.close();
  });
});
