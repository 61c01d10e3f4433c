/** How deliveries end: written down by a use case, and told to whoever waits for one. */
import type { Delivery, Outbox, Prepared } from '../../../app/ports/outbox.ts';
import type { Post } from '../../../app/ports/posts.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { type Sleeper, withinPatience } from '../../../concurrency/patience.ts';
import type { NonEmpty } from '../../../domain/model.ts';
import type { Refusal, RelayOutbox } from './outbox-relay.ts';

/** `closed`: the person takes no direct messages. `refused`: the channel takes nothing for now, and it waits. */
type End = 'sent' | 'closed' | 'parked' | 'refused';

/** The use case that writes an end down, with what else follows from it (rule 8). */
interface Settling {
  sent(deliveries: NonEmpty<Delivery>, messageId: string | null, version?: number): Promise<void>;
  findPost(delivery: Delivery): Promise<Post | undefined>;
  parked(delivery: Delivery, trouble: string, closed: boolean): Promise<void>;
  refused(delivery: Delivery, refusal: Refusal): Promise<void>;
  /** What it says, decided when it is about to be sent; undefined when there is nothing to say any more. */
  prepare(delivery: Delivery): Promise<Prepared | undefined>;
}

export interface DeliveryEnds {
  /**
   * For a command that has just made a delivery, by its id, or by kind and sink (`audit 123`) for the next of these:
   * its end, or undefined when that takes longer than `ms`.
   */
  wait(delivery: string, ms: number): Promise<End | undefined>;
  /** What the relay works on. */
  noting(outbox: Outbox, settling: Settling): RelayOutbox;
  /** For how many milliseconds no try to hand something to Discord has ended, in whatever way. */
  sinceEndMs(): number;
}

/** `onTried`: told of every try, for what is counted. */
export function createDeliveryEnds(
  clock: Sleeper & Pick<Clock, 'steadyMs'>,
  onTried: (kind: Delivery['kind'], end: End | 'postponed') => void = () => {},
): DeliveryEnds {
  const waiting = new Map<string, (end: End) => void>();
  let endedMs = clock.steadyMs();
  const tried = ({ kind }: Delivery, end: End | 'postponed'): void => {
    endedMs = clock.steadyMs();
    onTried(kind, end);
  };
  const ended = (delivery: Delivery, end: End): void => {
    const { id, kind, sink } = delivery;
    tried(delivery, end);
    for (const key of [id, `${kind} ${sink}`]) waiting.get(key)?.(end);
  };
  return {
    sinceEndMs: () => clock.steadyMs() - endedMs,
    async wait(delivery, ms) {
      const { promise: end, resolve } = Promise.withResolvers<End>();
      waiting.set(delivery, resolve);
      const waited = await withinPatience(clock, ms, end);
      waiting.delete(delivery);
      return waited.kind === 'done' ? waited.value : undefined;
    },
    noting: (outbox, settling) => ({
      ...outbox,
      prepare: (delivery) => settling.prepare(delivery),
      findPost: (delivery) => settling.findPost(delivery),
      async markSent(deliveries, messageId, version) {
        await settling.sent(deliveries, messageId, version);
        for (const delivery of deliveries) ended(delivery, 'sent');
      },
      async park(delivery, trouble, closed) {
        await settling.parked(delivery, trouble, closed);
        ended(delivery, closed ? 'closed' : 'parked');
      },
      async refuse(delivery, refusal) {
        await settling.refused(delivery, refusal);
        ended(delivery, 'refused');
      },
      async postpone(...postponed) {
        await outbox.postpone(...postponed);
        tried(postponed[0], 'postponed');
      },
    }),
  };
}
