/** Who has a library: the answer of `/library show`, and of a row of `/library list`. */

import type { App } from '../../../app/app.ts';
import type { LibraryDetails } from '../../../app/queries/who-has.ts';
import { nameMatcher } from '../../../domain/pick.ts';
import {
  HOLDER_HEAD,
  holderCells,
  holderChoice,
  holderLegend,
  holderLine,
  libraryFacts,
  type NamedHolder,
} from '../views/libraries.ts';
import { say } from '../views/view.ts';
import { defineList, type Found } from './list.ts';
import { plainFilter } from './list-filters.ts';
import { openMember } from './open-member.ts';

interface Holders extends Found<NamedHolder> {
  readonly details: LibraryDetails;
}

/** Filtered by the library. Its components are named apart from those of the list that it was opened from. */
export const holdersList = defineList({
  prefix: 'who-',
  filters: [{ name: 'library', ...plainFilter }],
  size: 12,
  async find({ guildId }, { search, by }, app: App, { start, limit }): Promise<Holders | undefined> {
    const details = await app.whoHas.library(guildId, by.library);
    if (!details) return undefined;
    const names = await app.people.named(
      guildId,
      details.holders.flatMap(({ memberId }) => memberId ?? []),
    );
    const isMeant = nameMatcher(search);
    const fitting = details.holders
      .map((holder) => ({ ...holder, name: names.get(holder.memberId ?? '') }))
      .filter(({ name = '', account }) => isMeant(`${name} ${account ?? ''}`));
    return { details, rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: (_asked, { details: { library, server } }) =>
    say('library.show.title', { library: library.name, server: server.name }),
  below: (_asked, { details }) => libraryFacts(details),
  none: () => say('library.show.none'),
  line: holderLine,
  legend: holderLegend,
  option: holderChoice,
  openLabel: say('library.show.open'),
  open: openMember,
  file: { name: 'who-has.csv', head: HOLDER_HEAD, cells: holderCells },
});
