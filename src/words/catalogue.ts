/** The catalogue: sentences in all languages, with plurals and numbers as ICU's MessageFormat writes them. */
import { createInstance } from 'i18next';
import ICU from 'i18next-icu';
import { german } from './de.ts';
import { english } from './en.ts';
import type { WordKey } from './say.ts';

/** The first is the one that is spoken where nothing else is known. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

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

/** The language for what Discord calls a locale, such as `de` or `en-GB`. */
export function languageOf(locale: string | null | undefined): Language {
  const [spoken] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((language) => language === spoken) ?? 'en';
}

/** The sentence in this language, with values that are ready to be shown. */
export function translate(
  language: Language,
  key: WordKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return catalogue.t(key, { ...values, lng: language });
}
