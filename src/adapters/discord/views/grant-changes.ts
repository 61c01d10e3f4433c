/** The results of changing grants, in words. Shared by the commands that change them. */

import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';

import { grantText, spanOf } from './grants.ts';
import { type Block, buttons, card, type Md, md, mention, type View } from './view.ts';

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
  const differs = spanOf(before).markdown !== spanOf(grant).markdown;
  return card(
    settled ? 'good' : 'warning',
    headline(done, standing, settled),
    differs && done !== 'revoked' ? md`Before: ${spanOf(before)}\nNow: ${spanOf(grant)}` : undefined,
    grantText(standing, 'staff'),
    undoId === null || done === 'undone' ? undefined : undoButton(undoId),
  );
}

/** Whether every server shows what it should. */
export function isSettled({ grant, servers }: GrantStanding): boolean {
  return (
    grant.state !== 'ending' &&
    servers.every(({ application }) => application.kind === 'applied' || application.kind === 'not-now')
  );
}

function headline(done: Done, { grant }: GrantStanding, settled: boolean): Md {
  const member = mention.user(grant.memberId);
  switch (done) {
    case 'revoked':
      return settled
        ? md`**Revoked.** The servers were read back: the access of ${member} by this grant is gone.`
        : md`**Revoked, but not confirmed yet.** It stays due until the server shows the access gone.`;
    case 'paused':
      return settled
        ? md`**Paused.** The clock stands still, and the servers were read back: this grant gives ${member} nothing now.`
        : md`**Paused, but not confirmed yet.** The clock stands still; the access stays due to be taken until the server shows it gone.`;
    case 'extended':
    case 'changed':
    case 'resumed':
    case 'undone':
      return settled
        ? md`**${WORDS[done]}.** The servers show it.`
        : md`**${WORDS[done]}, but not applied everywhere yet.** See below.`;
  }
}

const WORDS = { extended: 'Extended', changed: 'Changed', resumed: 'Resumed', undone: 'Undone' } as const;
