import type {
  AccessReading,
  AccountAccess,
  Known,
  LibraryOnServer,
  MediaServer,
  NewServerAccount,
  ServerAccounts,
  ServerAddress,
  ServerIdentity,
  Trouble,
  Withdrawn,
  WriteOutcome,
} from '../../app/ports/media-server.ts';
import { mapInTurns } from '../../concurrency/in-turns.ts';
import type { NonEmpty } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { nameFrom, removedAmong, writeLost, writeRefused } from '../http-client/answers.ts';
import { createAccount, discardAccount, isSameName, problemOfName } from './accounts.ts';
import {
  JellyfinClient,
  type JellyfinOptions,
  notUnderstood,
  OTHER_SERVER,
  troubleOf,
  unknown,
} from './client.ts';
import { readLibraries } from './libraries.ts';
import { onlyThese, stillDisabled } from './policy.ts';
import { PolicyWriter, PROTECTED_SAYS } from './policy-writer.ts';
import { type JellyfinUser, normaliseId, readFolders, readSignInPlugins } from './schema.ts';
import { countStreams, stopPlaying } from './sessions.ts';
import { JellyfinUsers } from './users.ts';

/** Makes the adapter for one Jellyfin server (10.9 to 12.0). Sends nothing yet. */
export function createJellyfinServer(address: ServerAddress, options: JellyfinOptions): MediaServer {
  return new JellyfinMediaServer(address, options);
}

/** Those that the adapter reads. */
const ENDPOINTS = [
  '/Users',
  '/Library/VirtualFolders',
  '/Sessions',
  '/Auth/Keys',
  '/QuickConnect/Enabled',
  '/Plugins',
];
const GONE_SAYS = say('trouble.jellyfin.gone');

/** The user as read, by which it was decided what to write. */
class UserHandle {
  readonly user: JellyfinUser;
  /** The server refuses to disable the last enabled account (media-servers.md B6.4). Only a list shows that. */
  readonly lastEnabled: boolean;

  constructor(user: JellyfinUser, lastEnabled: boolean) {
    this.user = user;
    this.lastEnabled = lastEnabled;
  }
}

/** Only a person's command probes a server. */
const ASKED = { isAsked: true } as const;

class JellyfinMediaServer implements MediaServer {
  readonly kind = 'jellyfin';
  readonly accounts: ServerAccounts = {
    checkName: (name) => this.#checkName(name),
    create: (account) => this.#createAccount(account),
    discard: (account) => this.#discardAccount(account),
    delete: (account) => this.#deleteAccount(account),
    setPassword: (externalId, password) => this.#setPassword(externalId, password),
    listSignInPlugins: () => this.#listSignInPlugins(),
  };
  readonly #options: JellyfinOptions;
  readonly #identity: string | null;
  readonly #client: JellyfinClient;
  readonly #users: JellyfinUsers;
  readonly #policies: PolicyWriter;
  readonly #token: string;

  constructor(address: ServerAddress, options: JellyfinOptions) {
    this.#options = options;
    this.#identity = address.identity === null ? null : normaliseId(address.identity);
    this.#client = new JellyfinClient(options, address, address.token);
    const { sizes = new Map() } = options;
    this.#users = new JellyfinUsers(this.#client, { identity: this.#identity, address: address.url, sizes });
    this.#policies = new PolicyWriter(this.#client, this.#users, (id, work) => this.#inTurn(id, work));
    this.#token = address.token;
  }

  /** The key is sent only after the server has said that it is Jellyfin, set up, and the expected one (B2). */
  async probe(): Promise<Known<ServerIdentity>> {
    const info = await this.#client.readInfo(ASKED);
    if (info.kind === 'unknown') return info;
    const { id, name, version } = info.value;
    const folders = await this.#client.read('/Library/VirtualFolders', readFolders, ASKED);
    if (folders.kind === 'unknown') return folders;
    const users = await this.#users.all(ASKED);
    if (users.kind === 'unknown') return users;
    if (users.value.users.some(({ serverId }) => serverId !== id)) return unknown(OTHER_SERVER);
    return {
      kind: 'known',
      value: { identity: id, name: nameFrom(name), version: nameFrom(version), ownerAccountId: null },
    };
  }

  async ping(how?: { readonly isAsked?: boolean }): Promise<Known<{ readonly version: string }>> {
    const info = await this.#client.readInfo(how);
    if (info.kind === 'unknown') return info;
    return { kind: 'known', value: { version: nameFrom(info.value.version) } };
  }

  async listLibraries(): Promise<Known<readonly LibraryOnServer[]>> {
    // The list does not name its server, and anybody can read it while the set-up wizard is open (edge case 36).
    const info = await this.#client.readInfo();
    return info.kind === 'unknown' ? info : await readLibraries(this.#client);
  }

  /**
   * One request for all accounts, or one for each that matters where that is cheaper. Each account names its server,
   * which is checked (B4). With `after`, what was written is compared and put right once.
   */
  async readAccess(
    options: { readonly of?: readonly string[]; readonly after?: AccessReading } = {},
  ): Promise<Known<AccessReading>> {
    const wanted = options.of && new Set(options.of.map(normaliseId));
    const read = wanted ? await this.#users.of([...wanted]) : await this.#users.all();
    if (read.kind === 'unknown') return read;
    const { users, unread: odd } = read.value;
    const enabled = read.value.isAll ? users.filter(({ disabled }) => !disabled).length : undefined;
    const listed = users.filter(({ id }) => !wanted || wanted.has(id));
    const now = options.after ? await this.#policies.putRight(listed) : { users: listed, notices: [] };
    const unread = odd
      .filter(({ id }) => !wanted || id === null || wanted.has(id))
      .map(({ id }) => ({
        whose: id === null ? [] : [id],
        message: say('trouble.jellyfin.unreadEntry', { id: id ?? 'none' }),
        handle: null,
      }));
    return {
      kind: 'known',
      value: {
        accounts: await mapInTurns(now.users, (user) =>
          accountOf(user, new UserHandle(user, enabled === 1 && !user.disabled)),
        ),
        ...(unread.length > 0 && { unread }),
        ...(now.notices.length > 0 && { notices: now.notices }),
      },
    };
  }

  async setLibraries(
    account: AccountAccess,
    externalIds: NonEmpty<string>,
    { staysDisabled = false }: { readonly staysDisabled?: boolean } = {},
  ): Promise<WriteOutcome> {
    const ids = externalIds.map(normaliseId);
    const found = this.#writable(account);
    if (found.kind === 'failed') return found;
    return await this.#policies.set(found.user, ids, {
      change: (now) => (staysDisabled ? stillDisabled(now, ids) : onlyThese(now, ids)),
      whenGone: failed('not-possible', GONE_SAYS),
    });
  }

  async withdraw(account: Withdrawn): Promise<WriteOutcome> {
    const found = this.#writable(account);
    if (found.kind === 'failed') return found;
    if (found.lastEnabled) return failed('not-possible', say('trouble.jellyfin.lastDisabled'));
    return await this.#policies.empty(found.user);
  }

  async findRemovedEndpoints(): Promise<Known<readonly string[]>> {
    const info = await this.#client.readInfo();
    if (info.kind === 'unknown') return info;
    const answers = await Promise.all(
      ENDPOINTS.map(async (path) => ({
        path,
        answer: await this.#client.send({ method: 'GET', path, onlyStatus: true }),
      })),
    );
    return removedAmong(answers);
  }

  /** A key may delete itself; then it is refused everywhere (B2). Asked before, who it is: the key is in the path. */
  async revokeToken(): Promise<WriteOutcome> {
    const info = await this.#client.readInfo();
    if (info.kind === 'unknown') return { kind: 'failed', why: info.why };
    const path = `/Auth/Keys/${encodeURIComponent(this.#token)}`;
    const answer = await this.#client.send({ method: 'DELETE', path });
    if (answer.kind === 'failure') return writeLost(answer);
    const { status } = answer;
    if (status === 204 || status === 200 || status === 401 || status === 404) return { kind: 'done' };
    return writeRefused(answer, troubleOf(answer));
  }

  async endSessions(...[accounts]: Parameters<MediaServer['endSessions']>): Promise<void> {
    const info = await this.#client.readInfo();
    if (info.kind === 'known') await stopPlaying(this.#client, accounts);
  }

  countStreams = (): Promise<Known<number>> => countStreams(this.#client);

  async #checkName(name: string): ReturnType<ServerAccounts['checkName']> {
    const problem = problemOfName(name);
    if (problem !== undefined) return { kind: 'not-allowed', message: problem };
    const info = await this.#client.readInfo();
    return info.kind === 'unknown' ? info : { kind: 'allowed' };
  }

  async #createAccount(account: NewServerAccount): ReturnType<ServerAccounts['create']> {
    const [first, ...rest] = account.externalIds;
    const externalIds: NonEmpty<string> = [normaliseId(first), ...rest.map(normaliseId)];
    const wanted = { ...account, externalIds, template: account.template && normaliseId(account.template) };
    return await this.#inTurn(account.name.toLowerCase(), () =>
      createAccount(this.#client, wanted, (name) => this.#findUser(name)),
    );
  }

  async #discardAccount(account: Pick<NewServerAccount, 'name' | 'password'>): Promise<WriteOutcome> {
    return await this.#inTurn(account.name.toLowerCase(), () =>
      discardAccount(this.#client, account, (name) => this.#findUser(name)),
    );
  }

  /**
   * The last administrator is refused here and not left to the server, which takes away tokens and playlists before
   * it refuses (media-servers.md B9, edge case 33).
   */
  async #deleteAccount(account: AccountAccess): Promise<WriteOutcome> {
    const found = this.#writable(account);
    if (found.kind === 'failed') return found;
    const { id, ownPassword } = found.user;
    if (!ownPassword) return failed('not-possible', ELSEWHERE_SAYS);
    return await this.#inTurn(id, async () => {
      // The whole list, because it alone shows whether somebody else could still sign in.
      const listed = await this.#users.all();
      if (listed.kind === 'unknown') return { kind: 'failed', why: listed.why };
      const user = listed.value.users.find((each) => each.id === id);
      if (user?.administrator) return failed('not-possible', PROTECTED_SAYS);
      if (user && !user.ownPassword) return failed('not-possible', ELSEWHERE_SAYS);
      const enabled = listed.value.users.filter(({ disabled }) => !disabled);
      if (enabled.length === 1 && enabled[0]?.id === id)
        return failed('not-possible', say('trouble.jellyfin.lastDeleted'));
      const answer = await this.#client.send({ method: 'DELETE', path: `/Users/${id}` });
      if (answer.kind === 'failure') return writeLost(answer);
      if (answer.status === 204 || answer.status === 404) return { kind: 'done' };
      return writeRefused(answer, troubleOf(answer));
    });
  }

  /** The field must be `NewPw`: under any other name the server blanks the password and reports success (B7). */
  async #setPassword(externalId: string, password: string): Promise<WriteOutcome> {
    if (password === '') return failed('not-possible', say('trouble.jellyfin.blank'));
    const id = normaliseId(externalId);
    return await this.#inTurn(id, async () => {
      const user = await this.#users.one(id);
      if (user.kind === 'unknown') return { kind: 'failed', why: user.why };
      if (user.value.administrator) return failed('not-possible', PROTECTED_SAYS);
      if (!user.value.ownPassword) return failed('not-possible', say('trouble.jellyfin.passwordElsewhere'));
      const answer = await this.#client.send({
        method: 'POST',
        path: `/Users/${id}/Password`,
        json: { NewPw: password, ResetPassword: false },
      });
      if (answer.kind === 'failure') return writeLost(answer);
      if (answer.status === 204) return { kind: 'done' };
      if (answer.status < 300) return { kind: 'unclear', why: notUnderstood(answer) };
      return writeRefused(answer, troubleOf(answer));
    });
  }

  async #listSignInPlugins(): Promise<Known<readonly string[]>> {
    const info = await this.#client.readInfo();
    if (info.kind === 'unknown') return info;
    const plugins = await this.#client.read('/Plugins', readSignInPlugins);
    return plugins.kind === 'unknown' ? plugins : { kind: 'known', value: plugins.value.map(nameFrom) };
  }

  /** The user of an account that was read, if anything may be written to it. */
  #writable({
    handle,
  }: Withdrawn):
    | { readonly kind: 'user'; readonly user: JellyfinUser; readonly lastEnabled: boolean }
    | Extract<WriteOutcome, { kind: 'failed' }> {
    if (!(handle instanceof UserHandle)) return failed('not-possible', say('trouble.jellyfin.unreadAccount'));
    const { user, lastEnabled } = handle;
    if (user.administrator) return failed('not-possible', PROTECTED_SAYS);
    if (this.#users.isOther([user])) return { kind: 'failed', why: OTHER_SERVER };
    return { kind: 'user', user, lastEnabled };
  }

  /** Writes about one account run one after another, because old versions mix concurrent ones (B6.6). */
  async #inTurn<T>(who: string, work: () => Promise<T>): Promise<T> {
    return await this.#options.http.inTurn(`jellyfin ${this.#identity} ${who}`, work);
  }

  async #findUser(name: string): Promise<Known<JellyfinUser | undefined>> {
    const users = await this.#users.all();
    if (users.kind === 'unknown') return users;
    const { unread } = users.value;
    if (unread.some((user) => user.name !== null && isSameName(user.name, name)))
      return unknown({
        kind: 'not-understood',
        message: say('trouble.jellyfin.unreadUser'),
      });
    return { kind: 'known', value: users.value.users.find((user) => isSameName(user.name, name)) };
  }
}

const ELSEWHERE_SAYS = say('trouble.jellyfin.elsewhere');

const failed = (kind: Trouble['kind'], message: Sentence): Extract<WriteOutcome, { kind: 'failed' }> => ({
  kind: 'failed',
  why: { kind, message },
});

function accountOf(user: JellyfinUser, handle: UserHandle): AccountAccess {
  return {
    externalId: user.id,
    name: user.name,
    emailMasked: null,
    protection: user.administrator ? 'administrator' : null,
    access: accessOf(user),
    pending: false,
    disabled: user.disabled,
    ...(!user.ownPassword && { signsInElsewhere: true as const }),
    ...(user.disabled && !user.administrator && { dormant: dormantOf(user) }),
    obstacle: obstacleOf(user),
    handle,
  };
}

/**
 * The server keeps folder ids of libraries that no longer exist; they give nothing. The caller knows which exist
 * (B4).
 */
function accessOf(user: JellyfinUser): AccountAccess['access'] {
  if (user.administrator) return { kind: 'all' };
  // What it sees is nothing; what it would see is `dormant`.
  if (user.disabled) return { kind: 'libraries', externalIds: [] };
  if (user.hasBlockList || user.allFolders) return { kind: 'all' };
  return { kind: 'libraries', externalIds: user.folders };
}

/** Disabling an account, or locking it after wrong passwords, leaves its folders as they were (B6.1). */
function dormantOf(user: JellyfinUser): 'all' | readonly string[] {
  return user.hasBlockList || user.allFolders ? 'all' : user.folders;
}

function obstacleOf(user: JellyfinUser): Sentence | null {
  if (user.hasBlockList) return say('trouble.jellyfin.blockList');
  if (user.lockedOut) return say('trouble.jellyfin.lockedOut');
  return null;
}
