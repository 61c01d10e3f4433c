/** Helpers for measuring. */
import { readFileSync } from 'node:fs';

/** The value below which the given share of the values lies (nearest rank). */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    count: values.length,
    p50: round(median(values)),
    p99: round(percentile(values, 0.99)),
    max: round(Math.max(...values)),
  };
}

/** `p50 3 ms, p99 12 ms, max 20 ms`. */
export const spreadText = ({ p50, p99, max }: Spread): string =>
  `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** One decimal below 10 ms, none above. */
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
export const round = (value: number): number => Math.round(value * 100) / 100;
export const counted = (value: number): string => value.toLocaleString('en-US');

/** Resident memory of a process in MB: now, and at its peak. Linux only. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
  return { now: field('VmRSS'), peak: field('VmHWM') };
}
