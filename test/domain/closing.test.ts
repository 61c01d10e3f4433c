import { describe, expect, it } from 'vitest';
import {
  type Actual,
  asTouched,
  type Change,
  closingAction,
  desiredLibraries,
  takesAway,
  touchedBy,
} from '../../src/domain/access.ts';
import type { ExpiryAction, GrantState } from '../../src/domain/model.ts';
import { aGrant, aLibrary, aPlan, aServer } from '../support/rows.ts';

const libraries = [aLibrary('movies'), aLibrary('shows'), aLibrary('films', { serverId: 'den' })];

describe('what happens to an account when its grants are over', () => {
  const tower = aServer({ expiryAction: 'disable' });
  const plans = [aPlan('gold', { expiryAction: 'delete' }), aPlan('plain')];
  const grant = (
    state: GrantState,
    changes: { libraryIds?: string[]; planId?: string; endingAt?: number | null } = {},
  ) =>
    aGrant({
      ...changes,
      state,
      endingAt: changes.endingAt === null ? null : new Date(changes.endingAt ?? 1000),
    });
  it.each<[string, ReturnType<typeof grant>[], ExpiryAction]>([
    ['nothing, when there never was one', [], 'withdraw'],
    ['nothing, when all were elsewhere', [grant('ended', { libraryIds: ['films'] })], 'withdraw'],
    ['what the server says', [grant('ended')], 'disable'],
    ['what the server says, while the end is not confirmed', [grant('ending')], 'disable'],
    [
      'what the server says, when one of its libraries was in it',
      [grant('ended', { libraryIds: ['films', 'movies'] })],
      'disable',
    ],
    ['what the plan says', [grant('ended', { planId: 'gold' })], 'delete'],
    ['what the server says, when the plan leaves it to it', [grant('ended', { planId: 'plain' })], 'disable'],
    ['what the server says, when the plan is gone', [grant('ended', { planId: 'none' })], 'disable'],
    [
      'what the plan of the last one says',
      [grant('ended', { endingAt: 1000 }), grant('ended', { planId: 'gold', endingAt: 2000 })],
      'delete',
    ],
    [
      'nothing of a plan that ended before',
      [grant('ended', { planId: 'gold', endingAt: 1000 }), grant('ended', { endingAt: 2000 })],
      'disable',
    ],
    [
      'nothing of one that has no moment of its end',
      [grant('ended', { planId: 'gold', endingAt: null }), grant('ended', { endingAt: 1000 })],
      'disable',
    ],
    ['nothing while another is paused', [grant('ended'), grant('paused')], 'withdraw'],
    ['nothing while another is yet to start', [grant('ended'), grant('scheduled')], 'withdraw'],
    ['nothing while another is active', [grant('ended'), grant('active')], 'withdraw'],
    [
      'what the server says, whatever is active elsewhere',
      [grant('ended'), grant('active', { libraryIds: ['films'] })],
      'disable',
    ],
  ])('%s', (_name, grants, expected) => {
    expect(closingAction(tower, libraries, grants, plans)).toBe(expected);
  });

  it.each<[ExpiryAction, string[]]>([
    ['withdraw', ['shows']],
    ['disable', []],
    ['delete', []],
  ])('with %s the default library is %j', (closing, expected) => {
    const server = aServer({ defaultLibraryId: 'shows' });
    expect(desiredLibraries(server, libraries, [], closing)).toEqual(expected);
    const grants = [aGrant()];
    expect(desiredLibraries(server, libraries, grants, closing)).toEqual(['movies']);
  });
});

describe('what a change does to an account', () => {
  const PRESENT = ['movies', 'shows', 'music'];
  const has = (...access: string[]): Actual => ({ kind: 'present', access, pending: false, disabled: false });
  const invited = (...access: string[]): Actual => ({
    kind: 'present',
    access,
    pending: true,
    disabled: false,
  });
  const all: Actual = { kind: 'present', access: 'all', pending: false, disabled: false };
  const set = (first: string, ...rest: string[]): Change => ({ kind: 'set', libraryIds: [first, ...rest] });
  const withdraw: Change = { kind: 'withdraw' };
  // Whether the change takes something away, and which libraries are uncertain until the next reading. Movies and
  // Shows were given; Films is in flight.
  it.each<[string, Change, Actual, boolean, string[], string[]]>([
    ['nothing', { kind: 'none' }, has('movies'), false, [], []],
    ['more', set('movies', 'music'), has('movies'), false, ['music'], []],
    ['less', set('movies'), has('movies', 'shows'), true, [], ['shows']],
    ['less of what others gave', set('movies'), has('movies', 'music'), true, [], []],
    ['one for another', set('music'), has('movies'), true, ['music'], ['movies']],
    ['the same', set('movies'), has('movies'), false, [], []],
    ['a list in place of all', set('music', 'shows'), all, true, [], ['movies']],
    ['a list of all', set('movies', 'shows', 'music'), all, false, [], []],
    ['the end', withdraw, has('movies', 'music'), true, [], ['movies']],
    ['the end of all', withdraw, all, true, [], ['movies', 'shows']],
    ['the end of nothing', withdraw, has(), false, [], []],
    [
      'more, of an open invitation',
      set('movies', 'music'),
      invited('movies'),
      false,
      ['movies', 'music'],
      [],
    ],
    ['as others changed it', set('movies', 'music'), invited('music', 'movies'), false, ['movies'], []],
    ['an invitation', { kind: 'invite', libraryIds: ['music'] }, { kind: 'absent' }, false, ['music'], []],
    ['the end of what is not there', withdraw, { kind: 'absent' }, false, [], []],
    ['the end of what nobody knows', withdraw, has('films'), true, [], ['films']],
  ])('%s', (_name, change, actual, takes, giving, taking) => {
    expect(takesAway(change, actual, PRESENT)).toBe(takes);
    const account = { given: ['movies', 'shows'], inFlight: ['films'], ended: [] };
    expect(touchedBy(change, actual, account, PRESENT)).toEqual({ giving, taking });
  });
});

it('what was about to be given and taken is on record before it is', () => {
  const account = {
    given: ['movies', 'shows'],
    inFlight: ['films', 'music'],
    leaving: ['music'],
    ended: ['films', 'old'],
  };
  expect(asTouched(account, { giving: ['music', 'movies'], taking: ['films'] })).toEqual({
    given: ['shows'],
    inFlight: ['films', 'music', 'movies'],
    leaving: ['films'],
    ended: ['old'],
  });
});
