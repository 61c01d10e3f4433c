/** Ports for what is owed to Discord: a row until Discord has it (rule 8). */
import type { Availability } from '../../domain/availability.ts';
import type { DayCount } from '../../domain/digest.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { AuditEvent, ServerKind } from '../../domain/model.ts';
import type { ChangedGrant, NoticePart } from '../../domain/notice.ts';
import type { SignedHead } from '../../domain/record.ts';
import type { Said, Text } from '../../words/say.ts';

/** What a delivery says; rendered by the Discord adapter when it is sent. */
export type DeliveryContent =
  | { readonly kind: 'audit'; readonly event: AuditEvent }
  /** `heldRun`: with buttons by which an admin releases or dismisses it. */
  | {
      readonly kind: 'alert';
      readonly text: Said;
      /** Of something that lasts, in a post that is kept up to date. */
      readonly state?: 'open' | 'over';
      /** Numbers of grants, or ids of members, that it has named so far. */
      readonly about?: readonly string[];
      readonly outage?: Outage;
      readonly heldRun?: string;
      /** With buttons by which an admin decides about those who have lost this role; `mark` tells which these are. */
      readonly losses?: { readonly roleId: string; readonly mark: string };
      /** With a button by which whoever runs Usher says that the clock is right. */
      readonly clock?: true;
      /** With a button by which staff have this server tried again. */
      readonly retry?: string;
      /** With a button by which staff undo that an account was claimed. */
      readonly claimed?: { readonly accountId: string; readonly grantId: string };
      /** With a button by which staff say in which channel this member finds theirs. */
      readonly begins?: MemberId;
    }
  /** What a post says is looked up when it is sent. `version`: what it said when this was owed. */
  | { readonly kind: 'post'; readonly postId: string; readonly version: number }
  | {
      readonly kind: 'invite';
      /** Sealed by Secrets with column `Delivery.code`: the code itself is kept nowhere. */
      readonly codeCipher: string;
      /** Older versions kept names: `Tower · Movies`. */
      readonly gives: readonly Text[];
      readonly duration: string;
      readonly validUntil: string;
      readonly inviteId: string;
      readonly createdById: ActorId;
    }
  /**
   * `signIn`: with the button by which the member signs in with this kind, which accepts what they are invited to.
   * `confirms`: with the buttons by which they say whether they are the one who approved this sign-in.
   */
  | {
      readonly kind: 'notice';
      readonly text: Said;
      readonly signIn?: ServerKind;
      readonly confirms?: { readonly signInId: string };
    }
  /**
   * What has changed for a member within a minute; `parts` are said as they are. What it means to them is put together
   * whenever it is about to be sent, from how things stand then (`said`). From then on, nothing is joined to it.
   */
  | {
      readonly kind: 'changes';
      readonly grants: readonly ChangedGrant[];
      readonly parts: readonly NoticePart[];
      readonly said?: readonly NoticePart[];
    }
  /** In the audit channel: a head of the record, signed (domain/record.ts). */
  | ({ readonly kind: 'head' } & Omit<SignedHead, 'at'>)
  /** All that is stored about the person of the sink, as a file: read when it is sent, and kept nowhere beside. */
  | { readonly kind: 'copy' }
  /** In a channel, for everybody who has an account on a server already: a button by which they prove it. */
  | { readonly kind: 'door' }
  /**
   * In a channel, for a member who takes no direct messages: that there is news, and not what it says. `begins`: they
   * have to do something first, with a button that shows them what.
   */
  | { readonly kind: 'news'; readonly memberId: MemberId; readonly begins?: true }
  /**
   * What a member asks staff for. While it waits, with buttons: the first approves it for `lasts` (the text of a
   * duration; empty is for good).
   */
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly text: Said;
      readonly state: 'waiting' | 'over';
      readonly lasts: string;
      /** For something that they do not have. */
      readonly isNew: boolean;
    }
  /** A button in a channel by which one member, and nobody else, redeems their invite; `ended`, once it is gone. */
  | {
      readonly kind: 'claim';
      readonly inviteId: string;
      readonly memberId: MemberId;
      readonly ended?: ClaimEnd;
    }
  | PanelContent
  | DigestContent
  /**
   * Not a message: a Discord role that the person of the sink is to have, or no longer. `byId`: who attached it, where
   * that is known.
   */
  | {
      readonly kind: 'role';
      readonly roleId: string;
      readonly remove?: true;
      readonly byId?: ActorId | null;
    };

/** How things stand in a guild: in a post that is kept up to date, and in a channel, so that it names nobody. */
export interface PanelContent {
  readonly kind: 'panel';
  /** The first of them, by name. */
  readonly servers: readonly PanelServer[];
  /** How many there are beside. */
  readonly more: number;
  /** How many members have access now; have access that ends within a week; have what is over still. */
  readonly active: number;
  readonly expiring: number;
  readonly overdue: number;
  /** Invites that can be redeemed. */
  readonly invites: number;
  /** When the servers are looked at next. */
  readonly nextSyncAt: string;
}

interface PanelServer {
  readonly name: string;
  readonly state: 'online' | 'offline' | 'sharing' | 'frozen';
  /** Null while it is well. */
  readonly since: string | null;
  /** How many run there now; null where it does not say. Absent where it was not asked. */
  readonly streams?: number | null;
}

/** How the week was, told to staff; the pictures are drawn when it is sent. */
export interface DigestContent {
  readonly kind: 'digest';
  readonly text: Said;
  /** Ids of the members that it names. */
  readonly about: readonly string[];
  /** How many grants went on, day by day. */
  readonly running: readonly DayCount[];
  /** How many end on each of the next days. */
  readonly ends: readonly DayCount[];
  /** Of the first of them, by name. */
  readonly servers: readonly { readonly name: string; readonly days: readonly Availability[] }[];
}

/** What of a server has stopped to work. */
export interface Outage {
  /** Nothing answers, another server does, Usher asks it nothing, or it is up and does not share. */
  readonly what: 'down' | 'wrong' | 'unasked' | 'sharing';
  /** Only a person can put it right, so nobody waits for it to pass. */
  readonly needsStaff: boolean;
  /** That person needs another token. */
  readonly needsToken?: true;
}

export type ClaimEnd = 'claimed' | 'revoked' | 'expired' | 'used-up';

/**
 * What a delivery is, for Discord: a line of the record, an alert to staff or another message, in a channel; a direct
 * message; one of what changed for a member, which waits for a minute; a role that is given or taken. What one kind has
 * to wait for holds up no other.
 */
export type DeliveryKind = 'audit' | 'alert' | 'channel' | 'dm' | 'notice' | 'role';

/** Whether it goes to a person. */
export const isDirect = ({ kind }: Pick<Delivery, 'kind'>): boolean => kind === 'dm' || kind === 'notice';

export interface Delivery {
  readonly id: string;
  readonly guildId: GuildId;
  readonly kind: DeliveryKind;
  /** Channel id or Discord user id. Of one kind, it is served in order. */
  readonly sink: string;
  readonly content: DeliveryContent;
  readonly attempts: number;
}

/**
 * Tells how a delivery fared, named by its id, or by kind and sink (`audit 123`) for the next of these: resolves to its
 * end, or to undefined when that takes longer than `ms`. `refused`: the channel takes nothing now, and it waits.
 */
export type AwaitDelivery = (
  delivery: string,
  ms: number,
) => Promise<'sent' | 'closed' | 'parked' | 'refused' | undefined>;

export type Owed = Pick<Delivery, 'id' | 'kind' | 'sink' | 'content'> & { readonly dueAt?: Date };

export interface DeliveryStore {
  /** It is due at once, or at `dueAt`. */
  owe(delivery: Owed, now: Date): Promise<void>;
  /** One of a kind to each of many sinks. */
  oweEach(kind: DeliveryKind, deliveries: readonly Omit<Owed, 'kind'>[], now: Date): Promise<void>;
  /** What of a kind is owed to these, oldest first. */
  listOwed(
    kind: DeliveryKind,
    sinks: readonly string[],
  ): Promise<readonly Pick<Delivery, 'id' | 'sink' | 'content'>[]>;
  /** Says something else in place of it. False when it was sent or parked before. */
  rewrite(deliveryId: string, content: DeliveryContent): Promise<boolean>;
  /**
   * Notes that Discord has these of one sink, in one message, and forgets their content. False when all of them were
   * sent or parked before.
   */
  markSent(deliveryIds: readonly string[], messageId: string, now: Date): Promise<boolean>;
  /** Gives up: it is never sent, and the next one of its sink may go. False when it was sent or parked before. */
  park(deliveryId: string, trouble: Text, now: Date): Promise<boolean>;
  /** Discord refuses it, so it waits until `dueAt` with all that follows. True when that is new. */
  refuse(
    deliveryId: string,
    refusal: { readonly trouble: Text; readonly dueAt: Date },
    now: Date,
  ): Promise<boolean>;
  /** Channels that Discord refuses, longest first. */
  listRefused(): Promise<readonly RefusedChannel[]>;
  /** The clock was set back to `now`: what waits for another try is due. */
  setBack(now: Date): Promise<void>;
  /** What Discord refused is tried again at once, in every channel. */
  retryRefused(now: Date): Promise<void>;
  /** What waits of a kind for one channel goes to another, in its order and behind what waits there. */
  move(
    channels: { readonly from: string; readonly to: string },
    kind: DeliveryKind,
    now: Date,
  ): Promise<void>;
}

/** A channel in which Usher may not post, and what waits for it. */
export interface RefusedChannel {
  readonly channelId: string;
  readonly since: Date;
  readonly trouble: Text;
  readonly waiting: number;
}

/** A delivery that is about to be sent, and the language of its reader as Discord calls it; null where nobody knows. */
export interface Prepared {
  readonly delivery: Delivery;
  readonly locale: string | null;
}

/** The relay's view of what is owed to Discord; it works across guilds and changes nothing else. */
export interface Outbox {
  /**
   * What is to be sent next beside what is `onItsWay`: of each kind so many that not more than `limit` are on their
   * way, and not more than a quarter of them of one guild. Guilds take turns, from one call to the next. Of each sink
   * only the oldest waiting delivery is offered, when it is due; a person is one sink for all guilds.
   */
  listDue(now: Date, limit: number, onItsWay?: readonly Delivery[]): Promise<readonly Delivery[]>;
  /** What waits behind one that is on its way, in its sink and in order. */
  listBehind(delivery: Delivery, limit: number): Promise<readonly Delivery[]>;
  nextMoment(): Promise<Date | undefined>;
  /** Tries again at `dueAt`. Later deliveries to the same sink wait. */
  postpone(delivery: Delivery, dueAt: Date, trouble: Text): Promise<void>;
}
