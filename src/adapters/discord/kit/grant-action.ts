/** `/grant pause`, `resume` and `revoke`: one action on one grant, typed or pressed. */
import type { App } from '../../../app/app.ts';
import type { GrantAction } from '../../../domain/grant-change.ts';
import type { GrantState } from '../../../domain/model.ts';
import { changedView } from '../views/grant-changes.ts';
import type { View } from '../views/view.ts';
import { defineCommand, text, type Who } from './command.ts';
import { grantOption } from './named-options.ts';
import { membersOf, type Telling, withTelling } from './telling.ts';

type Uses = Pick<App, 'autocomplete' | 'changeGrants'> & Telling;

/** The component `one`, with the id of a grant, does the same from a button. */
export function grantActionCommand(options: {
  readonly description: string;
  readonly action: GrantAction;
  readonly done: Parameters<typeof changedView>[0];
  /** States of the grants that are offered. */
  readonly states: readonly GrantState[];
}) {
  const { description, action, done, states } = options;
  const grant = grantOption(...states);
  const act = async (
    app: Uses,
    { guildId, actor }: Who,
    grantId: string,
    reason: string | null,
  ): Promise<View> => {
    const change = { guildId, actorId: actor.id, grantIds: [grantId], action, reason };
    const result = await app.changeGrants.change(change);
    return await withTelling(changedView(done, result), { guildId, memberIds: membersOf(result) }, app);
  };
  return defineCommand({
    description,
    capability: 'moderator',
    options: { grant: grant.needed, reason: text('Why; it is kept in the record', { maxLength: 200 }) },
    async run(input, app: Uses) {
      const picked = await grant.pick(app, input.guildId, input.options.grant);
      return picked.kind === 'problem'
        ? picked.view
        : await act(app, input, picked.item.id, input.options.reason ?? null);
    },
    complete: { grant: grant.complete },
    components: {
      one: { answers: 'message', run: (input, app: Uses) => act(app, input, input.args[0] ?? '', null) },
    },
  });
}
