import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resolved } from '../../../src/app/guild/time-input.ts';
import type { DurationText } from '../../../src/domain/duration.ts';
import { DAY, HOUR, later } from '../../support/moments.ts';
import { GUILD } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { World } from '../world.ts';

/** The clock shows noon in UTC, which is 13:00 in this guild. */
let world: World;

beforeAll(async () => {
  world = await World.open();
  await world.stores.transaction(GUILD, (tx) => tx.settings.update({ zone: 'Europe/Berlin' }));
});
afterAll(() => world.close());

/** A moment of that guild. */
const berlin = (iso: string) => DateTime.fromISO(iso, { zone: 'Europe/Berlin' }).toJSDate();

describe('start and end of a grant', () => {
  it.each([
    ['nothing: now, for good', {}, later(0), null],
    ['never', { for: 'never' }, later(0), null],
    ['until never', { until: 'Never' }, later(0), null],
    ['a duration', { for: '2h' }, later(0), later(2 * HOUR)],
    ['a duration in words', { for: '1 week' }, later(0), later(7 * DAY)],
    ['a month over the start of summer time', { for: '1mo' }, later(0), later(31 * DAY - HOUR)],
    ['a moment in the zone of the guild', { until: '2026-03-01 18:00' }, later(0), later(5 * HOUR)],
    ['a start', { start: '2026-03-01 18:00' }, later(5 * HOUR), null],
    ['a duration from the start', { start: '2026-03-01 18:00', for: '1h' }, later(5 * HOUR), later(6 * HOUR)],
    ['a start in the past', { start: '2026-03-01 12:00', for: '3h' }, later(-HOUR), later(2 * HOUR)],
    ['a day as an end: its last second', { until: '2026-12-31' }, later(0), berlin('2026-12-31T23:59:59')],
    ['a German day', { until: '31.12.2026' }, later(0), berlin('2026-12-31T23:59:59')],
    ['tomorrow as an end', { until: 'tomorrow' }, later(0), berlin('2026-03-02T23:59:59')],
    ['today as an end', { until: 'today' }, later(0), berlin('2026-03-01T23:59:59')],
    ['a day as a start: its first second', { start: '2026-12-31' }, berlin('2026-12-31'), null],
    ['tomorrow as a start', { start: 'tomorrow' }, berlin('2026-03-02'), null],
    [
      'one day',
      { start: '2026-12-31', until: '2026-12-31' },
      berlin('2026-12-31'),
      berlin('2026-12-31T23:59:59'),
    ],
    ['a duration from now, to the minute', { until: '30d' }, later(0), later(30 * DAY - HOUR)],
    ['the same in words', { until: 'in 30 days' }, later(0), later(30 * DAY - HOUR)],
    ['a month from now', { until: '1 month' }, later(0), later(31 * DAY - HOUR)],
    ['minutes from now', { until: '5min' }, later(0), later(5 * 60_000)],
    ['a start from now', { start: 'in 3 days' }, later(3 * DAY), null],
    ['what was asked about and is meant', { until: 'exactly 30s' }, later(0), later(30_000)],
    ['the same as a duration', { for: 'Exactly 30s' }, later(0), later(30_000)],
  ])('%s', async (_name, typed, startsAt, expiresAt) => {
    expect(await world.app.timeInput.span(GUILD, typed)).toEqual({
      kind: 'ok',
      value: { startsAt, expiresAt },
    });
  });

  it.each([
    ['both ends', { for: '1h', until: '2026-03-02' }, /either “for” .* or “until”/],
    ['a bare number', { for: '30' }, /How long is 30\?/],
    ['nonsense as the end', { until: 'whenever' }, /“whenever” is not a moment \(option “until”\)/],
    ['nonsense as the start', { start: 'whenever' }, /“whenever” is not a moment \(option “start”\)/],
    ['an end in the past', { until: '2026-02-01' }, /must be after the start/],
    ['an end before the start', { start: '2026-03-03', until: '2026-03-02' }, /must be after the start/],
    ['all of it in the past', { start: '2026-02-01', for: '1d' }, /is in the past/],
  ])('%s is refused with a sentence', async (_name, typed, message) => {
    expect(problemOf(await world.app.timeInput.span(GUILD, typed))).toMatch(message);
  });
});

const problemOf = (resolved: Resolved<unknown>): string =>
  resolved.kind === 'problem' ? saidPlain(resolved.message) : 'no problem';

describe('what is not clear is asked about', () => {
  const cases: readonly [
    string,
    Parameters<typeof world.app.timeInput.span>[1],
    string,
    readonly string[],
  ][] = [
    [
      'days or months first',
      { until: '03/04/2027' },
      '3 April 2027 = 2027-04-03',
      ['4 March 2027 = 2027-03-04'],
    ],
    [
      'the same with a time',
      { start: '03/04/2027 18:00' },
      '3 April 2027, 18:00 = 2027-04-03 18:00',
      ['4 March 2027, 18:00 = 2027-03-04 18:00'],
    ],
    [
      'a day or a time',
      { until: '12.10' },
      '12 October 2026 = 2026-10-12',
      ['2 March 2026, 12:10 = 2026-03-02 12:10'],
    ],
    ['minutes or months', { for: '1M' }, '1 minute = 1m', ['1 month = 1mo']],
    ['the same as an end', { until: '1M' }, '1 minute = 1m', ['1 month = 1mo']],
    ['no unit', { until: '30' }, '30 days = 30d', ['30 hours = 30h', '30 minutes = 30m']],
    [
      'an end in the minute that is',
      { until: '2026-03-01T13:00:30' },
      'Use this time = exactly 2026-03-01T13:00:30',
      [],
    ],
    ['an end in seconds', { until: 'in 30 seconds' }, 'Use this time = exactly in 30 seconds', []],
    [
      'an end right behind its start',
      { start: '2026-12-31 18:00', until: '2026-12-31T18:00:30' },
      'Use this time = exactly 2026-12-31T18:00:30',
      [],
    ],
    ['a far end', { until: '2031-03-02' }, 'Use this time = exactly 2031-03-02', []],
    ['a long duration', { for: '61mo' }, 'Use this time = exactly 61mo', []],
  ];

  it.each(cases)('%s', async (_name, typed, first, others) => {
    const { timeInput } = world.app;
    const asked = await timeInput.span(GUILD, typed);
    if (asked.kind !== 'problem' || !asked.unclear) throw new Error('it was not asked');
    const { option = '', readings } = asked.unclear;
    expect(asked.unclear.typed).toBe(Object.values(typed).at(-1));
    expect(readings.map(({ label, text }) => `${saidPlain(label)} = ${text}`)).toEqual([first, ...others]);
    // Once: each answer is taken as it is.
    for (const { text } of readings)
      expect(await timeInput.span(GUILD, { ...typed, [option]: text })).toMatchObject({ kind: 'ok' });
  });

  it('a far end shows what was understood', async () => {
    const asked = await world.app.timeInput.span(GUILD, { until: '2031-03-02' });
    expect(problemOf(asked)).toMatch(/“2031-03-02” would end on <t:\d+:f>, in more than five years/);
  });

  it('exactly five years, and exactly a minute, are nothing odd', async () => {
    // A length in seconds says what it is.
    for (const lasts of ['5y', '1m', '59s'])
      expect(await world.app.timeInput.span(GUILD, { for: lasts })).toMatchObject({ kind: 'ok' });
    expect(await world.app.timeInput.end(GUILD, '5y')).toMatchObject({ kind: 'ok' });
  });

  it.each([
    ['6y', /6 years: that is more than five years/],
    ['1M', /minutes or months/],
  ])('a duration alone: %s', (typed, message) => {
    const asked = world.app.timeInput.duration(typed, 'by');
    expect(problemOf(asked)).toMatch(message);
    expect(asked).toMatchObject({ unclear: { option: 'by', typed } });
  });

  it('an end alone is not in the past', async () => {
    expect(problemOf(await world.app.timeInput.end(GUILD, '2026-02-01'))).toMatch(/in the past/);
  });
});

it('nothing is counted from a clock that is not believed, and nothing needs it without start and end', async () => {
  const wrong = await World.open();
  wrong.deps.clockHold.isHeld = () => true;
  wrong.restart();
  const { timeInput } = wrong.app;
  const refused = { kind: 'problem', message: { key: 'typing.time.clock' } };
  for (const typed of [{ for: '30d' }, { until: 'tomorrow 20:00' }, { start: 'in 3 days' }])
    expect(await timeInput.span(GUILD, typed)).toEqual(refused);
  expect(await timeInput.end(GUILD, '30d')).toEqual(refused);
  expect(await timeInput.after(GUILD, '7d' as DurationText)).toEqual(refused);
  for (const typed of [{}, { for: 'never' }, { until: 'never' }])
    expect((await timeInput.span(GUILD, typed)).kind).toBe('ok');
  expect((await timeInput.end(GUILD, 'never')).kind).toBe('ok');
  await wrong.close();
});
