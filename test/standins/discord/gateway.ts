import { randomUUID } from 'node:crypto';
import { constants, createDeflate, deflateSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';
import type { HttpStandIn } from '../http.ts';
import { Intent, PRIVILEGED_INTENTS } from './constants.ts';
import { isObject, type Json, must, numberOf, objectOf, stringOf } from './json.ts';
import { guildWire, userWire } from './wire.ts';
import type { World } from './world.ts';

/** What a client sent in IDENTIFY. */
export interface Identify {
  readonly intents: number;
  readonly shard: readonly [number, number];
  readonly sessionId: string;
  readonly properties: Json;
}

interface Packet {
  readonly op: number;
  readonly d: unknown;
  readonly s: number | null;
  readonly t: string | null;
}

/** Outlives a connection: a client that comes back with RESUME gets the events it missed. */
interface Session {
  readonly id: string;
  readonly intents: number;
  readonly shard: readonly [number, number];
  readonly sent: Packet[];
  seq: number;
  connection: Connection | undefined;
  disconnectedAt: Date | undefined;
}

interface Connection {
  readonly socket: WebSocket;
  readonly send: (packet: Packet) => void;
  session: Session | undefined;
  /** The line is dead: the socket is open, but nothing goes through it. */
  mute: boolean;
  compressed: boolean;
}

/** How long a session can be resumed. Discord does not document it; a few minutes. */
const SESSION_LIFE_MS = 3 * 60_000;
const LARGEST_INTENTS = 1 << 26;

interface GatewayOptions {
  readonly token: string;
  readonly heartbeatIntervalMs: number;
}

/** The gateway of the stand-in. [docs: events/gateway, topics/opcodes-and-status-codes] */
export class Gateway {
  /** Every IDENTIFY so far. */
  readonly identifies: Identify[] = [];
  /** Session ids of every successful RESUME so far. */
  readonly resumes: string[] = [];
  readonly #world: World;
  readonly #http: HttpStandIn;
  readonly #options: GatewayOptions;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<Connection>();
  readonly #sessions = new Map<string, Session>();
  /** READY comes so much later, in real time; clients give up after a while and identify again. */
  readyDelayMs = 0;
  /** Whether a session ends with this code as soon as it has begun. */
  endsAtOnce: number | undefined;
  #duplicates = 0;

  constructor(world: World, http: HttpStandIn, options: GatewayOptions) {
    this.#world = world;
    this.#http = http;
    this.#options = options;
    this.#sockets = new WebSocketServer({ server: http.server });
    this.#sockets.on('connection', (socket, request) => {
      this.#accept(socket, new URL(request.url ?? '/', 'ws://stand-in').searchParams);
    });
    world.dispatch = (event, data, scope) => this.#dispatch(event, data, scope ?? {});
  }

  /** Number of connections that are identified and get events. */
  get connections(): number {
    return this.#live().length;
  }

  /**
   * Closes every connection with this code. After 4000 clients may resume, after 1000 they may not, and 4004 is
   * final.
   */
  close(code: number): void {
    for (const { socket, session } of this.#connections) {
      if (code === 1000 || code === 1001) this.#forget(session);
      socket.close(code);
    }
  }

  /** Sends op 9: the session is invalid, and `resumable` or not. */
  invalidateSession(resumable: boolean): void {
    for (const { send, session } of this.#live()) {
      if (!resumable) this.#forget(session);
      send({ op: 9, d: resumable, s: null, t: null });
    }
  }

  /** Sends op 7: asks clients to reconnect and to resume. */
  askReconnect(): void {
    for (const { send } of this.#live()) send({ op: 7, d: null, s: null, t: null });
  }

  /** Lets the lines go dead without closing them. Clients notice that heartbeats are not acknowledged. */
  dropSilently(): void {
    for (const connection of this.#connections) connection.mute = true;
  }

  /** Cuts the TCP connections without a close frame. */
  cut(): void {
    for (const { socket } of this.#connections) socket.terminate();
  }

  /** Sends each of the next `count` interactions twice, as Discord warns that events may be. [docs: reference] */
  duplicateInteractions(count: number): void {
    this.#duplicates = count;
  }

  #live(): Connection[] {
    return [...this.#connections].filter((connection) => connection.session && !connection.mute);
  }

  #forget(session: Session | undefined): void {
    if (session) this.#sessions.delete(session.id);
  }

  #accept(socket: WebSocket, query: URLSearchParams): void {
    const connection: Connection = {
      socket,
      send: this.#sender(socket, query, () => connection),
      session: undefined,
      mute: false,
      compressed: false,
    };
    this.#connections.add(connection);
    socket.on('message', (raw) => this.#receive(connection, raw.toString()));
    socket.on('error', () => {});
    socket.on('close', (code) => {
      this.#connections.delete(connection);
      const { session } = connection;
      if (session?.connection === connection) {
        session.connection = undefined;
        session.disconnectedAt = this.#world.clock.now();
        // Closing with one of these codes ends the session.
        if (code === 1000 || code === 1001) this.#forget(session);
      }
      this.#http.changed();
    });
    if (query.get('v') !== '10') {
      socket.close(4012, 'Invalid API version.');
      return;
    }
    if (query.get('encoding') !== 'json') {
      socket.close(4002, 'Only JSON is spoken here.');
      return;
    }
    connection.send({
      op: 10,
      d: { heartbeat_interval: this.#options.heartbeatIntervalMs, _trace: [] },
      s: null,
      t: null,
    });
  }

  /**
   * Sends plain JSON, or with transport compression when `compress=zlib-stream` asks for it, or with payload
   * compression when IDENTIFY does.
   */
  #sender(socket: WebSocket, query: URLSearchParams, connection: () => Connection): (packet: Packet) => void {
    const stream =
      query.get('compress') === 'zlib-stream' ? createDeflate({ flush: constants.Z_SYNC_FLUSH }) : undefined;
    stream?.on('data', (chunk: Buffer) => socket.send(chunk));
    return (packet) => {
      if (connection().mute || socket.readyState !== socket.OPEN) return;
      const text = JSON.stringify(packet);
      if (stream) stream.write(text);
      else if (connection().compressed) socket.send(deflateSync(text));
      else socket.send(text);
    };
  }

  #receive(connection: Connection, raw: string): void {
    if (connection.mute) return;
    let packet: unknown;
    try {
      packet = JSON.parse(raw);
    } catch {
      connection.socket.close(4002, 'Error while decoding payload.');
      return;
    }
    const { op, d } = objectOf(packet);
    if (op === 1) {
      connection.send({ op: 11, d: null, s: null, t: null });
      return;
    }
    if (op === 2) {
      this.#identify(connection, objectOf(d));
      return;
    }
    if (op === 6) {
      this.#resume(connection, objectOf(d));
      return;
    }
    if (!connection.session) {
      connection.socket.close(4003, 'Not authenticated.');
      return;
    }
    // Presence updates (3) and voice states (4) are accepted and ignored.
    if (op !== 3 && op !== 4) connection.socket.close(4001, 'Unknown opcode.');
  }

  #identify(connection: Connection, data: Json): void {
    const { socket } = connection;
    const close = (code: number, reason: string) => socket.close(code, reason);
    const intents = numberOf(data.intents) ?? -1;
    const shard = readShard(data.shard);
    if (connection.session) return void close(4005, 'Already authenticated.');
    if (data.token !== this.#options.token) return void close(4004, 'Authentication failed.');
    if (intents < 0 || intents >= LARGEST_INTENTS) return void close(4013, 'Invalid intent(s).');
    if (intents & PRIVILEGED_INTENTS & ~this.#world.privilegedIntents) {
      return void close(4014, 'Disallowed intent(s).');
    }
    if (!shard) return void close(4010, 'Invalid shard.');

    connection.compressed = data.compress === true;
    const session: Session = {
      id: randomUUID().replaceAll('-', ''),
      intents,
      shard,
      sent: [],
      seq: 0,
      connection,
      disconnectedAt: undefined,
    };
    this.#sessions.set(session.id, session);
    connection.session = session;
    this.identifies.push({
      intents,
      shard,
      sessionId: session.id,
      properties: isObject(data.properties) ? data.properties : {},
    });

    if (this.readyDelayMs > 0) setTimeout(() => this.#sayReady(session), this.readyDelayMs).unref();
    else this.#sayReady(session);
    if (this.endsAtOnce !== undefined) {
      this.#forget(session);
      socket.close(this.endsAtOnce);
    }
    this.#http.changed();
  }

  #sayReady(session: Session): void {
    const { guilds, bot, url, applicationId } = this.#world;
    const concerned = [...guilds.values()].filter((guild) => this.#concerns(session, guild.id));
    this.#push(session, 'READY', {
      v: 10,
      user: { ...userWire(bot), mfa_enabled: true, verified: true, email: null },
      guilds: concerned.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: url.replace('http', 'ws'),
      shard: session.shard,
      application: { id: applicationId, flags: 0 },
      session_type: 'normal',
      private_channels: [],
      presences: [],
      relationships: [],
      user_settings: {},
      geo_ordered_rtc_regions: [],
      guild_join_requests: [],
    });
    if (!(session.intents & Intent.Guilds)) return;
    for (const guild of concerned) {
      if (!guild.unavailable) this.#push(session, 'GUILD_CREATE', guildWire(guild, true));
    }
  }

  #resume(connection: Connection, data: Json): void {
    if (data.token !== this.#options.token) {
      connection.socket.close(4004, 'Authentication failed.');
      return;
    }
    const session = this.#sessions.get(stringOf(data.session_id) ?? '');
    const since = session?.disconnectedAt;
    const expired =
      since !== undefined && this.#world.clock.now().getTime() - since.getTime() > SESSION_LIFE_MS;
    if (!session || expired) {
      connection.send({ op: 9, d: false, s: null, t: null });
      return;
    }
    const seq = numberOf(data.seq) ?? 0;
    if (seq > session.seq) {
      connection.socket.close(4007, 'Invalid seq.');
      return;
    }

    session.connection?.socket.terminate();
    session.connection = connection;
    session.disconnectedAt = undefined;
    connection.session = session;
    for (const missed of session.sent) if ((missed.s ?? 0) > seq) connection.send(missed);
    this.resumes.push(session.id);
    this.#push(session, 'RESUMED', { _trace: [] });
    this.#http.changed();
  }

  /** @returns how many sessions get the event, now or when they resume. */
  #dispatch(
    event: string,
    data: Json,
    scope: { readonly intent?: number; readonly guildId?: string },
  ): number {
    const now = this.#world.clock.now().getTime();
    let reached = 0;
    for (const session of this.#sessions.values()) {
      if (session.disconnectedAt && now - session.disconnectedAt.getTime() > SESSION_LIFE_MS) {
        this.#forget(session);
        continue;
      }
      if (scope.intent !== undefined && !(session.intents & scope.intent)) continue;
      if (!this.#concerns(session, scope.guildId)) continue;
      reached += 1;
      this.#push(session, event, data);
      if (event === 'INTERACTION_CREATE' && this.#duplicates > 0) this.#push(session, event, data);
    }
    if (event === 'INTERACTION_CREATE' && this.#duplicates > 0) this.#duplicates -= 1;
    return reached;
  }

  /** Whether a session's shard is responsible for a guild. Shard 0 gets what belongs to no guild. */
  #concerns(session: Session, guildId: string | undefined): boolean {
    const [shard, count] = session.shard;
    return guildId === undefined ? shard === 0 : Number((BigInt(guildId) >> 22n) % BigInt(count)) === shard;
  }

  #push(session: Session, event: string, data: Json): void {
    session.seq += 1;
    const packet: Packet = { op: 0, t: event, s: session.seq, d: data };
    session.sent.push(packet);
    // Enough for any gap in a test. Without a limit, it would grow without end in a benchmark.
    if (session.sent.length > 2_000) session.sent.splice(0, 1_000);
    session.connection?.send(packet);
  }

  stop(): void {
    this.cut();
    this.#sessions.clear();
  }
}

function readShard(value: unknown): [number, number] | undefined {
  if (value === undefined) return [0, 1];
  if (!Array.isArray(value)) return undefined;
  const [id, count] = value.map(Number);
  const valid = id !== undefined && count !== undefined && id >= 0 && id < count;
  return valid ? [id, must(count, 'a shard count')] : undefined;
}
