import { request } from 'undici';
import { afterEach } from 'vitest';
import { type Jellyfin, type JellyfinUser, type JellyfinWish, libraryId, startJellyfin } from './jellyfin.ts';

const running: Jellyfin[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((jellyfin) => jellyfin.stop()));
});

/** Starts a server with Movies and Shows, which is stopped after the test. */
export async function start(wish: JellyfinWish = {}): Promise<Jellyfin> {
  const jellyfin = await startJellyfin({ libraries: ['Movies', 'Shows'], ...wish });
  running.push(jellyfin);
  return jellyfin;
}

export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
  json<T = Record<string, unknown>>(): T;
}

/** The header of a token. */
export const mediaBrowser = (token: string) => ({ authorization: `MediaBrowser Token="${token}"` });
/** The header of a sign-in. */
export const DEVICE = 'MediaBrowser Client="Test", Device="box", DeviceId="d1", Version="1.0"';

/** Sends a request, with the API key unless other headers are given, and a body as JSON. */
export async function send(
  jellyfin: Jellyfin,
  line: `${'GET' | 'POST' | 'DELETE' | 'PUT'} /${string}`,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Sent> {
  const [method, path] = line.split(' ') as ['GET', string];
  const answer = await request(`${jellyfin.url}${path}`, {
    method,
    headers: {
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.headers ?? mediaBrowser(jellyfin.apiKey)),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, text, headers: answer.headers, json: () => JSON.parse(text) };
}

export const policyOf = async (jellyfin: Jellyfin, id: string) =>
  (await send(jellyfin, `GET /Users/${id}`)).json<{ Policy: Record<string, unknown> }>().Policy;

/** Writes the policy that is read, with changes. */
export async function writePolicy(
  jellyfin: Jellyfin,
  { id }: JellyfinUser,
  changes: object,
): Promise<number> {
  const body = { ...(await policyOf(jellyfin, id)), ...changes };
  return (await send(jellyfin, `POST /Users/${id}/Policy`, { body })).status;
}

/** The fields of a policy that opens only these libraries. */
export const seesOnly = (...names: string[]) => ({
  EnableAllFolders: false,
  EnabledFolders: names.map((name) => libraryId(name)),
});
