/** What one action on many grants would mean, and what came of it. */

import type { BulkAction, BulkPreview } from '../../../app/grants/bulk.ts';
import type { ChangedGrants } from '../../../app/grants/change.ts';
import { effectLines, undoButton } from './grant-changes.ts';
import { isSettled } from './grants.ts';
import { counted } from './media.ts';
import { card, code, type Md, md, type View } from './view.ts';

const LISTED = 10;
const WORDS = { extend: 'Extend', end: 'Revoke', pause: 'Pause', resume: 'Resume' } as const;

export function bulkQuestionText({ kind }: BulkAction, preview: BulkPreview): readonly (Md | undefined)[] {
  const { grantIds, members, effects, acceptAgain } = preview;
  const many = counted(grantIds.length, 'grant', 'grants');
  return [
    md`**${WORDS[kind]} ${many} of ${counted(members, 'member', 'members')}?**`,
    effects.length > 0 ? md`${effectLines(effects)}` : md`Nobody gains or loses a library by it now.`,
    acceptAgain > 0
      ? md`📨 ${counted(acceptAgain, 'member', 'members')} will have to accept a new invitation.`
      : undefined,
    preview.canUndo ? undefined : md`So many grants cannot be undone with one click.`,
    leftText(preview),
  ];
}

export function nothingInBulk(preview: BulkPreview): View {
  return card('neutral', md`**There is nothing to do.** No grant would change.`, leftText(preview));
}

function leftText({ unchanged }: BulkPreview): Md | undefined {
  if (unchanged.length === 0) return undefined;
  const lines = unchanged.slice(0, LISTED).map(({ grant, message }) => md`#${grant.number}: ${message}`);
  return md`Left as they are (${unchanged.length}):\n${lines}`;
}

export function bulkResult({ changed, unchanged, undoId }: ChangedGrants): View {
  const open = changed.filter(({ standing }) => !isSettled(standing));
  const lines = open
    .slice(0, LISTED)
    .map(({ standing: { grant } }) => md`#${grant.number}: not applied everywhere yet`);
  return card(
    open.length + unchanged.length > 0 ? 'warning' : 'good',
    md`**Done:** ${counted(changed.length, 'grant', 'grants')} changed, ${changed.length - open.length} of them seen on their servers.`,
    open.length > 0
      ? md`${lines}\nThe others stay due; ${code('/jobs list')} shows what is overdue and why.`
      : undefined,
    unchanged.length > 0
      ? md`${counted(unchanged.length, 'grant was', 'grants were')} left as they are.`
      : undefined,
    undoId === null ? undefined : undoButton(undoId),
  );
}
