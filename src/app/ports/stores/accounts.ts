/** Ports for the storage of accounts on media servers, sign-ins to them, and members. */
import type { AccessCounts } from '../../../domain/access-counts.ts';
import type { Arrival, Aside } from '../../../domain/arrival.ts';
import type { MemberId } from '../../../domain/ids.ts';
import type { Account, Member, SignIn } from '../../../domain/model.ts';

/** A new account as a server was read to have it at `seenAt`. */
export type SeenAccount = Pick<
  Account,
  | 'id'
  | 'serverId'
  | 'externalId'
  | 'name'
  | 'emailMasked'
  | 'protection'
  | 'signsInElsewhere'
  | 'seenAccess'
  | 'pending'
  | 'disabled'
  | 'seen'
> & { readonly seenAt: Date };

/** As much of an account as names it and says what it is. */
export type NamedAccount = Pick<
  Account,
  'id' | 'name' | 'protection' | 'signsInElsewhere' | 'memberId' | 'formerMemberId'
> & {
  readonly externalId: string;
};

/** What is known of an account for each library, by library id. */
type AccountLibraries = Pick<Account, 'seen' | 'given' | 'inFlight' | 'leaving' | 'ended' | 'elsewhere'>;

/** What changes of an account. */
type AccountChanges = Partial<Omit<Account, 'id' | 'serverId' | keyof AccountLibraries>>;

/** What changes of one of many accounts. `libraries` replaces its libraries. */
export interface AccountUpdate {
  readonly id: string;
  readonly changes: AccountChanges;
  readonly libraries?: Pick<AccountLibraries, 'seen' | 'given'> & Partial<AccountLibraries>;
}

export interface AccountStore {
  list(filter?: {
    readonly serverId?: string;
    readonly memberId?: MemberId;
    readonly memberIds?: readonly MemberId[];
    readonly externalIds?: readonly string[];
    /** Only those whose last comparison failed. */
    readonly troubled?: true;
  }): Promise<readonly Account[]>;
  find(accountId: string): Promise<Account | undefined>;
  /** Whose accounts are linked, of one server or of all; with `pending`, only those who are yet to accept. */
  listMembers(filter: { readonly serverId?: string; readonly pending?: true }): Promise<readonly MemberId[]>;
  /** All accounts of a server that are not half made, linked or not, by name. */
  listNames(serverId: string): Promise<readonly NamedAccount[]>;
  /**
   * The first of them that nothing protects and whose names contain these words of plain letters and digits. `linked`:
   * only those that are a member's, or only those that are nobody's.
   */
  findNames(
    serverId: string,
    words: readonly string[],
    limit: number,
    linked?: boolean,
  ): Promise<readonly NamedAccount[]>;
  /** External ids of the accounts of a server that are linked, or of which something was last seen. */
  listKnownIds(serverId: string): Promise<readonly string[]>;
  /** How many accounts of each server see something, by server id. A disabled one sees nothing. */
  countAccess(): Promise<ReadonlyMap<string, AccessCounts>>;
  /** Linked accounts whose comparison, further look or deletion is due, of one server or of all. */
  listDue(now: Date, serverId?: string): Promise<readonly Account[]>;
  /** Ids of the servers with an account that `listDue` would list. */
  listDueServers(now: Date): Promise<readonly string[]>;
  /** Inserts accounts that are not there, linked to nobody. */
  addSeen(accounts: readonly SeenAccount[]): Promise<void>;
  /** Inserts or updates by (server, external id); `account.id` is used for a new row only. Returns the row's id. */
  save(
    account: Pick<Account, 'id' | 'serverId' | 'externalId' | 'name'> &
      Partial<Omit<Account, 'id' | 'serverId' | 'externalId' | 'name' | keyof AccountLibraries>>,
  ): Promise<string>;
  update(
    accountId: string,
    changes: AccountChanges & { readonly secretCipher?: string | null },
  ): Promise<void>;
  /** Many at once, each in its own way; what it costs is nearly the same for any number of them. */
  updateMany(updates: readonly AccountUpdate[]): Promise<void>;
  remove(accountId: string): Promise<void>;
  /**
   * Replaces the libraries of an account: those it was seen to have, those of them that we gave, those that were being
   * written when the result was lost (`inFlight`), those of these that were being taken (`leaving`), those that were
   * ours lately (`ended`), and those that something else on this installation gave (`elsewhere`).
   */
  setLibraries(accountId: string, libraries: NonNullable<AccountUpdate['libraries']>): Promise<void>;
  /**
   * Notes that these libraries are about to be given to, or taken from, these accounts. Until a reading shows what came
   * of it, they count as in flight and not as given, the accounts are due, and the write is in doubt.
   */
  noteInFlight(
    accountIds: readonly string[],
    libraries: { readonly giving: readonly string[]; readonly taking: readonly string[] },
    now: Date,
  ): Promise<void>;
  /**
   * Forgets which libraries were ours, for the accounts of a server whose last end was proven before: what is seen
   * again from now on was given by somebody else.
   */
  forgetEnded(serverId: string, before: Date): Promise<void>;
  getSecretCipher(accountId: string): Promise<string | null>;
  /**
   * Makes the comparison of these members' accounts (or of a server's linked accounts) due now, failures forgotten;
   * unfinished ones are left alone. `decided`: by an end date or a typed command, so that they may lose something
   * (rule 5).
   */
  makeDue(
    which: { readonly memberIds?: readonly MemberId[]; readonly serverId?: string },
    now: Date,
    cause: 'decided' | 'noticed',
  ): Promise<void>;
  /**
   * Accounts of a server that wait for a later try or look are due now, their failures kept; those that were refused
   * wait on. Returns how many are due.
   */
  hasten(serverId: string, now: Date): Promise<number>;
  /** The clock was set back to `now`: what waits for another try is due, and nothing was seen or written later. */
  setBack(now: Date): Promise<void>;
  /** Accounts that wait for their creation to be finished (external id still null). */
  listUnfinished(): Promise<readonly Account[]>;
}

export interface ArrivalStore {
  /** Of one server, of these accounts, of which staff have said this, or all. */
  list(filter?: {
    readonly serverId?: string;
    readonly aside?: Aside;
    readonly accountIds?: readonly string[];
  }): Promise<readonly Arrival[]>;
  /** Adds them, or replaces all of each. */
  put(arrivals: readonly Arrival[]): Promise<void>;
  remove(accountIds: readonly string[]): Promise<void>;
}

export interface MemberStore {
  find(userId: MemberId): Promise<Member | undefined>;
  /** Makes the rows that are missing. */
  ensure(...userIds: readonly MemberId[]): Promise<void>;
  update(userId: MemberId, changes: Partial<Omit<Member, 'userId' | 'name'>>): Promise<void>;
  /** Who is not in the community any more. */
  listLeft(): Promise<readonly MemberId[]>;
  /** Those of these who did not take the last direct message. */
  listClosed(userIds: readonly MemberId[]): Promise<readonly MemberId[]>;
  /** What they are called, of those who ever appeared. */
  listNames(userIds: readonly MemberId[]): Promise<readonly NamedMember[]>;
  /** Those whose name has this in it, in any case; by name. */
  findByName(part: string, limit: number): Promise<readonly NamedMember[]>;
  /** All who are known by a name. */
  listNamed(): Promise<readonly NamedMember[]>;
  /** Makes the rows that are missing. Without a locale, the one that is known stays. */
  noteNames(people: readonly NotedMember[]): Promise<void>;
}

export interface NamedMember {
  readonly userId: MemberId;
  readonly name: string;
}

export interface NotedMember extends NamedMember {
  readonly locale?: string;
}

export interface SignInStore {
  add(signIn: SignIn & { readonly pinCipher: string }): Promise<void>;
  find(signInId: string): Promise<SignIn | undefined>;
  /** Those that are neither done nor expired, oldest first. */
  listOpen(): Promise<readonly SignIn[]>;
  /** Empty once it was approved. */
  getPinCipher(signInId: string): Promise<string>;
  getTokenCipher(signInId: string): Promise<string | null>;
  /**
   * Moves on from one state; false when it was not in it. What it was polled with is forgotten as soon as it waits no
   * more. `tokenCipher: null` forgets the token.
   */
  move(
    signInId: string,
    from: SignIn['state'],
    to: SignIn['state'],
    changes?: Partial<Pick<SignIn, 'expiresAt' | 'externalId' | 'accountName'>> & {
      readonly tokenCipher?: string | null;
    },
  ): Promise<boolean>;
}
