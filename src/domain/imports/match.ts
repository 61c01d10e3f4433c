/**
 * Whose account each row of an import is, as far as that is certain, and why it is left where it is not. Pure: nothing
 * is linked by it.
 */
import { accountsInTheWay } from '../account-limit.ts';
import { emailKey, emailName } from '../email-key.ts';
import { fold } from '../fold.ts';
import { type MemberId, toMemberId } from '../ids.ts';
import { MEDIA_KINDS } from '../media-kinds.ts';
import { type Account, isNonEmpty, type NonEmpty, type Server } from '../model.ts';
import { type NamedPerson, peopleIndex, proposalsOf } from '../person-match.ts';
import { endsAt, type ImportedRow } from './rows.ts';

/** An account that is on a server now. */
export interface PresentAccount
  extends Pick<
    Account,
    'id' | 'serverId' | 'name' | 'memberId' | 'formerMemberId' | 'protection' | 'seenAccess' | 'pending'
  > {
  readonly externalId: string;
  /** Of the e-mail address (`emailKey`), where its server tells it. */
  readonly emailKey: string | null;
}

/** Why a row is left as it is. */
export type LeftWhy =
  /** Of a kind of server that Usher does not know, or of which there is none here. */
  | 'other-kind'
  | 'no-server'
  /** The row names no account, or none that is on the servers now. */
  | 'nameless'
  | 'no-account'
  | 'several-accounts'
  /** An invitation by e-mail that nobody has accepted is no account yet. */
  | 'pending'
  | 'protected'
  | 'no-member'
  | 'somebody-elses'
  | 'has-another'
  /** Two rows say of two people that it is theirs. */
  | 'two-people'
  /** An earlier row says the same. */
  | 'twice'
  /** It has an end that cannot be read: for good would be a guess. */
  | 'unclear-end';

/** A row that can be imported. */
export interface Found {
  readonly kind: 'found';
  readonly memberId: MemberId;
  /** The rows of the account: of a vendor's, one on each of its servers. */
  readonly accountIds: NonEmpty<string>;
  readonly name: string;
  readonly until: Date | null;
  /** Both sides are named by what belongs to nobody else; otherwise names are equal, and a person has to say so. */
  readonly isSure: boolean;
  /** The other tool says that it is over already. Nobody loses access by an import, so it gets no end here. */
  readonly isOver: boolean;
  /** The account sees nothing now: it is linked, and that is all. */
  readonly hasNothing: boolean;
}

export type Verdict =
  | Found
  | { readonly kind: 'already'; readonly memberId: MemberId; readonly name: string }
  | { readonly kind: 'left'; readonly why: LeftWhy };

/** What there is here now. */
export interface Here {
  readonly servers: readonly Server[];
  readonly accounts: readonly PresentAccount[];
  readonly people: readonly NamedPerson[];
  /** How many accounts a member may have on a server. */
  readonly maxAccounts: number;
  readonly zone: string;
  readonly now: Date;
}

type Left = Extract<Verdict, { kind: 'left' }>;
const left = (why: LeftWhy): Left => ({ kind: 'left', why });

/** One verdict for each row, in their order. */
export function matchRows(rows: readonly ImportedRow[], here: Here): readonly Verdict[] {
  const accounts = accountFinder(here);
  const people = peopleIndex(here.people);
  const found = rows.map((row) => accounts(row));
  // By their names only where a row says nothing that is surer.
  const proposals = proposalsOf(
    rows.map((row, index) => {
      const account = found[index];
      if (row.discordId !== null || account?.kind !== 'account') return [];
      const { name, formerMemberId: earlier } = account.first;
      if (row.discordName !== null) return people.matchesOf({ names: [row.discordName] }, 2, 'equal');
      const names = [row.account ?? '', name].filter((text) => text !== '');
      return people.matchesOf({ names, emailName: emailName(row.email ?? ''), earlier }, 2, 'equal');
    }),
  );
  const single = rows.map((row, index): Verdict => {
    const account = found[index];
    if (account?.kind !== 'account') return account ?? left('no-account');
    const proposal = proposals[index];
    const memberId =
      row.discordId !== null ? toMemberId(row.discordId) : proposal?.isSure ? proposal.memberId : undefined;
    return verdictOf(row, account, { memberId, isSure: row.discordId !== null }, here);
  });
  return withinLimits(oneEach(single), here);
}

interface FoundAccount {
  readonly kind: 'account';
  readonly first: PresentAccount;
  readonly all: NonEmpty<PresentAccount>;
  readonly isSure: boolean;
}

function verdictOf(
  row: ImportedRow,
  { first, all, isSure }: FoundAccount,
  member: { readonly memberId: MemberId | undefined; readonly isSure: boolean },
  { zone, now }: Here,
): Verdict {
  if (all.some(({ protection }) => protection !== null)) return left('protected');
  const { memberId } = member;
  if (memberId === undefined) return left('no-member');
  if (all.some((account) => account.memberId !== null && account.memberId !== memberId))
    return left('somebody-elses');
  const free = all.filter((account) => account.memberId === null);
  if (!isNonEmpty(free)) return { kind: 'already', memberId, name: first.name };
  if (row.end.kind === 'unclear') return left('unclear-end');
  const end = endsAt(row.end, zone);
  const isOver = end !== null && end <= now;
  return {
    ...{ kind: 'found', memberId, name: first.name, isOver },
    accountIds: [free[0].id, ...free.slice(1).map(({ id }) => id)],
    until: isOver ? null : end,
    isSure: isSure && member.isSure,
    hasNothing: free.every(({ seenAccess }) => seenAccess === 'none'),
  };
}

/** Finds the one account that a row means. */
function accountFinder({
  servers,
  accounts,
}: Pick<Here, 'servers' | 'accounts'>): (row: ImportedRow) => FoundAccount | Left {
  const serverOf = new Map(servers.map((server) => [server.id, server]));
  const by = (keyOf: (account: PresentAccount) => string | null) => Map.groupBy(accounts, keyOf);
  const byId = by(({ externalId }) => idKey(externalId));
  const byEmail = by(({ emailKey: key }) => key);
  const byName = by(({ name }) => fold(name));

  return (row) => {
    if (row.kind === 'other') return left('other-kind');
    const places = placesOf(row, servers);
    if (places.size === 0) return left('no-server');
    // With an id that is not there, an account of the same name may have been made anew for somebody else.
    const isWithoutId = row.accountId === null;
    const tries = [
      { all: isWithoutId ? undefined : byId.get(idKey(row.accountId)), isSure: true },
      { all: byEmail.get(emailKey(row.email ?? '') ?? '-'), isSure: isWithoutId },
      { all: byName.get(nameKey(row.account)), isSure: isWithoutId },
      { all: byName.get(nameKey(emailName(row.email ?? '') ?? null)), isSure: false },
    ];
    if (row.accountId === null && row.account === null && row.email === null) return left('nameless');
    for (const { all = [], isSure } of tries) {
      const here = all.filter(({ serverId }) => places.has(serverId));
      if (here.length === 0) continue;
      const real = here.filter(({ externalId }) => !externalId.startsWith('email:'));
      const [first, ...more] = real;
      if (!first) return left('pending');
      const keys = new Set(real.map((account) => accountKey(account, serverOf.get(account.serverId))));
      return keys.size === 1
        ? { kind: 'account', first, all: [first, ...more], isSure }
        : left('several-accounts');
    }
    return left('no-account');
  };
}

/** Ids of the servers that a row can be about. */
function placesOf(row: ImportedRow, servers: readonly Server[]): ReadonlySet<string> {
  const alike = servers.filter(({ kind }) => row.kind === null || kind === row.kind);
  const ids = (list: readonly Server[]) => new Set(list.map(({ id }) => id));
  const identity = row.serverIdentity;
  if (identity !== null) return ids(alike.filter((server) => idKey(server.identity) === idKey(identity)));
  const named = alike.filter((server) => fold(server.name) === nameKey(row.serverName));
  return ids(named.length > 0 ? named : alike);
}

/** Ids are written with and without hyphens, and in any case. */
const idKey = (id: string): string => id.toLowerCase().replaceAll('-', '');

/** Of no name, a key that no name has. */
const nameKey = (name: string | null): string => fold(name ?? '') || '\n';

/** Of a vendor, accounts of one id are one; elsewhere each server has its own. */
function accountKey({ serverId, externalId }: PresentAccount, server: Server | undefined): string {
  return server && MEDIA_KINDS[server.kind].accounts === 'invited' ? externalId : `${serverId} ${externalId}`;
}

/** Each account once: of rows that say the same, the one with the later end; of rows that do not, none. */
function oneEach(verdicts: readonly Verdict[]): readonly Verdict[] {
  const best = new Map<string, Found>();
  const contested = new Set<string>();
  for (const verdict of verdicts) {
    if (verdict.kind !== 'found') continue;
    const [key] = verdict.accountIds;
    const before = best.get(key);
    if (before && before.memberId !== verdict.memberId) contested.add(key);
    if (!before || isLater(verdict, before)) best.set(key, verdict);
  }
  return verdicts.map((verdict) => {
    if (verdict.kind !== 'found') return verdict;
    const [key] = verdict.accountIds;
    if (contested.has(key)) return left('two-people');
    return best.get(key) === verdict ? verdict : left('twice');
  });
}

function isLater(one: Found, other: Found): boolean {
  if (other.until === null) return false;
  return one.until === null || one.until > other.until;
}

/** A member has as many accounts on a server as they may have: those that they have, and those of earlier rows. */
function withinLimits(
  verdicts: readonly Verdict[],
  { servers, accounts, maxAccounts: max }: Here,
): readonly Verdict[] {
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const serverOf = new Map(servers.map((server) => [server.id, server]));
  const theirs = Map.groupBy(accounts, ({ memberId }) => memberId ?? '');
  return verdicts.map((verdict) => {
    if (verdict.kind !== 'found') return verdict;
    const has = theirs.get(verdict.memberId) ?? [];
    const wanted = verdict.accountIds.flatMap((id) => byId.get(id) ?? []);
    const isInTheWay = wanted.some(({ serverId, externalId }) => {
      const server = serverOf.get(serverId);
      return !server || accountsInTheWay({ server, servers, theirs: has }, { externalId, max }).length > 0;
    });
    if (isInTheWay) return left('has-another');
    theirs.set(verdict.memberId, [...has, ...wanted]);
    return verdict;
  });
}
