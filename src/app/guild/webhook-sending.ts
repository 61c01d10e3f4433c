/**
 * What webhooks are owed, sent: the record behind the last event that each has taken, one after another. So nothing is
 * skipped and nothing is noted twice, whatever happens in between; what was sent and not noted is sent again, and known
 * by the same id (decisions/0029).
 */
import { inSteps } from '../../concurrency/back-off.ts';
import type { GuildId } from '../../domain/ids.ts';
import { actionsFor, type Webhook } from '../../domain/webhook.ts';
import { lines, say } from '../../words/say.ts';
import { alert } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { WebhookAnswer } from '../ports/webhooks.ts';
import { openWebhook, SEALED } from './webhooks.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** One that is back after an hour is found soon; one that is not is hardly asked. */
const backOff = inSteps(
  ...([5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS] as const),
  ...([20 * MINUTE_MS, 30 * MINUTE_MS] as const),
);
const GIVEN_UP_AFTER_MS = 3 * 86_400_000;
/** As many of one guild are on their way at once, of so many in all: there is always room for another guild. */
const SHARE = 4;

/** A webhook that is to be sent something. */
export interface DueWebhook {
  readonly guildId: GuildId;
  readonly webhookId: string;
}

/** What came of a try, as it is counted. */
type Tried = 'sent' | 'postponed' | 'parked';

type Uses = Pick<Deps, 'stores' | 'clock' | 'codes' | 'secrets' | 'webhooks' | 'log'>;

export function makeWebhookSending(deps: Uses) {
  const { stores, clock } = deps;
  return {
    /**
     * Webhooks with something to send, beside those that are on their way: not more than `limit` with them, and not
     * more than a quarter of that of one guild. Those that were asked longest ago come first, so they take turns.
     */
    async listDue(limit: number, onItsWay: readonly DueWebhook[]): Promise<readonly DueWebhook[]> {
      const now = clock.now();
      const due: DueWebhook[] = [];
      for (const guildId of await stores.due.listWebhooks(now)) {
        const room = limit - onItsWay.length - due.length;
        if (room <= 0) break;
        const busy = onItsWay.filter((one) => one.guildId === guildId).map(({ webhookId }) => webhookId);
        const share = Math.max(1, Math.floor(limit / SHARE)) - busy.length;
        if (share <= 0) continue;
        const there = stores.of(guildId);
        const [{ number }, webhooks] = [await there.record.head(), await there.webhooks.list()];
        const theirs = webhooks
          .flatMap(({ id, dueAt, sentNumber }) =>
            dueAt !== null && dueAt <= now && sentNumber < number && !busy.includes(id)
              ? [{ id, dueMs: dueAt.getTime() }]
              : [],
          )
          .toSorted((one, other) => one.dueMs - other.dueMs)
          .slice(0, Math.min(room, share));
        due.push(...theirs.map(({ id }) => ({ guildId, webhookId: id })));
      }
      return due;
    },

    /** When something is due; undefined while nothing waits. */
    nextMoment: (): Promise<Date | undefined> => stores.due.nextWebhook(),

    /** Sends the next event, and notes what came of it. */
    async sendNext({ guildId, webhookId }: DueWebhook): Promise<Tried | undefined> {
      const there = stores.of(guildId);
      const webhook = await there.webhooks.find(webhookId);
      if (!webhook || webhook.dueAt === null || webhook.dueAt > clock.now()) return undefined;
      // Before it is looked for: what is written meanwhile lies behind it.
      const head = await there.record.head();
      const actions = actionsFor(webhook.events);
      const [number] = await there.record.listNewer({ actions }, { after: webhook.sentNumber, limit: 1 });
      const event = number === undefined ? undefined : await there.record.find(number);
      if (!event) {
        await noteNothing(deps, guildId, { webhook, upTo: head.number });
        return undefined;
      }
      const opened = await openWebhook(deps, there, webhookId);
      const answer = opened ? await deps.webhooks.send(guildId, { webhookId, ...opened, event }) : SEALED;
      return await stores.transaction(guildId, (tx) =>
        settle(deps, tx, { webhookId, number: event.number, answer }),
      );
    },
  };
}

/** None of what happened since is for it. */
async function noteNothing(
  { stores }: Uses,
  guildId: GuildId,
  { webhook, upTo }: { readonly webhook: Webhook; readonly upTo: number },
): Promise<void> {
  if (upTo <= webhook.sentNumber) return;
  await stores.transaction(guildId, (tx) => tx.webhooks.update(webhook.id, { sentNumber: upTo }));
}

async function settle(
  deps: Uses,
  tx: GuildStores,
  {
    webhookId,
    number,
    answer,
  }: { readonly webhookId: string; readonly number: number; readonly answer: WebhookAnswer },
): Promise<Tried | undefined> {
  const webhook = await tx.webhooks.find(webhookId);
  // It was removed while it was asked.
  if (!webhook) return undefined;
  const now = deps.clock.now();
  const { attempts: before, formerUntil } = webhook;
  const isFormerOver = formerUntil !== null && formerUntil <= now;
  const came = {
    ...(answer.status !== null && { answeredAt: now, status: answer.status }),
    ...(isFormerOver && { formerCipher: null, formerUntil: null }),
  };
  if (answer.kind === 'taken') {
    const well = { attempts: 0, failingSince: null, trouble: null, dueAt: now };
    await tx.webhooks.update(webhookId, { ...came, ...well, sentNumber: number });
    return 'sent';
  }
  const attempts = before + 1;
  const failingSince = webhook.failingSince ?? now;
  const isGivenUp = answer.isFinal || now.getTime() - failingSince.getTime() >= GIVEN_UP_AFTER_MS;
  const wait = Math.max(backOff(attempts), answer.retryAfterMs ?? 0);
  const dueAt = isGivenUp ? null : new Date(now.getTime() + wait);
  const { status, why } = answer;
  deps.log.warn(
    { guildId: tx.guildId, webhookId, status, attempts, isGivenUp },
    'a webhook does not take what it is sent',
  );
  await tx.webhooks.update(webhookId, { ...came, attempts, failingSince, trouble: why, dueAt });
  if (!isGivenUp) return 'postponed';
  await noteGivenUp(deps, tx, { webhook, answer }, now);
  return 'parked';
}

async function noteGivenUp(
  deps: Uses,
  tx: GuildStores,
  {
    webhook,
    answer,
  }: { readonly webhook: Webhook; readonly answer: Extract<WebhookAnswer, { kind: 'not-taken' }> },
  now: Date,
): Promise<void> {
  const { id, name } = webhook;
  const { why, isFinal } = answer;
  const facts = { webhook: name, ...(isFinal && { how: 'final' }), detail: why };
  await tx.audit.append({ action: 'webhook.failing', actorId: null, facts, at: now });
  const open = say(isFinal ? 'alert.webhook.final' : 'alert.webhook.failing', { webhook: name, why });
  const text = lines(open, say('alert.webhook.next'));
  await alert(deps, tx, `webhook ${id}`, { text, isOnRecord: true, now });
}
