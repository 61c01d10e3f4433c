/** What was typed and can be read in several ways, or seems odd: whoever typed it is asked, and nothing is guessed. */
import type { Sentence, Text } from '../words/say.ts';

export interface Reading {
  /** What people are shown of it. */
  readonly label: Text;
  /** What can be typed in its place, and is read as this and as nothing else. */
  readonly text: string;
}

export interface Unclear {
  readonly typed: string;
  /** Where it was typed; undefined for a name, which means the same in every option that takes one. */
  readonly option?: string;
  readonly readings: readonly Reading[];
  /** The readings are told in the text as well, because they are names that do not fit on buttons. */
  readonly isListed?: boolean;
}

/** Why something that was typed was not taken, and what it can be read as. */
export interface Misread {
  readonly kind: 'problem';
  readonly message: Sentence;
  readonly unclear?: Unclear;
}
