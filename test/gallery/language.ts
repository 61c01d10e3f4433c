import { languageOf } from '../../src/words/languages.ts';

/** In which all replies are drawn. */
export const LANGUAGE = languageOf(process.env.GALLERY_LANGUAGE);
