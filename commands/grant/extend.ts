import { type ChangeUses, changeGrant } from '../../src/adapters/discord/kit/change-grant.ts';
import { defineCommand, text, type Who } from '../../src/adapters/discord/kit/command.ts';
import { grantOption } from '../../src/adapters/discord/kit/named-options.ts';
import { md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = ChangeUses & Pick<App, 'autocomplete' | 'timeInput'>;

const EXAMPLES = '12h, 30d, 3mo, 1mo15d';
const grant = grantOption('scheduled', 'active', 'paused', 'ending', 'ended');
const field = { id: 'by', label: 'By how much', description: EXAMPLES, value: '30d', maxLength: 40 };

export default defineCommand({
  description: 'Give a grant more time: from its end, or from now when it is over',
  capability: 'moderator',
  options: {
    grant: grant.needed,
    by: text(`How much longer: ${EXAMPLES}`, { required: true, maxLength: 40 }),
  },
  async run({ options, ...who }, app: Uses) {
    const picked = await grant.pick(app, who.guildId, options.grant);
    return picked.kind === 'problem' ? picked.view : await extend(who, picked.item.id, options.by, app);
  },
  complete: { grant: grant.complete },
  components: {
    ask: {
      answers: 'modal',
      run: async ({ args }) => ({
        kind: 'modal',
        title: 'Extend a grant',
        op: 'by',
        args,
        fields: [{ ...field, required: true }],
      }),
    },
    by: {
      answers: 'message',
      run: (input, app: Uses) => extend(input, input.args[0] ?? '', input.fields.by ?? '', app),
    },
  },
});

async function extend(who: Who, grantId: string, typed: string, app: Uses): Promise<View> {
  const by = app.timeInput.duration(typed);
  if (by.kind === 'problem') return problem(md`The grant was not extended`, md`${by.message}`);
  if (by.value === null)
    return problem(
      md`The grant was not extended`,
      md`“never” is no length of time.`,
      md`To take its end away, use /grant set with until: never.`,
    );
  return await changeGrant(who, { grantId, action: { kind: 'extend', by: by.value }, done: 'extended' }, app);
}
