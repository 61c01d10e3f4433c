/** What Usher does by itself, in words. */

import type { ClockHold } from '../../../app/ports/time.ts';
import type {
  BackupOverview,
  JobOverview,
  JobsOverview,
  OverdueChange,
  Retried,
} from '../../../app/queries/jobs.ts';
import type { HeldDecision } from '../../../app/reconcile/held-runs.ts';
import type { HeldRun, JobName, Server } from '../../../domain/model.ts';
import { whoIs } from './brief.ts';
import { megabytes } from './lengths.ts';
import { serverStatus } from './media.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  problem,
  relative,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

/** Why nothing is enforced; undefined while the clock is believed. */
export function clockText(clock: Pick<ClockHold, 'isHeld' | 'isWaiting'>): Md | undefined {
  if (!clock.isHeld()) return undefined;
  return clock.isWaiting()
    ? md`⏳ **${say('jobs.clockBehind.what')}**\n${say('jobs.clockBehind.next')}`
    : md`⛔ **${say('jobs.clockJumped.what')}**\n${say('jobs.clockJumped.next', { command: code('/jobs run') })}`;
}

export function jobsText({ enforce, sync, remind, roles, cards, purge, backup }: JobsOverview): Md {
  return join(
    [
      md`**${say('jobs.title')}**`,
      jobLine('enforce', enforce, say('jobs.whenDue')),
      jobLine('sync', sync, say('jobs.never')),
      jobLine('remind', remind, say('jobs.nobodyDue')),
      jobLine('roles', roles, say('jobs.never')),
      jobLine('cards', cards, say('jobs.whenDue')),
      jobLine('purge', purge, say('jobs.never')),
      ...(backup ? [backupLine(backup)] : []),
    ],
    '\n',
  );
}

function jobLine(job: JobName, { last, nextAt }: JobOverview, idle: Sentence): Sentence {
  const run = last && { at: relative(last.startedAt), detail: last.detail };
  const ran = run && (last.outcome === 'ok' ? say('jobs.ran', run) : say('jobs.failed', run));
  return say('jobs.line', {
    job: md`**${say(`jobs.${job}`)}**`,
    last: ran ?? say('jobs.never'),
    next: nextAt ? relative(nextAt) : idle,
  });
}

function backupLine({ last, nextAt }: BackupOverview): Sentence {
  const ran =
    last &&
    say('jobs.ran', {
      at: relative(last.madeAt),
      detail: say('jobs.said.copied', { size: megabytes(last.bytes) }),
    });
  return say('jobs.line', {
    job: md`**${say('jobs.backup')}**`,
    last: ran ?? say('jobs.never'),
    next: nextAt ? relative(nextAt) : say('jobs.byHand'),
  });
}

/** A held run, with the buttons that decide it for those who may. */
export function heldBlocks(
  { run, server }: { readonly run: HeldRun; readonly server: Server },
  mayDecide: boolean,
): readonly (Md | Block)[] {
  const args = [run.id];
  const decide = buttons(
    { label: say('jobs.release'), style: 'danger', command: 'jobs list', op: 'release', args },
    { label: say('jobs.dismiss'), command: 'jobs list', op: 'dismiss', args },
  );
  const held = say('jobs.held', { server: server.name, at: relative(run.createdAt), detail: run.detail });
  return [md`⛔ ${held}`, ...(mayDecide ? [decide] : [])];
}

export function heldDecisionView(decision: HeldDecision, done: Sentence): View {
  return decision.kind === 'decided'
    ? card('good', md`**${done}**`, md`${decision.server.name}: ${decision.run.detail}`)
    : problem(say('jobs.decided'), say('jobs.decidedWhy'));
}

/** Servers of which something does not work, or that are frozen; undefined when all do and none is. */
export function offlineText(servers: readonly Server[]): Md | undefined {
  const lines = servers
    .filter(
      ({ status, sharingSince, frozenWhy }) =>
        status === 'offline' || sharingSince !== null || frozenWhy !== null,
    )
    .map((server) => {
      const { nextProbeAt } = server;
      const next = nextProbeAt ? md` · ${say('jobs.askedAgain', { at: relative(nextProbeAt) })}` : md``;
      return md`**${server.name}** ${serverStatus(server)}${next}`;
    });
  return lines.length > 0 ? join(lines, '\n') : undefined;
}

/** When no change is overdue; `ending` grants are not confirmed yet. */
export function nothingOverdue(ending: number, isClockHeld: boolean): Md {
  if (isClockHeld) return md`❔ ${say('jobs.unknown')}`;
  if (ending > 0) return md`🟠 **${say('jobs.ending', { count: ending })}**`;
  return md`✅ **${say('jobs.nothing')}**`;
}

/** A change that is overdue, with the name of the member whose account it is. */
export type NamedChange = OverdueChange & { readonly memberName: string | undefined };

/** What needs a person is tried again too, ever more rarely, but that is not what will mend it. */
export function overdueLine({ account, server, memberName }: NamedChange): Md {
  const { memberId, name, trouble, dueAt, refused } = account;
  const values = { server: server.name, account: name, why: trouble ?? '' };
  const what =
    memberId === null
      ? say('jobs.change', values)
      : say('jobs.changeOf', { ...values, member: whoIs(memberId, memberName) });
  if (refused) return md`• ${what} · ${say('jobs.needsPerson')}`;
  return dueAt ? md`• ${what} · ${say('jobs.again', { at: relative(dueAt) })}` : md`• ${what}`;
}

/** The same in the select below it. */
export const overdueChoice = ({ account, server, memberName }: NamedChange) => ({
  label: `${server.name}: ${account.name}`,
  value: account.id,
  ...(memberName !== undefined && { description: memberName }),
});

export const OVERDUE_HEAD = [
  ...['server', 'account', 'member', 'name', 'tries', 'why', 'needs a person', 'next try'],
] as const;

/** For a spreadsheet. */
export const overdueCells = ({ account, server, memberName }: NamedChange): readonly Text[] => [
  ...[server.name, account.name, account.memberId ?? '', memberName ?? ''],
  ...[String(account.attempts), account.trouble ?? '', account.refused ? 'yes' : 'no'],
  account.dueAt?.toISOString() ?? '',
];

/** What came of a run of `enforce` that somebody asked for. */
export function enforcedView(done: boolean, overdue: number): View {
  const command = code('/jobs list');
  if (!done)
    return card(
      'warning',
      md`**${say('jobs.stillRunning.what')}**\n${say('jobs.stillRunning.next', { command })}`,
    );
  return overdue === 0
    ? card('good', md`**${say('jobs.done')}**`)
    : card('warning', say('jobs.doneFar', { count: overdue, command }));
}

/** What came of a run of `remind`. */
export const remindedView = (count: number): View => card('good', md`**${say('jobs.reminded', { count })}**`);

/** Why nothing is enforced, with the button by which whoever runs Usher ends it. */
export function clockHeldView(isWaiting: boolean): View {
  const what = isWaiting ? say('jobs.notByClock.behind') : say('jobs.notByClock.jumped');
  return card(
    'warning',
    md`**${what}**`,
    say('jobs.notByClock.why'),
    buttons({ label: say('jobs.clockRight'), style: 'danger', command: 'jobs run', op: 'clock' }),
  );
}

/** What came of trying a server again. */
export function retriedView(retried: Retried): View {
  switch (retried.kind) {
    case 'gone':
      return card('neutral', say('alert.retry.gone'));
    case 'running':
      return card('neutral', say('alert.retry.running', { server: retried.server.name }));
    case 'away':
      return card('warning', say('alert.retry.away', { server: retried.server.name, why: retried.why }));
    case 'left': {
      const { server, count, why } = retried;
      return card('warning', say('alert.retry.left', { server: server.name, count, why }));
    }
    case 'done':
      return card('good', say('alert.retry.done', { server: retried.server.name }));
  }
}
