/** Ports for signing in elsewhere: on a page of a vendor, or with a code that is typed into the server. */
import type { Protection } from '../../domain/protection.ts';
import type { AccountToken, Known, ServerLocation, Trouble, WriteOutcome } from './media-server.ts';

/** What is kept of an account at a vendor after a sign-in. */
export interface VendorAccount {
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
  /** Why nothing may be given to it on any server, as the vendor says; null where nothing is in the way. */
  readonly protection: Protection | null;
  /** It is of some household, or may be; the server knows whether that is its owner's. */
  readonly inHousehold: boolean;
}

/**
 * A sign-in that waits on a page, and the client that it was made for. A vendor keeps one token per account and client
 * (media-servers.md A2.2), so each sign-in is a client of its own: it replaces no other token, and signing it out ends
 * no other.
 */
export interface PagePin {
  /** A secret. */
  readonly pin: string;
  /** Null is the installation's own: sign-ins of older versions. */
  readonly clientIdentifier: string | null;
}

/** By PIN on a page of the vendor, whose accounts are the same on every server: plex.tv (media-servers.md A5.1). */
export interface PageSignIn {
  readonly by: 'page';
  /** `forWhom`: the page says for whom the sign-in is, so that nobody else approves it unaware. */
  start(forWhom?: string): Promise<Known<PagePin & { readonly link: string; readonly expiresAt: Date }>>;
  poll(pin: PagePin): Promise<
    | { readonly kind: 'waiting' }
    /** The holder's token, of the client of the PIN, handed out once: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  account(as: AccountToken): Promise<Known<VendorAccount>>;
  /**
   * Accepts every invitation of the servers with these identities for the holder (A5.9). Nothing to accept is `done`.
   */
  acceptInvitations(as: AccountToken, identities: readonly string[]): Promise<WriteOutcome>;
  /**
   * Signs the token out at the vendor; best effort. One of the installation's own client is left alone, because a
   * server may be kept with it.
   */
  forget(as: AccountToken): Promise<void>;
}

/** By a code that the holder types into the server: Quick Connect of Jellyfin (media-servers.md B10). */
export interface CodeSignIn {
  readonly by: 'code';
  /** `secret` is what `poll` needs. `not-possible` where the server has it turned off. */
  start(
    at: ServerLocation,
  ): Promise<Known<{ readonly secret: string; readonly code: string; readonly lifeMs: number }>>;
  poll(
    at: ServerLocation,
    secret: string,
  ): Promise<
    | { readonly kind: 'waiting' }
    /** A session of the account: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string; readonly userId: string; readonly name: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  /** Makes an API key named Usher with an administrator's session, and resolves to it. */
  makeKey(at: ServerLocation, token: string): Promise<Known<string>>;
  /** Signs the session out; best effort. */
  forget(at: ServerLocation, token: string): Promise<void>;
}
