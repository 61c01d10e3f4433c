/** What every queue must do. The test moves the clock. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../src/app/ports/log.ts';
import type { Queue, QueuedJob } from '../../src/app/ports/queue.ts';
import type { Clock } from '../../src/app/ports/time.ts';
import { FakeClock } from '../support/clock.ts';
import { MINUTE, SECOND } from '../support/moments.ts';
import { here } from '../support/people.ts';

type Handler = (job: QueuedJob) => Promise<void>;

export function queueContract(make: (deps: { readonly clock: Clock; readonly log: Log }) => Queue): void {
  let clock: FakeClock;
  let queue: Queue;
  /** Keys of jobs in the order in which they began. */
  let began: string[];
  let errors: number;
  let handle: Handler;

  beforeEach(() => {
    clock = new FakeClock();
    began = [];
    errors = 0;
    handle = async () => {};
    const countError = () => {
      errors += 1;
    };
    const log: Log = { info: () => {}, warn: () => {}, error: countError };
    queue = make({ clock, log });
    const run: Handler = async (job) => {
      began.push(job.key);
      await handle(job);
    };
    queue.start({ enforce: run, sync: run, remind: run, hold: run, retry: run, purge: run, record: run });
  });
  afterEach(() => queue.stop());

  const add = (key: string, more: Partial<QueuedJob> = {}) =>
    queue.add({ task: 'enforce', guildId: here, key, ...more });

  /** Waits until everything has happened that needs no passing of time. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  async function pass(ms: number): Promise<void> {
    clock.advance(ms);
    await settle();
  }

  /** Makes jobs run until the test lets them go, by key. */
  function gates() {
    const open = new Map<string, () => void>();
    handle = ({ key }) => new Promise((resolve) => open.set(key, resolve));
    return async (key: string) => {
      open.get(key)?.();
      await settle();
    };
  }

  describe('a job', () => {
    it('runs once', async () => {
      add('a');
      await pass(MINUTE);
      expect(began).toEqual(['a']);
    });

    it('that is added again while it waits is one job', async () => {
      const letGo = gates();
      const names = Array.from({ length: 20 }, (_, n) => `e${n}`);
      for (const name of names) add(name, { task: 'sync' });
      await settle();
      const late = names.find((name) => !began.includes(name)) ?? '';
      add(late, { task: 'sync' });
      add(late, { task: 'sync' });
      for (let rounds = 0; rounds < names.length; rounds += 1) for (const name of names) await letGo(name);
      await pass(MINUTE);
      expect(began.toSorted()).toEqual(names.toSorted());
    });

    it('that is added while it runs runs once more afterwards', async () => {
      const letGo = gates();
      add('a');
      await settle();
      add('a');
      add('a');
      await pass(MINUTE);
      expect(began).toEqual(['a']);
      await letGo('a');
      await pass(SECOND);
      expect(began).toEqual(['a', 'a']);
      await letGo('a');
      await pass(MINUTE);
      expect(began).toEqual(['a', 'a']);
    });

    it('that throws is run again, ever more rarely, and holds up no other', async () => {
      handle = async ({ key }) => {
        if (key === 'bad') throw new Error('no');
      };
      add('bad');
      await settle();
      await pass(9 * SECOND);
      expect(began).toEqual(['bad']);
      add('good');
      add('bad');
      await pass(SECOND);
      expect(began).toEqual(['bad', 'good', 'bad']);
      await pass(15 * SECOND);
      expect(began).toHaveLength(3);
      await pass(10 * SECOND);
      expect(began).toHaveLength(4);
      for (let n = 0; n < 20; n += 1) await pass(11 * MINUTE);
      expect(began.filter((key) => key === 'bad').length).toBeGreaterThan(15);
      expect(errors).toBe(began.filter((key) => key === 'bad').length);
    });
  });

  describe('one kind of work', () => {
    it('takes no places of another, and the rest follows', async () => {
      const letGo = gates();
      for (let n = 0; n < 12; n += 1) add(`s${n}`, { task: 'sync' });
      add('e');
      await settle();
      const first = began.filter((key) => key.startsWith('s')).length;
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThan(12);
      expect(began).toContain('e');
      for (let n = 0; n < 12; n += 1) await letGo(`s${n}`);
      for (let n = 0; n < 12; n += 1) await letGo(`s${n}`);
      expect(began.filter((key) => key.startsWith('s'))).toHaveLength(12);
      await letGo('e');
    });

    it('that is due in twenty guilds with much to do begins in one more', async () => {
      const letGo = gates();
      for (let n = 0; n < 20; n += 1) add(`e${n}`);
      add('one');
      await settle();
      expect(began).toContain('one');
      for (let n = 0; n < 20; n += 1) await letGo(`e${n}`);
      await letGo('one');
    });
  });

  describe('stopping', () => {
    it('waits for what runs, and begins nothing more', async () => {
      const letGo = gates();
      add('a');
      await settle();
      let stopped = false;
      const done = queue.stop().then(() => {
        stopped = true;
      });
      add('b');
      await pass(MINUTE);
      expect([stopped, began]).toEqual([false, ['a']]);
      await letGo('a');
      await done;
      await pass(MINUTE);
      expect(began).toEqual(['a']);
    });
  });
}
