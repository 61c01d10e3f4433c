import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { holdersList } from '../../src/adapters/discord/kit/holders-list.ts';
import { defineList } from '../../src/adapters/discord/kit/list.ts';
import { plainFilter, serverOffer, wordFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import {
  LIBRARY_HEAD,
  libraryCells,
  libraryChoice,
  libraryLegend,
  libraryLine,
} from '../../src/adapters/discord/views/libraries.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

const SORTS = ['name', 'users'] as const;

const listing = defineList({
  filters: [
    { name: 'server', ...plainFilter },
    { name: 'sort', ...wordFilter(SORTS) },
  ],
  size: 12,
  async find({ guildId }, { search, by }, { overview }: App, { start, limit }) {
    const all = await overview.libraries(guildId, by.server || undefined);
    const isMeant = nameMatcher(search);
    const fitting = all.filter(({ library, server }) => isMeant(`${server.name} ${library.name}`));
    const sorted = by.sort === 'users' ? fitting.toSorted((one, other) => other.users - one.users) : fitting;
    return { rows: sorted.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('library.list.title'),
  none: () => say('library.list.none'),
  line: libraryLine,
  legend: libraryLegend,
  option: libraryChoice,
  openLabel: () => ({ text: say('library.list.open') }),
  open: (who, [library = ''], app) => holdersList.show(who, { library }, app),
  offers: async ({ guildId }, _asked, { autocomplete }) =>
    serverOffer(await autocomplete.completeServers(guildId, '')),
  more: (_who, asked, { argsOf }) => {
    const isByUsers = asked.by.sort === 'users';
    const by = { ...asked.by, sort: isByUsers ? 'name' : 'users' };
    const label = isByUsers ? say('library.list.byName') : say('library.list.byUsers');
    return [{ label, op: 'page', args: argsOf({ ...asked, page: 0, by }) }];
  },
  file: { name: 'libraries.csv', head: LIBRARY_HEAD, cells: libraryCells },
});

export default defineCommand({
  description: 'Libraries, and how many people have each',
  capability: 'auditor',
  options: {
    server: serverOption.optional('Only this server'),
    sort: choice('By name (default) or by number of users', SORTS),
  },
  async run({ options: { server, sort = '' }, ...who }, app: App) {
    const picked = await serverOption.pick(app, who.guildId, server);
    return picked.kind === 'problem'
      ? picked.view
      : await listing.show(who, { server: picked.item?.id ?? '', sort }, app);
  },
  complete: { server: serverOption.complete },
  components: { ...listing.components, ...holdersList.components },
});
