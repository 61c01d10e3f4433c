/** Port for sending to webhooks: signed, to an address that is checked, and without looking at what it answers. */
import type { GuildId } from '../../domain/ids.ts';
import type { AuditEvent } from '../../domain/model.ts';
import type { Text } from '../../words/say.ts';

export interface WebhookMessage {
  /** Of the webhook. */
  readonly webhookId: string;
  readonly url: string;
  /** Each signs: while a secret is replaced, so does the one before. */
  readonly secrets: readonly string[];
  /** Null for a test. */
  readonly event: AuditEvent | null;
}

export type WebhookAnswer =
  | { readonly kind: 'taken'; readonly status: number }
  | {
      readonly kind: 'not-taken';
      /** Null where there was no answer. */
      readonly status: number | null;
      readonly why: Text;
      /** It wants to be left alone for so long. */
      readonly retryAfterMs: number | undefined;
      /** It is of no use to try again: it says that it is gone. */
      readonly isFinal: boolean;
    };

export interface WebhookSender {
  /** A secret to sign with, in the form of Standard Webhooks. */
  newSecret(): string;
  /** Takes ten seconds at most. What an event is known by is the same whenever it is sent to that webhook. */
  send(guildId: GuildId, message: WebhookMessage): Promise<WebhookAnswer>;
}
