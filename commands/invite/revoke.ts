import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import { noLongerListed } from '../../src/adapters/discord/kit/list.ts';
import { inviteOption } from '../../src/adapters/discord/kit/named-options.ts';
import { revokedView } from '../../src/adapters/discord/views/invites.ts';
import type { View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'autocomplete' | 'invites'>;

export default defineCommand({
  description: 'Revoke an invite, so that nobody can redeem it any more',
  capability: 'moderator',
  options: { invite: inviteOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await inviteOption.pick(app, who.guildId, options.invite);
    return picked.kind === 'problem' ? picked.view : await revoke(who, picked.item.id, app);
  },
  complete: { invite: inviteOption.complete },
  components: {
    one: { run: (input, app: Uses) => revoke(input, input.args[0] ?? '', app) },
  },
});

async function revoke({ guildId, actor }: Who, inviteId: string, { invites }: Uses): Promise<View> {
  const result = await invites.revoke({ guildId, actorId: actor.id, inviteId });
  return result.kind === 'gone' ? noLongerListed() : revokedView(result);
}
