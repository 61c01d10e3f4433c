/** The results of changing grants, in words. Shared by the commands that change them. */

import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { isOver } from '../../../domain/grant.ts';
import type { Grant, Server } from '../../../domain/model.ts';
import type { ServerEffect } from '../../../domain/preview.ts';
import { grantText, isSettled, spanOf } from './grants.ts';
import { counted } from './media.ts';
import { type Block, buttons, card, isSame, type Md, md, mention, type View } from './view.ts';

type Done = 'extended' | 'changed' | 'paused' | 'resumed' | 'revoked' | 'undone';

/** Handled by `/grant set`. Works only for the person who made the change. */
export function undoButton(undoId: string): Block {
  return buttons({ label: 'Undo (10 minutes)', command: 'grant set', op: 'undo', args: [undoId] });
}

/** The answer to a change of one grant. */
export function changedView(done: Done, { changed, unchanged, undoId }: ChangedGrants): View {
  const [refused] = unchanged;
  if (refused)
    return card(
      'neutral',
      md`**Nothing was changed.** Grant #${refused.standing.grant.number}: ${refused.message}`,
      grantText(refused.standing, 'staff'),
    );
  const [one] = changed;
  if (!one) return card('neutral', md`**That grant is no longer there.** Nothing was changed.`);
  const { before, standing } = one;
  const { grant } = standing;
  const settled = isSettled(standing);
  const differs = !isSame(spanOf(before), spanOf(grant));
  return card(
    settled ? 'good' : 'warning',
    headline(done, before, standing, settled),
    differs && !isOver(grant) ? md`Before: ${spanOf(before)}\nNow: ${spanOf(grant)}` : undefined,
    grantText(standing, 'staff'),
    undoId === null || done === 'undone' ? undefined : undoButton(undoId),
  );
}

function headline(done: Done, before: Grant, { grant }: GrantStanding, settled: boolean): Md {
  const member = mention.user(grant.memberId);
  if (isOver(grant)) {
    const word = WORDS[done];
    if (before.state === 'scheduled') return md`**${word}.** It had not begun, so nothing of it was there.`;
    return settled
      ? md`**${word}.** The servers were read back: the access of ${member} by this grant is gone.`
      : md`**${word}, but not confirmed yet.** It stays due until the server shows the access gone.`;
  }
  if (done === 'paused')
    return settled
      ? md`**Paused.** The clock stands still, and the servers were read back: this grant gives ${member} nothing now.`
      : md`**Paused, but not confirmed yet.** The clock stands still; the access stays due to be taken until the server shows it gone.`;
  const word = WORDS[done];
  if (grant.state === 'scheduled') return md`**${word}.** It has yet to begin, and gives nothing until then.`;
  if (grant.state === 'paused') return md`**${word}.** It is paused, and gives nothing until it is resumed.`;
  return settled
    ? md`**${word}.** The servers show it.`
    : md`**${word}, but not applied everywhere yet.** See below.`;
}

const WORDS: Readonly<Record<Done, string>> = {
  extended: 'Extended',
  changed: 'Changed',
  paused: 'Paused',
  resumed: 'Resumed',
  revoked: 'Revoked',
  undone: 'Undone',
};

/** What members would gain and lose, a line for each server. */
export function effectLines(effects: readonly (ServerEffect & { readonly server: Server })[]): readonly Md[] {
  return effects.map(
    ({ server, adds, removes, members }) =>
      md`**${server.name}**: adds ${adds}, removes ${removes} (${counted(members, 'member', 'members')})`,
  );
}

/** What came of undoing a change. */
export function undoneView(result: ChangedGrants): View {
  const { changed, unchanged } = result;
  if (changed.length + unchanged.length === 1) return changedView('undone', result);
  return card(
    unchanged.length === 0 ? 'good' : 'warning',
    md`**Undone:** ${changed.length} grants are as before.`,
    unchanged.length > 0
      ? md`Left as they are: ${unchanged.map(({ standing, message }) => md`#${standing.grant.number}: ${message}`)}`
      : undefined,
  );
}
