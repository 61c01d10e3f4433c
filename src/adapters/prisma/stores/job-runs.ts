import type { JobRunStore } from '../../../app/ports/stores/guild.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import { jobName, jobOutcome } from './column-enums.ts';
import type { GuildContext } from './context.ts';

const KEPT = 100;

export function createJobRunStore({ guildId, queries }: GuildContext): JobRunStore {
  return {
    async add(run) {
      await queries.jobRun.createMany({ data: [{ ...asKept(run, 'detail'), guildId }] });
      const oldest = await queries.jobRun.findFirst({
        where: { guildId, job: run.job },
        orderBy: { startedAt: 'desc' },
        skip: KEPT - 1,
        select: { startedAt: true },
      });
      if (oldest === null) return;
      const older = { lt: oldest.startedAt };
      await queries.jobRun.deleteMany({ where: { guildId, job: run.job, startedAt: older } });
    },
    async list(job, limit) {
      const rows = await queries.jobRun.findMany({
        where: { guildId, job },
        orderBy: [{ startedAt: 'desc' }, { id: 'asc' }],
        take: limit,
        omit: { guildId: true },
      });
      return rows.map((row) => ({
        ...row,
        job: jobName(row.job),
        outcome: jobOutcome(row.outcome),
        detail: readKeptText(row.detail),
      }));
    },
  };
}
