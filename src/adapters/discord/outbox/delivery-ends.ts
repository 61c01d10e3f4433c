/** How deliveries end: written down by a use case, and told to whoever waits for one. */
import type { Delivery, Outbox, Prepared } from '../../../app/ports/outbox.ts';
import { type Sleeper, withinPatience } from '../../../concurrency/patience.ts';
import type { NonEmpty } from '../../../domain/model.ts';
import type { Refusal, RelayOutbox } from './outbox-relay.ts';

/** `closed`: the person takes no direct messages. */
type End = 'sent' | 'closed' | 'parked';

/** The use case that writes an end down, with what else follows from it (rule 8). */
interface Settling {
  sent(deliveries: NonEmpty<Delivery>, messageId: string): Promise<void>;
  parked(delivery: Delivery, trouble: string, closed: boolean): Promise<void>;
  refused(delivery: Delivery, refusal: Refusal): Promise<void>;
  /** What it says, decided when it is about to be sent; undefined when there is nothing to say any more. */
  prepare(delivery: Delivery): Promise<Prepared | undefined>;
}

export interface DeliveryEnds {
  /** For a command that has just made a delivery: its end, or undefined when that takes longer than `ms`. */
  wait(deliveryId: string, ms: number): Promise<End | undefined>;
  /** What the relay works on. */
  noting(outbox: Outbox, settling: Settling): RelayOutbox;
}

export function createDeliveryEnds(clock: Sleeper): DeliveryEnds {
  const waiting = new Map<string, (end: End) => void>();
  return {
    async wait(deliveryId, ms) {
      const { promise: end, resolve } = Promise.withResolvers<End>();
      waiting.set(deliveryId, resolve);
      const ended = await withinPatience(clock, ms, end);
      waiting.delete(deliveryId);
      return ended.kind === 'done' ? ended.value : undefined;
    },
    noting: (outbox, settling) => ({
      ...outbox,
      prepare: (delivery) => settling.prepare(delivery),
      async markSent(deliveries, messageId) {
        await settling.sent(deliveries, messageId);
        for (const { id } of deliveries) waiting.get(id)?.('sent');
      },
      async park(delivery, trouble, closed) {
        await settling.parked(delivery, trouble, closed);
        waiting.get(delivery.id)?.(closed ? 'closed' : 'parked');
      },
      async refuse(delivery, refusal) {
        await settling.refused(delivery, refusal);
      },
    }),
  };
}
