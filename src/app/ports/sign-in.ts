/** Ports for signing in elsewhere: on a page of a vendor, or with a code that is typed into the server. */
import type { Protection } from '../../domain/protection.ts';
import type { Known, ServerLocation, Trouble, WriteOutcome } from './media-server.ts';

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

/** By PIN on a page of the vendor, whose accounts are the same on every server: plex.tv (media-servers.md A5.1). */
export interface PageSignIn {
  readonly by: 'page';
  /** `pin` is what `poll` needs; it is a secret. */
  start(): Promise<Known<{ readonly pin: string; readonly link: string; readonly expiresAt: Date }>>;
  poll(pin: string): Promise<
    | { readonly kind: 'waiting' }
    /** The holder's account token, handed out once: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  account(token: string): Promise<Known<VendorAccount>>;
  /**
   * Accepts every invitation of the servers with these identities for the holder (A5.9). Nothing to accept is `done`.
   */
  acceptInvitations(token: string, identities: readonly string[]): Promise<WriteOutcome>;
  /** Signs the token out at the vendor; best effort. */
  forget(token: string): Promise<void>;
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
