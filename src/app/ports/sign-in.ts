/** Ports for signing in elsewhere: a PIN at plex.tv, Quick Connect at a Jellyfin server. */
import type { Known, ServerLocation, Trouble, WriteOutcome } from './media-server.ts';

/** What is kept of a Plex account after a sign-in. */
export interface PlexAccount {
  /** Plex account id. */
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
}

/** Sign-in by PIN at plex.tv (media-servers.md A5.1). */
export interface PlexSignIn {
  /** `pin` is what `poll` needs; it is a secret. */
  start(): Promise<Known<{ readonly pin: string; readonly link: string; readonly expiresAt: Date }>>;
  poll(pin: string): Promise<
    | { readonly kind: 'waiting' }
    /** The member's account token: use it, then `forget` it. */
    | { readonly kind: 'approved'; readonly token: string }
    | { readonly kind: 'expired' }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  account(token: string): Promise<Known<PlexAccount>>;
  /** Accepts every invitation of these servers for the member (A5.9). Nothing to accept is `done`. */
  acceptInvitations(token: string, machineIdentifiers: readonly string[]): Promise<WriteOutcome>;
  /** Signs the token out at plex.tv; best effort. */
  forget(token: string): Promise<void>;
}

/** Sign-in by Quick Connect at a Jellyfin server: the holder types a code there (media-servers.md B10). */
export interface QuickConnect {
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
