import { defineCommand, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { type Telling, withTelling } from '../../src/adapters/discord/kit/telling.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { grantTexts, isSettled } from '../../src/adapters/discord/views/grants.ts';
import { card, md, mention, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { isMemberId, isText, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'memberLibraries' | 'drafts'> & Telling;

/** `shown`: a mark of what was granted when the select was shown. When that has changed since, nothing is saved. */
const tickingDraft = defineDraft('member libraries', shape({ member: isMemberId, shown: isText }));

const choosing = libraryChoice({
  draft: tickingDraft,
  done: 'Save',
  allowNone: true,
  title: ({ member }) =>
    md`**What ${mention.user(member)} is granted now**\nTick and untick. What is unticked leaves their grants; what is ticked is given without an end.`,
  finish: save,
});

export default defineCommand({
  description: "A member's libraries: tick what they should have",
  capability: 'moderator',
  options: { member: user('Which member', { required: true, mayHaveLeft: true }) },
  async run({ options: { member }, ...who }, app: Uses) {
    return member.bot ? isBot(member.id, md`Bots watch nothing.`) : await start(who, member.id, app);
  },
  components: choosing.components,
});

async function start(who: Who, member: MemberId, app: Uses): Promise<View> {
  const { libraryIds, mark } = await app.memberLibraries.granted(who.guildId, member);
  return await choosing.start(who, { member, shown: mark }, app, libraryIds);
}

async function save(
  who: Who,
  { member, shown }: DraftOf<typeof tickingDraft>,
  wanted: readonly string[],
  app: Uses,
): Promise<View> {
  const change = { guildId: who.guildId, actorId: who.actor.id, memberId: member, shown, wanted };
  const result = await app.memberLibraries.set(change);
  // What the member is granted changed while the select was open: nothing was saved, and it is shown anew.
  if (result.kind === 'changed-since') return await start(who, member, app);
  if (result.kind === 'unchanged')
    return card('neutral', md`**Nothing was different.** Nothing was changed.`);
  const view = card(
    result.standings.every(isSettled) ? 'good' : 'warning',
    md`**Saved** for ${mention.user(member)}.`,
    grantTexts(result.standings, 'staff'),
  );
  return await withTelling(view, { guildId: who.guildId, memberIds: [member] }, app);
}
