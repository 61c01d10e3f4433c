/** What is fuzzed: one reader of bytes that others send, what may come to it, and what may come out of it. */
import fc from 'fast-check';

/** Runs a case, measured and watched from outside (work.ts). `input` is what is printed when it goes wrong. */
export type Around = <R>(input: unknown, size: number, run: () => R) => R;

export interface Target {
  readonly name: string;
  property(around: Around): fc.IRawProperty<[unknown]>;
}

interface Parser<Input, Result> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** How long the input is, in letters or bytes: the work may grow with it, and with nothing else. */
  size(input: Input): number;
  /** Throws nothing, whatever comes. A refusal that is thrown by declaration is caught here, and only that. */
  parse(input: Input): Result;
  /** Throws when the result is not what is promised, by rules of its own. */
  check(result: Result, input: Input): void;
}

export const defineTarget = <Input, Result>({
  name,
  inputs,
  size,
  parse,
  check,
}: Parser<Input, Result>): Target => ({
  name,
  property: (around) =>
    fc.property(inputs, (input) => {
      check(
        around(input, size(input), () => parse(input)),
        input,
      );
    }) as fc.IRawProperty<[unknown]>,
});

/** `what` must hold; `about` is printed otherwise. */
export function must(what: boolean, says: string, about?: unknown): asserts what {
  if (!what) throw new Error(`${says}${about === undefined ? '' : `: ${fc.stringify(about)}`}`);
}
