/** The card of a member: shown by several commands, and again after each act with what happened on top. */
import type { App } from '../../../app/app.ts';
import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { type Done, happenedText, type Names, standsText, toneOf } from '../views/grant-changes.ts';
import { type CardShown, memberCardView } from '../views/member-card.ts';
import { md, say, type View } from '../views/view.ts';
import type { Who } from './command.ts';
import { type Telling, withTelling } from './telling.ts';

export type CardUses = Pick<App, 'memberCard' | 'people'> & Telling;

export type Top = NonNullable<CardShown['top']>;

/** Which grant the buttons are about, and what has just happened. */
export type Showing = Pick<CardShown, 'grantId' | 'top'>;

/** The card as it is now. */
export async function memberCard(
  { guildId, actor }: Who,
  memberId: MemberId,
  app: CardUses,
  showing: Showing = {},
): Promise<View> {
  const [card, names] = await Promise.all([
    app.memberCard(guildId, memberId),
    app.people.named(guildId, [memberId]),
  ]);
  const view = memberCardView(card, { name: names.get(memberId), actor, ...showing });
  // Something was changed, so that the member may hear of it.
  return showing.top?.undoId ? await withTelling(view, { guildId, memberIds: [memberId] }, app) : view;
}

/** What a change of one grant says on top of the card. */
export function changeTop(done: Done, { changed, unchanged, undoId }: ChangedGrants, names: Names): Top {
  const [refused] = unchanged;
  if (refused)
    return {
      text: md`**${say('grant.unchanged')}** ${refused.message}\n${standsText(refused.standing, names)}`,
      tone: 'neutral',
    };
  const [one] = changed;
  if (!one) return { text: md`**${say('grant.gone')}**`, tone: 'neutral' };
  return {
    text: happenedText({ done, ...one }, names),
    tone: toneOf([one.standing]),
    undoId: done === 'undone' ? null : undoId,
  };
}
