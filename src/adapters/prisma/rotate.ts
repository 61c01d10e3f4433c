/** Everything that is sealed is sealed with another key, in one transaction. */
import type { Log } from '../../app/ports/log.ts';
import type { SealedPlace } from '../../app/ports/secrets.ts';
import type { Database, Queries } from './client.ts';
import { resealAll } from './reseal.ts';
import { DatabaseAway } from './url.ts';

export interface Rotation {
  /** What a text begins with that the former key has sealed. */
  readonly before: string;
  readonly reseal: (text: string, place: SealedPlace) => string | undefined;
  /** Facts of the installation that change with it. */
  readonly facts: ReadonlyMap<string, string>;
  readonly log: Log;
}

/**
 * All or nothing; returns how many texts there were.
 * @throws {DatabaseAway} while Usher runs on this database: it would go on sealing with the former key.
 */
export async function rotateSealed(database: Database, rotation: Rotation): Promise<number> {
  const { dialect } = database;
  return await database.transaction('rotate', async (queries) => {
    if (dialect === 'postgresql') await mustBeAlone(queries);
    const resealed = await resealAll({ queries, dialect }, rotation);
    await setFacts(queries, rotation.facts);
    return resealed;
  });
}

/** Facts of the installation, all of them or none. */
export async function setFacts(queries: Queries, facts: ReadonlyMap<string, string>): Promise<void> {
  for (const [key, value] of facts)
    await queries.installation.upsert({ where: { key }, create: { key, value }, update: { value } });
}

/**
 * Whoever starts meanwhile waits at these rows, which each start writes to before it reads its key
 * (`storage-check.ts`); whoever has started is seen by its connection (`connect.ts`). A SQLite file is kept for one
 * process anyway (`one-process.ts`).
 */
async function mustBeAlone(queries: Queries): Promise<void> {
  await queries.$queryRaw`SELECT "key" FROM "Installation" FOR UPDATE`;
  const others = await queries.$queryRaw<{ readonly from: string }[]>`
    SELECT COALESCE(host(client_addr), 'this machine') AS "from" FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'usher write' AND pid <> pg_backend_pid()`;
  const [other] = others;
  if (other)
    throw new DatabaseAway(
      `The database is in use: Usher is running on it, connected from ${other.from}. Stop it first. Nothing was changed.`,
    );
}
