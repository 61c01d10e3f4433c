import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { card, md, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { LANGUAGES } from '../../src/words/languages.ts';

export default defineCommand({
  description: 'The language of what Usher posts in the channels here',
  capability: 'admin',
  options: {
    language: choice('People are answered in the language of their own Discord', LANGUAGES, {
      required: true,
      named: { en: 'English', de: 'Deutsch' },
    }),
  },
  async run({ guildId, actor, options: { language } }, { settings }: Pick<App, 'settings'>) {
    await settings.setLanguage({ guildId, actorId: actor.id, language });
    return card(
      'good',
      md`${say('settings.language.saved', { language: say(`settings.language.name.${language}`) })}`,
    );
  },
});
