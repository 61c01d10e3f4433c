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

/** `ask` shows the question; `components` go into the command `path`. */
export function givingMany(path: string) {
  const draft = defineDraft(path, isWish);
  const kept = draft.beside(shape({ open: listOf(isText), failed: listOf(isMemberId) }));

  const question = confirmation({
    draft,
    async preview({ guildId }, wish, app: GiveManyUses) {
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
        return await told(input, asked, given, app);
      },
    },
  });

  async function told(who: Who, wish: Wish, given: GivenToMany, app: GiveManyUses): Promise<View> {
    const open = given.standings.filter((standing) => !isSeen(standing)).map(({ grant }) => grant);
    const failed = given.failed.map(({ memberId }) => memberId);
    const names = await app.people.named(who.guildId, [...open.map(({ memberId }) => memberId), ...failed]);
    const count = open.length + failed.length;
    if (count === 0) return giftResult(given, names, []);
    const openIds = open.map(({ id }) => id);
    const args = [await kept.put(who, { given: wish, open: openIds, failed }, app)];
    const retry: Button = { label: say('list.gift.retry', { count }), style: 'primary', op: 'regive', args };
    return giftResult(given, names, [retry]);
  }

  /** What was given and is not seen yet is looked at again; whoever got nothing is given it once more. */
  const regive: Component<GiveManyUses> = {
    async run(input, app) {
      const again = await kept.take(input, input.args[0] ?? '', app);
      if (!again) return questionClosed();
      const { given: wish, open, failed } = again;
      const { guildId, actor } = input;
      const gift = await giftOf(guildId, wish, app);
      const standings = await app.changeGrants.again(guildId, open);
      if (!gift || failed.length === 0) return await told(input, wish, { standings, failed: [] }, app);
      const more = await app.giveMany.give({ guildId, actorId: actor.id, memberIds: failed, ...gift });
      const all = { standings: [...standings, ...more.standings], failed: more.failed };
      return await told(input, wish, all, app);
    },
  };

  return { components: { ...question.components, regive }, ask: question.ask };
}

/** Times count from now, whenever it was asked. */
async function giftOf(guildId: GuildId, wish: Wish, { timeInput }: GiveManyUses): Promise<Gift | undefined> {
  const { libraryIds, planId } = wish;
  const span = await timeInput.span(guildId, wish.for === undefined ? {} : { for: wish.for });
  return span.kind === 'ok' ? { libraryIds, planId, expiresAt: span.value.expiresAt } : undefined;
}
