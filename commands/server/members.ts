import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import { counted, nameList } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import {
  type Block,
  buttons,
  card,
  join,
  type Md,
  md,
  mention,
  moment,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AccountWithAccess, ServerMembers } from '../../src/app/queries/who-has.ts';

const PAGE = 15;
const GONE = problem(md`That server is no longer here`);

type Uses = Pick<App, 'autocomplete' | 'whoHas' | 'drafts' | 'grantStatus' | 'overview'>;

/** A reading as it was: pages of it need no other. Moments are text in a draft. */
interface Kept {
  readonly server: string;
  readonly accounts: readonly AccountWithAccess[];
  readonly head: Md;
}

export default defineCommand({
  description: 'Who has access on a server now: it is asked',
  capability: 'auditor',
  options: { server: text('Which server', { required: true, autocomplete: true }) },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await app.autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    const members = await app.whoHas.serverMembers(guildId, picked.item.id);
    if (!members) return GONE;
    const kept: Kept = { server: members.server.name, accounts: members.accounts, head: headOf(members) };
    return page(kept, await app.drafts.put(guildId, actor.id, kept), 0);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    page: {
      async run({ guildId, actor, args: [draftId = '', to] }, { drafts }: Uses) {
        const kept = await drafts.find(guildId, actor.id, draftId);
        return isKept(kept)
          ? page(kept, draftId, Number(to))
          : problem(md`This list is too old`, undefined, md`Run the command again.`);
      },
    },
    open: {
      answers: 'message',
      run: ({ guildId, values: [memberId = ''] }, app: Uses) => memberCard(app, guildId, memberId),
    },
  },
});

function headOf({ server, accounts, readAt, trouble }: ServerMembers): Md {
  const count = counted(accounts.length, 'account', 'accounts');
  if (trouble === null && readAt !== null)
    return md`**${server.name}**: ${count} with access, read ${moment(readAt)}`;
  const seen = readAt ? md`last seen ${moment(readAt)}` : md`it has never been read`;
  return md`⚠️ **${server.name} could not be asked.** ${trouble?.message ?? ''}\n${count} with access, ${seen}:`;
}

function page(kept: Kept, draftId: string, at: number): View {
  const { accounts, head } = kept;
  const shown = accounts.slice(at * PAGE, at * PAGE + PAGE);
  const pages = Math.ceil(accounts.length / PAGE);
  const linked = [...new Set(shown.flatMap(({ memberId }) => memberId ?? []))];
  const select: Block = {
    kind: 'select',
    op: 'open',
    placeholder: 'Open a member',
    options: linked.map((memberId) => ({
      label: shown.find((account) => account.memberId === memberId)?.name ?? memberId,
      value: memberId,
    })),
  };
  const turn = (label: string, to: number, disabled: boolean) =>
    ({ label, op: 'page', args: [draftId, String(to)], disabled }) as const;
  return card(
    'neutral',
    head,
    shown.length > 0 ? join(shown.map(line), '\n') : md`Nobody.`,
    linked.length > 0 ? select : undefined,
    pages > 1 ? buttons(turn('◀', at - 1, at === 0), turn('▶', at + 1, at >= pages - 1)) : undefined,
  );
}

function line({
  name,
  emailMasked,
  memberId,
  pending,
  protected: isProtected,
  libraries,
}: AccountWithAccess): Md {
  const whose = isProtected
    ? md`owner or administrator`
    : memberId === null
      ? md`not linked`
      : mention.user(memberId);
  return md`• **${name}**${emailMasked ? md` (${emailMasked})` : md``} · ${whose} · ${libraries === 'all' ? md`all libraries` : nameList(libraries, 6)}${pending ? md` · 📨 pending` : md``}`;
}

/** Drafts of this command are written here only. */
function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && 'accounts' in value && 'head' in value;
}
