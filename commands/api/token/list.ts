import { defineCommand } from '../../../src/adapters/discord/kit/command.ts';
import { defineList, noLongerListed } from '../../../src/adapters/discord/kit/list.ts';
import {
  TOKEN_HEAD,
  tokenCells,
  tokenChoice,
  tokenRow,
  tokenText,
} from '../../../src/adapters/discord/views/api-tokens.ts';
import { buttons, card, say } from '../../../src/adapters/discord/views/view.ts';
import type { App } from '../../../src/app/app.ts';
import { nameMatcher } from '../../../src/domain/pick.ts';

type Uses = Pick<App, 'apiTokens'>;

const listing = defineList({
  filters: [],
  size: 10,
  async find({ guildId }, { search }, { apiTokens }: Uses, { start, limit }) {
    const isMeant = nameMatcher(search);
    const fitting = (await apiTokens.list(guildId)).filter(({ name }) => isMeant(name));
    return { rows: fitting.slice(start, start + limit), total: fitting.length };
  },
  title: () => say('api.list.title'),
  none: () => say('api.list.none'),
  line: tokenRow,
  option: tokenChoice,
  openLabel: say('api.list.open'),
  async open({ guildId }, [tokenId = ''], { apiTokens }) {
    const token = await apiTokens.find(guildId, tokenId);
    if (!token) return noLongerListed();
    const revoke = { label: say('api.show.revoke'), style: 'danger', args: [tokenId] } as const;
    return card('neutral', tokenText(token), buttons({ ...revoke, command: 'api token revoke', op: 'ask' }));
  },
  file: { name: 'api-tokens.csv', head: TOKEN_HEAD, cells: tokenCells },
});

export default defineCommand({
  description: 'Tokens for programs: what each may do, and when it was last used',
  capability: 'admin',
  run: (who, app: Uses) => listing.show(who, {}, app),
  components: listing.components,
});
