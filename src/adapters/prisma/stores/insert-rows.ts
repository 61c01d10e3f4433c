/** Rows written in one statement, those included that wait for the end of a transaction. */
import type { GuildContext, NewRow } from './context.ts';

/** Fields whose column has another name (`@map` in the schema). */
const COLUMNS: Readonly<Record<string, string>> = { inFlight: 'unsure', lossApproved: 'mayLose' };

const columnOf = (field: string): string => COLUMNS[field] ?? field;

/**
 * Many rows in one statement, which is the same whatever their number: the values travel as one JSON text. With
 * createMany every number of rows is a statement of its own to be compiled and prepared, and a wide one (two hundred
 * libraries: a thousand placeholders) costs more than its rows; SQLite holds on to each until it is collected.
 * All rows have the fields of the first.
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
  // Table and columns are ours, never typed by people.
  await queries.$executeRawUnsafe(
    `INSERT INTO "${table}" (${names}) ${values}`,
    JSON.stringify(rows.map(written)),
  );
}

/** Moments as Prisma writes them into SQLite; PostgreSQL reads the same. */
function written(row: NewRow): NewRow {
  return Object.fromEntries(
    Object.entries(row).map(([field, value]) => [
      columnOf(field),
      value instanceof Date ? value.toISOString().replace('Z', '+00:00') : value,
    ]),
  );
}

/** Writes what was appended so far: before the transaction commits, and before anybody in it looks. */
export async function writePending(context: GuildContext): Promise<void> {
  const { events, deliveries } = context.counters?.pending ?? { events: [], deliveries: [] };
  await insertRows(context, 'AuditEvent', events.splice(0));
  await insertRows(context, 'Delivery', deliveries.splice(0));
}
