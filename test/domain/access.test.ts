import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Actual,
  type Change,
  contradictsLastWrite,
  decideChange,
  desiredLibraries,
  drift,
  listedLibraries,
  ours,
  presentLibraries,
  type Situation,
  type Verdict,
  verify,
} from '../../src/domain/access.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { DriftPolicy, GrantState } from '../../src/domain/model.ts';
import type { Protection } from '../../src/domain/protection.ts';
import { ada } from '../support/people.ts';
import { aLibrary, anAccount } from '../support/rows.ts';

const PRESENT = ['movies', 'shows', 'music'];

const absent: Actual = { kind: 'absent' };

function has(...access: string[]): Actual {
  return { kind: 'present', access, pending: false, disabled: false };
}

const hasAll: Actual = { kind: 'present', access: 'all', pending: false, disabled: false };
const unread: Actual = { kind: 'unread' };
const disabled: Actual = { kind: 'present', access: [], pending: false, disabled: true };

function situation(changes: {
  readonly memberId?: MemberId | null;
  readonly protection?: Protection;
  readonly seen?: readonly string[];
  readonly given?: readonly string[];
  readonly inFlight?: readonly string[];
  readonly leaving?: readonly string[];
  readonly disabledByUs?: boolean;
  readonly actual: Actual;
  readonly desired: readonly string[];
  readonly listed?: readonly string[];
  readonly policy?: DriftPolicy;
}): Situation {
  return {
    account: anAccount({
      memberId: changes.memberId === undefined ? ada : changes.memberId,
      protection: changes.protection ?? null,
      seen: changes.seen ?? [],
      given: changes.given ?? [],
      inFlight: changes.inFlight ?? [],
      leaving: changes.leaving ?? [],
      disabledByUs: changes.disabledByUs ?? false,
    }),
    actual: changes.actual,
    desired: changes.desired,
    listed: changes.listed ?? PRESENT,
    present: PRESENT,
    policy: changes.policy ?? 'report',
  };
}

const none: Change = { kind: 'none' };
const withdraw: Change = { kind: 'withdraw' };
const set = (first: string, ...rest: string[]): Change => ({ kind: 'set', libraryIds: [first, ...rest] });
const invite = (first: string, ...rest: string[]): Change => ({
  kind: 'invite',
  libraryIds: [first, ...rest],
});

describe('what a member should have', () => {
  const libraries = [
    aLibrary('movies'),
    aLibrary('shows'),
    aLibrary('music', { goneAt: new Date(0) }),
    aLibrary('films', { serverId: 'den' }),
  ];
  const grant = (state: GrantState, ...libraryIds: string[]) => ({ state, libraryIds });
  it.each<[string, ReturnType<typeof grant>[], string | null, string[]]>([
    ['nothing without grants', [], null, []],
    ['what an active grant gives', [grant('active', 'movies')], null, ['movies']],
    ['the union of grants', [grant('active', 'movies'), grant('active', 'shows')], null, ['movies', 'shows']],
    ['each once', [grant('active', 'movies'), grant('active', 'movies')], null, ['movies']],
    ['nothing of a scheduled grant', [grant('scheduled', 'movies')], null, []],
    ['nothing of a paused grant', [grant('paused', 'movies')], null, []],
    ['nothing of an ending grant', [grant('ending', 'movies')], null, []],
    ['nothing of an ended grant', [grant('ended', 'movies')], null, []],
    [
      'what another grant gives, when one ends',
      [grant('ending', 'movies', 'shows'), grant('active', 'shows')],
      null,
      ['shows'],
    ],
    ['no library that is gone', [grant('active', 'movies', 'music')], null, ['movies']],
    ['no library of another server', [grant('active', 'films')], null, []],
    ['the default library when nothing else is left', [], 'movies', ['movies']],
    ['not the default library beside others', [grant('active', 'shows')], 'movies', ['shows']],
    ['no default library that is gone', [], 'music', []],
  ])('%s', (_name, grants, defaultLibraryId, expected) => {
    expect(desiredLibraries({ id: 'tower', defaultLibraryId }, libraries, grants)).toEqual(expected);
  });
});

describe('what is written', () => {
  it.each<[string, Parameters<typeof situation>[0], Change]>([
    [
      'nothing when all is as it should be',
      { given: ['movies'], actual: has('movies'), desired: ['movies'] },
      none,
    ],
    ['nothing for nobody', { actual: absent, desired: [] }, none],
    ['an invitation to what is new', { actual: absent, desired: ['movies'] }, invite('movies')],
    [
      'an invitation to what is new only: what somebody else took stays taken',
      { given: ['movies'], actual: absent, desired: ['movies', 'shows'] },
      invite('shows'),
    ],
    [
      'an invitation to everything, where exactly the wanted set is kept',
      { given: ['movies'], actual: absent, desired: ['movies', 'shows'], policy: 'enforce' },
      invite('movies', 'shows'),
    ],
    [
      'no invitation for somebody who left by themselves',
      { given: ['movies'], actual: absent, desired: ['movies'] },
      none,
    ],
    [
      'an invitation for somebody who left, where exactly the wanted set is kept',
      { given: ['movies'], actual: absent, desired: ['movies'], policy: 'enforce' },
      invite('movies'),
    ],
    [
      'a library more',
      { given: ['movies'], actual: has('movies'), desired: ['movies', 'shows'] },
      set('movies', 'shows'),
    ],
    [
      'a library less',
      { given: ['movies', 'shows'], actual: has('movies', 'shows'), desired: ['shows'] },
      set('shows'),
    ],
    ['one for another', { given: ['movies'], actual: has('movies'), desired: ['shows'] }, set('shows')],
    ['the end of everything', { given: ['movies'], actual: has('movies'), desired: [] }, withdraw],
    [
      'the end of everything that waits to be accepted',
      {
        given: ['movies'],
        actual: { kind: 'present', access: ['movies'], pending: true, disabled: false },
        desired: [],
      },
      withdraw,
    ],
    ['nothing when it is gone already', { given: ['movies'], actual: has(), desired: [] }, none],
    ['nothing when the share is gone already', { given: ['movies'], actual: absent, desired: [] }, none],
    [
      'only our end beside what somebody else gave',
      { given: ['movies'], actual: has('movies', 'music'), desired: [] },
      set('music'),
    ],
    [
      'what somebody else gave stays, when we give more',
      { given: ['movies'], actual: has('movies', 'music'), desired: ['movies', 'shows'] },
      set('movies', 'music', 'shows'),
    ],
    [
      'the end of what a run that was cut off may have given',
      { inFlight: ['movies'], actual: has('movies', 'music'), desired: [] },
      set('music'),
    ],
    [
      'what a run that was cut off could not give',
      { inFlight: ['movies'], actual: has(), desired: ['movies'] },
      set('movies'),
    ],
    ['nothing about what somebody else gave', { actual: has('music'), desired: [] }, none],
    [
      'nothing about what somebody else took',
      { given: ['movies', 'shows'], actual: has('shows'), desired: ['movies', 'shows'] },
      none,
    ],
    [
      'what somebody else gave goes under enforce',
      { actual: has('music'), desired: [], policy: 'enforce' },
      withdraw,
    ],
    [
      'what somebody else took comes back under enforce',
      { given: ['movies', 'shows'], actual: has('shows'), desired: ['movies', 'shows'], policy: 'enforce' },
      set('movies', 'shows'),
    ],
    ['nothing to somebody who has all, when something is new', { actual: hasAll, desired: ['movies'] }, none],
    [
      'nothing to somebody who has all, when nothing ends',
      { given: ['movies'], actual: hasAll, desired: ['movies'] },
      none,
    ],
    [
      'a list in place of all, when something ends',
      { given: ['movies'], actual: hasAll, desired: [] },
      set('shows', 'music'),
    ],
    ['the end of all, when we gave all of it', { given: PRESENT, actual: hasAll, desired: [] }, withdraw],
    [
      'a list in place of all under enforce',
      { given: ['movies'], actual: hasAll, desired: ['movies'], policy: 'enforce' },
      set('movies'),
    ],
    [
      'a list under enforce even when all is wanted',
      { given: PRESENT, actual: hasAll, desired: PRESENT, policy: 'enforce' },
      set('movies', 'shows', 'music'),
    ],
    ['nothing to an account that others disabled', { actual: disabled, desired: ['movies'] }, none],
    [
      'nothing to it under enforce either',
      { actual: disabled, desired: ['movies'], policy: 'enforce' },
      none,
    ],
    [
      'what has ended of an account that others disabled, and leaves the rest and the disabling',
      { actual: { ...disabled, dormant: ['movies', 'shows'] }, given: ['movies'], desired: [] },
      { kind: 'set', libraryIds: ['shows'], staysDisabled: true },
    ],
    [
      'everything that has ended of an account that others disabled',
      { actual: { ...disabled, dormant: ['movies'] }, given: ['movies'], desired: [] },
      withdraw,
    ],
    [
      'nothing of an account that others disabled where nothing has ended',
      { actual: { ...disabled, dormant: ['movies', 'shows'] }, given: ['movies'], desired: ['movies'] },
      none,
    ],
    [
      'the account that we disabled is enabled again',
      { actual: disabled, disabledByUs: true, desired: ['movies'] },
      set('movies'),
    ],
    [
      'what has ended of an account that we disabled, and that holds it again',
      { actual: { ...disabled, dormant: ['movies'] }, disabledByUs: true, given: ['movies'], desired: [] },
      { kind: 'withdraw' },
    ],
    [
      'what has ended of an account that we disabled, and no more than that',
      {
        actual: { ...disabled, dormant: ['movies', 'shows'] },
        disabledByUs: true,
        given: ['movies'],
        desired: [],
      },
      { kind: 'set', libraryIds: ['shows'], staysDisabled: true },
    ],
    [
      'the account that we disabled stays so without grants',
      { actual: disabled, disabledByUs: true, desired: [] },
      none,
    ],
    [
      'nothing to an observed account',
      { memberId: null, actual: has('movies'), desired: [], policy: 'enforce' },
      none,
    ],
    [
      'nothing to who sees everything by what they are',
      { protection: 'administrator', given: ['movies'], actual: hasAll, desired: [], policy: 'enforce' },
      none,
    ],
    [
      'nothing is given to a protected account',
      { protection: 'home', given: ['movies'], actual: has('movies'), desired: ['movies', 'shows'] },
      none,
    ],
    [
      'what others gave to a protected account is theirs, whatever the policy',
      { protection: 'managed', actual: has('movies'), desired: [], policy: 'enforce' },
      none,
    ],
    [
      'what we gave before an account was protected is taken, P16',
      { protection: 'home', given: ['movies'], actual: has('movies', 'shows'), desired: [] },
      set('shows'),
    ],
    [
      'and all of it, where that is all there is, P16',
      { protection: 'managed', given: ['movies'], actual: has('movies'), desired: [], policy: 'enforce' },
      withdraw,
    ],
    [
      'a share of ours in which no library is left is no longer needed',
      { given: ['gone'], actual: has(), desired: [] },
      withdraw,
    ],
    ['one of somebody else is', { given: [], actual: has(), desired: [] }, none],
    [
      'nor an account that is disabled already',
      { given: ['gone'], actual: disabled, disabledByUs: true, desired: [] },
      none,
    ],
    [
      'an entry that is not understood: its end is carried out, P11',
      { given: ['movies'], seen: ['movies'], actual: unread, desired: [] },
      withdraw,
    ],
    [
      'not while something is wanted',
      { given: ['movies', 'shows'], seen: ['movies', 'shows'], actual: unread, desired: ['shows'] },
      none,
    ],
    [
      'nor where somebody else was last seen to give something',
      { given: ['movies'], seen: ['movies', 'shows'], actual: unread, desired: [], policy: 'enforce' },
      none,
    ],
    ['nor where nothing is ours', { actual: unread, desired: [] }, none],
    [
      'no invitation that somebody else sent is cancelled',
      { actual: { kind: 'present', access: [], pending: true, disabled: false }, desired: [] },
      none,
    ],
    [
      'an invitation to what we do not know is cancelled under enforce',
      {
        actual: { kind: 'present', access: [], pending: true, disabled: false },
        desired: [],
        policy: 'enforce',
      },
      withdraw,
    ],
    [
      'an account that we disabled and that shows what it should is enabled',
      {
        given: ['movies'],
        actual: { kind: 'present', access: ['movies'], pending: false, disabled: true },
        disabledByUs: true,
        desired: ['movies'],
      },
      set('movies'),
    ],
    [
      'a library that is not listed now is not given',
      { actual: has(), desired: ['movies', 'shows'], listed: ['shows', 'music'] },
      set('shows'),
    ],
    [
      'nor does it hold up what must go',
      {
        given: ['movies', 'music'],
        actual: has('music'),
        desired: ['movies'],
        listed: ['shows', 'music'],
      },
      withdraw,
    ],
    [
      'and it is not taken, under enforce either',
      {
        given: ['movies'],
        actual: has('movies'),
        desired: ['movies'],
        listed: ['shows', 'music'],
        policy: 'enforce',
      },
      none,
    ],
    [
      'nobody is invited to it alone',
      { actual: absent, desired: ['movies'], listed: ['shows', 'music'] },
      none,
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideChange(situation(given))).toEqual(expected);
  });
});

it('listed are those that are neither missing nor gone, nor of another server', () => {
  const libraries = [
    aLibrary('movies'),
    aLibrary('shows', { missingSince: new Date(0) }),
    aLibrary('music', { goneAt: new Date(0) }),
    aLibrary('films', { serverId: 'den' }),
  ];
  expect(listedLibraries('tower', libraries)).toEqual(['movies']);
  expect(presentLibraries('tower', libraries)).toEqual(['movies', 'shows']);
});

describe('what a reading proves', () => {
  const settled = (...given: string[]): Verdict => ({ kind: 'settled', given });
  const open = (...libraryIds: string[]): Verdict => ({ kind: 'still-open', libraryIds });
  const notThere = (...libraryIds: string[]): Verdict => ({ kind: 'not-there', libraryIds, gone: [] });
  it.each<[string, Parameters<typeof situation>[0], Verdict]>([
    ['it is there', { actual: has('movies'), desired: ['movies'] }, settled('movies')],
    [
      'it was there before, given by others, and is not ours',
      { seen: ['movies'], actual: has('movies', 'shows'), desired: ['movies', 'shows'] },
      settled('shows'),
    ],
    [
      'it was there before, and is ours under enforce',
      { seen: ['movies'], actual: has('movies'), desired: ['movies'], policy: 'enforce' },
      settled('movies'),
    ],
    [
      'it was there before, given by a run that was cut off',
      { seen: ['movies'], inFlight: ['movies'], actual: has('movies'), desired: ['movies'] },
      settled('movies'),
    ],
    ['it is not there yet', { actual: has(), desired: ['movies'] }, notThere('movies')],
    ['there is no share yet', { actual: absent, desired: ['movies'] }, notThere('movies')],
    ['it is gone', { given: ['movies'], actual: absent, desired: [] }, settled()],
    ['it is still open', { given: ['movies'], actual: has('movies'), desired: [] }, open('movies')],
    [
      'it is still open, given by a run that was cut off',
      { inFlight: ['movies'], actual: has('movies'), desired: [] },
      open('movies'),
    ],
    ['it is still open as part of all', { given: ['movies'], actual: hasAll, desired: [] }, open('movies')],
    [
      'open comes before missing',
      { given: ['movies'], actual: has('movies'), desired: ['shows'] },
      open('movies'),
    ],
    ['what others gave does not matter', { actual: has('music'), desired: [] }, settled()],
    [
      'what others gave is open under enforce',
      { actual: has('music'), desired: [], policy: 'enforce' },
      open('music'),
    ],
    [
      'what others took does not matter',
      { given: ['movies'], actual: has(), desired: ['movies'] },
      settled('movies'),
    ],
    [
      'what others took is missing under enforce',
      { given: ['movies'], actual: has(), desired: ['movies'], policy: 'enforce' },
      notThere('movies'),
    ],
    ['it is there as part of all', { actual: hasAll, desired: ['movies'] }, settled('movies')],
    [
      'what is not listed now is not waited for, and counts as given once it is there',
      { actual: has('shows'), desired: ['movies', 'shows'], listed: ['shows', 'music'] },
      settled('shows'),
    ],
    [
      'what is not listed now and must go has to be gone all the same',
      { given: ['movies'], actual: has('movies'), desired: [], listed: ['shows'] },
      open('movies'),
    ],
  ])('%s', (_name, given, expected) => {
    expect(verify(situation(given))).toEqual(expected);
  });
});

describe('a reading soon after a write', () => {
  it.each<[string, Parameters<typeof situation>[0], boolean]>([
    ['nothing was written', { given: ['movies'], actual: has('movies'), desired: ['movies'] }, false],
    ['given, and there', { inFlight: ['movies'], actual: has('movies'), desired: ['movies'] }, false],
    [
      'given, not there, and wanted: not done yet',
      { inFlight: ['movies'], actual: absent, desired: ['movies'] },
      false,
    ],
    ['given, not there, and wanted no more', { inFlight: ['movies'], actual: absent, desired: [] }, true],
    ['given, there, and wanted no more', { inFlight: ['movies'], actual: has('movies'), desired: [] }, false],
    ['taken, and gone', { inFlight: ['movies'], leaving: ['movies'], actual: absent, desired: [] }, false],
    [
      'taken, still there, and not wanted: not done yet',
      { inFlight: ['movies'], leaving: ['movies'], actual: has('movies'), desired: [] },
      false,
    ],
    [
      'taken, still there, and wanted again',
      { inFlight: ['movies'], leaving: ['movies'], actual: has('movies'), desired: ['movies'] },
      true,
    ],
    [
      'taken, still there as part of all, and wanted again',
      { inFlight: ['movies'], leaving: ['movies'], actual: hasAll, desired: ['movies'] },
      true,
    ],
    [
      'taken, gone, and wanted again',
      { inFlight: ['movies'], leaving: ['movies'], actual: absent, desired: ['movies'] },
      false,
    ],
    [
      'one for another, of which one is wanted again',
      {
        inFlight: ['movies', 'shows'],
        leaving: ['shows'],
        actual: has('movies', 'shows'),
        desired: ['shows'],
      },
      true,
    ],
  ])('%s', (_name, given, expected) => {
    expect(contradictsLastWrite(situation(given))).toBe(expected);
  });
});

describe('whatever the situation', () => {
  const some = fc.subarray(PRESENT);
  const actual: fc.Arbitrary<Actual> = fc.oneof(
    fc.constant(absent),
    fc.record({
      kind: fc.constant('present' as const),
      access: fc.oneof(fc.constant('all' as const), some),
      pending: fc.boolean(),
      disabled: fc.constant(false),
    }),
    // A disabled account sees nothing.
    fc.constant(disabled),
  );
  const anything: fc.Arbitrary<Situation> = fc.record({
    account: fc.record({
      memberId: fc.constantFrom(ada, null),
      protection: fc.constantFrom(null, 'owner', 'home', 'managed'),
      seen: some,
      seenAccess: fc.constantFrom('none', 'libraries', 'all', 'unknown'),
      given: some,
      inFlight: some,
      leaving: fc.constant([]),
      ended: some,
      elsewhere: fc.constant([]),
      disabledByUs: fc.boolean(),
    }),
    actual,
    desired: some,
    present: fc.constant(PRESENT),
    listed: some,
    policy: fc.constantFrom('report', 'enforce', 'adopt'),
  });
  const managed = anything.map((each) => ({
    ...each,
    account: { ...each.account, memberId: ada, protection: null },
  }));
  /** What is wanted and possible: the server lists it, or the account has it already. */
  const wanted = ({ desired, listed, actual: state }: Situation) =>
    desired.filter((id) => listed.includes(id) || reads(state).includes(id));
  const reads = (state: Actual): readonly string[] =>
    state.kind !== 'present' ? [] : state.access === 'all' ? PRESENT : state.access;

  /** A server that does exactly what it is told. */
  function apply(state: Actual, change: Change): Actual {
    if (change.kind === 'none') return state;
    if (change.kind === 'withdraw') return absent;
    return { kind: 'present', access: change.libraryIds, pending: false, disabled: false };
  }

  it('observed accounts are never written, nor who sees everything by what they are', () => {
    fc.assert(
      fc.property(anything, (each) => {
        if (each.account.memberId !== null && each.account.protection !== 'owner') return;
        expect(decideChange(each)).toEqual(none);
      }),
    );
  });

  it('a protected account gets nothing, and loses nothing but what is ours', () => {
    fc.assert(
      fc.property(anything, (each) => {
        if (each.account.protection === null) return;
        const before = reads(each.actual);
        const after = reads(apply(each.actual, decideChange(each)));
        expect(before).toEqual(expect.arrayContaining([...after]));
        const lost = before.filter((id) => !after.includes(id));
        expect(ours(each.account)).toEqual(expect.arrayContaining(lost));
        expect(lost.filter((id) => each.desired.includes(id))).toEqual([]);
      }),
    );
  });

  it('what is not understood never counts as settled', () => {
    fc.assert(
      fc.property(anything, (each) => {
        expect(verify({ ...each, actual: unread }).kind).toBe('still-open');
      }),
    );
  });

  it('nothing that a grant still gives is withdrawn', () => {
    fc.assert(
      fc.property(managed, (each) => {
        const before = reads(each.actual).filter((id) => each.desired.includes(id));
        expect(reads(apply(each.actual, decideChange(each)))).toEqual(expect.arrayContaining(before));
      }),
    );
  });

  it('what somebody else gave stays, except under enforce', () => {
    fc.assert(
      fc.property(managed, (each) => {
        const foreign = reads(each.actual).filter((id) => !ours(each.account).includes(id));
        const after = reads(apply(each.actual, decideChange(each)));
        if (each.policy !== 'enforce') expect(after).toEqual(expect.arrayContaining([...foreign]));
      }),
    );
  });

  it('nothing comes that no grant gives', () => {
    fc.assert(
      fc.property(managed, (each) => {
        const before = reads(each.actual);
        const fresh = reads(apply(each.actual, decideChange(each))).filter((id) => !before.includes(id));
        expect(each.desired).toEqual(expect.arrayContaining(fresh));
      }),
    );
  });

  it('applying the change to a server makes the reading after it say settled', () => {
    fc.assert(
      fc.property(managed, (each) => {
        if (each.actual.kind === 'present' && each.actual.disabled && !each.account.disabledByUs) return;
        const before = reads(each.actual);
        const after = { ...each, before, actual: apply(each.actual, decideChange(each)) };
        const isOthers = (id: string) => before.includes(id) && !ours(each.account).includes(id);
        const given = wanted(each).filter((id) => each.policy === 'enforce' || !isOthers(id));
        expect(verify(after)).toEqual({ kind: 'settled', given });
      }),
    );
  });

  it('once settled nothing more is written', () => {
    fc.assert(
      fc.property(managed, (each) => {
        if (each.actual.kind === 'present' && each.actual.disabled && !each.account.disabledByUs) return;
        const after = { ...each, actual: apply(each.actual, decideChange(each)) };
        const verdict = verify(after);
        const account = { ...after.account, given: verdict.kind === 'settled' ? verdict.given : [] };
        expect(decideChange({ ...after, account })).toEqual(none);
      }),
    );
  });

  it('under enforce the reading after it shows exactly what is wanted', () => {
    fc.assert(
      fc.property(managed, (situation) => {
        const each = { ...situation, policy: 'enforce' as const };
        if (each.actual.kind === 'present' && each.actual.disabled && !each.account.disabledByUs) return;
        expect(reads(apply(each.actual, decideChange(each))).toSorted()).toEqual(wanted(each).toSorted());
      }),
    );
  });

  it('a disabled account is enabled only when we disabled it and something is granted', () => {
    fc.assert(
      fc.property(managed, (each) => {
        const change = decideChange({ ...each, actual: disabled });
        const enables = change.kind === 'set';
        if (enables) expect(each.account.disabledByUs && each.desired.length > 0).toBe(true);
        if (!each.account.disabledByUs) expect(change).toEqual(none);
      }),
    );
  });
});

it.each<
  [
    string,
    Omit<Parameters<typeof drift>[0], 'ended' | 'elsewhere'> & { ended?: string[]; elsewhere?: string[] },
    { extra: string[]; missing: string[] },
  ]
>([
  ['none', { given: ['movies'], seen: ['movies'], seenAccess: 'libraries' }, { extra: [], missing: [] }],
  [
    'given by others',
    { given: [], seen: ['movies'], seenAccess: 'libraries' },
    { extra: ['movies'], missing: [] },
  ],
  [
    'taken by others',
    { given: ['movies'], seen: [], seenAccess: 'none' },
    { extra: [], missing: ['movies'] },
  ],
  [
    'what ended lately is not given by others',
    { given: [], ended: ['movies'], seen: ['movies', 'music'], seenAccess: 'libraries' },
    { extra: ['music'], missing: [] },
  ],
  [
    'what another guild gives is not given by others',
    { given: [], elsewhere: ['movies'], seen: ['movies', 'music'], seenAccess: 'libraries' },
    { extra: ['music'], missing: [] },
  ],
  [
    'all given by others',
    { given: ['movies'], seen: [], seenAccess: 'all' },
    { extra: ['shows', 'music'], missing: [] },
  ],
  [
    'a library that is gone is not taken',
    { given: ['gone'], seen: [], seenAccess: 'none' },
    { extra: [], missing: [] },
  ],
])('drift: %s', (_name, account, expected) => {
  expect(drift({ ended: [], elsewhere: [], ...account }, PRESENT)).toEqual(expected);
});
