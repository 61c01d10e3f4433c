/** Durations, moments, schedules and time zones, as people type them. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { chronoDateParser } from '../../../src/adapters/date-parser.ts';
import { durationText } from '../../../src/adapters/discord/views/lengths.ts';
import type { TypedMoment } from '../../../src/app/ports/time.ts';
import { addDuration, type ParsedDuration, parseDuration } from '../../../src/domain/duration.ts';
import { localTime, nextSync, parseSchedule } from '../../../src/domain/schedule.ts';
import { isDuration } from '../../../src/domain/shape.ts';
import { findZone, searchZones } from '../../../src/domain/zones.ts';
import { said } from '../../support/said.ts';
import { typedText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Santiago',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];
const NOW = new Date('2026-03-28T23:30:00Z');
/** Ten years, of which three may have a day more. */
const MOST_MS = (10 * 365 + 3) * 86_400_000;

export const durations = defineTarget<{ typed: string; zone: string }, ParsedDuration>({
  name: 'durations',
  inputs: fc.record({
    typed: typedText([
      '30d',
      '12h',
      '1mo15d',
      '1y2w',
      '90s',
      ' 2 W ',
      '10y',
      '1M',
      '1 month and 15 days',
      'an hour',
      '0d',
      '-1d',
      '999999999y',
      '7',
    ]),
    zone: fc.constantFrom(...ZONES),
  }),
  size: ({ typed }) => typed.length,
  parse: ({ typed }) => parseDuration(typed),
  check(result, { zone }) {
    if (result.kind === 'problem') return must(result.message.key.length > 0, 'refused without a word');
    const { duration } = result;
    must(isDuration(duration), 'would not be read again', duration);
    const span = addDuration(NOW, duration, zone).getTime() - NOW.getTime();
    // In a zone a day may be missing, or an hour.
    must(span > -2 * 86_400_000 && span <= MOST_MS + 2 * 86_400_000, 'longer than it may be', {
      duration,
      span,
    });
    // Thousands are told apart, as the language writes numbers.
    const words = said(durationText(duration)).replaceAll(/(?<=\d),(?=\d{3})/g, '');
    must(/^(?:\d+ [a-z]+ ?)+$/.test(words), 'no words', words);
  },
});

interface Moment {
  readonly typed: string;
  readonly zone: string;
  /** What it was written from. */
  readonly from: Date | null;
}

const likely = [
  ...[
    '2026-12-31',
    '2026-12-31 18:00',
    '2026-12-31T18:00:00Z',
    '2026-12-31 18:00+02:00',
    'tomorrow',
    'tomorrow 20:00',
  ],
  ...[
    'in 3 days',
    'in 2 hours',
    'next friday',
    '31 Dec',
    '31/12/2026 6pm',
    'noon',
    'now',
    'never',
    'yesterday',
  ],
  ...[
    'in 999999999 years',
    '5 days ago',
    '12 Jan 99999',
    'tomorrow at 5pm PST',
    'in 1 month UTC',
    '03/04/2027',
    '31.12.2026 18:00',
    '12.10',
    'Dec 31',
    '24:00',
    'end of month',
  ],
];

const moment: fc.Arbitrary<Moment> = fc.constantFrom(...ZONES).chain((zone) =>
  fc.oneof(
    typedText(likely, 2_000).map((typed) => ({ typed, zone, from: null })),
    fc.date({ min: new Date('1970-01-02'), max: new Date('9998-12-30'), noInvalidDate: true }).map((date) => {
      const local = DateTime.fromJSDate(date, { zone }).startOf('minute');
      return {
        typed: local.toFormat("yyyy-MM-dd'T'HH:mm'Z'").replace('Z', local.toFormat('ZZ')),
        zone,
        from: local.toJSDate(),
      };
    }),
  ),
);

export const moments = defineTarget<Moment, readonly TypedMoment[]>({
  name: 'moments',
  inputs: moment,
  size: ({ typed }) => typed.length,
  parse: ({ typed, zone }) => chronoDateParser.parse(typed, zone, NOW),
  check(result, { from }) {
    if (from)
      must(
        result.length === 1 && result[0]?.from.getTime() === from.getTime(),
        'another moment than was written',
        { result, from },
      );
    must(result.length <= 2, 'more ways to read it than there are', result);
    for (const read of result) {
      must(read.to >= read.from, 'ends before it begins', read);
      // As text, which is how one database keeps it, moments of other years are not in order.
      for (const at of [read.from, read.to])
        must(/^\d{4}-/.test(at.toISOString()), 'a year of more than four digits', at.toISOString());
    }
  },
});

type Settings = ReturnType<typeof parseSchedule>;

export const settings = defineTarget<
  { every: string | undefined; daily: string | undefined; zone: string },
  { schedule: Settings; zone: string | undefined; offered: readonly string[] }
>({
  name: 'settings',
  inputs: fc.record({
    every: fc.option(typedText(['15m', '1h', '1d', '5m', '24h', '4m', '300s', '301s', '1mo']), {
      nil: undefined,
    }),
    daily: fc.option(typedText(['04:30', '4:30', '23:59', '24:00', '4.30', ' 04:30 ']), { nil: undefined }),
    zone: typedText([
      'Europe/Berlin',
      'UTC',
      'new york',
      'berlin',
      'germany',
      'Etc/GMT+5',
      'sao paulo',
      'us',
      'Asia/',
    ]),
  }),
  size: ({ every = '', daily = '', zone }) => every.length + daily.length + zone.length,
  parse: ({ every, daily, zone }) => ({
    schedule: parseSchedule(every, daily),
    zone: findZone(zone),
    offered: searchZones(zone, 25),
  }),
  check({ schedule, zone, offered }) {
    const isZone = (name: string) => DateTime.fromJSDate(NOW, { zone: name }).isValid;
    must(
      offered.length <= 25 && offered.every((name) => findZone(name) === name && isZone(name)),
      'offers no zone',
      offered,
    );
    if (zone !== undefined) must(isZone(zone) && !localTime(zone, NOW).includes('Invalid'), 'no zone', zone);
    if (schedule.kind === 'problem') return must(schedule.message.key.length > 0, 'refused without a word');
    const { syncEveryMinutes, syncDailyAt } = schedule;
    must((syncEveryMinutes === null) !== (syncDailyAt === null), 'both, or neither', schedule);
    if (syncEveryMinutes !== null)
      must(
        Number.isInteger(syncEveryMinutes) && syncEveryMinutes >= 5 && syncEveryMinutes <= 1_440,
        'too often',
        schedule,
      );
    if (syncDailyAt !== null)
      must(/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(syncDailyAt), 'no time of day', schedule);
    const next = nextSync({ ...schedule, zone: zone ?? 'UTC' }, NOW).getTime() - NOW.getTime();
    must(next > 0 && next <= 50 * 3_600_000, 'the next one is never, or long ago', { schedule, next });
  },
});
