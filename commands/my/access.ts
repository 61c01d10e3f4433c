import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import {
  lateView,
  newAccountFields,
  notConnected,
  serverAccountView,
  signInView,
  stepsView,
} from '../../src/adapters/discord/views/accounts.ts';
import { kindName, signInName } from '../../src/adapters/discord/views/media.ts';
import { accessView } from '../../src/adapters/discord/views/member.ts';
import { md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GuildId, MemberId } from '../../src/domain/ids.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isServerKind } from '../../src/domain/server-kind.ts';
import { memberSentence } from '../../src/domain/trouble.ts';

type Uses = Pick<App, 'overview' | 'connectByPage' | 'serverAccounts'>;

export default defineCommand({
  description: 'What you may watch, where, and until when',
  capability: 'member',
  alsoInDm: true,
  run: async ({ guildId, inDm, actor }, { overview }: Uses) =>
    accessView(await overview.myAccess(asMember(actor.id), inDm ? undefined : guildId)),
  components: {
    plex: {
      answers: 'message',
      async run({ guildId, actor, args: [typed], progress }, app: Uses) {
        // Buttons of earlier versions name no kind: Plex was the only one with a page to sign in on.
        const kind = isServerKind(typed) ? typed : 'plex';
        const signIn = await app.connectByPage.start(guildId, asMember(actor.id), kind, (steps) => {
          void progress(stepsView(steps, kind));
        });
        if (signIn.kind === 'unknown')
          return problem(
            md`Your ${kindName(kind)} account cannot be connected just now`,
            md`${memberSentence(signIn.why, signInName(kind))}`,
            md`Press the button again in a while.`,
          );
        const { finished, steps, leave } = signIn.value;
        const later = finished.then((end) =>
          end.kind === 'connected' ? connected(app, guildId, asMember(actor.id)) : notConnected(end, kind),
        );
        const late = () => {
          leave();
          return lateView(steps(), signIn.value, kind);
        };
        return { ...signInView(signIn.value, kind), later, late };
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

async function connected({ overview }: Uses, guildId: GuildId, memberId: MemberId): Promise<View> {
  return { ...accessView(await overview.myAccess(memberId, guildId)), tone: 'good' };
}
