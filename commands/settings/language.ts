import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { changeLanguage, changeView } from '../../src/adapters/discord/kit/settings-changes.ts';
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
  run: async ({ options, ...who }, app: Pick<App, 'settings'>) =>
    changeView(await changeLanguage(who, options.language, app)),
});
