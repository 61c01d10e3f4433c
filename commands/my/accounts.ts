import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { kindName, signInName } from '../../src/adapters/discord/views/media.ts';
import { linkButtons } from '../../src/adapters/discord/views/member.ts';
import {
  card,
  code,
  join,
  type Md,
  md,
  moment,
  problem,
  separator,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { CodeConnection } from '../../src/app/accounts/by-code.ts';
import type { App } from '../../src/app/app.ts';
import type { LinkedAccount } from '../../src/app/queries/overview.ts';

type Uses = Pick<App, 'overview' | 'connectByCode'>;

export default defineCommand({
  description: 'Your linked accounts; link another by proving that it is yours',
  capability: 'member',
  alsoInDm: true,
  async run({ guildId, inDm, actor }, { overview }: Uses) {
    const guilds = await overview.myAccounts(actor.id, inDm ? undefined : guildId);
    if (guilds.length === 0)
      return card(
        'neutral',
        md`**You have no accounts here yet.** Got an invite code? Type ${code('/redeem')}.`,
      );
    const blocks = guilds.flatMap(({ guildId: id, accounts, servers }, index) => [
      ...(index > 0 ? [separator] : []),
      accounts.length > 0 ? join(accounts.map(line), '\n') : md`No account is linked yet.`,
      ...linkButtons(servers, accounts, id),
    ]);
    return card('neutral', md`**Your accounts**`, ...blocks);
  },
  components: {
    quick: {
      answers: 'message',
      async run({ guildId, actor, args: [serverId = ''] }, { connectByCode }: Uses) {
        const started = await connectByCode(guildId, actor.id, serverId);
        if (!started) return problem(md`That server is no longer here`);
        if (started.kind === 'unknown')
          return problem(
            md`The server cannot be asked for a code`,
            md`${started.why.message}`,
            md`Ask the staff.`,
          );
        const { server, code: typed, expiresAt, finished } = started.value;
        return {
          ...card(
            'neutral',
            md`**Prove your account on ${server.name}**`,
            md`Open ${server.name}, go to your profile → **${signInName(server.kind)}**, and type ${code(typed)}. Usher learns which account is yours and nothing else.`,
            md`The code is good until ${moment(expiresAt)}.`,
          ),
          later: finished.then(connected),
        };
      },
    },
  },
});

function line({ account, server }: LinkedAccount): Md {
  const state = account.disabled
    ? md` · disabled`
    : account.pending
      ? md` · 📨 invited, not accepted yet`
      : md``;
  const mail = account.emailMasked ? md` (${account.emailMasked})` : md``;
  return md`• **${server.name}** (${kindName(server.kind)}): ${code(account.name)}${mail}${state}`;
}

function connected(end: CodeConnection): View {
  switch (end.kind) {
    case 'connected':
      return card(
        'good',
        md`**Your account ${code(end.account)} on ${end.server.name} is linked.** What it had stays; ${code('/my access')} shows what you have.`,
      );
    case 'expired':
      return problem(md`The code ran out`, md`Nobody typed it in in time.`, md`Press the button again.`);
    case 'refused':
      return end.why === 'protected'
        ? problem(
            md`**${end.account}** is an administrator`,
            md`Usher never changes administrators, so it links none.`,
          )
        : problem(md`**${end.account}** belongs to another member`, undefined, md`Ask the staff.`);
    case 'failed':
      return problem(
        md`Your account could not be linked yet`,
        md`${end.why.message}`,
        md`Press the button again in a while.`,
      );
  }
}
