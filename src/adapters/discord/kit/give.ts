/** Giving somebody access: at once, or after a question where staff may not know something. */
import type { App } from '../../../app/app.ts';
import type { GivenGrant } from '../../../app/grants/give.ts';
import type { GiftPreview, Wish } from '../../../app/grants/warnings.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { type Guard, isFlag, isMemberId, isText, listOf, shape } from '../../../domain/shape.ts';
import { giftQuestionText } from '../views/gift-question.ts';
import { md, problem, say, type Text, type View } from '../views/view.ts';
import type { Who } from './command.ts';
import { confirmation } from './confirm.ts';
import { defineDraft } from './draft.ts';
import { type Telling, withTelling } from './telling.ts';

export type GiveUses = Pick<App, 'grants' | 'people' | 'timeInput' | 'drafts'> & Telling;

/** Times are kept as typed and read when access is given: `30d` counts from then. `left`: they are not here. */
const isGift = shape(
  { member: isMemberId, libraryIds: listOf(isText) },
  { planId: isText, for: isText, until: isText, start: isText, reason: isText, left: isFlag },
);

type Gift = typeof isGift extends Guard<infer Kept> ? Kept : never;

/** `components` go into the command `path`; `shown` makes the answer when it is given. */
export function giving<Uses extends GiveUses>(options: {
  readonly path: string;
  readonly shown: (who: Who, given: GivenGrant, app: Uses) => Promise<View>;
  /** What is shown when it is not given after all. */
  readonly kept?: (who: Who, gift: Gift, app: Uses) => Promise<View>;
}) {
  const question = confirmation({
    draft: defineDraft(options.path, isGift),
    async preview({ guildId }, gift: Gift, app: Uses) {
      const preview = await previewOf(guildId, gift, app);
      const names = await app.people.named(guildId, [gift.member]);
      return { preview, name: names.get(gift.member) };
    },
    question: ({ preview, name }, gift) => ({
      text: giftQuestionText({ ...preview, memberId: gift.member, left: gift.left === true }, name),
      choices: [{ label: say('grant.give.anyway'), style: 'danger', op: 'anyway' }],
      keep: say('grant.give.keep'),
    }),
    keepOp: 'leave',
    ...(options.kept && { kept: options.kept }),
    choose: { anyway: (input, { asked }, app) => give(input, asked, app) },
  });

  async function give(who: Who, gift: Gift, app: Uses): Promise<View> {
    const span = await app.timeInput.span(who.guildId, gift);
    if (span.kind === 'problem') return notGiven(span.message);
    const { member: memberId, libraryIds, planId, reason } = gift;
    const given = await app.grants.add({
      ...{ guildId: who.guildId, actorId: who.actor.id, memberId, libraryIds, reason: reason ?? null },
      ...span.value,
      ...(planId !== undefined && { planId }),
    });
    const view = await options.shown(who, given, app);
    return await withTelling(view, { guildId: who.guildId, memberIds: [memberId] }, app);
  }

  return {
    components: question.components,
    /** Gives it, or asks first. */
    async start(who: Who, gift: Gift, app: Uses): Promise<View> {
      const span = await app.timeInput.span(who.guildId, gift);
      if (span.kind === 'problem') return notGiven(span.message);
      const { warnings } = await app.grants.preview(who.guildId, wishOf(gift, span.value));
      return gift.left || warnings.length > 0
        ? await question.ask(who, gift, app)
        : await give(who, gift, app);
    },
  };
}

/** As it is at this moment: what was typed may mean another end later, which the question does not name. */
async function previewOf(guildId: GuildId, gift: Gift, app: GiveUses): Promise<GiftPreview> {
  const span = await app.timeInput.span(guildId, gift);
  const empty = { warnings: [], libraries: [], servers: [] };
  return span.kind === 'ok' ? await app.grants.preview(guildId, wishOf(gift, span.value)) : empty;
}

const wishOf = ({ member, libraryIds }: Gift, span: Pick<Wish, 'startsAt' | 'expiresAt'>): Wish => ({
  memberId: member,
  libraryIds,
  ...span,
});

export const notGiven = (why: Text): View => problem(say('grant.give.notGiven'), md`${why}`);
