/** Parsers as bad as they can be, to see that each kind of badness is found. */
import fc from 'fast-check';
import { defineTarget, must, type Target } from '../target.ts';

const text = fc.constant('what others send, '.repeat(200));
const size = (input: string): number => input.length;

function broken(name: string, parse: (input: string) => unknown): Target {
  return defineTarget({ name: `broken: ${name}`, inputs: text, size, parse, check: () => {} });
}

const BROKEN: readonly Target[] = [
  broken('never ends', () => {
    for (;;);
  }),
  broken('eats memory', () => {
    const eaten: number[][] = [];
    for (;;) eaten.push(Array.from({ length: 10_000 }, () => eaten.length));
  }),
  broken('throws', () => {
    throw new TypeError('not declared');
  }),
  broken('takes the cube', ({ length }) => {
    let steps = 0;
    for (let n = 0; n < (length / 6) ** 3; n += 1) steps += n % 7;
    return steps;
  }),
  defineTarget({
    ...{ name: 'broken: lies', inputs: text, size, parse: (): readonly string[] => [] },
    check: (read) => must(read.length > 0, 'an empty list'),
  }),
];

export const findBroken = (name: string): Target | undefined => BROKEN.find((one) => one.name === name);
