import { choice, defineCommand, type Input } from '../../src/adapters/discord/kit/command.ts';
import { syncResult, syncText } from '../../src/adapters/discord/views/servers.ts';
import { buttons, card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

const JOBS = ['enforce', 'sync', 'remind'] as const;

type Uses = Pick<App, 'jobRuns' | 'syncServers' | 'clock'>;

export default defineCommand({
  description: 'Run a job now',
  capability: 'moderator',
  options: { job: choice('Which job', JOBS, { required: true }) },
  async run({ options, ...input }, app: Uses) {
    if (options.job === 'remind')
      return card('neutral', md`**No reminders are set up,** so there is nothing to send.`);
    return options.job === 'sync' ? await sync(input, app) : await enforce(input, app);
  },
  components: {
    clock: {
      capability: 'admin',
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

async function enforce({ guildId, progress, actor }: Input, { jobRuns, clock }: Uses): Promise<View> {
  if (clock.isHeld())
    return card(
      'warning',
      md`**Nothing was done.** The clock of the machine jumped by more than a day, and ends and starts by a wrong clock would be wrong.`,
      actor.capabilities.has('admin')
        ? buttons({ label: 'The clock is right: go on', style: 'danger', op: 'clock' })
        : md`An admin has to confirm that it is right now.`,
    );
  await progress(card('neutral', md`Comparing what is due…`));
  const done = await jobRuns.enforceNow(guildId);
  const overdue = await jobRuns.overdue(guildId);
  if (!done)
    return card(
      'warning',
      md`**Still running.** A server takes long; ${code('/jobs list')} shows the result.`,
    );
  return overdue.length === 0
    ? card('good', md`**Done.** Everything that was due is as granted.`)
    : card(
        'warning',
        md`**Done, as far as the servers let it.** ${overdue.length} overdue; ${code('/jobs list')} says why.`,
      );
}

async function sync({ guildId, progress }: Input, { syncServers }: Uses): Promise<View> {
  const reports = await syncServers(guildId, undefined, (done, total) =>
    progress(
      card(
        'neutral',
        md`Looking at the servers… ${done.length} of ${total} done`,
        join(done.map(syncText), '\n'),
      ),
    ),
  );
  return reports.length === 0
    ? card('neutral', md`**No media server yet.** An admin adds one with ${code('/server add')}.`)
    : syncResult(reports);
}
