import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { noLongerHere, noServersYet } from '../../src/adapters/discord/views/answers.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { serverCard, serverText } from '../../src/adapters/discord/views/servers.ts';
import { type Block, card, join, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerOverview } from '../../src/app/queries/overview.ts';
import type { GuildId } from '../../src/domain/ids.ts';

const PAGE = 10;

type Uses = Pick<App, 'overview' | 'manageServer'>;

export default defineCommand({
  description: 'The media servers of this community',
  capability: 'auditor',
  run: ({ guildId, actor }, app: Uses) => show(app, guildId, actor),
  components: {
    page: { run: ({ guildId, actor, args: [page] }, app: Uses) => show(app, guildId, actor, page) },
    open: {
      async run({ guildId, actor, values: [id = ''] }, { manageServer }: Uses) {
        const details = await manageServer.details(guildId, id);
        return details
          ? serverCard(details, actor, { label: say('server.list.back'), op: 'page', args: ['0'] })
          : noLongerHere('server');
      },
    },
  },
});

async function show({ overview }: Uses, guildId: GuildId, actor: Actor, asked?: string): Promise<View> {
  const page = pageOf(await overview.servers(guildId), PAGE, asked);
  if (page.total === 0) return noServersYet();
  const texts = page.items.map((server) => serverText(server, actor.capabilities.has('admin')));
  return card(
    'neutral',
    say('server.list.title', { total: page.total }),
    join(texts, '\n\n'),
    openSelect(page.items),
    turnRow(page),
  );
}

function openSelect(servers: readonly ServerOverview[]): Block {
  const options = servers.map(({ server: { id, name, kind } }) => ({
    label: name,
    value: id,
    description: kindName(kind),
  }));
  return { kind: 'select', op: 'open', placeholder: say('server.list.open'), options };
}
