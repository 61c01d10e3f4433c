import { bulkGrantsQuestion } from '../../src/adapters/discord/kit/bulk.ts';
import {
  byModerators,
  type Component,
  type ComponentInput,
  choice,
  defineCommand,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { givingMany } from '../../src/adapters/discord/kit/give-many.ts';
import { holdersList } from '../../src/adapters/discord/kit/holders-list.ts';
import { defineList, noLongerListed } from '../../src/adapters/discord/kit/list.ts';
import { plainFilter, serverOffer, wordFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import {
  chosenLibraries,
  howLong,
  LIBRARY_HEAD,
  libraryCells,
  libraryChoice,
  libraryLegend,
  libraryLine,
} from '../../src/adapters/discord/views/libraries.ts';
import { card, nameOf, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import { isNonEmpty, type NonEmpty } from '../../src/domain/model.ts';
import { nameMatcher } from '../../src/domain/pick.ts';
import { either, isText, listOf, nonEmptyListOf, oneOf, shape } from '../../src/domain/shape.ts';

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
  openLabel: say('library.list.open'),
  open: async (who, [library = ''], app) => await holdersList.show(who, { library }, app),
  several: { label: say('library.list.choose'), choose },
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

const taking = defineDraft(
  'library list',
  shape(
    {
      action: either(
        shape({ kind: oneOf('take'), libraryIds: nonEmptyListOf(isText) }),
        shape({ kind: oneOf('end'), cause: oneOf('revoked') }),
      ),
    },
    { grantIds: listOf(isText) },
  ),
);
const chosen = taking.like(shape({ chosen: nonEmptyListOf(isText) }));
const take = bulkGrantsQuestion<DraftOf<typeof taking>, App>(taking);
const gift = givingMany<App>('library list', (who, grantIds, app) =>
  take.ask(who, { action: { kind: 'end', cause: 'revoked' }, grantIds }, app),
);

/** Several libraries, and what can be done with them. */
async function choose(who: Who, picked: readonly string[], app: App): Promise<View> {
  const rows = await rowsOf(who, picked, app);
  const ids = rows.map(({ library }) => library.id);
  return isNonEmpty(ids)
    ? chosenLibraries(rows, await chosen.put(who, { chosen: ids }, app))
    : noLongerListed();
}

async function rowsOf({ guildId }: Who, ids: readonly string[], { overview }: App) {
  return (await overview.libraries(guildId)).filter(({ library }) => ids.includes(library.id));
}

/** What is for the libraries that are still chosen. */
function withChosen(
  run: (input: ComponentInput, ids: NonEmpty<string>, app: App) => Promise<View>,
): Component<App> {
  return {
    capability: 'moderator',
    async run(input, app) {
      const kept = await chosen.find(input, input.args[0] ?? '', app);
      return kept ? await run(input, kept.chosen, app) : questionClosed();
    },
  };
}

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
  components: {
    ...listing.components,
    ...holdersList.components,
    ...byModerators(take.components),
    ...byModerators(gift.components),
    take: withChosen((input, libraryIds, app) =>
      take.ask(input, { action: { kind: 'take', libraryIds } }, app),
    ),
    to: withChosen(async (input, ids, app) => {
      const [picked = ''] = input.values;
      const person = input.chosen.users[picked];
      if (!person) return noLongerListed();
      if (person.bot) return card('neutral', say('library.many.bot'));
      const rows = await rowsOf(input, ids, app);
      return howLong(rows, nameOf(person.id, person.name), [input.args[0] ?? '', person.id]);
    }),
    lasts: withChosen(async (input, libraryIds, app) => {
      const [, member = '', days = '0'] = input.args;
      if (!/^\d{1,20}$/.test(member)) return noLongerListed();
      const lasts = /^[1-9]\d{0,3}$/.test(days) ? { for: `${days}d` } : {};
      return await gift.ask(input, { memberIds: [toMemberId(member)], libraryIds, ...lasts }, app);
    }),
  },
});
