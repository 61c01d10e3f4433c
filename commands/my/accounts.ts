import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { codeConnectedView, codeView } from '../../src/adapters/discord/views/accounts.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { accountsView } from '../../src/adapters/discord/views/member.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'overview' | 'connectByCode'>;

export default defineCommand({
  description: 'Your linked accounts; link another by proving that it is yours',
  capability: 'member',
  alsoInDm: true,
  run: async ({ guildId, inDm, actor }, { overview }: Uses) =>
    accountsView(await overview.myAccounts(asMember(actor.id), inDm ? undefined : guildId)),
  components: {
    quick: {
      answers: 'message',
      async run({ guildId, actor, args: [serverId = ''] }, { connectByCode }: Uses) {
        const started = await connectByCode(guildId, asMember(actor.id), serverId);
        if (!started) return noLongerHere('server');
        if (started.kind === 'unknown')
          return problem(
            md`The server cannot be asked for a code`,
            md`${started.why.message}`,
            md`Ask the staff.`,
          );
        return {
          ...codeView(started.value),
          later: started.value.finished.then(codeConnectedView),
        };
      },
    },
  },
});
