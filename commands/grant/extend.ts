import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { completeGrants, grantOption, pickedGrant } from '../../src/adapters/discord/kit/grant-choice.ts';
import { changedView } from '../../src/adapters/discord/views/grant-changes.ts';
import { md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'changeGrants' | 'timeInput'>;

export default defineCommand({
  description: 'Give a grant more time: from its end, or from now when it is over',
  capability: 'moderator',
  options: {
    grant: grantOption,
    by: text('How much longer: 12h, 30d, 3mo, 1mo15d', { required: true, maxLength: 40 }),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const picked = await pickedGrant(app.autocomplete, guildId, options.grant);
    if (picked.kind === 'problem') return picked.view;
    return await extend(app, guildId, actor.id, picked.grant.id, options.by);
  },
  complete: { grant: completeGrants('scheduled', 'active', 'paused', 'ending', 'ended') },
  components: {
    ask: {
      answers: 'modal',
      async run({ args }) {
        return {
          kind: 'modal',
          title: 'Extend a grant',
          op: 'by',
          args,
          fields: [
            {
              id: 'by',
              label: 'By how much',
              description: '12h, 30d, 3mo, 1mo15d',
              value: '30d',
              required: true,
              maxLength: 40,
            },
          ],
        };
      },
    },
    by: {
      answers: 'message',
      run: ({ guildId, actor, args: [grantId = ''], fields }, app: Uses) =>
        extend(app, guildId, actor.id, grantId, fields.by ?? ''),
    },
  },
});

async function extend(
  { changeGrants, timeInput }: Uses,
  guildId: string,
  actorId: string,
  grantId: string,
  typed: string,
): Promise<View> {
  const by = timeInput.duration(typed);
  if (by.kind === 'problem') return problem(md`The grant was not extended`, md`${by.message}`);
  if (by.value === null)
    return problem(
      md`The grant was not extended`,
      md`“never” is no length of time.`,
      md`To take its end away, use /grant set with until: never.`,
    );
  const action = { kind: 'extend', by: by.value } as const;
  return changedView(
    'extended',
    await changeGrants.change({ guildId, actorId, grantIds: [grantId], action, reason: null }),
  );
}
