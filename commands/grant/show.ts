import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { grantOption } from '../../src/adapters/discord/kit/named-options.ts';
import { grantCard } from '../../src/adapters/discord/views/grant-card.ts';
import type { App } from '../../src/app/app.ts';

const grant = grantOption('scheduled', 'active', 'paused', 'ending', 'ended');

export default defineCommand({
  description: 'All about one grant, and what was done with it',
  capability: 'auditor',
  options: { grant: grant.needed },
  async run({ guildId, actor, options }, app: Pick<App, 'autocomplete' | 'overview' | 'grantStatus'>) {
    const picked = await grant.pick(app, guildId, options.grant);
    if (picked.kind === 'problem') return picked.view;
    const [standing, events] = await Promise.all([
      app.grantStatus.get(guildId, picked.item.id),
      app.overview.grantHistory(guildId, picked.item),
    ]);
    return grantCard(standing, events, actor);
  },
  complete: { grant: grant.complete },
});
