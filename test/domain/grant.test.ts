import { describe, expect, it } from 'vitest';
import {
  type Application,
  applicationOn,
  asOf,
  isConfirmedGone,
  mayMove,
  nextTransition,
  serversOf,
} from '../../src/domain/grant.ts';
import type { Account, Grant, GrantState } from '../../src/domain/model.ts';
import { noon } from '../support/moments.ts';
import { aGrant, aLibrary, anAccount } from '../support/rows.ts';

const dawn = new Date('2026-03-01T05:00:00Z');
const morning = new Date('2026-03-01T06:00:00Z');
const evening = new Date('2026-03-01T18:00:00Z');

/** What a reading after the end shows of an account that had Movies. */
const gone = { seen: ['shows'], given: ['shows'], seenAt: noon, attempts: 1 };
const at = { endingAt: morning, pausedAt: morning };

const libraries = [aLibrary('movies'), aLibrary('shows'), aLibrary('films', { serverId: 'den' })];

describe('as of noon, whatever was written down last', () => {
  const second = new Date(noon.getTime() + 1000);
  it.each<[string, Partial<Grant>, GrantState, Application['kind']]>([
    ['one that runs', { expiresAt: second }, 'active', 'applied'],
    ['one for good', {}, 'active', 'applied'],
    ['one whose end has come', { expiresAt: noon }, 'ending', 'still-open'],
    ['one that begins later', { state: 'scheduled', startsAt: second }, 'scheduled', 'not-now'],
    ['one whose start has come', { state: 'scheduled', startsAt: noon }, 'active', 'seen-before'],
    [
      'one that began and is over by now',
      { state: 'scheduled', startsAt: morning, expiresAt: noon },
      'ending',
      'still-open',
    ],
    ['one that is paused past its end', { state: 'paused', expiresAt: morning }, 'paused', 'not-now'],
    ['one that has ended', { state: 'ended', expiresAt: morning }, 'ended', 'not-now'],
  ])('%s', (_name, changes, state, kind) => {
    const stored = aGrant({ startsAt: dawn, expiresAt: null, libraryIds: ['movies'], ...changes });
    const { grant, accounts } = asOf(noon, { grant: stored, accounts: [anAccount()] });
    expect(grant.state).toBe(state);
    expect(applicationOn(grant, { id: 'tower' }, accounts, libraries).kind).toBe(kind);
  });

  it('is what it was when nothing has come', () => {
    const stored = { grant: aGrant({ expiresAt: evening }), accounts: [anAccount()] };
    expect(asOf(noon, stored)).toEqual(stored);
  });
});

describe('how a grant of Movies stands on Tower', () => {
  it.each<[string, GrantState, readonly Account[], Application]>([
    ['the server shows it', 'active', [anAccount()], { kind: 'applied', seenAt: noon }],
    [
      'the server shows all',
      'active',
      [anAccount({ seenAccess: 'all', seen: [] })],
      { kind: 'applied', seenAt: noon },
    ],
    ['it waits to be accepted', 'active', [anAccount({ pending: true })], { kind: 'invited', seenAt: noon }],
    ['it is to be written', 'active', [anAccount({ given: [], dueAt: noon })], { kind: 'queued' }],
    [
      'it failed',
      'active',
      [anAccount({ given: [], dueAt: noon, trouble: 'No.' })],
      { kind: 'failed', why: 'No.' },
    ],
    [
      'it was refused',
      'active',
      [anAccount({ given: [], dueAt: noon, trouble: 'No.', refused: true })],
      { kind: 'failed', why: 'No.', refused: true },
    ],
    ['no account', 'active', [], { kind: 'no-account' }],
    ['an account elsewhere', 'active', [anAccount({ serverId: 'den' })], { kind: 'no-account' }],
    ['an account that is being made', 'active', [anAccount({ externalId: null })], { kind: 'queued' }],
    [
      'an account that is half made',
      'active',
      [anAccount({ externalId: null, trouble: 'stuck', attempts: 2 })],
      { kind: 'failed', why: 'stuck' },
    ],
    [
      'somebody took it away',
      'active',
      [anAccount({ seen: [], seenAccess: 'none' })],
      { kind: 'changed-there', missing: ['movies'] },
    ],
    ['it starts later', 'scheduled', [anAccount()], { kind: 'not-now' }],
    ['it is paused', 'paused', [anAccount()], { kind: 'not-now' }],
    [
      'it is paused, not confirmed',
      'paused',
      [anAccount({ dueAt: noon, trouble: 'No.' })],
      { kind: 'still-open', why: 'No.' },
    ],
    ['it is over', 'ended', [anAccount()], { kind: 'not-now' }],
    ['it ends, not confirmed', 'ending', [anAccount({ dueAt: noon })], { kind: 'still-open', why: null }],
    [
      'it ends, and that failed',
      'ending',
      [anAccount({ dueAt: noon, trouble: 'No.' })],
      { kind: 'still-open', why: 'No.' },
    ],
    [
      'it ends, and the account is half made',
      'ending',
      [anAccount({ externalId: null })],
      { kind: 'still-open', why: null },
    ],
    ['it ends, confirmed here', 'ending', [anAccount()], { kind: 'not-now' }],
    [
      'it ends, seen gone since, and something else is due',
      'ending',
      [anAccount({ ...gone, dueAt: evening, trouble: 'Shows cannot be given.' })],
      { kind: 'not-now' },
    ],
    [
      'it stands, and something else failed',
      'active',
      [anAccount({ given: ['movies'], seenAt: morning, dueAt: evening, trouble: 'No.' })],
      { kind: 'seen-before', seenAt: morning },
    ],
    [
      'it was seen before it was taken, and that is not undone yet',
      'active',
      [anAccount({ given: [], inFlight: ['movies'], leaving: ['movies'], seenAt: morning, dueAt: evening })],
      { kind: 'queued' },
    ],
  ])('%s', (_name, state, accounts, expected) => {
    expect(
      applicationOn({ ...at, state, libraryIds: ['movies', 'films'] }, { id: 'tower' }, accounts, libraries),
    ).toEqual(expected);
  });
});

describe('whether the end is confirmed', () => {
  const grant = { libraryIds: ['movies', 'films'], endingAt: morning };
  it.each<[string, readonly Account[], boolean]>([
    ['nobody has an account', [], true],
    ['the account was compared', [anAccount()], true],
    ['the account is due', [anAccount({ dueAt: noon })], false],
    ['the account is half made', [anAccount({ externalId: null })], false],
    ['the account is due later, after a failure', [anAccount({ dueAt: evening, attempts: 4 })], false],
    ['one of two servers is due', [anAccount(), anAccount({ id: 'b', serverId: 'den', dueAt: noon })], false],
    [
      'a server of other grants is due',
      [anAccount(), anAccount({ id: 'c', serverId: 'attic', dueAt: noon })],
      true,
    ],
    ['it was seen gone since, and something else is due', [anAccount({ ...gone, dueAt: noon })], true],
    ['it was seen gone before', [anAccount({ ...gone, seenAt: dawn, dueAt: noon })], false],
    ['no pass has been over it since', [anAccount({ ...gone, attempts: 0, dueAt: noon })], false],
    ['it is seen gone, and may come back', [anAccount({ ...gone, inFlight: ['films'], dueAt: noon })], false],
    [
      'a list lacks it, and it was not taken',
      [anAccount({ ...gone, given: ['movies'], dueAt: noon })],
      false,
    ],
    ['everything is seen', [anAccount({ ...gone, seenAccess: 'all', dueAt: noon })], false],
  ])('%s', (_name, accounts, expected) => {
    expect(isConfirmedGone(grant, accounts, libraries)).toBe(expected);
  });
});

it.each<[GrantState, Date | null, Date | null]>([
  ['scheduled', evening, noon],
  ['scheduled', null, noon],
  ['active', evening, evening],
  ['active', null, null],
  ['paused', evening, null],
  ['ending', evening, null],
  ['ended', evening, null],
])('a grant that is %s and ends at %s moves next at %s', (state, expiresAt, expected) => {
  expect(nextTransition({ state, startsAt: noon, expiresAt })).toEqual(expected);
});

describe('the moves of a grant', () => {
  const states: readonly GrantState[] = ['scheduled', 'active', 'paused', 'ending', 'ended'];
  it.each<[GrantState, readonly GrantState[]]>([
    ['scheduled', ['active', 'ended']],
    ['active', ['paused', 'ending']],
    ['paused', ['active', 'ending']],
    ['ending', ['active', 'paused', 'ended']],
    ['ended', ['scheduled', 'active', 'paused', 'ending']],
  ])('from %s only to %j', (from, to) => {
    expect(states.filter((state) => mayMove(from, state))).toEqual(to);
  });

  it('never end without having been ending, except before the start', () => {
    expect(states.filter((state) => mayMove(state, 'ended'))).toEqual(['scheduled', 'ending']);
  });
});

it('names each server of a grant once', () => {
  expect(serversOf({ libraryIds: ['movies', 'shows', 'films'] }, libraries)).toEqual(['tower', 'den']);
  expect(serversOf({ libraryIds: ['gone'] }, libraries)).toEqual([]);
});
