import { createHash, randomBytes } from 'node:crypto';
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
      const salt = newSalt();
      const factsHash = hashFacts(salt, event);
      const hash = hashAuditEvent(prevHash, guildId, { ...event, factsHash });
      const hashes = { prevHash, hash, factsHash, salt };
      counters.pending.events.push({ ...event, guildId, facts: canonicalJson(facts), ...hashes });
      counters.auditNumber = event.number;
      counters.auditHead = hash;
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
        omit: { guildId: true, prevHash: true, hash: true, factsHash: true, salt: true },
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

/** Not to be guessed: with it goes the only way to find out by trying whom a hash is about. */
export const newSalt = (): string => randomBytes(16).toString('hex');

/** SHA-256 (hex) of who and what of an event. Without the salt it proves nothing about anybody. */
export function hashFacts(
  salt: string,
  { actorId, targetId, facts }: Pick<AuditEvent, 'actorId' | 'targetId' | 'facts'>,
): string {
  return createHash('sha256')
    .update(salt + canonicalJson({ actorId, targetId, facts }))
    .digest('hex');
}

/**
 * SHA-256 (hex) of the previous hash and the canonical JSON of the row, so changing a row breaks the chain. Of who and
 * what only the hash is a part of it, so that people can be forgotten (decisions/0022).
 */
export function hashAuditEvent(
  prevHash: string,
  guildId: GuildId,
  {
    number,
    action,
    at,
    factsHash,
  }: Pick<AuditEvent, 'number' | 'action' | 'at'> & { readonly factsHash: string },
): string {
  return createHash('sha256')
    .update(prevHash + canonicalJson({ guildId, number, action, at: at.toISOString(), factsHash }))
    .digest('hex');
}
