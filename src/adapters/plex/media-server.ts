import type {
  AccessReading,
  AccountAccess,
  Invitations,
  Known,
  LibraryOnServer,
  MediaServer,
  ServerAddress,
  ServerIdentity,
  Trouble,
  WriteOutcome,
} from '../../app/ports/media-server.ts';
import type { LibraryType, NonEmpty } from '../../domain/model.ts';
import { nameFrom, removedAmong } from '../http-client/answers.ts';
import { NOT_A_TOKEN, PlexClient, type PlexOptions, unknown } from './client.ts';
import {
  readAnyContainer,
  readIdentity,
  readResources,
  readSections,
  readSessions,
  readUser,
} from './schema.ts';
import { PlexShares, ShareHandle } from './shares.ts';
import { done, type Invitee, NEW_SHARE_SETTINGS, notPossible, PlexSharing } from './sharing.ts';

/** Makes the adapter for one Plex Media Server. Sends nothing yet. */
export function createPlexServer(address: ServerAddress, options: PlexOptions): MediaServer {
  return new PlexMediaServer(address, options);
}

const OTHER_SERVER = {
  kind: 'other-server',
  message: 'Another Plex server answers at this address now.',
} as const;
/** A server's own token, or the passing one of an app's page, opens a server and is unknown at plex.tv (A2.2). */
const NO_ACCOUNT_TOKEN = {
  kind: 'unauthorised',
  message:
    "plex.tv does not accept the token: this is not the token of a Plex account. Type the X-Plex-Token of the owner's account, or leave it empty to sign in at plex.tv.",
} as const;
const UNCLAIMED: Trouble = {
  kind: 'not-possible',
  message:
    'This Plex server is not claimed any more: it belongs to no Plex account, so nothing can be shared from it. Open Plex Web on the server itself, Settings → General → Claim Server, sign in as the owner, and run /server check.',
};
const TYPES: Readonly<Record<string, LibraryType>> = {
  movie: 'movies',
  show: 'shows',
  artist: 'music',
  photo: 'photos',
};

class PlexMediaServer implements MediaServer {
  readonly kind = 'plex';
  readonly invitations: Invitations = {
    invite: (externalId, externalIds) => this.#invite(externalId, externalIds),
  };
  readonly #address: ServerAddress;
  readonly #options: PlexOptions;
  readonly #client: PlexClient;
  readonly #removed = new Set<string>();
  #parts: { readonly shares: PlexShares; readonly sharing: PlexSharing; readonly id: string } | undefined;
  #ownerId: string | null = null;

  constructor(address: ServerAddress, options: PlexOptions) {
    this.#address = address;
    this.#options = options;
    this.#client = new PlexClient(options, address);
  }

  /**
   * The checks of A4.1, ordered so that the token goes nowhere before something has said that it is a Plex server,
   * and to that server only after plex.tv has said that it is the owner's.
   */
  async probe(): Promise<Known<ServerIdentity>> {
    const { token, identity, tokenIsNew } = this.#address;
    const server = await this.#readIdentity();
    if (server.kind === 'unknown') return server;
    const { machineIdentifier, version, claimed } = server.value;
    if (claimed === false) return unknown(UNCLAIMED);
    const owner = await this.#client.read({ host: 'plex.tv', path: '/api/v2/user', token }, readUser);
    if (owner.kind === 'unknown') {
      const isFirst = identity === null || tokenIsNew === true;
      const isRefused = owner.why.kind === 'unauthorised' && owner.why !== NOT_A_TOKEN;
      return isFirst && isRefused ? unknown(NO_ACCOUNT_TOKEN) : owner;
    }
    const resources = await this.#client.read(
      { host: 'plex.tv', path: '/api/v2/resources', query: { includeHttps: '1', includeRelay: '1' }, token },
      readResources,
    );
    if (resources.kind === 'unknown') return resources;
    const resource = resources.value.find(
      ({ clientIdentifier, provides }) =>
        clientIdentifier === machineIdentifier && provides.split(',').includes('server'),
    );
    if (!resource?.owned)
      return unknown({
        kind: 'forbidden',
        message: 'This Plex server does not belong to the account of the token.',
      });
    for (const [path, reader] of [
      ['/library/sections', readSections],
      ['/accounts', readAnyContainer],
    ] as const) {
      const read = await this.#client.read<unknown>({ host: 'pms', path, token }, reader);
      if (read.kind === 'unknown') return read;
    }
    const sharing = new PlexSharing(this.#client, token, machineIdentifier);
    const cloud = await sharing.listCloudSections();
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
  async ping(): ReturnType<MediaServer['ping']> {
    const server = await this.#readIdentity();
    if (server.kind === 'unknown') return server;
    const { version, claimed } = server.value;
    return {
      kind: 'known',
      value: { version: nameFrom(version), ...(claimed === false && { closed: UNCLAIMED }) },
    };
  }

  /** The sections of the server. Those that plex.tv lists too can be granted (A5.2). */
  async listLibraries(): Promise<Known<readonly LibraryOnServer[]>> {
    const parts = await this.#getParts();
    if (parts.kind === 'unknown') return parts;
    const [sections, cloud] = await Promise.all([
      this.#client.read({ host: 'pms', path: '/library/sections', token: this.#address.token }, readSections),
      parts.value.sharing.listCloudSections(),
    ]);
    // If both lists agree in everything we keep, they are right. Otherwise it is checked whether this is still our
    // server: plex.tv may only be late (edge case 3), or the address may lead to another server (edge case 39).
    const agree =
      sections.kind === 'known' &&
      cloud.kind === 'known' &&
      sections.value.length === cloud.value.length &&
      sections.value.every((section) =>
        cloud.value.some(
          ({ key, title, type }) => key === section.key && title === section.title && type === section.type,
        ),
      );
    if (!agree) {
      const server = await this.#readIdentity();
      if (server.kind === 'unknown') return server;
    }
    if (sections.kind === 'unknown') return sections;
    if (cloud.kind === 'unknown') return cloud;
    const grantable = new Set(cloud.value.map(({ key }) => key));
    return {
      kind: 'known',
      value: sections.value.map(({ key, title, type }) => ({
        externalId: key,
        name: nameFrom(title),
        type: TYPES[type] ?? 'other',
        grantable: grantable.has(key),
      })),
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
    const reading = await parts.value.shares.read({ ...options, removed: this.#removed });
    if (reading.kind === 'unknown') return reading;
    // plex.tv lists nothing for a server that was taken off the account, which looks like nobody having access.
    if (reading.value.accounts.length === 0 && reading.value.isEmpty && (await this.#isUnclaimed()))
      return unknown(UNCLAIMED);
    this.#ownerId ??= reading.value.ownerId;
    const accounts = reading.value.accounts.map((account) =>
      account.externalId === this.#ownerId ? { ...account, protected: true } : account,
    );
    const { left } = reading.value;
    return { kind: 'known', value: { accounts, ...(left.length > 0 && { left }) } };
  }

  async setLibraries(account: AccountAccess, externalIds: NonEmpty<string>): Promise<WriteOutcome> {
    const refusal = this.#refusal(account);
    if (refusal) return refusal;
    const { handle } = account;
    if (!(handle instanceof ShareHandle)) return notPossible('This account was not read from plex.tv.');
    const { settings } = handle;
    if (!settings)
      return notPossible('plex.tv does not tell the settings of this share, so it is left as it is.');
    return await this.#write(account.externalId, async (sharing) => {
      const ids = await sharing.mapLibraries(externalIds);
      if (ids.kind === 'unknown') return { kind: 'failed', why: ids.why };
      if (!account.pending) return await sharing.update(handle.shareId, ids.value, settings);
      // Nobody knows whether a pending share can be updated, so it is cancelled and made again (A5.6).
      const cancelled = await sharing.remove(handle.shareId);
      if (cancelled.kind !== 'done') return cancelled;
      const invitee = inviteeOf(account, handle);
      if (!invitee)
        return notPossible('The invitation has neither an account nor an address to send it to again.');
      const made = await sharing.create(invitee, ids.value, settings);
      return made.kind === 'already-shared' ? notYet() : made;
    });
  }

  async withdraw(account: AccountAccess): Promise<WriteOutcome> {
    const refusal = this.#refusal(account);
    if (refusal) return refusal;
    const { handle } = account;
    if (!(handle instanceof ShareHandle)) return notPossible('This account was not read from plex.tv.');
    return await this.#write(account.externalId, async (sharing) => {
      const outcome = await sharing.remove(handle.shareId);
      if (outcome.kind === 'done') this.#removed.add(handle.shareId);
      return outcome;
    });
  }

  async #invite(externalId: string, externalIds: NonEmpty<string>): Promise<WriteOutcome> {
    if (!/^\d+$/.test(externalId)) return notPossible('Only a Plex account can be invited.');
    const owner = await this.#getOwnerId();
    if (owner.kind === 'unknown') return { kind: 'failed', why: owner.why };
    if (owner.value === externalId) return notPossible('The owner of the server has everything already.');
    return await this.#write(externalId, async (sharing, shares) => {
      const ids = await sharing.mapLibraries(externalIds);
      if (ids.kind === 'unknown') return { kind: 'failed', why: ids.why };
      const create = () => sharing.create({ accountId: externalId }, ids.value, NEW_SHARE_SETTINGS);
      const made = await create();
      if (made.kind !== 'already-shared') return made;

      const reading = await shares.read({ of: [externalId], removed: this.#removed });
      if (reading.kind === 'unknown') return { kind: 'unclear', why: reading.why };
      const [found] = reading.value.accounts;
      if (found) return hasExactly(found, externalIds) ? done : notYet();
      // An orphan is a row that gives no access and blocks new invitations (A5.5). Accepted rows give somebody
      // access and are never removed here.
      const rows = await shares.listV1();
      if (rows.kind === 'unknown') return { kind: 'unclear', why: rows.why };
      const orphan = rows.value.find(
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
    const server = await this.#readIdentity();
    if (server.kind === 'unknown') return server;
    const { machineIdentifier } = server.value;
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
          ['pms', '/library/sections'],
          ['pms', '/status/sessions'],
        ] as const
      ).map(async ([host, path]) => ({
        path: `${host} ${path.replace(machineIdentifier, '{id}')}`,
        answer: await this.#client.send({ host, path, method: 'GET', token }),
      })),
    );
    return removedAmong(answers);
  }

  /** Needs Plex Pass, and an ended session may stay listed for a while. Neither matters here (A4.3, edge case 44). */
  async endSessions(...[accounts]: Parameters<MediaServer['endSessions']>): Promise<void> {
    const { token } = this.#address;
    // Sessions of the owner have the id 1 (edge case 42).
    const members = accounts.filter(({ externalId: id }) => id !== '1' && id !== this.#ownerId);
    const stayingOf = new Map(members.map(({ externalId, staying }) => [externalId, staying]));
    if (stayingOf.size === 0) return;
    const server = await this.#readIdentity();
    if (server.kind === 'unknown') return;
    const sessions = await this.#client.read({ host: 'pms', path: '/status/sessions', token }, readSessions);
    if (sessions.kind === 'unknown') return;
    const own = sessions.value.filter(({ userId, section }) => {
      const staying = stayingOf.get(userId);
      return staying !== undefined && (section === null || !staying.includes(section));
    });
    await Promise.all(
      own.map(({ sessionId }) =>
        this.#client.send({
          host: 'pms',
          method: 'POST',
          path: '/status/sessions/terminate',
          query: { sessionId, reason: 'Your access has ended.' },
          token,
        }),
      ),
    );
  }

  #refusal(account: AccountAccess): WriteOutcome | undefined {
    const isProtected = account.protected || account.externalId === this.#ownerId;
    return isProtected ? notPossible('The owner and members of his Plex Home are never changed.') : undefined;
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
      const server = await this.#readIdentity();
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
    const server = await this.#readIdentity();
    return server.kind === 'known' && server.value.claimed === false;
  }

  async #readIdentity() {
    const server = await this.#client.read({ host: 'pms', path: '/identity', token: null }, readIdentity);
    const { identity } = this.#address;
    const isOther =
      server.kind === 'known' && identity !== null && server.value.machineIdentifier !== identity;
    return isOther ? unknown(OTHER_SERVER) : server;
  }
}

const inviteeOf = (account: AccountAccess, handle: ShareHandle): Invitee | undefined => {
  if (/^\d+$/.test(account.externalId)) return { accountId: account.externalId };
  return handle.invitedEmail === null ? undefined : { email: handle.invitedEmail };
};

/** plex.tv has a share for this server and account that differs, or is not listed yet. The next reading decides. */
const notYet = (): WriteOutcome => ({
  kind: 'unclear',
  why: { kind: 'not-possible', message: 'plex.tv says that this is shared already. It is read again.' },
});

const hasExactly = ({ access }: AccountAccess, wanted: readonly string[]): boolean =>
  access.kind === 'libraries' && new Set(access.externalIds).symmetricDifference(new Set(wanted)).size === 0;
