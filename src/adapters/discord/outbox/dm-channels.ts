/**
 * Channels for direct messages. A bot that opens many new ones is blocked or quarantined (discord.md 1.6), so new
 * ones are paced. A channel that is known already costs nothing.
 */
import { type REST, Routes } from 'discord.js';
import type { Delivery } from '../../../app/ports/outbox.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { doubling } from '../../../concurrency/back-off.ts';
import { createKeyedSemaphore } from '../../../concurrency/keyed-semaphore.ts';
import { getString, isJsonObject, NotAsDocumented } from '../wire/json-reader.ts';

/** One new channel every two seconds; a few at once after a quiet time. */
const EVERY_MS = 2_000;
const AT_ONCE = 5;
const REMEMBERED = 10_000;
/** After each refusal in a row. */
const pauseAfter = doubling({ firstMs: 10 * 60_000, lastMs: 2 * 3_600_000 });

/** No new channel may be opened for so long, because Discord has refused one. */
export class DmsPaused extends Error {
  override readonly name = 'DmsPaused';
  readonly forMs: number;
  constructor(forMs: number) {
    super('no new direct messages for now');
    this.forMs = forMs;
  }
}

export class DmChannels {
  readonly #rest: REST;
  readonly #clock: Clock;
  /** Sorted by use: the first one is the least recently used. */
  readonly #known = new Map<string, string>();
  /** Guilds take turns, however many people one of them writes to. */
  readonly #turns = createKeyedSemaphore(1);
  #nextSlot = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** In a row. */
  #refusals = 0;

  constructor(rest: REST, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /**
   * Opens or finds the channel of a person; undefined when `signal` aborts the waiting.
   * @throws {DmsPaused} and the errors of the request.
   */
  async open(
    { guildId, sink: userId }: Pick<Delivery, 'guildId' | 'sink'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const known = this.#known.get(userId);
    if (known !== undefined) {
      this.#remember(userId, known);
      return known;
    }
    this.#mustNotPause();
    await this.#turns.take(guildId, () => this.#waitForSlot(signal));
    // Refused while this one waited for its turn.
    this.#mustNotPause();
    if (signal.aborted) return undefined;
    const channel = await this.#rest.post(Routes.userChannels(), { body: { recipient_id: userId } });
    if (!isJsonObject(channel)) throw new NotAsDocumented('channel');
    const id = getString(channel, 'id');
    this.#refusals = 0;
    this.#remember(userId, id);
    return id;
  }

  /** Forgets a channel. True when it was known, so that opening it again may help. */
  forget(userId: string): boolean {
    return this.#known.delete(userId);
  }

  /** Called after 40003: opens no new channels for so many milliseconds. Repeated refusals make the pause longer. */
  pause(): number {
    const now = this.#clock.steadyMs();
    // Several requests may have been on their way when the first was refused. They count as one refusal.
    if (now < this.#pausedUntilMs) return this.#pausedUntilMs - now;
    this.#refusals += 1;
    const pauseMs = pauseAfter(this.#refusals);
    this.#pausedUntilMs = now + pauseMs;
    return pauseMs;
  }

  #mustNotPause(): void {
    const pauseMs = this.#pausedUntilMs - this.#clock.steadyMs();
    if (pauseMs > 0) throw new DmsPaused(pauseMs);
  }

  async #waitForSlot(signal: AbortSignal): Promise<void> {
    const now = this.#clock.steadyMs();
    const slot = Math.max(this.#nextSlot, now - (AT_ONCE - 1) * EVERY_MS);
    this.#nextSlot = slot + EVERY_MS;
    if (slot > now) await this.#clock.sleep(slot - now, signal);
  }

  #remember(userId: string, channelId: string): void {
    this.#known.delete(userId);
    this.#known.set(userId, channelId);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
  }
}
