import { type Component, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { linkingView, signIn } from '../../src/adapters/discord/kit/sign-in.ts';
import { accountsView } from '../../src/adapters/discord/views/accounts.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { declinedView } from '../../src/adapters/discord/views/sign-ins.ts';
import { md, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'overview' | 'signIns'>;

const quick: Component<Uses> = {
  run: async (input, app) => await signIn(input, { serverId: input.args[0] ?? '' }, app),
};

export default defineCommand({
  description: 'Your linked accounts; link another by proving that it is yours',
  capability: 'member',
  alsoInDm: true,
  run: async ({ guildId, inDm, actor }, { overview }: Uses) =>
    accountsView(await overview.myAccounts(asMember(actor.id), inDm ? undefined : guildId)),
  components: {
    quick,
    /** In a channel, for whoever had an account before Usher came. */
    door: {
      answers: 'message',
      run: async ({ guildId, actor }, { overview }: Uses) =>
        accountsView(await overview.myAccounts(asMember(actor.id), guildId)),
    },
    quickBeside: { ...quick, answers: 'message' },
    mine: {
      async run(input, app: Uses) {
        const { guildId, actor, args } = input;
        const linking = await app.signIns.confirm(guildId, asMember(actor.id), args[0] ?? '');
        return linking
          ? linkingView(linking, input, app)
          : questionClosed(md`${say('my.signIn.nothingConnected')}`);
      },
    },
    other: {
      async run({ guildId, actor, args }, { signIns }: Uses) {
        const declined = await signIns.decline(guildId, asMember(actor.id), args[0] ?? '');
        return declined ? declinedView() : questionClosed();
      },
    },
  },
});
