/** What the worlds of Plex and Jellyfin have in common: a client, faults of the wire, and counts of requests. */
import { createHttpClient } from '../../src/adapters/http-client/http-client.ts';
import type { Spoil } from '../contracts/media-server.ts';
import { type Fault, type RecordedRequest, StandInClock } from '../standins/http.ts';

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
export function counter(all: () => readonly RecordedRequest[]) {
  let counted = 0;
  return () => {
    const requests = all().slice(counted);
    counted += requests.length;
    const reads = requests.filter(({ method }) => method === 'GET').length;
    return { reads, writes: requests.length - reads };
  };
}
