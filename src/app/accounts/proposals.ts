/** Whose accounts may be, by what they are called: compared with who is known here, and with whom Discord finds. */
import { turn } from '../../concurrency/in-turns.ts';
import { type Arrival, NOBODY_FOUND } from '../../domain/arrival.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Server } from '../../domain/model.ts';
import {
  type Login,
  type NamedPerson,
  type PersonMatch,
  peopleIndex,
  proposalsOf,
} from '../../domain/person-match.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccessReading } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { keepNames, whoIsCalledSo } from './called-so.ts';

/** Accounts that are compared before everybody else has a turn. */
const COMPARED_AT_ONCE = 100;
/** Of so many Discord is asked at once, when a server is read; of the others when they are looked at. */
const LOOKED_UP = 40;
/** A list waits no longer for Discord. */
const PATIENCE_MS = 5_000;

export function makeProposals(deps: Pick<Deps, 'stores' | 'guilds' | 'clock'>) {
  return { propose, lookUp };

  async function propose(
    guildId: GuildId,
    server: Server,
    reading: AccessReading,
  ): Promise<readonly Arrival[]> {
    const stores = deps.stores.of(guildId);
    const logins = await loginsOf(stores, server, reading);
    const full = await thoseWithout(stores, server);
    const people = (await stores.members.listNamed()).filter(({ userId }) => !full.has(userId));
    const kept = peopleIndex(people.map(({ userId, name }) => ({ memberId: userId, names: [name] })));
    const matches: (readonly PersonMatch[])[] = [];
    for (const login of logins) {
      matches.push(kept.matchesOf(login).filter(({ memberId }) => !full.has(memberId)));
      if (matches.length % COMPARED_AT_ONCE === 0) await turn();
    }
    const unsure = logins.flatMap((login, at) =>
      (matches[at]?.[0]?.score ?? 0) < 90 ? [{ login, at }] : [],
    );
    const asked = unsure.slice(0, LOOKED_UP);
    const answers = await whoIsCalledSo(
      deps,
      guildId,
      asked.map(({ login }) => login),
      { patienceMs: PATIENCE_MS },
    );
    const names: NamedPerson[] = [];
    for (const [index, { login, at }] of asked.entries()) {
      const found = answers[index]?.filter(({ memberId }) => !full.has(memberId));
      if (!found) continue;
      matches[at] = merged(matches[at] ?? [], peopleIndex(found).matchesOf(login));
      names.push(...found);
    }
    const proposals = proposalsOf(matches);
    await keepNames(deps, guildId, proposedIn(proposals), names);
    const lookedUp = new Set(asked.filter((_, index) => answers[index]).map(({ at }) => at));
    return logins.map(({ accountId }, at) => arrivalOf(accountId, proposals[at], lookedUp.has(at)));
  }

  /** Asks Discord about those on a page of whom it was not asked yet, as far as it answers in time. */
  async function lookUp(
    guildId: GuildId,
    server: Server,
    shown: readonly Arrival[],
    nameOf: (accountId: string) => string,
  ): Promise<ReadonlyMap<string, Arrival>> {
    const open = shown.filter(
      ({ isLookedUp, why, isSure, aside }) => !isLookedUp && !isSure && why !== 'chosen' && aside === null,
    );
    if (open.length === 0) return new Map();
    const logins = open.map(({ accountId }): Login => ({ names: [nameOf(accountId)] }));
    const full = await thoseWithout(deps.stores.of(guildId), server);
    const answers = (await whoIsCalledSo(deps, guildId, logins, { patienceMs: PATIENCE_MS })).map((found) =>
      found?.filter(({ memberId }) => !full.has(memberId)),
    );
    const proposals = proposalsOf(
      open.map((arrival, at) => {
        const before: readonly PersonMatch[] =
          arrival.memberId === null || arrival.why === null || arrival.why === 'chosen'
            ? []
            : [{ memberId: arrival.memberId, score: arrival.score, why: arrival.why }];
        const login = logins[at];
        return login ? merged(before, peopleIndex(answers[at] ?? []).matchesOf(login)) : before;
      }),
    );
    const found = open.flatMap((arrival, at) =>
      answers[at] ? [arrivalOf(arrival.accountId, proposals[at], true)] : [],
    );
    if (found.length === 0) return new Map();
    await keepNames(
      deps,
      guildId,
      proposedIn(proposals),
      answers.flatMap((answer) => answer ?? []),
    );
    return await deps.stores.transaction(guildId, async (tx) => {
      const ids = found.map(({ accountId }) => accountId);
      const now = new Map((await tx.arrivals.list({ accountIds: ids })).map((one) => [one.accountId, one]));
      const still = found.filter(({ accountId }) => {
        const known = now.get(accountId);
        return known && !isSaid(known);
      });
      await tx.arrivals.put(still);
      return new Map(still.map((arrival) => [arrival.accountId, arrival]));
    });
  }
}

const proposedIn = (proposals: readonly (PersonMatch | undefined)[]): ReadonlySet<MemberId> =>
  new Set(proposals.flatMap((proposal) => proposal?.memberId ?? []));

/** Of whom staff have said something: no reading changes it. */
export const isSaid = ({ why, aside }: Arrival): boolean => why === 'chosen' || aside !== null;

/** Nobody's, and nothing protects it. */
export const isFree = ({
  memberId,
  protection,
  externalId,
}: Pick<Account, 'memberId' | 'protection' | 'externalId'>) =>
  memberId === null && protection === null && externalId !== null;

function arrivalOf(
  accountId: string,
  proposal: ReturnType<typeof proposalsOf>[number],
  isLookedUp: boolean,
): Arrival {
  return { ...NOBODY_FOUND, ...proposal, accountId, isLookedUp };
}

/** The best of both; of one member the higher score. */
function merged(one: readonly PersonMatch[], other: readonly PersonMatch[]): readonly PersonMatch[] {
  const best = new Map<MemberId, PersonMatch>();
  for (const match of [...one, ...other])
    if (match.score > (best.get(match.memberId)?.score ?? 0)) best.set(match.memberId, match);
  return [...best.values()].toSorted((a, b) => b.score - a.score || (a.memberId < b.memberId ? -1 : 1));
}

/** Accounts that the server lists now and nobody has, by what may tell whose they are. */
async function loginsOf(
  stores: GuildStores,
  server: Server,
  reading: AccessReading,
): Promise<readonly (Login & { readonly accountId: string })[]> {
  const listed = new Map(reading.accounts.map((account) => [account.externalId, account]));
  const [here, elsewhere] = await Promise.all([
    stores.accounts.listNames(server.id),
    provenBeside(stores, server),
  ]);
  return here.filter(isFree).flatMap((account) => {
    const seen = listed.get(account.externalId);
    // What the reading says is newer than the row.
    if (!seen || seen.protection !== null || server.ownerAccountId === account.externalId) return [];
    const earlier = account.formerMemberId ?? elsewhere.get(account.externalId) ?? null;
    return [{ accountId: account.id, names: [account.name], emailName: seen.emailName, earlier }];
  });
}

/** Of a vendor's accounts, whose they are on the other servers of its kind. */
async function provenBeside(
  stores: GuildStores,
  { id, kind }: Server,
): Promise<ReadonlyMap<string, MemberId>> {
  if (MEDIA_KINDS[kind].accounts !== 'invited') return new Map();
  const others = (await stores.servers.list()).filter((other) => other.kind === kind && other.id !== id);
  const named = await Promise.all(others.map((other) => stores.accounts.listNames(other.id)));
  return new Map(
    named
      .flat()
      .flatMap(({ externalId, memberId }) => (memberId === null ? [] : [[externalId, memberId] as const])),
  );
}

/** Members who may have no more accounts on the server. */
async function thoseWithout(stores: GuildStores, server: Server): Promise<ReadonlySet<MemberId>> {
  const [{ maxAccounts }, accounts] = await Promise.all([
    stores.settings.get(),
    stores.accounts.listNames(server.id),
  ]);
  const byMember = Map.groupBy(accounts, ({ memberId }) => memberId);
  return new Set(
    [...byMember].flatMap(([memberId, theirs]) =>
      memberId !== null && theirs.length >= maxAccounts ? [memberId] : [],
    ),
  );
}
