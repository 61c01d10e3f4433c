import { describe, expect, it } from 'vitest';
import { createServerWork } from '../../../src/adapters/queue/server-work.ts';
import { ada, ben, here, there } from '../../support/people.ts';

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
    void servers.exclusive(here, 'tower', first.run).then(note('first'));
    const second = servers.exclusive(here, 'tower', note('second'));
    await servers.exclusive(here, 'attic', note('elsewhere'));
    await servers.exclusive(there, 'tower', note('another guild'));
    expect(order).toEqual(['elsewhere', 'another guild']);
    expect(servers.isBusy(here, 'tower')).toBe(true);
    first.end();
    await second;
    expect(order).toEqual(['elsewhere', 'another guild', 'first', 'second']);
    await servers.idle();
    expect(servers.isBusy(here, 'tower')).toBe(false);
    expect(servers.size).toBe(0);
  });

  it('goes on after work that failed', async () => {
    const servers = createServerWork();
    const broken = servers.exclusive(here, 'tower', () => Promise.reject(new Error('broken')));
    const next = servers.exclusive(here, 'tower', async () => 'done');
    await expect(broken).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('holds up no making of an account there, and those of one member wait for each other', async () => {
    const servers = createServerWork();
    const [pass, making] = [work(), work()];
    const done: string[] = [];
    void servers.exclusive(here, 'tower', pass.run);
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
