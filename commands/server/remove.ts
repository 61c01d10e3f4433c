import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import {
  buttons,
  card,
  join,
  type Md,
  md,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerRemoval, StillOpen } from '../../src/app/servers/remove.ts';

const LISTED = 15;
const GONE = problem(md`That server is no longer here`);

type Uses = Pick<App, 'autocomplete' | 'removeServer'>;

export default defineCommand({
  description: 'Take a server out of Usher; nobody is removed on the media server by it',
  capability: 'admin',
  options: { server: text('Which server', { required: true, autocomplete: true }) },
  async run({ guildId, options }, { autocomplete, removeServer }: Uses) {
    const picked = await autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    return question(await removeServer.preview(guildId, picked.item.id));
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    ask: {
      answers: 'message',
      run: async ({ guildId, args: [id = ''] }, { removeServer }: Uses) =>
        question(await removeServer.preview(guildId, id)),
    },
    confirm: {
      async run({ guildId, actor, args: [id = '', shown] }, { removeServer }: Uses) {
        const preview = await removeServer.preview(guildId, id);
        // Something else would go by now: it is shown before anything is done.
        if (preview && fingerprint(preview) !== shown) return question(preview);
        const removed = await removeServer.remove(guildId, actor.id, id);
        return removed
          ? card(
              'good',
              md`**${removed.name} is removed from Usher.** On the media server itself everybody keeps what they have.`,
            )
          : GONE;
      },
    },
    withdraw: {
      async run({ guildId, actor, args: [id = ''], progress }, { removeServer }: Uses) {
        const done = (count: number, total: number) =>
          progress(card('neutral', md`Withdrawing… ${count} of ${total} grants`));
        await progress(card('neutral', md`Withdrawing…`));
        const open = await removeServer.withdrawEveryone(guildId, actor.id, id, done);
        const preview = await removeServer.preview(guildId, id);
        if (!open || !preview) return GONE;
        return open.length === 0
          ? question(preview, md`**Everyone is withdrawn,** and the server was read back.`)
          : stillOpenView(preview, open);
      },
    },
    cancel: { run: async () => card('neutral', md`Cancelled. Nothing was changed.`) },
  },
});

/** What was shown, short enough for a button. */
const fingerprint = ({ libraries, accounts, grants, invites, plans }: ServerRemoval): string =>
  [libraries, accounts, grants.shrink, grants.end, invites, plans].join('.');

function question(preview: ServerRemoval | undefined, before?: Md): View {
  if (!preview) return GONE;
  const { server, grants, withAccess } = preview;
  const args = [server.id];
  return card(
    'warning',
    before,
    md`**Remove ${server.name} from Usher?**`,
    join(
      [
        md`This goes: its configuration and token, ${counted(preview.libraries, 'library', 'libraries')}, the links of ${counted(preview.accounts, 'account', 'accounts')} to members.`,
        md`Grants: ${grants.end} end, ${grants.shrink} go on with what other servers give. ${counted(preview.invites, 'open invite', 'open invites')} and ${counted(preview.plans, 'plan', 'plans')} name libraries of it.`,
        withAccess > 0
          ? md`**Nobody is removed on the media server:** ${counted(withAccess, 'linked account keeps', 'linked accounts keep')} what they have there, and Usher will not end it any more.`
          : md`No linked account has anything there now.`,
      ],
      '\n',
    ),
    buttons(
      { label: 'Remove', style: 'danger', op: 'confirm', args: [server.id, fingerprint(preview)] },
      ...(withAccess > 0
        ? [{ label: 'Withdraw everyone first', style: 'primary', op: 'withdraw', args } as const]
        : []),
      { label: 'Cancel', op: 'cancel' },
    ),
  );
}

function stillOpenView({ server }: ServerRemoval, open: readonly StillOpen[]): View {
  const lines = open.slice(0, LISTED).map(({ account, why }) => md`• ${account}: ${why}`);
  return card(
    'warning',
    md`**Not everyone is withdrawn from ${server.name} yet.** Usher keeps trying; the server stays here.`,
    join(lines, '\n'),
    open.length > LISTED ? md`and ${open.length - LISTED} more` : undefined,
    buttons(
      { label: 'Try again', style: 'primary', op: 'withdraw', args: [server.id] },
      { label: 'Remove all the same', style: 'danger', op: 'ask', args: [server.id] },
      { label: 'Cancel', op: 'cancel' },
    ),
  );
}
