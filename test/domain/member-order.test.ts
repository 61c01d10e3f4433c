import { describe, expect, it } from 'vitest';
import { inOrderOfEnds, nextEndOf } from '../../src/domain/member-order.ts';
import { HOUR, later, noon } from '../support/moments.ts';
import { ada, ann, ben, bob, cyn, dan } from '../support/people.ts';

const soon = later(HOUR);

describe('what ends next', () => {
  it.each([
    ['an end that is not confirmed', [{ state: 'ending', expiresAt: null }], { kind: 'overdue' }],
    ['an end that is past', [{ state: 'active', expiresAt: noon }], { kind: 'overdue' }],
    [
      'the first of several',
      [
        { state: 'active', expiresAt: null },
        { state: 'active', expiresAt: soon },
      ],
      { kind: 'ends', at: soon },
    ],
    ['no end', [{ state: 'active', expiresAt: null }], { kind: 'for-good' }],
    ['a pause', [{ state: 'paused', expiresAt: noon }], { kind: 'paused' }],
    ['nothing', [], { kind: 'nothing' }],
  ] as const)('%s', (_name, ends, next) => {
    expect(nextEndOf(ends, noon)).toEqual(next);
  });

  it('orders members, each once, and those with nothing last', () => {
    const ends = [
      { memberId: ada, state: 'paused', expiresAt: null },
      { memberId: ben, state: 'active', expiresAt: null },
      { memberId: cyn, state: 'active', expiresAt: soon },
      { memberId: ann, state: 'ending', expiresAt: soon },
      { memberId: ben, state: 'active', expiresAt: later(2 * HOUR) },
    ] as const;
    const order = inOrderOfEnds(ends, [dan, ada, bob], noon).map(({ memberId }) => memberId);
    expect(order).toEqual([ann, cyn, ben, ada, bob, dan]);
  });
});
