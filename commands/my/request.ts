import { type CompleteInput, defineCommand, text, type Who } from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { planOption } from '../../src/adapters/discord/kit/named-options.ts';
import { planOptions } from '../../src/adapters/discord/views/plan-choice.ts';
import { askedView } from '../../src/adapters/discord/views/requests.ts';
import { card, code, md, problem, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'drafts' | 'plans' | 'requests' | 'settings'>;

/** What was typed with the command, for the plan that is chosen next. */
const kept = defineDraft('my request', shape({ note: isText }));
type Kept = DraftOf<typeof kept>;

export default defineCommand({
  description: 'Ask the staff for a plan or for libraries that you do not have',
  capability: 'member',
  options: {
    plan: planOption.optional('The plan that you would like'),
    libraries: librariesOption.optional('The libraries that you would like, separated by commas'),
    note: text('A note to the staff', { maxLength: 300 }),
  },
  async run({ options: { note = '', ...wish }, ...who }, app: Uses) {
    const { guildId } = who;
    // What there is here is for nobody to look through who cannot ask for it.
    if (!(await isOpen(who, app))) return askedView({ kind: 'off' }, []);
    const plan = await planOption.pick(app, guildId, wish.plan);
    if (plan.kind === 'problem') return plan.view;
    const libraries = await librariesOption.pick(app, guildId, wish.libraries);
    if (libraries.kind === 'problem') return libraries.view;
    if (plan.item) return await ask(who, { planId: plan.item.id, libraryIds: [], note }, app);
    if (libraries.item) return await ask(who, { libraryIds: libraries.item, note }, app);
    return await choosePlan(who, { note }, app);
  },
  complete: {
    plan: async (input, app) => ((await isOpen(input, app)) ? await planOption.complete(input, app) : []),
    libraries: async (input, app) =>
      (await isOpen(input, app)) ? await librariesOption.complete(input, app) : [],
  },
  components: {
    plan: {
      async run(input, app: Uses) {
        const note = (await kept.take(input, input.args[0] ?? '', app))?.note ?? '';
        return await ask(input, { planId: input.values[0] ?? '', libraryIds: [], note }, app);
      },
    },
  },
});

const isOpen = async ({ guildId }: Pick<CompleteInput, 'guildId'>, { settings }: Uses): Promise<boolean> =>
  (await settings.get(guildId)).mayAsk === 'all';

async function choosePlan(who: Who, wish: Kept, app: Uses): Promise<View> {
  const plans = await app.plans.list(who.guildId);
  if (plans.length === 0)
    return problem(
      say('my.renew.not'),
      say('my.request.nothing'),
      say('my.request.how', { command: code('/my request') }),
    );
  return card('neutral', md`**${say('my.request.which')}**`, {
    kind: 'select',
    op: 'plan',
    args: [await kept.put(who, wish, app)],
    placeholder: say('my.request.choose'),
    options: planOptions(plans),
  });
}

async function ask(
  { guildId, actor }: Who,
  {
    note,
    ...wish
  }: { readonly planId?: string; readonly libraryIds: readonly string[]; readonly note: string },
  { requests }: Uses,
): Promise<View> {
  const memberId = asMember(actor.id);
  return askedView(await requests.askForNew({ guildId, memberId, ...wish, note: note.trim() || null }), []);
}
