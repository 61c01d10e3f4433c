import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineList, type Found } from '../../src/adapters/discord/kit/list.ts';
import { COMPARED_HEAD, comparedCells, comparedLine } from '../../src/adapters/discord/views/libraries.ts';
import { md, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ComparedLibrary } from '../../src/domain/compare.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

type Uses = Pick<App, 'manageServer'>;

interface Compared extends Found<ComparedLibrary> {
  /** That differ, of how many. */
  readonly differing: number;
  readonly all: number;
}

const listing = defineList({
  filters: [],
  size: 12,
  async find({ guildId }, { search }, { manageServer }: Uses, { start, limit }): Promise<Compared> {
    const all = await manageServer.compareLibraries(guildId);
    const telling = all.filter(({ missingOn, doubledOn }) => missingOn.length + doubledOn.length > 0);
    const isMeant = nameMatcher(search);
    const fitting = telling.filter(({ name }) => isMeant(name));
    const rows = fitting.slice(start, start + limit);
    return { rows, total: fitting.length, differing: telling.length, all: all.length };
  },
  title: () => say('library.compare.title'),
  below: (_asked, { differing, all }) =>
    differing === 0 ? [] : [md`-# ${say('library.compare.below', { count: differing, total: all })}`],
  none: (_asked, { all }) =>
    all === 0 ? say('library.compare.none') : say('library.compare.same', { count: all }),
  line: comparedLine,
  file: { name: 'differences.csv', head: COMPARED_HEAD, cells: comparedCells },
});

export default defineCommand({
  description: 'Libraries that are missing or doubled between servers',
  capability: 'auditor',
  run: (who, app: Uses) => listing.show(who, {}, app),
  components: listing.components,
});
