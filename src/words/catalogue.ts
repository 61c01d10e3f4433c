/** The catalogue: sentences in all languages, with plurals and numbers as ICU's MessageFormat writes them. */
import { createInstance } from 'i18next';
import ICU from 'i18next-icu';
import { german } from './de.ts';
import { english } from './en.ts';
import type { Language } from './languages.ts';
import type { WordKey } from './say.ts';

export { LANGUAGES, type Language, languageOf } from './languages.ts';

const catalogue = createInstance();
catalogue.use(ICU);
// Resources are at hand, so this is done when the call returns.
void catalogue.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: english }, de: { translation: german } },
  // Values were made safe for the place they are shown in.
  interpolation: { escapeValue: false },
});

/** The sentence in this language, with values that are ready to be shown. */
export function translate(
  language: Language,
  key: WordKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return catalogue.t(key, { ...values, lng: language });
}
