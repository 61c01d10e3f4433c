/** Inserts or updates many rows in one statement, including rows collected until the end of a transaction. */
import { type GuildContext, mustHit, type NewRow } from './context.ts';

/** Fields whose column has another name (`@map` in the schema). */
const COLUMNS: Readonly<Record<string, string>> = { inFlight: 'unsure', lossApproved: 'mayLose' };

/** Rows in one statement. With more, it is only the text that becomes longer, and with it what is in memory at once. */
const AT_ONCE = 5_000;

const columnOf = (field: string): string => COLUMNS[field] ?? field;

/**
 * Inserts rows with a statement that is the same for any number of them: the values are passed as one JSON text.
 * With createMany, each number of rows is a statement of its own that has to be compiled and prepared. A large one
 * (two hundred libraries need a thousand placeholders) costs more than its rows, and SQLite keeps each until it is
 * collected. All rows have the fields of the first.
 */
export async function insertRows(
  { queries, dialect }: Pick<GuildContext, 'queries' | 'dialect'>,
  table: 'Account' | 'AccountLibrary' | 'Arrival' | 'AuditEvent' | 'Delivery',
  rows: readonly NewRow[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).map(columnOf);
  // Safe: names of tables and columns come from our code and not from people.
  const insert = `INSERT INTO "${table}" (${listed(columns)}) ${selectFrom(dialect, table, columns)}`;
  for (let start = 0; start < rows.length; start += AT_ONCE)
    await queries.$executeRawUnsafe(insert, asJson(rows.slice(start, start + AT_ONCE)));
}

/** What tells rows of a guild apart. */
const KEYS = { Account: 'id', Grant: 'id', Member: 'userId', AuditEvent: 'number' } as const;

/**
 * Changes rows by their key, each in its own way, with one statement for all that change the same fields.
 * @throws {NotThere} when one of them is not there.
 */
export async function updateRows<Table extends keyof typeof KEYS>(
  { guildId, queries, dialect }: Pick<GuildContext, 'guildId' | 'queries' | 'dialect'>,
  table: Table,
  rows: readonly (NewRow & Readonly<Record<(typeof KEYS)[Table], string | number>>)[],
): Promise<void> {
  const key = KEYS[table];
  for (const alike of Map.groupBy(rows, (row) => Object.keys(row).join()).values()) {
    const fields = Object.keys(alike[0] ?? {}).filter((field) => field !== key);
    if (fields.length === 0) continue;
    const columns = ['guildId', key, ...fields].map(columnOf);
    const changes = fields.map((field) => `"${columnOf(field)}" = each."${columnOf(field)}"`);
    // The guild is in each row, so that both halves of the key come from there: with the guild as a value of its own,
    // SQLite goes through all rows of the guild, and through the JSON for each.
    const count = await queries.$executeRawUnsafe(
      `UPDATE "${table}" AS one SET ${changes.join(', ')} FROM (${selectFrom(dialect, table, columns)}) AS each
       WHERE one."guildId" = each."guildId" AND one."${key}" = each."${key}"`,
      asJson(alike.map((row) => ({ ...row, guildId }))),
    );
    mustHit({ count: count === alike.length ? count : 0 }, `A row of ${table}`);
  }
}

const listed = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');

/** A query for rows that are passed as JSON. */
function selectFrom(dialect: GuildContext['dialect'], table: string, columns: readonly string[]): string {
  if (dialect !== 'sqlite')
    return `SELECT ${listed(columns)} FROM json_populate_recordset(NULL::"${table}", $1::json)`;
  const values = columns.map((column) => `value ->> '$.${column}' AS "${column}"`);
  return `SELECT ${values.join(', ')} FROM json_each(?)`;
}

const asJson = (rows: readonly NewRow[]): string => JSON.stringify(rows.map(written));

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
