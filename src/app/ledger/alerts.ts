/** Alerts: what needs a person is told to staff. */
import { without } from '../../domain/access.ts';
import { applicationOn, serversOf } from '../../domain/grant.ts';
import type { Account, AuditFacts, Server } from '../../domain/model.ts';
import { joinNames } from '../../domain/name-list.ts';
import { isFirstAlert } from '../../domain/retry.ts';
import { say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { DeliveryContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';
import { libraryNames } from './audit-facts.ts';

type Alert = Omit<Extract<DeliveryContent, { kind: 'alert' }>, 'kind'> & {
  /** An audit event of the same transaction says the same, so the audit channel does not need the alert as well. */
  readonly isOnRecord?: true;
};

/**
 * Owes an alert to the alerts channel, or to the audit channel while there is none; nowhere when the guild has
 * neither.
 */
export async function tell(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { isOnRecord, ...alert }: Alert,
  now: Date,
): Promise<void> {
  const { alertsChannelId, auditChannelId } = await tx.settings.get();
  const sink = alertsChannelId ?? (isOnRecord ? null : auditChannelId);
  if (sink === null) return;
  const content = { kind: 'alert', ...alert } as const;
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'alert', sink, content }, now);
}

/** An account whose comparison failed, and what it was to lose. */
export interface StillOpen {
  readonly account: Account;
  /** Ids of the libraries that are ours to take and that nothing proves to be gone. */
  readonly libraryIds: readonly string[];
}

/**
 * Tells staff what cannot be taken (`grant.overdue`), for accounts that have failed too often: once for each grant that
 * has ended or is paused, and once for each account that keeps what no grant gives any more, whatever took it out.
 */
export async function alertOverdue(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, open }: { readonly server: Pick<Server, 'id' | 'name'>; readonly open: readonly StillOpen[] },
  now: Date,
): Promise<void> {
  const memberIds = [...new Set(open.flatMap(({ account }) => account.memberId ?? []))];
  const [grants, libraries] = await Promise.all([
    tx.grants.list({ memberIds, states: ['ending', 'paused'] }),
    tx.libraries.list(),
  ]);
  const accounts = open.map(({ account }) => account);
  for (const grant of grants) {
    if (grant.overdueAlertedAt !== null) continue;
    const theirs = accounts.filter((account) => account.memberId === grant.memberId);
    const standing = applicationOn(grant, server, theirs, libraries);
    if (standing.kind !== 'still-open' || !serversOf(grant, libraries).includes(server.id)) continue;
    await tx.grants.markOverdueAlerted(grant.id, now);
    const decided =
      grant.state === 'paused' ? 'paused' : grant.endCause === 'revoked' ? 'revoked' : 'expired';
    const why = standing.why ?? 'not confirmed';
    const facts = { grant: grant.number, libraries: libraryNames(grant.libraryIds, libraries) };
    const next = standing.refused ? 'A person has to act.' : TRIES;
    await overdue(deps, tx, { server, account: theirs[0], facts, decided, why, next }, now);
  }
  for (const { account, libraryIds } of open) {
    const theirs = grants.filter(({ memberId }) => memberId === account.memberId);
    const rest = without(
      libraryIds,
      theirs.flatMap((grant) => grant.libraryIds),
    );
    if (rest.length === 0 || !isFirstAlert(account)) continue;
    const facts = { account: account.name, libraries: libraryNames(rest, libraries) };
    const why = account.trouble ?? 'not confirmed';
    const next = account.refused ? 'A person has to act.' : TRIES;
    await overdue(deps, tx, { server, account, facts, decided: NOT_GRANTED, why, next }, now);
  }
}

const TRIES = 'Usher keeps trying.';
const NOT_GRANTED = 'not granted any more';

async function overdue(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    server,
    account,
    facts,
    decided,
    why,
    next,
  }: {
    readonly server: Pick<Server, 'name'>;
    readonly account: Account | undefined;
    readonly facts: Pick<AuditFacts, 'grant' | 'account'> & { readonly libraries: readonly string[] };
    readonly decided: string;
    readonly why: string;
    readonly next: string;
  },
  now: Date,
): Promise<void> {
  const detail = `${decided} but still open on ${server.name}: ${why} ${next}`;
  await tx.audit.append({
    action: 'grant.overdue',
    actorId: null,
    targetId: account?.memberId ?? null,
    facts: {
      ...facts,
      server: server.name,
      how: decided === NOT_GRANTED ? 'dropped' : decided,
      detail: [why, say(next === TRIES ? 'audit.note.tries' : 'audit.note.person')],
    },
    at: now,
  });
  const which = facts.grant === undefined ? '' : `Grant #${facts.grant}, `;
  const text = `${which}${joinNames(facts.libraries)} for ${account?.name}: ${detail}`;
  await tell(deps, tx, { text, isOnRecord: true }, now);
}

/**
 * Tells staff which accounts a server refused to change, once per account and reason: only a person can mend that.
 * Several that are refused alike at once are one alert, and one more of a kind that is known already is none.
 */
export async function alertRefused(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    server,
    before,
    after,
  }: {
    readonly server: Pick<Server, 'id' | 'name'>;
    readonly before: readonly Account[];
    readonly after: readonly Account[];
  },
  now: Date,
): Promise<void> {
  const knew = new Map(before.map((account) => [account.id, account.refused ? account.trouble : null]));
  const news = after.filter(({ id, refused, trouble }) => refused && knew.get(id) !== trouble);
  if (news.length === 0) return;
  const ids = new Set(after.map(({ id }) => id));
  const others = (await tx.accounts.list({ serverId: server.id, troubled: true })).filter(
    ({ id, refused }) => refused && !ids.has(id),
  );
  const told = new Set(others.map(({ trouble }) => trouble));
  for (const [trouble, alike] of Map.groupBy(news, (account) => account.trouble)) {
    if (told.has(trouble)) continue;
    const [first] = alike;
    const whose = first?.memberId ? ` of <@${first.memberId}>` : '';
    const who = alike.length === 1 ? `the account ${first?.name}${whose}` : `${alike.length} accounts`;
    const text = `${server.name}: ${who} could not be changed, and trying again does not mend it. ${trouble}\nA person has to put it right; then press Retry in /jobs list. Usher itself tries ever more rarely.`;
    await tell(deps, tx, { text }, now);
  }
}
