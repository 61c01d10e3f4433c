import type { AuditStore } from '../../../app/ports/stores/guild.ts';
import { hashEvent, hashFacts, newSalt } from './chain.ts';
import { countersOf, type GuildContext } from './context.ts';
import { owe } from './deliveries.ts';
import { canonicalJson } from './json.ts';
import { writePending } from './many-rows.ts';
import { EVENT, eventOf } from './record.ts';

export function createAuditStore(context: GuildContext): AuditStore {
  const { guildId, queries, newId } = context;
  return {
    async append({ action, actorId, targetId = null, facts, at }) {
      const counters = countersOf(context);
      const event = { number: counters.auditNumber + 1, action, actorId, targetId, facts, at };
      const prevHash = counters.auditHead;
      const salt = newSalt();
      const written = { ...event, facts: canonicalJson(facts) };
      const factsHash = hashFacts(salt, written);
      const hash = hashEvent(prevHash, guildId, { ...event, at: at.toISOString(), factsHash });
      const hashes = { prevHash, hash, factsHash, salt };
      counters.pending.events.push({ ...written, guildId, ...hashes });
      counters.auditNumber = event.number;
      counters.auditHead = hash;
      counters.recordedAt = at;
      if (counters.auditChannelId !== null) {
        const content = { kind: 'audit', event } as const;
        await owe(context, { id: newId(), kind: 'audit', sink: counters.auditChannelId, content }, at);
      }
      return event;
    },
    /** Newest first. */
    async list({ targetId, before, limit }) {
      await writePending(context);
      const rows = await queries.auditEvent.findMany({
        where: {
          guildId,
          ...(targetId === undefined ? {} : { targetId }),
          ...(before === undefined ? {} : { number: { lt: before } }),
        },
        orderBy: { number: 'desc' },
        take: limit,
        select: EVENT,
      });
      return rows.map(eventOf);
    },
  };
}
