import { describe, expect, it } from 'vitest';
import { lossOf } from '../../src/domain/library-loss.ts';

const SECOND_LOOK_MS = 600_000;
const NOW = new Date('2026-11-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const library = (externalId: string, missingSince: Date | null = null, goneAt: Date | null = null) => ({
  externalId,
  missingSince,
  goneAt,
});
const ids = (list: readonly { readonly externalId: string }[]) => list.map(({ externalId }) => externalId);

describe('what a list of libraries proves about those that it lacks', () => {
  it.each<[string, ReturnType<typeof library>[], string[], string[], string[]]>([
    ['all are there', [library('a'), library('b')], ['a', 'b', 'new'], [], []],
    ['one look proves nothing', [library('a'), library('b')], ['a'], ['b'], []],
    ['a second one does', [library('a'), library('b', ago(SECOND_LOOK_MS))], ['a'], [], ['b']],
    ['if it is late enough', [library('a'), library('b', ago(SECOND_LOOK_MS - 1))], ['a'], ['b'], []],
    ['each on its own', [library('a', ago(SECOND_LOOK_MS)), library('b'), library('c')], ['c'], ['b'], ['a']],
    ['one that is back is not missing', [library('a', ago(SECOND_LOOK_MS))], ['a'], [], []],
    ['one that is gone is not missing', [library('a', null, NOW), library('b')], ['b'], [], []],
    ['nothing at all proves nothing, ever', [library('a', ago(9 * SECOND_LOOK_MS))], [], ['a'], []],
    ['where there was nothing nothing is missing', [], [], [], []],
  ])('%s', (_name, known, listed, missing, gone) => {
    const unlisted = known.filter(({ externalId }) => !listed.includes(externalId));
    const loss = lossOf(unlisted, { isEmpty: listed.length === 0 }, NOW);
    expect([ids(loss.missing), ids(loss.gone)]).toEqual([missing, gone]);
  });
});
