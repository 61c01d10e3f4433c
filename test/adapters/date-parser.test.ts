import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { chronoDateParser } from '../../src/adapters/date-parser.ts';

const BERLIN = 'Europe/Berlin';
const at = (iso: string, zone: string) => DateTime.fromISO(iso, { zone }).toJSDate();
const written = (moment: Date, zone: string) =>
  DateTime.fromJSDate(moment, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
/** Each way to read it: a moment, or the first and the last minute of a day. */
const readings = (typed: string, zone: string, now: string) =>
  chronoDateParser
    .parse(typed, zone, at(now, zone))
    .map(({ from, to, time }) => (time === undefined ? [from, to] : [from]))
    .map((edges) => edges.map((edge) => written(edge, zone)).join(' to '));
const read = (typed: string, zone: string, now: string) =>
  readings(typed, zone, now).map((reading) => reading.split(' to ')[0])[0];

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
    ['2026-12-31 18', '2026-12-31T18:00'],
    ['20:00 tomorrow', '2026-03-02T20:00'],
    ['8pm', '2026-03-01T20:00'],
    ['12:00', '2026-03-02T12:00'],
    ['noon', '2026-03-02T12:00'],
    ['tonight at 8', '2026-03-01T20:00'],
    ['dec 31 18:00', '2026-12-31T18:00'],
    ['December 31st 2026 6pm', '2026-12-31T18:00'],
    ['31.12.2026 18:00', '2026-12-31T18:00'],
    ['31.12. 18:00', '2026-12-31T18:00'],
    ['18.00', '2026-03-01T18:00'],
    ['12/31/2026 6pm', '2026-12-31T18:00'],
    ['2 hours ago', '2026-03-01T11:00'],
    ['in 3 days at 20:00', '2026-03-04T20:00'],
    ['in half a day', '2026-03-02T01:00'],
    ['in 3 days', '2026-03-04T13:00'],
    ['in 2 hours', '2026-03-01T15:00'],
    ['in 2 weeks', '2026-03-15T13:00'],
    ['in a month', '2026-04-01T13:00'],
  ])('“%s” is %s', (typed, expected) => {
    expect(read(typed, BERLIN, '2026-03-01T13:00')).toBe(expected);
  });
});

describe('a day without a time, on Sunday 1 March 2026 at 13:00 in Berlin', () => {
  it.each([
    ['2026-12-31', '2026-12-31'],
    ['2026/12/31', '2026-12-31'],
    ['31.12.2026', '2026-12-31'],
    ['31.12.26', '2026-12-31'],
    ['31.12.', '2026-12-31'],
    ['31.12', '2026-12-31'],
    ['1.2.', '2027-02-01'],
    ['3.4.2027', '2027-04-03'],
    ['13/04/2027', '2027-04-13'],
    ['04/13/2027', '2027-04-13'],
    ['4/4/2027', '2027-04-04'],
    ['31 dec', '2026-12-31'],
    // chrono alone takes this for December of 2031.
    ['Dec 31', '2026-12-31'],
    ['december 31st', '2026-12-31'],
    ['31 December 2026', '2026-12-31'],
    ['today', '2026-03-01'],
    ['tomorrow', '2026-03-02'],
    ['the day after tomorrow', '2026-03-03'],
    ['yesterday', '2026-02-28'],
    ['friday', '2026-03-06'],
    ['next friday', '2026-03-06'],
    ['last friday', '2026-02-27'],
    ['3 days ago', '2026-02-26'],
    ['end of month', '2026-03-31'],
    // A day of 23 hours.
    ['29 mar', '2026-03-29'],
  ])('“%s” is all of %s', (typed, day) => {
    expect(readings(typed, BERLIN, '2026-03-01T13:00')).toEqual([`${day}T00:00 to ${day}T23:59`]);
  });
});

describe('what can be two things is both', () => {
  const day = (date: string) => `${date}T00:00 to ${date}T23:59`;
  it.each([
    ['03/04/2027', [day('2027-04-03'), day('2027-03-04')]],
    ['03/04/27', [day('2027-04-03'), day('2027-03-04')]],
    ['3-4-2027', [day('2027-04-03'), day('2027-03-04')]],
    ['3/4', [day('2026-04-03'), day('2026-03-04')]],
    ['03/04/2027 18:00', ['2027-04-03T18:00', '2027-03-04T18:00']],
    ['18:00 03/04/2027', ['2027-04-03T18:00', '2027-03-04T18:00']],
    ['12.10', [day('2026-10-12'), '2026-03-02T12:10']],
  ])('“%s”', (typed, both) => {
    expect(readings(typed, BERLIN, '2026-03-01T13:00')).toEqual(both);
  });
});

it('a text that is longer than any moment is none, and is not looked at', () => {
  const now = at('2026-03-01T13:00', BERLIN);
  expect(chronoDateParser.parse(`tomorrow${' '.repeat(20)}20:00`, BERLIN, now)).toHaveLength(1);
  expect(chronoDateParser.parse(`tomorrow${' '.repeat(200)}20:00`, BERLIN, now)).toEqual([]);
  expect(chronoDateParser.parse(`in 3 days${' '.repeat(200)}`, BERLIN, now)).toHaveLength(1);
});

it('a year of five digits is none, and so is one before the first', () => {
  const now = at('2026-03-01T13:00', BERLIN);
  for (const typed of ['99999 years', 'in 99999 years', '5555555 days ago'])
    expect(chronoDateParser.parse(typed, BERLIN, now)).toEqual([]);
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
    const [moment] = chronoDateParser.parse('in 3 hours', BERLIN, now);
    expect(moment?.from.getTime()).toBe(now.getTime() + 3 * 3_600_000);
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
  // Each reader would think of another day or hour.
  ['next month'],
  ['next week'],
  ['december'],
  ['dec 2026'],
  ['tonight'],
  ['tomorrow morning'],
  ['31 dec UTC'],
  ['31.13.2026'],
  ['13/25/2027'],
  ['30.2.2026'],
  ['1.2.3'],
  ['morgen'],
])('“%s” is not a moment', (typed) => {
  expect(readings(typed, BERLIN, '2026-03-01T13:00')).toEqual([]);
});
