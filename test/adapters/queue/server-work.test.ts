import { describe, expect, it } from 'vitest';
import { createServerWork } from '../../../src/adapters/queue/server-work.ts';
import { ada, ben, here, there } from '../../support/people.ts';
import { aServer } from '../../support/rows.ts';

const tower = aServer();

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, end: resolve };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('exclusive work on a server', () => {
  it('runs one after another on one server, at once on others', async () => {
    const servers = createServerWork();
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
    const servers = createServerWork();
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

  it('goes on after work that failed', async () => {
    const servers = createServerWork();
    const broken = servers.exclusive(here, tower, () => Promise.reject(new Error('broken')));
    const next = servers.exclusive(here, tower, async () => 'done');
    await expect(broken).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('holds up no making of an account there, and those of one member wait for each other', async () => {
    const servers = createServerWork();
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
