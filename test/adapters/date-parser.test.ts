import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { chronoDateParser } from '../../src/adapters/date-parser.ts';

const BERLIN = 'Europe/Berlin';
const at = (iso: string, zone: string) => DateTime.fromISO(iso, { zone }).toJSDate();
const read = (typed: string, zone: string, now: string) => {
  const moment = chronoDateParser.parse(typed, zone, at(now, zone));
  return moment && DateTime.fromJSDate(moment, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
};

describe('in winter, on Sunday 1 March 2026 at 13:00 in Berlin', () => {
  it.each([
    ['2026-12-31 18:00', '2026-12-31T18:00'],
    ['2026-12-31T18:00', '2026-12-31T18:00'],
    ['2026-12-31', '2026-12-31T00:00'],
    [' 2026-12-31 18:00 ', '2026-12-31T18:00'],
    ['2026-07-01 18:00', '2026-07-01T18:00'],
    ['2026-12-31T18:00Z', '2026-12-31T19:00'],
    ['2026-12-31T18:00+02:00', '2026-12-31T17:00'],
    ['31 dec 18:00', '2026-12-31T18:00'],
    ['31 Dec 2027 18:00', '2027-12-31T18:00'],
    ['31 dec', '2026-12-31T00:00'],
    ['1 july 18:00', '2026-07-01T18:00'],
    ['1 feb 18:00', '2027-02-01T18:00'],
    ['tomorrow 20:00', '2026-03-02T20:00'],
    ['Tomorrow at 20:00', '2026-03-02T20:00'],
    ['tomorrow', '2026-03-02T00:00'],
    ['today 18:00', '2026-03-01T18:00'],
    ['18:00', '2026-03-01T18:00'],
    ['in 3 days', '2026-03-04T13:00'],
    ['in 2 hours', '2026-03-01T15:00'],
    ['in 2 weeks', '2026-03-15T13:00'],
    ['in a month', '2026-04-01T13:00'],
  ])('“%s” is %s', (typed, expected) => {
    expect(read(typed, BERLIN, '2026-03-01T13:00')).toBe(expected);
  });
});

it('a text that is longer than any moment is none, and is not looked at', () => {
  const now = at('2026-03-01T13:00', BERLIN);
  expect(chronoDateParser.parse(`tomorrow${' '.repeat(20)}20:00`, BERLIN, now)).toBeDefined();
  expect(chronoDateParser.parse(`tomorrow${' '.repeat(200)}20:00`, BERLIN, now)).toBeUndefined();
  expect(chronoDateParser.parse(`in 3 days${' '.repeat(200)}`, BERLIN, now)).toBeDefined();
});

it('a year of five digits is none, and so is one before the first', () => {
  const now = at('2026-03-01T13:00', BERLIN);
  for (const typed of ['99999 years', 'in 99999 years', '5555555 days ago'])
    expect(chronoDateParser.parse(typed, BERLIN, now)).toBeUndefined();
});

describe('in other zones', () => {
  it.each([
    ['tomorrow 20:00', 'UTC', '2026-03-01T13:00', '2026-03-02T20:00'],
    ['tomorrow 20:00', 'America/New_York', '2026-03-01T13:00', '2026-03-02T20:00'],
    ['31 dec 18:00', 'Asia/Kolkata', '2026-03-01T13:00', '2026-12-31T18:00'],
    // "Today" in these zones is another day than in UTC.
    ['tomorrow 20:00', 'Pacific/Auckland', '2026-03-01T01:00', '2026-03-02T20:00'],
    ['tomorrow 20:00', 'America/Los_Angeles', '2026-03-01T23:00', '2026-03-02T20:00'],
    ['today 23:30', 'America/Los_Angeles', '2026-03-01T23:00', '2026-03-01T23:30'],
    ['2026-12-31 18:00', 'Asia/Tokyo', '2026-03-01T13:00', '2026-12-31T18:00'],
  ])('“%s” in %s at %s is %s', (typed, zone, now, expected) => {
    expect(read(typed, zone, now)).toBe(expected);
  });
});

describe('over a change of the clock', () => {
  it.each([
    ['tomorrow 20:00', '2026-03-28T13:00', '2026-03-29T20:00'],
    ['tomorrow 20:00', '2026-10-24T13:00', '2026-10-25T20:00'],
    ['in 3 days', '2026-03-28T13:00', '2026-03-31T13:00'],
    ['in 3 days', '2026-10-24T13:00', '2026-10-27T13:00'],
    ['29 mar 18:00', '2026-03-01T13:00', '2026-03-29T18:00'],
    ['tomorrow', '2026-03-28T13:00', '2026-03-29T00:00'],
    // This time is skipped by daylight saving; it is read as an hour later.
    ['2026-03-29 02:30', '2026-03-01T13:00', '2026-03-29T03:30'],
  ])('“%s” at %s is %s', (typed, now, expected) => {
    expect(read(typed, BERLIN, now)).toBe(expected);
  });

  it('hours are hours', () => {
    const now = at('2026-03-29T01:30', BERLIN);
    const moment = chronoDateParser.parse('in 3 hours', BERLIN, now);
    expect(moment?.getTime()).toBe(now.getTime() + 3 * 3_600_000);
  });
});

it.each([
  [''],
  ['whenever'],
  ['never'],
  ['30'],
  ['2026-02-30'],
  ['2026-13-01'],
  ['2026-12-31 25:00'],
  ['tomorrow 20:00 or so'],
  ['let us say tomorrow'],
])('“%s” is not a moment', (typed) => {
  expect(chronoDateParser.parse(typed, BERLIN, at('2026-03-01T13:00', BERLIN))).toBeUndefined();
});
