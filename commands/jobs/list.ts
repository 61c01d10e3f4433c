import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import { defineList, type Found } from '../../src/adapters/discord/kit/list.ts';
import { lossBlocks } from '../../src/adapters/discord/views/alerts.ts';
import {
  clockText,
  heldBlocks,
  heldDecisionView,
  jobsText,
  type NamedChange,
  nothingOverdue,
  OVERDUE_HEAD,
  offlineText,
  overdueCells,
  overdueChoice,
  overdueLine,
} from '../../src/adapters/discord/views/jobs.ts';
import { refusedText } from '../../src/adapters/discord/views/settings.ts';
import { card, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

type Uses = Pick<App, 'jobRuns' | 'heldRuns' | 'rolePlans' | 'clock' | 'overview' | 'deliveries' | 'people'>;

const mayRetry = ({ actor }: Who): boolean => actor.capabilities.has('moderator');

interface Row extends NamedChange {
  readonly mayRetry: boolean;
}

interface Overdue extends Found<Row> {
  /** Of all that is overdue, whatever is searched for. */
  readonly all: number;
  readonly around: Awaited<ReturnType<typeof readAround>>;
}

/** What stands around the changes that are overdue. */
async function readAround({ guildId }: Who, app: Uses) {
  const [jobs, held, losses, servers, refused] = await Promise.all([
    app.jobRuns.overview(guildId),
    app.heldRuns.list(guildId),
    app.rolePlans.listAsked(guildId),
    app.overview.servers(guildId),
    app.deliveries.listRefused(guildId),
  ]);
  return { jobs, held, losses, servers: servers.map(({ server }) => server), refused, clock: app.clock };
}

const listing = defineList({
  filters: [],
  size: 6,
  async find(who, { search }, app: Uses, { start, limit }): Promise<Overdue> {
    const [overdue, around] = await Promise.all([app.jobRuns.overdue(who.guildId), readAround(who, app)]);
    const names = await app.people.named(
      who.guildId,
      overdue.flatMap(({ account }) => account.memberId ?? []),
    );
    const isMeant = nameMatcher(search);
    const fitting = overdue
      .map((change) => ({
        ...change,
        memberName: names.get(change.account.memberId ?? ''),
        mayRetry: mayRetry(who),
      }))
      .filter(({ server, account, memberName = '' }) =>
        isMeant(`${server.name} ${account.name} ${memberName}`),
      );
    return { all: overdue.length, around, rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('jobs.overdue'),
  none: (_asked, { around: { jobs, clock } }) => nothingOverdue(jobs.ending, clock.isHeld()),
  line: overdueLine,
  option: (row: Row) => (row.mayRetry ? overdueChoice(row) : undefined),
  openLabel: say('jobs.retryOne'),
  more: (who) => [mayRetry(who) ? { label: say('jobs.retryAll'), op: 'retry' } : undefined],
  within(list, { all, around: { jobs, held, losses, servers, refused, clock } }, { actor }): View {
    const isWell = all + held.length + losses.length + refused.length + jobs.ending === 0 && !clock.isHeld();
    return card(
      isWell ? 'neutral' : 'warning',
      jobsText(jobs),
      clockText(clock),
      ...held.flatMap((one) => heldBlocks(one, actor.capabilities.has('admin'))),
      ...losses.flatMap((one) => lossBlocks(one, actor.capabilities.has('admin'))),
      refusedText(refused),
      offlineText(servers),
      ...list.blocks,
    );
  },
  file: { name: 'overdue.csv', head: OVERDUE_HEAD, cells: overdueCells },
});

const retrying = {
  capability: 'moderator',
  async run({ values: [accountId], ...who }: Who & { readonly values: readonly string[] }, app: Uses) {
    await app.jobRuns.retry(who.guildId, accountId);
    return await listing.show(who, {}, app);
  },
} as const;

export default defineCommand({
  description: 'What Usher does by itself: last run, result, next run, and what is overdue',
  capability: 'auditor',
  run: (who, app: Uses) => listing.show(who, {}, app),
  components: {
    ...listing.components,
    open: retrying,
    retry: retrying,
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
