/** What is kept as JSON in the database: read as what it was when it was written, or refused with a declared error. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ZodError } from 'zod';
import {
  canonicalJson,
  parseContent,
  parseFacts,
  parseIds,
} from '../../../src/adapters/prisma/stores/json.ts';
import {
  either,
  isDuration,
  isFlag,
  isNumber,
  isText,
  listOf,
  nonEmptyListOf,
  oneOf,
  orNull,
  shape,
} from '../../../src/domain/shape.ts';
import { editedText, mutatedJson } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const FACTS = {
  ...{
    grant: 12,
    server: 'Tower',
    account: 'mia',
    libraries: ['Tower · Movies', 'TV'],
    until: null,
    leftSeconds: 60,
  },
  ...{
    before: { until: '2026-03-01T00:00:00.000Z', leftSeconds: null, libraries: [] },
    reason: 'x',
    detail: 'y',
  },
};
const EVENT = {
  number: 7,
  action: 'grant.created',
  actorId: '1',
  targetId: null,
  facts: FACTS,
  at: '2026-03-01T00:00:00.000Z',
};

const isDraft = shape(
  { member: isText, chosen: listOf(isText), by: isDuration },
  { uses: isNumber, note: orNull(isText), all: either(oneOf('all'), nonEmptyListOf(isText)), on: isFlag },
);
const DRAFT = { member: '1', chosen: ['a', 'b'], by: '1mo15d', uses: 2, note: null, all: 'all', on: true };

const KINDS = {
  facts: { read: parseFacts, seeds: [FACTS, {}] },
  contents: {
    read: parseContent,
    seeds: [
      { kind: 'audit', event: EVENT },
      { kind: 'alert', text: 'hello', heldRun: 'abc', clock: true },
      { kind: 'alert', text: 'hello', losses: { roleId: '1', mark: 'a-b' } },
      {
        ...{ kind: 'alert', state: 'open', about: ['3'], retry: 'a' },
        outage: { what: 'down', needsStaff: false },
        text: { pieces: ['a', { key: 'alert.words', values: { words: ['x', { pieces: ['y'] }], n: 1 } }] },
      },
      { kind: 'post', postId: 'a', version: 2 },
      {
        ...{ kind: 'invite', codeCipher: 'x', gives: ['a'], duration: '1d', validUntil: 'y', inviteId: 'z' },
        createdById: '1',
      },
      { kind: 'notice', text: 'hello', signIn: 'plex' },
      { kind: 'news', memberId: '1' },
      { kind: 'claim', inviteId: 'a', memberId: '1' },
      { kind: 'claim', inviteId: 'a', memberId: '1', ended: 'expired' },
      { kind: 'role', roleId: '1', remove: true },
    ],
  },
  ids: { read: parseIds, seeds: [['a', 'b'], []] },
  draft: {
    read: (text: string): unknown => {
      const content: unknown = JSON.parse(text);
      if (!isDraft(content)) throw new ZodError([]);
      return content;
    },
    seeds: [DRAFT, { member: '1', chosen: [], by: '1d' }],
  },
};
type Kind = keyof typeof KINDS;

interface Case {
  readonly kind: Kind;
  readonly text: string;
  readonly isValid: boolean;
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...(Object.keys(KINDS) as Kind[])).chain((kind) =>
  mutatedJson(KINDS[kind].seeds).chain(({ value, seed }) => {
    const valid = JSON.stringify(value) ?? 'null';
    return editedText(fc.constant(valid)).map((text) => ({
      kind,
      text,
      isValid: seed >= 0 && text === valid,
    }));
  }),
);

/** Undefined: refused. */
function read(kind: Kind, text: string): unknown {
  try {
    return KINDS[kind].read(text);
  } catch (error) {
    const isDeclared =
      error instanceof ZodError || error instanceof SyntaxError || /unknown/.test(String(error));
    if (!isDeclared) throw error;
    return undefined;
  }
}

const isDraftIndeed = (value: unknown): boolean => {
  const { member, chosen, by, uses, note, all, on } = value as Record<string, unknown>;
  const texts = (list: unknown) => Array.isArray(list) && list.every((each) => typeof each === 'string');
  return (
    typeof member === 'string' &&
    texts(chosen) &&
    /^(\d+(mo|[ywdhms]))+$/.test(String(by)) &&
    ['number', 'undefined'].includes(typeof uses) &&
    (note === undefined || note === null || typeof note === 'string') &&
    (all === undefined || all === 'all' || (texts(all) && (all as string[]).length > 0)) &&
    ['boolean', 'undefined'].includes(typeof on)
  );
};

export const kept = defineTarget<Case, unknown>({
  name: 'kept shapes',
  inputs: cases,
  size: ({ text }) => text.length,
  parse: ({ kind, text }) => read(kind, text),
  check(value, { kind, isValid }) {
    if (value === undefined) return must(!isValid, `what was kept as ${kind} is refused`);
    if (kind === 'draft') return must(isDraftIndeed(value), 'not what its guard says', value);
    // It is the same when it is kept once more.
    const again = read(kind, JSON.stringify(value));
    must(isDeepStrictEqual(again, value), 'another one when it is kept again', { value, again });
    must(canonicalJson(again) === canonicalJson(value), 'another text for the same');
  },
});
