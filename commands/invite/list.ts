import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineList, noLongerListed } from '../../src/adapters/discord/kit/list.ts';
import { wordFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import {
  INVITE_HEAD,
  inviteCard,
  inviteCells,
  inviteChoice,
  inviteRow,
} from '../../src/adapters/discord/views/invites.ts';
import { say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { INVITE_STATES, type InviteState } from '../../src/domain/invite.ts';

type Uses = Pick<App, 'inviteList'>;

const stateOf = (typed: string): InviteState => INVITE_STATES.find((state) => state === typed) ?? 'open';

const listing = defineList({
  filters: [{ name: 'state', ...wordFilter(INVITE_STATES) }],
  size: 10,
  find: async ({ guildId }, { search, by }, { inviteList }: Uses, slice) =>
    await inviteList.list(guildId, { state: stateOf(by.state), search, ...slice }),
  title: ({ by }) => say('invite.list.title', { state: stateOf(by.state) }),
  none: ({ by }) => say('invite.list.none', { state: stateOf(by.state) }),
  line: inviteRow,
  option: inviteChoice,
  openLabel: say('invite.list.open'),
  async open({ guildId, actor }, [inviteId = ''], { inviteList }) {
    const listed = await inviteList.get(guildId, inviteId);
    return listed ? inviteCard(listed, actor.capabilities.has('moderator')) : noLongerListed();
  },
  offers: async () => [
    {
      filter: 'state',
      choices: INVITE_STATES.map((state) => ({ label: say(`invite.list.state.${state}`), value: state })),
    },
  ],
  file: { name: 'invites.csv', head: INVITE_HEAD, cells: inviteCells },
});

export default defineCommand({
  description: 'Invites: what they give, how many uses are left, and who redeemed them',
  capability: 'auditor',
  options: { state: choice('Which ones (default: those that can be redeemed)', INVITE_STATES) },
  run: async ({ options: { state = 'open' }, ...who }, app: Uses) => await listing.show(who, { state }, app),
  components: { ...listing.components, list: listing.beside },
});
