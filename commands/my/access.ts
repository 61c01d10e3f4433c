import {
  type Component,
  type ComponentInput,
  defineCommand,
  type Input,
} from '../../src/adapters/discord/kit/command.ts';
import { signIn } from '../../src/adapters/discord/kit/sign-in.ts';
import {
  madeTexts,
  newAccountFields,
  notMade,
  passwordQuestion,
} from '../../src/adapters/discord/views/accounts.ts';
import { accessView, steppedView } from '../../src/adapters/discord/views/my-access.ts';
import { say, type View } from '../../src/adapters/discord/views/view.ts';
import type { ServerAccountResult } from '../../src/app/accounts/server-account.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isServerKind } from '../../src/domain/server-kind.ts';

type Uses = Pick<App, 'overview' | 'signIns' | 'serverAccounts'>;

const page: Component<Uses> = {
  async run(input, app) {
    const [typed] = input.args;
    // Buttons of earlier versions name no kind: Plex was the only one with a page to sign in on.
    return await signIn(input, { kind: isServerKind(typed) ? typed : 'plex' }, app);
  },
};

const form = (op: 'account' | 'accountBeside'): Component<Uses> => ({
  answers: 'modal',
  run: async ({ args, actor }) => ({
    kind: 'modal',
    title: say('my.account.title'),
    op,
    args,
    fields: newAccountFields(actor.name),
  }),
});

const account: Component<Uses> = {
  async run(input, app) {
    const { guildId, actor, args, fields } = input;
    const memberId = asMember(actor.id);
    const result = await app.serverAccounts.create(guildId, memberId, args[0] ?? '', fields.name ?? '');
    return await made(result, 'account', input, app);
  },
};

export default defineCommand({
  description: 'What you may watch, where, and until when',
  capability: 'member',
  alsoInDm: true,
  run: show,
  components: {
    plex: page,
    plexBeside: { ...page, answers: 'message' },
    jellyfin: form('account'),
    jellyfinBeside: form('accountBeside'),
    account,
    accountBeside: { ...account, answers: 'message' },
    show: { run: show },
    /** In a channel, for a member who takes no direct messages. */
    begin: { run: show, answers: 'message' },
    // Asks first: what the member has signed in with stops working.
    password: {
      async run({ guildId, actor, args: [accountId] }, { overview }: Uses) {
        const own = await overview.accountsOf(guildId, asMember(actor.id));
        const found = own.find((one) => one.account.id === accountId);
        return found ? passwordQuestion(found, guildId) : notMade({ kind: 'nothing-granted' }, 'password');
      },
    },
    renew: {
      async run(input, app: Uses) {
        const { guildId, actor, args } = input;
        const result = await app.serverAccounts.newPassword(guildId, asMember(actor.id), args[0] ?? '');
        return await made(result, 'password', input, app);
      },
    },
  },
});

/** In a direct message of all guilds: only there has somebody to be asked about who may have left. */
async function show({ guildId, inDm, actor }: Input, { overview }: Uses): Promise<View> {
  return accessView(await overview.myAccess(asMember(actor.id), inDm ? undefined : guildId));
}

async function made(
  result: ServerAccountResult,
  asked: 'account' | 'password',
  { guildId, actor }: ComponentInput,
  { overview }: Uses,
): Promise<View> {
  if (result.kind !== 'created') return notMade(result, asked);
  const access = await overview.myAccess(asMember(actor.id), guildId);
  return steppedView(access, { done: madeTexts(result, asked), once: true });
}
