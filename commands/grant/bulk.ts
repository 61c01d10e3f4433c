import { choice, defineCommand, type Input, text } from '../../src/adapters/discord/kit/command.ts';
import { completePlans, pickedPlan } from '../../src/adapters/discord/kit/plan-option.ts';
import { isSettled, undoButton } from '../../src/adapters/discord/views/grant-changes.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';

import { buttons, card, code, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { BulkAction, BulkPreview } from '../../src/app/grants/bulk.ts';
import type { ChangedGrants } from '../../src/app/grants/change.ts';

const ACTIONS = ['extend', 'revoke', 'pause', 'resume'] as const;
const LISTED = 10;

type Uses = Pick<App, 'autocomplete' | 'bulkGrants' | 'changeGrants' | 'plans' | 'timeInput' | 'drafts'>;

/** What was shown before it is confirmed. */
interface Asked {
  readonly action: BulkAction;
  readonly planId?: string | undefined;
  readonly serverId?: string | undefined;
  readonly grantIds: readonly string[];
}

export default defineCommand({
  description: 'Extend, revoke, pause or resume many grants at once',
  capability: 'admin',
  options: {
    action: choice('What to do', ACTIONS, { required: true }),
    plan: text('Only grants of this plan', { autocomplete: true }),
    server: text('Only grants on this server', { autocomplete: true }),
    by: text('With extend: how much longer: 12h, 30d, 3mo', { maxLength: 40 }),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const action = actionOf(app.timeInput, options.action, options.by);
    if (action.kind === 'problem') return problem(md`Nothing was done`, md`${action.message}`);
    const plan =
      options.plan === undefined ? undefined : await pickedPlan(app.autocomplete, guildId, options.plan);
    if (plan?.kind === 'problem') return plan.view;
    const server =
      options.server === undefined ? undefined : await app.autocomplete.pickServer(guildId, options.server);
    if (server && server.kind !== 'one') return pickProblem('server', options.server ?? '', server);
    const meant = { planId: plan?.plan.id, serverId: server?.item.id };
    return await ask(app, { guildId, actor }, { ...meant, action: action.action });
  },
  complete: {
    plan: completePlans,
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    confirm: {
      async run({ guildId, actor, args: [draftId = ''], progress }, app: Uses) {
        const asked = await app.drafts.find(guildId, actor.id, draftId);
        if (!isAsked(asked) || !(await app.drafts.take(guildId, draftId)))
          return problem(md`This question is no longer open`, undefined, md`Run the command again.`);
        const preview = await app.bulkGrants.preview({ guildId, ...asked });
        // Other grants are meant by now: they are shown before anything is done.
        if (preview.grantIds.join() !== asked.grantIds.join())
          return await ask(app, { guildId, actor }, asked);
        const { action, grantIds } = asked;
        const total = grantIds.length;
        const done = (count: number) => progress(card('neutral', md`Working… ${count} of ${total} grants`));
        const reason = 'bulk action';
        return result(
          await app.changeGrants.change({
            guildId,
            actorId: actor.id,
            grantIds,
            action,
            reason,
            progress: done,
          }),
        );
      },
    },
    cancel: { run: async () => card('neutral', md`Cancelled. Nothing was changed.`) },
  },
});

function actionOf(
  timeInput: App['timeInput'],
  action: (typeof ACTIONS)[number],
  by: string | undefined,
):
  | { readonly kind: 'action'; readonly action: BulkAction }
  | { readonly kind: 'problem'; readonly message: string } {
  if (action !== 'extend') {
    if (by !== undefined) return { kind: 'problem', message: '“by” goes with extend only.' };
    return {
      kind: 'action',
      action: action === 'revoke' ? { kind: 'end', cause: 'revoked' } : { kind: action },
    };
  }
  const duration = timeInput.duration(by);
  if (duration.kind === 'problem') return duration;
  if (duration.value === null)
    return { kind: 'problem', message: 'Say by how much with “by”: 12h, 30d or 3mo, for example.' };
  return { kind: 'action', action: { kind: 'extend', by: duration.value } };
}

async function ask(
  app: Uses,
  { guildId, actor }: Pick<Input, 'guildId' | 'actor'>,
  meant: Omit<Asked, 'grantIds'>,
): Promise<View> {
  const preview = await app.bulkGrants.preview({ guildId, ...meant });
  if (preview.grantIds.length === 0)
    return card('neutral', md`**There is nothing to do.** No grant would change.`, stayText(preview));
  const asked: Asked = { ...meant, grantIds: preview.grantIds };
  const args = [await app.drafts.put(guildId, actor.id, asked)];
  const effects = preview.effects.map(
    ({ server, adds, removes, members }) =>
      md`**${server.name}**: adds ${adds}, removes ${removes} (${counted(members, 'member', 'members')})`,
  );
  return card(
    'warning',
    md`**${WORDS[meant.action.kind]} ${counted(preview.grantIds.length, 'grant', 'grants')} of ${counted(preview.members, 'member', 'members')}?**`,
    effects.length > 0 ? md`${effects}` : md`Nobody gains or loses a library by it now.`,
    stayText(preview),
    buttons({ label: 'Confirm', style: 'danger', op: 'confirm', args }, { label: 'Cancel', op: 'cancel' }),
  );
}

const WORDS = { extend: 'Extend', end: 'Revoke', pause: 'Pause', resume: 'Resume' } as const;

function stayText({ unchanged }: BulkPreview) {
  if (unchanged.length === 0) return undefined;
  const lines = unchanged.slice(0, LISTED).map(({ grant, message }) => md`#${grant.number}: ${message}`);
  return md`Left as they are (${unchanged.length}):\n${lines}`;
}

function result({ changed, unchanged, undoId }: ChangedGrants): View {
  const open = changed.filter(({ standing }) => !isSettled(standing));
  const lines = open
    .slice(0, LISTED)
    .map(({ standing: { grant } }) => md`#${grant.number}: not applied everywhere yet`);
  return card(
    open.length + unchanged.length > 0 ? 'warning' : 'good',
    md`**Done:** ${counted(changed.length, 'grant', 'grants')} changed, ${changed.length - open.length} of them seen on their servers.`,
    open.length > 0
      ? md`${lines}\nThe others stay due; ${code('/jobs list')} shows what is overdue and why.`
      : undefined,
    unchanged.length > 0
      ? md`${counted(unchanged.length, 'grant was', 'grants were')} left as they are.`
      : undefined,
    undoId === null ? undefined : undoButton(undoId),
  );
}

/** Drafts of this command are written here only. */
function isAsked(value: unknown): value is Asked {
  return typeof value === 'object' && value !== null && 'action' in value && 'grantIds' in value;
}
