/**
 * Sends what webhooks are owed, whenever something happened. It is beside the relay to Discord: neither waits for the
 * other. It keeps nothing, so the process may be killed at any time (rule 11).
 */
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';
import { Background } from '../../concurrency/background.ts';
import type { GuildId } from '../../domain/ids.ts';

interface Due {
  readonly guildId: GuildId;
  readonly webhookId: string;
}

/** The use case: what is due, and what comes of it. */
interface Sending {
  listDue(limit: number, onItsWay: readonly Due[]): Promise<readonly Due[]>;
  nextMoment(): Promise<Date | undefined>;
  sendNext(due: Due): Promise<string | undefined>;
}

interface Options {
  readonly sending: Sending;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every try, for what is counted. */
  readonly onTried?: (outcome: string) => void;
}

export interface WebhookRelay {
  start(): void;
  /** Something may be due now. Called after every transaction. */
  wake(): void;
  /** Takes nothing new and waits for what is being sent: ten seconds at most. */
  stop(): Promise<void>;
}

/** How many are on their way at once. */
const AT_ONCE = 50;
const LONGEST_SLEEP_MS = 60_000;
const AFTER_TROUBLE_MS = 5_000;

/** Makes the relay. It does nothing before `start`. */
export function createWebhookRelay({ sending, clock, log, onTried }: Options): WebhookRelay {
  const onItsWay = new Set<Due>();
  const background = new Background();
  const stopped = new AbortController();
  let woken = new AbortController();
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      // Made before looking for what is due, so that what happens meanwhile wakes the loop.
      woken = new AbortController();
      const wait = await round();
      await clock.sleep(wait, AbortSignal.any([woken.signal, stopped.signal]));
    }
  }

  /** Starts what is due, and returns how long to wait until the next round. */
  async function round(): Promise<number> {
    try {
      for (const due of await sending.listDue(AT_ONCE, [...onItsWay])) begin(due);
      const next = await sending.nextMoment();
      if (!next) return LONGEST_SLEEP_MS;
      const wait = next.getTime() - clock.now().getTime();
      // Those on their way still count as due. When they end, they wake the loop.
      return wait <= 0 ? AFTER_TROUBLE_MS : Math.min(wait, LONGEST_SLEEP_MS);
    } catch (err) {
      log.error({ err }, 'what webhooks are owed could not be read');
      return AFTER_TROUBLE_MS;
    }
  }

  function begin(due: Due): void {
    if (stopped.signal.aborted) return;
    onItsWay.add(due);
    void background
      .run(() => send(due))
      .finally(() => {
        onItsWay.delete(due);
        woken.abort();
      });
  }

  /** Never throws. */
  async function send(due: Due): Promise<void> {
    try {
      const outcome = await sending.sendNext(due);
      if (outcome !== undefined) onTried?.(outcome);
    } catch (err) {
      // The database failed, so it is sent again, and known by its id.
      log.error({ err, ...due }, 'what came of a webhook could not be written down');
      await clock.sleep(AFTER_TROUBLE_MS, stopped.signal);
    }
  }

  return {
    start() {
      loop ??= run();
    },
    wake() {
      woken.abort();
    },
    async stop() {
      stopped.abort();
      await loop;
      await background.idle();
    },
  };
}
