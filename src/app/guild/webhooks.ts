/** Webhooks: added, listed, tried, given another secret, turned on again and removed by admins. */
import type { Offer } from '../../domain/complete-list.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { nameMatcher, type Picked, pick } from '../../domain/pick.ts';
import {
  actionsFor,
  type ReadWebhookEvents,
  readWebhookEvents,
  readWebhookUrl,
  type Webhook,
} from '../../domain/webhook.ts';
import { type Sentence, say, timeOf } from '../../words/say.ts';
import { over } from '../ledger/alerts.ts';
import { mustHaveRoom } from '../ledger/room.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { WebhookAnswer } from '../ports/webhooks.ts';
import { noteChange } from './setting-changed.ts';

/** How long the secret before signs as well. */
const BOTH_MS = 86_400_000;
/** More that wait are not counted. */
const MOST_COUNTED = 1_000;
const COMPLETIONS = 25;

export interface ListedWebhook {
  readonly webhook: Webhook;
  /** Events that it has not taken yet; of more than `MOST_COUNTED`, so many. */
  readonly waiting: number;
}

export type AddedWebhook =
  /** `secret` is shown once. */
  | { readonly kind: 'added'; readonly webhook: Webhook; readonly secret: string }
  | { readonly kind: 'no-url'; readonly says: Sentence }
  | Extract<ReadWebhookEvents, { kind: 'unknown' }>
  | { readonly kind: 'there-already'; readonly webhook: Webhook };

interface Whose {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly webhookId: string;
}

type Uses = Pick<Deps, 'stores' | 'clock' | 'codes' | 'secrets' | 'limits' | 'webhooks'>;

export function makeWebhooks(deps: Uses) {
  const { stores, clock, codes, secrets, webhooks } = deps;
  return {
    /** `events`: names, with commas; without any, all of them. What happened before is not sent. */
    async add(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly url: string;
      readonly events: string;
    }): Promise<AddedWebhook> {
      const { guildId, actorId } = input;
      const read = readWebhookUrl(input.url);
      if (read.kind === 'problem') return { kind: 'no-url', says: read.says };
      const wanted = readWebhookEvents(input.events);
      if (wanted.kind === 'unknown') return wanted;
      const id = codes.newId();
      const secret = webhooks.newSecret();
      const ciphers = {
        urlCipher: secrets.seal(read.url, { guildId, column: 'Webhook.url', row: id }),
        secretCipher: secrets.seal(secret, { guildId, column: 'Webhook.secret', row: id }),
        formerCipher: null,
      };
      return await stores.transaction(guildId, async (tx): Promise<AddedWebhook> => {
        const there = await tx.webhooks.list();
        for (const webhook of there)
          if ((await openWebhook(deps, tx, webhook.id))?.url === read.url)
            return { kind: 'there-already', webhook };
        await mustHaveRoom(deps, tx, 'webhooks');
        const now = clock.now();
        const facts = { webhook: read.name, ...(wanted.events.length > 0 && { events: wanted.events }) };
        const { number } = await tx.audit.append({ action: 'webhook.added', actorId, facts, at: now });
        const webhook: Webhook = {
          ...{ id, name: read.name, events: wanted.events, sentNumber: number, createdAt: now, dueAt: now },
          ...{ attempts: 0, failingSince: null, answeredAt: null, status: null, trouble: null },
          formerUntil: null,
        };
        await tx.webhooks.add({ ...webhook, ...ciphers });
        return { kind: 'added', webhook, secret };
      });
    },

    /** Oldest first. */
    async list(guildId: GuildId): Promise<readonly ListedWebhook[]> {
      const there = stores.of(guildId);
      return await Promise.all((await there.webhooks.list()).map((webhook) => listed(there, webhook)));
    },

    async find(guildId: GuildId, webhookId: string): Promise<ListedWebhook | undefined> {
      const there = stores.of(guildId);
      const webhook = await there.webhooks.find(webhookId);
      return webhook && (await listed(there, webhook));
    },

    async pick(guildId: GuildId, typed: string): Promise<Picked<Webhook>> {
      return pick(await stores.of(guildId).webhooks.list(), typed, ({ name }) => [name]);
    },

    async complete(guildId: GuildId, typed: string): Promise<readonly Offer[]> {
      const isMeant = nameMatcher(typed);
      return (await stores.of(guildId).webhooks.list())
        .filter(({ name }) => isMeant(name))
        .slice(0, COMPLETIONS)
        .map(({ id, name }) => ({ name, value: id }));
    },

    /** Sends a message that stands for nothing, at once. What waits goes on if it is taken. Undefined: it is gone. */
    async test(
      guildId: GuildId,
      webhookId: string,
    ): Promise<{ readonly webhook: Webhook; readonly answer: WebhookAnswer } | undefined> {
      const there = stores.of(guildId);
      const webhook = await there.webhooks.find(webhookId);
      if (!webhook) return undefined;
      const opened = await openWebhook(deps, there, webhookId);
      if (!opened) return { webhook, answer: SEALED };
      const answer = await webhooks.send(guildId, { webhookId, ...opened, event: null });
      if (answer.kind === 'taken' && webhook.dueAt !== null && webhook.failingSince !== null)
        await stores.transaction(guildId, (tx) => tx.webhooks.update(webhookId, { dueAt: clock.now() }));
      return { webhook, answer };
    },

    /** Another secret, shown once. The one before signs as well for a day. Undefined: it is gone. */
    async rotate({
      guildId,
      actorId,
      webhookId,
    }: Whose): Promise<
      { readonly webhook: Webhook; readonly secret: string; readonly until: Date } | undefined
    > {
      const secret = webhooks.newSecret();
      const place = { guildId, row: webhookId };
      const secretCipher = secrets.seal(secret, { ...place, column: 'Webhook.secret' });
      return await stores.transaction(guildId, async (tx) => {
        const webhook = await tx.webhooks.find(webhookId);
        const ciphers = await tx.webhooks.findCiphers(webhookId);
        if (!webhook || !ciphers) return undefined;
        const now = clock.now();
        const until = new Date(now.getTime() + BOTH_MS);
        const before = secrets.open(ciphers.secretCipher, { ...place, column: 'Webhook.secret' });
        const former =
          before === undefined
            ? { formerCipher: null, formerUntil: null }
            : {
                formerCipher: secrets.seal(before, { ...place, column: 'Webhook.former' }),
                formerUntil: until,
              };
        await tx.webhooks.update(webhookId, { secretCipher, ...former });
        await noteChange(tx, actorId, say('audit.setting.webhookSecret', { webhook: webhook.name }), now);
        return { webhook, secret, until };
      });
    },

    /** One that was given up is tried again, with what it has missed. Undefined: it is gone, or on. */
    async turnOn({ guildId, actorId, webhookId }: Whose): Promise<ListedWebhook | undefined> {
      return await stores.transaction(guildId, async (tx) => {
        const webhook = await tx.webhooks.find(webhookId);
        if (!webhook || webhook.dueAt !== null) return undefined;
        const now = clock.now();
        await tx.webhooks.update(webhookId, { dueAt: now, attempts: 0, failingSince: null });
        const { name } = webhook;
        await noteChange(tx, actorId, say('audit.setting.webhookOn', { webhook: name }), now);
        const text = say('alert.webhook.on', { webhook: name, at: timeOf(now) });
        await over(deps, tx, `webhook ${webhookId}`, { text, now });
        return await listed(tx, { ...webhook, dueAt: now, failingSince: null });
      });
    },

    /** Nothing is sent there any more. Undefined: it was gone before. */
    async remove({ guildId, actorId, webhookId }: Whose): Promise<Webhook | undefined> {
      return await stores.transaction(guildId, async (tx) => {
        const webhook = await tx.webhooks.find(webhookId);
        if (!webhook || !(await tx.webhooks.remove(webhookId))) return undefined;
        const now = clock.now();
        const { name } = webhook;
        await tx.audit.append({ action: 'webhook.removed', actorId, facts: { webhook: name }, at: now });
        const text = say('alert.webhook.removed', { webhook: name, at: timeOf(now) });
        await over(deps, tx, `webhook ${webhookId}`, { text, now });
        return webhook;
      });
    },
  };
}

async function listed({ record }: Pick<GuildStores, 'record'>, webhook: Webhook): Promise<ListedWebhook> {
  const after = webhook.sentNumber;
  const found = await record.listNewer(
    { actions: actionsFor(webhook.events) },
    { after, limit: MOST_COUNTED },
  );
  return { webhook, waiting: found.length };
}

/** What was sealed does not open: with another key, or in another row. */
export const SEALED: WebhookAnswer = {
  ...{ kind: 'not-taken', status: null, why: say('webhook.why.sealed') },
  ...{ retryAfterMs: undefined, isFinal: true },
};

/** Where to send, and the secrets that sign now, the newest first; undefined when they do not open. */
export async function openWebhook(
  { secrets, clock }: Pick<Deps, 'secrets' | 'clock'>,
  { guildId, webhooks }: Pick<GuildStores, 'guildId' | 'webhooks'>,
  webhookId: string,
): Promise<{ readonly url: string; readonly secrets: readonly string[] } | undefined> {
  const [webhook, ciphers] = [await webhooks.find(webhookId), await webhooks.findCiphers(webhookId)];
  if (!webhook || !ciphers) return undefined;
  const open = (sealed: string, column: string) => secrets.open(sealed, { guildId, column, row: webhookId });
  const url = open(ciphers.urlCipher, 'Webhook.url');
  const newest = open(ciphers.secretCipher, 'Webhook.secret');
  if (url === undefined || newest === undefined) return undefined;
  const isBoth = webhook.formerUntil !== null && webhook.formerUntil > clock.now();
  const former =
    isBoth && ciphers.formerCipher !== null ? open(ciphers.formerCipher, 'Webhook.former') : undefined;
  return { url, secrets: former === undefined ? [newest] : [newest, former] };
}
