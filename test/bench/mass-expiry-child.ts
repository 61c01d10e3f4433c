/**
 * The process that is killed in `mass-expiry`: runner, use cases and stores. Its media servers are in the parent
 * process. Its only argument is the DATABASE_URL.
 */

import { systemClock } from '../../src/adapters/clock.ts';
import { createInProcessQueue } from '../../src/adapters/queue/in-process.ts';
import { createApp } from '../../src/app/app.ts';
import type { MediaServers } from '../../src/app/ports/media.ts';
import type { MediaServer, ServerLocation } from '../../src/app/ports/media-server.ts';
import type { Stores } from '../../src/app/ports/stores.ts';
import { createClockHold } from '../../src/jobs/clock-hold.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { type Runner, startRunner } from '../../src/jobs/runner.ts';
import { openStores } from '../support/databases.ts';
import { GUILD } from '../support/people.ts';
import type { Question, Reply } from './fake-places.ts';
import { Complaints, depsWith } from './in-process.ts';

const waiting = new Map<number, (answer: unknown) => void>();
let lastId = 0;
process.on('message', ({ id, answer }: Reply) => {
  waiting.get(id)?.(answer);
  waiting.delete(id);
});

/** The parent calls the same method of a real fake, so the answer has the right type. */
function ask<T>(url: string, operation: keyof MediaServer, args: readonly unknown[]): Promise<T> {
  lastId += 1;
  const question: Question = { id: lastId, url, operation, args };
  return new Promise<unknown>((resolve) => {
    waiting.set(question.id, resolve);
    process.send?.(question);
  }) as Promise<T>;
}

const remote = (url: string): MediaServer => ({
  kind: 'plex',
  probe: () => ask(url, 'probe', []),
  ping: () => ask(url, 'ping', []),
  listLibraries: () => ask(url, 'listLibraries', []),
  readAccess: (...args) => ask(url, 'readAccess', args),
  setLibraries: (...args) => ask(url, 'setLibraries', args),
  withdraw: (...args) => ask(url, 'withdraw', args),
  countStreams: () => ask(url, 'countStreams', []),
  findRemovedEndpoints: (...args) => ask(url, 'findRemovedEndpoints', args),
  endSessions: (...args) => ask(url, 'endSessions', args),
  revokeToken: () => ask(url, 'revokeToken', []),
});

const NOT_OVER = ['scheduled', 'active', 'ending'] as const;
const open = await openStores(process.argv[2] ?? '');
const log = new Complaints();
const at = ({ url }: ServerLocation) => remote(url);
const media: MediaServers = {
  of: () => ({ plex: { at }, jellyfin: { at } }),
};
let runner: Runner | undefined;
const stores: Stores = {
  ...open.stores,
  // Like compose.ts: every transaction may have made something due. Here, the last one settles everything; what a kill
  // left in doubt is only looked at once more, minutes later.
  async transaction(guildId, work) {
    const result = await open.stores.transaction(guildId, work);
    runner?.wake();
    if ((await open.stores.of(GUILD).grants.count({ states: NOT_OVER })) === 0)
      process.send?.({ done: log.all });
    return result;
  },
};
const deps = depsWith(stores, media, log);
const app = createApp(deps, async () => undefined, new AbortController().signal);
process.send?.('ready');
runner = startRunner({
  stores,
  clock: systemClock,
  log,
  jobs: createJobs(app),
  clockHold: createClockHold(systemClock, () => performance.now()),
  queue: createInProcessQueue({ clock: systemClock, log }),
});

process.once('SIGTERM', async () => {
  await runner?.stop();
  await app.idle('all');
  await open.close();
  process.disconnect();
});
