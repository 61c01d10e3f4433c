import {
  type ComponentInput,
  choice,
  defineCommand,
  integer,
  role,
  text,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { type Agreed, confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { refusedRole, roleRefused } from '../../src/adapters/discord/kit/role-gift.ts';
import { noLongerHere, questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import {
  EXPIRY_ACTIONS,
  isUnchanged,
  planChangeText,
  planEffectText,
  planText,
} from '../../src/adapters/discord/views/plans.ts';
import { card, type Modal, md, problem, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PlanDetails, PlanPreview } from '../../src/app/grants/plans.ts';
import { fullNames } from '../../src/domain/library-name.ts';
import { delimitedFull } from '../../src/domain/name-list.ts';
import {
  either,
  isDuration,
  isNumber,
  isText,
  nonEmptyListOf,
  oneOf,
  shape,
} from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'drafts' | 'roles' | 'people'>;

const isChanges = shape(
  {},
  {
    name: isText,
    libraryIds: nonEmptyListOf(isText),
    duration: either(isDuration, oneOf('')),
    expiryAction: oneOf(...EXPIRY_ACTIONS),
    roleId: isText,
    renewals: isNumber,
    renewalRoleId: isText,
  },
);
const editDraft = defineDraft('plan edit', shape({ planId: isText, changes: isChanges }));
type EditDraft = DraftOf<typeof editDraft>;

const question = confirmation({
  draft: editDraft,
  async preview({ guildId }, { planId, changes }, { plans, people }: Uses) {
    const preview = await plans.preview(guildId, planId, changes);
    return preview && { ...preview, names: await people.named(guildId, preview.memberIds) };
  },
  gone: noLongerHere('plan'),
  question(preview, { changes }) {
    if (isUnchanged(preview) && changes.roleId === undefined)
      return card('neutral', say('plan.edit.nothing'));
    const count = preview.before.uses.grants;
    const asksForRunning = changes.libraryIds !== undefined && count > 0;
    return {
      text: [
        md`**${say('plan.edit.question')}**`,
        planText(preview.after),
        planChangeText(preview),
        asksForRunning ? planEffectText(preview, preview.names) : md`${say('plan.edit.later')}`,
      ],
      meaning: asksForRunning ? preview.runningIds : [],
      choices: [
        ...(asksForRunning
          ? [{ label: say('plan.edit.all', { count }), style: 'danger', op: 'all' } as const]
          : []),
        {
          label: asksForRunning ? say('plan.edit.fresh') : say('plan.edit.save'),
          style: 'primary',
          op: 'fresh',
        },
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
    renewals: integer('How often members may renew it themselves; 0 for never', { min: 0, max: 100 }),
    renewal_role: role('Discord role that they must hold when they do'),
  },
  async run({ options, ...who }, app: Uses) {
    const picked = await planOption.pick(app, who.guildId, options.plan);
    if (picked.kind === 'problem') return picked.view;
    const { id: planId } = picked.item;
    const { role: given, expiry, plan: _plan, renewals, renewal_role: renewalRole, ...typed } = options;
    const refused = await refusedRole(who, given, app);
    if (refused) return refused;
    const beside = {
      ...(expiry && { expiryAction: expiry }),
      ...(given && { roleId: given.id }),
      ...(renewals !== undefined && { renewals }),
      ...(renewalRole && { renewalRoleId: renewalRole.id }),
    };
    return await ask(who, planId, { typed, beside }, app);
  },
  complete: { plan: planOption.complete, libraries: librariesOption.complete },
  components: {
    ...question.components,
    form: {
      answers: 'modal',
      async run({ guildId, args: [planId = ''] }, { plans }: Uses) {
        const details = await plans.find(guildId, planId);
        return details ? formOf(details) : noLongerHere('plan');
      },
    },
    typed: {
      answers: 'message',
      async run({ args: [planId = ''], fields, ...who }, app: Uses) {
        const details = await app.plans.find(who.guildId, planId);
        if (!details) return noLongerHere('plan');
        const before = typedOf(details);
        // What was left as it stood there is no change: a library that is gone stays in the plan.
        const typed = Object.fromEntries(
          Object.entries(fields).filter(([name, now]) => now !== before[name]),
        );
        return Object.keys(typed).length > 0
          ? await ask(who, planId, { typed, beside: {} }, app)
          : card('neutral', say('plan.edit.nothing'));
      },
    },
  },
});

interface Asked {
  readonly typed: { readonly name?: string; readonly libraries?: string; readonly for?: string };
  readonly beside: Pick<EditDraft['changes'], 'expiryAction' | 'roleId' | 'renewals' | 'renewalRoleId'>;
}

/** Reads what was typed, and asks whether the plan should become that. */
async function ask(who: Who, planId: string, { typed, beside }: Asked, app: Uses): Promise<View> {
  const lasts = app.timeInput.duration(typed.for);
  if (lasts.kind === 'problem') return misread(say('plan.edit.not'), lasts);
  const libraries = await librariesOption.pick(app, who.guildId, typed.libraries);
  if (libraries.kind === 'problem') return libraries.view;
  const changes = {
    ...(typed.name?.trim() && { name: typed.name }),
    ...(libraries.item && { libraryIds: libraries.item }),
    ...(typed.for !== undefined && { duration: lasts.value ?? ('' as const) }),
    ...beside,
  };
  return Object.keys(changes).length > 0
    ? await question.ask(who, { planId, changes }, app)
    : problem(say('plan.edit.nothingTyped'), say('plan.edit.give'));
}

/** As it would be typed. */
function typedOf({ plan, libraries, servers }: PlanDetails): Readonly<Record<string, string>> {
  const names = fullNames(libraries, servers)
    .values()
    .map((name) => delimitedFull(name));
  return { name: plan.name, for: plan.duration || 'never', libraries: [...names].join(', ') };
}

/** Discord's limit for a field. */
const LONGEST = 4_000;

function formOf(details: PlanDetails): Modal {
  const { name = '', for: lasts = '', libraries = '' } = typedOf(details);
  const field = {
    id: 'libraries',
    label: say('plan.edit.libraries'),
    description: say('plan.edit.librariesHelp'),
    long: true,
  };
  return {
    kind: 'modal',
    title: say('plan.edit.title'),
    op: 'typed',
    args: [details.plan.id],
    fields: [
      { id: 'name', label: say('plan.edit.name'), value: name, required: true, maxLength: 60 },
      {
        id: 'for',
        label: say('plan.edit.for'),
        description: say('plan.edit.forHelp'),
        value: lasts,
        required: true,
        maxLength: 40,
      },
      ...(libraries.length <= LONGEST ? [{ ...field, value: libraries, required: true }] : []),
    ],
  };
}

async function apply(
  { guildId, actor }: ComponentInput,
  { asked }: Agreed<EditDraft, PlanPreview>,
  { plans }: Uses,
  propagate: boolean,
): Promise<View> {
  const edited = await plans.edit({ guildId, actorId: actor.id, ...asked, propagate });
  if (edited.kind === 'gone') return noLongerHere('plan');
  if (edited.kind === 'changed-since') return questionClosed();
  if (edited.kind === 'role-refused') return roleRefused(edited.message);
  if (edited.kind === 'needs-length') return problem(say('plan.edit.not'), say('plan.needsLength'));
  if (edited.kind === 'name-taken')
    return problem(say('plan.edit.not'), say('plan.edit.taken', { name: edited.name }));
  const saved = propagate ? say('plan.edit.savedForAll') : say('plan.edit.savedForNew');
  return card('good', md`**${saved}**`, planText(edited.details));
}
