import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PolicyEffect, rehearse, sumOf } from '../../src/domain/dry-run.ts';
import type { Account, Grant, Library, Plan, Server } from '../../src/domain/model.ts';
import { noon } from '../support/moments.ts';
import { ben, cyn } from '../support/people.ts';
import { aGrant, aLibrary, anAccount, aPlan, aServer } from '../support/rows.ts';

const dryRun = (
  server: Server,
  libraries: readonly Library[],
  ...[accounts, grants, plans]: readonly [readonly Account[], readonly Grant[], readonly Plan[]]
): PolicyEffect => sumOf(server, libraries, rehearse({ server, libraries, accounts, grants, plans }));

const LIBRARIES = ['movies', 'shows', 'music'].map((id) => aLibrary(id));

const movies = aGrant();
const ended = aGrant({ state: 'ended', endingAt: noon });
const nothing: PolicyEffect = { accounts: 0, adds: 0, removes: 0, adopted: { extra: 0, missing: 0 } };
const effect = (changes: Partial<PolicyEffect>): PolicyEffect => ({ ...nothing, ...changes });
const none = { seenAccess: 'none', seen: [], given: [] } as const;

describe('what policies would do', () => {
  it.each<[string, Partial<Server>, readonly Account[], readonly Grant[], PolicyEffect, (readonly Plan[])?]>([
    ['nothing where all is as it should be', {}, [anAccount()], [movies], nothing],
    ['nothing without accounts', { driftPolicy: 'enforce' }, [], [], nothing],
    [
      'nothing about what others gave, by report',
      {},
      [anAccount({ seen: ['movies', 'shows'] })],
      [movies],
      nothing,
    ],
    [
      'takes what others gave, by enforce',
      { driftPolicy: 'enforce' },
      [anAccount({ seen: ['movies', 'shows', 'music'] })],
      [movies],
      effect({ accounts: 1, removes: 2 }),
    ],
    [
      'gives what others took, by enforce',
      { driftPolicy: 'enforce' },
      [anAccount({ seen: [], seenAccess: 'none' })],
      [movies],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'makes a list of all, by enforce',
      { driftPolicy: 'enforce' },
      [anAccount({ seenAccess: 'all', seen: [] })],
      [movies],
      effect({ accounts: 1, removes: 2 }),
    ],
    [
      'takes everything, by enforce',
      { driftPolicy: 'enforce' },
      [anAccount({ given: [] })],
      [],
      effect({ accounts: 1, removes: 1 }),
    ],
    [
      'counts account by account',
      { driftPolicy: 'enforce' },
      [
        anAccount({ seen: ['movies', 'shows'] }),
        anAccount({ id: 'b', memberId: ben, seen: ['shows'], given: [] }),
        anAccount({ id: 'c', memberId: cyn }),
      ],
      [movies, aGrant({ id: 'h', memberId: ben }), aGrant({ id: 'i', memberId: cyn })],
      effect({ accounts: 2, adds: 1, removes: 2 }),
    ],
    [
      'leaves observed, protected and unfinished accounts alone',
      { driftPolicy: 'enforce' },
      [
        anAccount({ memberId: null, seen: ['shows'] }),
        anAccount({ protection: 'administrator', seen: ['shows'] }),
        anAccount({ externalId: null, seen: ['shows'] }),
      ],
      [],
      nothing,
    ],
    [
      'gives the default library to who has nothing',
      { defaultLibraryId: 'shows' },
      [anAccount(none)],
      [],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'gives it also where the account is still there and sees nothing',
      { defaultLibraryId: 'shows', kind: 'jellyfin' },
      [anAccount(none)],
      [],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'does not give it where an account is closed at the end',
      { defaultLibraryId: 'shows', expiryAction: 'disable' },
      [anAccount(none)],
      [ended],
      nothing,
    ],
    [
      'nor where the plan says so',
      { defaultLibraryId: 'shows' },
      [anAccount(none)],
      [{ ...ended, planId: 'gold' }],
      nothing,
      [aPlan('gold', { expiryAction: 'delete' })],
    ],
    [
      'does not ask back on Plex who has left',
      {},
      [anAccount({ ...none, given: ['movies'] })],
      [movies],
      nothing,
    ],
    [
      'does not enable on Jellyfin what others disabled',
      { kind: 'jellyfin', driftPolicy: 'enforce' },
      [anAccount({ ...none, disabled: true })],
      [movies],
      nothing,
    ],
    [
      'enables what Usher disabled',
      { kind: 'jellyfin' },
      [anAccount({ ...none, disabled: true, disabledByUs: true })],
      [movies],
      effect({ accounts: 1, adds: 1 }),
    ],
    [
      'cancels a foreign invitation to nothing we know, by enforce',
      { driftPolicy: 'enforce' },
      [anAccount({ seen: [], given: [], pending: true })],
      [],
      nothing,
    ],
    [
      'takes over what others did, by adopt',
      { driftPolicy: 'adopt' },
      [
        anAccount({ seen: ['movies', 'shows'] }),
        anAccount({ id: 'b', memberId: ben, seen: [], seenAccess: 'libraries' }),
        anAccount({ id: 'c', memberId: cyn, seenAccess: 'all', seen: [] }),
      ],
      [movies, aGrant({ memberId: ben }), aGrant({ memberId: cyn })],
      effect({ adopted: { extra: 2, missing: 1 } }),
    ],
    [
      'does not take a disabled account for a wish, by adopt',
      { driftPolicy: 'adopt', kind: 'jellyfin' },
      [anAccount({ ...none, given: ['movies'], disabled: true })],
      [movies],
      nothing,
    ],
  ])('%s', (_name, policies, accounts, grants, expected, plans = []) => {
    expect(dryRun(aServer(policies), LIBRARIES, accounts, grants, plans)).toEqual(expected);
  });

  it('once enforced there is nothing left to enforce', () => {
    const some = fc.subarray(['movies', 'shows', 'music']);
    fc.assert(
      fc.property(some, some, some, (seen, given, granted) => {
        const server = aServer({ driftPolicy: 'enforce' });
        const grants = granted.length > 0 ? [aGrant({ libraryIds: granted })] : [];
        const before = dryRun(server, LIBRARIES, [anAccount({ seen, given })], grants, []);
        expect(before.adds - before.removes).toBe(granted.length - seen.length);
        const after = anAccount({ seen: granted, given: granted });
        expect(dryRun(server, LIBRARIES, [after], grants, [])).toEqual(nothing);
      }),
    );
  });
});
