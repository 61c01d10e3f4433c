import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { grantText } from '../../src/adapters/discord/views/grants.ts';
import { kindName, signInName } from '../../src/adapters/discord/views/media.ts';
import { addresses, connectButtons, passwordButtons } from '../../src/adapters/discord/views/member.ts';
import {
  buttons,
  card,
  code,
  join,
  md,
  moment,
  problem,
  separator,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { PageConnection } from '../../src/app/accounts/by-page.ts';
import type { ServerAccountResult } from '../../src/app/accounts/server-account.ts';
import type { App } from '../../src/app/app.ts';
import { memberAddress } from '../../src/domain/address.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import { isServerKind } from '../../src/domain/server-kind.ts';

type Uses = Pick<App, 'overview' | 'connectByPage' | 'serverAccounts'>;

export default defineCommand({
  description: 'What you may watch, where, and until when',
  capability: 'member',
  alsoInDm: true,
  async run({ guildId, inDm, actor }, app: Uses) {
    return await myAccess(app, actor.id, inDm ? undefined : guildId);
  },
  components: {
    plex: {
      answers: 'message',
      async run({ guildId, actor, args: [typed] }, app: Uses) {
        // The first buttons named no kind: there was one that is signed in to on a page.
        const kind = isServerKind(typed) ? typed : 'plex';
        const name = kindName(kind);
        const signIn = await app.connectByPage.start(guildId, actor.id, kind);
        if (signIn.kind === 'unknown')
          return problem(
            md`${name} cannot be asked just now`,
            md`${signIn.why.message}`,
            md`Press the button again in a while.`,
          );
        const { link, expiresAt, finished } = signIn.value;
        return {
          ...card(
            'neutral',
            md`**Sign in with ${name}**`,
            md`Open the page, sign in to the ${name} account you want to watch with, and come back. Usher learns which account is yours, accepts the invitation for you, and forgets the sign-in.`,
            md`The page is good until ${moment(expiresAt)}.`,
            buttons({ label: `Sign in at ${signInName(kind)}`, url: link }),
          ),
          later: finished.then((end) => connected(app, end, kind, guildId, actor.id)),
        };
      },
    },
    jellyfin: {
      answers: 'modal',
      async run({ args: [serverId = ''], actor }) {
        return {
          kind: 'modal',
          title: 'Create your account',
          op: 'account',
          args: [serverId],
          fields: [
            {
              id: 'name',
              label: 'User name',
              description: "Letters, digits, spaces and - ' . _ @",
              value: actor.name.replaceAll(/[^\p{L}\p{N} \-'._@]/gu, '').slice(0, 32),
              required: true,
              maxLength: 32,
            },
          ],
        };
      },
    },
    account: {
      answers: 'message',
      async run({ guildId, actor, args: [serverId = ''], fields }, app: Uses) {
        return accountView(await app.serverAccounts.create(guildId, actor.id, serverId, fields.name ?? ''));
      },
    },
    password: {
      answers: 'message',
      async run({ guildId, actor, args: [accountId = ''] }, app: Uses) {
        return accountView(await app.serverAccounts.newPassword(guildId, actor.id, accountId));
      },
    },
  },
});

async function myAccess(
  { overview }: Pick<App, 'overview'>,
  memberId: string,
  guildId?: string,
): Promise<View> {
  const all = (await overview.myAccess(memberId, guildId)).filter(({ standings }) => standings.length > 0);
  if (all.length === 0)
    return card('neutral', md`**You have no access here yet.** Got an invite code? Type ${code('/redeem')}.`);
  const blocks = all.flatMap(({ guildId: id, standings, accounts }, index) => {
    const servers = standings.flatMap((standing) => standing.servers.map(({ server }) => server));
    return [
      ...(index > 0 ? [separator] : []),
      join(
        standings.map((standing) => grantText(standing, 'member')),
        '\n\n',
      ),
      addresses(standings),
      ...connectButtons(standings, id),
      ...passwordButtons(accounts, servers, id),
    ];
  });
  return card('neutral', md`**Your access**`, ...blocks);
}

async function connected(
  app: Uses,
  end: PageConnection,
  kind: ServerKind,
  guildId: string,
  memberId: string,
): Promise<View> {
  switch (end.kind) {
    case 'connected':
      return {
        ...(await myAccess(app, memberId, guildId)),
        tone: 'good',
      };
    case 'expired':
      return problem(
        md`The sign-in ran out`,
        md`Nobody signed in in time.`,
        md`Run ${code('/my access')} and press the button again.`,
      );
    case 'refused':
      return end.why === 'protected'
        ? problem(md`**${end.account}** owns this server`, md`The owner's access is never changed by Usher.`)
        : problem(
            md`**${end.account}** belongs to another member`,
            md`A ${kindName(kind)} account can be connected to one member only.`,
            md`Sign in with another account, or ask the staff.`,
          );
    case 'failed':
      return problem(
        md`Your account could not be connected yet`,
        md`${end.why.message}`,
        md`Run ${code('/my access')} in a while and press the button again.`,
      );
  }
}

function accountView(result: ServerAccountResult): View {
  switch (result.kind) {
    case 'created': {
      const address = memberAddress(result.server);
      return card(
        'good',
        md`**Your account on ${result.server.name} is ready**`,
        join(
          [
            md`User name: ${code(result.name)}`,
            md`Password: ${code(result.password)}`,
            address ? md`Address: ${code(address)}` : md`Ask the staff for the address.`,
          ],
          '\n',
        ),
        md`-# The password is shown once. Change it in ${kindName(result.server.kind)}, or get a new one with ${code('/my access')}.`,
      );
    }
    case 'already':
      return card('neutral', md`You have an account on ${result.server.name} already: ${code(result.name)}.`);
    case 'nothing-granted':
      return problem(
        md`No account was made`,
        md`Nothing is granted to you on that server now.`,
        md`Ask the staff.`,
      );
    case 'name-taken':
      return problem(
        md`That user name is taken`,
        md`No account was made.`,
        md`Press the button again and choose another one.`,
      );
    case 'name-not-allowed':
      return problem(
        md`That user name is not possible`,
        md`${result.message}`,
        md`Press the button again and choose another one.`,
      );
    case 'failed':
      return problem(
        md`No account was made`,
        md`${result.why.message}`,
        md`Press the button again in a while.`,
      );
  }
}
