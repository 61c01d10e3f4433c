import type { Component, Embed } from './components.ts';
import { MessageFlag } from './constants.ts';
import type { Channel } from './guild.ts';
import type { Json } from './json.ts';
import type { Pings } from './mentions.ts';
import { renderMessage } from './render.ts';
import type { User } from './world.ts';

export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly url: string;
  readonly description: string | null;
}

/** A message. Edits change the object, so a test that holds one sees the latest state. */
export class Message {
  readonly id: string;
  readonly channel: Channel;
  readonly author: User;
  readonly sentAt: Date;
  /** The only person who sees an ephemeral message. */
  readonly visibleTo: User | undefined;
  /** interaction_metadata of an answer to an interaction. */
  readonly metadata: Json | undefined;
  readonly nonce: string | undefined;
  content = '';
  embeds: Embed[] = [];
  components: Component[] = [];
  attachments: Attachment[] = [];
  flags: number;
  /** Who was notified when it was sent. Edits notify nobody. */
  pings: Pings = { users: [], roles: [], everyone: false };
  editedAt: Date | undefined;
  /** How often it was edited: for tests of progress, and to find needless edits. */
  edits = 0;
  deleted = false;

  constructor(options: {
    readonly channel: Channel;
    readonly author: User;
    readonly flags?: number;
    readonly visibleTo?: User | undefined;
    readonly metadata?: Json | undefined;
    readonly nonce?: string | undefined;
  }) {
    this.channel = options.channel;
    this.id = options.channel.world.snowflake();
    this.sentAt = options.channel.world.clock.now();
    this.author = options.author;
    this.flags = options.flags ?? 0;
    this.visibleTo = options.visibleTo;
    this.metadata = options.metadata;
    this.nonce = options.nonce;
    options.channel.world.messages.set(this.id, this);
    options.channel.history.push(this);
    if (options.nonce !== undefined) {
      options.channel.world.nonces.set(`${options.channel.id} ${options.nonce}`, this);
    }
  }

  get ephemeral(): boolean {
    return (this.flags & MessageFlag.Ephemeral) !== 0;
  }

  /** Whether it still shows "… is thinking". */
  get loading(): boolean {
    return (this.flags & MessageFlag.Loading) !== 0;
  }

  get componentsV2(): boolean {
    return (this.flags & MessageFlag.ComponentsV2) !== 0;
  }

  /** The message as plain text, as a reader sees it. */
  get text(): string {
    return renderMessage(this);
  }

  /** Whether this user's client would show it. */
  isVisibleTo(user: User): boolean {
    if (this.deleted) return false;
    if (this.ephemeral) return this.visibleTo === user;
    const { guild, recipient } = this.channel;
    return guild ? guild.isMember(user) : recipient === user;
  }

  remove(): void {
    this.deleted = true;
    const at = this.channel.history.indexOf(this);
    if (at >= 0) this.channel.history.splice(at, 1);
  }
}
