import { beforeEach, describe, expect, it } from 'vitest';
import { createServerWork } from '../../../src/adapters/queue/server-work.ts';
import { FakeClock } from '../../support/clock.ts';
import { ada, ben, here, nowhere, there } from '../../support/people.ts';
import { aServer } from '../../support/rows.ts';
import { inEnglish } from '../../support/said.ts';

const tower = aServer();

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve };
}

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('exclusive work on a server', () => {
  it('runs one after another on one server, at once on others', async () => {
    const servers = createServerWork(clock);
    const [first, order] = [work(), [] as string[]];
    const note = (what: string) => async () => void order.push(what);
    void servers.exclusive(here, tower, first.run).then(note('first'));
    const second = servers.exclusive(here, tower, note('second'));
    await servers.exclusive(here, aServer({ id: 'attic', identity: 'identity-attic' }), note('elsewhere'));
    await servers.exclusive(there, aServer({ identity: 'another' }), note('another guild'));
    expect(order).toEqual(['elsewhere', 'another guild']);
    expect(servers.isBusy(here, 'tower')).toBe(true);
    first.end();
    await second;
    expect(order).toEqual(['elsewhere', 'another guild', 'first', 'second']);
    await servers.idle();
    expect(servers.isBusy(here, 'tower')).toBe(false);
    expect(servers.size).toBe(0);
  });

  it('runs one after another where guilds share a server, each of which knows only its own work', async () => {
    const servers = createServerWork(clock);
    const [first, order] = [work(), [] as string[]];
    void servers.exclusive(here, tower, async () => {
      await first.run();
      order.push('first');
    });
    const theirs = aServer({ id: 'their-row' });
    const second = servers.exclusive(there, theirs, async () => void order.push('second'));
    await settled();
    expect(order).toEqual([]);
    expect(servers.isBusy(there, 'tower')).toBe(false);
    expect(servers.isBusy(there, 'their-row')).toBe(true);
    first.end();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('is told when another guild waits for the server', async () => {
    const servers = createServerWork(clock);
    const first = work();
    const waits: boolean[] = [];
    const mine = servers.exclusive(here, tower, async (turn) => {
      waits.push(turn.isWaitedFor());
      await first.run();
      waits.push(turn.isWaitedFor());
    });
    await settled();
    const again = servers.exclusive(here, tower, async (turn) => void waits.push(turn.isWaitedFor()));
    const theirs = servers.exclusive(there, tower, async () => undefined);
    await settled();
    first.end();
    await Promise.all([mine, again, theirs]);
    expect(waits).toEqual([false, true, false]);
  });

  it('takes turns guild by guild, whatever else one of them has to do there', async () => {
    const servers = createServerWork(clock);
    const order: string[] = [];
    const asks = (guildId: typeof here, name: string) =>
      servers.exclusive(guildId, tower, async () => void order.push(name));
    await Promise.all([
      asks(here, 'a'),
      asks(here, 'b'),
      asks(here, 'c'),
      asks(there, 'x'),
      asks(there, 'y'),
    ]);
    expect(order).toEqual(['a', 'x', 'b', 'y', 'c']);
  });

  it('waits for half a minute where another address says that it is the same server, and no longer', async () => {
    const servers = createServerWork(clock);
    const [hangs, order] = [work(), [] as string[]];
    const pretender = aServer({ url: 'http://elsewhere.test' });
    const first = servers.exclusive(there, pretender, hangs.run);
    const mine = servers.exclusive(here, tower, async () => void order.push('mine'));
    const same = servers.exclusive(nowhere, pretender, async () => void order.push('same address'));
    await settled();
    clock.advance(29_000);
    await settled();
    expect(inEnglish(order)).toEqual([]);
    clock.advance(2_000);
    await mine;
    await settled();
    expect(inEnglish(order)).toEqual(['mine']);
    hangs.end();
    await Promise.all([first, same]);
    expect(inEnglish(order)).toEqual(['mine', 'same address']);
    expect(inEnglish(servers.size)).toBe(0);
  });

  it('goes on after work that failed', async () => {
    const servers = createServerWork(clock);
    const broken = servers.exclusive(here, tower, () => Promise.reject(new Error('broken')));
    const next = servers.exclusive(here, tower, async () => 'done');
    await expect(broken).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('holds up no making of an account there, and those of one member wait for each other', async () => {
    const servers = createServerWork(clock);
    const [pass, making] = [work(), work()];
    const done: string[] = [];
    void servers.exclusive(here, tower, pass.run);
    const first = servers.exclusiveFor(here, 'tower', ada, making.run).then(() => done.push('first'));
    const second = servers.exclusiveFor(here, 'tower', ada, async () => void done.push('second'));
    await servers.exclusiveFor(here, 'tower', ben, async () => void done.push('ben'));
    await settled();
    expect(done).toEqual(['ben']);
    making.end();
    await Promise.all([first, second]);
    expect(done).toEqual([ben, 'first', 'second']);
    pass.end();
    await servers.idle();
  });
});
