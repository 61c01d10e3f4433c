/** Reminds members of ends: each once for each moment, as what is true when it is said. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Grant } from '../../domain/model.ts';
import { dueReminder } from '../../domain/reminders.ts';
import { recordRun } from '../ledger/job-log.ts';
import { type News, noteNews, reminderOf } from '../ledger/notices.ts';
import type { Deps } from '../ports/deps.ts';

/** Grants of one transaction. */
const BATCH = 200;
/** What is due within this is said in one message. */
const TOGETHER_MS = 60 * 60 * 1000;

export function makeReminders(deps: Deps) {
  /** The next ones that are due; resolves to how many were looked at, and who is reminded. */
  async function remindSome(
    guildId: GuildId,
  ): Promise<{ readonly looked: number; readonly memberIds: readonly MemberId[] }> {
    return await deps.stores.transaction(guildId, async (tx) => {
      const now = deps.clock.now();
      const { notices, ...rule } = await tx.settings.get();
      const due = await tx.grants.listRemindersDue(now, BATCH);
      const decide = ({ grant, remindAt }: (typeof due)[number], at = now) => ({
        grant,
        ...dueReminder(grant, { rule, plannedFor: remindAt }, at),
      });
      const decided = due.map((one) => decide(one));
      const reminded = new Set(
        decided.filter(({ kind }) => kind === 'send').map(({ grant }) => grant.memberId),
      );
      // What the same people would hear within the hour.
      const soon = new Date(now.getTime() + TOGETHER_MS);
      const along = (await tx.grants.listRemindersDue(soon, BATCH))
        .filter(({ grant, remindAt }) => remindAt > now && reminded.has(grant.memberId))
        .map((one) => decide(one, soon))
        .filter(({ kind }) => kind === 'send');
      const all = [...decided, ...along];
      const news = all.flatMap(({ kind, grant }) => (kind === 'send' ? newsOf(grant) : []));
      if (notices.includes('reminder')) await noteNews(deps, tx, news, now);
      await tx.grants.planReminders(all.map(({ grant: { id }, next }) => ({ id, remindAt: next })));
      return { looked: due.length, memberIds: notices.includes('reminder') ? [...reminded] : [] };
    });
  }

  /** Resolves to how many members are reminded. */
  async function remindAll(guildId: GuildId): Promise<number> {
    const reminded = new Set<MemberId>();
    let looked = BATCH;
    while (looked === BATCH) {
      const some = await remindSome(guildId);
      for (const memberId of some.memberIds) reminded.add(memberId);
      looked = some.looked;
    }
    return reminded.size;
  }

  return {
    /** Reminds whoever is to be reminded now. */
    async remind(guildId: GuildId): Promise<void> {
      await recordRun(deps, guildId, 'remind', async () => {
        const count = await remindAll(guildId);
        return count > 0 ? summaryOf(count) : undefined;
      });
    },

    /** The same for whoever asked for it: it is in the list of runs also where nobody had to be reminded. */
    async remindNow(guildId: GuildId): Promise<number> {
      let count = 0;
      await recordRun(deps, guildId, 'remind', async () => {
        count = await remindAll(guildId);
        return summaryOf(count);
      });
      return count;
    },
  };
}

const summaryOf = (count: number): string => `reminded: ${count}`;

const newsOf = (grant: Grant): readonly News[] => {
  const { expiresAt } = grant;
  return expiresAt === null ? [] : [reminderOf({ ...grant, expiresAt })];
};
