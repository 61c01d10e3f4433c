/** What may happen in a story of the real process. Lengths are real time, so they are short. */
import fc from 'fast-check';
import { type Misbehaviour, misbehaviour } from '../model/misbehaviour.ts';
import {
  ALL_LIBRARIES,
  LIBRARIES,
  MEMBERS,
  type MemberName,
  PLACES,
  type PlaceName,
} from '../model/model.ts';
import type { ForeignEdit } from '../model/places.ts';

export type GrantAct =
  /** `which` selects a grant; the numbers wrap around. */
  | { readonly kind: 'revoke' | 'pause' | 'resume'; readonly which: number }
  | { readonly kind: 'extend'; readonly which: number; readonly by: string };

export type Act =
  | GrantAct
  | {
      readonly kind: 'give';
      readonly member: MemberName;
      readonly libraries: readonly string[];
      /** As it is typed; null is for good. */
      readonly length: string | null;
    }
  | {
      readonly kind: 'foreign';
      readonly place: PlaceName;
      readonly member: MemberName;
      readonly edit: ForeignEdit;
    }
  | Misbehaviour
  | { readonly kind: 'audit channel'; readonly is: 'shut' | 'open' }
  /** The server, or plex.tv, answers that many requests with “not now”. */
  | { readonly kind: 'down'; readonly place: PlaceName; readonly requests: number }
  | { readonly kind: 'sync' | 'accept invitations' | 'killed' }
  | { readonly kind: 'time passes'; readonly seconds: number };

export interface Step {
  readonly act: Act;
  /** That long after its beginning the process is killed and started again. */
  readonly killedAfterMs: number | null;
}

const place = fc.constantFrom(...PLACES);
const member = fc.constantFrom(...MEMBERS);
const which = fc.nat(11);

const foreignEdit = (there: PlaceName): fc.Arbitrary<ForeignEdit> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('give' as const, 'take'),
        library: fc.constantFrom(...LIBRARIES[there]),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          ...(there === 'tower'
            ? (['end', 'leave'] as const)
            : (['end', 'disable', 'lock', 'enable'] as const)),
        ),
      }),
    },
  );

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('give' as const),
      member,
      libraries: fc.subarray([...ALL_LIBRARIES], { minLength: 1, maxLength: 3 }),
      length: fc.constantFrom('4s', '9s', '20s', null),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'pause', 'resume'), which }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), which, by: fc.constant('9s') }) },
  {
    weight: 3,
    arbitrary: place.chain((there) =>
      fc.record({
        kind: fc.constant('foreign' as const),
        place: fc.constant(there),
        member,
        edit: foreignEdit(there),
      }),
    ),
  },
  { weight: 6, arbitrary: misbehaviour([1, 12]) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('audit channel' as const),
      is: fc.constantFrom('shut' as const, 'open'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('down' as const),
      place,
      requests: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('sync' as const, 'sync', 'accept invitations', 'accept invitations', 'killed'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('time passes' as const), seconds: fc.constantFrom(1, 4, 9) }),
  },
);

const killedAfterMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 1_500 }) },
);

/** A story, as a list of steps. */
export const story: fc.Arbitrary<readonly Step[]> = fc.array(fc.record({ act, killedAfterMs }), {
  minLength: 8,
  maxLength: 14,
  size: 'max',
});
