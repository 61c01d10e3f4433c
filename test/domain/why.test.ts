import { describe, expect, it } from 'vitest';
import type { Account, Grant, Library, Server } from '../../src/domain/model.ts';
import { explain, type Why } from '../../src/domain/why.ts';

const noon = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-02T12:00:00Z');
const server = { id: 'tower', name: 'Tower', driftPolicy: 'report', defaultLibraryId: null } as Server;
const library = (id: string, changes: Partial<Library> = {}): Library => ({
  id,
  serverId: 'tower',
  externalId: id,
  name: id,
  type: 'movies',
  firstSeenAt: new Date(0),
  missingSince: null,
  goneAt: null,
  ...changes,
});
const grant = (changes: Partial<Grant> = {}) =>
  ({
    number: 1,
    state: 'active',
    startsAt: noon,
    expiresAt: null,
    libraryIds: ['movies'],
    ...changes,
  }) as Grant;
const account = (changes: Partial<Account> = {}) =>
  ({
    externalId: '7',
    protected: false,
    seenAccess: 'libraries',
    seen: ['movies'],
    pending: false,
    disabled: false,
    dueAt: null,
    trouble: null,
    seenAt: noon,
    ...changes,
  }) as Account;

interface Case {
  readonly grants?: readonly Grant[];
  readonly account?: Account | null;
  readonly server?: Partial<Server>;
  readonly library?: Partial<Library>;
}

function why({ grants = [grant()], account: one, server: policies, library: changes }: Case): Why {
  const movies = library('movies', changes);
  return explain({
    server: { ...server, ...policies },
    library: movies,
    libraries: [movies, library('music')],
    grants,
    account: one === null ? undefined : (one ?? account()),
    closing: 'withdraw',
  });
}

describe('why a member has a library or not', () => {
  const running = grant({ expiresAt: later });
  it.each<[string, Case, Partial<Why>]>([
    ['granted and shown', {}, { wanted: 'by-grant', shown: 'yes', next: { kind: 'nothing' } }],
    [
      'until the first of several ends',
      { grants: [grant({ expiresAt: new Date(later.getTime() + 1) }), running] },
      { next: { kind: 'ends', at: later, grant: running } },
    ],
    ['until an end', { grants: [grant(), running] }, { next: { kind: 'ends', at: later, grant: running } }],
    [
      'from a start',
      { grants: [grant({ state: 'scheduled', startsAt: later })], account: account({ seen: [] }) },
      { wanted: 'no', shown: 'no', next: expect.objectContaining({ kind: 'starts', at: later }) },
    ],
    [
      'queued',
      { account: account({ dueAt: later }) },
      { next: { kind: 'compare', at: later, trouble: null } },
    ],
    [
      'failed',
      { account: account({ dueAt: later, trouble: 'No answer.' }) },
      { next: { kind: 'compare', at: later, trouble: 'No answer.' } },
    ],
    [
      'without an account',
      { account: null },
      { shown: 'no-account', readAt: null, next: { kind: 'account' } },
    ],
    ['half an account', { account: account({ externalId: null }) }, { shown: 'no-account' }],
    ['never read', { account: account({ seenAccess: 'unknown', dueAt: noon }) }, { shown: 'never-read' }],
    ['invited', { account: account({ pending: true }) }, { shown: 'invited', next: { kind: 'accept' } }],
    [
      'taken by somebody else',
      { account: account({ seen: [] }) },
      { shown: 'no', next: { kind: 'drift', policy: 'report' } },
    ],
    ['disabled by somebody else', { account: account({ disabled: true }) }, { shown: 'no' }],
    [
      'given by somebody else',
      { grants: [] },
      { wanted: 'no', shown: 'yes', next: { kind: 'drift', policy: 'report' } },
    ],
    ['everything is shown', { account: account({ seenAccess: 'all', seen: [] }) }, { shown: 'yes' }],
    [
      'as the default library',
      { grants: [], server: { defaultLibraryId: 'movies' } },
      { wanted: 'as-default', shown: 'yes', next: { kind: 'nothing' } },
    ],
    [
      'not as the default library while something else is granted',
      { grants: [grant({ libraryIds: ['music'] })], server: { defaultLibraryId: 'movies' } },
      { wanted: 'no', grants: [] },
    ],
    ['gone', { library: { goneAt: noon } }, { next: { kind: 'gone', at: noon } }],
    [
      'protected',
      { account: account({ protected: true, seenAccess: 'all' }), grants: [] },
      { next: { kind: 'protected' } },
    ],
    ['nothing at all', { grants: [], account: null }, { wanted: 'no', next: { kind: 'nothing' } }],
    [
      'over',
      { grants: [grant({ state: 'ended', expiresAt: later })], account: account({ seen: [] }) },
      { next: { kind: 'nothing' } },
    ],
  ])('%s', (_name, situation, expected) => {
    expect(why(situation)).toMatchObject(expected);
  });
});
