/** The writes of a pass, and the readings that show what came of them. */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { type Change, withoutGiving } from '../../domain/access.ts';
import { frozenTrouble } from '../../domain/frozen.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import { isNonEmpty, type NonEmpty } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { AccountAccess, MediaServer, Trouble, WriteOutcome } from '../ports/media-server.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  type DecidedPass,
  isWritten,
  type PassCase,
  seenBefore,
  targetOf,
  unreadBefore,
} from './pass.ts';

/** Writes at a time on one server (media-servers.md D3). */
export const WRITES_AT_ONCE = 2;
/** So many are written, read back and written down together, and then others have the server who wait for it. */
const SHARE = 100;

/** The accounts of a pass in shares. Those for which nothing is written are in the first. */
export function sharesOf(pass: DecidedPass): readonly (readonly PassCase[])[] {
  const writes = pass.cases.filter((item) => isWritten(pass, item));
  const others = pass.cases.filter((item) => !isWritten(pass, item));
  const later = Array.from({ length: Math.max(0, Math.ceil(writes.length / SHARE) - 1) }, (_each, index) =>
    writes.slice((index + 1) * SHARE, (index + 2) * SHARE),
  );
  return [[...others, ...writes.slice(0, SHARE)], ...later];
}

/**
 * Writes a pass share by share: one account after another, where a failure does not stop the others, and then reads
 * these accounts back once. What it learns in one share counts for the next.
 */
export function writerOf(pass: DecidedPass, media: MediaServer) {
  const failures = new Map<string, Trouble>();
  const frozen = frozenTrouble(pass.server);
  if (frozen) for (const id of pass.frozen) failures.set(id, frozen);
  const unclear = new Set<string>();
  const done = new Set<string>();
  let refused: Trouble | undefined;
  let exceeds: Trouble | undefined;
  const writeOne = async (item: PassCase) => {
    // A token that was refused once is not shown again and again (media-servers.md D3); and a server that opened more
    // than was asked is not asked to open anything else.
    const stopped = refused ?? (targetOf(pass, item).length > 0 ? exceeds : undefined);
    if (stopped) {
      failures.set(item.account.id, stopped);
      return;
    }
    const written = await write(pass, item, media);
    if (!written) return;
    const { outcome, isDone } = written;
    if (isDone) done.add(item.account.id);
    if (outcome.kind === 'done') return;
    failures.set(item.account.id, outcome.why);
    if (outcome.kind === 'unclear') unclear.add(item.account.id);
    if (outcome.why.kind === 'unauthorised') refused = outcome.why;
    if (outcome.why.exceeds) exceeds = otherExceeded(pass);
  };
  return async (cases: readonly PassCase[]): Promise<AppliedPass> => {
    const writes = cases.filter((item) => isWritten(pass, item));
    await inParallel(writes, WRITES_AT_ONCE, writeOne);
    const of = cases.map(({ account }) => account.externalId);
    const after: AppliedPass['after'] =
      writes.length === 0
        ? { kind: 'known', value: pass.reading }
        : await media.readAccess({ of, after: pass.reading });
    return { ...pass, cases, failures, unclear, done, exceeded: new Map(), after };
  };
}

const otherExceeded = ({ server }: DecidedPass): Trouble => ({
  kind: 'not-possible',
  message: say('trouble.exceededOther', { server: server.name }),
});

/** What was answered to the writes for one account. */
interface Written {
  readonly outcome: WriteOutcome;
  /** The server has said that it did the last of them, whatever it refused before. */
  readonly isDone: boolean;
}

const asWritten = (outcome: WriteOutcome): Written => ({ outcome, isDone: outcome.kind === 'done' });

/** Undefined when nothing is to be written, or the account is not there to be written to. */
async function write(pass: DecidedPass, item: PassCase, media: MediaServer): Promise<Written | undefined> {
  const seen = seenBefore(pass, item);
  if (item.deletion === 'now') return seen && asWritten(await deleteAccount(seen, media));
  const change = changeOf(pass, item);
  if (change.kind === 'none') return undefined;
  if (change.kind === 'withdraw') {
    const listed = seen ?? unreadBefore(pass, item);
    return listed && asWritten(await media.withdraw(listed));
  }
  if (change.kind === 'invite') {
    const libraries = externalIdsOf(pass, change.libraryIds);
    if (!isNonEmpty(libraries)) throw new Error('a change lost its libraries on the way');
    return asWritten(await invite(item.account.externalId, libraries, media));
  }
  if (!seen) return undefined;
  const outcome = await set(pass, seen, change, media);
  // What cannot be given does not hold up what is to be taken. Why it cannot be given stays the answer.
  const less = outcome.kind === 'failed' && withoutGiving(change, actualBefore(pass, item), pass.present);
  if (!less) return asWritten(outcome);
  const taken = less.kind === 'withdraw' ? await media.withdraw(seen) : await set(pass, seen, less, media);
  return taken.kind === 'done' ? { outcome, isDone: true } : asWritten(taken);
}

async function set(
  pass: DecidedPass,
  seen: AccountAccess,
  change: Extract<Change, { kind: 'set' }>,
  media: MediaServer,
): Promise<WriteOutcome> {
  const libraries = externalIdsOf(pass, change.libraryIds);
  if (!isNonEmpty(libraries)) throw new Error('a change lost its libraries on the way');
  return await media.setLibraries(seen, libraries, { staysDisabled: change.staysDisabled ?? false });
}

/** The server's ids of libraries, by ours. */
export function externalIdsOf({ libraries }: DecidedPass, libraryIds: readonly string[]): readonly string[] {
  return libraries.filter(({ id }) => libraryIds.includes(id)).map(({ externalId }) => externalId);
}

async function invite(
  externalId: string,
  libraries: NonEmpty<string>,
  { kind, invitations }: MediaServer,
): Promise<WriteOutcome> {
  if (invitations) return await invitations.invite(externalId, libraries);
  return notPossible(say('trouble.noInvitations', { kind: MEDIA_KINDS[kind].name }));
}

async function deleteAccount(seen: AccountAccess, { kind, accounts }: MediaServer): Promise<WriteOutcome> {
  if (accounts) return await accounts.delete(seen);
  return notPossible(say('trouble.accountsStay', { kind: MEDIA_KINDS[kind].name }));
}

const notPossible = (message: Sentence): WriteOutcome => ({
  kind: 'failed',
  why: { kind: 'not-possible', message },
});
