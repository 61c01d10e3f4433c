/** `/grant pause`, `resume` and `revoke`: one action on one grant, typed or pressed. */
import type { App } from '../../../app/app.ts';
import type { GrantAction } from '../../../domain/grant-change.ts';
import type { GrantState } from '../../../domain/model.ts';
import { changedView } from '../views/grant-changes.ts';
import { defineCommand, text } from './command.ts';
import { completeGrants, grantOption, pickedGrant } from './grant-choice.ts';

type Uses = Pick<App, 'autocomplete' | 'changeGrants'>;

/** The component `one` [grant id] does it by a button. */
export function grantActionCommand(options: {
  readonly description: string;
  readonly action: GrantAction;
  readonly done: Parameters<typeof changedView>[0];
  /** States of the grants that are offered. */
  readonly states: readonly GrantState[];
}) {
  const { description, action, done, states } = options;
  const act = async (
    { changeGrants }: Pick<Uses, 'changeGrants'>,
    who: { readonly guildId: string; readonly actor: { readonly id: string } },
    grantId: string,
    reason: string | null,
  ) => {
    const { guildId, actor } = who;
    const change = { guildId, actorId: actor.id, grantIds: [grantId], action, reason };
    return changedView(done, await changeGrants.change(change));
  };
  return defineCommand({
    description,
    capability: 'moderator',
    options: {
      grant: grantOption,
      reason: text('Why; it is kept in the record', { maxLength: 200 }),
    },
    async run(input, app: Uses) {
      const picked = await pickedGrant(app.autocomplete, input.guildId, input.options.grant);
      if (picked.kind === 'problem') return picked.view;
      return await act(app, input, picked.grant.id, input.options.reason ?? null);
    },
    complete: { grant: completeGrants(...states) },
    components: {
      one: {
        answers: 'message',
        run: (input, app: Uses) => act(app, input, input.args[0] ?? '', null),
      },
    },
  });
}
