import { request } from 'undici';
import type { Jellyfin } from './jellyfin.ts';

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
