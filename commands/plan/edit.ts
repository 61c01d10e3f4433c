import {
  type ComponentInput,
  choice,
  defineCommand,
  role,
  text,
} from '../../src/adapters/discord/kit/command.ts';
import { type Agreed, confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { refusedRole, roleRefused } from '../../src/adapters/discord/kit/role-gift.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { EXPIRY_ACTIONS, planEffectText, planText } from '../../src/adapters/discord/views/plans.ts';
import { card, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PlanPreview } from '../../src/app/grants/plans.ts';
import { either, isDuration, isText, nonEmptyListOf, oneOf, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'drafts' | 'roles'>;

const isChanges = shape(
  {},
  {
    name: isText,
    libraryIds: nonEmptyListOf(isText),
    duration: either(isDuration, oneOf('')),
    expiryAction: oneOf(...EXPIRY_ACTIONS),
    roleId: isText,
  },
);
const editDraft = defineDraft('plan edit', shape({ planId: isText, changes: isChanges }));
type EditDraft = DraftOf<typeof editDraft>;

const question = confirmation({
  draft: editDraft,
  preview: ({ guildId }, { planId, changes }, { plans }: Uses) => plans.preview(guildId, planId, changes),
  gone: noLongerHere('plan'),
  question(preview, { changes }) {
    const running = preview.before.uses.grants;
    const asksForRunning = changes.libraryIds !== undefined && running > 0;
    const forAll = `Apply to ${counted(running, 'running grant', 'running grants')} too`;
    return {
      text: [md`**The plan would be:**`, planText(preview.after), planEffectText(preview, asksForRunning)],
      meaning: asksForRunning ? preview.runningIds : [],
      choices: [
        ...(asksForRunning ? [{ label: forAll, style: 'danger', op: 'all' } as const] : []),
        { label: asksForRunning ? 'New grants only' : 'Save', style: 'primary', op: 'fresh' },
      ],
    };
  },
  choose: {
    all: (input, agreed, app) => apply(input, agreed, app, true),
    fresh: (input, agreed, app) => apply(input, agreed, app, false),
  },
});

export default defineCommand({
  description: 'Change a plan, for new grants only or for running ones too',
  capability: 'admin',
  options: {
    plan: planOption.needed,
    name: text('Its new name', { maxLength: 60 }),
    libraries: librariesOption.optional('What it gives from now on, separated by commas'),
    for: text('How long new grants last: 12h, 30d, 3mo, never', { maxLength: 40 }),
    role: role('Discord role that members hold while a grant of the plan is active'),
    expiry: choice('What happens to the account at the end', EXPIRY_ACTIONS),
  },
  async run({ options, ...who }, app: Uses) {
    const picked = await planOption.pick(app, who.guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const lasts = app.timeInput.duration(options.for);
    if (lasts.kind === 'problem') return problem(md`The plan was not changed`, md`${lasts.message}`);
    const refused = await refusedRole(who, options.role, app);
    if (refused) return refused;
    const libraries = await librariesOption.pick(app, who.guildId, options.libraries);
    if (libraries.kind === 'problem') return libraries.view;
    const changes = {
      ...(options.name?.trim() && { name: options.name }),
      ...(libraries.item && { libraryIds: libraries.item }),
      ...(options.for !== undefined && { duration: lasts.value ?? ('' as const) }),
      ...(options.expiry && { expiryAction: options.expiry }),
      ...(options.role && { roleId: options.role.id }),
    };
    if (Object.keys(changes).length === 0)
      return problem(md`Nothing to change`, undefined, md`Give at least one option besides the plan.`);
    return await question.ask(who, { planId: picked.item.id, changes }, app);
  },
  complete: { plan: planOption.complete, libraries: librariesOption.complete },
  components: question.components,
});

async function apply(
  { guildId, actor }: ComponentInput,
  { asked }: Agreed<EditDraft, PlanPreview>,
  { plans }: Uses,
  propagate: boolean,
): Promise<View> {
  const edited = await plans.edit({ guildId, actorId: actor.id, ...asked, propagate });
  if (edited.kind === 'gone') return noLongerHere('plan');
  if (edited.kind === 'role-refused') return roleRefused(edited.message);
  if (edited.kind === 'name-taken')
    return problem(md`The plan was not changed`, md`There is a plan called “${edited.name}” already.`);
  const said = propagate
    ? md`**Saved.** Running grants were changed too; ${'/grant list'} shows where it is applied.`
    : md`**Saved,** for new grants.`;
  return card('good', said, planText(edited.details));
}
