import type {
  AccessReading,
  AccountAccess,
  Invitations,
  Known,
  MediaServer,
  ServerAddress,
  ServerIdentity,
  Trouble,
  Withdrawn,
  WriteOutcome,
} from '../../app/ports/media-server.ts';
import { isNonEmpty, type LibraryType, type NonEmpty } from '../../domain/model.ts';
import { PROTECTIONS, type Protection } from '../../domain/protection.ts';
import { type Sentence, say } from '../../words/say.ts';
import { nameFrom, removedAmong, writeLost, writeRefused } from '../http-client/answers.ts';
import {
  isDeadToken,
  laneOf,
  NOT_A_TOKEN,
  PlexClient,
  type PlexOptions,
  troubleOf,
  unknown,
} from './client.ts';
import { PlexMachine } from './machine.ts';
import { readAccounts, readHomeUsers, readResources, readSections, readUser } from './schema.ts';
import { opensOf } from './server-tokens.ts';
import { isRestricted, lostIn, NEW_SHARE_SETTINGS } from './settings.ts';
import type { SharingSettings } from './share-schema.ts';
import { PlexShares, ShareHandle, type SharesReading } from './shares.ts';
import { done, type Invitee, notPossible, PlexSharing } from './sharing.ts';

/** Makes the adapter for one Plex Media Server. Sends nothing yet. */
export function createPlexServer(address: ServerAddress, options: PlexOptions): MediaServer {
  return new PlexMediaServer(address, options);
}

/** A server's own token, or the passing one of an app's page, opens a server and is unknown at plex.tv (A2.2). */
const NO_ACCOUNT_TOKEN = {
  kind: 'unauthorised',
  message: say('trouble.plex.noAccountToken'),
} as const;
const UNCLAIMED: Trouble = {
  kind: 'not-possible',
  message: say('trouble.plex.unclaimed'),
};
const TYPES: ReadonlyMap<string, LibraryType> = new Map([
  ['movie', 'movies'],
  ['show', 'shows'],
  ['artist', 'music'],
  ['photo', 'photos'],
]);

/** Only a person's command probes a server. */
const ASKED = { isAsked: true } as const;

class PlexMediaServer implements MediaServer {
  readonly kind = 'plex';
  readonly invitations: Invitations = {
    invite: (externalId, externalIds) => this.#invite(externalId, externalIds),
    protectionOf: (externalId) => this.#protectionOf(externalId),
  };
  readonly #address: ServerAddress;
  readonly #options: PlexOptions;
  readonly #client: PlexClient;
  readonly #machine: PlexMachine;
  #parts: { readonly shares: PlexShares; readonly sharing: PlexSharing; readonly id: string } | undefined;
  #ownerId: string | null = null;
  #home: Promise<Known<ReadonlyMap<string, Protection>>> | undefined;

  constructor(address: ServerAddress, options: PlexOptions) {
    this.#address = address;
    this.#options = options;
    this.#client = new PlexClient(options, address, address.clientIdentifier);
    this.#machine = new PlexMachine(this.#client, options.tokens, address.token);
  }

  /**
   * The checks of A4.1, ordered so that the token goes nowhere before something has said that it is a Plex server,
   * and to that server only after plex.tv has said that it is the owner's.
   */
  async probe(): Promise<Known<ServerIdentity>> {
    const { token, identity, tokenIsNew } = this.#address;
    const server = await this.#client.readIdentity(ASKED);
    if (server.kind === 'unknown') return server;
    const { machineIdentifier, version, claimed } = server.value;
    if (claimed === false) return unknown(UNCLAIMED);
    const owner = await this.#client.read(
      { host: 'plex.tv', path: '/api/v2/user', token, ...ASKED },
      readUser,
    );
    if (owner.kind === 'unknown') {
      const isFirst = identity === null || tokenIsNew === true;
      const isRefused = owner.why.kind === 'unauthorised' && owner.why !== NOT_A_TOKEN;
      return isFirst && isRefused ? unknown(NO_ACCOUNT_TOKEN) : owner;
    }
    const resources = await this.#client.read(
      {
        host: 'plex.tv',
        path: '/api/v2/resources',
        query: { includeHttps: '1', includeRelay: '1' },
        token,
        ...ASKED,
      },
      readResources,
    );
    if (resources.kind === 'unknown') return resources;
    this.#options.tokens.note(laneOf(token), opensOf(resources.value, token));
    const resource = resources.value.find(
      ({ clientIdentifier, provides }) =>
        clientIdentifier === machineIdentifier && provides.split(',').includes('server'),
    );
    if (!resource?.owned)
      return unknown({
        kind: 'forbidden',
        message: say('trouble.plex.notTheirs'),
      });
    for (const [path, reader] of [
      ['/library/sections', readSections],
      ['/accounts', readAccounts],
    ] as const) {
      const read = await this.#machine.read<unknown>(machineIdentifier, path, reader, ASKED);
      if (read.kind === 'unknown') return read;
    }
    const sharing = new PlexSharing(this.#client, token, machineIdentifier);
    const cloud = await sharing.listCloudSections(ASKED);
    if (cloud.kind === 'unknown') return cloud;
    return {
      kind: 'known',
      value: {
        identity: machineIdentifier,
        name: nameFrom(resource.name),
        version: nameFrom(version),
        ownerAccountId: owner.value.id,
      },
    };
  }

  /** `/identity` answers without a token, so this proves the address and not the credentials (A4.1). */
  async ping(how?: { readonly isAsked?: boolean }): ReturnType<MediaServer['ping']> {
    const server = await this.#client.readIdentity(how);
    if (server.kind === 'unknown') return server;
    const { version, claimed } = server.value;
    return {
      kind: 'known',
      value: { version: nameFrom(version), ...(claimed === false && { closed: UNCLAIMED }) },
    };
  }

  /**
   * The sections of the server. Those that plex.tv lists too can be granted (A5.2). Where plex.tv gives nothing that
   * opens the server, those that plex.tv lists are all that is known (A2.2).
   */
  async listLibraries(): ReturnType<MediaServer['listLibraries']> {
    const parts = await this.#getParts();
    if (parts.kind === 'unknown') return parts;
    const [sections, cloud] = await Promise.all([
      this.#machine.read(parts.value.id, '/library/sections', readSections),
      parts.value.sharing.listCloudSections(),
    ]);
    // If both lists agree in everything we keep, they are right. Otherwise it is checked whether this is still our
    // server: plex.tv may only be late (edge case 3), or the address may lead to another server (edge case 39).
    const atPlexTv = new Map(
      cloud.kind === 'known' ? cloud.value.map((section) => [section.key, section]) : [],
    );
    const agree =
      sections.kind === 'known' &&
      sections.value !== null &&
      cloud.kind === 'known' &&
      sections.value.length === cloud.value.length &&
      sections.value.every(({ key, title, type }) => {
        const known = atPlexTv.get(key);
        return known !== undefined && title === known.title && type === known.type;
      });
    if (!agree) {
      const server = await this.#client.readIdentity();
      if (server.kind === 'unknown') return server;
    }
    if (sections.kind === 'unknown') return sections;
    if (cloud.kind === 'unknown') return cloud;
    return {
      kind: 'known',
      ...(sections.value === null && { isPartial: true }),
      value: (sections.value ?? cloud.value).map(({ key, title, type, uuid }) => {
        const known = atPlexTv.get(key);
        // Under this key plex.tv may still have the library that was there before (A5.2).
        const isOther = uuid != null && known?.uuid != null && known.uuid !== uuid;
        return {
          externalId: key,
          identity: uuid ?? known?.uuid ?? null,
          name: nameFrom(title),
          type: TYPES.get(type) ?? 'other',
          grantable: known !== undefined && !isOther,
        };
      }),
    };
  }

  /**
   * Read from plex.tv only: it keeps shares under the machine identifier, so neither this nor a write can reach
   * another server. An invitation that is asked for as `email:` is also found by its share id after somebody has
   * accepted it (edge case 12).
   */
  async readAccess(
    options: { readonly of?: readonly string[]; readonly after?: AccessReading } = {},
  ): Promise<Known<AccessReading>> {
    const parts = await this.#getParts();
    if (parts.kind === 'unknown') return parts;
    parts.value.sharing.forgetMapping();
    const { removed } = parts.value.sharing;
    const first = await parts.value.shares.read({ ...options, removed });
    if (first.kind === 'unknown') return first;
    const spoilt = await this.#spoiltIn(first.value);
    for (const { account } of spoilt) await this.#putBack(account);
    const reading = spoilt.length === 0 ? first : await parts.value.shares.read({ ...options, removed });
    if (reading.kind === 'unknown') return reading;
    const lost = spoilt.length === 0 ? [] : await this.#spoiltIn(reading.value);
    parts.value.sharing.sent.clear();
    // plex.tv lists nothing for a server that was taken off the account, which looks like nobody having access.
    if (reading.value.accounts.length === 0 && reading.value.isEmpty && (await this.#isUnclaimed()))
      return unknown(UNCLAIMED);
    this.#ownerId ??= reading.value.ownerId;
    const accounts = await this.#withProtection(reading.value.accounts);
    const { left, unread } = reading.value;
    return {
      kind: 'known',
      value: {
        accounts,
        ...(left.length > 0 && { left }),
        ...(unread.length > 0 && { unread }),
        ...(lost.length > 0 && { notices: lost.map(noticeOf) }),
      },
    };
  }

  async setLibraries(account: AccountAccess, externalIds: NonEmpty<string>): Promise<WriteOutcome> {
    if (account.externalId === this.#ownerId) return OWNER_IS_LEFT;
    if (account.protection !== null && !isLess(account, externalIds))
      return notPossible(say('trouble.plex.protected', { is: PROTECTIONS[account.protection].is }));
    const { handle } = account;
    if (!(handle instanceof ShareHandle)) return notPossible(say('trouble.plex.unreadAccount'));
    return await this.#write(account.externalId, async (sharing) => {
      const ids = await sharing.mapLibraries(externalIds);
      if (ids.kind === 'unknown') return { kind: 'failed', why: ids.why };
      const settings = await settingsOf(account.externalId, handle, sharing);
      const share = { shareId: handle.shareId, had: account.access };
      // What has ended is taken all the same: nothing that nobody can tell may keep it open.
      if (!settings && isLess(account, externalIds)) {
        const taken = await sharing.update(share, ids.value, null);
        const isRefused = taken.kind === 'failed' && !taken.why.exceeds;
        return isRefused && account.pending ? await sharing.remove(handle.shareId) : taken;
      }
      if (!settings) return notPossible(say('trouble.plex.noSettings'));
      if (!account.pending) return await sharing.update(share, ids.value, settings);
      // Nobody knows whether a pending share can be updated, so it is cancelled and made again (A5.6).
      const cancelled = await sharing.remove(handle.shareId);
      if (cancelled.kind !== 'done') return cancelled;
      const invitee = inviteeOf(account, handle);
      if (!invitee) return notPossible(say('trouble.plex.noInvitee'));
      const made = await sharing.create(invitee, ids.value, settings);
      return made.kind === 'already-shared' ? notYet() : made;
    });
  }

  async withdraw(account: Withdrawn): Promise<WriteOutcome> {
    if (account.externalId === this.#ownerId) return OWNER_IS_LEFT;
    const { handle } = account;
    if (!(handle instanceof ShareHandle)) return notPossible(say('trouble.plex.unreadAccount'));
    return await this.#write(account.externalId, (sharing) => sharing.remove(handle.shareId));
  }

  async #invite(externalId: string, externalIds: NonEmpty<string>): Promise<WriteOutcome> {
    if (!/^\d+$/.test(externalId)) return notPossible(say('trouble.plex.onlyAccounts'));
    const owner = await this.#getOwnerId();
    if (owner.kind === 'unknown') return { kind: 'failed', why: owner.why };
    if (owner.value === externalId) return OWNER_IS_LEFT;
    return await this.#write(externalId, async (sharing, shares) => {
      const ids = await sharing.mapLibraries(externalIds);
      if (ids.kind === 'unknown') return { kind: 'failed', why: ids.why };
      // They are the person's and not the share's, so a new share must not take a filter away elsewhere (A5.7).
      const theirs = await sharing.readSettings(externalId);
      const keep = theirs.kind === 'known' && isRestricted(theirs.value);
      const settings = keep ? theirs.value : NEW_SHARE_SETTINGS;
      const create = () => sharing.create({ accountId: externalId }, ids.value, settings);
      const made = await create();
      if (made.kind !== 'already-shared') return made;

      const reading = await shares.read({ of: [externalId], removed: sharing.removed });
      if (reading.kind === 'unknown') return { kind: 'unclear', why: reading.why };
      const [found] = reading.value.accounts;
      if (found) return hasExactly(found, externalIds) ? done : notYet();
      // An orphan is a row that gives no access and blocks new invitations (A5.5). Accepted rows give somebody
      // access and are never removed here.
      const rows = await shares.listV1();
      if (rows.kind === 'unknown') return { kind: 'unclear', why: rows.why };
      const orphan = rows.value.shares.find(
        ({ userID, acceptedAt }) => userID === externalId && acceptedAt === null,
      );
      if (!orphan) return notYet();
      const removed = await sharing.remove(orphan.id);
      if (removed.kind !== 'done') return removed;
      const again = await create();
      return again.kind === 'already-shared' ? notYet() : again;
    });
  }

  /** plex.tv removes endpoints without notice (media-servers.md A7). Reading them shows it before a write fails. */
  async findRemovedEndpoints(): Promise<Known<readonly string[]>> {
    const server = await this.#client.readIdentity();
    if (server.kind === 'unknown') return server;
    const { machineIdentifier } = server.value;
    const opens = await this.#machine.open(machineIdentifier);
    if (opens.kind === 'unknown') return opens;
    const { token } = this.#address;
    const answers = await Promise.all(
      (
        [
          ['plex.tv', '/api/v2/user'],
          ['plex.tv', '/api/v2/resources'],
          ['plex.tv', `/api/v2/servers/${machineIdentifier}`],
          ['plex.tv', `/api/servers/${machineIdentifier}/shared_servers`],
          ['clients', '/api/v2/shared_servers/owned/accepted'],
          ['clients', '/api/v2/shared_servers/owned/pending'],
          ['clients', '/api/v2/shared_servers/invites/received/pending'],
          ...(opens.value === null ? [] : (['/library/sections', '/status/sessions'] as const)).map(
            (path) => ['pms', path] as const,
          ),
        ] as const
      ).map(async ([host, path]) => ({
        path: `${host} ${path.replace(machineIdentifier, '{id}')}`,
        answer: await this.#client.send({
          ...{ path, method: 'GET' as const, onlyStatus: true as const },
          ...(host === 'pms' ? { host, token: opens.value } : { host, token }),
        }),
      })),
    );
    return removedAmong(answers);
  }

  async endSessions(...[accounts]: Parameters<MediaServer['endSessions']>): Promise<void> {
    // Sessions of the owner have the id 1 (edge case 42).
    await this.#machine.endSessions(
      accounts.filter(({ externalId: id }) => id !== '1' && id !== this.#ownerId),
    );
  }

  countStreams = (): Promise<Known<number>> => this.#machine.countStreams();

  async revokeToken(): Promise<WriteOutcome> {
    const path = '/api/v2/users/signout';
    const answer = await this.#client.send({
      host: 'plex.tv',
      method: 'DELETE',
      path,
      token: this.#address.token,
    });
    if (answer.kind === 'failure') return writeLost(answer);
    if ((answer.status >= 200 && answer.status < 300) || isDeadToken(answer)) return done;
    return writeRefused(answer, troubleOf(answer, 'plex.tv'));
  }

  /** Shares that do not have the settings that were sent to them last. */
  async #spoiltIn({ accounts }: SharesReading): Promise<readonly Spoilt[]> {
    const parts = await this.#getParts();
    if (parts.kind === 'unknown' || parts.value.sharing.sent.size === 0) return [];
    const { sharing } = parts.value;
    const spoilt: Spoilt[] = [];
    for (const account of accounts) {
      const { handle } = account;
      const sent = handle instanceof ShareHandle ? sharing.sent.get(handle.shareId) : undefined;
      if (!sent || !(handle instanceof ShareHandle)) continue;
      const found = await settingsOf(account.externalId, handle, sharing);
      const names = found ? lostIn(sent, found) : [];
      if (names.length > 0) spoilt.push({ account, names });
    }
    return spoilt;
  }

  /** Once: what plex.tv loses again is for a person (A5.6). */
  async #putBack({ externalId, handle, access }: AccountAccess): Promise<void> {
    if (!(handle instanceof ShareHandle) || access.kind === 'all' || !isNonEmpty(access.externalIds)) return;
    const libraries = access.externalIds;
    await this.#write(externalId, async (sharing) => {
      const sent = sharing.sent.get(handle.shareId);
      const ids = await sharing.mapLibraries(libraries);
      return sent && ids.kind === 'known'
        ? await sharing.update({ shareId: handle.shareId, had: access }, ids.value, sent)
        : done;
    });
  }

  /**
   * The shares of a list say that an account is in some Home and not in whose, so the owner's is asked for when one of
   * them does (A5.10). While that cannot be read, nothing is given to any of these.
   */
  async #withProtection(accounts: readonly AccountAccess[]): Promise<readonly AccountAccess[]> {
    const home = accounts.some(({ protection }) => protection === 'home')
      ? await this.#readHome()
      : undefined;
    return accounts.map((account) => {
      if (account.externalId === this.#ownerId) return { ...account, protection: 'owner' };
      if (account.protection !== 'home' || home?.kind !== 'known') return account;
      return { ...account, protection: home.value.get(account.externalId) ?? null };
    });
  }

  async #protectionOf(externalId: string): Promise<Known<Protection | null>> {
    const owner = await this.#getOwnerId();
    if (owner.kind === 'unknown') return owner;
    if (owner.value === externalId) return { kind: 'known', value: 'owner' };
    const home = await this.#readHome();
    return home.kind === 'unknown' ? home : { kind: 'known', value: home.value.get(externalId) ?? null };
  }

  /** Who is in the owner's Home. An owner without one has nobody in it, whatever plex.tv calls that. */
  async #readHome(): Promise<Known<ReadonlyMap<string, Protection>>> {
    const { token } = this.#address;
    this.#home ??= this.#client.read({ host: 'plex.tv', path: '/api/home/users', token }, readHomeUsers);
    const home = await this.#home;
    if (home.kind === 'known') return home;
    this.#home = undefined;
    const { kind } = home.why;
    return kind === 'not-possible' || kind === 'forbidden' ? { kind: 'known', value: new Map() } : home;
  }

  /** Runs writes about one account of one server one after another. */
  async #write(
    externalId: string,
    work: (sharing: PlexSharing, shares: PlexShares) => Promise<WriteOutcome>,
  ): Promise<WriteOutcome> {
    const parts = await this.#getParts();
    if (parts.kind === 'unknown') return { kind: 'failed', why: parts.why };
    const { id, sharing, shares } = parts.value;
    return await this.#options.http.inTurn(`plex ${id} ${externalId}`, () => work(sharing, shares));
  }

  async #getParts() {
    if (this.#parts) return { kind: 'known', value: this.#parts } as const;
    let id = this.#address.identity;
    if (id === null) {
      const server = await this.#client.readIdentity();
      if (server.kind === 'unknown') return server;
      id = server.value.machineIdentifier;
    }
    const { token } = this.#address;
    const shares = new PlexShares(this.#client, token, id);
    this.#parts ??= { id, shares, sharing: new PlexSharing(this.#client, token, id) };
    return { kind: 'known', value: this.#parts } as const;
  }

  /** No list of shares contains the owner (A5.3, edge case 42): taken from a share, or asked for once. */
  async #getOwnerId(): Promise<Known<string>> {
    if (this.#ownerId !== null) return { kind: 'known', value: this.#ownerId };
    const owner = await this.#client.read(
      { host: 'plex.tv', path: '/api/v2/user', token: this.#address.token },
      readUser,
    );
    if (owner.kind === 'unknown') return owner;
    this.#ownerId = owner.value.id;
    return { kind: 'known', value: this.#ownerId };
  }

  async #isUnclaimed(): Promise<boolean> {
    const server = await this.#client.readIdentity();
    return server.kind === 'known' && server.value.claimed === false;
  }
}

const OWNER_IS_LEFT = notPossible(say('trouble.plex.owner'));

/** Whether these libraries are less than what the account has. */
const isLess = ({ access }: AccountAccess, externalIds: readonly string[]): boolean =>
  access.kind === 'all' ||
  (access.externalIds.length > externalIds.length &&
    new Set(externalIds).isSubsetOf(new Set(access.externalIds)));

/** A share that does not have the settings that were sent, with their names. */
interface Spoilt {
  readonly account: AccountAccess;
  readonly names: readonly string[];
}

const noticeOf = ({ account, names }: Spoilt): Sentence =>
  say('trouble.plex.notKept', { account: account.name, names: names.join(', ') });

/** As the list told them, or as plex.tv says when it is asked; null where nobody tells. */
async function settingsOf(
  externalId: string,
  { settings }: ShareHandle,
  sharing: PlexSharing,
): Promise<SharingSettings | null> {
  if (settings || !/^\d+$/.test(externalId)) return settings;
  const asked = await sharing.readSettings(externalId);
  return asked.kind === 'known' ? asked.value : null;
}

const inviteeOf = (account: AccountAccess, handle: ShareHandle): Invitee | undefined => {
  if (/^\d+$/.test(account.externalId)) return { accountId: account.externalId };
  return handle.invitedEmail === null ? undefined : { email: handle.invitedEmail };
};

/** plex.tv has a share for this server and account that differs, or is not listed yet. The next reading decides. */
const notYet = (): WriteOutcome => ({
  kind: 'unclear',
  why: { kind: 'not-possible', message: say('trouble.plex.alreadyShared') },
});

const hasExactly = ({ access }: AccountAccess, wanted: readonly string[]): boolean =>
  access.kind === 'libraries' && new Set(access.externalIds).symmetricDifference(new Set(wanted)).size === 0;
