import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../src/domain/model.ts';
import { effectOf } from '../../src/domain/preview.ts';
import { ada, ben } from '../support/people.ts';
import { aGrant, aLibrary } from '../support/rows.ts';

const libraries = [aLibrary('movies'), aLibrary('shows'), aLibrary('films', { serverId: 'den' })];
const grant = (memberId: string, ...libraryIds: readonly string[]) => aGrant({ memberId, libraryIds });

describe('what a change of grants means', () => {
  it.each<[string, readonly Grant[], readonly Grant[], ReturnType<typeof effectOf>]>([
    ['nothing', [grant(ada, 'movies')], [grant(ada, 'movies')], []],
    [
      'one gains on one server and loses on another',
      [grant(ada, 'movies')],
      [grant(ada, 'films')],
      [
        { serverId: 'tower', adds: 0, removes: 1, members: 1 },
        { serverId: 'den', adds: 1, removes: 0, members: 1 },
      ],
    ],
    [
      'what another grant still gives is no loss',
      [grant(ada, 'movies', 'shows'), grant(ada, 'shows')],
      [grant(ada, 'movies'), grant(ada, 'shows')],
      [],
    ],
    [
      'members are counted one by one',
      [grant(ada, 'movies'), grant(ben, 'movies')],
      [grant(ada, 'shows', 'movies'), grant(ben)],
      [{ serverId: 'tower', adds: 1, removes: 1, members: 2 }],
    ],
    [
      'a grant that is not active gives nothing',
      [grant(ada, 'movies')],
      [{ ...grant(ada, 'movies'), state: 'paused' }],
      [{ serverId: 'tower', adds: 0, removes: 1, members: 1 }],
    ],
    ['a library that is not there counts nowhere', [], [grant(ada, 'none')], []],
  ])('%s', (_name, before, after, expected) => {
    expect(effectOf(before, after, libraries)).toEqual(expected);
  });

  it('is the opposite when it is undone', () => {
    const grants = fc.array(
      fc
        .record({
          memberId: fc.constantFrom(ada, ben),
          state: fc.constantFrom('active' as const, 'paused' as const),
          libraryIds: fc.subarray(['movies', 'shows', 'films']),
        })
        .map(aGrant),
    );
    fc.assert(
      fc.property(grants, grants, (before, after) => {
        const there = effectOf(before, after, libraries);
        const back = effectOf(after, before, libraries);
        expect(back).toEqual(
          there.map((effect) => ({ ...effect, adds: effect.removes, removes: effect.adds })),
        );
        expect(effectOf(before, before, libraries)).toEqual([]);
      }),
    );
  });
});
