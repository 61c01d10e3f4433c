/** The only file that knows every adapter: it makes the whole from the configuration. */
import { mkdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { ensureClientIdentifier } from './adapters/client-identifier.ts';
import { systemClock } from './adapters/clock.ts';
import { createCodes, newId } from './adapters/codes.ts';
import { chronoDateParser } from './adapters/date-parser.ts';
import { createGateway, DiscordTokenRefused } from './adapters/discord/gateway/gateway.ts';
import { keepRegistering } from './adapters/discord/gateway/register-commands.ts';
import { createDispatcher } from './adapters/discord/interactions/dispatcher.ts';
import { createCustomIds } from './adapters/discord/messages/custom-id.ts';
import { createDeliveryEnds } from './adapters/discord/outbox/delivery-ends.ts';
import { createRelay } from './adapters/discord/outbox/outbox-relay.ts';
import { createInteractionApi, createRests } from './adapters/discord/wire/rest.ts';
import { serveHealth } from './adapters/http/health.ts';
import { authoritiesIn } from './adapters/http-client/certificates.ts';
import { createHttpClient } from './adapters/http-client/http-client.ts';
import { ensureKey } from './adapters/key-file.ts';
import { createMediaServers } from './adapters/media.ts';
import { openDatabase } from './adapters/prisma/client.ts';
import { migrateDatabase } from './adapters/prisma/migrate.ts';
import { createStores } from './adapters/prisma/stores.ts';
import { createInProcessQueue } from './adapters/queue/in-process.ts';
import { createServerWork } from './adapters/queue/server-work.ts';
import { createRateLimiter } from './adapters/rate-limiter.ts';
import { checkKey, createSecrets, hasKeyMarker } from './adapters/secrets.ts';
import { usingPath } from './adapters/usable-path.ts';
import { createApp } from './app/app.ts';
import type { Deps } from './app/ports/deps.ts';
import type { Log } from './app/ports/log.ts';
import { createBell } from './concurrency/bell.ts';
import { createLifetime, type Lifetime } from './concurrency/lifetime.ts';
import { withinPatience } from './concurrency/patience.ts';
import type { Config } from './config.ts';
import { createClockHold } from './jobs/clock-hold.ts';
import { createJobs } from './jobs/jobs.ts';
import { findLastBelieved } from './jobs/last-believed.ts';
import { resume } from './jobs/resume.ts';
import { startRunner } from './jobs/runner.ts';

/** How long a stop waits for what people have just typed (discord.md 4, Shutdown). */
const DRAIN_MS = 10_000;
/** How long "ready" waits for the commands; they are registered beside everything else. */
const REGISTERED_WITHIN_MS = 5_000;

const NO_HEALTH = {
  'port-taken': 'health is not served: another program has the port of HTTP_PORT; Usher goes on without',
  'port-forbidden':
    'health is not served: HTTP_PORT is a port that Usher may not take; Usher goes on without',
  'no-such-host': 'health is not served: HTTP_HOST is not an address of this machine; Usher goes on without',
  unknown: 'health is not served at HTTP_HOST and HTTP_PORT; Usher goes on without',
} as const;

export interface Usher {
  /** Finishes what runs, then lets go of everything; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts Usher; resolves when it is ready. `onFatal` is called when it cannot go on, because the token was revoked
 * while running.
 * @throws {PathUnusable | DatabaseUnusable | WrongKey | DiscordTokenRefused | DiscordConnectionRefused} with a sentence
 * for the operator.
 */
export async function startUsher(config: Config, log: Log, onFatal: (error: Error) => void): Promise<Usher> {
  const life = createLifetime();
  try {
    await start(config, log, onFatal, life);
  } catch (error) {
    await life.end();
    throw error;
  }
  return { stop: life.end };
}

async function start(
  config: Config,
  log: Log,
  onFatal: (error: Error) => void,
  life: Lifetime,
): Promise<void> {
  const clock = systemClock;
  usingPath('DATA_DIR', config.DATA_DIR, (path) => mkdirSync(path, { recursive: true }));
  const migration = await migrateDatabase(config.DATABASE_URL, systemClock);
  if (migration.applied.length > 0) log.info({ ...migration }, 'the database was migrated');
  const database = await openDatabase(config.DATABASE_URL, systemClock);
  life.atEnd(() => database.close());
  /** Rings when something may have become due. */
  const due = createBell();
  const { stores, outbox } = createStores(database, { newId, onCommitted: due.ring });
  const { installation } = stores;
  const key = await ensureKey({ given: config.SECRET_KEY, folder: config.DATA_DIR, installation, log });
  const secrets = createSecrets(key);
  await checkKey(secrets, installation);

  const http = createHttpClient({
    clock,
    blockPrivate: config.BLOCK_PRIVATE_ADDRESSES,
    ...(config.TLS_CA_FILE !== undefined && {
      ca: usingPath('TLS_CA_FILE', config.TLS_CA_FILE, (path) => authoritiesIn(readFileSync(path))),
    }),
  });
  life.atEnd(() => http.close());
  const media = createMediaServers({
    http,
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
    secrets,
    codes: createCodes(key),
    dateParser: chronoDateParser,
    rateLimiter: createRateLimiter(),
    clockHold,
    servers: createServerWork(),
    log,
  };
  const ends = createDeliveryEnds(clock);
  const app = createApp(deps, ends.wait, life.ending);
  life.atEnd(() => app.idle('all'));

  const ids = createCustomIds(key);
  const discord = { apiUrl: config.DISCORD_API_URL, token: config.DISCORD_TOKEN };
  const stopping = life.ending;
  const rests = createRests({ ...discord, clock, log, stopping });
  const interactions = createBell<unknown>();
  const gateway = createGateway({
    ...discord,
    rests,
    facts: installation,
    clock,
    log,
    onInteraction: interactions.ring,
    onRefused: onFatal,
    onAccessChanged: (guildId) => {
      const noted = (err: unknown) =>
        log.error({ err, guildId }, 'what was refused could not be tried again');
      app.deliveries.retryRefused(guildId).catch(noted);
    },
  });
  const dispatcher = createDispatcher({
    commands,
    app,
    api: createInteractionApi(rests, { clock, stopping }),
    ids,
    isDatabaseLocked: database.isLocked,
    clock,
    log,
    capabilitiesOf: ({ guildId, userId, ...facts }) =>
      app.settings.capabilitiesOf(guildId, {
        ...facts,
        isGuildOwner: gateway.guildOwnerId(guildId) === userId,
      }),
  });
  interactions.listen(dispatcher.receive);
  const relay = createRelay({
    outbox: ends.noting(outbox, app.deliveries),
    rests,
    secrets,
    ids,
    identity: gateway.identity,
    guildName: gateway.guildName,
    guildOwnerId: gateway.guildOwnerId,
    clock,
    log,
    onTokenRefused: () => onFatal(new DiscordTokenRefused()),
  });
  due.listen(relay.wake);

  if (config.HTTP_PORT !== 'off') {
    const health = await serveHealth({
      host: config.HTTP_HOST,
      port: config.HTTP_PORT,
      // `checkKey` has left the marker or found it, so it is missing only when the database cannot be read.
      check: async () => ({ discord: gateway.isConnected(), database: await hasKeyMarker(installation) }),
    });
    if (health.kind === 'served') {
      life.atEnd(() => health.stop());
      log.info({ host: config.HTTP_HOST, port: health.port }, 'health is served');
    } else {
      // Access ends on time all the same; only whoever asks for the health gets no answer.
      const { why, errorCode } = health;
      log.error({ host: config.HTTP_HOST, port: config.HTTP_PORT, errorCode }, NO_HEALTH[why]);
    }
  }

  // Before Discord, which may be away for hours: what ends, ends on time.
  const queue = createInProcessQueue({ clock, log });
  const runner = startRunner({ stores, clock, clockHold, log, queue, jobs: createJobs(app) });
  due.listen(runner.wake);
  life.atEnd(() => runner.stop());
  void resume(app, stores, log);

  life.atEnd(() => gateway.destroy());
  await gateway.start();
  const registration = {
    rest: rests.bot,
    applicationId: gateway.identity().applicationId,
    guildId: config.DISCORD_GUILD_ID,
    guildIds: gateway.guildIds,
    commands,
    facts: installation,
    log,
  };
  const registering = keepRegistering(registration, { clock, stopping });
  life.atEnd(() => registering.done);
  relay.start();
  life.atEnd(() => relay.stop());
  life.atEnd(() => dispatcher.drain(DRAIN_MS));
  await withinPatience(clock, REGISTERED_WITHIN_MS, registering.firstTry);
  log.info({ version: packageJson.version, guilds: gateway.guildIds().length }, 'Usher is ready');
}
