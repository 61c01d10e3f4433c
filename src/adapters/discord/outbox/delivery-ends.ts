/** How deliveries end: written down by a use case, and told to whoever waits for one. */
import type { Delivery, Outbox, Prepared } from '../../../app/ports/outbox.ts';
import type { Post } from '../../../app/ports/posts.ts';
import { type Sleeper, withinPatience } from '../../../concurrency/patience.ts';
import type { Refusal, RelayOutbox } from './outbox-relay.ts';

/** `closed`: the person takes no direct messages. `refused`: it waits until Usher may post there. */
type End = 'sent' | 'closed' | 'parked' | 'refused';

/** The use case that writes an end down, with what else follows from it (rule 8). */
interface Settling {
  sent(delivery: Delivery, messageId: string | null, version?: number): Promise<void>;
  findPost(delivery: Delivery): Promise<Post | undefined>;
  parked(delivery: Delivery, trouble: string, closed: boolean): Promise<void>;
  refused(delivery: Delivery, refusal: Refusal): Promise<void>;
  /** What it says, decided when it is about to be sent; undefined when there is nothing to say any more. */
  prepare(delivery: Delivery): Promise<Prepared | undefined>;
}

export interface DeliveryEnds {
  /**
   * For a command that has just made a delivery: how it fared, or undefined when that takes longer than `ms`. By the id
   * of its channel it is whatever fares first there.
   */
  wait(deliveryOrChannelId: string, ms: number): Promise<End | undefined>;
  /** What the relay works on. */
  noting(outbox: Outbox, settling: Settling): RelayOutbox;
}

export function createDeliveryEnds(clock: Sleeper): DeliveryEnds {
  const waiting = new Map<string, (end: End) => void>();
  const tell = ({ id, sink }: Delivery, end: End): void => {
    for (const key of [id, sink]) waiting.get(key)?.(end);
  };
  return {
    async wait(deliveryOrChannelId, ms) {
      const { promise: end, resolve } = Promise.withResolvers<End>();
      waiting.set(deliveryOrChannelId, resolve);
      const ended = await withinPatience(clock, ms, end);
      if (waiting.get(deliveryOrChannelId) === resolve) waiting.delete(deliveryOrChannelId);
      return ended.kind === 'done' ? ended.value : undefined;
    },
    noting: (outbox, settling) => ({
      ...outbox,
      prepare: (delivery) => settling.prepare(delivery),
      findPost: (delivery) => settling.findPost(delivery),
      async markSent(delivery, messageId, version) {
        await settling.sent(delivery, messageId, version);
        tell(delivery, 'sent');
      },
      async park(delivery, trouble, closed) {
        await settling.parked(delivery, trouble, closed);
        tell(delivery, closed ? 'closed' : 'parked');
      },
      async refuse(delivery, refusal) {
        await settling.refused(delivery, refusal);
        tell(delivery, 'refused');
      },
    }),
  };
}
