import { describe, expect, it } from 'vitest';
import { nextByTime, SOON_MS } from '../../src/domain/panel.ts';
import { DAY, later, MINUTE, noon, SECOND } from '../support/moments.ts';

describe('when a panel would be different though nothing happens', () => {
  const inWeek = (ms: number) => later(SOON_MS + ms);
  it.each([
    ['nothing has an end', [null], undefined, undefined],
    ['access ends soon already', [later(DAY)], undefined, undefined],
    ['access comes to end soon', [null, inWeek(2 * DAY), inWeek(DAY)], undefined, later(DAY)],
    ['an invite runs out before', [inWeek(DAY)], later(MINUTE), later(MINUTE)],
    [
      'it would be at once: not within half a minute',
      [inWeek(SECOND)],
      later(2 * SECOND),
      later(30 * SECOND),
    ],
  ])('%s', (_what, ends, runsOutAt, expected) => {
    expect(nextByTime({ ends, runsOutAt }, noon)).toEqual(expected);
  });
});
