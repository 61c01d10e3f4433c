import type { JellyfinOptions } from '../../../src/adapters/jellyfin/client.ts';
import { createJellyfinServer } from '../../../src/adapters/jellyfin/media-server.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import type { MediaServerWorld, Spoil } from '../../contracts/media-server.ts';
import type { Fault, StandInClock } from '../../standins/http.ts';
import { type Jellyfin, type JellyfinVersion, startJellyfin } from '../../standins/jellyfin/jellyfin.ts';
import { saidPlain } from '../../support/said.ts';
import { counter, startClient, takenOver, WIRE_FAULTS } from '../world.ts';

export interface JellyfinWorld extends MediaServerWorld {
  readonly jellyfin: Jellyfin;
  readonly clock: StandInClock;
  readonly options: JellyfinOptions;
}

const READS_OF: Readonly<Record<'access' | 'libraries' | 'streams', RegExp>> = {
  streams: /\/Sessions$/i,
  access: /\/Users$/i,
  libraries: /\/Library\/VirtualFolders$/i,
};

const FAULTS: Readonly<Record<Spoil, Omit<Fault, 'path'>>> = {
  ...WIRE_FAULTS,
  'web page': { answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' } },
  'error document': { answer: { status: 200, body: { error: 'something' } } },
  'status 500': {
    answer: { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Error processing request.' },
  },
  'token dead': { answer: { status: 401 } },
  'rate limit': { answer: { status: 429, headers: { 'retry-after': '005' } } },
  starting: {
    answer: {
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: '<title>Jellyfin Startup</title>',
    },
  },
};

/** A Jellyfin server with Films, Shows and Music. */
export async function startJellyfinWorld(
  version: JellyfinVersion = '10.11',
  basePath = '',
): Promise<JellyfinWorld> {
  const { clock, http, client: options } = startClient();
  const jellyfin = await startJellyfin({
    clock,
    version,
    basePath,
    libraries: [
      { name: 'Films', type: 'movies' },
      { name: 'Shows', type: 'tvshows' },
      { name: 'Music', type: 'music' },
    ],
  });
  const { serverId, url } = jellyfin;
  const byId = (id: string) => {
    const user = jellyfin.state.users.get(id);
    if (!user) throw new Error(`no user ${id}`);
    return user;
  };

  return {
    jellyfin,
    clock,
    options,
    identity: { identity: serverId, name: 'tower', version: jellyfin.state.version, ownerAccountId: null },
    readsOfEverybody: 1,
    readsBeforeWrite: 1,
    at: () =>
      createJellyfinServer(
        {
          kind: 'jellyfin',
          url,
          token: jellyfin.apiKey,
          certificate: null,
          clientIdentifier: null,
          identity: serverId,
        },
        options,
      ),
    libraryId: (name) => jellyfin.libraryId(name),
    addMember(name, access) {
      const user = jellyfin.addUser({ name, password: 'secret' });
      if (access !== 'all') {
        user.policy.EnableAllFolders = false;
        user.policy.EnabledFolders = access.map((each) => jellyfin.libraryId(each));
      }
      return user.id;
    },
    addProtected: () => jellyfin.addUser({ name: 'second admin', password: 'secret', admin: true }).id,
    async letIn(server: MediaServer, name, libraries) {
      const account = { name, password: 'S3cret!', externalIds: libraries, resume: false, template: null };
      const made = await server.accounts?.create(account);
      if (made?.kind === 'created') return made.externalId;
      return made?.kind === 'failed'
        ? { message: saidPlain(made.why.message) }
        : { message: `${made?.kind}` };
    },
    addLibraries(count) {
      for (let number = 1; number <= count; number += 1)
        jellyfin.addLibrary({ name: `Library ${number}`, type: 'movies' });
    },
    editElsewhere(id, libraries) {
      byId(id).policy.EnabledFolders = libraries.map((name) => jellyfin.libraryId(name));
    },
    signInElsewhere(id) {
      byId(id).policy.AuthenticationProviderId = 'Jellyfin.Plugin.LDAP_Auth.LdapAuthenticationProviderPlugin';
    },
    giveRights(id) {
      byId(id).policy.EnableContentDownloading = true;
    },
    mayMore: (id) => byId(id).policy.EnableContentDownloading,
    accessOf: (id) => jellyfin.accessOf(byId(id)),
    watch(id, how) {
      const watched = how === 'idle' ? {} : { playing: 'Films/Up' };
      jellyfin.signInOutside(byId(id), watched).paused = how === 'paused';
    },
    spoil(what, how) {
      jellyfin.http.fault({
        path: READS_OF[what],
        method: 'GET',
        times: Number.POSITIVE_INFINITY,
        ...FAULTS[how],
      });
    },
    loseNextAnswer() {
      jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, dropAfterCommit: true });
    },
    refuseNextWrite(how) {
      jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, ...FAULTS[how] });
    },
    replaceIdentity: () => jellyfin.replaceIdentity(),
    ...takenOver(
      jellyfin.http,
      () => jellyfin.replaceIdentity(),
      () => jellyfin.secrets,
    ),
    takeCounts: counter(() => jellyfin.http.requests),
    secrets: () => jellyfin.secrets,
    stop: () => jellyfin.stop(),
    async close() {
      await http.close();
      await jellyfin.stop();
    },
  };
}
