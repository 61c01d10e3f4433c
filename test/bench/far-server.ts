/** A media server in memory of the parent process (fake-places.ts), as the measured process asks it. */

import type { MediaServer } from '../../src/app/ports/media-server.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import type { Question, Reply } from './fake-places.ts';

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

export const farServer = (kind: ServerKind, url: string): MediaServer => ({
  kind,
  probe: () => ask(url, 'probe', []),
  ping: () => ask(url, 'ping', []),
  listLibraries: () => ask(url, 'listLibraries', []),
  readAccess: (...args) => ask(url, 'readAccess', args),
  setLibraries: (...args) => ask(url, 'setLibraries', args),
  withdraw: (...args) => ask(url, 'withdraw', args),
  findRemovedEndpoints: (...args) => ask(url, 'findRemovedEndpoints', args),
  countStreams: () => ask(url, 'countStreams', []),
  endSessions: (...args) => ask(url, 'endSessions', args),
  revokeToken: () => ask(url, 'revokeToken', []),
});
