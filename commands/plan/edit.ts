import { choice, defineCommand, type Input, role, text } from '../../src/adapters/discord/kit/command.ts';
import { completeLibraryList, listedLibraries } from '../../src/adapters/discord/kit/library-choice.ts';
import { completePlans, pickedPlan } from '../../src/adapters/discord/kit/plan-option.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { EXPIRY_ACTIONS, planText } from '../../src/adapters/discord/views/plans.ts';
import { buttons, card, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PlanChanges, PlanPreview } from '../../src/app/grants/plans.ts';
import { isNonEmpty } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'drafts'>;
type Who = Pick<Input, 'guildId' | 'actor'>;

/** What was shown before it is confirmed. */
interface Asked {
  readonly planId: string;
  readonly changes: PlanChanges;
  /** The preview as it was, to see whether it still holds. */
  readonly shown: string;
}

const GONE = problem(md`That plan is no longer here`);

export default defineCommand({
  description: 'Change a plan, for new grants only or for running ones too',
  capability: 'admin',
  options: {
    plan: text('Which plan', { required: true, autocomplete: true }),
    name: text('Its new name', { maxLength: 60 }),
    libraries: text('What it gives from now on, separated by commas', { autocomplete: true }),
    for: text('How long new grants last: 12h, 30d, 3mo, never', { maxLength: 40 }),
    role: role('Discord role that members hold while a grant of the plan is active'),
    expiry: choice('What happens to the account at the end', EXPIRY_ACTIONS),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await pickedPlan(app.autocomplete, guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const lasts = app.timeInput.duration(options.for);
    if (lasts.kind === 'problem') return problem(md`The plan was not changed`, md`${lasts.message}`);
    const chosen =
      options.libraries === undefined
        ? undefined
        : await listedLibraries(app.autocomplete, guildId, options.libraries);
    if (chosen?.kind === 'problem') return chosen.view;
    const libraryIds = chosen?.libraryIds ?? [];
    const changes: PlanChanges = {
      ...(options.name?.trim() && { name: options.name }),
      ...(isNonEmpty(libraryIds) && { libraryIds }),
      ...(options.for !== undefined && { duration: lasts.value ?? '' }),
      ...(options.expiry && { expiryAction: options.expiry }),
      ...(options.role && { roleId: options.role.id }),
    };
    if (Object.keys(changes).length === 0)
      return problem(md`Nothing to change`, undefined, md`Give at least one option besides the plan.`);
    return await ask(app, { guildId, actor }, picked.plan.id, changes);
  },
  complete: { plan: completePlans, libraries: completeLibraryList },
  components: {
    all: { run: (input, app: Uses) => apply(app, input, input.args[0], true) },
    fresh: { run: (input, app: Uses) => apply(app, input, input.args[0], false) },
    cancel: { run: async () => card('neutral', md`Cancelled. Nothing was changed.`) },
  },
});

async function ask(app: Uses, who: Who, planId: string, changes: PlanChanges): Promise<View> {
  const preview = await app.plans.preview(who.guildId, planId, changes);
  if (!preview) return GONE;
  const asked: Asked = { planId, changes, shown: JSON.stringify(preview) };
  const args = [await app.drafts.put(who.guildId, who.actor.id, asked)];
  const running = preview.before.uses.grants;
  const asksForRunning = changes.libraryIds !== undefined && running > 0;
  return card(
    'warning',
    md`**The plan would be:**`,
    planText(preview.after),
    effectText(preview, asksForRunning),
    buttons(
      ...(asksForRunning
        ? [
            {
              label: `Apply to ${counted(running, 'running grant', 'running grants')} too`,
              style: 'danger',
              op: 'all',
              args,
            } as const,
          ]
        : []),
      { label: asksForRunning ? 'New grants only' : 'Save', style: 'primary', op: 'fresh', args },
      { label: 'Cancel', op: 'cancel' },
    ),
  );
}

function effectText({ before, effects }: PlanPreview, asksForRunning: boolean) {
  if (!asksForRunning)
    return md`A new duration counts for new grants; role and expiry action count for running ones at once.`;
  const lines = effects.map(
    ({ server, adds, removes, members }) =>
      md`**${server.name}**: adds ${adds}, removes ${removes} (${counted(members, 'member', 'members')})`,
  );
  return md`For ${counted(before.uses.grants, 'running grant', 'running grants')} this would mean:\n${lines.length > 0 ? lines : md`nothing different: other grants give the same.`}`;
}

async function apply(app: Uses, { guildId, actor }: Who, draftId = '', propagate: boolean): Promise<View> {
  const asked = await app.drafts.find(guildId, actor.id, draftId);
  if (!isAsked(asked) || !(await app.drafts.take(guildId, draftId)))
    return problem(md`This question is no longer open`, undefined, md`Run the command again.`);
  const { planId, changes, shown } = asked;
  const preview = await app.plans.preview(guildId, planId, changes);
  if (!preview) return GONE;
  // The plan or its grants changed meanwhile: what it would mean is shown anew.
  if (JSON.stringify(preview) !== shown) return await ask(app, { guildId, actor }, planId, changes);
  const edited = await app.plans.edit({ guildId, actorId: actor.id, planId, changes, propagate });
  if (edited.kind === 'gone') return GONE;
  if (edited.kind === 'name-taken')
    return problem(md`The plan was not changed`, md`There is a plan called “${edited.name}” already.`);
  const said = propagate
    ? md`**Saved.** Running grants were changed too; ${'/grant list'} shows where it is applied.`
    : md`**Saved,** for new grants.`;
  return card('good', said, planText(edited.details));
}

/** Drafts of this command are written here only. */
function isAsked(value: unknown): value is Asked {
  return typeof value === 'object' && value !== null && 'planId' in value && 'shown' in value;
}
