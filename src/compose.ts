/** The only file that knows every adapter: it makes the whole from the configuration. */
import { mkdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createBackups } from './adapters/backup/backups.ts';
import { ensureClientIdentifier } from './adapters/client-identifier.ts';
import { systemClock } from './adapters/clock.ts';
import { createCodes, newId } from './adapters/codes.ts';
import { chronoDateParser } from './adapters/date-parser.ts';
import { createGateway, DiscordTokenRefused, isRefusal } from './adapters/discord/gateway/gateway.ts';
import type { PresenceEvent } from './adapters/discord/gateway/presence-events.ts';
import { keepRegistering } from './adapters/discord/gateway/register-commands.ts';
import { createDispatcher } from './adapters/discord/interactions/dispatcher.ts';
import type { CommandIds } from './adapters/discord/messages/command-mentions.ts';
import { createCustomIds } from './adapters/discord/messages/custom-id.ts';
import { createDeliveryEnds } from './adapters/discord/outbox/delivery-ends.ts';
import { createRelay } from './adapters/discord/outbox/outbox-relay.ts';
import { createStaffAtOnce } from './adapters/discord/outbox/staff-at-once.ts';
import { createApplicationOwner } from './adapters/discord/wire/application-owner.ts';
import { createGuilds } from './adapters/discord/wire/guilds.ts';
import { inviteLink } from './adapters/discord/wire/invite-link.ts';
import { createInteractionApi, createRests } from './adapters/discord/wire/rest.ts';
import { authoritiesIn } from './adapters/http-client/certificates.ts';
import { createHttpClients } from './adapters/http-client/http-client.ts';
import { createImportFiles } from './adapters/imports/import-files.ts';
import { ensureKey, keyPath } from './adapters/key-file.ts';
import { createMediaServers } from './adapters/media.ts';
import { meteredClients, meteredJob, meteredWork } from './adapters/metrics/metered.ts';
import { createMetrics } from './adapters/metrics/metrics.ts';
import { keepFromOthers } from './adapters/own-files.ts';
import { openDatabase } from './adapters/prisma/client.ts';
import { migrateDatabase } from './adapters/prisma/migrate.ts';
import { resealRows } from './adapters/prisma/reseal.ts';
import { createWriteProof } from './adapters/prisma/storage-check.ts';
import { createStores } from './adapters/prisma/stores.ts';
import { databaseFile, databaseFiles } from './adapters/prisma/url.ts';
import { createInProcessQueue } from './adapters/queue/in-process.ts';
import { createServerWork } from './adapters/queue/server-work.ts';
import { createRateLimiter } from './adapters/rate-limiter.ts';
import { checkKey, createSecrets } from './adapters/secrets.ts';
import { usingPath } from './adapters/usable-path.ts';
import { createApp } from './app/app.ts';
import type { Deps } from './app/ports/deps.ts';
import type { Guilds } from './app/ports/guilds.ts';
import type { ImportFiles } from './app/ports/imports.ts';
import type { Log } from './app/ports/log.ts';
import type { Known } from './app/ports/media-server.ts';
import type { Operator } from './app/ports/operator.ts';
import { createBell } from './concurrency/bell.ts';
import { createLifetime, type Lifetime } from './concurrency/lifetime.ts';
import { withinPatience } from './concurrency/patience.ts';
import { type Config, type EnforcingConfig, limitsIn } from './config.ts';
import { DEFAULT_LIMITS } from './domain/guild-limits.ts';
import { asMember } from './domain/ids.ts';
import { createClockHold } from './jobs/clock-hold.ts';
import { createJobs } from './jobs/jobs.ts';
import { findLastBelieved } from './jobs/last-believed.ts';
import { enforceDue, lastPass } from './jobs/last-pass.ts';
import { resume } from './jobs/resume.ts';
import { startRunner } from './jobs/runner.ts';
import { watchStorage } from './jobs/storage-watch.ts';
import { createOperator, operate } from './operating.ts';
import { say } from './words/say.ts';

/** How long a stop waits for what people have just typed (discord.md 4, Shutdown). */
const DRAIN_MS = 5_000;
/** Where it is kept which answers of media servers were too large. */
const REFUSED_ANSWERS = 'answers.refused';
/** How long "ready" waits for the commands; they are registered beside everything else. */
const REGISTERED_WITHIN_MS = 5_000;
/** While the database takes no writes, which is told otherwise. */
const LOOK_AGAIN_MS = 5_000;

export interface Usher {
  /**
   * Resolves when people can use it.
   * @throws {PathUnusable | DatabaseUnusable | WrongKey | DiscordTokenRefused | DiscordConnectionRefused} with a
   * sentence for the operator, or an AbortError when it was stopped before.
   */
  readonly ready: Promise<void>;
  /** Finishes what runs, then lets go of everything; safe to call twice, and before it is ready. */
  stop(): Promise<void>;
}

/** What only the process can do. */
interface Asked {
  /** Usher cannot go on, because the token was revoked while running. */
  readonly onFatal: (error: Error) => void;
  /** Somebody who may has asked for a restart. */
  readonly onRestart: () => void;
}

/** Starts Usher. */
export function startUsher(config: Config, log: Log, asked: Asked): Usher {
  const life = createLifetime();
  return { ready: start(config, log, asked, life), stop: life.end };
}

/**
 * For a start that cannot go on because of something that ends do not need: does what is due now or soon, and lets go
 * of everything.
 */
export async function enforceOnce(config: EnforcingConfig, log: Log): Promise<void> {
  const life = createLifetime();
  try {
    const outside = {
      ...{ guilds: NO_DISCORD, imports: NO_FILES },
      ...{ limits: DEFAULT_LIMITS, operator: NO_PROCESS },
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
  findMembers: async () => nothing,
};

const NO_FILES: ImportFiles = { read: async () => ({ kind: 'refused', why: 'not-fetched' }) };

/** Nobody can ask about it, or have it restarted. */
const NO_PROCESS: Operator = {
  info: () => Promise.reject(new Error('nobody can be answered')),
  restart() {},
};

/** What database and key alone make possible: the use cases, and the runner that does what is due. */
async function begin(
  config: EnforcingConfig,
  log: Log,
  life: Lifetime,
  outside: Pick<Deps, 'guilds' | 'imports' | 'limits' | 'operator'>,
) {
  const clock = systemClock;
  usingPath('DATA_DIR', config.DATA_DIR, (path) => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const kept = [config.DATA_DIR, keyPath(config.DATA_DIR), ...databaseFiles(config.DATABASE_URL)];
  keepFromOthers(kept, log);
  const migration = await migrateDatabase(config.DATABASE_URL, systemClock);
  if (migration.applied.length > 0) log.info({ ...migration }, 'the database was migrated');
  const database = await openDatabase(config.DATABASE_URL, systemClock);
  life.atEnd(() => database.close());
  /** Rings when something may have become due. */
  const due = createBell();
  const { stores, outbox, backlog } = createStores(database, { newId, onCommitted: due.ring });
  const { installation } = stores;
  const storage = createWriteProof(config.DATABASE_URL, installation, clock);
  await storage.prove();
  const key = await ensureKey({ given: config.SECRET_KEY, folder: config.DATA_DIR, installation, log });
  const secrets = createSecrets(key);
  await checkKey(key, installation, (reseal) => resealRows(database, reseal, log));

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
    codes: createCodes(key),
    dateParser: chronoDateParser,
    rateLimiter: createRateLimiter(),
    clockHold,
    servers: meteredWork(servers, counting),
    backups,
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
    key,
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
    key,
    secrets,
    ends,
    due,
    seen,
  };
}

async function start(config: Config, log: Log, { onFatal, onRestart }: Asked, life: Lifetime): Promise<void> {
  const discord = { apiUrl: config.DISCORD_API_URL, token: config.DISCORD_TOKEN };
  const rests = createRests({ ...discord, clock: systemClock, log, stopping: life.ending });
  // Known as soon as the application was asked about itself, and not before.
  const guilds = createGuilds(rests, {
    clock: systemClock,
    mayListMembers: () => gateway.mayListMembers(),
  });
  const imports = createImportFiles({
    folder: join(config.DATA_DIR, 'imports'),
    apiUrl: config.DISCORD_API_URL,
    clock: systemClock,
    log,
  });
  const operator = createOperator(onRestart);
  const outside = { guilds, imports, limits: limitsIn(config), operator };
  const begun = await begin(config, log, life, outside);
  life.atEnd(() => imports.close());
  const { app, stores, outbox, installation, storage, clock, key, secrets, ends, due, enforcing } = begun;

  const stopping = life.ending;
  let closing: Promise<void> | undefined;
  /** Discord refuses us for good, and would again after a restart: what ends now or soon is not left open behind us. */
  const closeUp = (refusal: Error): Promise<void> => {
    if (closing === undefined)
      log.error({ why: refusal.message }, 'Discord refuses Usher: what is due is done, then Usher ends');
    closing ??= lastPass(enforcing, stopping);
    return closing;
  };
  const onRefused = (refusal: Error) => void closeUp(refusal).then(() => onFatal(refusal));

  const ids = createCustomIds(key);
  const interactions = createBell<unknown>();
  const gateway = createGateway({
    ...discord,
    rests,
    facts: installation,
    clock,
    log,
    onInteraction: interactions.ring,
    onRefused,
    onAccessChanged: (guildId) => {
      const noted = (err: unknown) =>
        log.error({ err, guildId }, 'what was refused could not be tried again');
      app.deliveries.retryRefused(guildId).catch(noted);
    },
    onPresence: (event) => onPresence(event),
    onSession: () => followed(app.presence.catchUp(gateway.guildIds(), stopping), {}),
  });
  const followed = (work: Promise<unknown>, fields: object) =>
    void work.catch((err) => log.error({ ...fields, err }, 'who came or went could not be followed'));
  const onPresence = (event: PresenceEvent) => {
    const { guildId } = event;
    const { presence } = app;
    if (event.kind === 'role-gone') return followed(presence.roleGone(guildId, event.roleId), { guildId });
    if (event.kind === 'banned') return followed(presence.banned(guildId, event.userId), { guildId });
    const roleIds = event.kind === 'here' ? event.roleIds : null;
    followed(presence.note(guildId, [{ ...event, roleIds }]), { guildId });
  };
  let commandIds: CommandIds = new Map();
  const dispatcher = createDispatcher({
    commands,
    app,
    api: createInteractionApi(rests, { clock, stopping }),
    ids,
    isApplicationOwner: createApplicationOwner(rests),
    belongs: guilds.belongs,
    commandIds: () => commandIds,
    noteRoles: (guildId, { id, name, roleIds }) =>
      app.presence.note(guildId, [{ userId: asMember(id), name, roleIds }]),
    notePeople: (guildId, people) =>
      app.people.note(
        guildId,
        people.map(({ id, ...seen }) => ({ userId: id, ...seen })),
      ),
    storage,
    isDatabaseLocked: begun.database.isLocked,
    onHandled: begun.seen.metrics.interaction,
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
    outbox: ends.noting(outbox, { ...app.deliveries, prepare: app.notices.prepare }),
    rests,
    secrets,
    ids,
    identity: gateway.identity,
    guildName: gateway.guildName,
    guildOwnerId: gateway.guildOwnerId,
    refusalOfRole: app.roles.refusal,
    people: app.people,
    clock,
    log,
    onTokenRefused: () => onRefused(new DiscordTokenRefused()),
  });
  due.listen(relay.wake);

  const reach = { rests, ids, identity: gateway.identity, guildIds: gateway.guildIds, stores, clock, log };
  const staff = createStaffAtOnce(reach);
  const watching = watchStorage({
    ...{ storage, clock, log, stopping },
    onLost: () => staff.tell(say('alert.storage.lost')),
    // Due work at once, rather than when it is tried again by itself, which may be ten minutes later.
    onBack: async () =>
      void (await Promise.all([enforceDue(enforcing), staff.takeBack(say('alert.storage.back'))])),
  });
  life.atEnd(() => watching);

  const seen = { ...begun.seen, sinceEndMs: ends.sinceEndMs, version: packageJson.version, gateway };
  operator.attach(seen);
  const operating = operate(seen, config, { staff, stopping });
  life.atEnd(() => operating.stop());

  life.atEnd(() => gateway.destroy());
  try {
    await gateway.start();
  } catch (error) {
    if (isRefusal(error)) await closeUp(error);
    throw error;
  }
  const registration = {
    rest: rests.bot,
    applicationId: gateway.identity().applicationId,
    guildId: config.DISCORD_GUILD_ID,
    guildIds: gateway.guildIds,
    commands,
    facts: installation,
    log,
  };
  const onRegistered = (ids: CommandIds) => {
    commandIds = ids;
  };
  const telling = { staff: createStaffAtOnce(reach), onRegistered };
  const registering = keepRegistering(registration, { clock, stopping, ...telling });
  life.atEnd(() => registering.done);
  relay.start();
  life.atEnd(() => relay.stop());
  life.atEnd(() => dispatcher.drain(DRAIN_MS));
  await withinPatience(clock, REGISTERED_WITHIN_MS, registering.firstTry);
  // The connection may have taken hours since the database was proven.
  while ((await storage.look()) !== undefined && !stopping.aborted)
    await clock.sleep(LOOK_AGAIN_MS, stopping);
  stopping.throwIfAborted();
  const invite = inviteLink(gateway.identity().applicationId);
  log.info({ version: packageJson.version, guilds: gateway.guildIds().length, invite }, 'Usher is ready');
}
