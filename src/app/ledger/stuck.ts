/** One message for each server that answers and does not do what it is told: whose access it is, and why. */
import { keptText, readKeptText } from '../../domain/kept-text.ts';
import type { Account, Server } from '../../domain/model.ts';
import { ALERT_AFTER } from '../../domain/retry.ts';
import { lines, say, timeOf } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { alert, over, whoOf, wordsOf } from './alerts.ts';
import { keepTooMuch } from './still-open.ts';

/** How many different reasons are told. */
const REASONS = 3;

/** Tells which accounts have failed too often or were refused, or that there are none any more. */
export async function tellStuck(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  serverId: string,
  now: Date,
): Promise<void> {
  const topic = `stuck ${serverId}` as const;
  const server = await tx.servers.find(serverId);
  if (!server) return;
  const post = await tx.posts.find(topic);
  const isTold = post !== undefined && post.state !== 'closed';
  const { open, refused } = await stuckOn(tx, server);
  const stuck = [...open, ...refused];
  const { name } = server;
  if (stuck.length === 0) {
    if (isTold)
      await over(deps, tx, topic, { text: say('alert.stuck.over', { server: name, to: timeOf(now) }), now });
    return;
  }
  // Until all that waited for a server that was away is done, that is told in the message of its outage (outage.ts).
  const outage = await tx.posts.find(`outage ${serverId}`);
  const isAway = (server.offlineSince ?? server.sharingSince) !== null;
  if (!isTold && (isAway || (outage !== undefined && outage.state !== 'closed'))) return;
  const reasons = [...new Set(stuck.map(({ trouble }) => keptText(trouble ?? '')))].slice(0, REASONS);
  const needsPerson = stuck.some((account) => account.refused);
  const text = lines(
    open.length > 0 ? say('alert.stuck.open', { server: name, ...(await whose(tx, open)) }) : undefined,
    refused.length > 0
      ? say('alert.stuck.refused', { server: name, ...(await whose(tx, refused)) })
      : undefined,
    ...reasons.filter((reason) => reason !== '').map((reason) => wordsOf(readKeptText(reason))),
    say(needsPerson ? 'alert.needsPerson' : 'alert.keepsTrying'),
  );
  // The record has a line for each that is still open (`grant.overdue`), and none for what was refused.
  await alert(deps, tx, topic, { text, isOnRecord: refused.length === 0, retry: serverId, now });
}

const whose = async (tx: GuildStores, accounts: readonly Account[]) => ({
  count: accounts.length,
  who: await whoOf(
    tx,
    accounts.flatMap(({ memberId }) => memberId ?? []),
  ),
});

/** `open`: they keep what nothing gives them any more. `refused`: anything else that only a person can mend. */
async function stuckOn(tx: GuildStores, server: Server) {
  const troubled = await tx.accounts.list({ serverId: server.id, troubled: true });
  const stuck = troubled.filter(
    ({ memberId, refused, attempts }) => memberId !== null && (refused || attempts >= ALERT_AFTER),
  );
  const open = await keepTooMuch(tx, server, stuck);
  return { open, refused: stuck.filter((account) => account.refused && !open.includes(account)) };
}
