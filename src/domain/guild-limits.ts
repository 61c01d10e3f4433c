/**
 * How much one guild may have: so much that hardly any gets there, and no more than that one guild cannot take what all
 * of them share. Whoever runs Usher sets them (.env.example).
 */

import { type Sentence, say } from '../words/say.ts';

export interface GuildLimits {
  readonly servers: number;
  /** Of all its servers together. */
  readonly libraries: number;
  readonly plans: number;
  /** Those that can be redeemed. */
  readonly invites: number;
  /** Those that are not over, and one more for each use that open invites have left. */
  readonly grants: number;
  /** Begun and not confirmed yet. Of too many the oldest goes. */
  readonly forms: number;
  readonly webhooks: number;
}

export const DEFAULT_LIMITS: GuildLimits = {
  servers: 50,
  libraries: 10_000,
  plans: 500,
  invites: 5_000,
  grants: 100_000,
  forms: 500,
  webhooks: 10,
};

/** What a guild can have no more of. */
export type Limited = Exclude<keyof GuildLimits, 'forms'>;

/** Thrown inside the transaction that would go beyond a limit, so that nothing of it is done. It is told to people. */
export class GuildFull extends Error {
  override readonly name = 'GuildFull';
  readonly says: Sentence;

  constructor(what: Limited, most: number) {
    super(`no more than ${most} ${what}`);
    this.says = say(`trouble.full.${what}`, { most });
  }
}
