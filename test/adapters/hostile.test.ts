/** Whatever a media server answers, Usher goes on, and says what is wrong with it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaServer } from '../../src/app/ports/media-server.ts';
import { HOSTILE_ANSWERS, manyLibraries } from '../standins/hostile.ts';
import type { HttpStandIn } from '../standins/http.ts';
import { inEnglish } from '../support/said.ts';
import { startJellyfinWorld } from './jellyfin/world.ts';
import { startPlexWorld } from './plex/world.ts';

interface Place {
  readonly server: MediaServer;
  readonly http: HttpStandIn;
  readonly libraries: RegExp;
  readonly serverId: string;
  close(): Promise<void>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  async Plex() {
    const world = await startPlexWorld();
    const { server, pms } = { server: world.at(), pms: world.pms };
    const serverId = pms.machineIdentifier;
    return {
      server,
      http: pms.http,
      libraries: /^\/library\/sections/,
      serverId,
      close: () => world.close(),
    };
  },
  async Jellyfin() {
    const world = await startJellyfinWorld();
    const { http, serverId } = world.jellyfin;
    return {
      server: world.at(),
      http,
      libraries: /\/Library\/VirtualFolders/,
      serverId,
      close: () => world.close(),
    };
  },
};

describe.each(Object.keys(PLACES))('%s', (kind) => {
  let place: Place;
  beforeEach(async () => {
    const start = PLACES[kind];
    if (!start) throw new Error(kind);
    place = await start();
  });
  afterEach(() => place.close());

  it.each(HOSTILE_ANSWERS)(
    '$name instead of the libraries: nothing is known, and nobody waits',
    async ({ write }) => {
      const fault = place.http.fault({ path: place.libraries, writes: write });
      const delay = monitorEventLoopDelay({ resolution: 10 });
      delay.enable();
      const listed = await place.server.listLibraries();
      delay.disable();
      expect(fault.hits).toBe(1);
      expect(listed.kind === 'unknown' && listed.why.kind).toMatch(
        /^(too-large|not-understood|not-this-kind)$/,
      );
      // The figures are measured in the bench; here it was 10 to 47 s.
      expect(delay.max / 1e6).toBeLessThan(1_000);
      expect((await place.server.listLibraries()).kind).toBe('known');
    },
  );

  it('2,001 libraries: staff are told which limit it is', async () => {
    place.http.fault({ path: place.libraries, writes: manyLibraries(2_001).write });
    const listed = await place.server.listLibraries();
    if (listed.kind === 'known') throw new Error('they were read');
    expect(listed.why).toMatchObject({ kind: 'too-large' });
    expect(inEnglish(listed.why.message)).toMatch(
      /^127\.0\.0\.1:\d+ lists more than 2,000 libraries, and Usher reads no more/,
    );
  });
});
