/**
 * How much one guild may have: so much that hardly any gets there, and no more than that one guild cannot take what all
 * of them share. Whoever runs Usher sets them (.env.example).
 */

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
}

export const DEFAULT_LIMITS: GuildLimits = {
  servers: 50,
  libraries: 10_000,
  plans: 500,
  invites: 5_000,
  grants: 100_000,
  forms: 500,
};

/** What a guild can have no more of. */
export type Limited = Exclude<keyof GuildLimits, 'forms'>;

/** Thrown inside the transaction that would go beyond a limit, so that nothing of it is done. It is told to people. */
export class GuildFull extends Error {
  override readonly name = 'GuildFull';

  constructor(what: Limited, most: number) {
    super(SENTENCES[what]((one, many) => `${most.toLocaleString('en')} ${most === 1 ? one : many}`));
  }
}

const SENTENCES: Readonly<Record<Limited, (most: (one: string, many: string) => string) => string>> = {
  servers: (most) =>
    `This community has ${most('server', 'servers')}, the most there can be here. Remove one, or ask who runs Usher.`,
  libraries: (most) =>
    `With this server the community would have more than ${most('library', 'libraries')}, the most there can be here. Remove a server, or ask who runs Usher.`,
  plans: (most) =>
    `This community has ${most('plan', 'plans')}, the most there can be here. Delete one, or ask who runs Usher.`,
  invites: (most) =>
    `This community has ${most('open invite', 'open invites')}, the most there can be here. Wait until some are redeemed or have run out, or ask who runs Usher.`,
  grants: (most) =>
    `This community has ${most('open grant', 'open grants')}, the most there can be here; what can still be redeemed counts as well. Revoke some, or ask who runs Usher.`,
};
