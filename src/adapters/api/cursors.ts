/** Where a page ends: nothing that programs should read anything into. */
import { say } from '../../words/say.ts';
import { Problem } from './problems.ts';

const encode = (kind: string, at: number): string => Buffer.from(`${kind}${at}`).toString('base64url');

/** @throws {Problem} when it is no cursor of this list. */
export function readCursor(kind: string, cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const found = text.startsWith(kind) ? /^\d{1,9}$/.exec(text.slice(kind.length))?.[0] : undefined;
  if (found === undefined) throw new Problem('invalid', say('api.problem.cursor'));
  return Number(found);
}

/** Of a list by numbers, the greatest first: `rows` may be one more than `limit`, which says that more follow. */
export function pageByNumber<T>(
  kind: string,
  rows: readonly T[],
  limit: number,
  numberOf: (row: T) => number,
): { readonly items: readonly T[]; readonly nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encode(kind, numberOf(last)) : null };
}

/** Of a list that is counted from its start. */
export function pageByStart<T>(
  kind: string,
  rows: readonly T[],
  { start, total }: { readonly start: number; readonly total: number },
): { readonly items: readonly T[]; readonly nextCursor: string | null } {
  const next = start + rows.length;
  return { items: rows, nextCursor: rows.length > 0 && next < total ? encode(kind, next) : null };
}
