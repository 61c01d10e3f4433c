import { hashEvent, hashFacts } from '../../src/adapters/prisma/stores/chain.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import type { AuditAction } from '../../src/domain/model.ts';
import type { OpenStores } from '../support/databases.ts';
import { insertRows, memberIdOf, type Seedling } from './seed.ts';

/** The moment of event 0; the others follow by the minute. */
export const RECORD_START = Date.parse('2020-01-01T00:00:00.000Z');
export const MINUTE_MS = 60_000;
const MEMBERS = 5_000;
const ACTIONS: readonly AuditAction[] = [
  ...['grant.created', 'access.applied', 'grant.extended', 'grant.ending', 'grant.ended'],
  ...['invite.redeemed', 'member.linked', 'access.applied', 'grant.started', 'settings.changed'],
] as readonly AuditAction[];

/** Years of a guild, chained as the store chains them. */
export async function seedRecord({ db, stores }: OpenStores, guildId: GuildId, count: number): Promise<void> {
  await stores.transaction(guildId, ({ settings }) => settings.get());
  let head = '';
  function* events(): Generator<Seedling> {
    for (let number = 1; number <= count; number += 1) {
      const action = ACTIONS[number % ACTIONS.length] ?? 'settings.changed';
      const actorId = number % 3 === 0 ? `2000000000000000${10 + (number % 7)}` : null;
      const targetId = action === 'settings.changed' ? null : memberIdOf((number * 7_919) % MEMBERS);
      const facts = `{"grant":${number % 9_000},"libraries":["Movies","Shows"],"server":"Tower","until":"2026-12-21T18:00:00.000Z"}`;
      const at = new Date(RECORD_START + number * MINUTE_MS);
      const salt = number.toString(16).padStart(32, '0');
      const factsHash = hashFacts(salt, { actorId, targetId, facts });
      const prevHash = head;
      head = hashEvent(prevHash, guildId, { number, action, at: at.toISOString(), factsHash });
      yield {
        guildId,
        number,
        action,
        actorId,
        targetId,
        facts,
        at,
        prevHash,
        hash: head,
        factsHash,
        salt,
      };
    }
  }
  await insertRows(db, 'AuditEvent', events());
  await db.transaction('seed', (queries) =>
    queries.guild.update({ where: { id: guildId }, data: { auditNumber: count, auditHead: head } }),
  );
  if (db.dialect === 'postgresql')
    await db.transaction('seed', (queries) => queries.$executeRawUnsafe('ANALYZE'));
}
