import type { JobRunStore } from '../../../app/ports.ts';
import { type GuildContext, mustHit } from './context.ts';
import { jobName, jobOutcome, orNull } from './words.ts';

export function createJobRunStore({ guildId, queries }: GuildContext): JobRunStore {
  return {
    async start(run) {
      await queries.jobRun.createMany({ data: [{ ...run, guildId }] });
    },
    async finish(id, end) {
      mustHit(await queries.jobRun.updateMany({ where: { guildId, id }, data: end }), 'The run');
    },
    async list(job, limit) {
      const rows = await queries.jobRun.findMany({
        where: { guildId, job },
        orderBy: [{ startedAt: 'desc' }, { id: 'asc' }],
        take: limit,
        omit: { guildId: true },
      });
      return rows.map((row) => ({ ...row, job: jobName(row.job), outcome: orNull(jobOutcome)(row.outcome) }));
    },
  };
}
