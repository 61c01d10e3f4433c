/** Translates a reading of a server into our ids and columns. */
import { mapInTurns } from '../../concurrency/in-turns.ts';
import { type Actual, type Understood, without } from '../../domain/access.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import type { AccessReading, AccountAccess, UnreadEntry } from '../ports/media-server.ts';

/** A server, and what was read of it. */
export interface ServerReading {
  readonly server: Server;
  readonly reading: AccessReading;
}

/**
 * A reading that is compared and not written by, without what only a write needs. Each id is in memory once, however
 * many accounts have it: five thousand with two hundred libraries have a million of them.
 */
export async function toCompare(reading: AccessReading): Promise<AccessReading> {
  const known = new Map<string, string>();
  const once = (id: string): string => {
    const first = known.get(id);
    if (first === undefined) known.set(id, id);
    return first ?? id;
  };
  const accounts = await mapInTurns(reading.accounts, ({ access, dormant, emailName: _, ...account }) => ({
    ...account,
    access: access.kind === 'all' ? access : { ...access, externalIds: access.externalIds.map(once) },
    ...(dormant !== undefined && { dormant: dormant === 'all' ? dormant : dormant.map(once) }),
    handle: undefined,
  }));
  return { ...reading, accounts };
}

/** The columns of an account's row that hold what was read. */
export function seenFields(actual: Understood): Pick<Account, 'seenAccess' | 'pending' | 'disabled'> {
  if (actual.kind === 'absent') return { seenAccess: 'none', pending: false, disabled: false };
  const { access, pending, disabled } = actual;
  if (access === 'all') return { seenAccess: 'all', pending, disabled };
  return { seenAccess: access.length > 0 ? 'libraries' : 'none', pending, disabled };
}

/** What a server was read to allow an account, by our library ids. Libraries that we do not know are left out. */
export function actualOf(seen: AccountAccess | undefined, libraries: readonly Library[]): Understood {
  if (!seen) return { kind: 'absent' };
  const { pending, disabled, dormant } = seen;
  const state = {
    pending,
    disabled,
    ...(dormant && { dormant: dormant === 'all' ? presentIds(libraries) : underAnyId(dormant, libraries) }),
  };
  if (seen.access.kind === 'all') return { kind: 'present', access: 'all', ...state };
  const access = idsOf(seen.access.externalIds, libraries);
  const former = without(underAnyId(seen.access.externalIds, libraries), access);
  return { kind: 'present', access, ...state, ...(former.length > 0 && { dormant: former }) };
}

/** Our ids of libraries, by those that they have on the server or have had. */
export function underAnyId(externalIds: readonly string[], libraries: readonly Library[]): readonly string[] {
  const shown = new Set(externalIds);
  const isShown = ({ externalId, formerIds }: Library) =>
    shown.has(externalId) || formerIds.some((id) => shown.has(id));
  return libraries.filter(isShown).map(({ id }) => id);
}

/** Our ids of libraries, by those of the server. Libraries that we do not know are left out. */
export function idsOf(externalIds: readonly string[], libraries: readonly Library[]): readonly string[] {
  const shown = new Set(externalIds);
  return libraries.filter(({ externalId }) => shown.has(externalId)).map(({ id }) => id);
}

const presentIds = (libraries: readonly Library[]): readonly string[] =>
  libraries.filter(({ goneAt }) => goneAt === null).map(({ id }) => id);

/** Whether a reading names libraries that we do not know, because they were added on the server since the last sync. */
export function namesUnknown(reading: AccessReading, libraries: readonly Library[]): boolean {
  const known = new Set(libraries.flatMap(({ externalId, formerIds }) => [externalId, ...formerIds]));
  return reading.accounts.some(
    ({ access }) => access.kind === 'libraries' && access.externalIds.some((id) => !known.has(id)),
  );
}

/** Where each account is in a reading: with ten thousand, each is asked for several times. */
const indexes = new WeakMap<AccessReading, ReadonlyMap<string, AccountAccess>>();

/** What a reading says about one account. */
export function seenIn(reading: AccessReading, externalId: string): AccountAccess | undefined {
  let index = indexes.get(reading);
  if (!index) {
    // Of one that is listed twice, the first counts.
    index = new Map(reading.accounts.map((each) => [each.externalId, each] as const).toReversed());
    indexes.set(reading, index);
  }
  return index.get(externalId);
}

/** The entry that is not understood and may be this account's. */
export function unreadIn({ unread }: AccessReading, externalId: string): UnreadEntry | undefined {
  return unread?.find(({ whose }) => whose.includes(externalId));
}

/** Whether an account that is not in a reading is missing from it only for what of it is not understood. */
export function mayBeUnread({ unread }: AccessReading, externalId: string): boolean {
  return unread?.some(({ whose }) => whose.length === 0 || whose.includes(externalId)) ?? false;
}

/** What a reading says about one account, by our library ids. */
export function actualIn(reading: AccessReading, externalId: string, libraries: readonly Library[]): Actual {
  const seen = seenIn(reading, externalId);
  if (!seen && unreadIn(reading, externalId)) return { kind: 'unread' };
  return actualOf(seen, libraries);
}
