/** Whatever can let time pass, such as a clock. */
export interface Sleeper {
  /** Resolves after that many milliseconds, or at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What became of work that somebody waited for. */
export type InTime<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'late' };

/**
 * Waits for work, but no longer than `ms`. Late work goes on; what it rejects with then is not unhandled, and concerns
 * only those who look at it themselves.
 * @throws what the work rejects with in time.
 */
export async function withinPatience<T>(clock: Sleeper, ms: number, work: Promise<T>): Promise<InTime<T>> {
  const done = work.then((value): InTime<T> => ({ kind: 'done', value }));
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then((): InTime<T> => ({ kind: 'late' }));
  try {
    return await Promise.race([done, late]);
  } finally {
    // Or its timer would keep the process, and tests would wait for it.
    over.abort();
  }
}
