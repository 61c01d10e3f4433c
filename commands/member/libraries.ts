import { namesIn } from '../../src/adapters/discord/kit/change-grant.ts';
import { defineCommand, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { type CardUses, memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { toneOf } from '../../src/adapters/discord/views/grant-changes.ts';
import { savedText, tickingQuestion } from '../../src/adapters/discord/views/member-libraries.ts';
import { card, md, mention, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { type MemberId, toMemberId } from '../../src/domain/ids.ts';
import { isMemberId, isText, listOf, shape } from '../../src/domain/shape.ts';

type Uses = CardUses & Pick<App, 'autocomplete' | 'memberLibraries' | 'drafts'>;

/** `shown`: a mark of what was granted when the select was shown. When that has changed since, nothing is saved. */
const tickingDraft = defineDraft('member libraries', shape({ member: isMemberId, shown: isText }));

const choosing = libraryChoice({
  draft: tickingDraft,
  done: say('member.libraries.save'),
  allowNone: true,
  title: ({ member }) =>
    md`**${say('member.libraries.title', { member: mention.user(member) })}**\n${say('member.libraries.hint')}`,
  async finish(who, { member, shown }, wanted, app: Uses) {
    const { mark } = await app.memberLibraries.granted(who.guildId, member);
    if (mark === shown) return await question.ask(who, { member, shown, wanted }, app);
    const anew = await start(who, member, app);
    return {
      ...anew,
      blocks: [{ kind: 'text', text: md`⚠️ ${say('member.libraries.since')}` }, ...anew.blocks],
    };
  },
});

const wantedDraft = defineDraft(
  'member libraries',
  shape({ member: isMemberId, shown: isText, wanted: listOf(isText) }),
);

/** What is taken and given is shown before it is. */
const question = confirmation({
  draft: wantedDraft,
  async preview({ guildId }, { member, shown, wanted }, app: Uses) {
    const [preview, names] = await Promise.all([
      app.memberLibraries.preview(guildId, { memberId: member, shown, wanted }),
      app.people.named(guildId, [member]),
    ]);
    return { preview, name: names.get(member) };
  },
  question({ preview, name }, { member }) {
    if (preview.changedSince) return card('warning', say('member.libraries.since'));
    if (preview.adds.length + preview.removes.length === 0)
      return card('neutral', say('member.libraries.same'));
    return {
      text: tickingQuestion(preview, member, name),
      choices: [
        {
          label: say('member.libraries.do'),
          style: preview.removes.length > 0 ? 'danger' : 'primary',
          op: 'save',
        },
      ],
      keep: say('member.take.keep'),
    };
  },
  kept: (who, { member }, app) => memberCard(who, member, app),
  choose: { save: (input, { asked }, app) => save(input, asked, app) },
});

export default defineCommand({
  description: "A member's libraries: tick what they should have",
  capability: 'moderator',
  options: { member: user('Which member', { required: true, mayHaveLeft: true }) },
  async run({ options: { member }, ...who }, app: Uses) {
    return member.bot ? isBot(member.id, md`${say('grant.give.bot')}`) : await start(who, member.id, app);
  },
  components: {
    ...choosing.components,
    ...question.components,
    open: { run: (input, app: Uses) => start(input, toMemberId(input.args[0] ?? ''), app) },
  },
});

async function start(who: Who, member: MemberId, app: Uses): Promise<View> {
  const { libraryIds, mark } = await app.memberLibraries.granted(who.guildId, member);
  return await choosing.start(who, { member, shown: mark }, app, libraryIds);
}

async function save(
  who: Who,
  { member, shown, wanted }: DraftOf<typeof wantedDraft>,
  app: Uses,
): Promise<View> {
  const change = { guildId: who.guildId, actorId: who.actor.id, memberId: member, shown, wanted };
  const result = await app.memberLibraries.set(change);
  if (result.kind !== 'set') {
    const text = result.kind === 'unchanged' ? say('member.libraries.same') : say('member.libraries.since');
    return await memberCard(who, member, app, { top: { text: md`${text}`, tone: 'warning' } });
  }
  const { standings, undoId } = result;
  const names = await namesIn(
    who.guildId,
    { changed: standings.map((standing) => ({ before: standing.grant, standing })), unchanged: [] },
    app,
  );
  const top = { text: savedText(standings, names), tone: toneOf(standings), undoId };
  return await memberCard(who, member, app, { top });
}
