import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClients, type HttpClients } from '../../src/adapters/http-client/http-client.ts';
import { createMediaServers } from '../../src/adapters/media.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import { SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { StandInClock } from '../standins/http.ts';
import { here } from '../support/people.ts';
import { startJellyfinWorld } from './jellyfin/world.ts';
import { startPlexWorld } from './plex/world.ts';

let http: HttpClients;
beforeEach(() => {
  http = createHttpClients({ clock: new StandInClock() });
});
afterEach(() => http.close());

// What the domain says of a kind is shown to people before any adapter is asked; so the two must agree.
describe.each(SERVER_KINDS)('%s', (kind) => {
  const traits = MEDIA_KINDS[kind];
  const made = () =>
    createMediaServers({ http, clientIdentifier: 'usher-test', version: '0.0.0' }).of(here)[kind];

  it('signs people in as the table says', () => {
    expect(made().signIn?.by).toBe(traits.signIn?.by);
  });

  it('has the parts that its accounts need', () => {
    const address = {
      kind,
      url: traits.exampleUrl,
      certificate: null,
      clientIdentifier: null,
      token: 't',
      identity: null,
    };
    const { kind: itself, invitations, accounts } = made().at(address);
    expect(itself).toBe(kind);
    expect([invitations !== undefined, accounts !== undefined]).toEqual([
      traits.accounts === 'invited',
      traits.accounts === 'created',
    ]);
  });
});

// The real adapters and a real server, of which the client is told that it is outside of the own network.
describe('plain HTTP outside of the own network', () => {
  let outside: HttpClients;
  beforeEach(() => {
    outside = createHttpClients({ clock: new StandInClock(), isOwnNetwork: () => false });
  });
  afterEach(() => outside.close());

  it.each(['jellyfin', 'plex'] as const)(
    'to %s: nothing is sent, by whichever call, before an admin has taken it',
    async (kind) => {
      const world = kind === 'plex' ? await startPlexWorld() : await startJellyfinWorld();
      const machine = 'pms' in world ? world.pms : world.jellyfin;
      const kinds = createMediaServers({ ...world.options, http: outside }).of(here);
      const { url } = machine;
      const token = 'owner' in world ? world.owner.token : world.jellyfin.apiKey;
      const at = { kind, url, certificate: null, clientIdentifier: null, token };
      const { identity } = world.identity;
      try {
        const open = kinds[kind].at({ ...at, identity });
        const { signIn } = kinds[kind];
        const reads = [open.ping(), open.probe(), open.listLibraries(), open.findRemovedEndpoints()];
        for (const read of reads) expect(await read).toMatchObject({ why: { kind: 'plain-http' } });
        await open.endSessions([{ externalId: '77', staying: [] }]);
        const location = { url, certificate: null };
        if (signIn?.by === 'code')
          expect(await signIn.start(location)).toMatchObject({ why: { kind: 'plain-http' } });
        expect(machine.http.requests).toEqual([]);
        const taken = kinds[kind].at({ ...at, identity, plainHttp: true });
        expect(await taken.probe()).toMatchObject({ kind: 'known' });
        expect(await taken.listLibraries()).toMatchObject({ kind: 'known' });
        if (signIn?.by === 'code')
          expect(await signIn.start({ ...location, plainHttp: true })).toMatchObject({ kind: 'known' });
      } finally {
        await world.close();
      }
    },
  );
});
