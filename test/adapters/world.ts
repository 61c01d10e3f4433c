/** What the worlds of Plex and Jellyfin have in common: a client, faults of the wire, and counts of requests. */
import type { Spoil } from '../contracts/media-server.ts';
import { type Fault, type HttpStandIn, type RecordedRequest, StandInClock } from '../standins/http.ts';
import { createHttpClient } from '../support/http-client.ts';

type Spoilt = Omit<Fault, 'path'>;

/** Faults that need no words of the server. */
export const WIRE_FAULTS = {
  'connection cut': { dropBefore: true },
  'cut short of its length': { cutAfterBytes: 30 },
  'cut without notice': { cutAfterBytes: 30, cutQuietly: true },
} as const satisfies Partial<Readonly<Record<Spoil, Spoilt>>>;

/** Time, and what a client of the adapters is made of. */
export function startClient() {
  const clock = new StandInClock();
  const http = createHttpClient({ clock });
  return { clock, http, client: { http, clientIdentifier: 'usher-test', version: '0.0.0' } };
}

/** Counts what was requested since it was asked last. */
/** Another server takes over the address of this one: its identity is another, and what was open is cut. */
export function takenOver(http: HttpStandIn, replaceIdentity: () => void, secrets: () => readonly string[]) {
  let before = new Set<RecordedRequest>();
  return {
    async takeOver() {
      before = new Set(http.requests);
      replaceIdentity();
      http.server.closeAllConnections();
    },
    tokensGivenAway: () =>
      http.requests
        .filter((request) => !before.has(request))
        .filter(({ headers }) => secrets().some((secret) => JSON.stringify(headers).includes(secret)))
        .map(({ path }) => path),
  };
}

export function counter(all: () => readonly RecordedRequest[]) {
  const counted = new Set<RecordedRequest>();
  return () => {
    const requests = all().filter((request) => !counted.has(request));
    for (const request of requests) counted.add(request);
    const reads = requests.filter(({ method }) => method === 'GET').length;
    return { reads, writes: requests.length - reads };
  };
}
