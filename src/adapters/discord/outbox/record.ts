/**
 * Posts the record in audit channels: plain content, so that other programs can read it, and as many events in a
 * message as fit. Which events a message tells is read from the message itself, so that one which arrived without
 * anybody knowing is recognised as a whole, whatever has been owed since.
 */
import { MessageFlags, Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Delivery, Outbox } from '../../../app/ports/outbox.ts';
import type { GuildId } from '../../../domain/ids.ts';
import type { AuditEvent, NonEmpty } from '../../../domain/model.ts';
import type { Language } from '../../../words/catalogue.ts';
import { auditMessage, bareAuditMessage, MOST_IN_ONE, type Telling, toldIn } from '../views/audit-line.ts';
import type { Identity } from '../wire/identity.ts';
import { findObject, findString, getString, isJsonObject, type JsonObject } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, loggable, type Rests } from '../wire/rest.ts';
import { isRefusal, judge } from './delivery-errors.ts';

/** What people are called, and which languages they read. */
export interface Readers {
  named(guildId: GuildId, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** In channels. */
  languageOf(guildId: GuildId): Promise<Language>;
}

interface RecordOptions {
  readonly rests: Pick<Rests, 'bot'>;
  /** Posts under the nonce of a delivery, and resolves to the message. */
  readonly post: (delivery: Delivery, channelId: string, body: object) => Promise<JsonObject>;
  readonly outbox: Pick<Outbox, 'listBehind'>;
  readonly identity: () => Identity;
  readonly people: Readers;
  readonly log: Log;
}

/** A message, and the deliveries that it tells. */
export interface Told {
  readonly messageId: string;
  readonly deliveries: NonEmpty<Delivery>;
}

/** A line that is owed. */
interface Line {
  readonly delivery: Delivery;
  readonly event: AuditEvent;
}

export function createRecord(options: RecordOptions) {
  const { log } = options;
  /** Channels in which no earlier message has to be looked for: everything since the start was sent by this process. */
  const looked = new Set<string>();

  /**
   * Discord remembers a nonce for some minutes only. What may have been sent before that, by a process that was killed
   * or by an interrupted attempt, is looked for in the channel by its number. Without the permission to read the
   * message history nothing is found: a line that is there twice is better than a lost one (discord.md 4).
   */
  async function findEarlier(lines: NonEmpty<Line>, channelId: string): Promise<Told | undefined> {
    const [{ delivery, event }] = lines;
    if (delivery.attempts === 0 && looked.has(channelId)) return undefined;
    const messages = await listRecent(channelId);
    looked.add(channelId);
    const found = messages.find(({ content }) => toldIn(content, [event]).length > 0);
    return found && told(lines, found);
  }

  async function listRecent(channelId: string): Promise<readonly Message[]> {
    try {
      const query = new URLSearchParams({ limit: '100' });
      const messages = await options.rests.bot.get(Routes.channelMessages(channelId), { query });
      const own = (Array.isArray(messages) ? messages : [])
        .filter(isJsonObject)
        .filter(
          (message) => findString(findObject(message, 'author') ?? {}, 'id') === options.identity().botId,
        );
      // A message that is made of components has no content.
      return own.map((message) => messageOf({ content: '', ...message }));
    } catch (error) {
      // If something is wrong with the channel, posting will show it.
      if (describeDiscordError(error).status === 403) return [];
      throw error;
    }
  }

  async function post(lines: NonEmpty<Line>, channelId: string, telling: Telling): Promise<Told> {
    const [{ delivery, event }] = lines;
    const message = auditMessage(
      lines.map((line) => line.event),
      telling,
    );
    try {
      return told(lines, await postContent(delivery, channelId, message.content));
    } catch (error) {
      const verdict = judge(describeDiscordError(error));
      if (!isRefusal(verdict) || verdict.about === 'place') throw error;
      // One of them is not taken: fewer are tried, until it is alone.
      const [first, ...more] = lines.slice(0, Math.ceil(message.told / 2));
      if (first && message.told > 1) return await post([first, ...more], channelId, telling);
      // The record has no gaps: what cannot be said as it is, is said as short as possible.
      log.error(
        {
          deliveryId: delivery.id,
          guildId: delivery.guildId,
          ...failureFields(error),
          err: loggable(error),
        },
        'a line of the record was cut',
      );
      return told(lines, await postContent(delivery, channelId, bareAuditMessage(event, telling)));
    }
  }

  // Without embeds, because Discord would fetch links in names.
  const postContent = async (delivery: Delivery, channelId: string, content: string) =>
    messageOf(
      await options.post(delivery, channelId, {
        content,
        flags: MessageFlags.SuppressEmbeds,
        allowed_mentions: { parse: [] },
      }),
    );

  return {
    /**
     * Posts what waits behind a delivery together with it.
     * @throws {DiscordAPIError} and the other errors of the request: then whether it arrived is not known.
     */
    async send(delivery: Delivery, event: AuditEvent, channelId: string): Promise<Told> {
      const { guildId } = delivery;
      const behind = (await options.outbox.listBehind(delivery, MOST_IN_ONE - 1)).flatMap((other) =>
        other.content.kind === 'audit' ? [{ delivery: other, event: other.content.event }] : [],
      );
      const lines = [{ delivery, event }, ...behind] as const;
      const earlier = await findEarlier(lines, channelId);
      if (earlier) return earlier;
      const ids = lines.flatMap(({ event: { actorId, targetId } }) => [actorId ?? [], targetId ?? []].flat());
      const [language, names] = await Promise.all([
        options.people.languageOf(guildId),
        options.people.named(guildId, ids),
      ]);
      return await post(lines, channelId, { language, names });
    },
    /** What was posted there could not be written down: it is looked for before anything else is. */
    forget(channelId: string): void {
      looked.delete(channelId);
    },
  };
}

interface Message {
  readonly id: string;
  readonly content: string;
}

const messageOf = (message: JsonObject): Message => ({
  id: getString(message, 'id'),
  content: getString(message, 'content'),
});

/**
 * What a message tells: the first of the lines, by which it was found or posted, and those others that stand in it. An
 * answer to a nonce that Discord knows is the message that is there, which may have fewer than were posted now.
 */
function told([first, ...others]: NonEmpty<Line>, { id, content }: Message): Told {
  const events = new Set(
    toldIn(
      content,
      others.map(({ event }) => event),
    ),
  );
  const also = others.filter(({ event }) => events.has(event)).map(({ delivery }) => delivery);
  return { messageId: id, deliveries: [first.delivery, ...also] };
}
