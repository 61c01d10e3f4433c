/**
 * A pass over one server: what it knows, what it decided, and what came of it. Each step hands on a pass with more
 * in it.
 */

import type { Actual, Change, Elsewhere } from '../../domain/access.ts';
import { changeLine } from '../../domain/change-line.ts';
import type { Beyond } from '../../domain/exact.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, ExpiryAction, Library, Server } from '../../domain/model.ts';
import { actualIn, seenIn, unreadIn } from '../observe/reading.ts';
import type { AccessReading, AccountAccess, Known, Trouble, Withdrawn } from '../ports/media-server.ts';

/** An account that is due, with what it should have. */
export interface PassCase {
  readonly account: Account & { readonly externalId: string; readonly memberId: MemberId };
  readonly desired: readonly string[];
  /** What happens to the account while nothing is granted. */
  readonly closing: ExpiryAction;
  /** By the expiry action `delete`: to be deleted now, or later; null when it stays. */
  readonly deletion: 'now' | 'later' | null;
  /** What other guilds of this installation do with the account; undefined when none has linked it. */
  readonly elsewhere: Elsewhere | undefined;
  /** What the first reading after an earlier write shows beside what was asked; absent where there is nothing. */
  readonly beyond?: Beyond;
}

/** What is known before the server is read: who is due there, and what each of them should have. */
export interface PlannedPass {
  readonly guildId: GuildId;
  readonly server: Server;
  readonly startedAt: Date;
  readonly libraries: readonly Library[];
  /** Ids of the libraries that are not gone, including those that the server has stopped listing only lately. */
  readonly present: readonly string[];
  /** Ids of the libraries that it lists. */
  readonly listed: readonly string[];
  readonly cases: readonly PassCase[];
}

/** The server was read, and for each account it is decided what is to be written. */
export interface DecidedPass extends PlannedPass {
  /** What the server showed before anything was written. */
  readonly reading: AccessReading;
  /** By account id; an account that is not in here stays as it is. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Ids of accounts for which nothing is written, because too much would be taken away at once (rule 5). */
  readonly held: ReadonlySet<string>;
  /** Ids of accounts of which something waits because the server is frozen. */
  readonly frozen: ReadonlySet<string>;
}

/** An account that had more after our own write than was asked. */
export interface Exceeded extends Beyond {
  /**
   * Taken back: it has what was asked. Going: the server says that it took it back, and may show that late. Closed: all
   * of its access was taken. Open: nothing of this is seen.
   */
  readonly now: 'taken back' | 'going' | 'closed' | 'open';
}

/** The changes were written, and the server was read back where that was needed. */
export interface AppliedPass extends DecidedPass {
  /** What is known to have failed, by account id. */
  readonly failures: ReadonlyMap<string, Trouble>;
  /** Ids of the accounts of which nobody knows whether, or when, the write takes effect. */
  readonly unclear: ReadonlySet<string>;
  /** Ids of the accounts whose last write was answered as done. */
  readonly done: ReadonlySet<string>;
  /** By account id. */
  readonly exceeded: ReadonlyMap<string, Exceeded>;
  /** The reading that proves what was written; the first one where nothing was. */
  readonly after: Known<AccessReading>;
}

const NONE: Change = { kind: 'none' };

/** What is to be written for an account. */
export function changeOf(pass: DecidedPass, { account }: PassCase): Change {
  return pass.changes.get(account.id) ?? NONE;
}

/** The libraries that an account is to have after its change, by our ids. */
export function targetOf(pass: DecidedPass, item: PassCase): readonly string[] {
  const change = changeOf(pass, item);
  return change.kind === 'set' || change.kind === 'invite' ? change.libraryIds : [];
}

/** Whether anything is to be written for an account. */
export function isWritten(pass: DecidedPass, item: PassCase): boolean {
  return changeOf(pass, item).kind !== 'none' || item.deletion === 'now';
}

/** What an account was read to have, before anything was written. */
export function actualBefore(pass: DecidedPass, { account }: PassCase): Actual {
  return actualIn(pass.reading, account.externalId, pass.libraries);
}

/** The account as it was read before anything was written; undefined when the server does not list it. */
export function seenBefore(pass: DecidedPass, { account }: PassCase): AccountAccess | undefined {
  return seenIn(pass.reading, account.externalId);
}

/** The same of an account whose entry was not understood: enough to remove that entry. */
export function unreadBefore(pass: DecidedPass, { account }: PassCase): Withdrawn | undefined {
  const { externalId, protection } = account;
  const unread = unreadIn(pass.reading, externalId);
  return unread && { externalId, protection, handle: unread.handle };
}

/** Lines that a log entry holds at most. */
const PRINTED = 20;

/** One line for each account for which something is decided, by ids, because the log holds no names (style.md 14). */
export function printPass(pass: DecidedPass): readonly string[] {
  const lines = pass.cases.flatMap((item) => {
    const isHeld = pass.held.has(item.account.id);
    if (!isHeld && !isWritten(pass, item)) return [];
    const decided = { actual: actualBefore(pass, item), desired: item.desired, change: changeOf(pass, item) };
    const end = isHeld ? ' (held)' : item.deletion === 'now' ? ' (deleted)' : '';
    return [`${item.account.id}: ${changeLine(decided, pass.present)}${end}`];
  });
  const more = lines.length - PRINTED;
  return more > 0 ? [...lines.slice(0, PRINTED), `and ${more} more`] : lines;
}
