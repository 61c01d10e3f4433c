/** How far a sign-in on a page of a vendor is, and what came of it. */
import type { Server } from '../../domain/model.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { LinkRefusal } from './link.ts';

/**
 * How far it is on one server. `staff`: it was refused, and a person has to act. `later`: it was tried, and is tried
 * again by itself.
 */
export interface ServerStep {
  readonly server: Server;
  readonly state: 'invited' | 'ready' | 'staff' | 'later';
}

/** How far a sign-in is, once it was approved. */
export interface SignInSteps {
  /** Null until it is known whose sign-in it is. */
  readonly account: string | null;
  readonly servers: readonly ServerStep[];
  /** Whom it waits for; null while it goes on by itself. */
  readonly waitsFor: 'staff' | 'other-side' | null;
}

export type PageConnection =
  | { readonly kind: 'connected'; readonly account: string }
  /** Connected, but not everything that follows from it is done. */
  | {
      readonly kind: 'unfinished';
      readonly account: string;
      readonly servers: readonly ServerStep[];
      /** The vendor did not let Usher accept the invitations, and says why: it concerns the member's own account. */
      readonly byHand?: { readonly reason: string | null };
    }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'refused';
      readonly why: LinkRefusal;
      readonly account: string;
    }
  | { readonly kind: 'failed'; readonly why: Trouble };
