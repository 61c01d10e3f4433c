import type { DrillSide } from '../../app/ports/drill.ts';
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
import type { NonEmpty } from '../../domain/model.ts';
import { nameFrom, removedAmong, writeLost, writeRefused } from '../http-client/answers.ts';
import { createAccount, discardAccount, isSameName, problemOfName } from './accounts.ts';
import { JellyfinClient, type JellyfinOptions, notUnderstood, troubleOf, unknown } from './client.ts';
import { jellyfinDrill } from './drill.ts';
import { NOTHING, onlyThese, type PolicyChange, stillDisabled, writePolicy } from './policy.ts';
import {
  type JellyfinUser,
  normaliseId,
  readFolders,
  readItemIds,
  readPlaying,
  readPublicInfo,
  readUser,
  readUsers,
  type UserList,
} from './schema.ts';

/** Makes the adapter for one Jellyfin server (10.9 to 12.0). Sends nothing yet. */
export function createJellyfinServer(address: ServerAddress, options: JellyfinOptions): MediaServer {
  return new JellyfinMediaServer(address, options);
}

const OTHER_SERVER: Trouble = {
  kind: 'other-server',
  message: 'Another Jellyfin server answers at this address now.',
};
const GONE_SAYS = 'This account does not exist on the server any more.';

/** The user with its policy as read: the next write starts from it. */
class UserHandle {
  readonly user: JellyfinUser;
  /** The server refuses to disable the last enabled account (media-servers.md B6.4). */
  readonly lastEnabled: boolean;

  constructor(user: JellyfinUser, lastEnabled: boolean) {
    this.user = user;
    this.lastEnabled = lastEnabled;
  }
}

class JellyfinMediaServer implements MediaServer {
  readonly kind = 'jellyfin';
  readonly accounts: ServerAccounts = {
    checkName: (name) => this.#checkName(name),
    create: (account) => this.#createAccount(account),
    discard: (account) => this.#discardAccount(account),
    delete: (account) => this.#deleteAccount(account),
    setPassword: (externalId, password) => this.#setPassword(externalId, password),
  };
  readonly drill: DrillSide;
  readonly #options: JellyfinOptions;
  readonly #identity: string | null;
  readonly #client: JellyfinClient;

  constructor(address: ServerAddress, options: JellyfinOptions) {
    this.#options = options;
    this.#identity = address.identity === null ? null : normaliseId(address.identity);
    this.#client = new JellyfinClient(options, address, address.token);
    this.drill = jellyfinDrill(this.#client);
  }

  /** The key is sent only after the server has said that it is Jellyfin, set up, and the expected one (B2). */
  async probe(): Promise<Known<ServerIdentity>> {
    const info = await this.#readInfo();
    if (info.kind === 'unknown') return info;
    const { id, name, version } = info.value;
    const folders = await this.#client.read('/Library/VirtualFolders', readFolders);
    if (folders.kind === 'unknown') return folders;
    const users = await this.#readUsers();
    if (users.kind === 'unknown') return users;
    if (users.value.users.some(({ serverId }) => serverId !== id)) return unknown(OTHER_SERVER);
    return {
      kind: 'known',
      value: { identity: id, name: nameFrom(name), version: nameFrom(version), ownerAccountId: null },
    };
  }

  async ping(): Promise<Known<{ readonly version: string }>> {
    const info = await this.#readInfo();
    if (info.kind === 'unknown') return info;
    return { kind: 'known', value: { version: nameFrom(info.value.version) } };
  }

  /**
   * The virtual folders. One that has no item for the moment (just added or renamed, B3) is listed as not
   * grantable, under the id that follows from its name, so that it never looks gone.
   */
  async listLibraries(): Promise<Known<readonly LibraryOnServer[]>> {
    // The list does not name its server, and anybody can read it while the set-up wizard is open (edge case 36).
    const info = await this.#readInfo();
    if (info.kind === 'unknown') return info;
    const folders = await this.#client.read('/Library/VirtualFolders', readFolders);
    if (folders.kind === 'unknown') return folders;
    return {
      kind: 'known',
      value: folders.value.map(({ id, name, type, ready }) => ({
        externalId: id,
        name: nameFrom(name),
        type,
        grantable: ready,
      })),
    };
  }

  /** One request, whatever the number of accounts. Each account names its server, which is checked (B4). */
  async readAccess(
    options: { readonly of?: readonly string[]; readonly after?: AccessReading } = {},
  ): Promise<Known<AccessReading>> {
    const users = await this.#readUsers();
    if (users.kind === 'unknown') return users;
    const wanted = options.of && new Set(options.of.map(normaliseId));
    const listed = await this.#readAgain(users.value, wanted);
    const enabled = listed.users.filter(({ disabled }) => !disabled).length;
    const unread = listed.unread
      .filter(({ id }) => !wanted || id === null || wanted.has(id))
      .map(({ id }) => ({
        whose: id === null ? [] : [id],
        message: `Jellyfin lists a user${id === null ? '' : ` (${id})`} in a way that is not understood, so it is not known what they have.`,
        handle: null,
      }));
    return {
      kind: 'known',
      value: {
        accounts: listed.users
          .filter(({ id }) => !wanted || wanted.has(id))
          .map((user) => accountOf(user, new UserHandle(user, enabled === 1 && !user.disabled))),
        ...(unread.length > 0 && { unread }),
      },
    };
  }

  async setLibraries(
    account: AccountAccess,
    externalIds: NonEmpty<string>,
    { staysDisabled = false }: { readonly staysDisabled?: boolean } = {},
  ): Promise<WriteOutcome> {
    const ids = externalIds.map(normaliseId);
    const change = (user: JellyfinUser) => (staysDisabled ? stillDisabled(ids) : onlyThese(user, ids));
    return await this.#write(account, change, failed('not-possible', GONE_SAYS), 'gives');
  }

  async withdraw(account: Withdrawn): Promise<WriteOutcome> {
    const { handle } = account;
    if (handle instanceof UserHandle && handle.lastEnabled)
      return failed('not-possible', 'This is the last enabled account of the server; it cannot be disabled.');
    return await this.#write(account, () => NOTHING, { kind: 'done' }, 'takes');
  }

  async findRemovedEndpoints(): Promise<Known<readonly string[]>> {
    const info = await this.#readInfo();
    if (info.kind === 'unknown') return info;
    const answers = await Promise.all(
      ['/Users', '/Library/VirtualFolders', '/Sessions', '/Auth/Keys', '/QuickConnect/Enabled'].map(
        async (path) => ({ path, answer: await this.#client.send({ method: 'GET', path }) }),
      ),
    );
    return removedAmong(answers);
  }

  /** Only asks the player to stop: disabling the account has already ended the sign-in (B6.5, B8). */
  async endSessions(...[accounts]: Parameters<MediaServer['endSessions']>): Promise<void> {
    const stayingOf = new Map(
      accounts.map(({ externalId, staying }) => [normaliseId(externalId), staying.map(normaliseId)]),
    );
    const info = await this.#readInfo();
    if (info.kind === 'unknown') return;
    const playing = await this.#client.read('/Sessions', readPlaying);
    if (playing.kind === 'unknown') return;
    await Promise.all(
      playing.value.map(async ({ id, userId, itemId }) => {
        const staying = stayingOf.get(userId);
        if (!staying || (await this.#isIn(staying, userId, itemId))) return;
        await this.#client.send({ method: 'POST', path: `/Sessions/${encodeURIComponent(id)}/Playing/Stop` });
      }),
    );
  }

  /** Whether an item is in one of these libraries. What the user may not see any more is not found (M1). */
  async #isIn(libraries: readonly string[], userId: string, itemId: string | null): Promise<boolean> {
    if (libraries.length === 0 || itemId === null) return false;
    const path = `/Items/${encodeURIComponent(itemId)}/Ancestors?${new URLSearchParams({ userId })}`;
    const above = await this.#client.read(path, readItemIds);
    return above.kind === 'known' && above.value.some((id) => libraries.includes(id));
  }

  async #checkName(name: string): ReturnType<ServerAccounts['checkName']> {
    const problem = problemOfName(name);
    if (problem !== undefined) return { kind: 'not-allowed', message: problem };
    const user = await this.#findUser(name);
    if (user.kind === 'unknown') return user;
    return { kind: user.value ? 'taken' : 'free' };
  }

  async #createAccount(account: NewServerAccount): ReturnType<ServerAccounts['create']> {
    const [first, ...rest] = account.externalIds;
    const externalIds: NonEmpty<string> = [normaliseId(first), ...rest.map(normaliseId)];
    return await this.#inTurn(account.name.toLowerCase(), () =>
      createAccount(this.#client, { ...account, externalIds }, (name) => this.#findUser(name)),
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
    const { handle } = account;
    if (!(handle instanceof UserHandle))
      return failed('not-possible', 'This account was not read from Jellyfin.');
    const { user, lastEnabled } = handle;
    if (user.administrator) return failed('not-possible', PROTECTED_SAYS);
    if (lastEnabled)
      return failed('not-possible', 'This is the last enabled account of the server; it cannot be deleted.');
    if (this.#isOther([user])) return { kind: 'failed', why: OTHER_SERVER };
    return await this.#inTurn(user.id, async () => {
      const fresh = await this.#client.read(`/Users/${user.id}`, readUser);
      if (fresh.kind === 'known' && fresh.value.administrator) return failed('not-possible', PROTECTED_SAYS);
      if (fresh.kind === 'known' && this.#isOther([fresh.value]))
        return { kind: 'failed', why: OTHER_SERVER };
      const answer = await this.#client.send({ method: 'DELETE', path: `/Users/${user.id}` });
      if (answer.kind === 'failure') return writeLost(answer);
      if (answer.status === 204 || answer.status === 404) return { kind: 'done' };
      return writeRefused(answer, troubleOf(answer));
    });
  }

  /** The field must be `NewPw`: under any other name the server blanks the password and reports success (B7). */
  async #setPassword(externalId: string, password: string): Promise<WriteOutcome> {
    if (password === '') return failed('not-possible', 'A blank password would let anybody in.');
    const id = normaliseId(externalId);
    return await this.#inTurn(id, async () => {
      const user = await this.#client.read(`/Users/${encodeURIComponent(id)}`, readUser);
      if (user.kind === 'unknown') return { kind: 'failed', why: user.why };
      if (this.#isOther([user.value])) return { kind: 'failed', why: OTHER_SERVER };
      if (user.value.administrator) return failed('not-possible', PROTECTED_SAYS);
      if (!user.value.ownPassword)
        return failed('not-possible', 'The password of this account is kept elsewhere (LDAP or the like).');
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

  async #write(
    account: Withdrawn,
    change: (user: JellyfinUser) => PolicyChange,
    whenGone: WriteOutcome,
    what: 'gives' | 'takes',
  ): Promise<WriteOutcome> {
    const { handle } = account;
    if (!(handle instanceof UserHandle))
      return failed('not-possible', 'This account was not read from Jellyfin.');
    const { user } = handle;
    if (user.administrator) return failed('not-possible', PROTECTED_SAYS);
    if (this.#isOther([user])) return { kind: 'failed', why: OTHER_SERVER };
    const outcome = await this.#inTurn(user.id, async () => {
      const now = what === 'gives' ? await this.#asItIsNow(user) : ({ kind: 'known', value: user } as const);
      if (now.kind === 'unknown') return { kind: 'failed', why: now.why } as const;
      return await writePolicy(this.#client, now.value, change(now.value));
    });
    return outcome.kind === 'no-such-user' ? whenGone : outcome;
  }

  /**
   * What enables an account starts from how it is just now, and not from a list that may be older: whoever has been
   * disabled or locked since stays so (media-servers.md B6.5). Where it cannot be read, the write says why.
   */
  async #asItIsNow(user: JellyfinUser): Promise<Known<JellyfinUser>> {
    const now = await this.#client.read(`/Users/${user.id}`, readUser);
    if (now.kind === 'unknown') return { kind: 'known', value: user };
    if (now.value.administrator) return unknown({ kind: 'not-possible', message: PROTECTED_SAYS });
    if (this.#isOther([now.value])) return unknown(OTHER_SERVER);
    return now.value.disabled && !user.disabled
      ? unknown({
          kind: 'not-possible',
          message: 'Somebody disabled this account just now; it is left as it is.',
        })
      : now;
  }

  /** Writes about one account run one after another, because old versions mix concurrent ones (B6.6). */
  async #inTurn<T>(who: string, work: () => Promise<T>): Promise<T> {
    return await this.#options.http.inTurn(`jellyfin ${this.#identity} ${who}`, work);
  }

  async #findUser(name: string): Promise<Known<JellyfinUser | undefined>> {
    const users = await this.#readUsers();
    if (users.kind === 'unknown') return users;
    const { unread } = users.value;
    if (unread.some((user) => user.name !== null && isSameName(user.name, name)))
      return unknown({
        kind: 'not-understood',
        message: 'Jellyfin lists this user in a way that is not understood.',
      });
    return { kind: 'known', value: users.value.users.find((user) => isSameName(user.name, name)) };
  }

  async #readUsers(): Promise<Known<UserList>> {
    const users = await this.#client.read('/Users', readUsers);
    return users.kind === 'known' && this.#isOther(users.value.users) ? unknown(OTHER_SERVER) : users;
  }

  /** Those of the wanted whom the list shows in a way that is not understood are asked for one by one. */
  async #readAgain({ users, unread }: UserList, wanted: ReadonlySet<string> | undefined): Promise<UserList> {
    const asked = unread.flatMap(({ id }) => (id !== null && wanted?.has(id) ? [id] : []));
    const answers = await Promise.all(asked.map((id) => this.#client.read(`/Users/${id}`, readUser)));
    const found = answers.flatMap((answer) => (answer.kind === 'known' ? [answer.value] : []));
    if (this.#isOther(found)) return { users, unread };
    const known = new Set(found.map(({ id }) => id));
    return { users: [...users, ...found], unread: unread.filter(({ id }) => id === null || !known.has(id)) };
  }

  async #readInfo() {
    const info = await this.#client.read('/System/Info/Public', readPublicInfo, 'nobody');
    // Every Jellyfin has this route. A 404 with JSON comes from some other server that has an API.
    if (info.kind === 'unknown' && info.why.kind === 'not-possible')
      return unknown({ kind: 'not-this-kind', message: 'What answers at this address is not Jellyfin.' });
    if (info.kind === 'unknown') return info;
    const { value } = info;
    if (value.kind === 'starting') return unknown({ kind: 'starting', message: 'Jellyfin is starting.' });
    if (value.kind === 'wizard-open')
      return unknown({ kind: 'not-possible', message: 'Finish the set-up of this Jellyfin server first.' });
    if (this.#identity !== null && value.id !== this.#identity) return unknown(OTHER_SERVER);
    return { kind: 'known', value } as const;
  }

  #isOther(users: readonly JellyfinUser[]): boolean {
    const expected = this.#identity ?? users[0]?.serverId;
    return users.some(({ serverId }) => serverId !== expected);
  }
}

const PROTECTED_SAYS = 'Administrators are never changed.';

const failed = (kind: Trouble['kind'], message: string): WriteOutcome => ({
  kind: 'failed',
  why: { kind, message },
});

function accountOf(user: JellyfinUser, handle: UserHandle): AccountAccess {
  return {
    externalId: user.id,
    name: nameFrom(user.name),
    emailMasked: null,
    protection: user.administrator ? 'administrator' : null,
    access: accessOf(user),
    pending: false,
    disabled: user.disabled,
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

function obstacleOf(user: JellyfinUser): string | null {
  if (user.hasBlockList)
    return 'An old block list on this account overrides what is granted. Clear it on the server.';
  if (user.lockedOut) return 'The server has locked this account after too many wrong passwords.';
  return null;
}
