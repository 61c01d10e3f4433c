import { expect, it } from 'vitest';
import type { Change } from '../../src/domain/access.ts';
import { frozenTrouble, whileFrozen } from '../../src/domain/frozen.ts';
import { inEnglish } from '../support/said.ts';

const present = ['movies', 'shows', 'music'];
const set = (...[first = '', ...rest]: string[]): Change => ({ kind: 'set', libraryIds: [first, ...rest] });
const none: Change = { kind: 'none' };
const withdraw: Change = { kind: 'withdraw' };

it.each<[string, 'all' | readonly string[], Change, readonly string[], Change]>([
  ['nothing', ['movies'], none, [], none],
  ['an invitation', [], { kind: 'invite', libraryIds: ['movies'] }, [], none],
  ['an end that leaves nothing', ['movies'], withdraw, [], withdraw],
  ['an end that leaves something', ['movies', 'shows'], set('movies'), [], none],
  ['one more', ['movies'], set('movies', 'shows'), [], none],
  ['one for another', ['movies'], set('shows'), [], withdraw],
  ['one for another beside a third', ['movies', 'music'], set('shows', 'music'), [], none],
  ['a closing that was begun', ['movies', 'shows'], set('movies'), ['movies', 'shows'], withdraw],
  ['an end that was begun', ['movies', 'shows'], set('movies'), ['shows'], none],
  ['what was taken and is granted anew', ['movies'], none, ['movies'], none],
  ['everything, as others gave it', 'all', none, [], none],
  ['the closing of everything', 'all', none, present, withdraw],
])('while a server is frozen, of %s', (_name, has, change, leaving, made) => {
  const actual = { kind: 'present', access: has, pending: false, disabled: false } as const;
  expect(
    inEnglish(whileFrozen(change, { actual, account: { leaving, lossApproved: true }, present })),
  ).toEqual(made);
});

it('while a server is frozen, nothing that nobody decided is taken, unless it was begun', () => {
  const actual = { kind: 'present', access: ['movies'], pending: false, disabled: false } as const;
  const whenLeaving = (leaving: readonly string[]) =>
    whileFrozen(withdraw, { actual, account: { leaving, lossApproved: false }, present });
  expect(whenLeaving([])).toEqual(none);
  expect(whenLeaving(['movies'])).toEqual(withdraw);
});

it('says why nothing is given, while it is so', () => {
  expect(frozenTrouble({ name: 'Tower', frozenWhy: null })).toBeUndefined();
  expect(inEnglish(frozenTrouble({ name: 'Tower', frozenWhy: 'It opens everything.' })?.message)).toBe(
    'Tower is frozen: It opens everything. Nothing is given there until an admin has looked.',
  );
});
