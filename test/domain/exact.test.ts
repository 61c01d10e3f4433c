import { describe, expect, it } from 'vitest';
import type { Actual, Understood } from '../../src/domain/access.ts';
import { type Beyond, beyondAsked, beyondUnread, isUnread } from '../../src/domain/exact.ts';
import type { Account } from '../../src/domain/model.ts';
import { later, MINUTE, noon, SECOND } from '../support/moments.ts';
import { anAccount } from '../support/rows.ts';

const present = ['movies', 'shows', 'music'];
const shows = (access: 'all' | readonly string[]): Understood => ({
  kind: 'present',
  access,
  pending: false,
  disabled: false,
});
const absent: Understood = { kind: 'absent' };
const nothing = anAccount({ seen: [], given: [], seenAccess: 'none' });

describe('what a reading after a write shows beside what was asked', () => {
  it.each<[string, Actual, readonly string[], Understood, Partial<Account>, Beyond | undefined]>([
    ['just what was asked', absent, ['movies'], shows(['movies']), {}, undefined],
    ['less', absent, ['movies', 'shows'], shows(['movies']), {}, undefined],
    ['nothing', shows(['movies']), [], absent, {}, undefined],
    [
      'another library',
      absent,
      ['movies'],
      shows(['movies', 'music']),
      {},
      { all: false, libraryIds: ['music'] },
    ],
    ['another one only', absent, ['movies'], shows(['music']), {}, { all: false, libraryIds: ['music'] }],
    ['everything', absent, ['movies'], shows('all'), {}, { all: true, libraryIds: ['shows', 'music'] }],
    ['everything, all of which was asked', absent, present, shows('all'), {}, { all: true, libraryIds: [] }],
    [
      'what was there and was to go',
      shows(['movies', 'shows']),
      ['movies'],
      shows(['movies', 'shows']),
      {},
      undefined,
    ],
    ['everything, as before', shows('all'), ['movies'], shows('all'), {}, undefined],
    [
      'what an earlier write was to give',
      absent,
      ['movies'],
      shows(['movies', 'shows']),
      { inFlight: ['shows'] },
      undefined,
    ],
    ['what had ended', absent, ['movies'], shows(['movies', 'shows']), { ended: ['shows'] }, undefined],
    [
      'what another guild gives',
      absent,
      ['movies'],
      shows(['movies', 'shows']),
      { elsewhere: ['shows'] },
      undefined,
    ],
    [
      'everything, some of it ours',
      absent,
      ['movies'],
      shows('all'),
      { ended: ['shows'] },
      { all: true, libraryIds: ['shows', 'music'] },
    ],
  ])('%s', (_name, before, target, after, changes, beyond) => {
    const account = { ...nothing, ...changes };
    expect(beyondAsked({ account, before, target, after, present })).toEqual(beyond);
  });
});

describe('a write after which nothing was read', () => {
  it.each<[string, Date | null, Date | null, number, boolean]>([
    ['there was none', null, noon, 0, false],
    ['seen later', noon, later(SECOND), MINUTE, false],
    ['seen before', later(SECOND), noon, MINUTE, true],
    ['never seen', noon, null, MINUTE, true],
    ['ten minutes ago', noon, null, 10 * MINUTE, true],
    ['longer ago', noon, null, 10 * MINUTE + 1, false],
  ])('%s', (_name, writtenAt, seenAt, ms, is) => {
    expect(isUnread({ writtenAt, seenAt }, later(ms))).toBe(is);
  });

  const written = { ...nothing, seenAt: noon, writtenAt: later(SECOND), inFlight: ['movies'] };
  it.each<[string, Partial<Account>, Actual, Beyond | undefined]>([
    ['has not happened, and somebody gave something', {}, shows(['music']), undefined],
    ['has happened', {}, shows(['movies']), undefined],
    ['has happened, and more', {}, shows(['movies', 'music']), { all: false, libraryIds: ['music'] }],
    ['has opened everything', {}, shows('all'), { all: true, libraryIds: ['shows', 'music'] }],
    [
      'took something, and everything is open',
      { leaving: ['movies'] },
      shows('all'),
      { all: true, libraryIds: ['shows', 'music'] },
    ],
    ['took something, and somebody gave another', { leaving: ['movies'] }, shows(['music']), undefined],
    [
      'stands beside what others gave before',
      { seen: ['music'], seenAccess: 'libraries' },
      shows(['movies', 'music']),
      undefined,
    ],
    ['stands beside everything, as before', { seenAccess: 'all' }, shows('all'), undefined],
    ['is not understood', {}, { kind: 'unread' }, undefined],
  ])('that %s', (_name, changes, actual, beyond) => {
    const found = { actual, desired: ['movies'], present, now: later(MINUTE) };
    expect(beyondUnread({ ...written, ...changes }, found)).toEqual(beyond);
  });
});
