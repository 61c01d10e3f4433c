import { expect, it } from 'vitest';
import { judgeSlope } from './slope.ts';

/** A run of ten minutes, sampled every fifteen seconds. */
const run = (valueAt: (minutes: number, index: number) => number) => ({
  name: 'heap',
  unit: 'MB',
  samples: Array.from({ length: 41 }, (_each, index) => ({
    atMinutes: index / 4,
    value: valueAt(index / 4, index),
  })),
  mayGrow: { share: 0.1, by: 4 },
});

/** Between -1 and 1, the same in each run. */
const noise = (index: number) => Math.sin(index * 12.9898) * Math.cos(index * 78.233);
const collected = (index: number) => (index % 6) * 5;

it.each<[string, (minutes: number, index: number) => number, boolean]>([
  ['flat', () => 100, true],
  ['flat with noise', (_minutes, index) => 100 + 15 * noise(index), true],
  ['a saw, as the heap between two collections', (_minutes, index) => 80 + collected(index), true],
  ['warm after three minutes', (minutes) => Math.min(60 + 20 * minutes, 120), true],
  ['a few samples that stick out at the end', (_minutes, index) => (index > 35 ? 300 : 100), true],
  ['shrinking', (minutes) => 200 - 10 * minutes, true],
  ['growing less than is allowed', (minutes) => 100 + minutes, true],
  ['leaking 2 MB a minute', (minutes) => 100 + 2 * minutes, false],
  ['leaking 2 MB a minute under noise', (minutes, index) => 100 + 2 * minutes + 5 * noise(index), false],
  ['leaking 3 MB a minute under a saw', (minutes, index) => 80 + 3 * minutes + collected(index), false],
  ['leaking in steps', (minutes) => 100 + 10 * Math.floor(minutes / 2), false],
  ['leaking only in the second half', (minutes) => 100 + 8 * Math.max(0, minutes - 5), false],
  ['leaking from little: a share of it would hide nothing', (minutes) => 1 + minutes, false],
])('%s', (_name, valueAt, holds) => {
  expect(judgeSlope(run(valueAt)).holds).toBe(holds);
});

it('says how much it grew after the warm-up', () => {
  const { grew, mayGrow } = judgeSlope(run((minutes) => 100 + 3 * minutes));
  expect(grew).toBeCloseTo(20);
  expect(mayGrow).toBeCloseTo(12, 0);
});

it.each([
  ['nothing', []],
  ['too little', [1, 2, 3].map((atMinutes) => ({ atMinutes, value: 100 }))],
])('refuses to judge %s', (_name, samples) => {
  expect(() => judgeSlope({ ...run(() => 0), samples })).toThrow('measured');
});
