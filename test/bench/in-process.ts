/** The use cases with their real adapters and a SQLite file in this process, to count requests and writes. */

import { systemClock } from '../../src/adapters/clock.ts';
import { createCodes } from '../../src/adapters/codes.ts';
import { chronoDateParser } from '../../src/adapters/date-parser.ts';
import { createHeadSigner } from '../../src/adapters/head-signer.ts';
import { createHttpClients, type HttpClientOptions } from '../../src/adapters/http-client/http-client.ts';
import { createMediaServers } from '../../src/adapters/media.ts';
import type { Database } from '../../src/adapters/prisma/client.ts';
import { createStores } from '../../src/adapters/prisma/stores.ts';
import { createServerWork } from '../../src/adapters/queue/server-work.ts';
import { createRateLimiter } from '../../src/adapters/rate-limiter.ts';
import { createSecrets } from '../../src/adapters/secrets.ts';
import { type App, createApp } from '../../src/app/app.ts';
import type { Deps } from '../../src/app/ports/deps.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { MediaServers } from '../../src/app/ports/media.ts';

import type { Stores } from '../../src/app/ports/stores.ts';
import { DEFAULT_LIMITS } from '../../src/domain/guild-limits.ts';
import { createClockHold } from '../../src/jobs/clock-hold.ts';
import {
  type OpenStores,
  openStores,
  type TemporaryDatabase,
  temporarySqlite,
} from '../support/databases.ts';
import { FakeGuilds } from '../support/fake-guilds.ts';
import { NO_OPERATOR } from '../support/no-operator.ts';
import { KEY } from './seed.ts';

/** Write transactions, and rows that they inserted, updated or deleted (SQLite's own count). */
class WriteCounts {
  transactions = 0;
  rows = 0;

  reset(): void {
    this.transactions = 0;
    this.rows = 0;
  }

  /** The same database, with its writes counted. */
  watch(db: Database): Database {
    return {
      ...db,
      transaction: (key, work) =>
        db.transaction(key, async (queries) => {
          const changed = async () => {
            const [row] = await queries.$queryRaw<{ n: bigint }[]>`SELECT total_changes() AS n`;
            return Number(row?.n);
          };
          const before = await changed();
          const result = await work(queries);
          this.transactions += 1;
          this.rows += (await changed()) - before;
          return result;
        }),
    };
  }
}

/** Warnings and errors are part of a benchmark's result: a fast failure must not look like a fast success. */
export class Complaints implements Log {
  readonly all: string[] = [];

  info(): void {}

  warn(fields: Readonly<Record<string, unknown>>, sentence: string): void {
    this.all.push(`${sentence} ${JSON.stringify(fields)}`);
  }

  error(fields: Readonly<Record<string, unknown>>, sentence: string): void {
    this.all.push(`${sentence} ${JSON.stringify(fields)} ${String(fields.err)}`);
  }
}

/** Everything that the use cases need, except media servers. */
export function depsWith(stores: Stores, media: MediaServers, log: Log): Deps {
  return {
    stores,
    media,
    guilds: new FakeGuilds(),
    imports: { read: async () => ({ kind: 'refused', why: 'not-fetched' }) },
    log,
    clock: systemClock,
    secrets: createSecrets(KEY),
    codes: createCodes(KEY),
    headSigner: createHeadSigner({ keyId: 'of the bench', bytes: KEY }),
    dateParser: chronoDateParser,
    rateLimiter: createRateLimiter(),
    clockHold: createClockHold(systemClock, () => performance.now()),
    servers: createServerWork(systemClock),
    limits: DEFAULT_LIMITS,
    ...NO_OPERATOR,
  };
}

export interface InProcess {
  readonly app: App;
  readonly db: Database;
  readonly stores: Stores;
  readonly writes: WriteCounts;
  readonly complaints: Complaints;
  close(): Promise<void>;
}

/** `plexUrl` is the address of the stand-in for plex.tv; `instead`: of what the use cases are given otherwise. */
export async function openInProcess(
  plexUrl: string,
  httpOptions: Omit<HttpClientOptions, 'clock'> = {},
  instead: Partial<Pick<Deps, 'guilds' | 'limits'>> = {},
): Promise<InProcess> {
  const file: TemporaryDatabase = await temporarySqlite();
  const open: OpenStores = await openStores(file.url);
  const writes = new WriteCounts();
  const codes = createCodes(KEY);
  const { stores } = createStores(writes.watch(open.db), codes);
  const http = createHttpClients({ clock: systemClock, ...httpOptions });
  const media = createMediaServers({
    http,
    clientIdentifier: 'usher-bench',
    version: '0.0.0',
    plexTvUrl: plexUrl,
    clientsUrl: plexUrl,
  });
  const complaints = new Complaints();
  const stopping = new AbortController();
  const deps = { ...depsWith(stores, media, complaints), ...instead };
  return {
    app: createApp(deps, async () => undefined, stopping.signal),
    db: open.db,
    stores,
    writes,
    complaints,
    async close() {
      stopping.abort();
      await http.close();
      await open.close();
      await file.remove();
    },
  };
}
