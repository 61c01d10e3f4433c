import { defineCommand } from '../src/adapters/discord/kit/command.ts';
import { redeemed } from '../src/adapters/discord/kit/sign-in.ts';
import { type Modal, say } from '../src/adapters/discord/views/view.ts';
import type { App } from '../src/app/app.ts';
import { asMember } from '../src/domain/ids.ts';

type Uses = Pick<App, 'invites' | 'overview' | 'signIns'>;

const form: Modal = {
  kind: 'modal',
  title: say('redeem.title'),
  op: 'submit',
  fields: [
    {
      id: 'code',
      label: say('redeem.code'),
      description: say('redeem.codeHelp'),
      placeholder: 'ABCD-EFGH-JKLM-NPQR',
      required: true,
      // Lines, and as many letters as Discord allows: people paste what they were sent as it is.
      long: true,
      maxLength: 4_000,
    },
  ],
};

export default defineCommand({
  description: 'Redeem an invite code',
  capability: 'member',
  alsoInDm: true,
  opensModal: true,
  run: async () => form,
  components: {
    // The button where somebody has nothing yet.
    type: { answers: 'modal', run: async () => form },
    submit: {
      answers: 'message',
      async run(input, app: Uses) {
        const { guildId, inDm, actor, fields } = input;
        const typed = fields.code ?? '';
        const memberId = asMember(actor.id);
        const result = await app.invites.redeemCode({ guildId: inDm ? null : guildId, memberId, typed });
        return await redeemed(result, input, app);
      },
    },
    // The button under an invite that came by DM: bound to its recipient, so nothing has to be typed.
    open: {
      answers: 'message',
      async run(input, app: Uses) {
        const { guildId, actor, args } = input;
        const result = await app.invites.redeemInvite(guildId, args[0] ?? '', asMember(actor.id));
        return await redeemed(result, input, app);
      },
    },
  },
});
