/** What goes wrong, as RFC 9457 has it: a type that stays, and the sentence that a person would get. */

import { z } from 'zod';
import type { Markup, Text } from '../../words/say.ts';
import { say } from '../../words/say.ts';
import { english } from './english.ts';

/** The last part of each type, its status, and what stands for it in a list of problems. */
const PROBLEMS = {
  invalid: [400, 'What was sent does not fit the description'],
  unauthorized: [401, 'No token, or one that opens nothing'],
  'insufficient-scope': [403, 'The token is for less'],
  'not-found': [404, 'Not here'],
  'needs-confirmation': [409, 'Somebody should know something first'],
  refused: [409, 'It cannot be done as things stand'],
  'guild-full': [409, 'As many as there may be'],
  'name-taken': [409, 'The name is taken'],
  'in-use': [409, 'It is in use'],
  'key-in-use': [409, 'The same is being done'],
  'answer-lost': [409, 'It was done, and its answer is lost'],
  changed: [412, 'It was changed meanwhile'],
  'too-large': [413, 'Too much at once'],
  'unsupported-media-type': [415, 'JSON is expected'],
  'key-reused': [422, 'The key stands for another request'],
  unclear: [422, 'It cannot be read, or means nothing here'],
  'too-many-requests': [429, 'Too many requests'],
  broken: [500, 'Something is broken'],
  unavailable: [503, 'Not at the moment'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProblemKind = keyof typeof PROBLEMS;

const typeOf = (kind: ProblemKind): string => `urn:usher:problem:${kind}`;

export const problemShape = z.object({
  type: z.enum((Object.keys(PROBLEMS) as ProblemKind[]).map(typeOf)).describe('Stays the same for ever.'),
  title: z.string().describe('The type in words.'),
  status: z.int(),
  detail: z.string().describe('The sentence that a person would get, in English.'),
  instance: z.string().describe('Id of the request, as in the log and in the record.'),
  errors: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .optional()
    .describe('Where it does not fit.'),
});

interface More {
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whatever cannot answer as it was asked. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly says: Text | Markup;
  readonly more: More;

  constructor(kind: ProblemKind, says: Text | Markup, more: More = {}) {
    super(kind);
    this.kind = kind;
    this.says = says;
    this.more = more;
  }

  get status(): number {
    return PROBLEMS[this.kind][0];
  }

  /** As it is sent. */
  body(requestId: string): object {
    const [status, title] = PROBLEMS[this.kind];
    const { errors } = this.more;
    return {
      type: typeOf(this.kind),
      ...{ title, status, detail: english(this.says), instance: requestId },
      ...(errors && { errors }),
    };
  }
}

/** The same for what is not there, is somebody else's, or was never anybody's. */
export const notFound = (): Problem => new Problem('not-found', say('api.problem.notFound'));

/** @throws {Problem} when it is not there. */
export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}
