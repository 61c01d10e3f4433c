/** Ports for what is owed to Discord: a row until Discord has it (rule 8). */
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { AuditEvent } from '../../domain/model.ts';

/** What a delivery says; rendered by the Discord adapter when it is sent. */
export type DeliveryContent =
  | { readonly kind: 'audit'; readonly event: AuditEvent }
  /** `heldRun`: with buttons by which an admin releases or dismisses it. */
  | {
      readonly kind: 'alert';
      readonly text: string;
      readonly grant?: number;
      readonly heldRun?: string;
      /** With a button by which an admin says that the clock is right. */
      readonly clock?: true;
    }
  | {
      readonly kind: 'invite';
      /** Sealed by Secrets with column `Delivery.code`: the code itself is kept nowhere. */
      readonly codeCipher: string;
      readonly gives: readonly string[];
      readonly duration: string;
      readonly validUntil: string;
      readonly inviteId: string;
      readonly createdById: ActorId;
    }
  | { readonly kind: 'notice'; readonly text: string }
  /** In a channel, for a member who takes no direct messages: that there is news, and not what it says. */
  | { readonly kind: 'news'; readonly memberId: MemberId }
  /** A button in a channel by which one member, and nobody else, redeems their invite. */
  | { readonly kind: 'claim'; readonly inviteId: string; readonly memberId: MemberId }
  /** Not a message: a Discord role that the person of the sink is to have, or no longer. */
  | { readonly kind: 'role'; readonly roleId: string; readonly remove?: true };

export interface Delivery {
  readonly id: string;
  readonly guildId: GuildId;
  readonly kind: 'channel' | 'dm';
  /** Channel id or Discord user id. */
  readonly sink: string;
  readonly content: DeliveryContent;
  readonly attempts: number;
}

export interface DeliveryStore {
  owe(delivery: Pick<Delivery, 'id' | 'kind' | 'sink' | 'content'>, now: Date): Promise<void>;
  /** Discord has it; false when it was settled before. What it said is not kept. */
  markSent(deliveryId: string, messageId: string, now: Date): Promise<boolean>;
  /** Final: it will not be sent, and the next one of the sink may go. False when it was settled before. */
  park(deliveryId: string, trouble: string, now: Date): Promise<boolean>;
}

/** The relay's view of what is owed to Discord; it works across guilds and changes nothing else. */
export interface Outbox {
  /** The head of each sink whose head is due: at most one per sink, in order. */
  listDue(now: Date, limit: number): Promise<readonly Delivery[]>;
  nextMoment(): Promise<Date | undefined>;
  /** Try again at `dueAt`; the sink waits. */
  postpone(delivery: Delivery, dueAt: Date, trouble: string): Promise<void>;
}
