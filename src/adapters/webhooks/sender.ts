/**
 * Sends to webhooks by the Standard Webhooks scheme. It goes the way of requests to media servers: the address that is
 * checked is the one that is used, nothing is redirected, and a guild's silence is its own (http-client/).
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';
import type { Clock } from '../../app/ports/time.ts';
import type { WebhookAnswer, WebhookMessage, WebhookSender } from '../../app/ports/webhooks.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { AuditEvent } from '../../domain/model.ts';
import { say, type Text } from '../../words/say.ts';
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts';
import type { HttpClients } from '../http-client/http-client.ts';

/** Of what is sent; one that says the same to programs does not change it. */
const PAYLOAD_VERSION = 1;
const USUAL_TIMEOUT_MS = 10_000;
/** As many as the HMAC of the scheme has use for. */
const SECRET_BYTES = 32;

interface Options {
  readonly http: Pick<HttpClients, 'of'>;
  /** The event as the API tells it, so that both say the same. */
  readonly told: (event: AuditEvent) => object;
  readonly clock: Pick<Clock, 'now'>;
  /** For all of a try; default: 10 s. */
  readonly timeoutMs?: number;
}

export function createWebhookSender({
  http,
  told,
  clock,
  timeoutMs = USUAL_TIMEOUT_MS,
}: Options): WebhookSender {
  return {
    newSecret: () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
    async send(guildId, message) {
      const { webhookId, url, secrets, event } = message;
      const now = clock.now();
      const payload = {
        ...{ version: PAYLOAD_VERSION, type: event?.action ?? 'webhook.test' },
        ...{ timestamp: (event?.at ?? now).toISOString(), guildId, data: event ? told(event) : {} },
      };
      const id = idOf(guildId, message);
      const text = JSON.stringify(payload);
      const { origin, pathname, search } = new URL(url);
      const came = await http.of(guildId).call({
        ...{ method: 'POST', base: origin, path: `${pathname}${search}`, json: payload, onlyStatus: true },
        // Webhooks of one host do not wait for each other.
        lane: `webhook ${webhookId}`,
        timeouts: { headersMs: timeoutMs, bodyMs: timeoutMs, totalMs: timeoutMs },
        headers: {
          'user-agent': 'Usher',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, now, text)).join(' '),
        },
        ...(event === null && { isAsked: true }),
      });
      return answerOf(came);
    },
  };
}

/**
 * The same whenever an event is sent to a webhook, so that whoever has it knows it again. The moment is part of it:
 * after a backup was put back, another event may have its number.
 */
function idOf(guildId: GuildId, { webhookId, event }: WebhookMessage): string {
  if (event === null) return `test_${randomUUID()}`;
  const text = `${guildId} ${webhookId} ${event.number} ${event.at.toISOString()}`;
  return `msg_${createHash('sha256').update(text).digest('base64url').slice(0, 27)}`;
}

const GONE = 410;
const TOO_MANY = 429;

function answerOf(came: HttpAnswer | HttpFailure): WebhookAnswer {
  const nothing = { kind: 'not-taken', status: null, retryAfterMs: undefined, isFinal: false } as const;
  if (came.kind === 'failure') return { ...nothing, why: whyNot(came.why) };
  const { status, retryAfterMs } = came;
  if (status >= 200 && status < 300) return { kind: 'taken', status };
  const why =
    status === GONE
      ? say('webhook.why.gone')
      : status === TOO_MANY
        ? say('webhook.why.busy')
        : say('webhook.why.status', { status });
  return { ...nothing, status, why, retryAfterMs, isFinal: status === GONE };
}

/** What the client says of media servers names what can be done there; this is none. */
function whyNot({ kind, message }: HttpFailure['why']): Text {
  switch (kind) {
    case 'timeout':
      return say('webhook.why.slow');
    case 'cut':
      return say('webhook.why.cut');
    case 'redirected':
      return say('webhook.why.redirected');
    case 'blocked':
      return say('webhook.why.blocked');
    case 'plain-http':
      return say('webhook.why.plainHttp');
    default:
      return message;
  }
}
