import { createHash } from 'node:crypto';
import type { AuditStore } from '../../../app/ports/stores/guild.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { AuditEvent } from '../../../domain/model.ts';
import { auditAction } from './column-enums.ts';
import { countersOf, type GuildContext } from './context.ts';
import { owe } from './deliveries.ts';
import { canonicalJson, parseFacts } from './json.ts';
import { writePending } from './many-rows.ts';

export function createAuditStore(context: GuildContext): AuditStore {
  const { guildId, queries, newId } = context;
  return {
    async append({ action, actorId, targetId = null, facts, at }) {
      const counters = countersOf(context);
      const event = { number: counters.auditNumber + 1, action, actorId, targetId, facts, at };
      const prevHash = counters.auditHead;
      const hash = hashAuditEvent(prevHash, guildId, event);
      counters.pending.events.push({ ...event, guildId, facts: canonicalJson(facts), prevHash, hash });
      counters.auditNumber = event.number;
      counters.auditHead = hash;
      if (counters.auditChannelId !== null) {
        const content = { kind: 'audit', event } as const;
        await owe(context, { id: newId(), kind: 'audit', sink: counters.auditChannelId, content }, at);
      }
      return event;
    },
    /** Newest first. */
    async list({ targetId, limit }) {
      await writePending(context);
      const rows = await queries.auditEvent.findMany({
        where: { guildId, ...(targetId === undefined ? {} : { targetId }) },
        orderBy: { number: 'desc' },
        take: limit,
        omit: { guildId: true, prevHash: true, hash: true },
      });
      return rows.map((row) => ({
        ...row,
        action: auditAction(row.action),
        actorId: row.actorId === null ? null : toActorId(row.actorId),
        targetId: row.targetId === null ? null : toMemberId(row.targetId),
        facts: parseFacts(row.facts),
      }));
    },
  };
}

/** SHA-256 (hex) of the previous hash and the canonical JSON of the row, so changing a row breaks the chain. */
export function hashAuditEvent(prevHash: string, guildId: GuildId, event: AuditEvent): string {
  return createHash('sha256')
    .update(prevHash + canonicalJson({ ...event, guildId, at: event.at.toISOString() }))
    .digest('hex');
}
