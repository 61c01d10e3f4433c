/** How long after the end access is gone and verified, when many grants end at the same time. With the real process. */
import { toGuildId } from '../../../src/domain/ids.ts';
import { readEntries } from '../../support/audit-entries.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { round, seconds, spreadOf } from '../measure.ts';
import { type Figure, figure, type Row } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const EXPIRIES = 100;
const BYSTANDERS = 20;
const LIBRARIES = 20;

/** Undefined if the bot was ready only after the grants had ended, because that would measure something else. */
async function measure(leadMs: number) {
  return await onStage(async (stage) => {
    const places = [
      await stage.addPlace('plex', { id: 'tower', libraries: LIBRARIES }),
      await stage.addPlace('jellyfin', { id: 'den', libraries: LIBRARIES }),
    ];
    const audit = stage.guild.addTextChannel('usher-audit');
    const expiresAt = new Date(Date.now() + leadMs);
    await stage.withDatabase(async ({ db, stores }) => {
      for (const place of places) await seedServer(stores, toGuildId(stage.guild.id), place.server);
      const half = EXPIRIES / places.length;
      const members = places.flatMap((place, index) => [
        ...place.addPeople(half, { libraries: LIBRARIES, expiresAt, first: index * 1_000 }),
        ...place.addPeople(BYSTANDERS, {
          libraries: LIBRARIES,
          expiresAt: null,
          first: index * 1_000 + half,
        }),
      ]);
      await seedMembers(db, stores, toGuildId(stage.guild.id), members);
      await stores.transaction(toGuildId(stage.guild.id), (tx) =>
        tx.settings.update({ auditChannelId: audit.id }),
      );
    });
    const bot = await stage.launch().ready();
    if (Date.now() >= expiresAt.getTime()) return undefined;

    const heard = () => readEntries(audit.messages).filter(({ action }) => action === 'grant.ended').length;
    await stage.discord.until('every end in the audit channel', () => heard() >= EXPIRIES, 60_000);
    const told = Date.now() - expiresAt.getTime();
    await bot.stop();
    const left = places.map((place) => place.withAccess());
    if (left.some((count) => count !== BYSTANDERS)) throw new Error(`still with access: ${left.join(', ')}`);
    return { ...(await delays(stage, expiresAt)), lastAuditLineMs: told };
  });
}

/** According to the bot, in the transaction that recorded the reading after the write. */
async function delays(stage: BotStage, expiresAt: Date) {
  return await stage.withDatabase(async ({ stores }) => {
    const ended = await stores.of(toGuildId(stage.guild.id)).grants.list({ states: ['ended'] });
    const moments = ended.flatMap((grant) =>
      grant.endedAt ? [grant.endedAt.getTime() - expiresAt.getTime()] : [],
    );
    const decided = ended.flatMap((grant) =>
      grant.endingAt ? [grant.endingAt.getTime() - expiresAt.getTime()] : [],
    );
    if (moments.length !== EXPIRIES) throw new Error(`${moments.length} of ${EXPIRIES} grants ended`);
    return { gone: spreadOf(moments), decided: spreadOf(decided) };
  });
}

export const expiryDelay: Row = {
  name: 'expiry-delay',
  async run(): Promise<readonly Figure[]> {
    let result = await measure(5_000);
    for (let lead = 10_000; !result; lead *= 2) result = await measure(lead);
    const { p50, p99 } = result.gone;
    return [
      figure({
        what: `expiry to access verified gone, ${EXPIRIES} expiries at once on 2 servers`,
        measured: `p50 ${seconds(p50)}, p99 ${seconds(p99)} (last audit line after ${seconds(round(result.lastAuditLineMs))})`,
        toReach: 'p99 ≤ 2 s',
        met: p99 <= 2_000,
        raw: result,
      }),
    ];
  },
};
