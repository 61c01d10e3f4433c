/** What ticking libraries of a member takes and gives, before and after. */

import type { MemberLibrariesPreview } from '../../../app/grants/member-libraries.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { type Names, standsText } from './grant-changes.ts';
import { placesOf } from './standing.ts';
import { join, type Md, md, nameOf, person, say } from './view.ts';

export function tickingQuestion(
  { adds, removes, servers, ends }: MemberLibrariesPreview,
  memberId: string,
  name: string | undefined,
): readonly Md[] {
  const member = person(memberId, name);
  const numbers = ends.map((number) => `#${number}`);
  return [
    md`**${say('member.libraries.ask', { member: nameOf(memberId, name) })}**`,
    join(
      [
        ...(removes.length > 0
          ? [
              md`➖ ${say('member.libraries.removes', { member, what: placesOf({ libraries: removes, servers }) })}`,
            ]
          : []),
        ...(adds.length > 0
          ? [md`➕ ${say('member.libraries.adds', { member, what: placesOf({ libraries: adds, servers }) })}`]
          : []),
        ...(ends.length > 0 ? [md`-# ${say('member.libraries.ends', { count: ends.length, numbers })}`] : []),
      ],
      '\n',
    ),
  ];
}

/** How the grants stand that were changed by it. */
export const savedText = (standings: readonly GrantStanding[], names: Names): Md =>
  join(
    standings.map((standing) => standsText(standing, names)),
    '\n',
  );
