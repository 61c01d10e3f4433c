/**
 * What Usher counts about itself, for Prometheus. Names follow its conventions (prometheus.io/docs/practices/naming): a
 * unit at the end, `_total` for what only grows. No label holds an id or a name of a person or a community, and none
 * takes more than a few values: hosts of media servers are counted one by one up to a limit, the rest together.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is looked up when somebody asks. */
export interface Facts {
  /** Undefined while the database cannot be read. */
  readonly backlog: Backlog | undefined;
  /** What Usher takes the time to be. UTC. */
  readonly now: Date;
  readonly guilds: number;
  /** When the newest backup was made; undefined when there is none. UTC. */
  readonly newestBackup: Date | undefined;
  readonly isConnected: boolean;
  /** How much work on media servers runs or waits. */
  readonly serverWork: number;
}

/** What the database knows. */
interface Backlog {
  /** Accounts that have to be compared with what they should have: now, or at their next try. */
  readonly accountsDue: number;
  /** Those of them whose last three tries failed: somebody may have more or less than they should. */
  readonly accountsOverdue: number;
  /** Messages and roles that Discord does not have yet. */
  readonly deliveriesOwed: number;
  /** When the oldest of those that could be sent now should have been; undefined when there is none. UTC. */
  readonly oldestDelivery: Date | undefined;
  /** Media servers by their last check. */
  readonly serversOnline: number;
  readonly serversOffline: number;
}

/** How many hosts are counted one by one. */
const HOSTS = 200;
const OTHER_HOSTS = 'other';

/** From Discord's view: three seconds for the first answer (discord.md 1.1), fifteen minutes for the last. */
const ACK_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3];
const ANSWER_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 840];
/** Media servers are given up after 45 seconds, a turn of work may hold many requests. */
const REQUEST_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45];
const TURN_SECONDS = [0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800];

export type Metrics = ReturnType<typeof createMetrics>;

/** Makes the registry. */
export function createMetrics(version: string) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const interactions = new Counter({
    name: 'usher_interactions_total',
    help: 'What people typed or clicked, by command and by what came of it.',
    labelNames: ['kind', 'command', 'outcome'],
    registers,
  });
  const acknowledged = new Histogram({
    name: 'usher_interaction_acknowledgement_seconds',
    help: 'From an interaction to its acknowledgement. Discord gives three seconds.',
    labelNames: ['kind'],
    buckets: ACK_SECONDS,
    registers,
  });
  const answered = new Histogram({
    name: 'usher_interaction_seconds',
    help: 'From an interaction to its last answer.',
    labelNames: ['kind'],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const requests = new Counter({
    name: 'usher_media_server_requests_total',
    help: 'Requests to media servers and plex.tv, by host and by what came of them.',
    labelNames: ['host', 'outcome'],
    registers,
  });
  const requestSeconds = new Histogram({
    name: 'usher_media_server_request_seconds',
    help: 'How long they took, with the wait for their turn.',
    labelNames: ['outcome'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const turns = new Histogram({
    name: 'usher_server_work_seconds',
    help: 'Turns of work on a media server: passes, syncs, sign-ins.',
    labelNames: ['outcome'],
    buckets: TURN_SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'usher_server_work_wait_seconds',
    help: 'How long such work waited for its turn.',
    buckets: TURN_SECONDS,
    registers,
  });
  const jobs = new Histogram({
    name: 'usher_job_seconds',
    help: 'Jobs of the queue, by task and by what came of them.',
    labelNames: ['task', 'outcome'],
    buckets: TURN_SECONDS,
    registers,
  });
  const deliveries = new Counter({
    name: 'usher_deliveries_total',
    help: 'What was handed to Discord or to a webhook, by kind and by what came of it.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  new Gauge({
    name: 'usher_build_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);

  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const time = gauge('usher_time_seconds', 'What Usher takes the time to be, in seconds since 1970.');
  const connected = gauge('usher_discord_connected', '1 while Usher is connected to Discord.');
  const guilds = gauge('usher_guilds', 'Communities that Usher is in.');
  const work = gauge('usher_server_work', 'Work on media servers that runs or waits.');
  const due = gauge('usher_accounts_due', 'Accounts that have to be compared with what they should have.');
  const overdue = gauge('usher_accounts_overdue', 'Those of them whose last three tries failed.');
  const owed = gauge('usher_deliveries_owed', 'Messages and roles that Discord does not have yet.');
  const oldest = gauge(
    'usher_deliveries_oldest_seconds',
    'How long the oldest of those that could be sent now waits; 0 when there is none.',
  );
  const servers = gauge('usher_media_servers', 'Media servers by their last check.', ['status']);

  const backup = gauge(
    'usher_backup_timestamp_seconds',
    'When the newest backup was made, in seconds since 1970.',
  );

  function note({ now, backlog, ...facts }: Facts): void {
    time.set(Math.round(now.getTime() / 1_000));
    connected.set(Number(facts.isConnected));
    guilds.set(facts.guilds);
    work.set(facts.serverWork);
    // What was true at an earlier look is not shown as what is true now.
    for (const each of [due, overdue, owed, oldest, backup]) each.remove();
    servers.reset();
    if (facts.newestBackup) backup.set(Math.round(facts.newestBackup.getTime() / 1_000));
    if (!backlog) return;
    due.set(backlog.accountsDue);
    overdue.set(backlog.accountsOverdue);
    owed.set(backlog.deliveriesOwed);
    oldest.set(Math.max(0, (now.getTime() - (backlog.oldestDelivery ?? now).getTime()) / 1_000));
    servers.set({ status: 'online' }, backlog.serversOnline);
    servers.set({ status: 'offline' }, backlog.serversOffline);
  }

  const hosts = new Set<string>();
  const labelOf = (host: string): string => {
    if (hosts.size < HOSTS) hosts.add(host);
    return hosts.has(host) ? host : OTHER_HOSTS;
  };
  const seconds = (ms: number) => ms / 1_000;

  return {
    contentType: registry.contentType,
    /** All of it, as it is now, in Prometheus' text format. */
    text(facts: Facts): Promise<string> {
      note(facts);
      return registry.metrics();
    },
    /** `command`: as it is typed, such as `grant add`; undefined where no command of ours is meant. */
    interaction(what: {
      readonly kind: string;
      readonly command: string | undefined;
      readonly outcome: string;
      readonly ackMs: number | undefined;
      readonly totalMs: number;
    }): void {
      const { kind, command = 'unknown', outcome } = what;
      interactions.inc({ kind, command, outcome });
      if (what.ackMs !== undefined) acknowledged.observe({ kind }, seconds(what.ackMs));
      answered.observe({ kind }, seconds(what.totalMs));
    },
    request(host: string, outcome: 'answered' | 'refused' | 'failed' | 'not sent', tookMs: number): void {
      requests.inc({ host: labelOf(host), outcome });
      requestSeconds.observe({ outcome }, seconds(tookMs));
    },
    turn(
      outcome: Outcome,
      { waitedMs, tookMs }: { readonly waitedMs: number; readonly tookMs: number },
    ): void {
      waits.observe(seconds(waitedMs));
      turns.observe({ outcome }, seconds(tookMs));
    },
    job(task: string, outcome: Outcome, tookMs: number): void {
      jobs.observe({ task, outcome }, seconds(tookMs));
    },
    delivery(kind: string, outcome: string): void {
      deliveries.inc({ kind, outcome });
    },
  };
}

type Outcome = 'ok' | 'failed';
