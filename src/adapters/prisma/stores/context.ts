/** What all stores of a guild share. */
import type { GuildId } from '../../../domain/ids.ts';
import type { Queries } from '../client.ts';
import type { Dialect } from '../url.ts';

/** A row, by field name. */
export type NewRow = Readonly<Record<string, string | number | boolean | Date | null>>;

export interface GuildContext {
  readonly guildId: GuildId;
  readonly queries: Queries;
  readonly dialect: Dialect;
  /** A new opaque id, unique in the installation. */
  readonly newId: () => string;
  /** The guild's counters, locked until the transaction ends; undefined outside of a transaction. */
  readonly counters: Counters | undefined;
}

/**
 * The last numbers of a guild's numbered rows. Read when the transaction locks the guild's row, increased in
 * memory, and written back once before the commit. Nobody else can number rows meanwhile.
 */
export interface Counters {
  auditNumber: number;
  auditHead: string;
  grantNumber: number;
  namesVersion: number;
  auditChannelId: string | null;
  /** When the newest event of this transaction happened; undefined while it has none. */
  recordedAt: Date | undefined;
  /** The last sequence of each sink that this transaction has used, by kind and sink. */
  readonly sequences: Map<string, number>;
  /** Members whose rows this transaction has made or seen, so that a batch of grants does not ask for each. */
  readonly membersThere: Set<string>;
  /** Rows that are written when the transaction ends, so that a batch of a hundred costs two statements. */
  readonly pending: { readonly events: NewRow[]; readonly deliveries: NewRow[] };
}

/** @throws {Error} outside of a transaction, where nothing may be numbered. */
export function countersOf({ counters }: GuildContext): Counters {
  if (counters === undefined)
    throw new Error('Stores outside a transaction only read; use stores.transaction.');
  return counters;
}

/** The row to change does not exist in this guild. Either a bug of ours, or somebody has just removed it. */
export class NotThere extends Error {
  override readonly name = 'NotThere';
}

/**
 * For changes by id, which must change one row.
 * @throws {NotThere} when they changed none.
 */
export function mustHit({ count }: { readonly count: number }, what: string): void {
  if (count === 0) throw new NotThere(`${what} is not there.`);
}

/** Library ids of a row, in the same order on every database. */
export function idsOf(links: readonly { readonly libraryId: string }[]): readonly string[] {
  return links.map(({ libraryId }) => libraryId).toSorted();
}
