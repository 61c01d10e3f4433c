/** Giving many members the same: asked with names, done with a bar, told with the names of what did not work. */

import type { App } from '../../../app/app.ts';
import type { Gift, GivenToMany } from '../../../app/grants/give-many.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { type Guard, isMemberId, isText, listOf, shape } from '../../../domain/shape.ts';
import { questionClosed } from '../views/answers.ts';
import { firstOf } from '../views/bulk.ts';
import { giftProgress, giftQuestion, giftResult } from '../views/gift-many.ts';
import { isSeen } from '../views/grant-changes.ts';
import { type Button, card, problem, say, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';
import { confirmation } from './confirm.ts';
import { defineDraft } from './draft.ts';

export type GiveManyUses = Pick<App, 'giveMany' | 'changeGrants' | 'people' | 'timeInput' | 'drafts'>;

/** Without `for`, for good. */
const isWish = shape(
  { memberIds: listOf(isMemberId), libraryIds: listOf(isText) },
  { planId: isText, for: isText },
);

type Wish = typeof isWish extends Guard<infer Kept> ? Kept : never;

/** Asks whether all that was given should end. */
type TakeBack<Uses> = (who: Who, grantIds: readonly string[], app: Uses) => Promise<View>;

/** `ask` shows the question; `components` go into the command `path`. */
export function givingMany<Uses extends GiveManyUses>(path: string, takeBack: TakeBack<Uses>) {
  const draft = defineDraft(path, isWish);
  /** `made`: all that was given, whether it is seen or not. */
  const kept = draft.beside(
    shape({ made: listOf(isText), open: listOf(isText), failed: listOf(isMemberId) }),
  );

  const question = confirmation({
    draft,
    async preview({ guildId }, wish, app: Uses) {
      const gift = await giftOf(guildId, wish, app);
      if (!gift) return undefined;
      const preview = await app.giveMany.preview(guildId, wish.memberIds, gift);
      const names = await app.people.named(guildId, firstOf(preview.memberIds));
      const lasts = app.timeInput.duration(wish.for);
      return { preview, names, lasts: lasts.kind === 'ok' ? lasts.value : null };
    },
    gone: problem(say('list.gone')),
    question({ preview, names, lasts }) {
      const { memberIds, libraries } = preview;
      if (libraries.length === 0) return problem(say('list.gone'));
      if (memberIds.length === 0) return card('neutral', say('list.gift.nothing'));
      return {
        text: giftQuestion(preview, lasts, names),
        meaning: [...memberIds, ...libraries.map(({ id }) => id)],
        choices: [{ label: say('list.gift.do', { count: memberIds.length }), style: 'primary', op: 'give' }],
        keep: say('list.gift.keep'),
      };
    },
    keepOp: 'keep-gift',
    choose: {
      async give(input, { asked, preview: { preview } }, app) {
        const { guildId, actor } = input;
        const { memberIds } = preview;
        const gift = await giftOf(guildId, asked, app);
        if (!gift) return problem(say('list.gone'));
        const progress = (done: number) => input.progress(giftProgress(done, memberIds.length));
        const given = await app.giveMany.give({ guildId, actorId: actor.id, memberIds, ...gift, progress });
        return await told(input, { wish: asked, before: [] }, given, app);
      },
    },
  });

  /** `before`: what was given when it was tried before. */
  async function told(
    who: Who,
    { wish, before }: { readonly wish: Wish; readonly before: readonly string[] },
    given: GivenToMany,
    app: Uses,
  ): Promise<View> {
    const open = given.standings.filter((standing) => !isSeen(standing)).map(({ grant }) => grant);
    const failed = given.failed.map(({ memberId }) => memberId);
    const names = await app.people.named(who.guildId, [...open.map(({ memberId }) => memberId), ...failed]);
    const made = [...new Set([...before, ...given.standings.map(({ grant }) => grant.id)])];
    const openIds = open.map(({ id }) => id);
    const args = [await kept.put(who, { given: wish, made, open: openIds, failed }, app)];
    const count = open.length + failed.length;
    const retry: Button = { label: say('list.gift.retry', { count }), style: 'primary', op: 'regive', args };
    const back: Button = { label: say('list.gift.takeBack'), op: 'ungive', args };
    return giftResult(given, names, [...(count > 0 ? [retry] : []), ...(made.length > 0 ? [back] : [])]);
  }

  /** What was given and is not seen yet is looked at again; whoever got nothing is given it once more. */
  const regive: Component<Uses> = {
    async run(input, app) {
      const again = await kept.take(input, input.args[0] ?? '', app);
      if (!again) return questionClosed();
      const { given: wish, made: before, open, failed } = again;
      const { guildId, actor } = input;
      const gift = await giftOf(guildId, wish, app);
      const standings = await app.changeGrants.again(guildId, open);
      if (!gift || failed.length === 0)
        return await told(input, { wish, before }, { standings, failed: [] }, app);
      const more = await app.giveMany.give({ guildId, actorId: actor.id, memberIds: failed, ...gift });
      const all = { standings: [...standings, ...more.standings], failed: more.failed };
      return await told(input, { wish, before }, all, app);
    },
  };

  const ungive: Component<Uses> = {
    answers: 'message',
    async run(input, app) {
      const done = await kept.find(input, input.args[0] ?? '', app);
      return done ? await takeBack(input, done.made, app) : questionClosed();
    },
  };

  return { components: { ...question.components, regive, ungive }, ask: question.ask };
}

/** Times count from now, whenever it was asked. */
async function giftOf(guildId: GuildId, wish: Wish, { timeInput }: GiveManyUses): Promise<Gift | undefined> {
  const { libraryIds, planId } = wish;
  const span = await timeInput.span(guildId, wish.for === undefined ? {} : { for: wish.for });
  return span.kind === 'ok' ? { libraryIds, planId, expiresAt: span.value.expiresAt } : undefined;
}
