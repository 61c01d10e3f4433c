/**
 * Loaded into the bot's process before it starts (NODE_OPTIONS), by the soak only. Writes a line of JSON every second
 * to SOAK_SAMPLES. It forces no collection: the heap that is in use is what the last full one left.
 */
import { appendFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly rss: number;
  /** What the last full collection left; undefined before the first. */
  readonly heapKept?: number;
  readonly external: number;
  /** Sockets, timers, requests and whatever else keeps a process alive. */
  readonly handles: number;
  /** The longest that the event loop was held up since the last sample, in ms. */
  readonly blockedMs: number;
  /** Processor time since the start, in ms. */
  readonly cpuMs: number;
}

const EVERY_MS = 1_000;
const file = process.env.SOAK_SAMPLES;
if (file !== undefined) {
  let heapKept: number | undefined;
  new PerformanceObserver((list) => {
    const isFull = ({ detail }: { readonly entryType: string; readonly detail?: unknown }) =>
      typeof detail === 'object' &&
      detail !== null &&
      'kind' in detail &&
      detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
    if (list.getEntries().some(isFull)) heapKept = process.memoryUsage().heapUsed;
  }).observe({ entryTypes: ['gc'] });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  setInterval(() => {
    const { rss, external } = process.memoryUsage();
    const cpu = process.cpuUsage();
    const sample: Sample = {
      at: Date.now(),
      rss,
      ...(heapKept !== undefined && { heapKept }),
      external,
      handles: process.getActiveResourcesInfo().length,
      blockedMs: delay.max / 1e6,
      cpuMs: (cpu.user + cpu.system) / 1000,
    };
    delay.reset();
    appendFileSync(file, `${JSON.stringify(sample)}\n`);
  }, EVERY_MS).unref();
}
