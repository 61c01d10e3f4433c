/** The port for media servers. Outcomes that people may run into are values; only bugs are thrown (style.md 10). */
import type { LibraryClosed, LibraryType, NonEmpty, ServerKind } from '../../domain/model.ts';
import type { Protection } from '../../domain/protection.ts';
import type { Refusal } from '../../domain/trouble.ts';
import type { Text } from '../../words/say.ts';

/** Why a media server could not be asked or would not do it. Sentences are for people and hold no secrets. */
export interface Trouble {
  readonly kind:
    | 'dns'
    | 'refused'
    | 'tls'
    | 'timeout'
    | 'cut'
    /** The operator lets no private address be asked. */
    | 'blocked'
    /** Nothing would be encrypted on the way to a public address, and no admin has taken that. */
    | 'plain-http'
    | 'redirected'
    | 'not-this-kind'
    | 'other-server'
    | 'starting'
    | 'unauthorised'
    | 'forbidden'
    | 'rate-limited'
    | 'not-understood'
    /** Its answer is more than Usher reads; the message names the limit. */
    | 'too-large'
    | 'not-possible'
    /** It is about Discord: whether a person is a member cannot be asked now, or they are none. */
    | 'discord'
    | 'not-a-member';
  /** What is wrong and, where there is something to do, what. Addresses are its values `host` and `to`. */
  readonly message: Text;
  readonly retryAfterMs?: number;
  /** The other side's own words, sanitised: for staff (domain/trouble.ts). Members are told without them. */
  readonly reason?: string;
  /** A write or a step of a sign-in was refused, and trying again does not mend that. Of a reading it means nothing. */
  readonly refusal?: Refusal;
  /** The answer to the write itself showed more than was asked. `failed`: it was closed at once, all of it. */
  readonly exceeds?: true;
  /** The vendor said it or did not answer (plex.tv), and not the server itself: the machine may be well. */
  readonly vendor?: true;
  /** With `tls`: the certificate that was refused, for an admin who knows it to be theirs. */
  readonly certificate?: ServerCertificate;
}

export interface ServerCertificate {
  /** SHA-256, in pairs of hexadecimal digits with colons. */
  readonly fingerprint: string;
  /** Whom it is for, in its own words; may be empty. */
  readonly name: string;
  readonly validTo: Date;
}

/** A read says what it knows or why it does not; a failure is never an empty list (rule 3). */
export type Known<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: Trouble };

/** A write is believed only after a read-back; `unclear` means that it may have happened. */
export type WriteOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'unclear'; readonly why: Trouble }
  | { readonly kind: 'failed'; readonly why: Trouble };

export interface ServerIdentity {
  /** Plex machineIdentifier or Jellyfin server Id. */
  readonly identity: string;
  readonly name: string;
  readonly version: string;
  /** Plex account id of the owner; null on Jellyfin. */
  readonly ownerAccountId: string | null;
}

export interface LibraryOnServer {
  /** Unique in a list. */
  readonly externalId: string;
  /** What tells which library it is (`MediaTraits.libraryIdentity`); null where the server does not say. */
  readonly identity: string | null;
  readonly name: string;
  readonly type: LibraryType;
  /** False while the server knows it but cannot grant it yet (media-servers.md A5.2, B3). */
  readonly grantable: boolean;
  /** Why nobody sees it, whatever they are given; absent when they do. */
  readonly closed?: LibraryClosed;
}

/** What one account was read to have. Writes take this value: nothing is written that was not read just before. */
export interface AccountAccess {
  /**
   * Plex account id or Jellyfin user id. A Plex invitation to an address without an account has `email:` and the
   * share id.
   */
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
  /** Of its e-mail address (domain/email-key.ts), where the server tells it: to be compared, and never kept. */
  readonly emailKey?: string;
  /** What stands before the @ of its address, where the server says that: to be compared with names, and never kept. */
  readonly emailName?: string;
  /** Why nothing is given to it; null for everybody else. */
  readonly protection: Protection | null;
  readonly access:
    | { readonly kind: 'all' }
    /** Library external ids; empty when the account exists and sees nothing. */
    | { readonly kind: 'libraries'; readonly externalIds: readonly string[] };
  /** True while an invitation waits to be accepted. */
  readonly pending: boolean;
  readonly disabled: boolean;
  /**
   * Another service lets it in (LDAP, SSO): it is never deleted, because that service would make it anew, and never
   * given a password (media-servers.md B7.1).
   */
  readonly signsInElsewhere?: true;
  /** With `disabled`: what it would see again if somebody enabled it. Absent where disabling leaves nothing behind. */
  readonly dormant?: 'all' | readonly string[];
  /** A sentence when something on the server stands in the way of what we would write (legacy block list, lock-out). */
  readonly obstacle: Text | null;
  /** The adapter's own memory of the row (share id, settings, raw policy). */
  readonly handle: unknown;
}

/** What a write that takes everything away needs to know of an account. */
export type Withdrawn = Pick<AccountAccess, 'externalId' | 'protection' | 'handle'>;

/**
 * An entry of a list that is not understood. The others are; of those whose it may be nothing is known, and least of
 * all that they have no access.
 */
export interface UnreadEntry {
  /** Ids of accounts; empty when it does not say whose it is. */
  readonly whose: readonly string[];
  /** For staff. */
  readonly message: Text;
  /** The adapter's own memory of the entry; null when it cannot even be removed. */
  readonly handle: unknown;
}

export interface AccessReading {
  /**
   * Those of the accounts asked for (or of all) that exist on the server or have access to it. One that is absent has
   * no access there.
   */
  readonly accounts: readonly AccountAccess[];
  /** Ids of those of whom the server says that they gave up their access themselves. They are not in `accounts`. */
  readonly left?: readonly string[];
  /** Entries that are not understood, of the accounts asked for or of nobody knows whom. */
  readonly unread?: readonly UnreadEntry[];
  /** What was found beside that after a write, and a person has to look at. */
  readonly notices?: readonly Text[];
}

/**
 * One media server. Adapters never throw for what a server or a network does.
 * Every method checks that it still talks to the server it was made for; otherwise `other-server`.
 */
export interface MediaServer {
  readonly kind: ServerKind;

  /** Reachable, of this kind, the token valid and of its owner or an administrator. */
  probe(): Promise<Known<ServerIdentity>>;

  /**
   * A cheap look whether it is up and still the same one; no proof that the token is good. `closed` is what the machine
   * itself says that keeps anything from being shared. `isAsked`: a person waits for it, so it is asked whatever it did
   * a moment ago.
   */
  ping(how?: {
    readonly isAsked?: boolean;
  }): Promise<Known<{ readonly version: string; readonly closed?: Trouble }>>;

  /**
   * All libraries, complete or unknown. `isPartial`: only a vendor lists them, and not surely all of them, so that none
   * is missing that is not listed.
   */
  listLibraries(): Promise<Known<readonly LibraryOnServer[]> & { readonly isPartial?: true }>;

  /**
   * Who has access: all of it, or `unknown`. `of` names the accounts that matter: lists that cannot hold them need not
   * be read. `after` is the reading before a write: only what the write could have changed need be read again.
   */
  readAccess(options?: {
    readonly of?: readonly string[];
    readonly after?: AccessReading;
  }): Promise<Known<AccessReading>>;

  /**
   * Replaces the libraries of an account that was read, and enables it unless it is to stay disabled. Refuses to give
   * anything to a protected account, and to touch one that sees everything by what it is.
   */
  setLibraries(
    account: AccountAccess,
    externalIds: NonEmpty<string>,
    options?: { readonly staysDisabled?: boolean },
  ): Promise<WriteOutcome>;

  /**
   * Takes all access away: Plex deletes the share (or cancels the invitation), Jellyfin empties and disables. Gone
   * already is `done`. Refuses an account that sees everything by what it is.
   */
  withdraw(account: Withdrawn): Promise<WriteOutcome>;

  /**
   * How many streams run there now, paused ones included, and whoever watches. Asked beside everything else: it holds
   * up nothing, and that it fails says nothing of the server.
   */
  countStreams(): Promise<Known<number>>;

  /** Asks the endpoints in use whether they are still there: names those that answer 404, 405 or 410. Reads only. */
  findRemovedEndpoints(): Promise<Known<readonly string[]>>;

  /**
   * Ends what these accounts play, but not from the libraries that stay; what does not say its library is ended. Best
   * effort, never a reason to fail.
   */
  endSessions(
    accounts: readonly { readonly externalId: string; readonly staying: readonly string[] }[],
  ): Promise<void>;

  /**
   * Makes the token of this adapter worthless: deletes the API key, signs out at the vendor. Only for one that a
   * sign-in made for Usher, and that nothing else uses. Worthless already is `done`.
   */
  revokeToken(): Promise<WriteOutcome>;

  /** Where accounts are kept elsewhere, and let in by a share (`invited`). */
  readonly invitations?: Invitations;

  /** Where accounts are the server's own, and Usher may make them (`created`). */
  readonly accounts?: ServerAccounts;
}

export interface Invitations {
  /** Why nothing may be given to an account, also to one that has nothing here; null where nothing is in the way. */
  protectionOf(externalId: string): Promise<Known<Protection | null>>;

  /** Gives libraries to an account, by its id, that has none here yet. */
  invite(externalId: string, externalIds: NonEmpty<string>): Promise<WriteOutcome>;
}

export interface NewServerAccount {
  readonly name: string;
  readonly password: string;
  readonly externalIds: NonEmpty<string>;
  /**
   * An account of that name that already accepts the password is ours from a run that was cut off, and is finished
   * instead.
   */
  readonly resume: boolean;
  /** Id on the server of the account whose other rights it copies; null for nothing beside its libraries. */
  readonly template: string | null;
}

/** What a new account was read to have beside its libraries. */
export interface Beside {
  /** Null when no template was wanted. One that cannot be copied is none: then there is nothing beside. */
  readonly template: 'copied' | 'gone' | 'administrator' | 'unread' | null;
  /** What the server did not keep of that although it took it, in words of people. */
  readonly notKept: readonly string[];
}

export interface ServerAccounts {
  /**
   * Whether a new account can have this name, and the server is up and still the same one. That somebody has it already
   * only making it shows.
   */
  checkName(
    name: string,
  ): Promise<
    | { readonly kind: 'allowed' }
    | { readonly kind: 'not-allowed'; readonly message: Text }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;

  /**
   * Makes an account, restricted to exactly `externalIds` before the call returns, or removes it again
   * (media-servers.md B5). `created` says what was read of it afterwards.
   */
  create(
    account: NewServerAccount,
  ): Promise<
    | { readonly kind: 'created'; readonly externalId: string; readonly beside: Beside }
    | { readonly kind: 'name-taken' }
    | { readonly kind: 'failed'; readonly why: Trouble; readonly leftBehind: boolean }
  >;

  /**
   * Removes an account that was being made, if it accepts this password; of others nothing is touched. Gone already is
   * `done`.
   */
  discard(account: Pick<NewServerAccount, 'name' | 'password'>): Promise<WriteOutcome>;

  /**
   * Deletes an account that was read. Refuses administrators, the last enabled account, and those that sign in
   * elsewhere. Gone already is `done`.
   */
  delete(account: AccountAccess): Promise<WriteOutcome>;

  /** Refuses accounts that sign in elsewhere. */
  setPassword(externalId: string, password: string): Promise<WriteOutcome>;

  /** Names of plug-ins through which people sign in otherwise (LDAP, SSO). */
  listSignInPlugins(): Promise<Known<readonly string[]>>;
}

/** Where a server is. */
export interface ServerLocation {
  readonly url: string;
  /** SHA-256 fingerprint of a certificate that is taken although no authority vouches for it; null for none. */
  readonly certificate: string | null;
  /** An admin has taken that nothing is encrypted on the way to a public address; absent is no. */
  readonly plainHttp?: boolean;
}

/** A token in clear, and the client that it was made for: whatever is asked with the one names the other (A2.2). */
export interface AccountToken {
  readonly token: string;
  /** Who Usher is at the vendor with this token; null is the installation's own, and where there is no vendor. */
  readonly clientIdentifier: string | null;
}

/** How a server is reached; the token stays inside the adapter. */
export interface ServerAddress extends ServerLocation, AccountToken {
  readonly kind: ServerKind;
  /** What the server must say it is; null while it is being added. */
  readonly identity: string | null;
  /** It was just typed, so nobody can say that it "is not accepted any more". */
  readonly tokenIsNew?: true;
}
