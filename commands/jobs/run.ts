import { choice, defineCommand, type Input } from '../../src/adapters/discord/kit/command.ts';
import {
  clockHeldView,
  enforcedView,
  remindedView,
  retriedView,
} from '../../src/adapters/discord/views/jobs.ts';
import { syncOfAll, syncProgress } from '../../src/adapters/discord/views/syncs.ts';
import { card, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const JOBS = ['enforce', 'sync', 'remind'] as const;

type Uses = Pick<App, 'jobRuns' | 'syncNow' | 'clock' | 'reminders'>;

export default defineCommand({
  description: 'Run a job now',
  capability: 'moderator',
  options: { job: choice('Which job', JOBS, { required: true }) },
  async run({ options, ...input }, app: Uses) {
    switch (options.job) {
      case 'sync':
        return await sync(input, app);
      case 'remind':
        return await remind(input, app);
      default:
        return await enforce(input, app);
    }
  },
  components: {
    server: {
      answers: 'message',
      async run({ guildId, args: [serverId = ''] }, { jobRuns }: Uses) {
        return retriedView(await jobRuns.retryServer(guildId, serverId));
      },
    },
    clock: {
      capability: 'application owner',
      answers: 'message',
      async run(input, app: Uses) {
        if (!app.clock.isHeld()) return card('neutral', say('jobs.believed'));
        await app.clock.confirm(input.guildId, input.actor.id);
        return await enforce(input, app);
      },
    },
  },
});

async function enforce({ guildId, progress }: Input, { jobRuns, clock }: Uses): Promise<View> {
  if (clock.isHeld()) return clockHeldView(clock.isWaiting());
  await progress(card('neutral', say('jobs.working')));
  const done = await jobRuns.enforceNow(guildId);
  return enforcedView(done, (await jobRuns.overdue(guildId)).length);
}

/** By a clock that is wrong nobody is told when something ends. */
async function remind({ guildId }: Input, { reminders, clock }: Uses): Promise<View> {
  if (clock.isHeld()) return clockHeldView(clock.isWaiting());
  return remindedView(await reminders.remindNow(guildId));
}

async function sync({ guildId, progress, actor }: Input, { syncNow }: Uses): Promise<View> {
  const tell: Parameters<App['syncNow']>[1] = (...now) => progress(syncProgress(...now, actor));
  return syncOfAll(await syncNow(guildId, tell), actor);
}
