/**
 * What a drill has seen on a server, as plain data. A drill plays with a throw-away account what Usher does with those
 * of members; beliefs.ts compares what was seen with what Usher counts on.
 */

import type { Text } from '../../words/say.ts';
import type { Worded } from '../trouble.ts';

/** Parts of a drill, in the order in which they are played. */
export const DRILL_STEPS = ['look', 'give', 'accept', 'change', 'withdraw', 'clean-up'] as const;
export type DrillStep = (typeof DRILL_STEPS)[number];

/** Moments at which something is looked at: after what was done. */
type DrillMoment =
  | 'before'
  | 'given'
  | 'accepted'
  | 'marked'
  | 'changed'
  | 'withdrawn'
  | 'signed-in-again'
  | 'deleted';

/** What a look showed, or why it could not be made. */
export type Look<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'unseen'; readonly why: Worded };

/** An account as the server lists it. Ids of libraries are the server's. */
export interface ListedAccount {
  readonly access: 'all' | readonly string[];
  readonly pending: boolean;
  readonly disabled: boolean;
  /** What it would see again if somebody enabled it. */
  readonly dormant: 'all' | readonly string[];
}

/** Lists in which a server shows an account; an open one gives access. */
export type DrillList = 'accepted' | 'pending' | 'v1' | 'accounts' | 'account';

/** What an account itself is shown. */
export interface OwnView {
  /** Whether it gets in at all. */
  readonly open: boolean;
  readonly libraries: readonly string[];
  /** What it is shown beside libraries of the server, in words. */
  readonly beside: readonly string[];
}

/** What the server keeps of an account beside its libraries, comparable by value. */
export type Kept = Readonly<Record<string, unknown>>;

export interface KeptSettings {
  /** By the place where they are told; null where that place tells none. */
  readonly places: Readonly<Record<string, Kept | null>>;
  /** Those that the next write would send back; null where nobody tells them. */
  readonly effective: Kept | null;
  /** Rights that are open beside the libraries, in words. */
  readonly rights: readonly string[];
}

type At<T> = Partial<Record<DrillMoment, Look<T>>>;

export interface DrillFacts {
  /** The library that the admin picked, by its id on the server. */
  readonly library: string;
  /** Why the rest was not played, in a sentence; null when all of it was. */
  stopped: Text | null;
  /** Libraries as the server lists them. */
  libraries?: Look<readonly { readonly externalId: string; readonly grantable: boolean }[]>;
  /** What the server's lists show of the account; null when it is in none. */
  readonly listed: At<ListedAccount | null>;
  readonly lists: At<readonly DrillList[]>;
  /** After which writes their very answer said that more is open than was asked. It was closed at once. */
  readonly exceeded: Partial<Record<DrillMoment, true>>;
  /** What the account itself is shown. */
  readonly own: At<OwnView>;
  readonly settings: At<KeptSettings>;
  /** What the drill wrote into the settings, as nobody's but the server's. */
  mark?: Look<Kept>;
  /** How a second withdrawal was answered. */
  again?: Look<'done' | 'failed'>;
}

export const noFacts = (library: string): DrillFacts => ({
  library,
  stopped: null,
  listed: {},
  lists: {},
  exceeded: {},
  own: {},
  settings: {},
});
