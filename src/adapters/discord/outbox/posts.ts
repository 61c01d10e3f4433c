/** Shows a message that is kept up to date: the one that is there is edited, and a new one is posted where none is. */
import { Routes } from 'discord.js';
import type { Delivery } from '../../../app/ports/outbox.ts';
import type { Post, PostContent } from '../../../app/ports/posts.ts';
import { describeDiscordError, type Outgoing, type Rests } from '../wire/rest.ts';

/** Unknown message: somebody has deleted it. */
const GONE = 10_008;
/** It is older than an hour and was edited too often since (discord.md 1.5). */
const TOO_OLD = 30_046;
/** It cannot be edited: it is gone, or too old, or of another application that had this database before. */
const NOT_EDITABLE: ReadonlySet<unknown> = new Set([GONE, TOO_OLD, 50_005]);

export interface ShownPost {
  /** Null when no message is there, as is right. */
  readonly messageId: string | null;
  /** The version that it surely shows; undefined where Discord may have answered with one that was there already. */
  readonly version?: number;
}

/**
 * `send` posts a message with the nonce of the delivery, so that a kill after it does no harm; an edit may be repeated.
 * @throws whatever Discord's REST client throws.
 */
export async function showPost(
  { sink }: Pick<Delivery, 'sink'>,
  post: Post,
  {
    rests: { bot },
    render,
    send,
  }: {
    readonly rests: Pick<Rests, 'bot'>;
    readonly render: (content: PostContent) => Outgoing;
    readonly send: (outgoing: Outgoing) => Promise<string>;
  },
): Promise<ShownPost> {
  const { content, messageId, channelId, version } = post;
  const drop = async (from: string, message: string) => {
    await bot.delete(Routes.channelMessage(from, message)).catch((error: unknown) => {
      const { errorCode, status } = describeDiscordError(error);
      // Where Usher may not go any more, nothing is left that it could do.
      if (errorCode !== GONE && status !== 403 && status !== 404) throw error;
    });
  };
  if (content === null) {
    if (messageId !== null && channelId !== null) await drop(channelId, messageId);
    return { messageId: null, version };
  }
  const outgoing = render(content);
  if (messageId === null || channelId === null) return { messageId: await send(outgoing) };
  if (channelId !== sink) {
    const moved = await send(outgoing);
    // One message about it is enough.
    await drop(channelId, messageId);
    return { messageId: moved };
  }
  try {
    await bot.patch(Routes.channelMessage(channelId, messageId), {
      body: outgoing.body,
      files: [...(outgoing.files ?? [])],
    });
    return { messageId, version };
  } catch (error) {
    const { errorCode } = describeDiscordError(error);
    if (!NOT_EDITABLE.has(errorCode)) throw error;
    if (content.kind === 'panel' && errorCode === TOO_OLD) {
      const anew = await send(outgoing);
      // It stands for itself: nobody has to find the one before.
      await drop(channelId, messageId);
      return { messageId: anew };
    }
    if (errorCode === GONE) return { messageId: await send(outgoing) };
    const reply = { message_reference: { message_id: messageId, fail_if_not_exists: false } };
    return { messageId: await send({ ...outgoing, body: { ...outgoing.body, ...reply } }) };
  }
}
