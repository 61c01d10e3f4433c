import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnButtons } from '../../src/adapters/discord/kit/pager.ts';
import { lossBlocks } from '../../src/adapters/discord/views/alerts.ts';
import {
  clockText,
  heldBlocks,
  heldDecisionView,
  jobsText,
  offlineText,
  overdueText,
} from '../../src/adapters/discord/views/jobs.ts';
import { refusedText } from '../../src/adapters/discord/views/settings.ts';
import { type Block, buttons, card, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { OverdueChange } from '../../src/app/queries/jobs.ts';
import type { GuildId } from '../../src/domain/ids.ts';

const PAGE = 10;

type Uses = Pick<App, 'jobRuns' | 'heldRuns' | 'rolePlans' | 'clock' | 'overview' | 'deliveries'>;

export default defineCommand({
  description: 'What Usher does by itself: last run, result, next run, and what is overdue',
  capability: 'auditor',
  run: ({ guildId, actor }, app: Uses) => show(app, guildId, actor),
  components: {
    page: { run: ({ guildId, actor, args: [page] }, app: Uses) => show(app, guildId, actor, page) },
    retry: {
      capability: 'moderator',
      async run({ guildId, actor, values: [accountId] }, app: Uses) {
        await app.jobRuns.retry(guildId, accountId);
        return await show(app, guildId, actor);
      },
    },
    release: {
      capability: 'admin',
      answers: 'message',
      async run({ guildId, actor, args: [heldRunId = ''] }, { heldRuns }: Uses) {
        const decision = await heldRuns.release({ guildId, actorId: actor.id, heldRunId });
        return heldDecisionView(decision, say('jobs.released'));
      },
    },
    dismiss: {
      capability: 'admin',
      answers: 'message',
      async run({ guildId, actor, args: [heldRunId = ''] }, { heldRuns }: Uses) {
        const decision = await heldRuns.dismiss({ guildId, actorId: actor.id, heldRunId });
        return heldDecisionView(decision, say('jobs.dismissed'));
      },
    },
  },
});

async function show(app: Uses, guildId: GuildId, actor: Actor, asked?: string): Promise<View> {
  const [jobs, overdue, held, losses, servers, refused] = await Promise.all([
    app.jobRuns.overview(guildId),
    app.jobRuns.overdue(guildId),
    app.heldRuns.list(guildId),
    app.rolePlans.listAsked(guildId),
    app.overview.servers(guildId),
    app.deliveries.listRefused(guildId),
  ]);
  const page = pageOf(overdue, PAGE, asked);
  const mayRetry = overdue.length > 0 && actor.capabilities.has('moderator');
  const controls = [
    ...(mayRetry ? [{ label: say('jobs.retryAll'), op: 'retry' }] : []),
    ...turnButtons(page),
  ];
  return card(
    overdue.length + held.length + losses.length + refused.length + jobs.ending > 0 || app.clock.isHeld()
      ? 'warning'
      : 'neutral',
    jobsText(jobs),
    clockText(app.clock),
    ...held.flatMap((one) => heldBlocks(one, actor.capabilities.has('admin'))),
    ...losses.flatMap((one) => lossBlocks(one, actor.capabilities.has('admin'))),
    refusedText(refused),
    offlineText(servers.map(({ server }) => server)),
    overdueText({ total: overdue.length, shown: page.items }, jobs.ending, app.clock.isHeld()),
    mayRetry ? retrySelect(page.items) : undefined,
    controls.length > 0 ? buttons(...controls) : undefined,
  );
}

function retrySelect(overdue: readonly OverdueChange[]): Block {
  const options = overdue.map(({ account, server }) => ({
    label: `${server.name}: ${account.name}`,
    value: account.id,
  }));
  return { kind: 'select', op: 'retry', placeholder: say('jobs.retryOne'), options };
}
