/**
 * What is said about commands while they are typed, by what is typed: `grant add` is a command, `grant add member` its
 * option, `grant list state = active` a choice of an option, and `grant` what holds all of them. English stands with
 * the commands; its own table has what holds several of them, and has no file.
 */
import german from './de/descriptions.json' with { type: 'json' };
import english from './en/descriptions.json' with { type: 'json' };
import { LANGUAGES, type Language } from './languages.ts';

type Table = Readonly<Record<string, string>>;
export const DESCRIPTIONS: Readonly<Record<Language, Table>> = { en: english, de: german };

/** In the language, or in English where the language has none. */
export const describedIn = (language: Language, typed: string, inEnglish: string): string =>
  DESCRIPTIONS[language][typed] ?? inEnglish;

/** In all languages but English, as Discord takes them beside it. */
export const localisedDescriptions = (typed: string): Partial<Record<Language, string>> =>
  Object.fromEntries(
    LANGUAGES.filter((language) => language !== 'en').flatMap((language) => {
      const text = DESCRIPTIONS[language][typed];
      return text === undefined ? [] : [[language, text]];
    }),
  );
