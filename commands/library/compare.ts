import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { nameList } from '../../src/adapters/discord/views/media.ts';
import { buttons, card, join, type Md, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ComparedLibrary } from '../../src/domain/compare.ts';

const PAGE = 15;

type Uses = Pick<App, 'manageServer'>;

export default defineCommand({
  description: 'Libraries that are missing or doubled between servers',
  capability: 'auditor',
  async run({ guildId }, { manageServer }: Uses) {
    return show(await manageServer.compareLibraries(guildId), 0);
  },
  components: {
    page: {
      async run({ guildId, args: [page] }, { manageServer }: Uses) {
        return show(await manageServer.compareLibraries(guildId), Number(page));
      },
    },
  },
});

function show(all: readonly ComparedLibrary[], page: number): View {
  if (all.length === 0) return card('neutral', md`**No libraries known.** There is nothing to compare.`);
  const telling = all.filter(({ missingOn, doubledOn }) => missingOn.length + doubledOn.length > 0);
  if (telling.length === 0)
    return card('good', md`**No difference.** All ${all.length} libraries are on every server, once each.`);
  const shown = telling.slice(page * PAGE, page * PAGE + PAGE);
  const pages = Math.ceil(telling.length / PAGE);
  const turn = (label: string, to: number, disabled: boolean) => ({
    label,
    op: 'page',
    args: [String(to)],
    disabled,
  });
  return card(
    'neutral',
    md`**Differences between servers** (${telling.length} of ${all.length}), by name and type, as of the last sync`,
    join(shown.map(line), '\n'),
    pages > 1 ? buttons(turn('◀', page - 1, page === 0), turn('▶', page + 1, page >= pages - 1)) : undefined,
  );
}

function line({ name, type, on, missingOn, doubledOn }: ComparedLibrary): Md {
  const parts = [
    md`**${name}** · ${type} · on ${nameList(on, 4)}`,
    ...(missingOn.length > 0 ? [md`missing on ${nameList(missingOn, 4)}`] : []),
    ...(doubledOn.length > 0 ? [md`❗ doubled on ${nameList(doubledOn, 4)}`] : []),
  ];
  return join(parts, ' · ');
}
