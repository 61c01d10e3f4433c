import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineList, type Found } from '../../src/adapters/discord/kit/list.ts';
import { noLongerHere, noServers } from '../../src/adapters/discord/views/answers.ts';
import {
  SERVER_HEAD,
  serverCard,
  serverCells,
  serverChoice,
  serverText,
} from '../../src/adapters/discord/views/servers.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerOverview } from '../../src/app/queries/overview.ts';
import { nameMatcher } from '../../src/domain/pick.ts';

type Uses = Pick<App, 'overview' | 'manageServer'>;

/** Only admins see where a server is. */
type Row = ServerOverview & { readonly isAdmin: boolean };

const listing = defineList({
  filters: [],
  size: 5,
  async find({ guildId, actor }, { search }, { overview }: Uses, { start, limit }): Promise<Found<Row>> {
    const isMeant = nameMatcher(search);
    const fitting = (await overview.servers(guildId)).filter(({ server }) => isMeant(server.name));
    const isAdmin = actor.capabilities.has('admin');
    const rows = fitting.slice(start, start + limit).map((shown) => ({ ...shown, isAdmin }));
    return { rows, total: fitting.length };
  },
  title: () => say('server.list.title'),
  none: noServers,
  line: (row: Row) => serverText(row, row.isAdmin),
  between: '\n\n',
  option: serverChoice,
  openLabel: say('server.list.open'),
  async open({ guildId, actor }, [id = ''], { manageServer }) {
    const details = await manageServer.details(guildId, id);
    return details ? serverCard(details, actor) : noLongerHere('server');
  },
  file: { name: 'servers.csv', head: SERVER_HEAD, cells: (row: Row) => serverCells(row, row.isAdmin) },
});

export default defineCommand({
  description: 'The media servers of this community',
  capability: 'auditor',
  run: (who, app: Uses) => listing.show(who, {}, app),
  components: { ...listing.components, list: listing.beside },
});
