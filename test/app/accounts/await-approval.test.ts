import { beforeEach, describe, expect, it } from 'vitest';
import { awaitApproval } from '../../../src/app/accounts/await-approval.ts';
import { FakeClock } from '../../support/clock.ts';
import { later, SECOND } from '../../support/moments.ts';
import { DOWN } from '../world.ts';

const APPROVED = { kind: 'approved', token: 't' } as const;
const WAITING = { kind: 'waiting' } as const;
const UNKNOWN = { kind: 'unknown', why: DOWN } as const;
type Answer = typeof APPROVED | typeof WAITING | typeof UNKNOWN | { readonly kind: 'expired' };

let clock: FakeClock;
let polls: number;
beforeEach(() => {
  clock = new FakeClock();
  clock.jumps = true;
  polls = 0;
});

/** The answers of one poll after another; the last one stays. */
function waitFor(answers: readonly Answer[], latestMs: number, stopping = new AbortController().signal) {
  const poll = async (): Promise<Answer> => {
    polls += 1;
    return answers[Math.min(polls, answers.length) - 1] ?? WAITING;
  };
  return awaitApproval({ poll, latest: later(latestMs), clock, stopping });
}

describe('waiting for an approval', () => {
  it('ends with it, and with what it hands out', async () => {
    expect(await waitFor([WAITING, WAITING, APPROVED], 60 * SECOND)).toEqual(APPROVED);
    expect([polls, clock.now()]).toEqual([3, later(4 * SECOND)]);
  });

  it('asks again when a poll failed', async () => {
    expect(await waitFor([UNKNOWN, UNKNOWN, APPROVED], 60 * SECOND)).toEqual(APPROVED);
  });

  it('ends when it is said to have run out', async () => {
    expect(await waitFor([WAITING, { kind: 'expired' }], 60 * SECOND)).toEqual({ kind: 'expired' });
    expect(polls).toBe(2);
  });

  it('ends at the latest moment, after one more look', async () => {
    expect(await waitFor([UNKNOWN], 10 * SECOND)).toEqual({ kind: 'expired' });
    expect([polls, clock.now()]).toEqual([6, later(10 * SECOND)]);
  });

  it('looks once when the moment was over before it began, as after a restart', async () => {
    expect(await waitFor([APPROVED], -SECOND)).toEqual(APPROVED);
    polls = 0;
    expect(await waitFor([WAITING], -SECOND)).toEqual({ kind: 'expired' });
    expect(polls).toBe(1);
  });

  it('a stop ends the wait, and does not say that it ran out', async () => {
    clock.jumps = false;
    const stopping = new AbortController();
    const end = waitFor([WAITING], 60 * SECOND, stopping.signal);
    await expect.poll(() => polls).toBe(1);
    stopping.abort();
    expect(await end).toEqual({ kind: 'stopped' });
    expect(await waitFor([APPROVED], 60 * SECOND, stopping.signal)).toEqual({ kind: 'stopped' });
  });
});
