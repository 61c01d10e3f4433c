import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The base of all stand-ins: a server on loopback that records each request, refuses routes that it does not know,
 * and misbehaves when a test asks for it.
 */
export interface RecordedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The body as bytes, for uploads, which are not text. */
  readonly bytes: Buffer;
  /** The status that was sent. Undefined while pending, or when the connection was cut before. */
  status?: number;
  responseBody?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Strings and bytes are sent as they are, anything else as JSON. Undefined is an empty body. */
  readonly body?: unknown;
}

export interface RouteCall {
  readonly request: RecordedRequest;
  readonly params: Record<string, string>;
  /**
   * The body parsed as JSON; undefined when it is empty.
   * @throws {SyntaxError} when it is not JSON.
   */
  json(): unknown;
}

/** Thrown by a handler, at any depth, to end the request with this answer. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export type Handler = (call: RouteCall) => Answer | Promise<Answer>;

/** A misbehaviour for the next matching requests. */
export interface Fault {
  readonly method?: string;
  /** Matched against the path without the query. */
  readonly path: RegExp;
  /** How many requests it affects. Default 1; `Infinity` until it is lifted. */
  readonly times?: number;
  /** How many matching requests are left alone first. Default 0. */
  readonly after?: number;
  /** Answer this instead of calling the route, so that the route has no effect. */
  readonly answer?: Answer;
  /** Call the route, then cut the connection before the status is sent. The client cannot know what happened. */
  readonly dropAfterCommit?: boolean;
  /** Cut the connection without calling the route. */
  readonly dropBefore?: boolean;
  /** Call the route and send only the first n bytes of the body, with the full Content-Length. */
  readonly cutAfterBytes?: number;
  /**
   * With `cutAfterBytes`: send no Content-Length and end normally, so that only the content shows that something is
   * missing.
   */
  readonly cutQuietly?: boolean;
  /** Accept the request and never answer. */
  readonly hang?: boolean;
  /** Wait that long before answering, in real milliseconds. */
  readonly delayMs?: number;
  /** Change what the route has answered. It returns the same object where it changes nothing. */
  readonly alters?: (answer: Answer, request: RecordedRequest) => Answer;
  /** Write the answer by hand instead of calling the route (hostile.ts). What is written is not recorded. */
  readonly writes?: (response: ServerResponse) => void;
  /** Keep the request, and call the route only when `land` is called, long after the answer that this fault gives. */
  readonly lands?: (land: () => Promise<void>) => void;
}

export interface LiftableFault {
  /** Ends the fault. Can be called twice. */
  lift(): void;
  /** How many requests it has affected so far. */
  readonly hits: number;
}

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly handler: Handler;
}

export class HttpStandIn {
  readonly requests: RecordedRequest[] = [];
  readonly #routes: Route[] = [];
  readonly #faults: { fault: Fault; hits: number; skipped: number; lifted: boolean }[] = [];
  readonly #changed = new EventEmitter().setMaxListeners(0);
  readonly #caseInsensitive: boolean;
  readonly #unknownRoute: Handler;
  readonly #before: ((call: RouteCall) => Answer | undefined) | undefined;
  readonly #headers: (() => Record<string, string>) | undefined;
  readonly server: Server;

  constructor(options: {
    /** The answer to unknown routes. A stand-in never answers them with success. */
    readonly unknownRoute: Handler;
    /** Runs before routing. If it returns an answer (missing header, start-up, bad token), that ends the request. */
    readonly before?: (call: RouteCall) => Answer | undefined;
    readonly caseInsensitiveRoutes?: boolean;
    /** Sent with every answer that is not one of `before` or of a fault. */
    readonly headers?: () => Record<string, string>;
  }) {
    this.#unknownRoute = options.unknownRoute;
    this.#before = options.before;
    this.#headers = options.headers;
    this.#caseInsensitive = options.caseInsensitiveRoutes ?? false;
    this.server = createServer((req, res) => void this.#serve(req, res));
    // As long as a real Plex Media Server says; below two seconds, undici closes each connection after its answer.
    this.server.keepAliveTimeout = 20_000;
  }

  /** Adds a route. `:name` in the path is a parameter of one segment. */
  route(method: string, path: string, handler: Handler): void {
    const names: string[] = [];
    const source = path.replaceAll(/:(\w+)/g, (_match, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const pattern = new RegExp(`^${source}/?$`, this.#caseInsensitive ? 'i' : '');
    this.#routes.push({ method, pattern, names, handler });
  }

  /** Adds a fault. If several match a request, the oldest is used. */
  fault(fault: Fault): LiftableFault {
    const entry = { fault, hits: 0, skipped: 0, lifted: false };
    this.#faults.push(entry);
    return {
      lift: () => {
        entry.lifted = true;
      },
      get hits() {
        return entry.hits;
      },
    };
  }

  /**
   * Starts on a free loopback port, or on the given one to come back after `stop`. Resolves to the base URL without
   * a trailing slash.
   */
  async listen(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Stops at once and cuts open connections. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** Wakes those who wait in `until`. Called after every request, and by stand-ins after other events. */
  changed(): void {
    this.#changed.emit('change');
  }

  /**
   * Resolves to the first truthy result of `probe`, which is called again after each request or event. It does not
   * poll.
   * @throws {Error} naming what was waited for, when `timeoutMs` (default 20 s) is over.
   */
  async until<T>(what: string, probe: () => T | undefined | null | false, timeoutMs = 20_000): Promise<T> {
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const found = probe();
      if (found) return found;
      try {
        await once(this.#changed, 'change', { signal });
      } catch (cause) {
        throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`, { cause });
      }
    }
  }

  /** Matching requests so far. `path` is compared without the query. */
  requestsTo(method: string, path: RegExp): RecordedRequest[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // Not as a relative address, in which `//Users` would be a host.
    const url = new URL(`http://stand-in${req.url ?? '/'}`);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of req) chunks.push(chunk as Buffer);
    } catch {
      return; // the client went away while sending
    }
    const bytes = Buffer.concat(chunks);
    const request: RecordedRequest = {
      method: req.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      body: bytes.toString('utf8'),
      bytes,
    };
    this.requests.push(request);

    const fault = this.#takeFault(request);
    if (fault?.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.hang) {
      this.changed();
      return;
    }
    fault?.lands?.(async () => {
      await this.#answer(request).catch(broken);
      this.changed();
    });
    if (fault?.dropBefore) {
      req.socket.destroy();
      this.changed();
      return;
    }
    if (fault?.writes) {
      fault.writes(res);
      this.changed();
      return;
    }
    const told = fault?.answer ?? (await this.#answer(request).catch(broken));
    const answer = fault?.alters?.(told, request) ?? told;
    if (fault?.dropAfterCommit) {
      req.socket.destroy();
      this.changed();
      return;
    }
    this.#send(req, res, request, answer, fault);
    this.changed();
  }

  #send(
    req: IncomingMessage,
    res: ServerResponse,
    request: RecordedRequest,
    answer: Answer,
    fault: Fault | undefined,
  ): void {
    const { body } = answer;
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(raw ? body : JSON.stringify(body));
    request.status = answer.status;
    request.responseBody = bytes.toString('utf8');
    const headers: Record<string, string> = { ...answer.headers };
    if (body !== undefined && !raw) headers['content-type'] ??= 'application/json; charset=utf-8';

    if (fault?.cutAfterBytes === undefined) {
      if (answer.status !== 204) headers['content-length'] = String(bytes.length);
      res.writeHead(answer.status, headers).end(bytes);
      return;
    }
    const part = bytes.subarray(0, fault.cutAfterBytes);
    if (fault.cutQuietly) {
      res.writeHead(answer.status, { ...headers, connection: 'close' }).end(part);
      return;
    }
    res.writeHead(answer.status, { ...headers, 'content-length': String(bytes.length) });
    res.write(part, () => req.socket.destroy());
  }

  async #answer(request: RecordedRequest): Promise<Answer> {
    const call = (params: Record<string, string>): RouteCall => ({
      request,
      params,
      json: () => (request.body === '' ? undefined : JSON.parse(request.body)),
    });
    const early = this.#before?.(call({}));
    if (early) return early;
    const answer = await this.#routed(request, call).catch(broken);
    return { ...answer, headers: { ...this.#headers?.(), ...answer.headers } };
  }

  async #routed(
    request: RecordedRequest,
    call: (params: Record<string, string>) => RouteCall,
  ): Promise<Answer> {
    for (const { method, pattern, names, handler } of this.#routes) {
      const match = method === request.method ? pattern.exec(request.path) : null;
      if (!match) continue;
      const params = Object.fromEntries(
        names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
      );
      return await handler(call(params));
    }
    return await this.#unknownRoute(call({}));
  }

  #takeFault(request: RecordedRequest): Fault | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (entry.lifted || entry.hits >= (fault.times ?? 1)) continue;
      if (fault.method && fault.method !== request.method) continue;
      if (!fault.path.test(request.path)) continue;
      if (entry.skipped < (fault.after ?? 0)) {
        entry.skipped += 1;
        continue;
      }
      entry.hits += 1;
      return fault;
    }
    return undefined;
  }
}

/**
 * A handler that throws is a bug of the stand-in, or the body was not JSON. It is reported, and the request is
 * answered.
 */
function broken(error: unknown): Answer {
  if (error instanceof Refused) return error.answer;
  if (error instanceof SyntaxError) return { status: 400, body: `not JSON: ${error.message}` };
  console.error('a stand-in handler threw', error);
  return { status: 500, body: 'stand-in handler threw' };
}

/** The time of the stand-ins: the real time until a test moves it. */
export class StandInClock {
  readonly #base: () => number;
  #offsetMs = 0;
  #setByMs = 0;

  constructor(base: () => number = Date.now) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.steadyMs() + this.#setByMs);
  }

  /** The same as if it was never set. */
  steadyMs(): number {
    return this.#base() + this.#offsetMs;
  }

  /** Sets it, without any time passing. */
  set(now: Date): void {
    this.#setByMs = now.getTime() - this.steadyMs();
  }

  /** Moves the time forward: PINs expire and delays end without anybody sleeping. */
  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}
