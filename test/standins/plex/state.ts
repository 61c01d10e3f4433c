import { randomBytes } from 'node:crypto';
import { type RecordedRequest, Refused, type StandInClock } from '../http.ts';
import { type PlexBehaviour, usualBehaviour } from './behaviour.ts';
import type { PlexServer } from './server.ts';
import type { Share, SharingSettings } from './shares.ts';
import { plexValue, v2Error } from './wire.ts';

export interface PlexAccount {
  readonly id: number;
  readonly uuid: string;
  /** A token of the account that a bot can be given. Signing out with it invalidates it. */
  readonly token: string;
  readonly tokens: Set<string>;
  /** The token of each client that was approved: there is never more than one for the same pair. */
  readonly tokenOf: Map<string, string>;
  username: string;
  email: string;
  title: string;
  friendlyName: string | null;
  /** The owner of the Plex Home that the account belongs to. */
  homeOf: PlexAccount | null;
  /** A managed user has neither user name nor e-mail address (edge case 15). */
  readonly managed: boolean;
  readonly joinedAt: Date;
}

export interface PlexPin {
  readonly id: number;
  readonly code: string;
  readonly strong: boolean;
  readonly clientIdentifier: string;
  readonly product: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  approvedBy: PlexAccount | null;
  authToken: string | null;
  pollsAfterApproval: number;
}

export type ListName = 'accepted' | 'pending' | 'users';

/** All data of plex.tv. The routes read and write it; tests use it through PlexTv. */
export class PlexState {
  readonly clock: StandInClock;
  readonly behaviour: PlexBehaviour = usualBehaviour();
  readonly accounts = new Map<number, PlexAccount>();
  readonly servers = new Map<string, PlexServer>();
  readonly shares = new Map<number, Share>();
  readonly pins = new Map<number, PlexPin>();
  /** Pairs of account ids, the smaller one first. */
  readonly friendships = new Set<string>();
  /** Settings are kept per owner and person, not per server (A5.7). */
  readonly settings = new Map<string, SharingSettings>();
  /** Ids of invites, by person (A5.4). */
  readonly inviteIds = new Map<string, number>();
  /** How many of the next reads of a list return an empty one although there are entries (edge case 4). */
  readonly emptyNext: Record<ListName, number> = { accepted: 0, pending: 0, users: 0 };
  /** Every secret that was issued, for tests that look for leaks. */
  readonly secrets = new Set<string>();
  #lastId = 0;

  constructor(clock: StandInClock) {
    this.clock = clock;
  }

  now(): Date {
    return this.clock.now();
  }

  /** The time `seconds` from now. */
  inSeconds(seconds: number): Date {
    return new Date(this.now().getTime() + seconds * 1_000);
  }

  /** A number above `base` that was not used before. They have gaps, like the real ones. */
  nextId(base: number): number {
    this.#lastId += 7 + (this.#lastId % 5);
    return base + this.#lastId;
  }

  secret(): string {
    const token = randomBytes(15).toString('base64url');
    this.secrets.add(token);
    return token;
  }

  /** True once for each planned empty answer. */
  takesEmpty(list: ListName): boolean {
    if (this.emptyNext[list] <= 0) return false;
    this.emptyNext[list] -= 1;
    return true;
  }

  findAccount(by: (account: PlexAccount) => boolean): PlexAccount | undefined {
    return this.accounts.values().find(by);
  }

  accountOfToken(token: string | undefined): PlexAccount | undefined {
    return token === undefined ? undefined : this.findAccount((account) => account.tokens.has(token));
  }

  /** The account of the request's token. If the token is dead or missing, the request ends as at plex.tv (A2.2). */
  requireAccount(request: RecordedRequest): PlexAccount {
    const account = this.accountOfToken(plexValue(request, 'X-Plex-Token'));
    if (account) return account;
    throw new Refused(
      this.behaviour.invalidToken === 422
        ? v2Error(request, 422, 1001, 'Invalid token')
        : v2Error(request, this.behaviour.invalidToken, 1001, 'User could not be authenticated'),
    );
  }

  areFriends(one: PlexAccount, other: PlexAccount): boolean {
    return this.friendships.has(pairOf(one, other));
  }

  befriend(one: PlexAccount, other: PlexAccount): void {
    this.friendships.add(pairOf(one, other));
  }

  unfriend(one: PlexAccount, other: PlexAccount): boolean {
    return this.friendships.delete(pairOf(one, other));
  }
}

const pairOf = (one: PlexAccount, other: PlexAccount): string =>
  `${Math.min(one.id, other.id)}:${Math.max(one.id, other.id)}`;

/** Hex digits, as in uuids of accounts (16) and machine identifiers (40). */
export const hex = (digits: number): string => randomBytes(digits / 2).toString('hex');

/** ISO 8601 without fractions, the form of v2 JSON (A2.3). */
export const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** Epoch seconds as text, the form of v1 and of Plex Media Servers (A2.3). */
export const epoch = (date: Date): string => String(Math.floor(date.getTime() / 1_000));
