/** Ports for secrets: encryption, codes and passwords, and a limit to guessing. */

/** Encryption at rest: AES-256-GCM with key id; guild and column are associated data (rule 10). */
export interface Secrets {
  seal(plain: string, place: { readonly guildId: string; readonly column: string }): string;
  /** @throws {Error} when the key is wrong or the text was moved from another guild or column. */
  open(sealed: string, place: { readonly guildId: string; readonly column: string }): string;
}

/** What there was in a text: a code in upper case without separators, or several, or only something like one. */
export type ReadCode =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'several' }
  | { readonly kind: 'mistyped' }
  | { readonly kind: 'none' };

/** Invite codes and passwords. */
export interface Codes {
  /** A new code in groups of four, 16 characters of an alphabet without look-alikes. */
  newCode(): string;
  /** The code in whatever was pasted: a code, the line with it, or the whole message. */
  read(typed: string): ReadCode;
  /** Upper case, no separators; `undefined` when there is not one code in it. */
  normalise(typed: string): string | undefined;
  /** HMAC-SHA256 of a normalised code, hex. */
  hmac(normalised: string): string;
  /** A password for a new account. */
  newPassword(): string;
  /** An opaque id for a row. */
  newId(): string;
}

/** A limit to what people may try: five wrong codes in ten minutes, and no more. */
export interface RateLimiter {
  /** Counts one try; false when there were too many. */
  take(key: string): Promise<boolean>;
  /** Forgets the tries, after a right one. */
  clear(key: string): Promise<void>;
}
