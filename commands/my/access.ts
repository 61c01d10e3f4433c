import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { signIn } from '../../src/adapters/discord/kit/sign-in.ts';
import { newAccountFields, serverAccountView } from '../../src/adapters/discord/views/accounts.ts';
import { accessView } from '../../src/adapters/discord/views/member.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isServerKind } from '../../src/domain/server-kind.ts';

type Uses = Pick<App, 'overview' | 'signIns' | 'serverAccounts'>;

export default defineCommand({
  description: 'What you may watch, where, and until when',
  capability: 'member',
  alsoInDm: true,
  run: async ({ guildId, inDm, actor }, { overview }: Uses) =>
    accessView(await overview.myAccess(asMember(actor.id), inDm ? undefined : guildId)),
  components: {
    plex: {
      answers: 'message',
      async run(input, app: Uses) {
        const [typed] = input.args;
        // Buttons of earlier versions name no kind: Plex was the only one with a page to sign in on.
        return await signIn(input, { kind: isServerKind(typed) ? typed : 'plex' }, app);
      },
    },
    jellyfin: {
      answers: 'modal',
      run: async ({ args, actor }) => ({
        kind: 'modal',
        title: 'Create your account',
        op: 'account',
        args,
        fields: newAccountFields(actor.name),
      }),
    },
    account: {
      answers: 'message',
      run: async ({ guildId, actor, args: [serverId = ''], fields }, { serverAccounts }: Uses) =>
        serverAccountView(
          await serverAccounts.create(guildId, asMember(actor.id), serverId, fields.name ?? ''),
          'account',
        ),
    },
    password: {
      answers: 'message',
      run: async ({ guildId, actor, args: [accountId = ''] }, { serverAccounts }: Uses) =>
        serverAccountView(
          await serverAccounts.newPassword(guildId, asMember(actor.id), accountId),
          'password',
        ),
    },
  },
});
