/** The writes of a pass, and the reading that shows what came of them. */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { isNonEmpty } from '../../domain/model.ts';
import type { MediaServer, Trouble, WriteOutcome } from '../ports/media-server.ts';
import {
  type AppliedPass,
  changeOf,
  type DecidedPass,
  isWritten,
  type PassCase,
  seenBefore,
} from './pass.ts';

/** Writes at a time on one server (media-servers.md D3). */
const WRITES_AT_ONCE = 2;

/**
 * Writes what was decided, one account after another, and reads the server back once. A failure does not stop the
 * others.
 */
export async function applyPass(pass: DecidedPass, media: MediaServer): Promise<AppliedPass> {
  const failures = await writeAll(pass, media);
  if (!pass.cases.some((item) => isWritten(pass, item)))
    return { ...pass, failures, after: { kind: 'known', value: pass.reading } };
  const of = pass.cases.map(({ account }) => account.externalId);
  return { ...pass, failures, after: await media.readAccess({ of, after: pass.reading }) };
}

/** What is known to have failed, by account id. */
async function writeAll(pass: DecidedPass, media: MediaServer): Promise<ReadonlyMap<string, Trouble>> {
  const failures = new Map<string, Trouble>();
  let refused: Trouble | undefined;
  await inParallel(pass.cases, WRITES_AT_ONCE, async (item) => {
    // A token that was refused once is not shown again and again (media-servers.md D3).
    if (refused) {
      if (isWritten(pass, item)) failures.set(item.account.id, refused);
      return;
    }
    const outcome = await write(pass, item, media);
    if (!outcome || outcome.kind === 'done') return;
    failures.set(item.account.id, outcome.why);
    if (outcome.why.kind === 'unauthorised') refused = outcome.why;
  });
  return failures;
}

/** Undefined when nothing is to be written, or the account is not there to be written to. */
async function write(
  pass: DecidedPass,
  item: PassCase,
  media: MediaServer,
): Promise<WriteOutcome | undefined> {
  const seen = seenBefore(pass, item);
  if (item.deletion === 'now') return seen && (await media.deleteAccount(seen));
  const change = changeOf(pass, item);
  if (change.kind === 'none') return undefined;
  if (change.kind === 'withdraw') return seen && (await media.withdraw(seen));
  const libraries = pass.libraries
    .filter((library) => change.libraryIds.includes(library.id))
    .map((library) => library.externalId);
  if (!isNonEmpty(libraries)) throw new Error('a change lost its libraries on the way');
  if (change.kind === 'invite') return await media.invite(item.account.externalId, libraries);
  return seen && (await media.setLibraries(seen, libraries));
}
