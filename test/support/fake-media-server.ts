import { CLOSED, type DrillSide, type OwnSession } from '../../src/app/ports/drill.ts';
import type {
  AccessReading,
  AccountAccess,
  Beside,
  Invitations,
  Known,
  LibraryOnServer,
  MediaServer,
  ServerAccounts,
  ServerIdentity,
  Trouble,
  UnreadEntry,
  Withdrawn,
  WriteOutcome,
} from '../../src/app/ports/media-server.ts';
import type { Kept } from '../../src/domain/drill/facts.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { NonEmpty, ServerKind } from '../../src/domain/model.ts';
import { PROTECTIONS, type Protection } from '../../src/domain/protection.ts';
import type { Text } from '../../src/words/say.ts';

/** What every server does, and what the parts that only some have are called here. */
export type FakeOperation =
  | {
      [Name in keyof MediaServer]: MediaServer[Name] extends (...args: never[]) => unknown ? Name : never;
    }[keyof MediaServer]
  | 'invite'
  | 'protectionOf'
  | 'listsOf'
  | 'checkAccountName'
  | 'createAccount'
  | 'discardAccount'
  | 'deleteAccount'
  | 'setPassword'
  | 'listSignInPlugins';

/**
 * A person known to the server. Without `access`, they have no share where accounts are a vendor's (Plex); where
 * they are the server's own (Jellyfin), the account still exists.
 */
export interface FakePerson {
  readonly externalId: string;
  name: string;
  emailMasked: string | null;
  /** What the server tells of its address, to be compared. */
  emailKey?: string;
  /** What stands before the @ of its address. */
  emailName?: string;
  protection: Protection | null;
  /** Null means that there is no share. */
  access: 'all' | readonly string[] | null;
  pending: boolean;
  disabled: boolean;
  obstacle: string | null;
  password: string | null;
  /** What the server keeps of them beside their libraries. */
  settings: Kept;
  /** What the account may do beside watching its libraries, in a word. */
  rights: string;
  /** Another service lets it in. */
  signsInElsewhere: boolean;
}

interface Failure {
  readonly operation: FakeOperation;
  readonly why: Trouble;
  readonly happens: boolean;
  times: number;
}

/**
 * A media server in memory. It passes the same contract suite as the adapters of Plex and Jellyfin, so that tests
 * of use cases can rely on it.
 */
export class FakeMediaServer implements MediaServer {
  readonly kind: ServerKind;
  /** Where accounts are a vendor's. */
  readonly invitations?: Invitations;
  /** Where accounts are the server's own. */
  readonly accounts?: ServerAccounts;
  /** The identity that the adapter expects. */
  readonly expectedIdentity: string;
  /** The identity of the server that answers. Change it to put another server behind the address. */
  identity: string;
  name: string;
  version = '1.0.0';
  ownerAccountId: string | null;
  /** Whether new shares are accepted at once. */
  acceptsAtOnce = true;
  readonly libraries: LibraryOnServer[] = [];
  readonly people = new Map<string, FakePerson>();
  /** What the machine itself says that keeps anything from being shared. */
  closed: Trouble | undefined;
  /** Endpoints that the server does not have any more. */
  removedEndpoints: readonly string[] = [];
  /** Ids of those who gave up their access themselves. */
  left: readonly string[] = [];
  /** Entries of its list that are not understood; whose they are is not in it otherwise. */
  unread: readonly UnreadEntry[] = [];
  /** What it opens when it is told to open these. */
  opens: (asked: readonly string[]) => 'all' | readonly string[] = (asked) => asked;
  /** What it did beside what it was told, found in the reading after a write. */
  notices: readonly Text[] = [];
  /** Whether a change of libraries forgets everything else of the account. */
  forgetsSettings = false;
  /** Plug-ins through which people sign in otherwise. */
  signInPlugins: readonly string[] = [];
  /** What it does not keep of what a new account should be. */
  notKept: readonly string[] = [];
  /** Whether its token was revoked: then only a ping is answered. */
  revoked = false;
  /** How many streams run there. */
  streams = 0;
  readonly endedSessionsOf: Parameters<MediaServer['endSessions']>[0][number][] = [];
  /** The operations that were called, in order. */
  readonly calls: FakeOperation[] = [];
  reads = 0;
  /** Requests that changed something or tried to. */
  writes = 0;
  readonly #isInvited: boolean;
  readonly #failures: Failure[] = [];
  #lastId = 0;

  constructor(wish: {
    readonly kind?: ServerKind;
    readonly identity?: string;
    readonly name?: string;
    readonly libraries?: readonly string[];
    readonly ownerAccountId?: string | null;
  }) {
    this.kind = wish.kind ?? 'plex';
    this.identity = wish.identity ?? 'fake-identity';
    this.expectedIdentity = this.identity;
    this.name = wish.name ?? 'Fake';
    this.#isInvited = MEDIA_KINDS[this.kind].accounts === 'invited';
    this.ownerAccountId = wish.ownerAccountId ?? (this.#isInvited ? '1' : null);
    if (this.#isInvited)
      this.invitations = {
        invite: (id, libraries) => this.invite(id, libraries),
        protectionOf: (id) => this.protectionOf(id),
      };
    else
      this.accounts = {
        checkName: (name) => this.checkAccountName(name),
        create: (account) => this.createAccount(account),
        discard: (account) => this.discardAccount(account),
        delete: (account) => this.deleteAccount(account),
        setPassword: (id, password) => this.setPassword(id, password),
        listSignInPlugins: () => this.listSignInPlugins(),
      };
    for (const name of wish.libraries ?? []) this.addLibrary(name);
  }

  /** Adds a library. Its external id is the lower-case name. */
  addLibrary(name: string, wish: Partial<LibraryOnServer> = {}): LibraryOnServer {
    const library: LibraryOnServer = {
      externalId: name.toLowerCase(),
      identity: null,
      name,
      type: 'movies',
      grantable: true,
      ...wish,
    };
    this.libraries.push(library);
    return library;
  }

  addPerson(wish: Pick<FakePerson, 'name'> & Partial<FakePerson> = { name: 'somebody' }): FakePerson {
    const person: FakePerson = {
      externalId: this.#newId(),
      emailMasked: null,
      protection: null,
      access: this.#isInvited ? null : [],
      pending: false,
      disabled: false,
      obstacle: null,
      password: null,
      settings: {},
      rights: 'everything',
      signsInElsewhere: false,
      ...wish,
    };
    this.people.set(person.externalId, person);
    return person;
  }

  /** @throws {Error} when nobody has this id, which would be a mistake in the test. */
  person(externalId: string): FakePerson {
    const person = this.people.get(externalId);
    if (!person) throw new Error(`nobody has the id ${externalId}`);
    return person;
  }

  /**
   * Makes the next `times` calls of an operation fail with this trouble. With `happens`, a write takes effect and
   * only its answer is lost, so that its outcome is unclear.
   */
  fail(
    operation: FakeOperation,
    why: Trouble,
    options: { readonly times?: number; readonly happens?: boolean } = {},
  ): void {
    this.#failures.push({ operation, why, times: options.times ?? 1, happens: options.happens ?? false });
  }

  /** Makes everything work again. */
  heal(): void {
    this.#failures.length = 0;
  }

  async probe(): Promise<Known<ServerIdentity>> {
    return this.#read('probe', () => ({
      identity: this.identity,
      name: this.name,
      version: this.version,
      ownerAccountId: this.ownerAccountId,
    }));
  }

  async ping(): ReturnType<MediaServer['ping']> {
    return this.#read('ping', () => ({ version: this.version, ...(this.closed && { closed: this.closed }) }));
  }

  async listLibraries(): Promise<Known<readonly LibraryOnServer[]>> {
    return this.#read('listLibraries', () => [...this.libraries]);
  }

  async readAccess(
    options: { readonly of?: readonly string[]; readonly after?: AccessReading } = {},
  ): Promise<Known<AccessReading>> {
    return this.#read('readAccess', () => ({
      accounts: [...this.people.values()]
        .filter(({ access, externalId }) => access !== null && (options.of?.includes(externalId) ?? true))
        .filter(({ externalId }) => !this.unread.some(({ whose }) => whose.includes(externalId)))
        .map(accessOf),
      left: this.left,
      unread: this.unread,
      notices: options.after ? this.notices : [],
    }));
  }

  async setLibraries(
    account: AccountAccess,
    externalIds: NonEmpty<string>,
    { staysDisabled = false }: { readonly staysDisabled?: boolean } = {},
  ): Promise<WriteOutcome> {
    const person = this.people.get(account.externalId);
    const has = person?.access ?? [];
    if (person?.protection && has !== 'all' && !isLess(has, externalIds)) return notPossible('protected');
    return this.#write('setLibraries', account, () => {
      if (!person || person.access === null) return notPossible('gone');
      if (!this.#hasAll(externalIds)) return notPossible('a library is not there');
      person.access = this.opens([...externalIds]);
      if (this.forgetsSettings) person.settings = {};
      if (!staysDisabled) person.disabled = false;
      return { kind: 'done' };
    });
  }

  async withdraw(account: Withdrawn): Promise<WriteOutcome> {
    return this.#write('withdraw', account, () => {
      const person = this.people.get(account.externalId);
      if (!person) return { kind: 'done' };
      person.access = this.#isInvited ? null : [];
      person.disabled = !this.#isInvited;
      person.pending = false;
      return { kind: 'done' };
    });
  }

  async invite(externalId: string, externalIds: NonEmpty<string>): Promise<WriteOutcome> {
    if (externalId === this.ownerAccountId) return notPossible('The owner is never changed.');
    return this.#write('invite', undefined, () => {
      if (!this.#hasAll(externalIds)) return notPossible('a library is not there');
      const person = this.people.get(externalId) ?? this.addPerson({ name: externalId, externalId });
      if (person.access !== null) {
        const same = person.access !== 'all' && isSameSet(person.access, externalIds);
        return same ? { kind: 'done' } : { kind: 'unclear', why: trouble('shared already') };
      }
      person.access = this.opens([...externalIds]);
      person.pending = !this.acceptsAtOnce;
      return { kind: 'done' };
    });
  }

  readonly drill: DrillSide = {
    signIn: async ({ name, secret }) => {
      const person = this.#findByName(name);
      if (!this.#isInvited && (!person || person.disabled || person.password !== secret))
        return { kind: 'known', value: null };
      const session: OwnSession = {
        look: async () => {
          const now = person && this.people.get(person.externalId);
          if (!now || now.access === null || now.pending || now.disabled)
            return { kind: 'known', value: CLOSED };
          const libraries = now.access === 'all' ? this.libraries.map((one) => one.externalId) : now.access;
          return { kind: 'known', value: { open: true, libraries, beside: [] } };
        },
        end: async () => {},
      };
      return { kind: 'known', value: session };
    },
    listsOf: async (externalId) =>
      this.#read('listsOf', () => {
        const person = this.people.get(externalId);
        if (!person || person.access === null) return [];
        if (!this.#isInvited) return ['accounts', 'account'];
        return [person.pending ? 'pending' : 'accepted'];
      }),
    settingsOf: async (externalId) => {
      const { settings } = this.person(externalId);
      return { kind: 'known', value: { places: { one: settings }, effective: settings, rights: [] } };
    },
    mark: async ({ externalId }) => {
      const mark = { rating: 'G' };
      const person = this.person(externalId);
      person.settings = { ...person.settings, ...mark };
      return { outcome: { kind: 'done' }, mark };
    },
  };

  async protectionOf(externalId: string): Promise<Known<Protection | null>> {
    return this.#read('protectionOf', () =>
      externalId === this.ownerAccountId ? 'owner' : (this.people.get(externalId)?.protection ?? null),
    );
  }

  async countStreams(): Promise<Known<number>> {
    return this.#read('countStreams', () => this.streams);
  }

  async findRemovedEndpoints(): Promise<Known<readonly string[]>> {
    return this.#read('findRemovedEndpoints', () => this.removedEndpoints);
  }

  async endSessions(...[accounts]: Parameters<MediaServer['endSessions']>): Promise<void> {
    this.calls.push('endSessions');
    if (!this.#takeFailure('endSessions')) this.endedSessionsOf.push(...accounts);
  }

  async revokeToken(): Promise<WriteOutcome> {
    // Where a vendor gives the token, the machine is not asked.
    if (!this.#isInvited && this.identity !== this.expectedIdentity)
      return { kind: 'failed', why: { kind: 'other-server', message: 'Another server answers.' } };
    return this.#write('revokeToken', undefined, () => {
      this.revoked = true;
      return { kind: 'done' };
    });
  }

  async checkAccountName(name: string): ReturnType<ServerAccounts['checkName']> {
    if (name.trim() !== name || name === '')
      return { kind: 'not-allowed', message: 'This cannot be a name.' };
    const answer = this.#read('checkAccountName', () => true);
    return answer.kind === 'unknown' ? answer : { kind: 'allowed' };
  }

  async createAccount(
    account: Parameters<ServerAccounts['create']>[0],
  ): ReturnType<ServerAccounts['create']> {
    this.calls.push('createAccount');
    const failure = this.#takeFailure('createAccount');
    if (failure && !failure.happens) return { kind: 'failed', why: failure.why, leftBehind: false };
    const found = this.#findByName(account.name);
    if (found && !(account.resume && found.password === account.password)) return { kind: 'name-taken' };
    this.writes += 1;
    const person = found ?? this.addPerson({ name: account.name, password: account.password });
    person.access = [...account.externalIds];
    person.disabled = false;
    const template = this.#templateOf(account.template);
    person.rights = template.state === 'copied' ? template.rights : 'nothing';
    if (failure) return { kind: 'failed', why: failure.why, leftBehind: true };
    const beside = { template: template.state, notKept: this.notKept };
    return { kind: 'created', externalId: person.externalId, beside };
  }

  #templateOf(id: string | null): { readonly state: Beside['template']; readonly rights: string } {
    const template = id === null ? undefined : this.people.get(id);
    const state = id === null ? null : !template ? 'gone' : template.protection ? 'administrator' : 'copied';
    return { state, rights: template?.rights ?? 'nothing' };
  }

  async discardAccount(account: { readonly name: string; readonly password: string }): Promise<WriteOutcome> {
    return this.#write('discardAccount', undefined, () => {
      const person = this.#findByName(account.name);
      if (person && person.password === account.password) this.people.delete(person.externalId);
      return { kind: 'done' };
    });
  }

  async deleteAccount(account: AccountAccess): Promise<WriteOutcome> {
    if (this.people.get(account.externalId)?.signsInElsewhere) return notPossible('it signs in elsewhere');
    return this.#write('deleteAccount', account, () => {
      this.people.delete(account.externalId);
      return { kind: 'done' };
    });
  }

  async setPassword(externalId: string, password: string): Promise<WriteOutcome> {
    if (password === '') return notPossible('blank');
    if (this.people.get(externalId)?.signsInElsewhere) return notPossible('it signs in elsewhere');
    return this.#write('setPassword', undefined, () => {
      const person = this.people.get(externalId);
      if (!person || person.protection) return notPossible('not there, or protected');
      person.password = password;
      return { kind: 'done' };
    });
  }

  async listSignInPlugins(): Promise<Known<readonly string[]>> {
    return this.#read('listSignInPlugins', () => this.signInPlugins);
  }

  #read<T>(operation: FakeOperation, answer: () => T): Known<T> {
    this.calls.push(operation);
    this.reads += 1;
    const failure = this.#takeFailure(operation);
    if (failure) return { kind: 'unknown', why: failure.why };
    if (this.identity !== this.expectedIdentity)
      return { kind: 'unknown', why: { kind: 'other-server', message: 'Another server answers.' } };
    if (this.revoked && operation !== 'ping')
      return { kind: 'unknown', why: { kind: 'unauthorised', message: 'The token is not accepted.' } };
    return { kind: 'known', value: answer() };
  }

  #write(operation: FakeOperation, account: Withdrawn | undefined, act: () => WriteOutcome): WriteOutcome {
    this.calls.push(operation);
    const person = account && this.people.get(account.externalId);
    const protection = account?.protection ?? person?.protection ?? null;
    const takes = operation === 'withdraw' || operation === 'setLibraries';
    if (protection !== null && (PROTECTIONS[protection].seesAll || !takes)) return notPossible('protected');
    this.writes += 1;
    const failure = this.#takeFailure(operation);
    if (failure && !failure.happens) return { kind: 'failed', why: failure.why };
    const outcome = act();
    return failure ? { kind: 'unclear', why: failure.why } : outcome;
  }

  #hasAll(externalIds: readonly string[]): boolean {
    return externalIds.every((id) => this.libraries.some(({ externalId }) => externalId === id));
  }

  #takeFailure(operation: FakeOperation): Failure | undefined {
    const found = this.#failures.find((failure) => failure.operation === operation && failure.times > 0);
    if (found) found.times -= 1;
    return found;
  }

  #findByName(name: string): FakePerson | undefined {
    return this.people.values().find((person) => person.name.toUpperCase() === name.toUpperCase());
  }

  #newId(): string {
    this.#lastId += 1;
    return String(1_000 + this.#lastId);
  }
}

function accessOf(person: FakePerson): AccountAccess {
  const { externalId, name, emailMasked, pending, disabled, obstacle, access } = person;
  const seen = disabled || access === null ? [] : access;
  return {
    externalId,
    name,
    emailMasked,
    ...(person.emailKey !== undefined && { emailKey: person.emailKey }),
    ...(person.emailName !== undefined && { emailName: person.emailName }),
    protection: person.protection,
    access: seen === 'all' ? { kind: 'all' } : { kind: 'libraries', externalIds: [...seen] },
    pending,
    disabled,
    ...(person.signsInElsewhere && { signsInElsewhere: true as const }),
    ...(disabled && access !== null && { dormant: access }),
    obstacle,
    handle: null,
  };
}

const isLess = (has: readonly string[], wanted: readonly string[]): boolean =>
  has.length > wanted.length && new Set(wanted).isSubsetOf(new Set(has));

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  new Set(one).symmetricDifference(new Set(other)).size === 0;

const trouble = (message: string): Trouble => ({ kind: 'not-possible', message });
const notPossible = (message: string): WriteOutcome => ({ kind: 'failed', why: trouble(message) });
