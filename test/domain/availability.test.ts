import { describe, expect, it } from 'vitest';
import { availabilityOf, hourOf, inAll, shareOf } from '../../src/domain/availability.ts';

const hours = (...list: readonly number[]) => list.reduce((bits, hour) => bits | (1 << hour), 0);
const now = new Date('2026-11-27T12:00:00Z');

describe('hours of a server', () => {
  it.each([
    ['2026-11-27T00:00:00.000Z', { day: '2026-11-27', bit: 1 }],
    ['2026-11-27T23:59:59.999Z', { day: '2026-11-27', bit: 1 << 23 }],
  ])('%s', (at, hour) => {
    expect(hourOf(new Date(at))).toEqual(hour);
  });

  it('stand on the day that they belong to in the zone', () => {
    const kept = [{ day: '2026-11-26', looked: hours(0, 14, 15, 23), away: hours(15) }];
    expect(availabilityOf(kept, { zone: 'Asia/Tokyo', now, count: 2 })).toEqual([
      { day: '2026-11-26', looked: 2, away: 0 },
      { day: '2026-11-27', looked: 2, away: 1 },
    ]);
    expect(availabilityOf(kept, { zone: 'UTC', now, count: 2 })).toEqual([
      { day: '2026-11-26', looked: 4, away: 1 },
      { day: '2026-11-27', looked: 0, away: 0 },
    ]);
  });

  it('of other days are not counted, and days without any are unknown', () => {
    const kept = [
      { day: '2026-11-20', looked: hours(1), away: 0 },
      { day: '2026-11-27', looked: hours(1, 2, 3), away: hours(2) },
    ];
    expect(inAll(availabilityOf(kept, { zone: 'UTC', now, count: 3 }))).toEqual({
      looked: 3,
      away: 1,
      unknown: 2,
    });
  });

  it.each([
    [0, 0, 0],
    [24, 0, 100],
    [3, 1, 66.6],
    [10_000, 1, 99.9],
    [5, 5, 0],
  ])('%i looked at, %i without an answer: %f %%', (looked, away, share) => {
    expect(shareOf({ looked, away })).toBe(share);
  });
});
