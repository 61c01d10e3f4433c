import { defineCommand } from '../src/adapters/discord/kit/command.ts';
import { redeemedView } from '../src/adapters/discord/views/member.ts';
import type { App } from '../src/app/app.ts';
import { asMember } from '../src/domain/ids.ts';

export default defineCommand({
  description: 'Redeem an invite code',
  capability: 'member',
  alsoInDm: true,
  opensModal: true,
  async run() {
    return {
      kind: 'modal',
      title: 'Redeem an invite',
      op: 'submit',
      fields: [
        {
          id: 'code',
          label: 'Code',
          description: 'The code, or the whole message with it',
          placeholder: 'ABCD-EFGH-JKLM-NPQR',
          required: true,
          // Lines, and as many letters as Discord allows: people paste what they were sent as it is.
          long: true,
          maxLength: 4_000,
        },
      ],
    };
  },
  components: {
    submit: {
      answers: 'message',
      async run({ guildId, inDm, actor, fields }, { invites }: Pick<App, 'invites'>) {
        const typed = fields.code ?? '';
        return redeemedView(
          await invites.redeemCode({ guildId: inDm ? null : guildId, memberId: asMember(actor.id), typed }),
        );
      },
    },
    // The button under an invite that came by DM: bound to its recipient, so nothing has to be typed.
    open: {
      answers: 'message',
      async run({ guildId, actor, args: [inviteId = ''] }, { invites }: Pick<App, 'invites'>) {
        return redeemedView(await invites.redeemInvite(guildId, inviteId, asMember(actor.id)));
      },
    },
  },
});
