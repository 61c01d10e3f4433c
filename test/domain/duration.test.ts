import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { durationText, secondsText } from '../../src/adapters/discord/views/lengths.ts';
import { addDuration, type DurationText, parseDuration } from '../../src/domain/duration.ts';
import { lengthText } from '../../src/domain/length.ts';
import { said, saidPlain } from '../support/said.ts';

/** @throws {Error} when the text is no duration, which would be a mistake in the test. */
function duration(typed: string): DurationText {
  const parsed = parseDuration(typed);
  if (parsed.kind === 'problem') throw new Error(saidPlain(parsed.message));
  return parsed.duration;
}

describe('what people type', () => {
  it.each([
    ['seconds', '90s', '90s'],
    ['minutes', '45m', '45m'],
    ['hours', '12h', '12h'],
    ['days', '30d', '30d'],
    ['weeks', '2w', '2w'],
    ['months', '3mo', '3mo'],
    ['a year', '1y', '1y'],
    ['several units', '1mo15d', '1mo15d'],
    ['capitals', '1MO15D', '1mo15d'],
    ['spaces', ' 1 mo 15 d ', '1mo15d'],
    ['zeros beside something', '0d1h', '0d1h'],
    ['exactly the longest', '10y', '10y'],
    ['the longest in months', '120mo', '120mo'],
    ['days in words', '30 days', '30d'],
    ['a month in words', '1 month', '1mo'],
    ['minutes in words', '5min', '5m'],
    ['more of them', '5 Minutes', '5m'],
    ['a week in words', '1 week', '1w'],
    ['a week without a number', 'a week', '1w'],
    ['one year', 'one year', '1y'],
    ['an hour', 'an hour', '1h'],
    ['hours, short', '12 hrs', '12h'],
    ['two units in words', '1 month and 15 days', '1mo15d'],
    ['with a comma', '1 year, 2 weeks', '1y2w'],
    ['seconds', '90 secs', '90s'],
  ])('%s: “%s” is a duration', (_name, typed, text) => {
    expect(parseDuration(typed)).toEqual({ kind: 'duration', duration: text });
  });

  it.each([
    ['zero', '0', /more than zero/],
    ['zero with a unit', '0d', /more than zero/],
    ['zeros with units', '0d0h', /more than zero/],
    ['a negative one', '-3d', /more than zero/],
    ['a sign', '+3d', /more than zero/],
    ['a sign in the middle', '1d-2h', /not a duration/],
    ['a bare number', '30', /How long is 30\? Type 30d for days, 30h for hours, 30m for minutes/],
    ['a month or minutes', '1M', /“1M” can mean minutes or months\. Type m for minutes, mo for months/],
    ['a number left over', '1h30', /not a duration/],
    ['too long', '99y', /at most 10 years/],
    ['a second too long', '10y1s', /at most 10 years/],
    ['far too long', '999999999y', /at most 10 years/],
    ['far too long in seconds', '999999999s', /at most 10 years/],
    ['far too long in several units', '999999999mo999999999d', /at most 10 years/],
    ['more digits than fit', '99999999999999999999d', /not a duration/],
    ['a fraction', '1.5d', /not a duration/],
    ['an exponent', '1e3d', /not a duration/],
    ['an unknown unit', '3q', /not a duration/],
    ['a word', 'forever', /not a duration/],
    ['nothing', '', /not a duration/],
    ['a unit alone', 'd', /not a duration/],
    ['an article alone', 'a', /not a duration/],
    ['a unit and more', '1 daylight', /not a duration/],
    ['a word behind it', '3 days or so', /not a duration/],
  ])('%s: “%s” is refused with a sentence and an example', (_name, typed, message) => {
    const parsed = parseDuration(typed);
    const text = parsed.kind === 'problem' ? saidPlain(parsed.message) : '';
    expect(text).toMatch(message);
    expect(text).toMatch(/12h, 30d, 3mo or 1mo15d|Type (30?d|0d|m) for/);
  });

  it.each([
    ['30', ['30d', '30h', '30m']],
    // In days it would be too long.
    ['99999', ['99999m']],
    ['0', undefined],
    ['000', undefined],
    ['1M', ['1m', '1mo']],
    ['1M15D', ['1m15d', '1mo15d']],
    ['600M', ['600m']],
    ['x', undefined],
  ])('“%s” can be %j', (typed, readings) => {
    expect(parseDuration(typed)).toMatchObject(
      readings ? { kind: 'problem', readings } : { kind: 'problem' },
    );
  });

  it('never throws, and what it accepts lasts', () => {
    const part = fc
      .tuple(fc.nat({ max: 2_000_000_000 }), fc.constantFrom('y', 'mo', 'w', 'd', 'h', 'm', 's', '', 'x'))
      .map(([count, unit]) => `${count}${unit}`);
    const typed = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join('')),
    );
    const from = new Date('2026-01-31T12:00:00Z');
    fc.assert(
      fc.property(typed, (text) => {
        const parsed = parseDuration(text);
        if (parsed.kind === 'problem') return;
        const end = addDuration(from, parsed.duration, 'UTC');
        expect(end.getTime()).toBeGreaterThan(from.getTime());
        // Ten calendar years, plus or minus a leap day.
        expect(end.getTime()).toBeLessThan(new Date('2036-02-03T12:00:00Z').getTime());
      }),
    );
  });
});

describe('when it ends', () => {
  it.each([
    ['31 January and a month', '2026-01-31T10:00', '1mo', 'UTC', '2026-02-28T10:00'],
    ['31 January and a month in a leap year', '2028-01-31T10:00', '1mo', 'UTC', '2028-02-29T10:00'],
    ['30 November and three months', '2026-11-30T10:00', '3mo', 'UTC', '2027-02-28T10:00'],
    ['29 February and a year', '2028-02-29T10:00', '1y', 'UTC', '2029-02-28T10:00'],
    ['29 February and four years', '2028-02-29T10:00', '4y', 'UTC', '2032-02-29T10:00'],
    ['months before days', '2026-01-31T10:00', '1mo15d', 'UTC', '2026-03-15T10:00'],
    ['over the new year', '2026-12-31T23:30', '1h', 'UTC', '2027-01-01T00:30'],
    ['weeks', '2026-03-01T10:00', '2w', 'UTC', '2026-03-15T10:00'],
    ['a day over the start of summer time', '2026-03-28T12:00', '1d', 'Europe/Berlin', '2026-03-29T12:00'],
    ['a day over its end', '2026-10-24T12:00', '1d', 'Europe/Berlin', '2026-10-25T12:00'],
    ['a day in New York', '2026-03-07T20:00', '1d', 'America/New_York', '2026-03-08T20:00'],
    ['a month in Sydney', '2026-03-15T09:00', '1mo', 'Australia/Sydney', '2026-04-15T09:00'],
    ['half an hour of summer time', '2026-04-04T09:00', '1d', 'Australia/Lord_Howe', '2026-04-05T09:00'],
    ['a week where there is none', '2026-03-25T09:00', '1w', 'Asia/Kolkata', '2026-04-01T09:00'],
    ['a day to an hour that is skipped', '2026-03-28T02:30', '1d', 'Europe/Berlin', '2026-03-29T03:30'],
    [
      '24 hours over the start of summer time',
      '2026-03-28T12:00',
      '24h',
      'Europe/Berlin',
      '2026-03-29T13:00',
    ],
    ['24 hours over its end', '2026-10-24T12:00', '24h', 'Europe/Berlin', '2026-10-25T11:00'],
  ])('%s', (_name, from, typed, zone, end) => {
    const start = DateTime.fromISO(from, { zone }).toJSDate();
    expect(addDuration(start, duration(typed), zone)).toEqual(DateTime.fromISO(end, { zone }).toJSDate());
  });

  it('keeps the time of day over any number of days, in every zone', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Tokyo',
      'America/Santiago',
      'UTC',
    );
    const start = fc.date({
      min: new Date('2024-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 1_000 }), zones, (moment, days, zone) => {
        const from = DateTime.fromJSDate(moment, { zone }).set({ hour: 12 });
        const end = DateTime.fromJSDate(addDuration(from.toJSDate(), duration(`${days}d`), zone), { zone });
        expect(end.toFormat('HH:mm:ss.SSS')).toBe(from.toFormat('HH:mm:ss.SSS'));
        // Compared on a calendar without daylight saving time, because in Santiago some days begin at 01:00.
        const date = (moment: DateTime) => moment.setZone('utc', { keepLocalTime: true }).startOf('day');
        expect(date(end).diff(date(from), 'days').days).toBe(days);
      }),
    );
  });

  it('is exact for hours, minutes and seconds', () => {
    const spans = fc.tuple(
      fc.nat({ max: 5_000 }),
      fc.nat({ max: 5_000 }),
      fc.integer({ min: 1, max: 5_000 }),
    );
    fc.assert(
      fc.property(spans, ([hours, minutes, seconds]) => {
        const from = new Date('2026-03-29T00:30:00Z');
        const end = addDuration(from, duration(`${hours}h${minutes}m${seconds}s`), 'Europe/Berlin');
        expect(end.getTime() - from.getTime()).toBe(((hours * 60 + minutes) * 60 + seconds) * 1_000);
      }),
    );
  });
});

it.each([
  ['1d', '1 day'],
  ['30d', '30 days'],
  ['1mo15d', '1 month 15 days'],
  ['1y2w', '1 year 2 weeks'],
  ['90s', '90 seconds'],
])('%s is said as “%s”', (typed, message) => {
  expect(said(durationText(duration(typed)))).toBe(message);
});

it.each([
  ['1d', '1 day'],
  ['1mo15d', '1 month and 15 days'],
  ['0d1h', '1 hour'],
])('%s is told to people as “%s”', (typed, message) => {
  expect(saidPlain(lengthText(duration(typed)))).toBe(message);
});

it.each([
  [0, 'nothing'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [3_661, '1 hour 1 minute'],
  [86_400, '1 day'],
  [12 * 86_400 + 3 * 3_600 + 59, '12 days 3 hours'],
  [400 * 86_400, '400 days'],
])('%d seconds are said as “%s”', (seconds, message) => {
  expect(said(secondsText(seconds))).toBe(message);
});
