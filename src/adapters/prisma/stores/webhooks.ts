import { z } from 'zod';
import type { WebhookStore } from '../../../app/ports/stores/webhooks.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import type { Webhook } from '../../../domain/webhook.ts';
import type { Webhook as Row } from '../generated/sqlite/client.ts';
import type { GuildContext } from './context.ts';

export function createWebhookStore({ guildId, queries }: GuildContext): WebhookStore {
  const at = (id: string) => ({ guildId_id: { guildId, id } });
  return {
    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      const rows = await queries.webhook.findMany({ where: { guildId }, orderBy: [...orderBy], omit });
      return rows.map(toWebhook);
    },
    async find(id) {
      const row = await queries.webhook.findUnique({ where: at(id), omit });
      return row === null ? undefined : toWebhook(row);
    },
    async findCiphers(id) {
      const select = { urlCipher: true, secretCipher: true, formerCipher: true };
      return (await queries.webhook.findUnique({ where: at(id), select })) ?? undefined;
    },
    async add({ events, ...webhook }) {
      const row = { ...asKept(webhook, 'trouble'), events: JSON.stringify(events) };
      await queries.webhook.createMany({ data: [{ ...row, guildId }] });
    },
    async update(id, { events, ...changes }) {
      const kept = asKept(changes, 'trouble');
      const data = { ...kept, ...(events && { events: JSON.stringify(events) }) };
      return (await queries.webhook.updateMany({ where: { guildId, id }, data })).count > 0;
    },
    async remove(id) {
      return (await queries.webhook.deleteMany({ where: { guildId, id } })).count > 0;
    },
    async setBack(now) {
      await queries.webhook.updateMany({ where: { guildId, dueAt: { gt: now } }, data: { dueAt: now } });
    },
  };
}

const omit = { guildId: true, urlCipher: true, secretCipher: true, formerCipher: true } as const;
const events = z.array(z.string());

const toWebhook = (row: Omit<Row, keyof typeof omit>): Webhook => ({
  ...row,
  events: events.parse(JSON.parse(row.events)),
  trouble: row.trouble === null ? null : readKeptText(row.trouble),
});
