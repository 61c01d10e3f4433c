import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { Stores } from '../../src/app/ports/stores.ts';
import type { Clock } from '../../src/app/ports/time.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { toGuildId } from '../../src/domain/ids.ts';
import { createClockHold, type WatchedClock } from '../../src/jobs/clock-hold.ts';
import { type Runner, startRunner } from '../../src/jobs/runner.ts';
import { later, noon, SECOND } from '../support/moments.ts';

// Guilds, by what becomes of them.
const [a, b, c] = [toGuildId('a'), toGuildId('b'), toGuildId('c')];
const [slow, quick, broken] = [toGuildId('slow'), toGuildId('quick'), toGuildId('broken')];
const [good, bad] = [toGuildId('good'), toGuildId('bad')];

/** What is due, as the database would say it. */
class WorkList {
  /** When the enforcement of each guild is due next. */
  readonly enforce = new Map<GuildId, Date>();
  readonly sync = new Map<GuildId, Date>();
  /** When somebody is to be reminded in each guild. */
  readonly remind = new Map<GuildId, Date>();
  readonly purge = new Set<GuildId>();
  readonly unchecked = new Set<GuildId>();
  looks = 0;
  purgeLooks = 0;
  broken = false;

  readonly due: Stores['due'] = {
    listGuilds: async (now) => {
      this.looks += 1;
      if (this.broken) throw new Error('the database is away');
      return ripe(this.enforce, now);
    },
    listSyncs: async (now) => ripe(this.sync, now),
    listDigests: async () => [],
    listWebhooks: async () => [],
    nextWebhook: async () => undefined,
    nextMoment: async () =>
      this.enforce
        .values()
        .toArray()
        .toSorted((one, other) => one.getTime() - other.getTime())[0],
    listReminders: async (now) => ripe(this.remind, now),
    nextReminder: async () =>
      this.remind
        .values()
        .toArray()
        .toSorted((one, other) => one.getTime() - other.getTime())[0],
    listAll: async () => [a, b],
    listUnfinished: async () => [],
    listGuildsOfMember: async () => [],
    listGuildsAbout: async () => [],
    listPurges: async () => {
      this.purgeLooks += 1;
      return [...this.purge];
    },
    findGuildOfToken: async () => undefined,
    listRecordChecks: async () => [...this.unchecked],
    findGuildOfInvite: async () => undefined,
  };
}

/** Uses the timers that vitest controls. `systemClock` sleeps with others, which vitest cannot control. */
const clock: Clock = {
  now: () => new Date(),
  steadyMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

const ripe = (moments: ReadonlyMap<GuildId, Date>, now: Date): readonly GuildId[] =>
  [...moments].filter(([, moment]) => moment <= now).map(([guildId]) => guildId);

let list: WorkList;
let runner: Runner;
let clockHold: WatchedClock;
/** Facts about the installation, as the database would keep them. */
let facts: Map<string, string>;
/** What was run, for which guild, and how long after noon. */
let ran: string[];
let errors: string[];
/**
 * What the enforcement of a guild does. By default it ends at once. Afterwards nothing is due unless it returns
 * `still due`.
 */
let jobs: Map<string, () => Promise<'still due' | undefined>>;

/** `lastBelieved`: when an earlier run believed the clock. */
function start(lastBelieved?: Date): Runner {
  const log: Log = { info: () => {}, warn: () => {}, error: (_fields, sentence) => errors.push(sentence) };
  clockHold = createClockHold(clock, () => performance.now(), lastBelieved);
  runner = startRunner({
    stores: {
      due: list.due,
      installation: {
        find: async (key) => facts.get(key),
        set: async (key, value) => void facts.set(key, value),
      },
    },
    clock,
    clockHold,
    queue: createInProcessQueue({ clock, log }),
    log,
    jobs: {
      async enforce(guildId) {
        ran.push(`${guildId} at ${Date.now() - noon.getTime()}`);
        const end = await jobs.get(guildId)?.();
        if (end !== 'still due') list.enforce.delete(guildId);
      },
      async remind(guildId) {
        ran.push(`remind ${guildId} at ${Date.now() - noon.getTime()}`);
        list.remind.delete(guildId);
      },
      async record(guildId) {
        ran.push(`record ${guildId}`);
        list.unchecked.delete(guildId);
      },
      async purge(guildId) {
        ran.push(`purge ${guildId}`);
        list.purge.delete(guildId);
      },
      async hold(guildId) {
        ran.push(`hold ${guildId}`);
      },
      async retry(guildId) {
        ran.push(`retry ${guildId}`);
      },
      async sync(guildId) {
        ran.push(`sync ${guildId} at ${Date.now() - noon.getTime()}`);
        list.sync.delete(guildId);
      },
    },
  });
  return runner;
}

beforeEach(() => {
  vi.useFakeTimers({ now: noon });
  list = new WorkList();
  ran = [];
  facts = new Map();
  errors = [];
  jobs = new Map();
});
afterEach(async () => {
  const stopped = runner.stop();
  await vi.advanceTimersByTimeAsync(SECOND);
  await stopped;
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** The shortest time between two looks, in ms. */
const PAUSE = 250;

describe('work that takes long', () => {
  it('holds up no other guild, and a guild that fails waits before it is tried again', async () => {
    list.enforce.set(slow, later(0));
    list.enforce.set(quick, later(2 * SECOND));
    const { promise: forEver, resolve: letGo } = Promise.withResolvers<undefined>();
    jobs.set(slow, () => forEver);
    start();
    await pass(3 * SECOND);
    expect(ran).toEqual(['slow at 0', expect.stringMatching(/^quick at 2\d{3}$/)]);
    letGo(undefined);
    await pass(0);

    list.enforce.set(broken, later(3 * SECOND));
    jobs.set(broken, async () => {
      throw new Error('always');
    });
    runner.wake();
    await pass(9 * SECOND);
    expect(ran.filter((job) => job.startsWith('broken'))).toHaveLength(1);
    await pass(2 * SECOND);
    expect(ran.filter((job) => job.startsWith('broken'))).toHaveLength(2);
  });
});

describe('a clock that jumps by more than a day', () => {
  it('ends nothing, is said once to each guild, and is believed again when it is right', async () => {
    list.enforce.set(a, later(SECOND));
    start();
    await pass(0);
    // The system clock is set forward; the steady time goes on as before.
    vi.setSystemTime(later(25 * 60 * 60 * SECOND));
    runner.wake();
    await pass(PAUSE);
    runner.wake();
    await pass(PAUSE);
    expect(ran).toEqual(['hold a']);
    expect(list.enforce.has(a)).toBe(true);

    vi.setSystemTime(later(2 * SECOND));
    runner.wake();
    await pass(PAUSE);
    expect(ran).toEqual(['hold a', `a at ${2 * SECOND + PAUSE}`]);
  });

  it('ends nothing that waited in the queue since before, and it is done when the clock is right', async () => {
    const places = Promise.withResolvers<undefined>();
    const busy = Array.from({ length: 64 }, (_, index) => toGuildId(`busy ${index}`));
    for (const guildId of busy) {
      list.enforce.set(guildId, noon);
      jobs.set(guildId, () => places.promise);
    }
    list.enforce.set(a, later(SECOND));
    start();
    await pass(2 * SECOND);
    expect(ran.filter((job) => job.startsWith('a '))).toEqual([]);
    vi.setSystemTime(later(25 * 60 * 60 * SECOND));
    places.resolve(undefined);
    await pass(SECOND);
    expect(ran.filter((job) => / a\b|^a /.test(job))).toEqual(['hold a']);
    vi.setSystemTime(later(4 * SECOND));
    runner.wake();
    await pass(SECOND);
    expect(ran.filter((job) => job.startsWith('a '))).toHaveLength(1);
  });

  it('is believed as it is when whoever runs Usher says so', async () => {
    list.enforce.set(a, later(SECOND));
    start();
    await pass(0);
    vi.setSystemTime(later(25 * 60 * 60 * SECOND));
    runner.wake();
    await pass(PAUSE);
    expect([ran, clockHold.isHeld()]).toEqual([['hold a'], true]);
    clockHold.confirm();
    runner.wake();
    await pass(PAUSE);
    expect(clockHold.isHeld()).toBe(false);
    expect(ran).toEqual(['hold a', `a at ${25 * 60 * 60 * SECOND + 2 * PAUSE}`]);
  });

  it('by less is believed', async () => {
    list.enforce.set(a, later(SECOND));
    start();
    await pass(0);
    vi.setSystemTime(later(23 * 60 * 60 * SECOND));
    runner.wake();
    await pass(PAUSE);
    expect(ran).toEqual([`a at ${23 * 60 * 60 * SECOND + PAUSE}`]);
  });
});

describe('a clock that is behind at the start', () => {
  const DAY = 24 * 60 * 60 * SECOND;

  it.each([
    ['three days', later(3 * DAY)],
    ['an hour', later(60 * 60 * SECOND)],
    ['half a century', new Date(noon.getTime() + 56 * 365 * DAY)],
  ])(
    'by %s is waited for, nobody is asked, and all goes on by itself once it is set',
    async (_name, believed) => {
      list.enforce.set(a, later(-SECOND));
      list.enforce.set(b, new Date(believed.getTime() - SECOND));
      start(believed);
      await pass(60 * SECOND);
      expect([ran, clockHold.isHeld(), clockHold.isWaiting(), errors]).toEqual([[], true, true, []]);
      expect(facts.size).toBe(0);
      vi.setSystemTime(new Date(believed.getTime() + 120 * SECOND));
      await pass(5 * SECOND);
      expect(ran.map((job) => job.split(' ')[0])).toEqual(['a', 'b']);
      expect([clockHold.isHeld(), clockHold.isWaiting()]).toEqual([false, false]);
      // Later it may jump like any other.
      vi.setSystemTime(new Date(believed.getTime() + 2 * DAY));
      expect([clockHold.isHeld(), clockHold.isWaiting()]).toEqual([true, false]);
    },
  );

  it('and is not set for ten minutes is believed when it is off by less than a day, and what waits is tried', async () => {
    list.enforce.set(a, later(-SECOND));
    start(later(60 * 60 * SECOND));
    await pass(9 * 60 * SECOND);
    expect(ran).toEqual([]);
    await pass(61 * SECOND);
    expect(ran).toEqual(['retry a', 'retry b', expect.stringMatching(/^a at /)]);
  });

  it('and is not set for ten minutes is asked about when it is off by more', async () => {
    list.enforce.set(a, later(-SECOND));
    start(later(2 * DAY));
    await pass(9 * 60 * SECOND);
    expect(ran).toEqual([]);
    await pass(61 * SECOND);
    expect([ran, clockHold.isWaiting()]).toEqual([['hold a'], false]);
    clockHold.confirm();
    runner.wake();
    await pass(0);
    expect(ran.at(-1)).toMatch(/^a at /);
  });

  it('is known by the minute at which an earlier run believed it', async () => {
    start();
    await pass(0);
    expect([...facts.values()]).toEqual([noon.toISOString()]);
    await pass(90 * SECOND);
    expect([...facts.values()]).toEqual([later(60 * SECOND).toISOString()]);
    // Not while it is not believed.
    vi.setSystemTime(later(25 * 60 * 60 * SECOND));
    await pass(120 * SECOND);
    expect([...facts.values()]).toEqual([later(60 * SECOND).toISOString()]);
  });
});

describe('a clock that is set back', () => {
  it('by less than a day makes nothing late: what waits for another try is tried within half a minute', async () => {
    start();
    await pass(5 * SECOND);
    list.sync.set(a, later(-2 * 60 * 60 * SECOND));
    vi.setSystemTime(later(-60 * 60 * SECOND));
    await pass(30 * SECOND);
    expect(ran.filter((job) => job.startsWith('retry'))).toEqual(['retry a', 'retry b']);
    expect(ran.filter((job) => job.startsWith('sync'))).toHaveLength(1);
    await pass(120 * SECOND);
    expect(ran.filter((job) => job.startsWith('retry'))).toHaveLength(2);
  });

  it('by a nudge, or forward, changes nothing', async () => {
    start();
    await pass(5 * SECOND);
    vi.setSystemTime(later(4.5 * SECOND));
    await pass(30 * SECOND);
    vi.setSystemTime(later(60 * 60 * SECOND));
    await pass(30 * SECOND);
    expect(ran).toEqual([]);
  });
});

describe('what is due', () => {
  it('at the start runs at once', async () => {
    list.enforce.set(a, later(-SECOND));
    start();
    await pass(0);
    expect(ran).toEqual(['a at 0']);
  });

  it('later runs at its moment', async () => {
    list.enforce.set(a, later(5 * SECOND));
    start();
    await pass(5 * SECOND - 1);
    expect(ran).toEqual([]);
    await pass(1);
    expect(ran).toEqual(['a at 5000']);
  });

  it('in several guilds runs in each at its own moment', async () => {
    list.enforce.set(a, later(2 * SECOND));
    list.enforce.set(b, later(4 * SECOND));
    list.enforce.set(c, later(4 * SECOND));
    start();
    await pass(5 * SECOND);
    expect(ran).toEqual(['a at 2000', 'b at 4000', 'c at 4000']);
  });

  it('since something changed is found when the runner is woken', async () => {
    start();
    await pass(SECOND);
    list.enforce.set(a, later(2 * SECOND));
    runner.wake();
    await pass(2 * SECOND);
    expect(ran).toEqual(['a at 2000']);
  });

  it('and that nobody told the runner of is found by the next tick, half a minute later at most', async () => {
    start();
    await pass(SECOND);
    list.enforce.set(a, later(0));
    list.sync.set(b, later(0));
    await pass(30 * SECOND);
    expect(ran).toEqual(['a at 30000', 'sync b at 30000']);
  });

  it('in a month does not upset the timer', async () => {
    list.enforce.set(a, later(40 * 24 * 3_600 * SECOND));
    start();
    await pass(60 * SECOND);
    expect(ran).toEqual([]);
    expect(list.looks).toBeLessThan(5);
  });

  it('again after a pass runs again, and not at once', async () => {
    jobs.set(a, async () => (ran.length < 3 ? 'still due' : undefined));
    list.enforce.set(a, later(0));
    start();
    await pass(5 * SECOND);
    expect(ran).toEqual(['a at 0', 'a at 250', 'a at 500']);
  });
});

describe('passes', () => {
  it('of a guild come one at a time', async () => {
    const gate = Promise.withResolvers<undefined>();
    let inside = 0;
    jobs.set(a, async () => {
      inside += 1;
      expect(inside).toBe(1);
      await gate.promise;
      inside -= 1;
      return undefined;
    });
    list.enforce.set(a, later(0));
    start();
    for (let times = 0; times < 5; times += 1) {
      runner.wake();
      await pass(SECOND);
    }
    expect(ran).toHaveLength(1);
    gate.resolve(undefined);
    await pass(SECOND);
    expect(ran).toHaveLength(1);
  });

  it('of a guild that takes long do not hold up another that is woken', async () => {
    const gate = Promise.withResolvers<undefined>();
    jobs.set(slow, () => gate.promise);
    list.enforce.set(slow, later(0));
    start();
    await pass(SECOND - 1);
    list.enforce.set(quick, later(SECOND - 1));
    runner.wake();
    await pass(PAUSE);
    expect(ran).toEqual(['slow at 0', expect.stringMatching(/^quick at (999|1\d{3})$/)]);
    gate.resolve(undefined);
  });

  it('are so many at a time that no guild waits for a few others; the rest come when one has ended', async () => {
    const gates = Array.from({ length: 66 }, () => Promise.withResolvers<undefined>());
    gates.forEach((gate, index) => {
      const guildId = toGuildId(`g${index}`);
      jobs.set(guildId, () => gate.promise);
      list.enforce.set(guildId, later(0));
    });
    start();
    await pass(SECOND);
    expect(ran).toHaveLength(64);
    gates[0]?.resolve(undefined);
    await pass(SECOND);
    expect(ran).toHaveLength(65);
    for (const gate of gates) gate.resolve(undefined);
    await pass(SECOND);
    expect(ran).toHaveLength(66);
  });
});

describe('a job that throws', () => {
  it('is logged, does not stop the others, and is tried again', async () => {
    jobs.set(bad, async () => {
      throw new Error('a bug');
    });
    list.enforce.set(bad, later(0));
    list.enforce.set(good, later(0));
    start();
    await pass(0);
    expect(ran).toEqual(['bad at 0', 'good at 0']);
    expect(errors).toEqual(['a job broke off']);
    await pass(30 * SECOND);
    expect(ran.filter((what) => what.startsWith('bad')).length).toBeGreaterThan(1);
    expect(ran.filter((what) => what.startsWith('good'))).toHaveLength(1);
  });

  it('does not spin', async () => {
    jobs.set(bad, async () => {
      throw new Error('a bug');
    });
    list.enforce.set(bad, later(0));
    start();
    await pass(10 * SECOND);
    expect(ran.length).toBeLessThanOrEqual(41);
  });

  it('that is the look itself is made good by the next tick', async () => {
    list.broken = true;
    list.enforce.set(a, later(0));
    start();
    await pass(SECOND);
    expect(errors).toEqual(['what is due could not be looked up']);
    list.broken = false;
    await pass(30 * SECOND);
    expect(ran).toEqual(['a at 30000']);
  });
});

describe('stopping', () => {
  it('waits for what runs, and starts nothing more', async () => {
    const gate = Promise.withResolvers<undefined>();
    jobs.set(a, () => gate.promise);
    list.enforce.set(a, later(0));
    start();
    await pass(0);
    let stopped = false;
    const stopping = runner.stop().then(() => {
      stopped = true;
    });
    list.enforce.set(b, later(0));
    runner.wake();
    await pass(60 * SECOND);
    expect(stopped).toBe(false);
    gate.resolve(undefined);
    await pass(SECOND);
    await stopping;
    await pass(60 * SECOND);
    expect(ran).toEqual(['a at 0']);
  });

  it('of an idle runner is done at once, and no timer is left', async () => {
    list.enforce.set(a, later(3_600 * SECOND));
    start();
    await pass(0);
    await runner.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('looks for what is due at once when it is woken, and then not again for a moment, however often it is', async () => {
  start();
  await pass(SECOND);
  const before = list.looks;
  runner.wake();
  await pass(0);
  expect(list.looks).toBe(before + 1);
  for (let times = 0; times < 10 * PAUSE; times += 1) {
    runner.wake();
    await pass(1);
  }
  await pass(SECOND);
  expect(list.looks).toBeGreaterThanOrEqual(before + 10);
  expect(list.looks).toBeLessThanOrEqual(before + 12);
  // What became due while it paused is not left to the tick.
  list.enforce.set(a, new Date());
  runner.wake();
  runner.wake();
  await pass(PAUSE);
  expect(ran).toHaveLength(1);
});

describe('how long ago it was found out what is due', () => {
  it('is half a minute at most, and grows while nothing can be read', async () => {
    start();
    await pass(0);
    expect(runner.sinceLookMs()).toBe(0);
    await pass(20 * SECOND);
    expect(runner.sinceLookMs()).toBe(20 * SECOND);
    await pass(11 * SECOND);
    expect(runner.sinceLookMs()).toBe(SECOND);
    list.due.listGuilds = async () => {
      throw new Error('the disk is gone');
    };
    await pass(10 * 60 * SECOND);
    expect(runner.sinceLookMs()).toBeGreaterThan(9 * 60 * SECOND);
  });
});

describe('what is done once a day', () => {
  it('is looked for at the start and once a minute, however often something is due', async () => {
    list.purge.add(a);
    start();
    await pass(0);
    expect(ran).toEqual([`purge ${a}`]);
    list.purge.add(b);
    for (let turn = 0; turn < 50; turn += 1) {
      runner.wake();
      await pass(SECOND);
    }
    expect(list.looks).toBeGreaterThan(40);
    expect([ran.length, list.purgeLooks]).toEqual([1, 1]);
    await pass(30 * SECOND);
    expect(ran).toEqual([`purge ${a}`, `purge ${b}`]);
  });

  it('is the check of the record, too', async () => {
    list.unchecked.add(b);
    start();
    await pass(0);
    expect(ran).toEqual([`record ${b}`]);
  });
});
