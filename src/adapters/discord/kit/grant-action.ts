/** `/grant pause`, `resume` and `revoke`: one action on one grant, typed or pressed. */
import type { App } from '../../../app/app.ts';
import type { GrantAction } from '../../../domain/grant-change.ts';
import type { GrantState } from '../../../domain/model.ts';
import { type ChangeUses, changeGrant } from './change-grant.ts';
import { defineCommand, text } from './command.ts';
import { grantOption } from './named-options.ts';

type Uses = ChangeUses & Pick<App, 'autocomplete'>;

/** The component `one`, with the id of a grant, does the same from a button. */
export function grantActionCommand(options: {
  readonly description: string;
  readonly action: GrantAction;
  readonly done: 'paused' | 'resumed' | 'revoked';
  /** States of the grants that are offered. */
  readonly states: readonly GrantState[];
}) {
  const { description, action, done, states } = options;
  const grant = grantOption(...states);
  return defineCommand({
    description,
    capability: 'moderator',
    options: { grant: grant.needed, reason: text('Why; it is kept in the record', { maxLength: 200 }) },
    async run(input, app: Uses) {
      const picked = await grant.pick(app, input.guildId, input.options.grant);
      if (picked.kind === 'problem') return picked.view;
      return await changeGrant(
        input,
        { grantId: picked.item.id, action, done, reason: input.options.reason },
        app,
      );
    },
    complete: { grant: grant.complete },
    components: {
      one: {
        answers: 'message',
        run: (input, app: Uses) => changeGrant(input, { grantId: input.args[0] ?? '', action, done }, app),
      },
    },
  });
}
