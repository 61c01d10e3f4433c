/** What a row about somebody opens: their card. */

import { toMemberId } from '../../../domain/ids.ts';
import type { View } from '../views/view.ts';
import type { Who } from './command.ts';
import { noLongerListed } from './list.ts';
import { type CardUses, memberCard } from './member-card.ts';

export async function openMember(who: Who, [picked = '']: readonly string[], app: CardUses): Promise<View> {
  // What was chosen in a select is not signed.
  return /^\d{1,20}$/.test(picked) ? await memberCard(who, toMemberId(picked), app) : noLongerListed();
}
