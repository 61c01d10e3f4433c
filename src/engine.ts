/** Part of the composition: what database and key alone make possible, whatever becomes of Discord. */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { eventWire } from './adapters/api/wire.ts';
import { createBackups } from './adapters/backup/backups.ts';
import { ensureClientIdentifier } from './adapters/client-identifier.ts';
import { systemClock } from './adapters/clock.ts';
import { createCodes } from './adapters/codes.ts';
import { chronoDateParser } from './adapters/date-parser.ts';
import { createDeliveryEnds } from './adapters/discord/outbox/delivery-ends.ts';
import { createHeadSigner } from './adapters/head-signer.ts';
import { authoritiesIn } from './adapters/http-client/certificates.ts';
import { createHttpClients } from './adapters/http-client/http-client.ts';
import { createLogLines } from './adapters/log/log-lines.ts';
import { createMediaServers } from './adapters/media.ts';
import { meteredClients, meteredJob, meteredWork } from './adapters/metrics/metered.ts';
import { createMetrics } from './adapters/metrics/metrics.ts';
import { databaseFile } from './adapters/prisma/url.ts';
import { createInProcessQueue } from './adapters/queue/in-process.ts';
import { createServerWork } from './adapters/queue/server-work.ts';
import { createRateLimiter } from './adapters/rate-limiter.ts';
import { createSecrets, keyIdOf } from './adapters/secrets.ts';
import { usingPath } from './adapters/usable-path.ts';
import { createWebhookSender } from './adapters/webhooks/sender.ts';
import { createApp } from './app/app.ts';
import type { Deps } from './app/ports/deps.ts';
import type { Guilds } from './app/ports/guilds.ts';
import type { ImportFiles } from './app/ports/imports.ts';
import type { Log } from './app/ports/log.ts';
import type { Known } from './app/ports/media-server.ts';
import type { Operator } from './app/ports/operator.ts';
import { createBell } from './concurrency/bell.ts';
import { createLifetime, type Lifetime } from './concurrency/lifetime.ts';
import type { EnforcingConfig } from './config.ts';
import { DEFAULT_LIMITS } from './domain/guild-limits.ts';
import { createClockHold } from './jobs/clock-hold.ts';
import { createJobs } from './jobs/jobs.ts';
import { findLastBelieved } from './jobs/last-believed.ts';
import { lastPass } from './jobs/last-pass.ts';
import { resume } from './jobs/resume.ts';
import { startRunner } from './jobs/runner.ts';
import { openStorage } from './storage.ts';
import { say } from './words/say.ts';

/** Where it is kept which answers of media servers were too large. */
const REFUSED_ANSWERS = 'answers.refused';

/**
 * For a start that cannot go on because of something that ends do not need: does what is due now or soon, and lets go
 * of everything.
 */
export async function enforceOnce(config: EnforcingConfig, log: Log): Promise<void> {
  const life = createLifetime();
  try {
    const outside = {
      ...{ guilds: NO_DISCORD, imports: NO_FILES },
      ...{ limits: DEFAULT_LIMITS, operator: NO_PROCESS, logLines: createLogLines(undefined) },
    };
    const { enforcing } = await begin(config, log, life, outside);
    await lastPass(enforcing, life.ending);
  } finally {
    await life.end();
  }
}

/** For what ends, Discord need not be asked. */
const nothing: Known<never> = {
  kind: 'unknown',
  why: { kind: 'discord', message: say('trouble.discord.unconnected') },
};
const NO_DISCORD: Guilds = {
  isMember: async () => nothing,
  rolesOf: async () => nothing,
  mayListMembers: () => undefined,
  listMembers: async () => nothing,
  isBanned: async () => nothing,
  nameOf: async () => null,
  ranks: async () => nothing,
  lacksIn: async () => nothing,
  seesChannel: async () => nothing,
  findMembers: async () => nothing,
};

const NO_FILES: ImportFiles = { read: async () => ({ kind: 'refused', why: 'not-fetched' }) };

/** Nobody can ask about it, or have it restarted. */
const NO_PROCESS: Operator = {
  isOwner: async () => false,
  info: () => Promise.reject(new Error('nobody can be answered')),
  restart() {},
  servesApi: false,
};

/** What database and key alone make possible: the use cases, and the runner that does what is due. */
export async function begin(
  config: EnforcingConfig,
  log: Log,
  life: Lifetime,
  outside: Pick<Deps, 'guilds' | 'imports' | 'limits' | 'operator' | 'logLines'>,
) {
  const clock = systemClock;
  /** Rings when something may have become due. */
  const due = createBell();
  const kept = await openStorage(config, log, life, due.ring);
  const { database, stores, outbox, backlog, installation, storage, keys } = kept;
  const secrets = createSecrets(keys.key);

  const servers = createServerWork(clock);
  const metrics = createMetrics(packageJson.version);
  const counting = { metrics, clock };
  const backups = createBackups({
    database: databaseFile(config.DATABASE_URL),
    folder: config.BACKUP_DIR ?? join(config.DATA_DIR, 'backups'),
    keep: config.BACKUP_KEEP,
    version: packageJson.version,
    ...{ clock, log },
  });

  const http = createHttpClients({
    clock,
    memory: {
      find: () => installation.find(REFUSED_ANSWERS),
      set: (text) => installation.set(REFUSED_ANSWERS, text),
    },
    blockPrivate: config.BLOCK_PRIVATE_ADDRESSES,
    ...(config.TLS_CA_FILE !== undefined && {
      ca: usingPath('TLS_CA_FILE', config.TLS_CA_FILE, (path) => authoritiesIn(readFileSync(path))),
    }),
  });
  life.atEnd(() => http.close());
  const media = createMediaServers({
    http: meteredClients(http, counting),
    clientIdentifier: await ensureClientIdentifier(installation),
    version: packageJson.version,
    plexTvUrl: config.PLEX_TV_URL,
    clientsUrl: config.PLEX_CLIENTS_URL,
  });

  const lastBelieved = await findLastBelieved(installation);
  const clockHold = createClockHold(clock, () => uptime() * 1000, lastBelieved);
  const deps: Deps = {
    stores,
    clock,
    media,
    ...outside,
    secrets,
    codes: createCodes(
      keys.derived('invite-code'),
      keys.former('invite-code').map(({ bytes }) => bytes),
    ),
    headSigner: createHeadSigner(
      { keyId: keyIdOf(keys.key), bytes: keys.derived('record-head') },
      keys.former('record-head').filter(({ isForgotten }) => !isForgotten),
    ),
    dateParser: chronoDateParser,
    rateLimiter: createRateLimiter(),
    clockHold,
    servers: meteredWork(servers, counting),
    backups,
    webhooks: createWebhookSender({ http, told: eventWire, clock }),
    log,
  };
  const ends = createDeliveryEnds(clock, metrics.delivery);
  const app = createApp(deps, ends.wait, life.ending);
  life.atEnd(() => app.idle('all'));

  await app.afterRestore();
  // First of all, because it needs nothing else: what ends, ends on time, whatever becomes of the rest.
  const queue = createInProcessQueue({ clock, log });
  const jobs = createJobs(app, (task, job) => meteredJob(task, job, counting));
  const runner = startRunner({ stores, clock, clockHold, log, queue, jobs });
  due.listen(runner.wake);
  life.atEnd(() => runner.stop());
  void resume(app, stores, log);
  const enforcing = { app, stores, clock, clockHold, log };
  const { sinceLookMs } = runner;
  const seen = {
    metrics,
    backlog,
    backups,
    storage,
    key: keys.key,
    clock,
    log,
    serverWork: () => servers.size,
    sinceLookMs,
  };
  return {
    ...enforcing,
    enforcing,
    database,
    outbox,
    installation,
    storage,
    keys,
    secrets,
    ends,
    due,
    seen,
  };
}
