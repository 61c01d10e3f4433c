/** One gift for many members: the question with names, the bar, and the result with the names of what did not work. */

import type { GiftForMany, GivenToMany } from '../../../app/grants/give-many.ts';
import type { DurationText } from '../../../domain/duration.ts';
import { barOf, openLine, peopleText } from './bulk.ts';
import { isSeen, type Names } from './grant-changes.ts';
import { durationText } from './lengths.ts';
import { placesOf } from './standing.ts';
import { type Button, buttons, card, type Md, md, nameOf, type Sentence, say, type View } from './view.ts';

/** Names that are listed before the rest is counted. */
const LISTED = 8;

export function giftQuestion(gift: GiftForMany, lasts: DurationText | null, names: Names): readonly Md[] {
  const { memberIds, has, withoutAccount, libraries, servers } = gift;
  const what = placesOf({ libraries, servers: servers.map((server) => ({ server })) });
  const count = memberIds.length;
  const ask: Sentence =
    lasts === null
      ? say('list.gift.askForGood', { what, count })
      : say('list.gift.ask', { what, count, lasts: durationText(lasts) });
  return [
    md`**${ask}**\n${peopleText(memberIds, names)}`,
    ...(withoutAccount > 0 ? [md`👤 ${say('list.gift.noAccount', { count: withoutAccount })}`] : []),
    ...(has.length > 0 ? [md`▫️ ${say('list.gift.has', { count: has.length })}`] : []),
  ];
}

export const giftProgress = (done: number, total: number): View =>
  card('neutral', md`${barOf(done, total)} ${say('list.gift.working', { done, total })}`);

/** What came of it; `again` are buttons that try again what did not work. */
export function giftResult({ standings, failed }: GivenToMany, names: Names, again: readonly Button[]): View {
  const open = standings.filter((standing) => !isSeen(standing));
  const total = standings.length;
  const title =
    open.length === 0
      ? say('list.gift.done', { count: total })
      : say('list.gift.some', { done: total - open.length, total });
  const lines = [
    ...failed.map(
      ({ memberId, why }) =>
        md`• ${say('list.gift.failed', { who: nameOf(memberId, names.get(memberId)), why })}`,
    ),
    ...open.map((standing) => openLine(standing, names)),
  ];
  const more = lines.length - LISTED;
  return card(
    lines.length > 0 ? 'warning' : 'good',
    md`**${title}**`,
    lines.length > 0
      ? md`${[...lines.slice(0, LISTED), ...(more > 0 ? [say('shared.more', { count: more })] : [])]}`
      : undefined,
    again.length > 0 ? buttons(...again) : undefined,
  );
}
