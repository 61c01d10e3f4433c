/** Custom ids: what was signed comes back as it was, and nothing else does. */
import fc from 'fast-check';
import {
  createCustomIds,
  type Presented,
  type Signable,
} from '../../../src/adapters/discord/messages/custom-id.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { editedText, oddText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const ids = createCustomIds(Buffer.alloc(32, 7));
const others = createCustomIds(Buffer.alloc(32, 8));
const NOW = new Date('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;

const snowflake = fc.bigInt({ min: 1n, max: (1n << 63n) - 1n }).map(String);
const argument = fc
  .oneof(oddText, fc.string({ unit: 'grapheme', maxLength: 10 }))
  .filter((text) => text.isWellFormed());

const signable = fc.record({
  command: fc.constantFrom('grant add', 'help', 'server drill'),
  op: fc.oneof(fc.constantFrom('undo', 'page', 'a~b', '%', ''), argument),
  args: fc.array(argument, { maxLength: 3 }),
  applicationId: snowflake,
  guildId: fc.oneof(snowflake, fc.constant('')).map(toGuildId),
  inDm: fc.boolean(),
  audience: fc.oneof(fc.constant('everybody' as const), fc.record({ userId: snowflake })),
  expiresAt: fc
    .integer({ min: -10_000, max: 500_000 })
    .map((minutes) => new Date(NOW.getTime() + minutes * MINUTE_MS)),
  copy: fc.nat(40),
}) satisfies fc.Arbitrary<Signable>;

interface Case {
  readonly what: Signable;
  /** Undefined where it is too long to be signed: a bug of a command, and declared. */
  readonly signed: string | undefined;
  readonly customId: string;
  readonly by: 'us' | 'another key';
}

function sign(what: Signable, by: Case['by']): string | undefined {
  try {
    return (by === 'us' ? ids : others).sign(what);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(signable, fc.constantFrom('us' as const, 'us' as const, 'another key' as const))
  .chain(([what, by]) => {
    const signed = sign(what, by);
    const texts =
      signed === undefined ? oddText : fc.oneof(fc.constant(signed), editedText(fc.constant(signed)));
    return texts.map((customId) => ({ what, signed, customId, by }));
  });

const presented = ({ what, customId }: Case): Presented => ({
  ...{ customId, applicationId: what.applicationId, now: NOW },
  userId: what.audience === 'everybody' ? '42' : what.audience.userId,
  guildId: what.inDm ? null : what.guildId,
});

export const customIds = defineTarget<Case, ReturnType<typeof ids.verify>>({
  name: 'custom ids',
  inputs: cases,
  size: ({ customId }) => customId.length,
  parse: (one) => ids.verify(presented(one)),
  check(result, one) {
    const { what, signed, customId, by } = one;
    if (customId !== signed || by !== 'us') {
      must(result.kind === 'not-yours', 'what was not signed is taken', result);
      return;
    }
    must(customId.length <= 100, 'longer than Discord takes', customId);
    if (what.expiresAt < NOW) must(result.kind === 'too-old', 'what has expired is taken', result);
    else {
      must(result.kind === 'valid', 'what was signed is refused', result);
      const { command, op, args, guildId } = what;
      const same = JSON.stringify([command, op, args, guildId]);
      must(
        JSON.stringify([result.command, result.op, result.args, result.guildId]) === same,
        'not as signed',
        result,
      );
    }
    const at = presented(one);
    const stolen: readonly Presented[] = [
      { ...at, applicationId: `${at.applicationId}1` },
      ...(what.audience === 'everybody' ? [] : [{ ...at, userId: `${at.userId}1` }]),
      ...(at.guildId === null ? [] : [{ ...at, guildId: toGuildId(`${at.guildId}1`) }]),
    ];
    for (const each of stolen) must(ids.verify(each).kind === 'not-yours', 'taken from somebody else', each);
  },
});
