import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { pageOf, spanText, turnButtons } from '../../src/adapters/discord/kit/pager.ts';
import { librariesCsv, libraryLine } from '../../src/adapters/discord/views/libraries.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { buttons, card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GuildId } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'autocomplete' | 'overview'>;

const PAGE = 20;

export default defineCommand({
  description: 'Libraries, and how many people have each',
  capability: 'auditor',
  options: {
    server: serverOption.optional('Only this server'),
    sort: choice('By name (default) or by number of users', ['name', 'users']),
  },
  async run({ guildId, options: { server, sort } }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, server);
    return picked.kind === 'problem'
      ? picked.view
      : await show(app, guildId, { serverId: picked.item?.id, sort });
  },
  complete: { server: serverOption.complete },
  components: {
    page: {
      run: ({ guildId, args: [serverId, sort, page] }, app: Uses) =>
        show(app, guildId, { serverId, sort, page }),
    },
    csv: {
      answers: 'message',
      async run({ guildId, args: [serverId] }, { overview }: Uses) {
        const rows = await overview.libraries(guildId, serverId || undefined);
        const view = card('neutral', md`${counted(rows.length, 'library', 'libraries')} as a file.`);
        return { ...view, files: [{ name: 'libraries.csv', content: librariesCsv(rows) }] };
      },
    },
  },
});

/** Which libraries are listed, and how. Fields are as a button carries them: empty is all servers. */
interface Listing {
  readonly serverId: string | undefined;
  readonly sort: string | undefined;
  readonly page?: string | undefined;
}

async function show(
  { overview }: Uses,
  guildId: GuildId,
  { serverId = '', sort = 'name', page: asked }: Listing,
): Promise<View> {
  const all = await overview.libraries(guildId, serverId || undefined);
  if (all.length === 0)
    return card(
      'neutral',
      md`**No libraries known.** Add a server with ${code('/server add')} or run ${code('/library sync')}.`,
    );
  const sorted = sort === 'users' ? all.toSorted((one, other) => other.users - one.users) : all;
  const page = pageOf(sorted, PAGE, asked);
  return card(
    'neutral',
    md`**Libraries** · ${spanText(page)}`,
    join(page.items.map(libraryLine), '\n'),
    buttons(...turnButtons(page, serverId, sort), { label: 'CSV', op: 'csv', args: [serverId] }),
  );
}
