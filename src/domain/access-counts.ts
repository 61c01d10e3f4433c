/**
 * How many accounts of a server have something there, are invited, or are linked to a member and have nothing. An
 * invitation that nobody has accepted is no access.
 */
export interface AccessCounts {
  readonly has: number;
  readonly invited: number;
  readonly none: number;
}

export const NOBODY: AccessCounts = { has: 0, invited: 0, none: 0 };
