import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverStatus } from '../../src/adapters/discord/views/media.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { JobOverview, OverdueChange } from '../../src/app/queries/jobs.ts';
import type { HeldDecision } from '../../src/app/reconcile/held-runs.ts';

const PAGE = 10;

type Uses = Pick<App, 'jobRuns' | 'heldRuns' | 'clock' | 'overview'>;

export default defineCommand({
  description: 'What Usher does by itself: last run, result, next run, and what is overdue',
  capability: 'auditor',
  async run({ guildId, actor }, app: Uses) {
    return await show(app, guildId, actor, 0);
  },
  components: {
    page: {
      run: ({ guildId, actor, args: [page] }, app: Uses) => show(app, guildId, actor, Number(page)),
    },
    retry: {
      capability: 'moderator',
      async run({ guildId, actor, values: [accountId] }, app: Uses) {
        await app.jobRuns.retry(guildId, accountId);
        return await show(app, guildId, actor, 0);
      },
    },
    release: {
      capability: 'admin',
      answers: 'message',
      async run({ guildId, actor, args: [heldRunId = ''] }, { heldRuns }: Uses) {
        return decided(
          await heldRuns.release({ guildId, actorId: actor.id, heldRunId }),
          'Released. It is being done now.',
        );
      },
    },
    dismiss: {
      capability: 'admin',
      answers: 'message',
      async run({ guildId, actor, args: [heldRunId = ''] }, { heldRuns }: Uses) {
        return decided(
          await heldRuns.dismiss({ guildId, actorId: actor.id, heldRunId }),
          'Dismissed. Everything stays as it is, and foreign changes are only reported from now on.',
        );
      },
    },
  },
});

function decided(decision: HeldDecision, done: string): View {
  return decision.kind === 'decided'
    ? card('good', md`**${done}**`, md`${decision.server.name}: ${decision.run.detail}`)
    : problem(md`This was decided before`, md`Somebody was faster, or it was asked anew.`);
}

async function show(app: Uses, guildId: string, actor: Actor, page: number): Promise<View> {
  const [jobs, overdue, held, servers] = await Promise.all([
    app.jobRuns.overview(guildId),
    app.jobRuns.overdue(guildId),
    app.heldRuns.list(guildId),
    app.overview.servers(guildId),
  ]);
  const offline = servers.filter(({ server }) => server.status === 'offline');
  const blocks = [
    join(
      [
        md`**Jobs**`,
        jobLine('enforce', jobs.enforce, 'when something is due'),
        jobLine('sync', jobs.sync, ''),
      ],
      '\n',
    ),
    app.clock.isHeld()
      ? md`⛔ **The clock of the machine jumped by more than a day; nothing is enforced.** An admin confirms it with the button in the alerts channel or ${code('/jobs run job:enforce')}.`
      : undefined,
    ...held.flatMap(({ run, server }): readonly (Md | Block)[] => [
      md`⛔ **Held on ${server.name}** since ${moment(run.createdAt)}: ${run.detail}`,
      ...(actor.capabilities.has('admin')
        ? [
            buttons(
              { label: 'Release', style: 'danger', op: 'release', args: [run.id] },
              { label: 'Dismiss', op: 'dismiss', args: [run.id] },
            ),
          ]
        : []),
    ]),
    offline.length > 0
      ? join(
          offline.map(
            ({ server }) => md`**${server.name}** ${serverStatus(server)}${next(server.nextProbeAt)}`,
          ),
          '\n',
        )
      : undefined,
    ...overdueBlocks(overdue, actor, page),
  ];
  return card(overdue.length + held.length > 0 ? 'warning' : 'neutral', ...blocks);
}

const next = (at: Date | null): Md => (at ? md` · asked again ${moment(at)}` : md``);

function jobLine(job: string, { last, nextAt }: JobOverview, idle: string): Md {
  const ran = last
    ? md`last ${moment(last.startedAt)}${last.outcome === 'ok' ? '' : ', ⚠️ failed'}: ${last.detail}`
    : md`has not run yet`;
  return md`**${job}** · ${ran} · next: ${nextAt ? moment(nextAt) : idle}`;
}

function overdueBlocks(
  overdue: readonly OverdueChange[],
  actor: Actor,
  page: number,
): readonly (Md | Block | undefined)[] {
  if (overdue.length === 0) return [md`✅ **Nothing is overdue.**`];
  const shown = overdue.slice(page * PAGE, page * PAGE + PAGE);
  const pages = Math.ceil(overdue.length / PAGE);
  const retry: Block = {
    kind: 'select',
    op: 'retry',
    placeholder: 'Try one again now',
    options: shown.map(({ account, server }) => ({
      label: `${server.name}: ${account.name}`,
      value: account.id,
    })),
  };
  const turn = (label: string, to: number, disabled: boolean) =>
    ({ label, op: 'page', args: [String(to)], disabled }) as const;
  return [
    join([md`**Overdue** (${overdue.length})`, ...shown.map(overdueLine)], '\n'),
    actor.capabilities.has('moderator') ? retry : undefined,
    buttons(
      ...(actor.capabilities.has('moderator') ? [{ label: 'Retry all', op: 'retry' }] : []),
      ...(pages > 1 ? [turn('◀', page - 1, page === 0), turn('▶', page + 1, page >= pages - 1)] : []),
    ),
  ];
}

function overdueLine({ account, server }: OverdueChange): Md {
  const member = account.memberId === null ? md`` : md` of ${mention.user(account.memberId)}`;
  return md`• **${server.name}**: account ${account.name}${member} · failed ${account.attempts} ${account.attempts === 1 ? 'time' : 'times'}: ${account.trouble ?? ''}${account.dueAt ? md` · tried again ${moment(account.dueAt)}` : md``}`;
}
