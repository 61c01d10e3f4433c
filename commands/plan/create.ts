import {
  choice,
  defineCommand,
  integer,
  role,
  text,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { refusedRole, roleRefused } from '../../src/adapters/discord/kit/role-gift.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { EXPIRY_ACTIONS, planText } from '../../src/adapters/discord/views/plans.ts';
import { card, md, problem, type Sentence, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isNonEmpty } from '../../src/domain/model.ts';
import { isNumber, isText, oneOf, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'drafts' | 'roles'>;

const planDraft = defineDraft(
  'plan create',
  shape(
    { name: isText },
    {
      ...{ for: isText, roleId: isText, expiry: oneOf(...EXPIRY_ACTIONS) },
      ...{ renewals: isNumber, renewalRoleId: isText },
    },
  ),
);

const choosing = libraryChoice({
  draft: planDraft,
  done: say('plan.create.finish'),
  title: ({ name }) => md`**${say('plan.create.choose', { name })}**`,
  finish: create,
});

export default defineCommand({
  description: 'Create a plan: libraries, how long, and a role, under one name',
  capability: 'admin',
  options: {
    name: text('What people call it', { required: true, maxLength: 60 }),
    libraries: librariesOption.optional('One or more, separated by commas; leave out to choose from a list'),
    for: text('How long: 12h, 30d, 3mo (default: for good)', { maxLength: 40 }),
    role: role('Discord role that members hold while a grant of the plan is active'),
    expiry: choice('What happens to the account at the end (default: as the server says)', EXPIRY_ACTIONS),
    renewals: integer('How often members may renew it themselves (default: never)', { min: 0, max: 100 }),
    renewal_role: role('Discord role that they must hold when they do'),
  },
  async run({ options, ...who }, app: Uses) {
    const { libraries, role: given, renewal_role: renewalRole, ...typed } = options;
    const lasts = app.timeInput.duration(typed.for);
    if (lasts.kind === 'problem') return misread(say('plan.create.none'), lasts);
    const refused = await refusedRole(who, given, app);
    if (refused) return refused;
    const picked = await librariesOption.pickOrChoose(app, who.guildId, libraries);
    if (picked.kind === 'problem') return picked.view;
    const draft = {
      ...typed,
      ...(given && { roleId: given.id }),
      ...(renewalRole && { renewalRoleId: renewalRole.id }),
    };
    return picked.item
      ? await create(who, draft, picked.item, app)
      : await choosing.start(who, draft, app, picked.ticked);
  },
  complete: { libraries: librariesOption.completeOrChoose },
  components: choosing.components,
});

async function create(
  { guildId, actor }: Who,
  { name, roleId, expiry, renewals, renewalRoleId, ...typed }: DraftOf<typeof planDraft>,
  libraryIds: readonly string[],
  { plans, timeInput }: Uses,
): Promise<View> {
  const lasts = timeInput.duration(typed.for);
  if (lasts.kind === 'problem') return misread(say('plan.create.none'), lasts);
  if (name.trim() === '' || !isNonEmpty(libraryIds)) return noPlan(say('plan.create.needs'));
  const account = { expiryAction: expiry ?? null, roleId: roleId ?? null };
  const renewal = {
    ...(renewals !== undefined && { renewals }),
    ...(renewalRoleId !== undefined && { renewalRoleId }),
  };
  const what = { name, libraryIds, duration: lasts.value, ...account, ...renewal };
  const created = await plans.create({ guildId, actorId: actor.id, ...what });
  if (created.kind === 'role-refused') return roleRefused(created.message);
  if (created.kind === 'needs-length') return noPlan(say('plan.needsLength'));
  return created.kind === 'done'
    ? card('good', md`**${say('plan.create.made')}**`, planText(created.details), say('plan.create.next'))
    : noPlan(say('plan.create.taken', { name }));
}

const noPlan = (why: Sentence): View => problem(say('plan.create.none'), why);
