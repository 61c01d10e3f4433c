import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { serverCard, serverText } from '../../src/adapters/discord/views/servers.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  md,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerOverview } from '../../src/app/queries/overview.ts';

const PAGE = 10;

type Uses = Pick<App, 'overview' | 'manageServer'>;

export default defineCommand({
  description: 'The media servers of this community',
  capability: 'auditor',
  async run({ guildId, actor }, { overview }: Uses) {
    return listView(await overview.servers(guildId), actor, 0);
  },
  components: {
    page: {
      async run({ guildId, actor, args }, { overview }: Uses) {
        return listView(await overview.servers(guildId), actor, Number(args[0]));
      },
    },
    open: {
      async run({ guildId, actor, values: [id = ''] }, { manageServer }: Uses) {
        const details = await manageServer.details(guildId, id);
        if (!details) return problem(md`That server is no longer here`);
        return serverCard(details, actor, { label: 'Back to the list', op: 'page', args: ['0'] });
      },
    },
  },
});

function listView(all: readonly ServerOverview[], actor: Actor, page: number): View {
  if (all.length === 0)
    return card('neutral', md`**No media server yet.** An admin adds one with ${code('/server add')}.`);
  const shown = all.slice(page * PAGE, page * PAGE + PAGE);
  const showUrl = actor.capabilities.has('admin');
  const pages = Math.ceil(all.length / PAGE);
  const select: Block = {
    kind: 'select',
    op: 'open',
    placeholder: 'Open a server',
    options: shown.map(({ server }) => ({
      label: server.name,
      value: server.id,
      description: kindName(server.kind),
    })),
  };
  return card(
    'neutral',
    md`**Media servers** (${all.length})`,
    join(
      shown.map((overview) => serverText(overview, showUrl)),
      '\n\n',
    ),
    select,
    pages > 1
      ? buttons(
          { label: '◀', op: 'page', args: [String(page - 1)], disabled: page === 0 },
          { label: '▶', op: 'page', args: [String(page + 1)], disabled: page >= pages - 1 },
        )
      : undefined,
  );
}
