import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DurationText, parseDuration } from '../../src/domain/duration.ts';
import { mayMove } from '../../src/domain/grant.ts';
import {
  decideGrantChange,
  decideUndo,
  type GrantAction,
  type GrantDecision,
  type GrantFields,
} from '../../src/domain/grant-change.ts';
import { HOUR, later, noon } from '../support/moments.ts';
import { aGrant } from '../support/rows.ts';

const at = (hours: number) => later(hours * HOUR);

const grant = (changes: Partial<GrantFields> = {}): GrantFields =>
  aGrant({ startsAt: at(-10), expiresAt: at(10), ...changes });

const over = { state: 'ended', endCause: 'expired', endingAt: at(-3), endedAt: at(-2) } as const;
const again = { endCause: null, endingAt: null, endedAt: null, overdueAlertedAt: null };
const decide = (fields: GrantFields, action: GrantAction, zone = 'UTC') =>
  decideGrantChange(fields, action, noon, zone);
const changes = (fields: Partial<GrantFields>): GrantDecision => ({ kind: 'change', changes: fields });
const no = (why: string) => ({ kind: 'no', message: { key: `grant.no.${why}` } });

function duration(text: string): DurationText {
  const parsed = parseDuration(text);
  if (parsed.kind === 'problem') throw new Error(parsed.message);
  return parsed.duration;
}

describe('extending by five hours', () => {
  it.each<[string, Partial<GrantFields>, unknown]>([
    ['counts from the end', {}, changes({ expiresAt: at(15) })],
    ['from now when the end has passed', { expiresAt: at(-1) }, changes({ expiresAt: at(5) })],
    ['from the end of one that has not started', { state: 'scheduled' }, changes({ expiresAt: at(15) })],
    ['of one without an end is nothing', { expiresAt: null }, no('noEnd')],
    [
      'of a paused one adds to what is left',
      { state: 'paused', pausedAt: at(-2), remainingSeconds: 3600, expiresAt: at(-1) },
      changes({ expiresAt: at(6), remainingSeconds: 6 * 3600 }),
    ],
    ['of a paused one without an end is nothing', { state: 'paused', expiresAt: null }, no('noEnd')],
    [
      'brings one back that starts just now',
      { ...over, startsAt: noon, expiresAt: at(1) },
      changes({ expiresAt: at(6), state: 'active', ...again }),
    ],
    [
      'brings one back that is over',
      { ...over, expiresAt: at(-4), overdueAlertedAt: at(-3) },
      changes({ expiresAt: at(5), state: 'active', ...again }),
    ],
    [
      'brings one back that is ending',
      { ...over, state: 'ending', endedAt: null, expiresAt: at(-4) },
      changes({ expiresAt: at(5), state: 'active', ...again }),
    ],
    [
      'of one that was revoked counts from its end',
      { ...over, endCause: 'revoked' },
      changes({ expiresAt: at(15), state: 'active', ...again }),
    ],
    [
      'gives one that was for good an end when it is brought back',
      { ...over, expiresAt: null },
      changes({ expiresAt: at(5), state: 'active', ...again }),
    ],
    [
      'of one that was revoked before its start schedules it again',
      { ...over, startsAt: at(2) },
      changes({ expiresAt: at(15), state: 'scheduled', ...again }),
    ],
    ['cannot bring back what gives nothing any more', { ...over, libraryIds: [] }, no('librariesGone')],
  ])('%s', (_name, fields, expected) => {
    expect(decide(grant(fields), { kind: 'extend', by: duration('5h') })).toEqual(expected);
  });

  it('counts months in the zone, over the change of the clocks', () => {
    const end = new Date('2026-03-28T22:30:00Z');
    const extended = decideGrantChange(
      grant({ expiresAt: end }),
      { kind: 'extend', by: duration('1d') },
      noon,
      'Europe/Berlin',
    );
    // 23:30 on both days in Berlin, where the 29th has 23 hours.
    expect(extended).toEqual(changes({ expiresAt: new Date('2026-03-29T21:30:00Z') }));
  });
});

describe('setting', () => {
  it.each<[string, Partial<GrantFields>, Omit<Extract<GrantAction, { kind: 'set' }>, 'kind'>, unknown]>([
    ['a new end', {}, { until: at(1) }, changes({ expiresAt: at(1) })],
    ['no end', {}, { until: null }, changes({ expiresAt: null })],
    ['libraries', {}, { libraryIds: ['shows'] }, changes({ libraryIds: ['shows'] })],
    [
      'both',
      {},
      { until: at(2), libraryIds: ['shows'] },
      changes({ expiresAt: at(2), libraryIds: ['shows'] }),
    ],
    ['an end that has passed', {}, { until: at(-1) }, no('endPassed')],
    ['an end that is now', {}, { until: noon }, no('endPassed')],
    [
      'an end before the start',
      { state: 'scheduled', startsAt: at(5) },
      { until: at(5) },
      no('endBeforeStart'),
    ],
    [
      'the end of a paused one sets what is left',
      { state: 'paused', pausedAt: at(-1), remainingSeconds: 60 },
      { until: at(2) },
      changes({ expiresAt: at(2), remainingSeconds: 7200 }),
    ],
    [
      'a paused one without an end',
      { state: 'paused', pausedAt: at(-1), remainingSeconds: 60 },
      { until: null },
      changes({ expiresAt: null, remainingSeconds: null }),
    ],
    ['anything of one that is over', over, { until: at(1) }, no('over')],
  ])('%s', (_name, fields, action, expected) => {
    expect(decide(grant(fields), { kind: 'set', ...action })).toStrictEqual(expected);
  });
});

describe('pausing, resuming and ending', () => {
  const paused = { state: 'paused', pausedAt: at(-1), remainingSeconds: 90 } as const;
  const end = { kind: 'end', cause: 'revoked' } as const;
  const stopped = { pausedAt: null, remainingSeconds: null, overdueAlertedAt: null };
  it.each<[string, GrantAction, Partial<GrantFields>, unknown]>([
    [
      'pause keeps what is left, rounded up',
      { kind: 'pause' },
      { expiresAt: new Date(at(1).getTime() + 1) },
      changes({ state: 'paused', pausedAt: noon, remainingSeconds: 3601 }),
    ],
    [
      'pause without an end',
      { kind: 'pause' },
      { expiresAt: null },
      changes({ state: 'paused', pausedAt: noon, remainingSeconds: null }),
    ],
    ['pause twice', { kind: 'pause' }, paused, no('pausedAlready')],
    ['pause before the start', { kind: 'pause' }, { state: 'scheduled' }, no('notStarted')],
    ['pause after the end', { kind: 'pause' }, over, no('overNow')],
    ['pause at the end, not moved yet', { kind: 'pause' }, { expiresAt: noon }, no('overNow')],
    [
      'resume',
      { kind: 'resume' },
      paused,
      changes({ state: 'active', expiresAt: new Date(noon.getTime() + 90_000), ...stopped }),
    ],
    [
      'resume without an end',
      { kind: 'resume' },
      { ...paused, remainingSeconds: null },
      changes({ state: 'active', expiresAt: null, ...stopped }),
    ],
    ['resume what is not paused', { kind: 'resume' }, {}, no('notPaused')],
    ['end', end, {}, changes({ state: 'ending', endCause: 'revoked', endingAt: noon, ...stopped })],
    [
      'end a paused one',
      end,
      paused,
      changes({ state: 'ending', endCause: 'revoked', endingAt: noon, ...stopped }),
    ],
    [
      'end one that never started',
      end,
      { state: 'scheduled' },
      changes({ state: 'ended', endedAt: noon, endCause: 'revoked', endingAt: noon, ...stopped }),
    ],
    ['end twice', end, { ...over, state: 'ending' }, no('overAlready')],
  ])('%s', (_name, action, fields, expected) => {
    expect(decide(grant(fields), action)).toEqual(expected);
  });
});

describe('undoing', () => {
  const undo = (now: GrantFields, before: GrantFields, after = now) =>
    decideUndo(now, { before, after }, noon);

  it('brings back what was, whatever was done', () => {
    const before = grant();
    for (const action of actions) {
      const decision = decide(before, action);
      if (decision.kind === 'no') continue;
      const undone = undo({ ...before, ...decision.changes }, before);
      expect(undone).toEqual(changes({ ...before }));
    }
  });

  it('ends again what was over', () => {
    const before = grant({ ...over, expiresAt: at(-4) });
    expect(undo(grant({ expiresAt: at(5) }), before)).toEqual(
      changes({ ...before, state: 'ending', endingAt: noon, endedAt: null }),
    );
  });

  it('ends at once what was over and would begin only later', () => {
    const before = grant({ ...over, startsAt: at(1), endCause: 'revoked', expiresAt: null });
    expect(undo(grant({ state: 'scheduled', startsAt: at(1), expiresAt: at(5) }), before)).toEqual(
      changes({ ...before, state: 'ended', endingAt: noon, endedAt: noon }),
    );
  });

  it('starts what would have started meanwhile', () => {
    const before = grant({ state: 'scheduled', startsAt: at(-1) });
    expect(undo(grant({ ...over, startsAt: at(-1) }), before)).toEqual(
      changes({ ...before, state: 'active' }),
    );
  });

  it.each<[string, Partial<GrantFields>, unknown]>([
    ['an end that is just now has passed', { expiresAt: noon }, no('oldEndPassed')],
    ['no end cannot have passed', { expiresAt: null }, changes({ ...grant({ expiresAt: null }) })],
    [
      'the end of a paused one does not count',
      { state: 'paused', pausedAt: at(-5), remainingSeconds: 60, expiresAt: at(-1) },
      changes({ ...grant({ state: 'paused', pausedAt: at(-5), remainingSeconds: 60, expiresAt: at(-1) }) }),
    ],
    [
      'what is yet to start stays so',
      { state: 'scheduled', startsAt: at(1) },
      changes({ ...grant({ state: 'scheduled', startsAt: at(1) }) }),
    ],
    [
      'what starts just now has started',
      { state: 'scheduled', startsAt: noon },
      changes({ ...grant({ startsAt: noon }) }),
    ],
  ])('%s', (_name, fields, expected) => {
    const before = grant(fields);
    expect(undo({ ...before, libraryIds: ['shows'] }, before)).toEqual(expected);
  });

  it.each<[string, Partial<GrantFields>, Partial<GrantFields>]>([
    ['another cause', { ...over, state: 'ending' }, { ...over, state: 'ending', endCause: 'revoked' }],
    [
      'another rest of a pause',
      { state: 'paused', pausedAt: noon, remainingSeconds: 60 },
      { state: 'paused', pausedAt: noon, remainingSeconds: 61 },
    ],
    ['a library twice in place of two', { libraryIds: ['movies', 'shows'] }, { libraryIds: ['movies'] }],
    ['a library more', { libraryIds: ['movies'] }, { libraryIds: ['movies', 'shows'] }],
    ['another of as many', { libraryIds: ['movies', 'shows'] }, { libraryIds: ['movies', 'music'] }],
    ['running again', { ...over, endCause: null, endingAt: null, endedAt: null }, { state: 'active' }],
    ['over', { state: 'active', endCause: null }, { state: 'ending', endCause: null }],
    ['paused at the same moments', { state: 'active' }, { state: 'scheduled' }],
  ])('leaves alone what was changed since: %s', (_name, made, since) => {
    expect(undo(grant(since), grant({ expiresAt: at(50) }), grant(made))).toEqual(no('changedSince'));
  });

  it('does not bring back an end that has passed', () => {
    expect(undo(grant({ expiresAt: at(20) }), grant({ expiresAt: at(-1) }))).toEqual(no('oldEndPassed'));
  });

  it('leaves alone what was changed since', () => {
    const after = grant({ expiresAt: at(20) });
    for (const since of [
      { expiresAt: at(21) },
      { expiresAt: null },
      { libraryIds: ['shows'] },
      { libraryIds: ['movies', 'shows'] },
      { state: 'paused', pausedAt: noon, remainingSeconds: 5 },
      { ...over },
    ] as const)
      expect(undo({ ...after, ...since }, grant(), after)).toEqual(no('changedSince'));
  });

  it('takes the confirmation of an end for no change', () => {
    const after = grant({ ...over, state: 'ending', endedAt: null });
    const now = grant({ ...over, overdueAlertedAt: noon });
    expect(undo(now, grant(), after)).toMatchObject({ kind: 'change', changes: { state: 'active' } });
  });
});

const actions: readonly GrantAction[] = [
  { kind: 'extend', by: duration('1d') },
  { kind: 'set', until: at(30), libraryIds: ['shows', 'music'] },
  { kind: 'set', until: null },
  { kind: 'pause' },
  { kind: 'resume' },
  { kind: 'end', cause: 'revoked' },
];

describe('any sequence of actions', () => {
  const steps = fc.array(
    fc.record({ action: fc.constantFrom(...actions), hours: fc.integer({ min: 0, max: 30 }) }),
    { maxLength: 12 },
  );

  it('moves as rule 2 allows, and each step can be undone at once', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let now = noon;
        let fields = grant();
        for (const { action, hours } of list) {
          now = new Date(now.getTime() + hours * HOUR);
          const decision = decideGrantChange(fields, action, now, 'UTC');
          if (decision.kind === 'no') continue;
          const after = { ...fields, ...decision.changes };
          if (after.state !== fields.state) expect(mayMove(fields.state, after.state)).toBe(true);
          const undone = decideUndo(after, { before: fields, after }, now);
          if (undone.kind === 'change') {
            const state = undone.changes.state ?? after.state;
            if (state !== after.state) expect(mayMove(after.state, state)).toBe(true);
          }
          fields = after;
        }
      }),
    );
  });

  it('a pause of any length takes nothing away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (left, pausedMs) => {
          const before = grant({ expiresAt: new Date(noon.getTime() + left) });
          const paused = decide(before, { kind: 'pause' });
          if (paused.kind === 'no') throw new Error(paused.message.key);
          const later = new Date(noon.getTime() + pausedMs);
          const resumed = decideGrantChange(
            { ...before, ...paused.changes },
            { kind: 'resume' },
            later,
            'UTC',
          );
          if (resumed.kind === 'no') throw new Error(resumed.message.key);
          const stillLeft = (resumed.changes.expiresAt?.getTime() ?? 0) - later.getTime();
          expect(stillLeft - left).toBeGreaterThanOrEqual(0);
          expect(stillLeft - left).toBeLessThan(1000);
        },
      ),
    );
  });
});
