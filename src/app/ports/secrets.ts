/** Ports for secrets: encryption, codes and passwords, and a limit to guessing. */

/** Where a sealed text is kept: it opens there and nowhere else. */
export interface SealedPlace {
  readonly guildId: string;
  /** Table and column, such as `Server.token`. */
  readonly column: string;
  /** Id of the row. */
  readonly row: string;
}

/** Encryption at rest: AES-256-GCM with key id; the place is associated data (rule 10). */
export interface Secrets {
  seal(plain: string, place: SealedPlace): string;
  /** Undefined when it was changed, or moved from another place, or sealed with another key. */
  open(sealed: string, place: SealedPlace): string | undefined;
}

/** What there was in a text: a code in upper case without separators, or several, or only something like one. */
export type ReadCode =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'several' }
  | { readonly kind: 'mistyped' }
  | { readonly kind: 'none' };

/** Invite codes, passwords, and tokens of the API. */
export interface Codes {
  /** A new code in groups of four, 16 characters of an alphabet without look-alikes. */
  newCode(): string;
  /** The code in whatever was pasted: a code, the line with it, or the whole message. */
  read(typed: string): ReadCode;
  /** Upper case, no separators; `undefined` when there is not one code in it. */
  normalise(typed: string): string | undefined;
  /** HMAC-SHA256 of a normalised code or of a token, hex: no text is both. */
  hmac(normalised: string): string;
  /** A new token for a program: `ush_`, and what scanners of leaked keys know it by. */
  newToken(): string;
  /** Whether a text can be a token at all. */
  isToken(text: string): boolean;
  /** The same as it may be kept: also by the keys that were in use before. */
  hmacs(normalised: string): readonly string[];
  /** A password for a new account. */
  newPassword(): string;
  /** An opaque id for a row. */
  newId(): string;
}

/** A limit to how often something may be tried within some time. */
export interface RateLimiter {
  /** Counts one try: `last` when it was the last one, `none-left` when there were too many. */
  take(key: string): Promise<'taken' | 'last' | 'none-left'>;
  /** Whether the next try would be one too many. */
  isSpent(key: string): Promise<boolean>;
  /** As if one try had not been. */
  giveBack(key: string): Promise<void>;
  /** Forgets the tries. */
  clear(key: string): Promise<void>;
}

/**
 * Who guesses: one member, all members of a guild together, all who are known in no guild together. Of the last there
 * are more, so that few of them do not shut out the rest.
 */
export type RateLimits = Readonly<Record<'member' | 'guild' | 'strangers', RateLimiter>>;
