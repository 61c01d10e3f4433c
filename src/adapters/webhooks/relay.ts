/**
 * Sends what webhooks are owed, whenever something happened. It is beside the relay to Discord: neither waits for the
 * other. It keeps nothing, so the process may be killed at any time (rule 11).
 */
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import { Rounds } from '../../concurrency/rounds.ts';
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
  /** Takes nothing new, and waits a moment for what is being sent: what is late is sent again, with its id. */
  stop(): Promise<void>;
}

/** How many are on their way at once. */
const AT_ONCE = 50;
const LONGEST_SLEEP_MS = 60_000;
const AFTER_TROUBLE_MS = 5_000;
/** A stop has ten seconds for everything. */
const STOPPED_WITHIN_MS = 2_000;

/** Makes the relay. It does nothing before `start`. */
export function createWebhookRelay({ sending, clock, log, onTried }: Options): WebhookRelay {
  const rounds = new Rounds<Due>(clock);

  /** Starts what is due, and returns how long to wait until the next round. */
  async function round(): Promise<number> {
    try {
      for (const due of await sending.listDue(AT_ONCE, rounds.onItsWay)) rounds.begin(due, send);
      const next = await sending.nextMoment();
      if (!next) return LONGEST_SLEEP_MS;
      const wait = next.getTime() - clock.now().getTime();
      // Those on their way still count as due. When they end, they wake the rounds.
      return wait <= 0 ? AFTER_TROUBLE_MS : Math.min(wait, LONGEST_SLEEP_MS);
    } catch (err) {
      log.error({ err }, 'what webhooks are owed could not be read');
      return AFTER_TROUBLE_MS;
    }
  }

  /** Never throws. */
  async function send(due: Due): Promise<void> {
    try {
      const outcome = await sending.sendNext(due);
      if (outcome !== undefined) onTried?.(outcome);
    } catch (err) {
      if (rounds.stopping.aborted) return;
      // The database failed, so it is sent again, and known by its id.
      log.error({ err, ...due }, 'what came of a webhook could not be written down');
      await clock.sleep(AFTER_TROUBLE_MS, rounds.stopping);
    }
  }

  return {
    start: () => rounds.start(round),
    wake: () => rounds.wake(),
    async stop() {
      await rounds.stop();
      await withinPatience(clock, STOPPED_WITHIN_MS, rounds.idle());
    },
  };
}
