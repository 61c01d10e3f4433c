import { defineCommand, text, user } from '../../src/adapters/discord/kit/command.ts';
import {
  type ChoiceDraft,
  completeLibraryList,
  libraryChoice,
  listedLibraries,
} from '../../src/adapters/discord/kit/library-choice.ts';
import { byPlan, completePlans } from '../../src/adapters/discord/kit/plan-option.ts';
import { grantText } from '../../src/adapters/discord/views/grants.ts';

import { card, md, mention, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'grants' | 'plans' | 'timeInput' | 'drafts'>;

/** What was typed, kept while libraries are chosen: times count from the moment of the press. */
interface Typed {
  readonly member: string;
  readonly planId?: string;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  readonly start?: string | undefined;
  readonly reason?: string | undefined;
}

const choosing = libraryChoice<Typed>({
  done: 'Give access',
  title: ({ member }) => md`**What should ${mention.user(member)} get?**`,
  finish: give,
});

export default defineCommand({
  description: 'Give a member access to libraries, for a time or for good',
  capability: 'moderator',
  options: {
    member: user('Who gets access', { required: true }),
    plan: text('What and how long, as the plan says', { autocomplete: true }),
    libraries: text('One or more, separated by commas; leave out to choose from a list', {
      autocomplete: true,
    }),
    for: text('How long: 12h, 30d, 3mo, 1mo15d (default: for good)', { maxLength: 40 }),
    until: text('Until when: 2026-12-31 18:00, tomorrow 20:00, never', { maxLength: 60 }),
    start: text('From when (default: now)', { maxLength: 60 }),
    reason: text('Why; it is kept in the record', { maxLength: 200 }),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const { member, plan, libraries, ...times } = options;
    if (member.bot)
      return problem(md`${mention.user(member.id)} is a bot`, md`Bots watch nothing.`, md`Choose a person.`);
    if (plan !== undefined) {
      const planned = await byPlan(app.autocomplete, guildId, plan, libraries);
      if (planned.kind === 'problem') return planned.view;
      const { id, libraryIds, duration } = planned.plan;
      const lasts = times.until === undefined && times.for === undefined && duration ? { for: duration } : {};
      return await give(
        { guildId, actor },
        { member: member.id, planId: id, ...times, ...lasts },
        libraryIds,
        app,
      );
    }
    const span = await app.timeInput.span(guildId, times);
    if (span.kind === 'problem') return problem(md`No grant was made`, md`${span.message}`);
    const typed: Typed = { member: member.id, ...times };
    if (libraries === undefined) return await choosing.start({ guildId, actor }, typed, app);
    const chosen = await listedLibraries(app.autocomplete, guildId, libraries);
    return chosen.kind === 'problem'
      ? chosen.view
      : await give({ guildId, actor }, typed, chosen.libraryIds, app);
  },
  complete: { libraries: completeLibraryList, plan: completePlans },
  components: choosing.components,
});

async function give(
  { guildId, actor }: { readonly guildId: string; readonly actor: { readonly id: string } },
  typed: ChoiceDraft<Typed>['typed'],
  libraryIds: readonly string[],
  { grants, timeInput }: Uses,
): Promise<View> {
  const span = await timeInput.span(guildId, typed);
  if (span.kind === 'problem') return problem(md`No grant was made`, md`${span.message}`);
  const standing = await grants.add({
    guildId,
    actorId: actor.id,
    memberId: typed.member,
    libraryIds,
    ...span.value,
    reason: typed.reason ?? null,
    ...(typed.planId !== undefined && { planId: typed.planId }),
  });
  const settled = standing.servers.every(({ application }) =>
    ['applied', 'not-now'].includes(application.kind),
  );
  return card(settled ? 'good' : 'warning', grantText(standing, 'staff'));
}
