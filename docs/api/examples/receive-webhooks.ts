/** Receives webhooks: what is signed, and each event once, however often it is sent. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

interface Told {
  readonly version: 1;
  /** Such as `grant.ended`, or `webhook.test`. */
  readonly type: string;
  readonly timestamp: string;
  readonly guildId: string;
  /** As GET /v1/audit has it. */
  readonly data: { readonly number?: number; readonly targetId?: string | null };
}

export function receiveWebhooks(secret: string, onEvent: (event: Told) => Promise<void>): Server {
  const verifier = new Webhook(secret);
  // Keep these with what you do, in one transaction: then a crash in between does nothing twice.
  const seen = new Set<string>();
  return createServer(async (request, response) => {
    const { headers } = request;
    try {
      // The bytes as they came: another spelling of the same JSON has another signature.
      const event = verifier.verify(await text(request), headers as Record<string, string>) as Told;
      const id = String(headers['webhook-id']);
      if (!seen.has(id)) await onEvent(event);
      seen.add(id);
      response.writeHead(204).end();
    } catch (error) {
      // Not from Usher: 401. Anything else is sent again later.
      response.writeHead(error instanceof Error && error.name === 'WebhookVerificationError' ? 401 : 500).end();
    }
  });
}
