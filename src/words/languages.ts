/** The languages that Usher speaks. */

/** The first is the one that is spoken where nothing else is known. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language for what Discord calls a locale, such as `de` or `en-GB`. */
export function languageOf(locale: string | null | undefined): Language {
  const [spoken] = (locale ?? '').toLowerCase().split(/[-_]/);
  return LANGUAGES.find((language) => language === spoken) ?? 'en';
}
