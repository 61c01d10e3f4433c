/**
 * Files of other tools: fetched from Discord and from nowhere else, kept in a folder of their own for as long as they
 * are read, and read in a thread that is ended when it takes too long or too much memory.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { Agent, request } from 'undici';
import type { AttachedFile, ImportFiles, ImportRefusal, ReadImport } from '../../app/ports/imports.ts';
import type { Log } from '../../app/ports/log.ts';
import type { Clock } from '../../app/ports/time.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { MOST_BYTES } from './limits.ts';
import type { Order } from './thread.ts';

/** Where Discord keeps what people attach (discord.md 1.5). */
const DISCORD_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];
const FETCHED_WITHIN_MS = 60_000;
const READ_WITHIN_MS = 30_000;
/** Whatever is older than a copy can be was left behind, whichever process that had made it. */
const LEFT_AFTER_MS = FETCHED_WITHIN_MS + READ_WITHIN_MS + 30_000;
/** A file of 50,000 rows takes 60 MB. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 } as const;

interface Options {
  /** Of such copies alone. Other processes may have theirs in it. */
  readonly folder: string;
  /** Base of Discord's REST API; with a stand-in, its files are at the same origin. */
  readonly apiUrl: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly readWithinMs?: number;
}

/** Copies that a killed process left behind are removed: at the start, and what was too new for it soon after. */
export function createImportFiles(options: Options): ImportFiles & { close(): Promise<void> } {
  const { folder, clock, log } = options;
  const clear = (): Promise<void> =>
    removeLeft(folder, clock.now()).catch((err: unknown) =>
      log.warn({ err }, 'copies of files that were imported could not be removed'),
    );
  const cleared = clear();
  const again = setTimeout(clear, LEFT_AFTER_MS).unref();
  /** One at a time: each may take as much memory as all of Usher otherwise. */
  const turns = new KeyedMutex();

  const read = async (file: AttachedFile, tool: Order['tool']): Promise<ReadImport> => {
    await cleared;
    if (!isAtDiscord(file.url, options.apiUrl)) return refused('elsewhere');
    if (file.size > MOST_BYTES) return refused('too-large');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const own = await mkdtemp(join(folder, 'file-'));
    try {
      const path = join(own, 'copy');
      const why = await fetchFile(file.url, path);
      if (why !== undefined) return refused(why);
      return await inThread({ path, tool, now: clock.now() }, options.readWithinMs ?? READ_WITHIN_MS);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  };

  return {
    read: (file, tool) => turns.run('file', () => read(file, tool)),
    async close() {
      clearTimeout(again);
      await turns.idle();
    },
  };
}

async function removeLeft(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && now.getTime() - found.mtimeMs > LEFT_AFTER_MS)
      await rm(path, { recursive: true, force: true });
  }
}

const refused = (why: ImportRefusal): ReadImport => ({ kind: 'refused', why });

function isAtDiscord(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, origin } = new URL(url);
  const isTheirs = protocol === 'https:' && port === '' && DISCORD_HOSTS.includes(hostname);
  return isTheirs || origin === new URL(apiUrl).origin;
}

/** Why it could not be fetched; undefined when it was, all of it. The address is a key to the file, and stays here. */
async function fetchFile(url: string, path: string): Promise<ImportRefusal | undefined> {
  // Undici follows no redirect unless it is told to.
  const agent = new Agent({ allowH2: false });
  let why: ImportRefusal | undefined;
  let bytes = 0;
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      // Nothing is unpacked here: a small body cannot become a large one.
      headers: { 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(FETCHED_WITHIN_MS),
    });
    const isPacked = (headers['content-encoding'] ?? 'identity') !== 'identity';
    if (statusCode !== 200 || isPacked) return 'not-fetched';
    await pipeline(
      body,
      async function* limited(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          if (bytes > MOST_BYTES) {
            why = 'too-large';
            return;
          }
          yield chunk;
        }
      },
      createWriteStream(path, { mode: 0o600, flags: 'wx' }),
    );
  } catch (error) {
    if (isOwnTrouble(error)) throw error;
    return why ?? 'not-fetched';
  } finally {
    await agent.destroy();
  }
  return why ?? (bytes === 0 ? 'empty' : undefined);
}

/** A disk that is full is no trouble of the file. */
const isOwnTrouble = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && OWN_TROUBLE.has(String(error.code));
const OWN_TROUBLE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO']);

async function inThread(order: Order, withinMs: number): Promise<ReadImport> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    name: 'import',
    workerData: order,
    resourceLimits: THREAD_LIMITS,
    // Nothing of the environment is for it.
    env: {},
  });
  try {
    return await new Promise<ReadImport>((resolve, reject) => {
      const deadline = setTimeout(() => resolve(refused('too-much')), withinMs);
      worker.once('message', (read: ReadImport) => resolve(read));
      worker.once('error', (error) => (isOutOfMemory(error) ? resolve(refused('too-much')) : reject(error)));
      worker.once('exit', () => {
        clearTimeout(deadline);
        resolve(refused('too-much'));
      });
    });
  } finally {
    await worker.terminate();
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
