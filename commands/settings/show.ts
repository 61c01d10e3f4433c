import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import { settingsForms } from '../../src/adapters/discord/kit/settings-forms.ts';
import { settingsView } from '../../src/adapters/discord/views/settings.ts';
import type { Md, View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

type Uses = Pick<App, 'settings' | 'deliveries' | 'drafts' | 'rolePlans' | 'panels' | 'digest'>;

const forms = settingsForms(show);

export default defineCommand({
  description: 'All settings of this community',
  capability: 'auditor',
  run: (who, app: Uses) => show(who, app),
  components: forms.components,
});

async function show({ guildId, actor }: Who, app: Uses, said?: Md): Promise<View> {
  const [now, refused, rolePlans, panels] = await Promise.all([
    app.settings.get(guildId),
    app.deliveries.listRefused(guildId),
    app.rolePlans.list(guildId),
    app.panels.list(guildId),
  ]);
  return settingsView(now, refused, { mayChange: actor.capabilities.has('admin'), said, rolePlans, panels });
}
