/** Backups of the database in a folder of their own, named by their moment: `usher-20261127T164631Z.db.gz`. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { BackupOutcome, Backups } from '../../app/ports/backups.ts';
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';
import type { BackupOrder, BackupReply } from './backup-process.ts';
import { manifestShape } from './manifest.ts';

const run = promisify(execFile);

const replyShape: z.ZodType<BackupReply> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('made'), manifest: manifestShape }),
  z.object({ kind: z.literal('failed'), what: z.string() }),
]);

const NAME = /^usher-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db\.gz$/;

export interface BackupOptions {
  /** Path of the database of SQLite; undefined for PostgreSQL, which has tools of its own. */
  readonly database: string | undefined;
  readonly folder: string;
  /** How many are kept. */
  readonly keep: number;
  readonly version: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function createBackups(options: BackupOptions): Backups {
  const { database, keep, version, clock, log } = options;
  const folder = resolve(options.folder);
  let making: Promise<BackupOutcome> | undefined;

  async function make(from: string): Promise<BackupOutcome> {
    const madeAt = clock.now();
    const path = join(folder, nameOf(madeAt));
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const reply = await ordered({ from, to: path, madeAt: madeAt.toISOString(), version });
      if (reply.kind === 'failed') return refused(reply.what);
      const { size: bytes } = await stat(path);
      log.info({ path, bytes, ...reply.manifest.counts }, 'a backup was made');
      await forget();
      return { kind: 'made', backup: { path, bytes, madeAt } };
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    }
  }

  function refused(what: string): BackupOutcome {
    const why = `No backup was made in ${folder}: ${sentenceOf(what)}`;
    log.error({ why }, 'a backup could not be made');
    return { kind: 'failed', why };
  }

  /** All that are there, newest first. What is not named as ours is is left alone. */
  async function list(): Promise<readonly string[]> {
    const names = await readdir(folder).catch(() => []);
    return names
      .filter((name) => NAME.test(name))
      .toSorted()
      .toReversed();
  }

  /** With 0 none is made by itself, and what somebody asked for stays. */
  async function forget(): Promise<void> {
    if (keep === 0) return;
    for (const name of (await list()).slice(keep)) await rm(join(folder, name), { force: true });
  }

  return {
    database: database === undefined ? 'PostgreSQL' : 'SQLite',
    isDaily: database !== undefined && keep > 0,
    async make() {
      if (database === undefined) return { kind: 'not ours', how: await howForPostgres() };
      making ??= make(database).finally(() => {
        making = undefined;
      });
      return await making;
    },
    async newest() {
      const [name] = await list();
      if (name === undefined) return undefined;
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return found && { path, bytes: found.size, madeAt: momentOf(name) };
    },
  };
}

/** One backup, at once and anywhere. @throws {Error} with why there is none. */
export async function backUpTo(order: BackupOrder): Promise<void> {
  const reply = await ordered(order);
  if (reply.kind === 'failed') throw new Error(reply.what);
}

/** One order in a process of its own. @throws when it ends without a reply. */
async function ordered(order: BackupOrder): Promise<BackupReply> {
  const program = fileURLToPath(new URL('./backup-process.ts', import.meta.url));
  const { stdout } = await run(process.execPath, [program, JSON.stringify(order)], { env: {} });
  return replyShape.parse(JSON.parse(stdout));
}

async function howForPostgres(): Promise<string> {
  const how =
    'PostgreSQL has tools of its own: run `pg_dump --format=custom --file=usher.dump "$DATABASE_URL"` every day, and keep the key elsewhere.';
  try {
    const { stdout } = await run('pg_dump', ['--version']);
    return `${how} ${stdout.trim()} is on this machine.`;
  } catch {
    return `${how} There is no pg_dump beside Usher: run it where PostgreSQL is.`;
  }
}

const nameOf = (moment: Date): string => `usher-${moment.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.db.gz`;

const momentOf = (name: string): Date => new Date(name.replace(NAME, '$1-$2-$3T$4:$5:$6Z'));

function sentenceOf(what: string): string {
  if (/ENOSPC|disk is full|EFBIG/i.test(what)) return 'the disk is full.';
  if (/EACCES|EPERM|EROFS|unable to open/i.test(what)) return `it may not be written there (${what}).`;
  return `${what.replace(/\.$/, '')}.`;
}
