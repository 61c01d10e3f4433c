/** Part of the composition: what whoever runs Usher sees by HTTP and in Discord, and what is done for them daily. */
import { systemClock } from './adapters/clock.ts';
import type { StaffAtOnce } from './adapters/discord/outbox/staff-at-once.ts';
import type { IsApplicationOwner } from './adapters/discord/wire/application-owner.ts';
import { keepServing, type ServedApi } from './adapters/http/server.ts';
import { isKeyThere } from './adapters/key-file.ts';
import type { Facts, Metrics } from './adapters/metrics/metrics.ts';
import type { Backups } from './app/ports/backups.ts';
import type { Log } from './app/ports/log.ts';
import type { Operator, ProcessInfo } from './app/ports/operator.ts';
import type { StorageCheck } from './app/ports/storage.ts';
import type { Clock } from './app/ports/time.ts';
import type { Config } from './config.ts';
import { backUpDaily } from './jobs/daily-backup.ts';
import { say } from './words/say.ts';

/** What is due is looked up every half minute, and what is owed leaves at once: whatever takes longer is stuck. */
const STUCK_AFTER_MS = 5 * 60_000;

/** The process as it is seen from outside of it. */
export interface Seen {
  readonly version: string;
  readonly metrics: Metrics;
  readonly backlog: (now: Date) => Promise<NonNullable<Facts['backlog']>>;
  readonly oldestDelivery: (now: Date) => Promise<Date | undefined>;
  readonly backups: Backups;
  readonly storage: StorageCheck;
  readonly key: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  /** How much work on media servers runs or waits. */
  readonly serverWork: () => number;
  /** For how long nobody has found out what is due. */
  readonly sinceLookMs: () => number;
  /** For how long nothing that was owed to Discord has left, or was put off. */
  readonly sinceEndMs: () => number;
  readonly gateway: {
    isConnected(): boolean;
    shardCount(): number;
    guildIds(): readonly unknown[];
  };
}

/** The operator port of a process that is still being made: until `attach`, nobody can be told about it. */
export function createOperator({
  restart,
  isOwner,
  config: { API, HTTP_PORT },
}: {
  readonly restart: () => void;
  readonly isOwner: IsApplicationOwner;
  readonly config: Pick<Config, 'API' | 'HTTP_PORT'>;
}): Operator & { attach(seen: Seen): void } {
  const startedAt = new Date(systemClock.now().getTime() - process.uptime() * 1_000);
  let seen: Seen | undefined;
  return {
    attach(now) {
      seen = now;
    },
    async info() {
      if (!seen) throw new Error('the process is still being made');
      return await infoOf(seen, startedAt);
    },
    isOwner: async (userId) => (await isOwner(userId)) === true,
    restart,
    servesApi: API === 'on' && HTTP_PORT !== 'off',
  };
}

async function infoOf({ gateway, ...seen }: Seen, startedAt: Date): Promise<ProcessInfo> {
  const { accountsDue, accountsOverdue, deliveriesOwed } = await seen.backlog(seen.clock.now());
  return {
    version: seen.version,
    startedAt,
    guilds: gateway.guildIds().length,
    shards: gateway.shardCount(),
    isConnected: gateway.isConnected(),
    bytes: process.memoryUsage.rss(),
    ...{ accountsDue, accountsOverdue, deliveriesOwed },
    serverWork: seen.serverWork(),
  };
}

interface With {
  /** Undefined while it is switched off. */
  readonly api: ServedApi | undefined;
  readonly staff: StaffAtOnce;
  readonly stopping: AbortSignal;
}

/** Serves health and metrics, and makes a backup a day, as the configuration says. */
export function operate(
  seen: Seen,
  config: Config,
  { staff, api, stopping }: With,
): { stop(): Promise<void> } {
  const serving = serve(seen, config, { api, stopping });
  // The communities of a host need not know how it is run.
  const isOneHome = () => seen.gateway.guildIds().length === 1;
  const backingUp =
    config.BACKUP_KEEP > 0
      ? backUpDaily({
          ...{ backups: seen.backups, clock: seen.clock, stopping },
          onFailed: async () => (isOneHome() ? staff.tell(say('alert.backup.failed')) : undefined),
          onMade: () => staff.takeBack(say('alert.backup.back')),
        })
      : undefined;
  return {
    async stop() {
      await Promise.all([serving?.stop(), backingUp]);
    },
  };
}

function serve(
  seen: Seen,
  config: Config,
  { api, stopping }: Pick<With, 'api' | 'stopping'>,
): { stop(): Promise<void> } | undefined {
  if (config.HTTP_PORT === 'off') return undefined;
  const { gateway, clock, log, metrics } = seen;
  /** Whether what could be sent is left lying: a long line alone is not, while something leaves it. */
  const isOutboxStuck = async () => {
    if (seen.sinceEndMs() < STUCK_AFTER_MS || !gateway.isConnected()) return false;
    const oldest = await seen.oldestDelivery(clock.now());
    return oldest !== undefined && +clock.now() - +oldest > STUCK_AFTER_MS;
  };
  return keepServing({
    ...{ host: config.HTTP_HOST, port: config.HTTP_PORT, api, clock, log, stopping },
    metrics: async () => ({
      contentType: metrics.contentType,
      text: await metrics.text({
        now: clock.now(),
        backlog: await seen.backlog(clock.now()).catch(() => undefined),
        newestBackup: (await seen.backups.newest())?.madeAt,
        guilds: gateway.guildIds().length,
        isConnected: gateway.isConnected(),
        isKept: (await seen.storage.look()) === undefined,
        serverWork: seen.serverWork(),
      }),
    }),
    check: async () => ({
      discord: gateway.isConnected(),
      database: (await seen.storage.look()) === undefined,
      key: isKeyThere({ given: config.SECRET_KEY, folder: config.DATA_DIR }, seen.key),
      loop: seen.sinceLookMs() < STUCK_AFTER_MS,
      outbox: !(await isOutboxStuck()),
    }),
  });
}
