import type { GuildContext } from './context.ts';

export type NewRow = Readonly<Record<string, string | number | boolean | Date | null>>;

/**
 * Many rows in one statement, which is the same whatever their number: the values travel as one JSON text. With
 * createMany every number of rows is a statement of its own to be compiled and prepared, and a wide one (two hundred
 * libraries: a thousand placeholders) costs more than its rows; SQLite holds on to each until it is collected.
 * All rows have the columns of the first.
 */
export async function insertRows(
  { queries, dialect }: Pick<GuildContext, 'queries' | 'dialect'>,
  table: 'Account' | 'AccountLibrary' | 'AuditEvent' | 'Delivery',
  rows: readonly NewRow[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const values =
    dialect === 'sqlite'
      ? `SELECT ${columns.map((column) => `value ->> '$.${column}'`).join(', ')} FROM json_each(?)`
      : `SELECT ${names} FROM json_populate_recordset(NULL::"${table}", $1::json)`;
  // Table and columns are ours, never typed by people.
  await queries.$executeRawUnsafe(
    `INSERT INTO "${table}" (${names}) ${values}`,
    JSON.stringify(rows.map(written)),
  );
}

/** Moments as Prisma writes them into SQLite; PostgreSQL reads the same. */
function written(row: NewRow): NewRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value,
    ]),
  );
}
