/** Translates a reading of a server into our ids and columns. */
import type { Actual } from '../../domain/access.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import type { AccessReading, AccountAccess } from '../ports/media-server.ts';

/** A server, and what was read of it. */
export interface ServerReading {
  readonly server: Server;
  readonly reading: AccessReading;
}

/** The columns of an account's row that hold what was read. */
export function seenFields(actual: Actual): Pick<Account, 'seenAccess' | 'pending' | 'disabled'> {
  if (actual.kind === 'absent') return { seenAccess: 'none', pending: false, disabled: false };
  const { access, pending, disabled } = actual;
  if (access === 'all') return { seenAccess: 'all', pending, disabled };
  return { seenAccess: access.length > 0 ? 'libraries' : 'none', pending, disabled };
}

/** What a server was read to allow an account, by our library ids. Libraries that we do not know are left out. */
export function actualOf(seen: AccountAccess | undefined, libraries: readonly Library[]): Actual {
  if (!seen) return { kind: 'absent' };
  const { pending, disabled, dormant } = seen;
  const state = {
    pending,
    disabled,
    ...(dormant && { dormant: dormant === 'all' ? presentIds(libraries) : idsOf(dormant, libraries) }),
  };
  if (seen.access.kind === 'all') return { kind: 'present', access: 'all', ...state };
  return { kind: 'present', access: idsOf(seen.access.externalIds, libraries), ...state };
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
  const known = new Set(libraries.map((library) => library.externalId));
  return reading.accounts.some(
    ({ access }) => access.kind === 'libraries' && access.externalIds.some((id) => !known.has(id)),
  );
}

/** What a reading says about one account. */
export function seenIn(reading: AccessReading, externalId: string): AccountAccess | undefined {
  return reading.accounts.find((account) => account.externalId === externalId);
}

/** What a reading says about one account, by our library ids. */
export function actualIn(reading: AccessReading, externalId: string, libraries: readonly Library[]): Actual {
  return actualOf(seenIn(reading, externalId), libraries);
}
