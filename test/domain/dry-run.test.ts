import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PolicyEffect, rehearse, sumOf } from '../../src/domain/dry-run.ts';
import type { Account, Grant, Library, Plan, Server } from '../../src/domain/model.ts';

const dryRun = (
  server: Server,
  libraries: readonly Library[],
  ...[accounts, grants, plans]: Rest
): PolicyEffect => sumOf(server, libraries, rehearse({ server, libraries, accounts, grants, plans }));
type Rest = readonly [readonly Account[], readonly Grant[], readonly Plan[]];

const noon = new Date('2026-03-01T12:00:00Z');
const TOWER: Server = {
  id: 'tower',
  kind: 'plex',
  name: 'Tower',
  url: 'http://tower.test',
  localUrl: null,
  publicUrl: null,
  identity: 'i',
  ownerAccountId: null,
  tokenLast4: 'last',
  certificate: null,
  version: null,
  status: 'online',
  checkedAt: null,
  offlineWhy: null,
  offlineSince: null,
  failedChecks: 0,
  nextProbeAt: null,
  lastSyncAt: null,
  defaultLibraryId: null,
  expiryAction: 'withdraw',
  driftPolicy: 'report',
};
const library = (id: string): Library => ({
  id,
  serverId: 'tower',
  externalId: id,
  name: id,
  type: 'movies',
  firstSeenAt: new Date(0),
  missingSince: null,
  goneAt: null,
});
const LIBRARIES = ['movies', 'shows', 'music'].map(library);

/** Ada's account. By default Movies was given and is seen. */
function account(changes: Partial<Account> = {}): Account {
  return {
    id: 'a',
    serverId: 'tower',
    externalId: '77',
    name: 'ada',
    emailMasked: null,
    protected: false,
    memberId: 'ada',
    createdByUs: false,
    seenAccess: 'libraries',
    pending: false,
    disabled: false,
    disabledByUs: false,
    seenAt: noon,
    dueAt: null,
    attempts: 0,
    trouble: null,
    lossApproved: false,
    deleteAt: null,
    seen: ['movies'],
    given: ['movies'],
    inFlight: [],
    leaving: [],
    writtenAt: null,
    ...changes,
  };
}

function grant(libraryIds: readonly string[], changes: Partial<Grant> = {}): Grant {
  return {
    id: 'g',
    number: 1,
    memberId: 'ada',
    source: 'command',
    planId: null,
    inviteId: null,
    state: 'active',
    startsAt: noon,
    expiresAt: null,
    pausedAt: null,
    remainingSeconds: null,
    endCause: null,
    endingAt: null,
    endedAt: null,
    overdueAlertedAt: null,
    reason: null,
    createdById: 'staff',
    createdAt: noon,
    libraryIds,
    ...changes,
  };
}

const movies = grant(['movies']);
const ended = grant(['movies'], { state: 'ended', endingAt: noon });
const nothing: PolicyEffect = { accounts: 0, adds: 0, removes: 0, adopted: { extra: 0, missing: 0 } };
const effect = (changes: Partial<PolicyEffect>): PolicyEffect => ({ ...nothing, ...changes });
const none = { seenAccess: 'none', seen: [], given: [] } as const;

describe('what policies would do', () => {
  it.each<[string, Partial<Server>, readonly Account[], readonly Grant[], PolicyEffect, (readonly Plan[])?]>([
    ['nothing where all is as it should be', {}, [account()], [movies], nothing],
    ['nothing without accounts', { driftPolicy: 'enforce' }, [], [], nothing],
    [
      'nothing about what others gave, by report',
      {},
      [account({ seen: ['movies', 'shows'] })],
      [movies],
      nothing,
    ],
    [
      'takes what others gave, by enforce',
      { driftPolicy: 'enforce' },
      [account({ seen: ['movies', 'shows', 'music'] })],
      [movies],
      effect({ accounts: 1, removes: 2 }),
    ],
    [
      'gives what others took, by enforce',
      { driftPolicy: 'enforce' },
      [account({ seen: [], seenAccess: 'none' })],
      [movies],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'makes a list of all, by enforce',
      { driftPolicy: 'enforce' },
      [account({ seenAccess: 'all', seen: [] })],
      [movies],
      effect({ accounts: 1, removes: 2 }),
    ],
    [
      'takes everything, by enforce',
      { driftPolicy: 'enforce' },
      [account({ given: [] })],
      [],
      effect({ accounts: 1, removes: 1 }),
    ],
    [
      'counts account by account',
      { driftPolicy: 'enforce' },
      [
        account({ seen: ['movies', 'shows'] }),
        account({ id: 'b', memberId: 'ben', seen: ['shows'], given: [] }),
        account({ id: 'c', memberId: 'cyn' }),
      ],
      [
        movies,
        grant(['movies'], { id: 'h', memberId: 'ben' }),
        grant(['movies'], { id: 'i', memberId: 'cyn' }),
      ],
      effect({ accounts: 2, adds: 1, removes: 2 }),
    ],
    [
      'leaves observed, protected and unfinished accounts alone',
      { driftPolicy: 'enforce' },
      [
        account({ memberId: null, seen: ['shows'] }),
        account({ protected: true, seen: ['shows'] }),
        account({ externalId: null, seen: ['shows'] }),
      ],
      [],
      nothing,
    ],
    [
      'gives the default library to who has nothing',
      { defaultLibraryId: 'shows' },
      [account(none)],
      [],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'gives it also where the account is still there and sees nothing',
      { defaultLibraryId: 'shows', kind: 'jellyfin' },
      [account(none)],
      [],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'does not give it where an account is closed at the end',
      { defaultLibraryId: 'shows', expiryAction: 'disable' },
      [account(none)],
      [ended],
      nothing,
    ],
    [
      'nor where the plan says so',
      { defaultLibraryId: 'shows' },
      [account(none)],
      [{ ...ended, planId: 'gold' }],
      nothing,
      [
        {
          id: 'gold',
          name: 'Gold',
          duration: '',
          expiryAction: 'delete',
          roleId: null,
          createdAt: noon,
          libraryIds: ['movies'],
        },
      ],
    ],
    [
      'does not ask back on Plex who has left',
      {},
      [account({ ...none, given: ['movies'] })],
      [movies],
      nothing,
    ],
    [
      'does not enable on Jellyfin what others disabled',
      { kind: 'jellyfin', driftPolicy: 'enforce' },
      [account({ ...none, disabled: true })],
      [movies],
      nothing,
    ],
    [
      'enables what Usher disabled',
      { kind: 'jellyfin' },
      [account({ ...none, disabled: true, disabledByUs: true })],
      [movies],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'cancels a foreign invitation to nothing we know, by enforce',
      { driftPolicy: 'enforce' },
      [account({ seen: [], given: [], pending: true })],
      [],
      nothing,
    ],
    [
      'takes over what others did, by adopt',
      { driftPolicy: 'adopt' },
      [
        account({ seen: ['movies', 'shows'] }),
        account({ id: 'b', memberId: 'ben', seen: [], seenAccess: 'libraries' }),
        account({ id: 'c', memberId: 'cyn', seenAccess: 'all', seen: [] }),
      ],
      [movies, grant(['movies'], { memberId: 'ben' }), grant(['movies'], { memberId: 'cyn' })],
      effect({ adopted: { extra: 2, missing: 1 } }),
    ],
    [
      'does not take a disabled account for a wish, by adopt',
      { driftPolicy: 'adopt', kind: 'jellyfin' },
      [account({ ...none, given: ['movies'], disabled: true })],
      [movies],
      nothing,
    ],
  ])('%s', (_name, policies, accounts, grants, expected, plans = []) => {
    expect(dryRun({ ...TOWER, ...policies }, LIBRARIES, accounts, grants, plans)).toEqual(expected);
  });

  it('once enforced there is nothing left to enforce', () => {
    const some = fc.subarray(['movies', 'shows', 'music']);
    fc.assert(
      fc.property(some, some, some, (seen, given, granted) => {
        const server: Server = { ...TOWER, driftPolicy: 'enforce' };
        const grants = granted.length > 0 ? [grant(granted)] : [];
        const before = dryRun(server, LIBRARIES, [account({ seen, given })], grants, []);
        expect(before.adds - before.removes).toBe(granted.length - seen.length);
        const after = account({ seen: granted, given: granted });
        expect(dryRun(server, LIBRARIES, [after], grants, [])).toEqual(nothing);
      }),
    );
  });
});
