/**
 * One action on many grants, for the commands that can name many: asked with names, done with a bar, and told with the
 * names of what did not work, which can be tried again.
 */

import type { App } from '../../../app/app.ts';
import type { BulkPreview, BulkWish } from '../../../app/grants/bulk.ts';
import { isText, listOf, orNull, shape } from '../../../domain/shape.ts';
import { questionClosed } from '../views/answers.ts';
import {
  type BulkOutcome,
  bulkProgress,
  bulkQuestionText,
  bulkResult,
  bulkVerb,
  firstOf,
  nothingInBulk,
} from '../views/bulk.ts';
import { isSeen } from '../views/grant-changes.ts';
import { type Button, say, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';
import { confirmation } from './confirm.ts';
import type { DraftKind } from './draft.ts';
import { membersOf, type Telling, withTelling } from './telling.ts';

export type BulkUses = Pick<App, 'bulkGrants' | 'changeGrants' | 'people' | 'drafts'> & Telling;

interface Asked {
  readonly preview: BulkPreview;
  readonly names: ReadonlyMap<string, string>;
}

/** `ask` shows the question; `components` go into the command. */
export function bulkGrantsQuestion<Wish extends BulkWish, Uses extends BulkUses>(draft: DraftKind<Wish>) {
  const kept = draft.beside(shape({ open: listOf(isText), undoId: orNull(isText) }));

  const question = confirmation({
    draft,
    preview: async ({ guildId }, wish, app: Uses): Promise<Asked> => {
      const preview = await app.bulkGrants.preview({ guildId, ...wish });
      const left = preview.unchanged.map(({ grant }) => grant.memberId);
      const ids = [...firstOf(preview.memberIds), ...firstOf(left)];
      return { preview, names: await app.people.named(guildId, ids) };
    },
    question({ preview, names }, { action }) {
      if (preview.grantIds.length === 0) return nothingInBulk(preview, names);
      const gives = action.kind === 'extend' || action.kind === 'resume';
      const label = bulkVerb(action, preview.grantIds.length);
      return {
        text: bulkQuestionText(action, preview, names),
        meaning: preview.grantIds,
        choices: [{ label, style: gives ? 'primary' : 'danger', op: 'confirm' }],
        keep: say('grant.bulk.keep'),
      };
    },
    choose: {
      async confirm(input, { asked, preview: { preview } }, app) {
        const { guildId, actor } = input;
        const { grantIds } = preview;
        const { action } = asked;
        const progress = (done: number) => input.progress(bulkProgress(done, grantIds.length));
        const change = { guildId, actorId: actor.id, grantIds, action, reason: null, progress };
        const result = await app.changeGrants.change(change);
        const { changed, unchanged, undoId } = result;
        const standings = changed.map(({ standing }) => standing);
        const view = await told(input, asked, { standings, unchanged, undoId }, app);
        return await withTelling(view, { guildId, memberIds: membersOf(result) }, app);
      },
    },
  });

  async function told(who: Who, given: Wish, outcome: BulkOutcome, app: Uses): Promise<View> {
    const open = outcome.standings.filter((standing) => !isSeen(standing));
    const named = [...open, ...outcome.unchanged.map(({ standing }) => standing)];
    const ids = named.map(({ grant }) => grant.memberId);
    const names = await app.people.named(who.guildId, ids);
    if (open.length === 0) return bulkResult(outcome, names);
    const openIds = open.map(({ grant }) => grant.id);
    const args = [await kept.put(who, { given, open: openIds, undoId: outcome.undoId }, app)];
    const again: Button = {
      label: say('grant.bulk.retry', { count: open.length }),
      style: 'primary',
      op: 'retry',
      args,
    };
    return bulkResult(outcome, names, again);
  }

  const retry: Component<Uses> = {
    async run(input, app) {
      const again = await kept.take(input, input.args[0] ?? '', app);
      if (!again) return questionClosed();
      const { given, open, undoId } = again;
      const standings = await app.changeGrants.again(input.guildId, open);
      return await told(input, given, { standings, unchanged: [], undoId }, app);
    },
  };

  return { components: { ...question.components, retry }, ask: question.ask };
}
