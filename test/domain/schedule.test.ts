import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localTime, nextSync, parseSchedule } from '../../src/domain/schedule.ts';
import { saidPlain } from '../support/said.ts';

const daily = (syncDailyAt: string, zone: string) => ({ zone, syncEveryMinutes: null, syncDailyAt });
const at = (iso: string, zone: string) => DateTime.fromISO(iso, { zone }).toJSDate();

it.each([
  ['every five minutes', 5, '2026-03-01T12:05:00Z'],
  ['every day', 1_440, '2026-03-02T12:00:00Z'],
  ['hourly when nothing is set', null, '2026-03-01T13:00:00Z'],
])('%s', (_name, syncEveryMinutes, expected) => {
  const settings = { zone: 'Europe/Berlin', syncEveryMinutes, syncDailyAt: null };
  expect(nextSync(settings, new Date('2026-03-01T12:00:00Z'))).toEqual(new Date(expected));
});

describe('daily', () => {
  it.each([
    ['later today', '2026-03-01T03:59', '04:00', 'Europe/Berlin', '2026-03-01T04:00'],
    ['tomorrow, when it is just now', '2026-03-01T04:00', '04:00', 'Europe/Berlin', '2026-03-02T04:00'],
    ['tomorrow, when it is over', '2026-03-01T23:59', '04:00', 'Europe/Berlin', '2026-03-02T04:00'],
    ['over the end of the month', '2026-02-28T05:00', '04:00', 'Europe/Berlin', '2026-03-01T04:00'],
    ['in the zone of the guild', '2026-03-01T20:00', '21:30', 'America/Los_Angeles', '2026-03-01T21:30'],
    ['over the start of summer time', '2026-03-28T12:00', '04:00', 'Europe/Berlin', '2026-03-29T04:00'],
    ['over its end', '2026-10-24T12:00', '04:00', 'Europe/Berlin', '2026-10-25T04:00'],
    [
      'in the hour that is skipped: after it',
      '2026-03-28T12:00',
      '02:30',
      'Europe/Berlin',
      '2026-03-29T03:30',
    ],
    ['the day after that at its own time', '2026-03-29T03:30', '02:30', 'Europe/Berlin', '2026-03-30T02:30'],
    ['at midnight', '2026-03-01T00:00', '00:00', 'UTC', '2026-03-02T00:00'],
  ])('%s', (_name, now, time, zone, expected) => {
    expect(nextSync(daily(time, zone), at(now, zone))).toEqual(at(expected, zone));
  });

  it('comes once a day, 366 times in a row, over both changes of the clock', () => {
    const zone = 'Europe/Berlin';
    let moment = at('2026-01-01T04:00', zone);
    for (let day = 1; day <= 366; day += 1) {
      moment = nextSync(daily('04:00', zone), moment);
      const local = DateTime.fromJSDate(moment, { zone });
      expect(local.toISO()).toBe(DateTime.fromISO('2026-01-01T04:00', { zone }).plus({ days: day }).toISO());
    }
  });

  it('is at its time of day in any zone on any day, and strictly to come', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 366 * 24 * 60 }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (zone, minutes, hour, minute) => {
          const now = new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);
          const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const next = nextSync(daily(time, zone), now);
          const after = nextSync(daily(time, zone), next);
          expect(next.getTime()).toBeGreaterThan(now.getTime());
          expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
          const hours = (after.getTime() - next.getTime()) / 3_600_000;
          // On some days an hour is skipped or repeated. If it is the hour of the sync, the distance to the next
          // differs as well.
          expect(hours).toBeGreaterThanOrEqual(22);
          expect(hours).toBeLessThanOrEqual(26);
          const local = DateTime.fromJSDate(next, { zone });
          const asked = local.set({ hour, minute });
          expect(local.toFormat('HH:mm') === time || local.toMillis() === asked.toMillis()).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what is typed', () => {
  it.each([
    ['1h', undefined, 60, null],
    ['1d', undefined, 1440, null],
    ['5m', undefined, 5, null],
    ['1h30m', undefined, 90, null],
    [undefined, '4:05', null, '04:05'],
    [undefined, ' 23:59 ', null, '23:59'],
  ])('%s %s', (every, time, syncEveryMinutes, syncDailyAt) => {
    expect(parseSchedule(every, time)).toEqual({ kind: 'schedule', syncEveryMinutes, syncDailyAt });
  });

  it.each<[string | undefined, string | undefined, string]>([
    [undefined, undefined, 'Give either'],
    ['1h', '04:30', 'Give either'],
    [undefined, '24:00', '“24:00” is not a time of day'],
    [undefined, '4:5', 'is not a time of day'],
    [undefined, '104:30', 'is not a time of day'],
    [undefined, '04:300', 'is not a time of day'],
    [undefined, '04:60', 'is not a time of day'],
    [undefined, 'noon', 'is not a time of day'],
    ['4m', undefined, 'Between 5m and 1d'],
    ['4m59s', undefined, 'Between 5m and 1d'],
    ['5m1s', undefined, 'in whole minutes'],
    ['1d1m', undefined, 'Between 5m and 1d'],
    ['2d', undefined, 'Between 5m and 1d'],
    ['often', undefined, 'is not a duration'],
    ['', undefined, 'is not a duration'],
  ])('%j %j is refused', (every, time, message) => {
    const parsed = parseSchedule(every, time);
    expect(parsed.kind === 'problem' ? saidPlain(parsed.message) : '').toContain(message);
  });

  it.each([
    ['0:00', '00:00'],
    ['19:59', '19:59'],
    ['23:05', '23:05'],
  ])('daily at %s', (time, syncDailyAt) => {
    expect(parseSchedule(undefined, time)).toMatchObject({ syncDailyAt });
  });

  it('tells what the clocks of a zone show', () => {
    const moment = new Date('2026-03-28T23:05:00Z');
    expect(localTime('UTC', moment)).toBe('23:05');
    expect(localTime('Asia/Tokyo', moment)).toBe('08:05');
  });
});
