import { defineCommand, type Input, user } from '../../src/adapters/discord/kit/command.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { isSettled } from '../../src/adapters/discord/views/grant-changes.ts';
import { grantText } from '../../src/adapters/discord/views/grants.ts';
import { card, join, md, mention, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'memberLibraries' | 'drafts'>;

interface Typed {
  readonly member: string;
  /** What was granted when it was shown. */
  readonly shown: readonly string[];
}

const choosing = libraryChoice<Typed>({
  done: 'Save',
  allowNone: true,
  title: ({ member }) =>
    md`**What ${mention.user(member)} is granted now**\nTick and untick. What is unticked leaves their grants; what is ticked is given without an end.`,
  finish: save,
});

export default defineCommand({
  description: "A member's libraries: tick what they should have",
  capability: 'moderator',
  options: { member: user('Which member', { required: true }) },
  async run({ guildId, actor, options: { member } }, app: Uses) {
    if (member.bot)
      return problem(md`${mention.user(member.id)} is a bot`, md`Bots watch nothing.`, md`Choose a person.`);
    return await start(app, { guildId, actor }, member.id);
  },
  components: choosing.components,
});

async function start(app: Uses, who: Pick<Input, 'guildId' | 'actor'>, member: string): Promise<View> {
  const shown = await app.memberLibraries.granted(who.guildId, member);
  return await choosing.start(who, { member, shown }, app, shown);
}

async function save(
  who: Pick<Input, 'guildId' | 'actor'>,
  { member, shown }: Typed,
  wanted: readonly string[],
  app: Uses,
): Promise<View> {
  const { guildId, actor } = who;
  const result = await app.memberLibraries.set({
    guildId,
    actorId: actor.id,
    memberId: member,
    shown,
    wanted,
  });
  // What they are granted changed while it was open: it is shown anew, and nothing was done.
  if (result.kind === 'changed-since') return await start(app, who, member);
  if (result.kind === 'unchanged')
    return card('neutral', md`**Nothing was different.** Nothing was changed.`);
  return card(
    result.standings.every(isSettled) ? 'good' : 'warning',
    md`**Saved** for ${mention.user(member)}.`,
    join(
      result.standings.map((standing) => grantText(standing, 'staff')),
      '\n\n',
    ),
  );
}
