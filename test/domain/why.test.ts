import { describe, expect, it } from 'vitest';
import type { Account, Grant, Library, Server } from '../../src/domain/model.ts';
import { explain, type Why } from '../../src/domain/why.ts';
import { DAY, later, noon } from '../support/moments.ts';
import { aGrant, aLibrary, anAccount, aServer } from '../support/rows.ts';

const tomorrow = later(DAY);

interface Case {
  readonly grants?: readonly Grant[];
  readonly account?: Account | null;
  readonly server?: Partial<Server>;
  readonly library?: Partial<Library>;
}

function why({ grants = [aGrant()], account: one, server: policies, library: changes }: Case): Why {
  const movies = aLibrary('movies', changes);
  return explain({
    server: aServer(policies),
    library: movies,
    libraries: [movies, aLibrary('music')],
    grants,
    account: one === null ? undefined : (one ?? anAccount()),
    closing: 'withdraw',
  });
}

describe('why a member has a library or not', () => {
  const running = aGrant({ expiresAt: tomorrow });
  it.each<[string, Case, Partial<Why>]>([
    ['granted and shown', {}, { wanted: 'by-grant', shown: 'yes', next: { kind: 'nothing' } }],
    [
      'until the first of several ends',
      { grants: [aGrant({ expiresAt: later(DAY + 1) }), running] },
      { next: { kind: 'ends', at: tomorrow, grant: running } },
    ],
    [
      'until an end',
      { grants: [aGrant(), running] },
      { next: { kind: 'ends', at: tomorrow, grant: running } },
    ],
    [
      'from a start',
      { grants: [aGrant({ state: 'scheduled', startsAt: tomorrow })], account: anAccount({ seen: [] }) },
      { wanted: 'no', shown: 'no', next: expect.objectContaining({ kind: 'starts', at: tomorrow }) },
    ],
    [
      'queued',
      { account: anAccount({ dueAt: tomorrow }) },
      { next: { kind: 'compare', at: tomorrow, trouble: null } },
    ],
    [
      'failed',
      { account: anAccount({ dueAt: tomorrow, trouble: 'No answer.' }) },
      { next: { kind: 'compare', at: tomorrow, trouble: 'No answer.' } },
    ],
    [
      'without an account',
      { account: null },
      { shown: 'no-account', readAt: null, next: { kind: 'account' } },
    ],
    [
      'what another guild gives',
      { account: anAccount({ given: [], elsewhere: ['movies'] }), grants: [] },
      { wanted: 'no', shown: 'yes', next: { kind: 'elsewhere' } },
    ],
    ['half an account', { account: anAccount({ externalId: null }) }, { shown: 'no-account' }],
    ['never read', { account: anAccount({ seenAccess: 'unknown', dueAt: noon }) }, { shown: 'never-read' }],
    ['invited', { account: anAccount({ pending: true }) }, { shown: 'invited', next: { kind: 'accept' } }],
    [
      'taken by somebody else',
      { account: anAccount({ seen: [] }) },
      { shown: 'no', next: { kind: 'drift', policy: 'report' } },
    ],
    ['disabled by somebody else', { account: anAccount({ disabled: true }) }, { shown: 'no' }],
    [
      'given by somebody else',
      { grants: [] },
      { wanted: 'no', shown: 'yes', next: { kind: 'drift', policy: 'report' } },
    ],
    ['everything is shown', { account: anAccount({ seenAccess: 'all', seen: [] }) }, { shown: 'yes' }],
    [
      'as the default library',
      { grants: [], server: { defaultLibraryId: 'movies' } },
      { wanted: 'as-default', shown: 'yes', next: { kind: 'nothing' } },
    ],
    [
      'not as the default library while something else is granted',
      { grants: [aGrant({ libraryIds: ['music'] })], server: { defaultLibraryId: 'movies' } },
      { wanted: 'no', grants: [] },
    ],
    ['gone', { library: { goneAt: noon } }, { next: { kind: 'gone', at: noon } }],
    [
      'protected',
      { account: anAccount({ protection: 'administrator', seenAccess: 'all' }), grants: [] },
      { next: { kind: 'protected', by: 'administrator' } },
    ],
    ['nothing at all', { grants: [], account: null }, { wanted: 'no', next: { kind: 'nothing' } }],
    [
      'over',
      { grants: [aGrant({ state: 'ended', expiresAt: tomorrow })], account: anAccount({ seen: [] }) },
      { next: { kind: 'nothing' } },
    ],
  ])('%s', (_name, situation, expected) => {
    expect(why(situation)).toMatchObject(expected);
  });
});
