import { defineCommand, text, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import {
  type ChosenGift,
  completeGift,
  giftOptions,
  pickGift,
} from '../../src/adapters/discord/kit/gift-options.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { cancelled, isBot, questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { grantText, isSettled } from '../../src/adapters/discord/views/grants.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { buttons, card, md, mention, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isMemberId, isText, listOf, shape } from '../../src/domain/shape.ts';
import type { Misread } from '../../src/domain/unclear.ts';

type Uses = Pick<App, 'autocomplete' | 'grants' | 'timeInput' | 'drafts'>;

/** Times are kept as typed and read when the button is pressed: `30d` counts from then. */
const grantDraft = defineDraft(
  'grant add',
  shape({ member: isMemberId }, { for: isText, until: isText, start: isText, reason: isText }),
);
type GrantDraft = DraftOf<typeof grantDraft>;

/** LeaverDraft before somebody gets access who is not in the guild: nobody there would notice. */
const leaverDraft = grantDraft.beside(
  shape({}, { libraryIds: listOf(isText), ticked: listOf(isText), planId: isText }),
);
type LeaverDraft = DraftOf<typeof leaverDraft>;

const choosing = libraryChoice({
  draft: grantDraft,
  done: 'Give access',
  title: ({ member }) => md`**What should ${mention.user(member)} get?**`,
  finish: (who, draft, libraryIds, app: Uses) => give(who, draft, { libraryIds }, app),
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
    if (member.bot) return isBot(member.id, md`Bots watch nothing.`);
    const gift = await pickGift(app, input.guildId, input.options);
    if (gift.kind === 'problem') return gift.view;
    const { libraryIds, ticked, planId, lasts } = gift.item;
    const limited = typed.for === undefined && typed.until === undefined && lasts !== undefined;
    const given = { member: member.id, ...typed, ...(limited && { for: lasts }) };
    const asked = {
      given,
      ...(libraryIds && { libraryIds }),
      ...(ticked && { ticked }),
      ...(planId !== undefined && { planId }),
    };
    if (member.inGuild) return await proceed(input, asked, app);
    const span = await app.timeInput.span(input.guildId, given);
    if (span.kind === 'problem') return noGrant(span);
    const args = [await leaverDraft.put(input, asked, app)];
    return card(
      'warning',
      md`**${mention.user(member.id)} is not in this server.** They may have left. Should they get access anyway?`,
      buttons(
        { label: 'Give access anyway', style: 'danger', op: 'anyway', args },
        { label: 'Cancel', op: 'leave', args },
      ),
    );
  },
  complete: completeGift,
  components: {
    ...choosing.components,
    anyway: {
      async run(input, app: Uses) {
        const asked = await leaverDraft.take(input, input.args[0] ?? '', app);
        return asked ? await proceed(input, asked, app) : questionClosed();
      },
    },
    leave: {
      async run(input, app: Uses) {
        await leaverDraft.take(input, input.args[0] ?? '', app);
        return cancelled();
      },
    },
  },
});

/** With what was named, or after a choice. */
async function proceed(
  who: Who,
  { given, libraryIds, ticked, planId }: LeaverDraft,
  app: Uses,
): Promise<View> {
  if (libraryIds) return await give(who, given, { libraryIds, ...(planId !== undefined && { planId }) }, app);
  const span = await app.timeInput.span(who.guildId, given);
  return span.kind === 'problem' ? noGrant(span) : await choosing.start(who, given, app, ticked);
}

async function give(
  { guildId, actor }: Who,
  { member, reason, ...typed }: GrantDraft,
  { libraryIds, planId }: ChosenGift,
  { grants, timeInput }: Uses,
): Promise<View> {
  const span = await timeInput.span(guildId, typed);
  if (span.kind === 'problem') return noGrant(span);
  const plan = planId === undefined ? {} : { planId };
  const what = { memberId: member, libraryIds, reason: reason ?? null, ...span.value, ...plan };
  const standing = await grants.add({ guildId, actorId: actor.id, ...what });
  return card(isSettled(standing) ? 'good' : 'warning', grantText(standing, 'staff'));
}

const noGrant = (why: Misread): View => misread(md`No grant was made`, why);
