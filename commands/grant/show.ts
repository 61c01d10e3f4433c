import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import { grantOption } from '../../src/adapters/discord/kit/named-options.ts';
import { grantCard } from '../../src/adapters/discord/views/grant-card.ts';
import { card, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { Grant } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'overview' | 'grantStatus' | 'people'>;

const grant = grantOption('scheduled', 'active', 'paused', 'ending', 'ended');

export default defineCommand({
  description: 'All about one grant, and what was done with it',
  capability: 'auditor',
  options: { grant: grant.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await grant.pick(app, who.guildId, options.grant);
    return picked.kind === 'problem' ? picked.view : await show(who, picked.item, app);
  },
  complete: { grant: grant.complete },
  components: {
    history: {
      async run(input, app: Uses) {
        const picked = await app.autocomplete.pickGrant(input.guildId, input.args[0] ?? '');
        return picked.kind === 'one'
          ? await show(input, picked.item, app, true)
          : card('neutral', md`**${say('grant.gone')}**`);
      },
    },
  },
});

async function show({ guildId, actor }: Who, of: Grant, app: Uses, whole = false): Promise<View> {
  const [standing, events] = await Promise.all([
    app.grantStatus.get(guildId, of.id),
    app.overview.grantHistory(guildId, of),
  ]);
  const ids = [of.memberId, ...events.flatMap(({ actorId }) => actorId ?? [])];
  return grantCard(standing, events, { actor, whole, names: await app.people.named(guildId, ids) });
}
