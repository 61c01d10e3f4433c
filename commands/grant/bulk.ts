import { type BulkUses, bulkGrantsQuestion } from '../../src/adapters/discord/kit/bulk.ts';
import { choice, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { planOption, serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { md, problem } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { BulkAction, BulkWish } from '../../src/app/grants/bulk.ts';
import type { Resolved } from '../../src/app/guild/time-input.ts';
import { either, isDuration, isText, oneOf, shape } from '../../src/domain/shape.ts';

const ACTIONS = ['extend', 'revoke', 'pause', 'resume'] as const;

type Uses = BulkUses & Pick<App, 'autocomplete' | 'timeInput'>;

const isAction = either(
  shape({ kind: oneOf('extend'), by: isDuration }),
  either(
    shape({ kind: oneOf('end'), cause: oneOf('expired', 'revoked', 'removed') }),
    shape({ kind: oneOf('pause', 'resume') }),
  ),
);
const question = bulkGrantsQuestion<BulkWish, Uses>(
  defineDraft('grant bulk', shape({ action: isAction }, { planId: isText, serverId: isText })),
);

export default defineCommand({
  description: 'Extend, revoke, pause or resume many grants at once',
  capability: 'admin',
  options: {
    action: choice('What to do', ACTIONS, { required: true }),
    plan: planOption.optional('Only grants of this plan'),
    server: serverOption.optional('Only grants on this server'),
    by: text('With extend: how much longer: 12h, 30d, 3mo', { maxLength: 40 }),
  },
  async run({ options, ...who }, app: Uses) {
    const action = actionOf(app.timeInput, options.action, options.by);
    if (action.kind === 'problem') return problem(md`Nothing was done`, md`${action.message}`);
    const plan = await planOption.pick(app, who.guildId, options.plan);
    if (plan.kind === 'problem') return plan.view;
    const server = await serverOption.pick(app, who.guildId, options.server);
    if (server.kind === 'problem') return server.view;
    const only = {
      ...(plan.item && { planId: plan.item.id }),
      ...(server.item && { serverId: server.item.id }),
    };
    return await question.ask(who, { action: action.value, ...only }, app);
  },
  complete: { plan: planOption.complete, server: serverOption.complete },
  components: question.components,
});

function actionOf(
  timeInput: App['timeInput'],
  action: (typeof ACTIONS)[number],
  by: string | undefined,
): Resolved<BulkAction> {
  if (action !== 'extend' && by !== undefined)
    return { kind: 'problem', message: '“by” goes with extend only.' };
  if (action === 'revoke') return { kind: 'ok', value: { kind: 'end', cause: 'revoked' } };
  if (action !== 'extend') return { kind: 'ok', value: { kind: action } };
  const duration = timeInput.duration(by);
  if (duration.kind === 'problem') return duration;
  return duration.value === null
    ? { kind: 'problem', message: 'Say by how much with “by”: 12h, 30d or 3mo, for example.' }
    : { kind: 'ok', value: { kind: 'extend', by: duration.value } };
}
