/**
 * The key of the installation, and what is derived from it. What was made with a key that was in use before and cannot
 * be made anew (invite codes that people have, buttons in their messages) is recognised with what was derived from
 * that one: it is kept, sealed with the key in use. The former key itself is not, and opens nothing any more.
 */
import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { Log } from '../app/ports/log.ts';
import type { Stores } from '../app/ports/stores.ts';
import { createSecrets, keyIdOf, MARKER, sealedMarker } from './secrets.ts';

/** What keys are derived for. Each is a key of its own, and none leads to another. */
const PURPOSES = ['invite-code', 'custom-id', 'record-head'] as const;
type Purpose = (typeof PURPOSES)[number];

/** What was derived from a key that was in use before. */
interface Former {
  readonly keyId: string;
  readonly bytes: Buffer;
  /** That key is not to be believed any more: `rotate-key --forget`. */
  readonly isForgotten: boolean;
}

export interface Keyring {
  readonly key: Buffer;
  derived(purpose: Purpose): Buffer;
  /** The last one first. */
  former(purpose: Purpose): readonly Former[];
  /** What the installation keeps when `fresh` takes the place of the key, by the names of its facts. */
  replacedBy(fresh: Buffer): ReadonlyMap<string, string>;
  /** The same when no former key is to be believed any more. */
  forgotten(): ReadonlyMap<string, string>;
}

const FORMER = 'keys.former';
const PLACE = { guildId: '', column: 'Installation.keys.former', row: FORMER };

const kept = z.array(
  z.object({
    keyId: z.string(),
    isForgotten: z.boolean(),
    /** In base64. A purpose that came later is missing in what is older. */
    derived: z.partialRecord(z.enum(PURPOSES), z.string()),
  }),
);
type Kept = z.infer<typeof kept>;

/** @param key the one that opens this database (`checkKey`). */
export async function readKeyring(
  key: Buffer,
  installation: Stores['installation'],
  log: Log,
): Promise<Keyring> {
  const sealed = await installation.find(FORMER);
  const opened = sealed === undefined ? '[]' : createSecrets(key).open(sealed, PLACE);
  if (opened === undefined)
    log.error({}, 'what former keys have signed is not known any more: invite codes of before are refused');
  return keyringOf(key, kept.parse(JSON.parse(opened ?? '[]')));
}

function keyringOf(key: Buffer, before: Kept): Keyring {
  const derived = (purpose: Purpose) => deriveKey(key, purpose);
  const seal = (by: Buffer, list: Kept): readonly [string, string] => [
    FORMER,
    createSecrets(by).seal(JSON.stringify(list), PLACE),
  ];
  return {
    key,
    derived,
    former: (purpose) =>
      before.flatMap(({ keyId, isForgotten, derived: { [purpose]: text } }) =>
        text === undefined ? [] : [{ keyId, isForgotten, bytes: Buffer.from(text, 'base64') }],
      ),
    replacedBy(fresh) {
      const own = PURPOSES.map((purpose) => [purpose, derived(purpose).toString('base64')] as const);
      const now = { keyId: keyIdOf(key), isForgotten: false, derived: Object.fromEntries(own) };
      return new Map([seal(fresh, [now, ...before]), [MARKER, sealedMarker(fresh)]]);
    },
    forgotten: () =>
      new Map([
        seal(
          key,
          before.map((each) => ({ ...each, isForgotten: true })),
        ),
      ]),
  };
}

function deriveKey(key: Buffer, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32));
}
