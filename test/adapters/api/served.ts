/** The API on a port, in front of use cases that a test controls. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiOptions, createApi } from '../../../src/adapters/api/api.ts';
import { newId } from '../../../src/adapters/codes.ts';
import type { App } from '../../../src/app/app.ts';
import type { GuildId } from '../../../src/domain/ids.ts';
import type { ApiScope } from '../../../src/domain/programs.ts';
import { STAFF } from '../../support/people.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what the tests look at
  readonly body: any;
  readonly text: string;
}

export interface Ask {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a running API. */
export async function askAt(
  url: string,
  line: string,
  { token, body, headers = {} }: Ask = {},
): Promise<Answered> {
  const [method = 'GET', path = ''] = line.split(' ');
  const answer = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    body: isJson ? JSON.parse(text) : undefined,
    text,
  };
}

export interface Served {
  readonly url: string;
  /** What it has logged. */
  readonly logged: unknown[];
  ask(line: string, how?: Ask): Promise<Answered>;
  stop(): Promise<void>;
}

/** `app` is asked for with each request, because a world that is restarted has another. */
export async function serveApi(app: App, options: Partial<ApiOptions> = {}): Promise<Served> {
  const logged: unknown[] = [];
  const write = (fields: object, sentence: string) => void logged.push({ ...fields, sentence });
  const log = { info: write, warn: write, error: write };
  const api = await createApi({
    ...{ app, log, newId, origins: [], trustProxy: false },
    ...options,
  });
  const server = createServer((request, response) => api.answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, logged },
    ask: (line, how) => askAt(url, line, how),
    async stop() {
      server.close();
      server.closeAllConnections();
      await api.close();
    },
  };
}

/** A token, as an admin makes it. */
export async function tokenFor(
  app: App,
  guildId: GuildId,
  scope: ApiScope,
  { name = `${scope} ${newId()}`, expiresAt = null }: { name?: string; expiresAt?: Date | null } = {},
): Promise<string> {
  const made = await app.apiTokens.create({ guildId, actorId: STAFF, name, scope, expiresAt });
  if (made.kind !== 'made') throw new Error(`no token was made: ${made.kind}`);
  return made.secret;
}
