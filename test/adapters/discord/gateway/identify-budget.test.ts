import { beforeEach, describe, expect, it } from 'vitest';
import {
  createIdentifyBudget,
  type IdentifyBudget,
} from '../../../../src/adapters/discord/gateway/identify-budget.ts';
import { FakeClock } from '../../../support/clock.ts';
import { MemoryFacts, TestLog } from '../setup.ts';

let clock: FakeClock;
let log: TestLog;
let facts: MemoryFacts;
let budget: IdentifyBudget;
const { signal } = new AbortController();

beforeEach(() => {
  clock = new FakeClock();
  clock.jumps = true;
  log = new TestLog();
  facts = new MemoryFacts();
  budget = createIdentifyBudget({ facts, clock, log });
});

const minutesSince = (start: Date) => (clock.now().getTime() - start.getTime()) / 60_000;

describe('sessions that do not last', () => {
  it('are begun ever more rarely', async () => {
    const start = clock.now();
    const waits: number[] = [];
    for (let session = 0; session < 14; session += 1) {
      const before = clock.now().getTime();
      await budget.take(0, signal);
      waits.push((clock.now().getTime() - before) / 1000);
    }
    expect(waits.slice(0, 6)).toEqual([0, 5, 10, 20, 40, 80]);
    expect(waits.at(-1)).toBe(900);
    expect(minutesSince(start)).toBeGreaterThan(60);
  });

  it('are forgotten when one has lasted', async () => {
    for (let session = 0; session < 5; session += 1) await budget.take(0, signal);
    clock.advance(3_600_000);
    await budget.take(0, signal);
    const before = clock.now();
    await budget.take(0, signal);
    expect(minutesSince(before)).toBeLessThan(0.1);
  });

  it('do not hold up another shard', async () => {
    for (let session = 0; session < 5; session += 1) await budget.take(0, signal);
    const before = clock.now();
    await budget.take(1, signal);
    // Of the same group: five seconds apart.
    expect(clock.now().getTime() - before.getTime()).toBe(5_000);
  });
});

describe('the sessions of a day', () => {
  it('are counted over restarts, said at half, and left alone at nine tenths until the day is over', async () => {
    await budget.learn({ total: 20, remaining: 20, resetAfterMs: 86_400_000, atOnce: 16 });
    const start = clock.now();
    for (let session = 0; session < 18; session += 1)
      await createIdentifyBudgetOf20().then((again) => again.take(0, signal));
    expect(log.find('half of the gateway sessions of the day are used')?.fields).toMatchObject({ count: 10 });
    expect(minutesSince(start)).toBe(0);
    await createIdentifyBudgetOf20().then((again) => again.take(0, signal));
    expect(log.find('nearly all gateway sessions of the day are used; the rest is left alone')).toBeDefined();
    expect(minutesSince(start)).toBe(24 * 60);
  });

  async function createIdentifyBudgetOf20(): Promise<IdentifyBudget> {
    const again = createIdentifyBudget({ facts, clock, log });
    await again.learn({ total: 20, remaining: 20, resetAfterMs: 86_400_000, atOnce: 16 });
    return again;
  }

  it('that others used up count too', async () => {
    await budget.learn({ total: 1000, remaining: 50, resetAfterMs: 3_600_000, atOnce: 1 });
    const start = clock.now();
    await budget.take(0, signal);
    expect(minutesSince(start)).toBe(60);
  });

  it('are not waited for when the connection is closed', async () => {
    clock.jumps = false;
    await budget.take(0, signal);
    const closed = new AbortController();
    const taking = budget.take(0, closed.signal);
    closed.abort();
    await expect(taking).rejects.toThrow();
  });
});

it('a database that takes no writes is no reason to stay away, and what was counted meanwhile is kept later', async () => {
  const set = facts.set.bind(facts);
  facts.set = async () => {
    throw new Error('attempt to write a readonly database');
  };
  for (let session = 0; session < 3; session += 1) await budget.take(0, signal);
  expect(log.find('the number of gateway sessions could not be kept')).toBeDefined();
  facts.set = set;
  await budget.take(0, signal);
  expect(JSON.parse((await facts.find('discord.identifies')) ?? '')).toMatchObject({ count: 4 });
});
