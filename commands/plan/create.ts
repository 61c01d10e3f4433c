import { choice, defineCommand, type Input, role, text } from '../../src/adapters/discord/kit/command.ts';
import {
  completeLibraryList,
  libraryChoice,
  listedLibraries,
} from '../../src/adapters/discord/kit/library-choice.ts';
import { EXPIRY_ACTIONS, planText } from '../../src/adapters/discord/views/plans.ts';
import { card, code, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { type ExpiryAction, isNonEmpty } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'drafts'>;

/** What was typed, kept while libraries are chosen. */
interface Typed {
  readonly name: string;
  readonly for?: string | undefined;
  readonly role?: string | undefined;
  readonly expiry?: ExpiryAction | undefined;
}

const choosing = libraryChoice<Typed>({
  done: 'Create plan',
  title: ({ name }) => md`**What should the plan “${name}” give?**`,
  finish: create,
});

export default defineCommand({
  description: 'Create a plan: libraries, how long, and a role, under one name',
  capability: 'admin',
  options: {
    name: text('What people call it', { required: true, maxLength: 60 }),
    libraries: text('One or more, separated by commas; leave out to choose from a list', {
      autocomplete: true,
    }),
    for: text('How long: 12h, 30d, 3mo (default: for good)', { maxLength: 40 }),
    role: role('Discord role that members hold while a grant of the plan is active'),
    expiry: choice('What happens to the account at the end (default: as the server says)', EXPIRY_ACTIONS),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const { libraries, role: given, ...rest } = options;
    const typed: Typed = { ...rest, role: given?.id };
    const lasts = app.timeInput.duration(typed.for);
    if (lasts.kind === 'problem') return problem(md`No plan was made`, md`${lasts.message}`);
    if (libraries === undefined) return await choosing.start({ guildId, actor }, typed, app);
    const chosen = await listedLibraries(app.autocomplete, guildId, libraries);
    return chosen.kind === 'problem'
      ? chosen.view
      : await create({ guildId, actor }, typed, chosen.libraryIds, app);
  },
  complete: { libraries: completeLibraryList },
  components: choosing.components,
});

async function create(
  { guildId, actor }: Pick<Input, 'guildId' | 'actor'>,
  { name, for: typed, role: roleId, expiry }: Typed,
  libraryIds: readonly string[],
  { plans, timeInput }: Uses,
): Promise<View> {
  const lasts = timeInput.duration(typed);
  if (lasts.kind === 'problem') return problem(md`No plan was made`, md`${lasts.message}`);
  if (name.trim() === '' || !isNonEmpty(libraryIds))
    return problem(md`No plan was made`, md`A plan needs a name and at least one library.`);
  const created = await plans.create({
    guildId,
    actorId: actor.id,
    name,
    libraryIds,
    duration: lasts.value,
    expiryAction: expiry ?? null,
    roleId: roleId ?? null,
  });
  if (created.kind !== 'done')
    return problem(md`No plan was made`, md`There is a plan called “${name}” already. Choose another name.`);
  return card(
    'good',
    md`**Plan created.** Give it with ${code('/grant add')} or ${code('/invite create')}, option “plan”.`,
    planText(created.details),
  );
}
