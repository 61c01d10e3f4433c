import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import {
  jellyfinAccountView,
  newAccountFields,
  plexNotConnected,
  plexSignInView,
} from '../../src/adapters/discord/views/accounts.ts';
import { accessView } from '../../src/adapters/discord/views/member.ts';
import { md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { PlexConnection } from '../../src/app/accounts/plex.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'overview' | 'connectPlex' | 'connectJellyfin'>;

export default defineCommand({
  description: 'What you may watch, where, and until when',
  capability: 'member',
  alsoInDm: true,
  run: async ({ guildId, inDm, actor }, { overview }: Uses) =>
    accessView(await overview.myAccess(actor.id, inDm ? undefined : guildId)),
  components: {
    plex: {
      answers: 'message',
      async run({ guildId, actor }, app: Uses) {
        const signIn = await app.connectPlex.start(guildId, actor.id);
        if (signIn.kind === 'unknown')
          return problem(
            md`Plex cannot be asked just now`,
            md`${signIn.why.message}`,
            md`Press the button again in a while.`,
          );
        const { finished } = signIn.value;
        const later = finished.then((end) => connected(app, end, guildId, actor.id));
        return { ...plexSignInView(signIn.value), later };
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
      run: async ({ guildId, actor, args: [serverId = ''], fields }, { connectJellyfin }: Uses) =>
        jellyfinAccountView(await connectJellyfin.create(guildId, actor.id, serverId, fields.name ?? '')),
    },
    password: {
      answers: 'message',
      run: async ({ guildId, actor, args: [accountId = ''] }, { connectJellyfin }: Uses) =>
        jellyfinAccountView(await connectJellyfin.newPassword(guildId, actor.id, accountId)),
    },
  },
});

async function connected(
  { overview }: Uses,
  end: PlexConnection,
  guildId: string,
  memberId: string,
): Promise<View> {
  if (end.kind !== 'connected') return plexNotConnected(end);
  return { ...accessView(await overview.myAccess(memberId, guildId)), tone: 'good' };
}
