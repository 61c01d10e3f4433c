import { defineCommand, text, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { completeGift, giftOptions, pickGift } from '../../src/adapters/discord/kit/gift-options.ts';
import { type GiveUses, giving, notGiven } from '../../src/adapters/discord/kit/give.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { givenView } from '../../src/adapters/discord/views/grant-changes.ts';
import { md, mention, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GivenGrant } from '../../src/app/grants/give.ts';
import { isFlag, isMemberId, isText, shape } from '../../src/domain/shape.ts';

type Uses = GiveUses & Pick<App, 'autocomplete'>;

const gift = giving<Uses>({ path: 'grant add', shown });

const choosing = libraryChoice({
  draft: defineDraft(
    'grant add',
    shape(
      { member: isMemberId },
      { for: isText, until: isText, start: isText, reason: isText, left: isFlag },
    ),
  ),
  done: say('grant.give.do'),
  title: ({ member }) => md`**${say('grant.give.which', { member: mention.user(member) })}**`,
  finish: (who, draft, libraryIds, app: Uses) => gift.start(who, { ...draft, libraryIds }, app),
});

export default defineCommand({
  description: 'Give a member access to libraries, for a time or for good',
  capability: 'moderator',
  options: {
    member: user('Who gets access', { required: true, mayHaveLeft: true }),
    ...giftOptions,
    for: text('How long: 12h, 30d, 3mo, 1mo15d (default: for good)', { maxLength: 40 }),
    until: text('Until when: 2026-12-31 18:00, tomorrow 20:00, never', { maxLength: 60 }),
    start: text('From when (default: now)', { maxLength: 60 }),
    reason: text('Why; it is kept in the record', { maxLength: 200 }),
  },
  async run(input, app: Uses) {
    const { member, plan: _plan, libraries: _libraries, ...typed } = input.options;
    if (member.bot) return isBot(member.id, md`${say('grant.give.bot')}`);
    const picked = await pickGift(app, input.guildId, input.options);
    if (picked.kind === 'problem') return picked.view;
    const { libraryIds, planId, lasts } = picked.item;
    const limited = typed.for === undefined && typed.until === undefined && lasts !== undefined;
    const given = {
      member: member.id,
      ...typed,
      ...(limited && { for: lasts }),
      ...(!member.inGuild && { left: true }),
      ...(planId !== undefined && { planId }),
    };
    if (libraryIds) return await gift.start(input, { ...given, libraryIds }, app);
    const span = await app.timeInput.span(input.guildId, given);
    return span.kind === 'problem' ? notGiven(span.message) : await choosing.start(input, given, app);
  },
  complete: completeGift,
  components: { ...choosing.components, ...gift.components },
});

async function shown({ guildId }: Who, given: GivenGrant, { people }: Uses) {
  return givenView(given, await people.named(guildId, [given.grant.memberId]));
}
