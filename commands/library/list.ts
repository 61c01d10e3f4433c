import { choice, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { counted, libraryTrouble } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { buttons, card, code, join, type Md, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { LibraryOverview } from '../../src/app/queries/overview.ts';

type Uses = Pick<App, 'autocomplete' | 'overview'>;

const PAGE = 20;
const SORTS = ['name', 'users'] as const;

type Sort = (typeof SORTS)[number];

export default defineCommand({
  description: 'Libraries, and how many people have each',
  capability: 'auditor',
  options: {
    server: text('Only this server', { autocomplete: true }),
    sort: choice('By name (default) or by number of users', SORTS),
  },
  async run({ guildId, options }, { autocomplete, overview }: Uses) {
    if (options.server === undefined) return await show(overview, guildId, '', options.sort ?? 'name', 0);
    const picked = await autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    return await show(overview, guildId, picked.item.id, options.sort ?? 'name', 0);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    page: {
      run: ({ guildId, args: [serverId = '', sort, page] }, { overview }: Uses) =>
        show(overview, guildId, serverId, sort === 'users' ? 'users' : 'name', Number(page)),
    },
    csv: {
      answers: 'message',
      async run({ guildId, args: [serverId = ''] }, { overview }: Uses) {
        const rows = await overview.libraries(guildId, serverId || undefined);
        const view = card('neutral', md`${counted(rows.length, 'library', 'libraries')} as a file.`);
        return { ...view, files: [{ name: 'libraries.csv', content: csv(rows) }] };
      },
    },
  },
});

async function show(
  overview: App['overview'],
  guildId: string,
  serverId: string,
  sort: Sort,
  page: number,
): Promise<View> {
  const all = [...(await overview.libraries(guildId, serverId || undefined))];
  if (all.length === 0)
    return card(
      'neutral',
      md`**No libraries known.** Add a server with ${code('/server add')} or run ${code('/library sync')}.`,
    );
  if (sort === 'users') all.sort((one, other) => other.users - one.users);
  const pages = Math.ceil(all.length / PAGE);
  const shown = all.slice(page * PAGE, page * PAGE + PAGE);
  const turn = (label: string, to: number, disabled: boolean) =>
    ({ label, op: 'page', args: [serverId, sort, String(to)], disabled }) as const;
  return card(
    'neutral',
    md`**Libraries** · ${page * PAGE + 1}–${page * PAGE + shown.length} of ${all.length}`,
    join(shown.map(line), '\n'),
    buttons(...(pages > 1 ? [turn('◀', page - 1, page === 0), turn('▶', page + 1, page >= pages - 1)] : []), {
      label: 'CSV',
      op: 'csv',
      args: [serverId],
    }),
  );
}

function line({ library, server, users }: LibraryOverview): Md {
  const trouble = libraryTrouble(library);
  return md`**${server.name} · ${library.name}** · ${library.type} · ${code(library.externalId)} · ${counted(users, 'user', 'users')}${trouble ? md` · ${trouble}` : md``}`;
}

function csv(rows: readonly LibraryOverview[]): string {
  const lines = rows.map(({ library, server, users }) => [
    server.name,
    library.name,
    library.type,
    library.externalId,
    String(users),
    library.goneAt ? 'gone' : library.missingSince ? 'missing' : 'present',
  ]);
  return [['server', 'library', 'type', 'id', 'users', 'state'], ...lines]
    .map((cells) => cells.map(cell).join(','))
    .join('\r\n');
}

/** Quoted; and never a formula for a spreadsheet (discord.md 3.5). */
function cell(value: string): string {
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}
