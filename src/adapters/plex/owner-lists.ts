import type { HttpAnswer, HttpFailure } from '../http-client.ts';

type Answer = HttpAnswer | HttpFailure;

/**
 * The sharing lists of an owner hold all of their servers (media-servers.md D1), so servers that are read at the same time share one
 * request. Only a request that is still under way is shared, and none that was begun before the owner's last write was answered: what
 * verifies a write is always read after it.
 */
export class OwnerLists {
  readonly #flights = new Map<string, Promise<Answer>>();
  /** How many writes of each owner were answered. */
  readonly #writes = new Map<string, number>();

  /** `owner` tells owners apart without their tokens. */
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

  /** A write of the owner was answered, or lost: it may have happened. */
  wrote(owner: string): void {
    this.#writes.set(owner, (this.#writes.get(owner) ?? 0) + 1);
  }
}
