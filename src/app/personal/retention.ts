/** For how long things are kept: what was sent or done goes after some days, and a guild without Usher after thirty. */
import type { GuildId } from '../../domain/ids.ts';
import { say } from '../../words/say.ts';
import { recordRun } from '../ledger/job-log.ts';
import type { Deps } from '../ports/deps.ts';

const DAY_MS = 86_400_000;
/** Usher may have been removed by mistake, or be asked back; meanwhile what it gave ends on time. */
const GUILD_KEPT_MS = 30 * DAY_MS;
/** Asked under the same key by then, the API answers the same. */
const ANSWERS_KEPT_MS = DAY_MS;
/** Rows of each kind in one transaction, so that nobody waits for it. */
const AT_ONCE = 500;

export function makeRetention(deps: Deps) {
  return {
    /** Removes what is older than the guild keeps it, or all of a guild that Usher has left for long. */
    async purge(guildId: GuildId): Promise<void> {
      const now = deps.clock.now();
      const stores = deps.stores.of(guildId);
      const removedAt = await stores.personalData.findRemoved();
      if (removedAt !== null && now.getTime() - removedAt.getTime() >= GUILD_KEPT_MS)
        return await eraseGuild(guildId);
      await recordRun(deps, guildId, 'purge', async () =>
        say('jobs.said.purged', { count: await purgeOld(guildId, now) }),
      );
    },

    noteRemoved,
    noteThere,

    /** After a start: in these it is, and in the others that it knows it is no more. */
    async noteGuilds(there: readonly GuildId[]): Promise<void> {
      const isThere = new Set(there);
      for (const guildId of await deps.stores.due.listAll())
        await (isThere.has(guildId) ? noteThere(guildId) : markRemoved(guildId));
    },
  };

  /** Resolves to how many rows went. */
  async function purgeOld(guildId: GuildId, now: Date): Promise<number> {
    const { retentionDays } = await deps.stores.of(guildId).settings.get();
    const before = new Date(now.getTime() - retentionDays * DAY_MS);
    const answers = new Date(now.getTime() - ANSWERS_KEPT_MS);
    const page = () =>
      deps.stores.transaction(
        guildId,
        async (tx) =>
          (await tx.personalData.purge(before, now, AT_ONCE)) +
          (await tx.api.purge(answers, before, AT_ONCE)),
      );
    let gone = 0;
    for (let some = await page(); some > 0; some = await page()) gone += some;
    // Noted at the end: whoever is killed in between begins again.
    await deps.stores.transaction(guildId, (tx) => tx.personalData.notePurged(now));
    if (gone > 0) deps.log.info({ guildId, rows: gone }, 'what was old was removed');
    return gone;
  }

  /** Usher was removed from a guild. What it gave there ends on time, and all else waits for thirty days. */
  async function noteRemoved(guildId: GuildId): Promise<void> {
    // Not of a guild in which nobody ever used it: a transaction would make its row.
    if ((await deps.stores.due.listAll()).includes(guildId)) await markRemoved(guildId);
  }

  async function markRemoved(guildId: GuildId): Promise<void> {
    if ((await deps.stores.of(guildId).personalData.findRemoved()) !== null) return;
    const now = deps.clock.now();
    await deps.stores.transaction(guildId, (tx) => tx.personalData.noteRemoved(now));
    deps.log.warn({ guildId }, 'Usher was removed from a guild, whose data is kept for thirty days');
  }

  /** It is in it, again or still. */
  async function noteThere(guildId: GuildId): Promise<void> {
    if ((await deps.stores.of(guildId).personalData.findRemoved()) === null) return;
    await deps.stores.transaction(guildId, (tx) => tx.personalData.noteRemoved(null));
  }

  async function eraseGuild(guildId: GuildId): Promise<void> {
    const page = () => deps.stores.transaction(guildId, (tx) => tx.personalData.eraseGuild(AT_ONCE));
    while (!(await page()));
    deps.log.warn({ guildId }, 'all data of a guild that Usher has left was removed');
  }
}
