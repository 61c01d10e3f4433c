/**
 * What is sealed is sealed anew: what an older version has sealed, for the row that it is in, once; and everything for
 * another key. What was sealed anew already is found no more, so being killed in the middle does no harm.
 */
import { z } from 'zod';
import type { Log } from '../../app/ports/log.ts';
import type { SealedPlace } from '../../app/ports/secrets.ts';
import type { Database, Queries } from './client.ts';

const OLD = 'v1.';
/** Rows of one transaction. */
const AT_ONCE = 500;

type Reseal = (text: string, place: SealedPlace) => string | undefined;

const rowsOf = z.array(z.object({ guildId: z.string(), id: z.string(), text: z.string() }));
type Row = z.infer<typeof rowsOf>[number];

/** A column that holds a sealed text, or JSON with one in it. */
interface Column {
  readonly table: string;
  readonly name: string;
  /** What the column is called where it is sealed. Of drafts it depends on what was begun; one of these opens it. */
  readonly sealedFor: readonly string[];
  /** The field of the JSON; null where the whole column is the sealed text. */
  readonly field: string | null;
}

/** Every place that is sealed; a test looks for others. */
export const COLUMNS: readonly Column[] = [
  { table: 'Server', name: 'tokenCipher', sealedFor: ['Server.token'], field: null },
  { table: 'Account', name: 'secretCipher', sealedFor: ['Account.secret'], field: null },
  { table: 'SignIn', name: 'pinCipher', sealedFor: ['SignIn.pin'], field: null },
  { table: 'SignIn', name: 'tokenCipher', sealedFor: ['SignIn.token'], field: null },
  { table: 'Drill', name: 'secretCipher', sealedFor: ['Drill.secret'], field: null },
  { table: 'Webhook', name: 'urlCipher', sealedFor: ['Webhook.url'], field: null },
  { table: 'Webhook', name: 'secretCipher', sealedFor: ['Webhook.secret'], field: null },
  { table: 'Webhook', name: 'formerCipher', sealedFor: ['Webhook.former'], field: null },
  { table: 'ApiCall', name: 'answerCipher', sealedFor: ['ApiCall.answer'], field: null },
  { table: 'Delivery', name: 'content', sealedFor: ['Delivery.code'], field: 'codeCipher' },
  { table: 'Draft', name: 'content', sealedFor: ['Draft.token'], field: 'tokenCipher' },
  {
    ...{ table: 'Draft', name: 'content', field: 'sealed' },
    sealedFor: [
      'Draft.addresses',
      ...['Draft.risk.add', 'Draft.risk.edit', 'Draft.certificate.add', 'Draft.certificate.edit'],
    ],
  },
];

/** Seals anew whatever an older version has sealed. */
export async function resealRows(database: Database, reseal: Reseal, log: Log): Promise<void> {
  for (const column of COLUMNS) {
    let [after, changed]: [Row | undefined, number] = [undefined, 0];
    do {
      const batch = await database.transaction('reseal', (queries) =>
        resealBatch({ queries, dialect: database.dialect }, column, { before: OLD, reseal, after, log }),
      );
      after = batch.last;
      changed += batch.changed;
    } while (after);
    if (changed > 0)
      log.info(
        { table: column.table, column: column.name, rows: changed },
        'sealed texts were bound to their rows',
      );
  }
}

/** Seals anew, in one transaction of the caller's, whatever begins with `before`. Returns how many texts that were. */
export async function resealAll(
  place: Place,
  order: { readonly before: string; readonly reseal: Reseal; readonly log: Log },
): Promise<number> {
  let all = 0;
  for (const column of COLUMNS) {
    let after: Row | undefined;
    do {
      const batch = await resealBatch(place, column, { ...order, after });
      after = batch.last;
      all += batch.changed;
    } while (after);
  }
  return all;
}

interface Place extends Pick<Database, 'dialect'> {
  readonly queries: Queries;
}

/** The next rows of a column. What does not open was changed or moved: it is left, and said. */
async function resealBatch(
  place: Place,
  column: Column,
  {
    before,
    reseal,
    after,
    log,
  }: {
    readonly before: string;
    readonly reseal: Reseal;
    readonly after: Row | undefined;
    readonly log: Log;
  },
): Promise<{ readonly last: Row | undefined; readonly changed: number }> {
  const rows = await sealedRows(place, column, before, after);
  let changed = 0;
  for (const row of rows) {
    const fresh = resealed(row, column, reseal);
    if (fresh === undefined)
      log.error(
        { guildId: row.guildId, table: column.table, row: row.id },
        'a sealed text does not open, and was left as it is',
      );
    else changed += await replace(place, column, row, fresh);
  }
  return { last: rows.at(-1), changed };
}

function resealed(
  { guildId, id, text }: Row,
  { sealedFor, field }: Column,
  reseal: Reseal,
): string | undefined {
  const sealed = (old: string) => {
    for (const column of sealedFor) {
      const fresh = reseal(old, { guildId, column, row: id });
      if (fresh !== undefined) return fresh;
    }
    return undefined;
  };
  if (field === null) return sealed(text);
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null) return undefined;
  const old: unknown = Object.entries(content).find(([name]) => name === field)?.[1];
  const fresh = typeof old === 'string' ? sealed(old) : undefined;
  return fresh === undefined ? undefined : JSON.stringify({ ...content, [field]: fresh });
}

// Safe: names of tables and columns come from the list above and not from people.

async function sealedRows(
  { queries, dialect }: Place,
  { table, name, field }: Column,
  before: string,
  after: Row | undefined,
): Promise<readonly Row[]> {
  const [like, guildId, id] = places(dialect);
  return rowsOf.parse(
    await queries.$queryRawUnsafe(
      `SELECT "guildId", "id", "${name}" AS "text" FROM "${table}"
       WHERE "${name}" LIKE ${like} AND ("guildId", "id") > (${guildId}, ${id})
       ORDER BY "guildId", "id" LIMIT ${AT_ONCE}`,
      field === null ? `${before}%` : `%"${field}":"${before}%`,
      after?.guildId ?? '',
      after?.id ?? '',
    ),
  );
}

/** Only where it is still as it was read. */
async function replace(
  { queries, dialect }: Place,
  { table, name }: Column,
  { guildId, id, text }: Row,
  fresh: string,
): Promise<number> {
  const [to, guild, row, was] = places(dialect);
  return await queries.$executeRawUnsafe(
    `UPDATE "${table}" SET "${name}" = ${to} WHERE "guildId" = ${guild} AND "id" = ${row} AND "${name}" = ${was}`,
    ...[fresh, guildId, id, text],
  );
}

const places = (dialect: Database['dialect']): readonly string[] =>
  [1, 2, 3, 4].map((number) => (dialect === 'sqlite' ? '?' : `$${number}`));
