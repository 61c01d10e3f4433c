/** Runs at most `limit` works at once, and a few of each key; keys that wait take turns, however much each has. */
export interface KeyedSemaphore {
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * `each`: how many works of one key may run at once. Waiting has no time limit, unlike waiting for a database
 * connection: work behind slow work is late but does not fail.
 */
export function createKeyedSemaphore(limit: number, each = 1): KeyedSemaphore {
  /** By key, what waits, in the order it came. The key whose turn is next is the first one. */
  const waiting = new Map<string, (() => void)[]>();
  /** By key, how many run. */
  const running = new Map<string, number>();
  let places = limit;

  const behindOthers = (key: string, line: (() => void)[]): void => {
    waiting.delete(key);
    if (line.length > 0) waiting.set(key, line);
  };

  const next = (): void => {
    for (const [key, line] of waiting) {
      if (places === 0) return;
      const runs = running.get(key) ?? 0;
      if (runs >= each) continue;
      const go = line.shift();
      // The walk comes to it once more.
      behindOthers(key, line);
      running.set(key, runs + 1);
      places -= 1;
      go?.();
    }
  };

  const leave = (key: string): void => {
    const runs = (running.get(key) ?? 0) - 1;
    if (runs > 0) running.set(key, runs);
    else running.delete(key);
    places += 1;
    // It had its turn: others may have come meanwhile.
    behindOthers(key, waiting.get(key) ?? []);
    next();
  };

  return {
    async take(key, work) {
      await new Promise<void>((go) => {
        const line = waiting.get(key);
        if (line) line.push(go);
        else waiting.set(key, [go]);
        next();
      });
      try {
        return await work();
      } finally {
        leave(key);
      }
    },
  };
}
