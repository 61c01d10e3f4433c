import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DurationText } from '../../../src/domain/duration.ts';
import { DAY, HOUR, later } from '../../support/moments.ts';
import { GUILD } from '../../support/people.ts';
import { World } from '../world.ts';

/** The clock shows noon in UTC, which is 13:00 in this guild. */
let world: World;

beforeAll(async () => {
  world = await World.open();
  await world.stores.transaction(GUILD, (tx) => tx.settings.update({ zone: 'Europe/Berlin' }));
});
afterAll(() => world.close());

describe('start and end of a grant', () => {
  it.each([
    ['nothing: now, for good', {}, later(0), null],
    ['never', { for: 'never' }, later(0), null],
    ['until never', { until: 'Never' }, later(0), null],
    ['a duration', { for: '2h' }, later(0), later(2 * HOUR)],
    ['a month over the start of summer time', { for: '1mo' }, later(0), later(31 * DAY - HOUR)],
    ['a moment in the zone of the guild', { until: '2026-03-01 18:00' }, later(0), later(5 * HOUR)],
    ['a start', { start: '2026-03-01 18:00' }, later(5 * HOUR), null],
    ['a duration from the start', { start: '2026-03-01 18:00', for: '1h' }, later(5 * HOUR), later(6 * HOUR)],
    ['a start in the past', { start: '2026-03-01 12:00', for: '3h' }, later(-HOUR), later(2 * HOUR)],
  ])('%s', async (_name, typed, startsAt, expiresAt) => {
    expect(await world.app.timeInput.span(GUILD, typed)).toEqual({
      kind: 'ok',
      value: { startsAt, expiresAt },
    });
  });

  it.each([
    ['both ends', { for: '1h', until: '2026-03-02' }, /either “for” .* or “until”/],
    ['a bare number', { for: '30' }, /has no unit/],
    ['nonsense as the end', { until: 'whenever' }, /“whenever” is not a moment \(option “until”\)/],
    ['nonsense as the start', { start: 'whenever' }, /“whenever” is not a moment \(option “start”\)/],
    ['an end in the past', { until: '2026-02-01' }, /must be after the start/],
    ['an end before the start', { start: '2026-03-03', until: '2026-03-02' }, /must be after the start/],
    ['an end at the start', { start: '2026-03-03', until: '2026-03-03' }, /must be after the start/],
    ['all of it in the past', { start: '2026-02-01', for: '1d' }, /is in the past/],
  ])('%s is refused with a sentence', async (_name, typed, message) => {
    expect(await world.app.timeInput.span(GUILD, typed)).toEqual({
      kind: 'problem',
      message: expect.stringMatching(message),
    });
  });
});

it('nothing is counted from a clock that is not believed, and nothing needs it without start and end', async () => {
  const wrong = await World.open();
  wrong.deps.clockHold.isHeld = () => true;
  wrong.restart();
  const { timeInput } = wrong.app;
  const refused = { kind: 'problem', message: expect.stringContaining('does not believe its clock') };
  for (const typed of [{ for: '30d' }, { until: 'tomorrow 20:00' }, { start: 'in 3 days' }])
    expect(await timeInput.span(GUILD, typed)).toEqual(refused);
  expect(await timeInput.end(GUILD, '30d')).toEqual(refused);
  expect(await timeInput.after(GUILD, '7d' as DurationText)).toEqual(refused);
  for (const typed of [{}, { for: 'never' }, { until: 'never' }])
    expect((await timeInput.span(GUILD, typed)).kind).toBe('ok');
  expect((await timeInput.end(GUILD, 'never')).kind).toBe('ok');
  await wrong.close();
});
