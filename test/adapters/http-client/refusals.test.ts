/** Answers that were too large: growing pauses, which a start does not forget. */

import { expect, it } from 'vitest';
import { type Memory, Refusals } from '../../../src/adapters/http-client/refusals.ts';
import { say } from '../../../src/words/say.ts';
import { StandInClock } from '../../standins/http.ts';

const MINUTE = 60_000;
const WHAT = 'http://den:8096 readUsers';
const REFUSED = {
  kind: 'too-large',
  what: say('trouble.tooMuch.count', { most: 2_000, of: 'libraries' }),
} as const;

function setUp() {
  const clock = new StandInClock(() => Date.parse('2026-11-01T12:00:00Z'));
  let kept: string | undefined;
  const memory: Memory = {
    find: async () => kept,
    set: async (text) => {
      kept = text;
    },
  };
  /** As a process that was just started sees it. */
  const started = () => new Refusals(clock, memory);
  return { clock, memory, started, kept: () => kept };
}

const minutesLeft = async (refusals: Refusals): Promise<number> =>
  ((await refusals.leftAlone(WHAT))?.retryAfterMs ?? 0) / MINUTE;

it('three in a row are followed by pauses that grow, and what is understood ends them', async () => {
  const { clock, started } = setUp();
  const refusals = started();
  const pauses: number[] = [];
  for (let times = 1; times <= 9; times += 1) {
    await refusals.refuse(WHAT, REFUSED);
    pauses.push(await minutesLeft(refusals));
    clock.advance((pauses.at(-1) ?? 0) * MINUTE);
    expect(await refusals.leftAlone(WHAT)).toBeUndefined();
  }
  expect(pauses).toEqual([0, 0, 1, 5, 15, 60, 360, 360, 360]);
  await refusals.refuse(WHAT, REFUSED);
  expect(await refusals.leftAlone('http://den:8096 readFolders')).toBeUndefined();
  await refusals.over(WHAT, 'read');
  expect(await refusals.leftAlone(WHAT)).toBeUndefined();
  await refusals.refuse(WHAT, REFUSED);
  expect(await refusals.leftAlone(WHAT)).toBeUndefined();
});

it('a start knows of them, with the words for staff and without an address', async () => {
  const { started, kept } = setUp();
  const refusals = started();
  for (let times = 0; times < 3; times += 1) await refusals.refuse(WHAT, REFUSED);
  expect(await started().leftAlone(WHAT)).toEqual({
    kind: 'too-large',
    what: REFUSED.what,
    retryAfterMs: MINUTE,
  });
  expect(kept()).not.toContain('den');
});

it('an answer at which the process ends counts as refused: no start after start asks at once', async () => {
  const { clock, started } = setUp();
  const pauses: number[] = [];
  for (let times = 0; times < 5; times += 1) {
    const refusals = started();
    pauses.push(await minutesLeft(refusals));
    clock.advance((pauses.at(-1) ?? 0) * MINUTE);
    // It ends here.
    await refusals.begin(WHAT);
  }
  expect(pauses).toEqual([0, 0, 0, 1, 5]);
});

it('an end while something harmless is read, or a broken connection, is forgotten with the next reading', async () => {
  const { started, kept } = setUp();
  await started().begin(WHAT);
  const next = started();
  await next.begin(WHAT);
  await next.over(WHAT, 'lost');
  await next.begin(WHAT);
  await next.over(WHAT, 'read');
  expect(kept()).toBe('[]');
});

it('a clock that is set back, and a memory that fails or makes no sense, leave nothing alone', async () => {
  const { clock, started, memory } = setUp();
  const refusals = started();
  for (let times = 0; times < 3; times += 1) await refusals.refuse(WHAT, REFUSED);
  clock.set(new Date('2026-01-01T00:00:00Z'));
  expect(await started().leftAlone(WHAT)).toBeUndefined();
  for (const find of [
    async () => '{"no":1}',
    async () => 'nonsense',
    () => Promise.reject(new Error('locked')),
  ]) {
    const odd = new Refusals(clock, { ...memory, find, set: () => Promise.reject(new Error('locked')) });
    expect(await odd.leftAlone(WHAT)).toBeUndefined();
    await odd.refuse(WHAT, REFUSED);
  }
});
