/** Alerts: what needs a person is told to staff. */
import { applicationOn, serversOf } from '../../domain/grant.ts';
import type { Account, Server } from '../../domain/model.ts';
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
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'channel', sink, content }, now);
}

/**
 * Tells staff, once for each grant, that access is still open after its end (`grant.overdue`): for the ending
 * grants whose members' accounts on this server have failed too often.
 */
export async function alertOverdue(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    server,
    accounts,
  }: { readonly server: Pick<Server, 'id' | 'name'>; readonly accounts: readonly Account[] },
  now: Date,
): Promise<void> {
  const memberIds = [...new Set(accounts.flatMap((account) => account.memberId ?? []))];
  const [endings, libraries] = await Promise.all([
    tx.grants.list({ memberIds, states: ['ending'] }),
    tx.libraries.list(),
  ]);
  for (const grant of endings) {
    if (grant.overdueAlertedAt !== null) continue;
    const theirs = accounts.filter((account) => account.memberId === grant.memberId);
    const standing = applicationOn(grant, server, theirs, libraries);
    if (standing.kind !== 'still-open' || !serversOf(grant, libraries).includes(server.id)) continue;
    await tx.grants.markOverdueAlerted(grant.id, now);
    const decided = grant.endCause === 'revoked' ? 'revoked' : 'expired';
    const detail = `${decided} but still open on ${server.name}: ${standing.why ?? 'not confirmed'} ${standing.refused ? 'A person has to act.' : 'Usher keeps trying.'}`;
    await tx.audit.append({
      action: 'grant.overdue',
      actorId: null,
      targetId: grant.memberId,
      facts: {
        grant: grant.number,
        server: server.name,
        libraries: libraryNames(grant.libraryIds, libraries),
        detail,
      },
      at: now,
    });
    await tell(deps, tx, { text: `Grant #${grant.number} ${detail}`, isOnRecord: true }, now);
  }
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
