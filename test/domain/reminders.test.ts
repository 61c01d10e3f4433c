/** When members are reminded: tables of moments. */
import { describe, expect, it } from 'vitest';
import type { DurationText } from '../../src/domain/duration.ts';
import { dueReminder, nextReminder, parseReminders, TO_BE_PLANNED } from '../../src/domain/reminders.ts';

const at = (text: string) => new Date(text);
const span = (from: string, to: string) =>
  ({ state: 'active', startsAt: at(from), expiresAt: at(to) }) as const;
const ruleOf = (zone: string, ...reminders: readonly string[]) => ({
  zone,
  reminders: reminders as readonly DurationText[],
});
const berlin = ruleOf('Europe/Berlin', '7d', '1d');

describe('the next reminder', () => {
  const grant = span('2026-03-01T12:00Z', '2026-03-31T15:00Z');

  it.each([
    // An hour of the wall clock: summer time begins on the 29th.
    ['2026-03-20T00:00Z', '2026-03-24T16:00Z'],
    ['2026-03-24T16:00Z', '2026-03-30T15:00Z'],
    ['2026-03-30T15:00Z', null],
  ])('after %s is at %s', (now, next) => {
    expect(nextReminder(grant, berlin, at(now))).toEqual(next && at(next));
  });

  it.each([
    ['at night in the morning', '2026-03-10T02:00Z', ['1d'], '2026-03-09T07:00Z'],
    ['late in the evening in the next morning', '2026-03-10T22:30Z', ['1d'], '2026-03-10T07:00Z'],
    ['the evening before where the end comes sooner', '2026-03-10T06:00Z', ['2h'], '2026-03-09T21:00Z'],
    ['in the day as it is', '2026-03-10T12:34Z', ['2h'], '2026-03-10T10:34Z'],
  ])('%s', (_what, end, before, next) => {
    const rule = ruleOf('Europe/Berlin', ...before);
    expect(nextReminder(span('2026-03-01T12:00Z', end), rule, at('2026-03-02T12:00Z'))).toEqual(at(next));
  });

  it('is none of what is shorter, paused or for good', () => {
    const now = at('2026-03-01T12:00Z');
    const short = span('2026-03-01T12:00Z', '2026-03-08T12:00Z');
    expect(nextReminder(short, ruleOf('UTC', '7d'), now)).toBeNull();
    expect(nextReminder(short, ruleOf('UTC', '6d'), now)).toEqual(at('2026-03-02T12:00Z'));
    expect(nextReminder({ ...grant, state: 'paused' }, berlin, now)).toBeNull();
    expect(nextReminder({ ...grant, expiresAt: null }, berlin, now)).toBeNull();
  });
});

describe('what is due', () => {
  const grant = span('2026-03-01T12:00Z', '2026-03-21T12:00Z');
  const rule = ruleOf('UTC', '7d', '1d');

  it.each([
    ['on time', '2026-03-14T12:00Z', '2026-03-14T12:00Z', 'send'],
    ['late, while the next one is far', '2026-03-14T12:00Z', '2026-03-16T12:00Z', 'send'],
    ['late, shortly before the next one', '2026-03-14T12:00Z', '2026-03-20T09:00Z', 'none'],
    ['late, at night', '2026-03-14T12:00Z', '2026-03-16T23:00Z', 'later'],
    ['just before the end', '2026-03-20T12:00Z', '2026-03-21T11:30Z', 'none'],
    ['after it', '2026-03-20T12:00Z', '2026-03-22T12:00Z', 'none'],
  ])('%s', (_what, planned, now, kind) => {
    expect(dueReminder(grant, { rule, plannedFor: at(planned) }, at(now)).kind).toBe(kind);
  });

  it('is nothing of what is yet to be planned', () => {
    const now = at('2026-03-16T12:00Z');
    expect(dueReminder(grant, { rule, plannedFor: TO_BE_PLANNED }, now)).toEqual({
      kind: 'none',
      next: at('2026-03-20T12:00Z'),
    });
  });
});

it.each([
  ['7d,1d', ['7d', '1d']],
  ['1 day; 2 weeks', ['2w', '1d']],
  ['7d, 1w', ['1w']],
  ['off', []],
  ['Never', []],
])('“%s” is read as %j', (typed, value) => {
  expect(parseReminders(typed)).toEqual({ kind: 'ok', value });
});
