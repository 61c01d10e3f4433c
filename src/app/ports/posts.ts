/**
 * Messages in channels that are kept up to date: an alert to staff, a button for a member. Each is posted once and
 * edited as what it is about changes, until that is over.
 */
import type { DeliveryContent } from './outbox.ts';

/** What a post is about. Of each topic there is one post at a time. */
export type Topic =
  | `${'outage' | 'stuck' | 'held' | 'losses' | 'frozen' | 'endpoints' | 'channel' | 'role' | 'claim' | 'news' | 'request' | 'record' | 'panel' | 'webhook'} ${string}`
  | 'clock'
  | 'door';

export type PostContent = Extract<
  DeliveryContent,
  { kind: 'alert' | 'claim' | 'door' | 'news' | 'request' | 'panel' }
>;

export interface Post {
  readonly id: string;
  readonly topic: Topic;
  /** Of its deliveries. */
  readonly kind: 'alert' | 'channel';
  /** `waiting`: for `dueAt`, before it is posted, so that what is over by then is not told at all. */
  readonly state: 'waiting' | 'open' | 'closed';
  /** Channel it belongs to; null: to that for alerts, whichever it is. */
  readonly sink: string | null;
  /** The record says the same, so that the audit channel does not need it as well. */
  readonly onRecord: boolean;
  /** Null: the message is to go. */
  readonly content: PostContent | null;
  /** Counts what it said. */
  readonly version: number;
  /** The version that the message surely shows; 0 before it is posted. */
  readonly shown: number;
  /** Where the message is. */
  readonly channelId: string | null;
  readonly messageId: string | null;
  /** The delivery that will show it, while one is owed. */
  readonly deliveryId: string | null;
  /** When it is looked at next. */
  readonly dueAt: Date | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

export interface PostStore {
  /** Adds it, or replaces all of it. */
  put(post: Post): Promise<void>;
  get(postId: string): Promise<Post | undefined>;
  /** The newest about it, open or closed. */
  find(topic: Topic): Promise<Post | undefined>;
  /** Those that are not closed, oldest first. */
  list(): Promise<readonly Post[]>;
  /** Panels are looked at at that moment, unless they are before: something may be different that they show. */
  ringPanels(at: Date): Promise<void>;
  /** Those that are to be looked at. */
  listDue(now: Date): Promise<readonly Post[]>;
  remove(postId: string): Promise<void>;
  /** The clock was set back to `now`: what waits for a moment is looked at. */
  setBack(now: Date): Promise<void>;
}
