import type { GuildId } from '../../domain/ids.ts';
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts';

type Answer = HttpAnswer | HttpFailure;

/**
 * The sharing lists of an owner cover all of their servers (media-servers.md D1), so servers that are read at the
 * same time share one request. Only a running request is shared, and only if it began after the owner's last write
 * was answered: a reading that verifies a write must not be older than that write.
 */
export class OwnerLists {
  readonly #flights = new Map<string, Promise<Answer>>();
  /** Number of answered writes, by owner. */
  readonly #writes = new Map<string, number>();

  /** The lists as one guild reads them: it waits for no request of another, and meets none of its failures. */
  of(guildId: GuildId): Pick<OwnerLists, 'read' | 'wrote'> {
    return {
      read: (owner, path, send) => this.read(`${guildId} ${owner}`, path, send),
      wrote: (owner) => this.wrote(`${guildId} ${owner}`),
    };
  }

  /** `owner` is a hash of the owner's token. */
  async read(owner: string, path: string, send: () => Promise<Answer>): Promise<Answer> {
    const key = `${owner} ${this.#writes.get(owner) ?? 0} ${path}`;
    const under = this.#flights.get(key);
    if (under) return await under;
    const flight = send();
    this.#flights.set(key, flight);
    try {
      return await flight;
    } finally {
      this.#flights.delete(key);
    }
  }

  /** To be called when a write of the owner was answered or lost. In both cases it may have happened. */
  wrote(owner: string): void {
    this.#writes.set(owner, (this.#writes.get(owner) ?? 0) + 1);
  }
}
