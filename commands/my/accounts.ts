import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import {
  codeConnectedView,
  codeLateView,
  codeTypedView,
  codeView,
} from '../../src/adapters/discord/views/accounts.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { accountsView } from '../../src/adapters/discord/views/member.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';
import { memberSentence } from '../../src/domain/trouble.ts';

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
      async run({ guildId, actor, args: [serverId = ''], progress }, { connectByCode }: Uses) {
        const started = await connectByCode(guildId, asMember(actor.id), serverId, (server) => {
          void progress(codeTypedView(server));
        });
        if (!started) return noLongerHere('server');
        if (started.kind === 'failed')
          return problem(
            md`No code can be made just now`,
            md`${memberSentence(started.why, started.server.name)}`,
            md`Ask the staff.`,
          );
        const { finished, leave } = started.value;
        const late = () => {
          leave();
          return codeLateView(started.value);
        };
        return { ...codeView(started.value), later: finished.then(codeConnectedView), late };
      },
    },
  },
});
