/** Inserts many rows in one statement, including rows collected until the end of a transaction. */
import type { GuildContext, NewRow } from './context.ts';

/** Fields whose column has another name (`@map` in the schema). */
const COLUMNS: Readonly<Record<string, string>> = { inFlight: 'unsure', lossApproved: 'mayLose' };

const columnOf = (field: string): string => COLUMNS[field] ?? field;

/**
 * Inserts rows with a statement that is the same for any number of them: the values are passed as one JSON text.
 * With createMany, each number of rows is a statement of its own that has to be compiled and prepared. A large one
 * (two hundred libraries need a thousand placeholders) costs more than its rows, and SQLite keeps each until it is
 * collected. All rows have the fields of the first.
 */
export async function insertRows(
  { queries, dialect }: Pick<GuildContext, 'queries' | 'dialect'>,
  table: 'Account' | 'AccountLibrary' | 'AuditEvent' | 'Delivery',
  rows: readonly NewRow[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).map(columnOf);
  const names = columns.map((column) => `"${column}"`).join(', ');
  const values =
    dialect === 'sqlite'
      ? `SELECT ${columns.map((column) => `value ->> '$.${column}'`).join(', ')} FROM json_each(?)`
      : `SELECT ${names} FROM json_populate_recordset(NULL::"${table}", $1::json)`;
  // Safe: names of tables and columns come from our code and not from people.
  await queries.$executeRawUnsafe(
    `INSERT INTO "${table}" (${names}) ${values}`,
    JSON.stringify(rows.map(written)),
  );
}

/** Dates in the format that Prisma writes into SQLite; PostgreSQL reads it too. */
function written(row: NewRow): NewRow {
  return Object.fromEntries(
    Object.entries(row).map(([field, value]) => [
      columnOf(field),
      value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value,
    ]),
  );
}

/**
 * Writes the rows collected so far. Called before the commit, and before a query in the transaction that must see
 * them.
 */
export async function writePending(context: GuildContext): Promise<void> {
  const { events, deliveries } = context.counters?.pending ?? { events: [], deliveries: [] };
  await insertRows(context, 'AuditEvent', events.splice(0));
  await insertRows(context, 'Delivery', deliveries.splice(0));
}
