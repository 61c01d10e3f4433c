import { choice, defineCommand, type Input } from '../../src/adapters/discord/kit/command.ts';
import { clockHeldView, enforcedView } from '../../src/adapters/discord/views/jobs.ts';
import { syncOfAll, syncProgress } from '../../src/adapters/discord/views/syncs.ts';
import { card, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const JOBS = ['enforce', 'sync'] as const;

type Uses = Pick<App, 'jobRuns' | 'syncServers' | 'clock'>;

export default defineCommand({
  description: 'Run a job now',
  capability: 'moderator',
  options: { job: choice('Which job', JOBS, { required: true }) },
  async run({ options, ...input }, app: Uses) {
    return options.job === 'sync' ? await sync(input, app) : await enforce(input, app);
  },
  components: {
    clock: {
      capability: 'application owner',
      answers: 'message',
      async run(input, app: Uses) {
        if (!app.clock.isHeld())
          return card('neutral', md`**The clock is believed already.** Nothing was held.`);
        await app.clock.confirm(input.guildId, input.actor.id);
        return await enforce(input, app);
      },
    },
  },
});

async function enforce({ guildId, progress }: Input, { jobRuns, clock }: Uses): Promise<View> {
  if (clock.isHeld()) return clockHeldView(clock.isWaiting());
  await progress(card('neutral', md`Comparing what is due…`));
  const done = await jobRuns.enforceNow(guildId);
  return enforcedView(done, (await jobRuns.overdue(guildId)).length);
}

async function sync({ guildId, progress, actor }: Input, { syncServers }: Uses): Promise<View> {
  const tell: Parameters<App['syncServers']>[2] = (...now) => progress(syncProgress(...now, actor));
  return syncOfAll(await syncServers(guildId, undefined, tell), actor);
}
