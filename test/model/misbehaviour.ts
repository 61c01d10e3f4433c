/** What servers do wrong: they fail, they say what is not true, and they do late what they had refused. */
import fc from 'fast-check';
import type { Fault } from '../standins/http.ts';
import { rateLimited } from '../standins/plex/plex-tv.ts';
import { SECOND } from '../support/moments.ts';
import { MEMBERS, type MemberName, PLACES, type PlaceName } from './model.ts';
import { LISTS, type Places, WRITES } from './places.ts';

/** `times`: how many requests of the kind it hits. */
export type Misbehaviour = { readonly place: PlaceName; readonly times: number } & (
  | { readonly kind: 'fault'; readonly fault: FaultName }
  /** Some minutes old. */
  | { readonly kind: 'old list' }
  /** Without a member. */
  | { readonly kind: 'short list'; readonly member: MemberName }
  /** Writes are answered with an error, and take effect later. */
  | { readonly kind: 'late writes'; readonly seconds: number }
);

export function misbehave(places: Places, act: Misbehaviour): void {
  for (const fault of faultsOf(places, act)) places.fault(act.place, { times: act.times, ...fault });
}

function faultsOf(places: Places, act: Misbehaviour): readonly Fault[] {
  const { place, times } = act;
  switch (act.kind) {
    case 'old list':
      // The first of them is true: what it shows is shown again.
      return [{ ...LISTS, alters: places.lists[place].old(), times: times + 1 }];
    case 'short list':
      return [{ ...LISTS, alters: places.lists[place].short(places.externalId(place, act.member)) }];
    case 'late writes': {
      const answer = { status: 504, body: 'gateway time-out' };
      return WRITES.map((each) => ({ ...each, lands: places.later(act.seconds * SECOND), answer }));
    }
    case 'fault':
      if (act.fault === 'empty list') places.plex.emptyNext('accepted', times);
      else if (act.fault === 'part of the libraries') places.pms.hideSections(times, 1);
      else return FAULTS[act.fault];
      return [];
  }
}

const libraries = { path: /\/api\/v2\/servers\/|\/library\/sections|\/VirtualFolders$/i, method: 'GET' };
const broken = { answer: { status: 500, body: 'oops' } };

const FAULTS = {
  'lists fail': [{ ...LISTS, ...broken }],
  'lists are cut': [{ ...LISTS, cutAfterBytes: 30 }],
  'lists are refused': [{ ...LISTS, answer: { status: 401 } }],
  'libraries fail': [{ ...libraries, ...broken }],
  'writes fail': WRITES.map((each) => ({ ...each, ...broken })),
  'writes are refused': WRITES.map((each) => ({ ...each, answer: rateLimited('7') })),
  'writes get lost': WRITES.map((each) => ({ ...each, dropBefore: true })),
  'answers to writes get lost': WRITES.map((each) => ({ ...each, dropAfterCommit: true })),
  'later writes fail': WRITES.map((each) => ({ ...each, ...broken, after: 1 })),
} as const satisfies Readonly<Record<string, readonly Fault[]>>;

type FaultName = keyof typeof FAULTS | 'empty list' | 'part of the libraries';
const FAULT_NAMES: readonly FaultName[] = [
  'lists fail',
  'lists are cut',
  'lists are refused',
  'libraries fail',
  'writes fail',
  'writes are refused',
  'writes get lost',
  'answers to writes get lost',
  'later writes fail',
  'empty list',
  'part of the libraries',
];

/** `late`: after how many seconds a late write may take effect. */
export function misbehaviour(late: readonly number[]): fc.Arbitrary<Misbehaviour> {
  const common = { place: fc.constantFrom(...PLACES), times: fc.integer({ min: 1, max: 3 }) };
  const fault = fc.constantFrom(...FAULT_NAMES);
  const member = fc.constantFrom(...MEMBERS);
  const seconds = fc.constantFrom(...late);
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ ...common, kind: fc.constant('fault' as const), fault }) },
    { weight: 2, arbitrary: fc.record({ ...common, kind: fc.constant('old list' as const) }) },
    { weight: 2, arbitrary: fc.record({ ...common, kind: fc.constant('short list' as const), member }) },
    { weight: 2, arbitrary: fc.record({ ...common, kind: fc.constant('late writes' as const), seconds }) },
  );
}
