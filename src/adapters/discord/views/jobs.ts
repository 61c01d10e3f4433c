/** What Usher does by itself, in words. */

import type { ClockHold } from '../../../app/ports/time.ts';
import type { JobOverview, JobsOverview, OverdueChange } from '../../../app/queries/jobs.ts';
import type { HeldDecision } from '../../../app/reconcile/held-runs.ts';
import type { HeldRun, Server } from '../../../domain/model.ts';
import { counted, serverStatus } from './media.ts';
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
} from './view.ts';

/** Why nothing is enforced; undefined while the clock is believed. */
export function clockText(clock: Pick<ClockHold, 'isHeld' | 'isWaiting'>): Md | undefined {
  if (!clock.isHeld()) return undefined;
  return clock.isWaiting() ? CLOCK_BEHIND : CLOCK_JUMPED;
}

const CLOCK_BEHIND = md`⏳ **The clock of the machine is behind what it was before Usher started; nothing starts or ends until it is set.** That usually happens by itself within minutes, and Usher goes on then.`;

const CLOCK_JUMPED = md`⛔ **The clock of the machine jumped by more than a day; nothing is enforced.** Whoever runs Usher sets it right, or confirms it with the button in the alerts channel or ${code('/jobs run job:enforce')}.`;

export function jobsText({ enforce, sync }: JobsOverview): Md {
  return join(
    [md`**Jobs**`, jobLine('enforce', enforce, 'when something is due'), jobLine('sync', sync, '')],
    '\n',
  );
}

function jobLine(job: string, { last, nextAt }: JobOverview, idle: string): Md {
  const ran = last
    ? md`last ${moment(last.startedAt)}${last.outcome === 'ok' ? '' : ', ⚠️ failed'}: ${last.detail}`
    : md`has not run yet`;
  return md`**${job}** · ${ran} · next: ${nextAt ? moment(nextAt) : idle}`;
}

/** A held run, with the buttons that decide it for those who may. */
export function heldBlocks(
  { run, server }: { readonly run: HeldRun; readonly server: Server },
  mayDecide: boolean,
): readonly (Md | Block)[] {
  const args = [run.id];
  const decide = buttons(
    { label: 'Release', style: 'danger', command: 'jobs list', op: 'release', args },
    { label: 'Dismiss', command: 'jobs list', op: 'dismiss', args },
  );
  return [
    md`⛔ **Held on ${server.name}** since ${moment(run.createdAt)}: ${run.detail}`,
    ...(mayDecide ? [decide] : []),
  ];
}

export function heldDecisionView(decision: HeldDecision, done: string): View {
  return decision.kind === 'decided'
    ? card('good', md`**${done}**`, md`${decision.server.name}: ${decision.run.detail}`)
    : problem(md`This was decided before`, md`Somebody was faster, or it was asked anew.`);
}

/** Servers of which something does not work, or that are frozen; undefined when all do and none is. */
export function offlineText(servers: readonly Server[]): Md | undefined {
  const lines = servers
    .filter(
      ({ status, sharingSince, frozenWhy }) =>
        status === 'offline' || sharingSince !== null || frozenWhy !== null,
    )
    .map((server) => {
      const next = server.nextProbeAt ? md` · asked again ${moment(server.nextProbeAt)}` : md``;
      return md`**${server.name}** ${serverStatus(server)}${next}`;
    });
  return lines.length > 0 ? join(lines, '\n') : undefined;
}

/** `shown` of `total` changes; `ending` grants are not confirmed yet. */
export function overdueText(
  { total, shown }: { readonly total: number; readonly shown: readonly OverdueChange[] },
  ending: number,
  isClockHeld: boolean,
): Md {
  if (total > 0) return join([md`**Overdue** (${total})`, ...shown.map(overdueLine)], '\n');
  if (isClockHeld) return md`❔ **What is overdue cannot be said** while the clock is not right.`;
  if (ending > 0) return md`🟠 **${counted(ending, 'grant is', 'grants are')} ending, not confirmed yet.**`;
  return md`✅ **Nothing is overdue.**`;
}

function overdueLine({ account, server }: OverdueChange): Md {
  const member = account.memberId === null ? md`` : md` of ${mention.user(account.memberId)}`;
  const needs = account.refused ? md` · 🙋 **needs a person**` : md``;
  return md`• **${server.name}**: account ${account.name}${member}${needs} · failed ${account.attempts} ${account.attempts === 1 ? 'time' : 'times'}: ${account.trouble ?? ''}${account.dueAt ? md` · tried again ${moment(account.dueAt)}` : md``}`;
}

/** What came of a run of `enforce` that somebody asked for. */
export function enforcedView(done: boolean, overdue: number): View {
  if (!done)
    return card(
      'warning',
      md`**Still running.** A server takes long; ${code('/jobs list')} shows the result.`,
    );
  return overdue === 0
    ? card('good', md`**Done.** Everything that was due is as granted.`)
    : card(
        'warning',
        md`**Done, as far as the servers let it.** ${overdue} overdue; ${code('/jobs list')} says why.`,
      );
}

/** Why nothing is enforced, with the button by which whoever runs Usher ends it. */
export function clockHeldView(isWaiting: boolean): View {
  const why = isWaiting ? 'is behind what it was before Usher started' : 'jumped by more than a day';
  return card(
    'warning',
    md`**Nothing was done.** The clock of the machine ${why}, and ends and starts by a wrong clock would be wrong.`,
    md`Whoever runs Usher, and nobody else, can say that it is right: it is the clock of every community on this machine.`,
    buttons({ label: 'The clock is right: go on', style: 'danger', command: 'jobs run', op: 'clock' }),
  );
}
