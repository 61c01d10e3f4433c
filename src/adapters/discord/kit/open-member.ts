/** What a row about somebody opens: all about them. */

import type { App } from '../../../app/app.ts';
import { toMemberId } from '../../../domain/ids.ts';
import { memberCard } from '../views/server-members.ts';
import type { View } from '../views/view.ts';
import type { ComponentInput } from './command.ts';
import { noLongerListed } from './list.ts';

type OpensMembers = Pick<App, 'grantStatus' | 'overview'>;

const STATES = ['scheduled', 'active', 'paused', 'ending'] as const;
const GRANTS_SHOWN = 6;

export async function openMember(
  { guildId }: ComponentInput,
  [picked = '']: readonly string[],
  { grantStatus, overview }: OpensMembers,
): Promise<View> {
  // What was chosen in a select is not signed.
  if (!/^\d{1,20}$/.test(picked)) return noLongerListed();
  const memberId = toMemberId(picked);
  const [grants, accounts] = await Promise.all([
    grantStatus.list(guildId, { memberId, states: STATES, limit: GRANTS_SHOWN }),
    overview.accountsOf(guildId, memberId),
  ]);
  return memberCard(memberId, accounts, grants);
}
