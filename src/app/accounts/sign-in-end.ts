/** How far a member's sign-in is, and what came of it. */
import type { MemberId } from '../../domain/ids.ts';
import type { Server, ServerKind, SignIn } from '../../domain/model.ts';
import type { AccountToken, Known, Trouble } from '../ports/media-server.ts';
import type { LinkRefusal } from './link.ts';

/** Where somebody signs in: on a page for all servers of a kind, or with a code at one server. */
export interface SignInPlace {
  readonly kind: ServerKind;
  /** Null for a page. */
  readonly server: Server | null;
}

/**
 * How far it is on one server. `staff`: it was refused, and a person has to act. `later`: it was tried, and is tried
 * again by itself.
 */
export interface ServerStep {
  readonly server: Server;
  readonly state: 'invited' | 'ready' | 'staff' | 'later';
}

/** How far it is, once it was confirmed. */
export interface SignInSteps {
  readonly account: string | null;
  readonly servers: readonly ServerStep[];
  /** Whom it waits for; null while it goes on by itself. */
  readonly waitsFor: 'staff' | 'other-side' | null;
}

export type SignInEnd =
  | { readonly kind: 'connected'; readonly account: string }
  /** Connected, but not everything that follows from it is done. */
  | {
      readonly kind: 'unfinished';
      readonly account: string;
      readonly servers: readonly ServerStep[];
      /** The vendor did not let Usher accept the invitations, and says why: it concerns the member's own account. */
      readonly byHand?: { readonly reason: string | null };
    }
  /** Nobody approved it in time, or it is not accepted any more. */
  | { readonly kind: 'expired' }
  /** It was approved, and the member did not say in time that it was they; or said that it was not. */
  | { readonly kind: 'unconfirmed' | 'declined'; readonly account: string }
  /** The member got an account there meanwhile. */
  | { readonly kind: 'superseded' }
  /** Usher stops. It goes on after the next start. */
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'refused';
      /** `nothing-there`: no server shows it, and nothing is given for it. */
      readonly why: LinkRefusal | 'nothing-there';
      readonly account: string;
      /** The account that the member has, where that is why. */
      readonly has?: string;
    }
  | { readonly kind: 'failed'; readonly why: Trouble };

/** Whose sign-in it turned out to be. */
export interface WhoSignedIn {
  readonly externalId: string;
  readonly name: string;
}

/** What came of one try to link; `again` when another one may bring it further. */
export interface Try {
  readonly end: SignInEnd;
  readonly again: boolean;
}

/** What a confirmed sign-in is linked with. */
export interface Confirmed {
  readonly signIn: SignIn;
  readonly who: WhoSignedIn;
  /** The member's token; null where none is kept. */
  readonly as: AccountToken | null;
  readonly tell: (steps: SignInSteps) => void;
}

/** One way of signing in, at one place. */
export interface Way {
  readonly place: SignInPlace;
  begin(forWhom: string): Promise<
    Known<{
      /** What it is polled with; a secret. */
      readonly secret: string;
      readonly clientIdentifier: string | null;
      /** The link or the code to show. */
      readonly shown: string;
      readonly expiresAt: Date;
    }>
  >;
  poll(waiting: {
    readonly secret: string;
    readonly clientIdentifier: string | null;
  }): Promise<
    | { readonly kind: 'waiting' | 'expired' }
    | { readonly kind: 'approved'; readonly token: string | null; readonly who: WhoSignedIn | null }
    | { readonly kind: 'unknown'; readonly why: Trouble }
  >;
  /** Whose token it is, where the approval did not say. */
  who(as: AccountToken): Promise<Known<WhoSignedIn>>;
  /** Every step of it may be repeated. */
  link(memberId: MemberId, confirmed: Confirmed): Promise<Try>;
  /** Signs a token out that is not needed any more; best effort. */
  forget(as: AccountToken): Promise<void>;
}
