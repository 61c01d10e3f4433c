/** Exclusive work in one process. For several processes, a lock that they share can implement the same port. */
import type { ServerWork, Turn } from '../../app/ports/server-work.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { type Sleeper, withinPatience } from '../../concurrency/patience.ts';

/**
 * How long work waits for that of guilds that have the server at another address. Whoever adds a server that says it is
 * somebody else's, and then hangs, holds that one up for no longer. What is true of it is found out by reading it.
 */
const PATIENCE_MS = 30_000;

export function createServerWork(clock: Sleeper): ServerWork {
  const guilds = new KeyedMutex();
  const servers = new Turns(clock);
  const accounts = new KeyedMutex();
  // Only this decides which works exclude each other.
  const keyOf = (...ids: readonly string[]) => ids.join(':');
  return {
    exclusive: (guildId, { id, kind, identity, url }, work) =>
      guilds.run(keyOf(guildId, id), () => servers.take(keyOf(kind, identity), url, work)),
    isBusy: (guildId, serverId) => guilds.isBusy(keyOf(guildId, serverId)),
    exclusiveFor: (guildId, serverId, memberId, work) =>
      accounts.run(keyOf(guildId, serverId, memberId), work),
    get size() {
      return guilds.size + accounts.size;
    },
    async idle() {
      await Promise.all([guilds.idle(), accounts.idle()]);
    },
  };
}

/** Who has a media server now, and who waits for it. Each guild waits once at most, so they take turns. */
interface Line {
  /** The address at which whoever has it works. */
  at: string;
  readonly waiting: { readonly url: string; readonly go: () => void }[];
}

class Turns {
  readonly #lines = new Map<string, Line>();
  readonly #clock: Sleeper;

  constructor(clock: Sleeper) {
    this.#clock = clock;
  }

  async take<T>(key: string, url: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    const turn = { isWaitedFor: () => (this.#lines.get(key)?.waiting.length ?? 0) > 0 };
    const hasTurn = await this.#wait(key, url);
    try {
      return await work(turn);
    } finally {
      if (hasTurn) this.#pass(key);
    }
  }

  /** Resolves when work may begin: to false when it begins beside that of another address. */
  async #wait(key: string, url: string): Promise<boolean> {
    const line = this.#lines.get(key);
    if (!line) {
      this.#lines.set(key, { at: url, waiting: [] });
      return true;
    }
    const turn = Promise.withResolvers<void>();
    const mine = { url, go: turn.resolve };
    line.waiting.push(mine);
    for (;;) {
      const ahead = [line.at, ...line.waiting.slice(0, line.waiting.indexOf(mine)).map((one) => one.url)];
      if (ahead.every((at) => at === url)) {
        await turn.promise;
        return true;
      }
      const begun = await withinPatience(this.#clock, PATIENCE_MS, turn.promise);
      if (begun.kind === 'done') return true;
      if (line.at === url) continue;
      line.waiting.splice(line.waiting.indexOf(mine), 1);
      return false;
    }
  }

  #pass(key: string): void {
    const line = this.#lines.get(key);
    const next = line?.waiting.shift();
    if (!line || !next) {
      this.#lines.delete(key);
      return;
    }
    line.at = next.url;
    // A step later, so that the caller hears of the end before the next work begins.
    queueMicrotask(next.go);
  }
}
