/** The only file that knows every adapter: it makes the whole from the configuration. */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { systemClock } from './adapters/clock.ts';
import { createCodes, newId } from './adapters/codes.ts';
import { chronoDateParser } from './adapters/date-parser.ts';
import { createGateway } from './adapters/discord/gateway/gateway.ts';
import { registerCommands } from './adapters/discord/gateway/register-commands.ts';
import { createDispatcher } from './adapters/discord/interactions/dispatcher.ts';
import { createCustomIds } from './adapters/discord/messages/custom-id.ts';
import { createRelay } from './adapters/discord/outbox/outbox-relay.ts';
import { createInteractionApi, createRests } from './adapters/discord/wire/rest.ts';
import { serveHealth } from './adapters/http/health.ts';
import { createHttpClient } from './adapters/http-client.ts';
import { createMediaServers } from './adapters/media.ts';
import { openDatabase } from './adapters/prisma/client.ts';
import { migrateDatabase } from './adapters/prisma/migrate.ts';
import { createStores } from './adapters/prisma/stores.ts';
import { createInProcessQueue } from './adapters/queue/in-process.ts';
import { createServerWork } from './adapters/queue/server-work.ts';
import { createRateLimiter } from './adapters/rate-limiter.ts';
import { checkKey, createSecrets, hasKeyMarker, missingKey, WrongKey } from './adapters/secrets.ts';
import { createApp } from './app/app.ts';
import type { Deps } from './app/ports/deps.ts';
import type { Log } from './app/ports/log.ts';
import type { Delivery, Outbox } from './app/ports/outbox.ts';
import type { Stores } from './app/ports/stores.ts';
import type { Config } from './config.ts';
import { createClockHold } from './jobs/clock-hold.ts';
import { createJobs } from './jobs/jobs.ts';
import { type Runner, startRunner } from './jobs/runner.ts';

/** How long a stop waits for what people have just typed (discord.md 4, Shutdown). */
const DRAIN_MS = 10_000;
const KEY_BYTES = 32;

/** A file or folder that Usher needs cannot be used. The message names the variable that points there. */
export class PathUnusable extends Error {
  override readonly name = 'PathUnusable';
}

export interface Usher {
  /** Finishes what runs, then lets go of everything; safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts Usher; resolves when it is ready. `onFatal` is called when it cannot go on (the token was revoked while running).
 * @throws {PathUnusable | DatabaseUnusable | WrongKey | DiscordTokenRefused | DiscordConnectionRefused} with a sentence for the operator.
 */
export async function startUsher(config: Config, log: Log, onFatal: (error: Error) => void): Promise<Usher> {
  const clock = systemClock;
  const stopping = new AbortController();
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    stopping.abort();
    // In reverse order; each is taken out first, so that a second call does nothing twice.
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };

  async function start(): Promise<void> {
    usingPath('DATA_DIR', config.DATA_DIR, (path) => mkdirSync(path, { recursive: true }));
    const migration = await migrateDatabase(config.DATABASE_URL);
    if (migration.applied.length > 0) log.info({ ...migration }, 'the database was migrated');
    const database = await openDatabase(config.DATABASE_URL);
    undo.push(() => database.close());

    // The stores are needed to know whether a new key may be made.
    const { stores: bareStores, outbox } = createStores(database, { newId });
    const key = await secretKey(config, bareStores, log);
    const secrets = createSecrets(key);
    await checkKey(secrets, bareStores.installation);

    const http = createHttpClient({
      clock,
      blockPrivate: config.BLOCK_PRIVATE_ADDRESSES,
      ...(config.TLS_CA_FILE !== undefined && {
        ca: usingPath('TLS_CA_FILE', config.TLS_CA_FILE, (path) => readFileSync(path)),
      }),
    });
    undo.push(() => http.close());
    const media = createMediaServers({
      http,
      clientIdentifier: await clientIdentifier(bareStores),
      version: packageJson.version,
      plexTvUrl: config.PLEX_TV_URL,
      clientsUrl: config.PLEX_CLIENTS_URL,
    });

    let runner: Runner | undefined;
    const wake = () => {
      relay.wake();
      runner?.wake();
    };
    const stores = waking(bareStores, wake);
    const clockHold = createClockHold(clock, () => uptime() * 1000);
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
    const ends = new DeliveryEnds();
    const app = createApp(deps, (id, ms) => ends.wait(id, ms), stopping.signal);
    undo.push(() => app.idle('all'));

    const ids = createCustomIds(key);
    const rests = createRests({ apiUrl: config.DISCORD_API_URL, token: config.DISCORD_TOKEN });
    const gateway = createGateway({
      token: config.DISCORD_TOKEN,
      apiUrl: config.DISCORD_API_URL,
      rests,
      clock,
      log,
      onInteraction: (raw) => dispatcher.receive(raw),
      onRefused: onFatal,
    });
    const dispatcher = createDispatcher({
      commands,
      app,
      api: createInteractionApi(rests),
      ids,
      clock,
      log,
      capabilitiesOf: ({ guildId, userId, roleIds, permissions }) =>
        app.settings.capabilitiesOf(guildId, {
          isGuildOwner: gateway.guildOwnerId(guildId) === userId,
          roleIds,
          permissions,
        }),
    });
    const relay = createRelay({
      outbox: settling(outbox, app, ends),
      rests,
      secrets,
      ids,
      applicationId: gateway.applicationId(),
      guildName: (guildId) => gateway.guildName(guildId),
      clock,
      log,
      onTokenRefused: () => onFatal(new Error('Discord does not accept the bot token any more.')),
    });

    if (config.HTTP_PORT !== 'off') {
      const health = await serveHealth({
        host: config.HTTP_HOST,
        port: config.HTTP_PORT,
        check: async () => ({
          discord: gateway.isConnected(),
          database: (await stores.installation.find('plex.client-identifier')) !== undefined,
        }),
      });
      undo.push(() => health.stop());
      log.info({ host: config.HTTP_HOST, port: health.port }, 'health is served');
    }

    undo.push(() => gateway.destroy());
    await gateway.start();
    await registerCommands({
      rest: rests.bot,
      applicationId: gateway.applicationId(),
      guildId: config.DISCORD_GUILD_ID,
      commands,
      facts: stores.installation,
      log,
    });
    relay.start();
    undo.push(() => relay.stop());
    const queue = createInProcessQueue({ clock, log });
    runner = startRunner({ stores, clock, clockHold, log, queue, jobs: createJobs(app) });
    const started = runner;
    undo.push(() => started.stop());
    undo.push(() => dispatcher.drain(DRAIN_MS));
    void resume(app, stores, log);
    log.info({ version: packageJson.version, guilds: gateway.guildIds().length }, 'Usher is ready');
  }
}

/** What an earlier run left half done: open sign-ins and accounts that were being made. */
async function resume(app: ReturnType<typeof createApp>, stores: Stores, log: Log): Promise<void> {
  const guildIds = await stores.due.listUnfinished();
  await Promise.all(
    guildIds.flatMap((guildId) =>
      [app.serverAccounts.resume(guildId), app.connectByPage.resume(guildId)].map((work) =>
        work.catch((err) => log.error({ guildId, err }, 'what was left half done could not be finished')),
      ),
    ),
  );
}

function usingPath<T>(variable: string, path: string, use: (path: string) => T): T {
  try {
    return use(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new PathUnusable(`${variable} points to ${path}, which cannot be used (${code}).`);
  }
}

/** The key of the environment, or that of DATA_DIR, made at the first start. */
async function secretKey(config: Config, stores: Stores, log: Log): Promise<Buffer> {
  if (config.SECRET_KEY !== undefined) return Buffer.from(config.SECRET_KEY, 'base64');
  const path = join(config.DATA_DIR, 'secret.key');
  if (existsSync(path)) {
    const kept = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (kept.length === KEY_BYTES) return kept;
    throw new WrongKey(
      `The key file ${path} is damaged: it holds ${kept.length} bytes in base64 instead of ${KEY_BYTES}. ` +
        'Restore the secret.key that belongs to this database. Nothing was changed.',
    );
  }
  // A new key could not open what this database holds.
  if (await hasKeyMarker(stores.installation)) throw missingKey(path);
  const key = randomBytes(KEY_BYTES);
  writeFileSync(path, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  log.warn({ path }, 'a secret key was made; back it up, without it the stored tokens cannot be read');
  return key;
}

async function clientIdentifier(stores: Stores): Promise<string> {
  const fact = 'plex.client-identifier';
  const known = await stores.installation.find(fact);
  if (known !== undefined) return known;
  const made = randomUUID();
  await stores.installation.set(fact, made);
  return made;
}

/** Every transaction may have made something due. */
function waking(stores: Stores, wake: () => void): Stores {
  return {
    ...stores,
    async transaction(guildId, work) {
      const result = await stores.transaction(guildId, work);
      wake();
      return result;
    },
  };
}

/** The relay's outbox, with the end of a delivery written down by the use case. */
function settling(outbox: Outbox, app: ReturnType<typeof createApp>, ends: DeliveryEnds) {
  return {
    ...outbox,
    async markSent(delivery: Delivery, messageId: string) {
      await app.deliveries.sent(delivery, messageId);
      ends.note(delivery.id, 'sent');
    },
    async park(delivery: Delivery, trouble: string, closed: boolean) {
      await app.deliveries.parked(delivery, trouble, closed);
      ends.note(delivery.id, 'parked');
    },
  };
}

/** Lets a command wait for the end of the delivery it has just made. */
class DeliveryEnds {
  readonly #waiting = new Map<string, (end: 'sent' | 'parked') => void>();

  note(deliveryId: string, end: 'sent' | 'parked'): void {
    this.#waiting.get(deliveryId)?.(end);
  }

  async wait(deliveryId: string, ms: number): Promise<'sent' | 'parked' | undefined> {
    const patience = new AbortController();
    const end = new Promise<'sent' | 'parked'>((resolve) => this.#waiting.set(deliveryId, resolve));
    const result = await Promise.race([end, systemClock.sleep(ms, patience.signal).then(() => undefined)]);
    patience.abort();
    this.#waiting.delete(deliveryId);
    return result;
  }
}
