/** Port for the storage of webhooks. */
import type { Webhook } from '../../../domain/webhook.ts';

/** What of a webhook is sealed: as `Webhook.url`, `Webhook.secret` and `Webhook.former`. */
export interface WebhookCiphers {
  readonly urlCipher: string;
  readonly secretCipher: string;
  readonly formerCipher: string | null;
}

export interface WebhookStore {
  /** Oldest first. */
  list(): Promise<readonly Webhook[]>;
  find(webhookId: string): Promise<Webhook | undefined>;
  /** Undefined when it is not there. */
  findCiphers(webhookId: string): Promise<WebhookCiphers | undefined>;
  add(webhook: Webhook & WebhookCiphers): Promise<void>;
  /** False when it is not there: somebody has removed it. */
  update(
    webhookId: string,
    changes: Partial<Omit<Webhook, 'id' | 'name' | 'createdAt'> & WebhookCiphers>,
  ): Promise<boolean>;
  /** False when it was not there. */
  remove(webhookId: string): Promise<boolean>;
  /** The clock was set back to `now`: what waits for another try is due. */
  setBack(now: Date): Promise<void>;
}
