/** The only file that knows every adapter: it makes the whole from the configuration. */
import { join } from 'node:path';
import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createCharts } from './adapters/charts/charts.ts';
import { systemClock } from './adapters/clock.ts';
import { newId } from './adapters/codes.ts';
import { createGateway, DiscordTokenRefused, isRefusal } from './adapters/discord/gateway/gateway.ts';
import type { PresenceEvent } from './adapters/discord/gateway/presence-events.ts';
import { keepRegistering } from './adapters/discord/gateway/register-commands.ts';
import { createDispatcher } from './adapters/discord/interactions/dispatcher.ts';
import type { CommandIds } from './adapters/discord/messages/command-mentions.ts';
import { createCustomIds } from './adapters/discord/messages/custom-id.ts';
import { createRelay } from './adapters/discord/outbox/outbox-relay.ts';
import { createStaffAtOnce } from './adapters/discord/outbox/staff-at-once.ts';
import { createApplicationOwner } from './adapters/discord/wire/application-owner.ts';
import { createGuilds } from './adapters/discord/wire/guilds.ts';
import { inviteLink } from './adapters/discord/wire/invite-link.ts';
import { createInteractionApi, createRests } from './adapters/discord/wire/rest.ts';
import { createImportFiles } from './adapters/imports/import-files.ts';
import { createLogLines } from './adapters/log/log-lines.ts';
import { createWebhookRelay } from './adapters/webhooks/relay.ts';
import type { App } from './app/app.ts';
import type { Log } from './app/ports/log.ts';
import { createBell } from './concurrency/bell.ts';
import { createLifetime, type Lifetime } from './concurrency/lifetime.ts';
import { withinPatience } from './concurrency/patience.ts';
import { type Config, limitsIn, logFileIn } from './config.ts';
import { asMember, toGuildId } from './domain/ids.ts';
import { begin } from './engine.ts';
import { enforceDue, lastPass } from './jobs/last-pass.ts';
import { watchStorage } from './jobs/storage-watch.ts';
import { createOperator, operate } from './operating.ts';
import { say } from './words/say.ts';

/** How long a stop waits for what people have just typed (discord.md 4, Shutdown). */
const DRAIN_MS = 5_000;
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

/** Loaded only where it is switched on: what nobody uses takes no memory. */
async function openApi(app: App, config: Config, log: Log) {
  const { createApi } = await import('./adapters/api/api.ts');
  const { API_ORIGINS: origins, TRUST_PROXY: trustProxy } = config;
  return await createApi({ app, log, newId, origins, trustProxy });
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
  const isApplicationOwner = createApplicationOwner(rests);
  const operator = createOperator({ restart: onRestart, isOwner: isApplicationOwner, config });
  const logLines = createLogLines(logFileIn(config));
  const outside = { guilds, imports, limits: limitsIn(config), operator, logLines };
  const begun = await begin(config, log, life, outside);
  life.atEnd(() => imports.close());
  const { app, stores, outbox, installation, storage, clock, keys, secrets, ends, due, enforcing } = begun;

  // Beside Discord: what happens while it cannot be reached is told as well.
  const webhooks = createWebhookRelay({
    ...{ sending: app.webhookSending, clock, log },
    onTried: (outcome) => begun.seen.metrics.delivery('webhook', outcome),
  });
  due.listen(webhooks.wake);
  webhooks.start();
  life.atEnd(() => webhooks.stop());

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

  const ids = createCustomIds(keys.derived('custom-id'), keys.former('custom-id'));
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
    onMembership: (guildId, isThere) =>
      void membershipNoted(isThere ? app.retention.noteThere(guildId) : app.retention.noteRemoved(guildId)),
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
  const membershipNoted = (noting: Promise<void>) =>
    noting.catch((err) => log.error({ err }, 'whether Usher is in a guild could not be noted'));
  let commandIds: CommandIds = new Map();
  const dispatcher = createDispatcher({
    commands,
    app,
    api: createInteractionApi(rests, { clock, stopping }),
    ids,
    isApplicationOwner,
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
    copyFor: app.personalData.read,
    charts: createCharts(),
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
  const api = operator.servesApi ? await openApi(app, config, log) : undefined;
  if (api) life.atEnd(() => api.close());
  const operating = operate(seen, config, { staff, api, stopping });
  life.atEnd(() => operating.stop());

  life.atEnd(() => gateway.destroy());
  try {
    await gateway.start();
  } catch (error) {
    if (isRefusal(error)) await closeUp(error);
    throw error;
  }
  // What happened while Usher was down.
  void membershipNoted(app.retention.noteGuilds(gateway.guildIds().map(toGuildId)));
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
