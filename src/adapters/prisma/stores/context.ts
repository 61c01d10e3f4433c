/** What every store of a guild works with. */
import type { Queries } from '../client.ts';
import type { Dialect } from '../url.ts';

/** A row by field name. */
export type NewRow = Readonly<Record<string, string | number | boolean | Date | null>>;

export interface GuildContext {
  readonly guildId: string;
  readonly queries: Queries;
  readonly dialect: Dialect;
  /** A fresh opaque id, unique in the installation. */
  readonly newId: () => string;
  /** The guild's counters, locked for the length of a transaction; undefined while reading. */
  readonly counters: Counters | undefined;
}

/**
 * The heads of a guild's numbered lists. Read when the transaction locks the guild's row, counted up in memory, and
 * written back once before it commits; nobody else can count meanwhile.
 */
export interface Counters {
  auditNumber: number;
  auditHead: string;
  grantNumber: number;
  auditChannelId: string | null;
  /** Last sequence of each sink that was used in this transaction, by kind and sink. */
  readonly sequences: Map<string, number>;
  /** What was appended and is written when the transaction ends: a batch of a hundred costs two statements. */
  readonly pending: { readonly events: NewRow[]; readonly deliveries: NewRow[] };
}

/** @throws {Error} outside a transaction: reading must not count. */
export function countersOf({ counters }: GuildContext): Counters {
  if (counters === undefined)
    throw new Error('Stores outside a transaction only read; use stores.transaction.');
  return counters;
}

/** Something was to be changed that is not there, in this guild. A bug of ours, or somebody removed it meanwhile. */
export class NotThere extends Error {
  override readonly name = 'NotThere';
}

/**
 * For changes by id, which must hit one row.
 * @throws {NotThere} when none was.
 */
export function mustHit({ count }: { readonly count: number }, what: string): void {
  if (count === 0) throw new NotThere(`${what} is not there.`);
}

/** The libraries of a row, in one order on every database. */
export function idsOf(links: readonly { readonly libraryId: string }[]): readonly string[] {
  return links.map(({ libraryId }) => libraryId).toSorted();
}
