/** Runs at most `limit` works at once, and those with the same key one after another, first come, first served. */
export interface KeyedSemaphore {
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Waiting has no time limit, unlike waiting for a database connection: work behind slow work is late but does not
 * fail.
 */
export function createKeyedSemaphore(limit: number): KeyedSemaphore {
  const waiting: { readonly key: string; readonly go: () => void }[] = [];
  const busy = new Set<string>();

  function next(): void {
    while (busy.size < limit) {
      const index = waiting.findIndex((entry) => !busy.has(entry.key));
      const [entry] = index < 0 ? [] : waiting.splice(index, 1);
      if (entry === undefined) return;
      busy.add(entry.key);
      entry.go();
    }
  }

  return {
    async take(key, work) {
      await new Promise<void>((go) => {
        waiting.push({ key, go });
        next();
      });
      try {
        return await work();
      } finally {
        busy.delete(key);
        next();
      }
    },
  };
}
