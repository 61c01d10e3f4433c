/** What staff should know before they give access. */

import type { GiftPreview, GiftWarning } from '../../../app/grants/warnings.ts';
import { delimited } from '../../../domain/name-list.ts';
import { few, placesOf } from './standing.ts';
import { type Md, md, person, say } from './view.ts';

export function giftQuestionText(
  { memberId, left, ...gift }: GiftPreview & { readonly memberId: string; readonly left: boolean },
  name: string | undefined,
): readonly Md[] {
  const member = person(memberId, name);
  return [
    md`**${say('grant.give.ask', { member, what: placesOf(gift) })}**`,
    ...(left ? [md`⚠️ ${say('grant.give.notHere', { member })}`] : []),
    ...gift.warnings.map((warning) => md`⚠️ ${warningText(warning)}`),
  ];
}

function warningText({ kind, numbers, libraries }: GiftWarning) {
  const values = { numbers: numbers.map((number) => `#${number}`), count: numbers.length };
  if (kind === 'nothing-new') return say('grant.give.nothingNew', values);
  return say('grant.give.forGood', {
    ...values,
    libraries: few(libraries.map((library) => delimited(library.name))),
  });
}
