import { describe, expect, it } from 'vitest';
import {
  cameAndLeft,
  endsByDay,
  type GrantSpan,
  nextDigest,
  runningByDay,
  type Weekday,
} from '../../src/domain/digest.ts';
import { ADA, BEN } from '../support/people.ts';

const at = (text: string) => new Date(`${text}Z`);
const now = at('2026-11-27T12:00'); // a Friday

describe('the next digest', () => {
  it.each<[string, Weekday, string, string, string, string]>([
    ['later this week', 'sunday', '09:00', 'UTC', '2026-11-27T12:00', '2026-11-29T09:00'],
    ['later today', 'friday', '12:01', 'UTC', '2026-11-27T12:00', '2026-11-27T12:01'],
    ['not at this very moment', 'friday', '12:00', 'UTC', '2026-11-27T12:00', '2026-12-04T12:00'],
    ['next week', 'thursday', '09:00', 'UTC', '2026-11-27T12:00', '2026-12-03T09:00'],
    ['on the day of the zone', 'saturday', '01:00', 'Asia/Tokyo', '2026-11-27T15:30', '2026-11-27T16:00'],
    [
      'over the end of summer time',
      'sunday',
      '09:00',
      'Europe/Berlin',
      '2026-10-24T12:00',
      '2026-10-25T08:00',
    ],
  ])('%s', (_what, day, time, zone, from, expected) => {
    expect(nextDigest({ day, time, zone }, at(from))).toEqual(at(expected));
  });
});

describe('who came and who left', () => {
  const span = (memberId: typeof ADA, from: string, until?: string): GrantSpan => ({
    memberId,
    startsAt: at(from),
    endedAt: until === undefined ? null : at(until),
  });
  const since = at('2026-11-20T12:00');
  it.each<[string, readonly GrantSpan[], readonly string[], readonly string[]]>([
    ['nobody, who had it before and has it still', [span(ADA, '2026-11-01T00:00')], [], []],
    ['came', [span(ADA, '2026-11-25T00:00')], [ADA], []],
    ['left', [span(ADA, '2026-11-01T00:00', '2026-11-25T00:00')], [], [ADA]],
    ['came and left', [span(ADA, '2026-11-21T00:00', '2026-11-25T00:00')], [ADA], [ADA]],
    [
      'goes on with another grant',
      [span(ADA, '2026-11-01T00:00', '2026-11-25T00:00'), span(ADA, '2026-11-24T00:00')],
      [],
      [],
    ],
    ['has yet to begin', [span(ADA, '2026-12-01T00:00')], [], []],
    ['was over before', [span(BEN, '2026-11-01T00:00', '2026-11-19T00:00')], [], []],
    ['was taken back before it began', [span(ADA, '2026-12-01T00:00', '2026-11-25T00:00')], [], []],
  ])('%s', (_what, spans, came, left) => {
    expect(cameAndLeft(spans, { since, now })).toEqual({ came, left });
  });

  it('counts what went on at the end of each day, and now', () => {
    const spans = [span(ADA, '2026-11-25T10:00'), span(BEN, '2026-11-26T10:00', '2026-11-27T11:00')];
    expect(runningByDay(spans, { zone: 'UTC', now, count: 4 })).toEqual([
      { day: '2026-11-24', count: 0 },
      { day: '2026-11-25', count: 1 },
      { day: '2026-11-26', count: 2 },
      { day: '2026-11-27', count: 1 },
    ]);
  });

  it('counts ends on the days of the zone', () => {
    const ends = [at('2026-11-27T15:30'), at('2026-11-27T13:00'), at('2026-12-24T00:00')];
    expect(endsByDay(ends, { zone: 'Asia/Tokyo', now, count: 2 })).toEqual([
      { day: '2026-11-27', count: 1 },
      { day: '2026-11-28', count: 1 },
    ]);
  });
});
