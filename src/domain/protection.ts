/** Why an account is never given anything: what is written to it would reach a household, or who runs the server. */

import { type Sentence, say } from '../words/say.ts';

interface Traits {
  /** Follows "the account … is" and "it is". */
  readonly is: Sentence;
  /** It sees everything because of what it is, so there is nothing that could be taken from it. */
  readonly seesAll: boolean;
}

const reasons = {
  owner: { is: say('trouble.protection.owner'), seesAll: true },
  administrator: { is: say('trouble.protection.administrator'), seesAll: true },
  home: { is: say('trouble.protection.home'), seesAll: false },
  managed: { is: say('trouble.protection.managed'), seesAll: false },
} satisfies Record<string, Traits>;

export type Protection = keyof typeof reasons;

export const PROTECTIONS: Readonly<Record<Protection, Traits>> = reasons;
