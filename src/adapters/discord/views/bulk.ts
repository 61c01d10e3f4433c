/** One action on many at once: the question with names, the bar while it goes on, and the result with names. */

import type { BulkAction, BulkPreview } from '../../../app/grants/bulk.ts';
import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { effectLines, isSeen, isThere, type Names, undoButton } from './grant-changes.ts';
import { durationText } from './lengths.ts';
import { serverLines } from './standing.ts';
import {
  type Button,
  buttons,
  card,
  code,
  type Md,
  md,
  nameOf,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** Names that a question or a result shows before it only counts. */
const NAMED = 3;
const LISTED = 8;
const BAR = 10;

/** `Mia, Noah, Ada and 149 more`. */
export function peopleText(memberIds: readonly string[], names: Names): Md {
  const known = memberIds.map((id) => nameOf(id, names.get(id)));
  const shown = known.slice(0, known.length === NAMED + 1 ? NAMED + 1 : NAMED);
  const more = known.length - shown.length;
  const items = [...shown, ...(more > 0 ? [say('shared.others', { count: more })] : [])];
  return md`${say('shared.list', { items })}`;
}

/** The people whose names a question needs. */
export const firstOf = (memberIds: readonly string[]): readonly string[] => memberIds.slice(0, LISTED);

/** What the action would mean, before it happens. */
export function bulkQuestionText(
  action: BulkAction,
  preview: BulkPreview,
  names: Names,
): readonly (Md | undefined)[] {
  const { memberIds, effects, acceptAgain, withoutAccount, canUndo } = preview;
  return [
    md`**${askText(action, preview)}**\n${peopleText(memberIds, names)}`,
    effects.length > 0 ? md`${effectLines(effects)}` : md`${say('grant.bulk.nobody')}`,
    withoutAccount > 0 ? md`👤 ${say('grant.bulk.noAccount', { count: withoutAccount })}` : undefined,
    acceptAgain > 0 ? md`📨 ${say('grant.bulk.acceptAgain', { count: acceptAgain })}` : undefined,
    canUndo ? undefined : md`${say('grant.bulk.noUndo')}`,
    leftText(preview, names),
  ];
}

function askText(action: BulkAction, { grantIds, memberIds }: BulkPreview): Sentence {
  const counts = { grants: grantIds.length, members: memberIds.length };
  switch (action.kind) {
    case 'extend':
      return say('grant.bulk.askExtend', { ...counts, by: durationText(action.by) });
    case 'end':
      return say('grant.bulk.askEnd', counts);
    case 'pause':
      return say('grant.bulk.askPause', counts);
    case 'resume':
      return say('grant.bulk.askResume', counts);
  }
}

/** What the button says that does it. */
export function bulkVerb({ kind }: BulkAction, count: number): Sentence {
  switch (kind) {
    case 'extend':
      return say('grant.bulk.doExtend', { count });
    case 'end':
      return say('grant.bulk.doEnd', { count });
    case 'pause':
      return say('grant.bulk.doPause', { count });
    case 'resume':
      return say('grant.bulk.doResume', { count });
  }
}

export function nothingInBulk(preview: BulkPreview, names: Names): View {
  return card('neutral', md`**${say('grant.bulk.nothing')}**`, leftText(preview, names));
}

function leftText({ unchanged }: Pick<BulkPreview, 'unchanged'>, names: Names): Md | undefined {
  if (unchanged.length === 0) return undefined;
  // A reason once, with whom it is about.
  const lines = [...Map.groupBy(unchanged, ({ message }) => JSON.stringify(message)).values()]
    .slice(0, LISTED)
    .flatMap((same) => {
      const whose = peopleText(
        same.map(({ grant }) => grant.memberId),
        names,
      );
      return same[0] ? [md`• ${same[0].message} ${whose}`] : [];
    });
  return md`${say('grant.bulk.left', { count: unchanged.length })}\n${lines}`;
}

const more = (total: number): readonly Md[] =>
  total > LISTED ? [md`${say('shared.more', { count: total - LISTED })}`] : [];

/** `▰▰▰▰▱▱▱▱▱▱ 60 of 153 grants`. */
export const bulkProgress = (done: number, total: number): View =>
  card('neutral', md`${barOf(done, total)} ${say('grant.bulk.working', { done, total })}`);

export function barOf(done: number, total: number): Md {
  const full = total === 0 ? BAR : Math.min(BAR, Math.floor((done / total) * BAR));
  return md`${'▰'.repeat(full)}${'▱'.repeat(BAR - full)}`;
}

/** What came of it. `again`: a button that tries those again that their servers do not show yet. */
export function bulkResult(
  { standings, unchanged, undoId }: BulkOutcome,
  names: Names,
  again?: Button,
): View {
  const open = standings.filter((standing) => !isSeen(standing));
  const total = standings.length;
  const title =
    open.length === 0
      ? say('grant.bulk.doneAll', { count: total })
      : say('grant.bulk.doneSome', { done: total - open.length, total, open: open.length });
  return card(
    open.length + unchanged.length > 0 ? 'warning' : 'good',
    md`**${title}**`,
    open.length > 0
      ? md`${[...open.slice(0, LISTED).map((standing) => openLine(standing, names)), ...more(open.length)]}`
      : undefined,
    open.length > 0 ? md`-# ${say('grant.overdueHint', { command: code('/jobs list') })}` : undefined,
    unchanged.length > 0
      ? leftText(
          { unchanged: unchanged.map(({ standing, message }) => ({ grant: standing.grant, message })) },
          names,
        )
      : undefined,
    undoId === null && again === undefined
      ? undefined
      : buttons(again, undoId === null ? undefined : undoButton(undoId)),
  );
}

export interface BulkOutcome extends Pick<ChangedGrants, 'unchanged' | 'undoId'> {
  /** Of the grants that were changed. */
  readonly standings: readonly GrantStanding[];
}

/** Whose it is, and what the first server says that does not show it. */
export function openLine(standing: GrantStanding, names: Names): Md {
  const { grant, servers } = standing;
  const open = servers.find((one) => !isThere(one));
  const [line] = serverLines(open ? { ...standing, servers: [open], libraries: [] } : standing);
  const whose = nameOf(grant.memberId, names.get(grant.memberId));
  return line ? md`• ${whose} · ${line}` : md`• ${whose}`;
}
