import { randomBytes } from 'node:crypto';
import type { Choice } from './commands.ts';
import type { Component } from './components.ts';
import type { Channel, Guild } from './guild.ts';
import type { Message } from './message.ts';
import type { User } from './world.ts';

/** What a person sees when no answer came within three seconds. */
export class NoResponse extends Error {
  constructor(what: string, detail: string) {
    super(`The application did not respond (${what}: ${detail})`);
    this.name = 'NoResponse';
  }
}

/** A modal that the bot opened. */
export interface Modal {
  readonly title: string;
  readonly customId: string;
  readonly components: readonly Component[];
}

/** One interaction and its state. */
export class Interaction {
  readonly id: string;
  readonly token = randomBytes(120).toString('base64url');
  readonly type: number;
  /** What the person did, for error texts. */
  readonly what: string;
  readonly user: User;
  readonly guild: Guild | undefined;
  readonly channel: Channel;
  /** The message with the component that was used, also when that opened a modal. */
  readonly source: Message | undefined;
  readonly dispatchedAt = performance.now();
  readonly issuedAt: Date;
  state: 'waiting' | 'acknowledged' | 'lost' = 'waiting';
  ackType: number | undefined;
  acknowledgedAfterMs: number | undefined;
  /** The message that `@original` refers to: the answer, or the message with the component. */
  original: Message | undefined;
  modal: Modal | undefined;
  choices: readonly Choice[] | undefined;
  readonly followUps: Message[] = [];
  readonly #acknowledged = Promise.withResolvers<void>();
  readonly #answered = Promise.withResolvers<void>();

  constructor(options: {
    readonly type: number;
    readonly what: string;
    readonly user: User;
    readonly channel: Channel;
    readonly source?: Message | undefined;
  }) {
    const { world } = options.channel;
    this.id = world.snowflake();
    this.issuedAt = world.clock.now();
    this.type = options.type;
    this.what = options.what;
    this.user = options.user;
    this.channel = options.channel;
    this.guild = options.channel.guild;
    this.source = options.source;
    // A test may wait for only one of the two; a rejection of the other must not end the process.
    this.#acknowledged.promise.catch(() => {});
    this.#answered.promise.catch(() => {});
  }

  /** Resolves with the acknowledgement; rejects with NoResponse. */
  get acknowledged(): Promise<void> {
    return this.#acknowledged.promise;
  }

  /** Resolves when there is something to see: a message, the first edit after "thinking", a modal, or choices. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  acknowledge(type: number): void {
    this.state = 'acknowledged';
    this.ackType = type;
    this.acknowledgedAfterMs = performance.now() - this.dispatchedAt;
    this.#acknowledged.resolve();
  }

  answer(): void {
    this.#answered.resolve();
  }

  /** Nobody answered in time, or no bot was connected. */
  lose(detail: string): void {
    if (this.state !== 'waiting') return;
    this.state = 'lost';
    const error = new NoResponse(this.what, detail);
    this.#acknowledged.reject(error);
    this.#answered.reject(error);
  }
}
