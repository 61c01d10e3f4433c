import { type Component, type Embed, storeComponents } from './components.ts';
import { Intent, MessageFlag } from './constants.ts';
import type { Path } from './errors.ts';
import type { Channel } from './guild.ts';
import { type Json, objectsOf, stringOf } from './json.ts';
import { pingsOf } from './mentions.ts';
import { type Attachment, Message } from './message.ts';
import type { Upload } from './rest/body.ts';
import { checkMessage } from './validate-message.ts';
import { messageWire } from './wire.ts';
import type { User } from './world.ts';

export interface Written {
  readonly body: Json;
  readonly uploads: readonly Upload[];
  /** Where the message is in the request, for trees of errors. */
  readonly path?: Path;
  /** The check against the OpenAPI document. Runs last, because the stand-in's own rules have better messages. */
  readonly check?: () => void;
}

/** Validates a body and creates a message from it. */
export function createMessage(
  channel: Channel,
  author: User,
  written: Written & {
    /** Flags that are allowed on this route. Like Discord, it silently ignores others. */
    readonly allowedFlags: number;
    readonly visibleTo?: User;
    /** interaction_metadata. Present if the message answers an interaction. */
    readonly metadata?: Json;
    readonly nonce?: string | undefined;
  },
): Message {
  const { body, uploads, path } = written;
  checkMessage(body, { uploads, ...(path && { path }) });
  written.check?.();
  const flags = (typeof body.flags === 'number' ? body.flags : 0) & written.allowedFlags;
  const ephemeral = (flags & MessageFlag.Ephemeral) !== 0;
  const message = new Message({
    channel,
    author,
    flags,
    metadata: written.metadata,
    nonce: written.nonce,
    visibleTo: ephemeral ? written.visibleTo : undefined,
  });
  fill(message, written);
  message.pings = pingsOf(message, body.allowed_mentions, written.metadata !== undefined);
  tell('MESSAGE_CREATE', message);
  return message;
}

/** Validates a body and applies it to a message. The first edit of a deferred answer turns it into a message. */
export function editMessage(message: Message, written: Written): void {
  const { body, uploads, path } = written;
  checkMessage(body, { before: message, uploads, ...(path && { path }) });
  written.check?.();
  if (typeof body.flags === 'number') {
    // SUPPRESS_EMBEDS can be set and removed, IS_COMPONENTS_V2 only set. All other flags, such as EPHEMERAL, cannot
    // be changed.
    const suppress = MessageFlag.SuppressEmbeds;
    message.flags = (message.flags & ~suppress) | (body.flags & (suppress | MessageFlag.ComponentsV2));
  }
  fill(message, written);
  if (message.loading) {
    message.flags &= ~MessageFlag.Loading;
    message.pings = pingsOf(message, body.allowed_mentions, true);
  } else {
    message.editedAt = message.channel.world.clock.now();
  }
  message.edits += 1;
  tell('MESSAGE_UPDATE', message);
}

export function deleteMessage(message: Message): void {
  message.remove();
  tell('MESSAGE_DELETE', message);
}

/**
 * A field that is absent stays, null clears it, and `attachments` lists what to keep. [docs:
 * resources/message#edit-message]
 */
function fill(message: Message, { body, uploads }: Written): void {
  if (body.content !== undefined) message.content = stringOf(body.content) ?? '';
  if (body.embeds !== undefined) message.embeds = objectsOf(body.embeds).map(withoutNulls);
  const notes = body.attachments === undefined ? undefined : objectsOf(body.attachments);
  const kept = notes
    ? message.attachments.filter((attachment) => notes.some((note) => note.id === attachment.id))
    : message.attachments;
  const added = uploads.map((upload): Attachment => {
    const note = notes?.find((one) => Number(one.id) === upload.index);
    return message.channel.world.addAttachment(message.channel.id, {
      filename: upload.filename,
      contentType: upload.contentType,
      bytes: upload.bytes,
      description: stringOf(note?.description) ?? null,
    });
  });
  message.attachments = [...kept, ...added];
  if (body.components !== undefined) message.components = stored(message, body.components);
}

const stored = (message: Message, raw: unknown): Component[] =>
  storeComponents(raw, (name) => message.attachments.find((one) => one.filename === name)?.url);

const withoutNulls = (embed: Json): Embed =>
  Object.fromEntries(Object.entries(embed).filter(([, value]) => value !== null));

function tell(event: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE' | 'MESSAGE_DELETE', message: Message): void {
  // The gateway sends no events for ephemeral messages.
  if (message.ephemeral || message.loading) return;
  const { guild, world, id: channelId } = message.channel;
  const where = guild ? { guild_id: guild.id } : {};
  const data = event === 'MESSAGE_DELETE' ? { id: message.id, channel_id: channelId } : messageWire(message);
  const intent = guild ? Intent.GuildMessages : Intent.DirectMessages;
  world.dispatch(event, { ...data, ...where }, { intent, ...(guild && { guildId: guild.id }) });
}

/** A person writes an ordinary message, for which only its length is checked. */
export function sayAs(author: User, channel: Channel, content: string): Message {
  return createMessage(channel, author, { body: { content }, uploads: [], allowedFlags: 0 });
}
