import type { PlexOptions } from '../../../src/adapters/plex/client.ts';
import { createPlexServer } from '../../../src/adapters/plex/media-server.ts';
import { OwnerLists } from '../../../src/adapters/plex/owner-lists.ts';
import { ServerTokens } from '../../../src/adapters/plex/server-tokens.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import type { MediaServerWorld, Spoil } from '../../contracts/media-server.ts';
import type { Fault, StandInClock } from '../../standins/http.ts';
import {
  okButError,
  type PlexAccount,
  type PlexServer,
  type PlexTv,
  rateLimited,
  startPlexTv,
} from '../../standins/plex/plex-tv.ts';
import { counter, startClient, takenOver, WIRE_FAULTS } from '../world.ts';

export interface PlexWorld extends MediaServerWorld {
  readonly plex: PlexTv;
  readonly clock: StandInClock;
  readonly pms: PlexServer;
  readonly owner: PlexAccount;
  readonly options: PlexOptions;
}

const READS_OF: Readonly<Record<'access' | 'libraries' | 'streams', RegExp>> = {
  streams: /^\/status\/sessions/,
  access: /^\/api\/v2\/shared_servers\/owned\//,
  libraries: /^\/(api\/v2\/servers\/|library\/sections)/,
};

const FAULTS: Readonly<Record<Spoil, Omit<Fault, 'path'>>> = {
  ...WIRE_FAULTS,
  'web page': { answer: okButError('html') },
  'error document': { answer: okButError('errors-json') },
  'status 500': { answer: { status: 500, body: 'oops' } },
  'token dead': { answer: { status: 422, body: 'Invalid token' } },
  'rate limit': { answer: rateLimited('005') },
  starting: { answer: { status: 503, body: { code: 503, title: 'Maintenance', status: 'Starting.' } } },
};

/** plex.tv with an owner called boss, whose server Tower has Films, Shows and Music. */
export async function startPlexWorld(): Promise<PlexWorld> {
  const { clock, http, client } = startClient();
  const plex = await startPlexTv({ clock });
  const owner = plex.addAccount({ username: 'boss' });
  const pms = await plex.addServer({
    owner,
    name: 'Tower',
    libraries: [{ title: 'Films' }, { title: 'Shows', type: 'show' }, { title: 'Music', type: 'artist' }],
  });
  const options: PlexOptions = {
    ...client,
    lists: new OwnerLists(),
    tokens: new ServerTokens(),
    plexTvUrl: plex.url,
    clientsUrl: plex.url,
  };
  const { machineIdentifier } = pms;
  const byId = (id: string): PlexAccount => {
    const account = plex.state.accounts.get(Number(id));
    if (!account) throw new Error(`no account ${id}`);
    return account;
  };

  return {
    plex,
    clock,
    pms,
    owner,
    options,
    identity: {
      identity: machineIdentifier,
      name: 'Tower',
      version: pms.version,
      ownerAccountId: String(owner.id),
    },
    readsOfEverybody: 2,
    readsBeforeWrite: 0,
    at: () =>
      createPlexServer(
        {
          kind: 'plex',
          url: pms.url,
          token: owner.token,
          certificate: null,
          clientIdentifier: null,
          identity: machineIdentifier,
        },
        options,
      ),
    libraryId: (name) => String(pms.library(name).key),
    addMember(name, access) {
      const account = plex.addAccount({ username: name });
      plex.share(account, pms, { libraries: access });
      return String(account.id);
    },
    addProtected() {
      const account = plex.addAccount({ title: 'Kid', managed: true, homeOf: owner });
      plex.share(account, pms, { libraries: ['Films'] });
      return String(account.id);
    },
    async letIn(server: MediaServer, name, libraries) {
      const account = plex.addAccount({ username: name });
      plex.befriend(owner, account);
      const outcome = await server.invitations?.invite(String(account.id), libraries);
      return outcome?.kind === 'done' ? String(account.id) : { message: `${outcome?.why.message}` };
    },
    addLibraries(count) {
      for (let number = 1; number <= count; number += 1) pms.addLibrary({ title: `Library ${number}` });
    },
    editElsewhere(id, libraries) {
      const share = plex.shareOf(byId(id), pms);
      if (share) share.libraryIds = new Set(libraries.map((name) => pms.library(name).cloudId));
    },
    accessOf(id) {
      const access = plex.accessOf(byId(id), pms);
      return access === 'pending' ? 'none' : access;
    },
    watch(id, how) {
      // Whoever is only signed in is in no list.
      if (how !== 'idle') pms.play(byId(id), 'Up', 'movie', pms.library('Films')).state = how;
    },
    spoil(what, how) {
      for (const http of [plex.http, pms.http])
        http.fault({ path: READS_OF[what], method: 'GET', times: Number.POSITIVE_INFINITY, ...FAULTS[how] });
      if (what === 'libraries')
        plex.http.fault({ path: /\/api\/v2\/user$/, times: Number.POSITIVE_INFINITY, ...FAULTS[how] });
    },
    loseNextAnswer() {
      for (const method of ['POST', 'DELETE'])
        plex.http.fault({ method, path: /\/shared_servers/, dropAfterCommit: true });
    },
    refuseNextWrite(how) {
      for (const method of ['POST', 'DELETE'])
        plex.http.fault({ method, path: /\/shared_servers/, ...FAULTS[how] });
    },
    replaceIdentity: () => plex.replaceIdentity(pms),
    ...takenOver(
      pms.http,
      () => plex.replaceIdentity(pms),
      () => plex.secrets,
    ),
    takeCounts: counter(() => [...plex.http.requests, ...pms.http.requests]),
    secrets: () => plex.secrets,
    async stop() {
      await plex.stop();
      await pms.stop();
    },
    async close() {
      await http.close();
      await plex.close();
    },
  };
}
