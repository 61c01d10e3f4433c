import { describe, expect, it } from 'vitest';
import { toMemberId } from '../../src/domain/ids.ts';
import {
  type ChainBreak,
  createChainCheck,
  type Head,
  NO_HEAD,
  type Recorded,
} from '../../src/domain/record.ts';

/** An event whose hash is its number, behind the one before. */
const event = (number: number, changes: Partial<Recorded> = {}): Recorded => ({
  ...{ number, action: 'grant.created', at: '2026-03-01T12:00:00.000Z', actorId: null, targetId: null },
  ...{ facts: '{}', prevHash: number === 1 ? '' : `h${number - 1}`, hash: `h${number}` },
  ...{ factsHash: 'f', salt: 's', isAsWritten: true },
  ...changes,
});
const head = (number: number, hash = `h${number}`): Head => ({ number, hash });
const whole = [1, 2, 3, 4].map((number) => event(number));
const without = (...gone: readonly number[]) => whole.filter(({ number }) => !gone.includes(number));
const replaced = (number: number, changes: Partial<Recorded>) =>
  whole.map((one) => (one.number === number ? event(number, changes) : one));

function checked(
  events: readonly Recorded[],
  {
    from = NO_HEAD,
    end = head(4),
    told = [],
    forgotten = [],
  }: {
    readonly from?: Head;
    readonly end?: Head;
    readonly told?: readonly Head[];
    readonly forgotten?: readonly string[];
  } = {},
) {
  const check = createChainCheck(from, told);
  for (const one of events) check.follow(one);
  return check.end(end, new Set(forgotten));
}

describe('a record', () => {
  it.each<[string, readonly Recorded[], Parameters<typeof checked>[1], readonly ChainBreak[]]>([
    ['whole', whole, {}, []],
    ['whole, with heads that fit', whole, { told: [head(2), head(4)] }, []],
    ['empty', [], { end: NO_HEAD }, []],
    ['from the middle', whole.slice(2), { from: head(2) }, []],
    [
      'from the middle of another one',
      whole.slice(2),
      { from: head(2, 'x') },
      [{ kind: 'unchained', number: 3 }],
    ],
    ['changed', replaced(2, { isAsWritten: false }), {}, [{ kind: 'changed', number: 2 }]],
    ['replaced', replaced(2, { hash: 'x' }), {}, [{ kind: 'unchained', number: 3 }]],
    ['without one', without(2), {}, [{ kind: 'removed', number: 2, to: 2 }]],
    ['without its beginning', without(1, 2), {}, [{ kind: 'removed', number: 1, to: 2 }]],
    ['without its end', without(3, 4), {}, [{ kind: 'cut', number: 3, to: 4 }]],
    ['without anything', [], {}, [{ kind: 'cut', number: 1, to: 4 }]],
    [
      'cut, and told before',
      without(4),
      { end: head(3), told: [head(4)] },
      [{ kind: 'cut', number: 4, to: 4 }],
    ],
    ['that its guild knows otherwise', whole, { end: head(4, 'x') }, [{ kind: 'changed', number: 4 }]],
    ['written anew', whole, { told: [head(3, 'x'), head(1)] }, [{ kind: 'rewritten', number: 3 }]],
    [
      'told twice at one number',
      whole,
      { told: [head(3, 'x'), head(3)] },
      [{ kind: 'rewritten', number: 3 }],
    ],
    ['with a head before its part', whole.slice(2), { from: head(2), told: [head(1, 'x')] }, []],
  ])('%s', (_name, events, options, breaks) => {
    expect(checked(events, options)).toMatchObject({ breaks, count: breaks.length });
  });

  it('says what was checked', () => {
    expect(checked(whole)).toMatchObject({ events: 4, since: whole[0]?.at, head: head(4), emptied: 0 });
    expect(checked([], { end: NO_HEAD })).toMatchObject({ events: 0, since: undefined, head: NO_HEAD });
  });

  it('names a hundred breaks and counts the others', () => {
    const many = Array.from({ length: 150 }, (_, index) => event(index + 1, { isAsWritten: false }));
    const found = checked(many, { end: head(150) });
    expect([found.breaks.length, found.count]).toEqual([100, 150]);
  });
});

describe('an event without a salt', () => {
  const gone = toMemberId('forgotten-abcdefgh');
  const emptied = replaced(2, { salt: '', targetId: gone });

  it.each<[string, readonly Recorded[], readonly string[], readonly ChainBreak[]]>([
    ['of somebody who was forgotten', emptied, [gone], []],
    ['of somebody who was not', emptied, [], [{ kind: 'emptied', number: 2 }]],
    ['of somebody else', emptied, ['forgotten-zzzzzzzz', ''], [{ kind: 'emptied', number: 2 }]],
    ['of nobody by name, where somebody was forgotten', replaced(3, { salt: '' }), [''], []],
    ['of nobody by name, where nobody was', replaced(3, { salt: '' }), [], [{ kind: 'emptied', number: 3 }]],
  ])('%s', (_name, events, forgotten, breaks) => {
    expect(checked(events, { forgotten })).toMatchObject({ breaks, emptied: 1 });
  });
});
