/** What a backup says about itself: a row in the copy, so that it cannot be separated from it. */
import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { z } from 'zod';

/** Key of the row in `Installation`. */
const KEY = 'backup.manifest';

export const manifestShape = z.object({
  /** When it was made. ISO 8601, UTC. */
  madeAt: z.iso.datetime(),
  /** The version of Usher that made it. */
  version: z.string(),
  /** The newest migration of its schema. */
  schema: z.string(),
  counts: z.object({
    guilds: z.number(),
    servers: z.number(),
    members: z.number(),
    grants: z.number(),
    events: z.number(),
  }),
  /** SHA-256 over the newest number and hash of the record of every guild: two backups with one head have one past. */
  head: z.string(),
});

export type Manifest = z.infer<typeof manifestShape>;

/** Writes into a copy what it is. */
export function writeManifest(copy: Database.Database, made: Pick<Manifest, 'madeAt' | 'version'>): Manifest {
  const manifest: Manifest = { ...made, ...contentOf(copy) };
  copy
    .prepare(
      'INSERT INTO "Installation" ("key", "value") VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET "value" = ?',
    )
    .run(KEY, JSON.stringify(manifest), JSON.stringify(manifest));
  return manifest;
}

/**
 * What a copy says it is, compared with what is in it.
 * @throws {NotABackup} when it says nothing, or holds something else.
 */
export function readManifest(copy: Database.Database): Manifest {
  const row = copy.prepare('SELECT "value" FROM "Installation" WHERE "key" = ?').get(KEY);
  const { value } = z.object({ value: z.string() }).catch({ value: '' }).parse(row);
  const said = manifestShape.safeParse(jsonOf(value));
  if (!said.success) throw new NotABackup('is a database of Usher, but no backup that Usher has made');
  const { schema, counts, head } = contentOf(copy);
  const { data: manifest } = said;
  if (
    JSON.stringify({ schema, counts, head }) !==
    JSON.stringify({ schema: manifest.schema, counts: manifest.counts, head: manifest.head })
  )
    throw new NotABackup('holds something else than was backed up: it was changed afterwards');
  return manifest;
}

/** The file is no backup, or a damaged one. The message goes on after the name of the file. */
export class NotABackup extends Error {
  override readonly name = 'NotABackup';
}

const number = z.object({ n: z.number() });
const names = z.array(z.object({ name: z.string() }));
const heads = z.array(z.object({ id: z.string(), auditNumber: z.number(), auditHead: z.string() }));

function contentOf(db: Database.Database): Pick<Manifest, 'schema' | 'counts' | 'head'> {
  const count = (table: string) => number.parse(db.prepare(`SELECT COUNT(*) AS n FROM "${table}"`).get()).n;
  const migrations = names.parse(
    db
      .prepare(
        'SELECT "migration_name" AS name FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL ORDER BY 1',
      )
      .all(),
  );
  const guilds = heads.parse(
    db.prepare('SELECT "id", "auditNumber", "auditHead" FROM "Guild" ORDER BY "id"').all(),
  );
  return {
    schema: migrations.at(-1)?.name ?? '',
    counts: {
      guilds: guilds.length,
      servers: count('Server'),
      members: count('Member'),
      grants: count('Grant'),
      events: count('AuditEvent'),
    },
    head: createHash('sha256').update(JSON.stringify(guilds)).digest('hex'),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
