/**
 * What was opened is exactly what was asked. A server may take a write and do more, or something else; then the first
 * reading after it shows more, and nobody else has to have given that. It is taken back at once. What is everything, or
 * cannot be taken back, is closed: the account loses all of its access, and the server is frozen (design.md 4).
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { type Actual, librariesIn, overlap, without } from '../../domain/access.ts';
import { type Beyond, beyondAsked } from '../../domain/exact.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import { isNonEmpty } from '../../domain/model.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { actualOf, seenIn } from '../observe/reading.ts';
import type { AccessReading, AccountAccess, MediaServer, WriteOutcome } from '../ports/media-server.ts';
import { externalIdsOf, WRITES_AT_ONCE } from './apply.ts';
import {
  type AppliedPass,
  actualBefore,
  changeOf,
  type Exceeded,
  isWritten,
  type PassCase,
  targetOf,
} from './pass.ts';
import type { Losing } from './stop-playing.ts';

/** Once to take back what is too much, and once to close what is still open. */
const ROUNDS = 2;

/** What is done about an account that has too much. */
interface Tried {
  readonly found: Beyond;
  readonly isClosed: boolean;
  /** It was taken back, and the server, which says so, may show that late. */
  readonly isGoing: boolean;
}

/** Takes back or closes what the reading after the writes shows beside what was asked, and reads again. */
export async function keepExact(pass: AppliedPass, media: MediaServer): Promise<AppliedPass> {
  const tried = new Map(pass.cases.flatMap((item) => foundBefore(pass, item)));
  const [unclear, done] = [new Set(pass.unclear), new Set(pass.done)];
  let { after } = pass;
  for (let round = 0; round < ROUNDS && after.kind === 'known'; round += 1) {
    const reading = after.value;
    const open = pass.cases
      .flatMap((item) => openNow(pass, item, reading))
      .filter(({ item }) => !tried.get(item.account.id)?.isGoing);
    if (open.length === 0) break;
    await inParallel(open, WRITES_AT_ONCE, async ({ item, seen, beyond }) => {
      const { id } = item.account;
      const before = tried.get(id);
      const isClosed = before !== undefined || beyond.all || pass.server.frozenWhy !== null;
      const outcome = await take(pass, item, { seen, isClosed }, media);
      const isGoing = !isClosed && outcome.kind === 'done' && showsLate(pass);
      tried.set(id, { found: both(before?.found, beyond), isClosed, isGoing });
      if (outcome.kind === 'unclear') unclear.add(id);
      if (outcome.kind === 'done') done.add(id);
      else done.delete(id);
    });
    const of = pass.cases.map(({ account }) => account.externalId);
    after = await media.readAccess({ of, after: reading });
  }
  const exceeded = pass.cases.flatMap((item) => {
    const one = tried.get(item.account.id);
    if (!one) return [];
    const isOpen = after.kind === 'unknown' || openNow(pass, item, after.value).length > 0;
    const now = isOpen ? (one.isGoing ? 'going' : 'open') : one.isClosed ? 'closed' : 'taken back';
    return [[item.account.id, { ...one.found, now }] as const];
  });
  return { ...pass, after, unclear, done, exceeded: new Map<string, Exceeded>(exceeded) };
}

/** The accounts that had something open for a moment, with what they keep. */
export function beyondIn(pass: AppliedPass): Losing {
  return pass.cases.flatMap((item) => {
    const exceeded = pass.exceeded.get(item.account.id);
    if (!exceeded) return [];
    const staying = isTakenBack(exceeded) ? externalIdsOf(pass, targetOf(pass, item)) : [];
    return [{ externalId: item.account.externalId, staying }];
  });
}

/** Whether the account keeps what was asked. */
export const isTakenBack = ({ now }: Exceeded): boolean => now === 'taken back' || now === 'going';

/** What is known before the reading after the writes: the answer to the write showed it, or an earlier pass left it. */
function foundBefore(pass: AppliedPass, item: PassCase): readonly (readonly [string, Tried])[] {
  const { account, beyond } = item;
  const failure = pass.failures.get(account.id);
  const isAnswered = failure?.exceeds === true;
  if (!isWritten(pass, item) || (!beyond && !isAnswered)) return [];
  const found = beyond ?? { all: false, libraryIds: [] };
  const isClosed = isAnswered || changeOf(pass, item).kind === 'withdraw';
  return [[account.id, { found, isClosed, isGoing: !isClosed && !failure && showsLate(pass) }]];
}

const showsLate = ({ server }: AppliedPass): boolean => MEDIA_KINDS[server.kind].shownAfterMs > 0;

const both = (one: Beyond | undefined, other: Beyond): Beyond => ({
  all: other.all || (one?.all ?? false),
  libraryIds: [...new Set([...(one?.libraryIds ?? []), ...other.libraryIds])],
});

/** An account that has too much, as a reading shows it. */
interface Open {
  readonly item: PassCase;
  readonly seen: AccountAccess;
  readonly beyond: Beyond;
}

function openNow(pass: AppliedPass, item: PassCase, reading: AccessReading): readonly Open[] {
  const { account } = item;
  const seen = seenIn(reading, account.externalId);
  if (!seen || !isWritten(pass, item) || item.deletion === 'now') return [];
  if (seen.protection !== null && PROTECTIONS[seen.protection].seesAll) return [];
  const after = actualOf(seen, pass.libraries);
  const target = targetOf(pass, item);
  const beyond = beyondAsked({ ...asBefore(pass, item), target, after, present: pass.present });
  if (!beyond) return [];
  // Of a write without a clear answer nobody knows whether this is the reading after it, unless it shows its libraries.
  const failure = pass.failures.get(account.id);
  const shows = overlap(target, librariesIn(after, pass.present)).length === target.length;
  const isDone = !failure || (pass.unclear.has(account.id) && (shows || beyond.all));
  const isOurs = isDone || failure.exceeds || item.beyond !== undefined;
  return isOurs ? [{ item, seen, beyond }] : [];
}

/** The account and what it had, without what an earlier write had opened beyond what was asked. */
function asBefore(
  pass: AppliedPass,
  item: PassCase,
): Pick<Parameters<typeof beyondAsked>[0], 'account' | 'before'> {
  const { account, beyond } = item;
  const before = actualBefore(pass, item);
  if (!beyond || before.kind !== 'present') return { account, before };
  const access = beyond.all ? account.seen : without(librariesIn(before, pass.present), beyond.libraryIds);
  const rest: Actual = { ...before, access };
  return { account: { ...account, inFlight: without(account.inFlight, beyond.libraryIds) }, before: rest };
}

async function take(
  pass: AppliedPass,
  item: PassCase,
  { seen, isClosed }: { readonly seen: AccountAccess; readonly isClosed: boolean },
  media: MediaServer,
): Promise<WriteOutcome> {
  const target = externalIdsOf(pass, targetOf(pass, item));
  return !isClosed && isNonEmpty(target)
    ? await media.setLibraries(seen, target)
    : await media.withdraw(seen);
}
