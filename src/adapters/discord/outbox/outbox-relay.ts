/**
 * Sends what is owed to Discord: every row once, and in the order of its sink. The row is committed before the
 * message is sent (rule 8), so the process may be killed at any time (rule 11).
 */

import { createHash } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Charts } from '../../../app/ports/charts.ts';
import type { Log } from '../../../app/ports/log.ts';
import { type Delivery, isDirect, type Outbox, type Prepared } from '../../../app/ports/outbox.ts';
import type { Post } from '../../../app/ports/posts.ts';
import type { Secrets } from '../../../app/ports/secrets.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { Rounds } from '../../../concurrency/rounds.ts';
import { type GuildId, type MemberId, toMemberId } from '../../../domain/ids.ts';
import type { NonEmpty } from '../../../domain/model.ts';
import type { PersonalCopy } from '../../../domain/personal-data.ts';
import { languageOf } from '../../../words/catalogue.ts';
import { say, type Text } from '../../../words/say.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import { chartsOf } from '../views/digest.ts';
import type { Identity } from '../wire/identity.ts';
import { getString, isJsonObject, type JsonObject, NotAsDocumented } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, loggable, type Outgoing, type Rests } from '../wire/rest.ts';
import { isTokenRefused } from '../wire/token.ts';
import {
  backOffMs,
  isRefusal,
  judge,
  type Refused,
  refusedBackOff,
  type Verdict,
} from './delivery-errors.ts';
import { copyMessage, deliveryMessage, type MessagePlace } from './delivery-messages.ts';
import { DmChannels, DmsPaused } from './dm-channels.ts';
import { type ShownPost, showPost } from './posts.ts';
import { createRecord, type Readers } from './record.ts';
import { moveRole, type RefusalOfRole, RoleNotGiven } from './role-mover.ts';

/** The outbox, and what follows when a delivery ends. A use case writes both down in one transaction (rule 8). */
export interface RelayOutbox extends Outbox {
  /** What it says, decided when it is about to be sent; undefined when there is nothing to say any more. */
  prepare(delivery: Delivery): Promise<Prepared | undefined>;
  /**
   * Of one sink, in one message. `version`: of a post, that which the message surely shows. Null: there is no message,
   * as is right.
   */
  markSent(deliveries: NonEmpty<Delivery>, messageId: string | null, version?: number): Promise<void>;
  /** The post that a delivery shows, as it is now; undefined when nothing is to be said any more. */
  findPost(delivery: Delivery): Promise<Post | undefined>;
  /** Gives up. `closed`: because this person accepts no direct messages from us. */
  park(delivery: Delivery, trouble: Text, closed: boolean): Promise<void>;
  /** Discord refuses it: it waits with all that follows until somebody puts that right, and staff are told. */
  refuse(delivery: Delivery, refusal: Refusal): Promise<void>;
}

export interface Refusal {
  readonly trouble: Text;
  readonly dueAt: Date;
  /** Whom to tell when no channel works. */
  readonly ownerId: string | undefined;
}

export interface RelayOptions {
  readonly outbox: RelayOutbox;
  readonly rests: Pick<Rests, 'bot'>;
  /** Opens the sealed codes of invites. */
  readonly secrets: Pick<Secrets, 'open'>;
  readonly ids: CustomIds;
  /** Asked when something is sent, so after Discord has said it. */
  readonly identity: () => Identity;
  readonly guildName: (guildId: GuildId) => string | undefined;
  readonly guildOwnerId: (guildId: GuildId) => string | undefined;
  readonly refusalOfRole: RefusalOfRole;
  readonly people: Readers;
  /** All that is stored about somebody, for them alone. */
  readonly copyFor: (memberId: MemberId) => Promise<PersonalCopy>;
  /** Draws the pictures of digests; without it they have none. */
  readonly charts?: Charts;
  readonly clock: Clock;
  readonly log: Log;
  /** Random number between 0 and 1 that spreads retries. */
  readonly random?: () => number;
  /** Discord has refused the token, so nothing can be sent any more. */
  readonly onTokenRefused: () => void;
}

export interface Relay {
  start(): void;
  /** Something may be due now. Called after every transaction. */
  wake(): void;
  /** Takes nothing new and waits for what is being sent. */
  stop(): Promise<void>;
}

/** What a delivery says could not be read or kept: that is no answer of Discord. */
class Unprepared extends Error {
  override readonly name = 'Unprepared';
  constructor(cause: unknown) {
    super('what is to be sent could not be prepared', { cause });
  }
}

const ready = <T>(prepared: Promise<T>): Promise<T> =>
  prepared.catch((cause: unknown) => {
    throw new Unprepared(cause);
  });

/** How many of each kind are on their way at once. */
const AT_ONCE = 50;
const LONGEST_SLEEP_MS = 60_000;
const AFTER_TROUBLE_MS = 5_000;

/** Makes the relay. It does nothing before `start`. */
export function createRelay(options: RelayOptions): Relay {
  const { outbox, clock, log, rests } = options;
  const random = options.random ?? Math.random;
  const dmChannels = new DmChannels(rests.bot, clock);
  const rounds = new Rounds<Delivery>(clock);
  const people: Readers = {
    named: (...asked) => ready(options.people.named(...asked)),
    languageOf: (guildId) => ready(options.people.languageOf(guildId)),
  };
  const record = createRecord({
    ...{ rests, log, people, identity: options.identity, post: postMessage },
    outbox: { listBehind: (...asked) => ready(outbox.listBehind(...asked)) },
  });
  /** Starts what is due, and returns how long to wait until the next round. */
  async function round(): Promise<number> {
    try {
      const due = await outbox.listDue(clock.now(), AT_ONCE, rounds.onItsWay);
      for (const delivery of due) rounds.begin(delivery, deliver);
      const next = await outbox.nextMoment();
      if (!next) return LONGEST_SLEEP_MS;
      const wait = next.getTime() - clock.now().getTime();
      // Deliveries in flight still count as due. When they end, they wake the rounds.
      if (wait <= 0) return rounds.onItsWay.length > 0 ? AFTER_TROUBLE_MS : 1_000;
      return Math.min(wait, LONGEST_SLEEP_MS);
    } catch (err) {
      log.error({ err }, 'the outbox could not be read');
      return AFTER_TROUBLE_MS;
    }
  }

  /** Never throws. */
  async function deliver(delivery: Delivery): Promise<void> {
    try {
      const sent = await trySend(delivery);
      if (sent.kind === 'not-now') return;
      if (sent.kind === 'failed') return await settle(sent.said, sent.error);
      if (sent.kind === 'needless') return await outbox.park(delivery, 'it is not needed any more', false);
      await outbox.markSent(sent.deliveries, sent.messageId, sent.version);
    } catch (err) {
      // The database failed, so the row is still due. Its nonce, and a look into the channel, keep the message from
      // being sent twice.
      record.forget(delivery.sink);
      log.error({ err, deliveryId: delivery.id }, 'a delivery could not be written down');
      await clock.sleep(AFTER_TROUBLE_MS, rounds.stopping);
    }
  }

  type Sent =
    | ({ readonly kind: 'sent'; readonly deliveries: NonEmpty<Delivery> } & ShownPost)
    | { readonly kind: 'not-now' }
    /** Nothing is to be said any more. */
    | { readonly kind: 'needless' }
    | { readonly kind: 'failed'; readonly error: unknown; readonly said: Delivery };

  /** @throws {Unprepared} when the database failed. */
  async function trySend(delivery: Delivery): Promise<Sent> {
    let said = delivery;
    try {
      const { content } = delivery;
      const deliveries = [delivery] as const;
      if (content.kind === 'role')
        return { kind: 'sent', deliveries, messageId: await moveRole(delivery, content, options) };
      if (content.kind === 'audit')
        return { kind: 'sent', ...(await record.send(delivery, content.event, delivery.sink)) };
      if (content.kind === 'post') return await sendPost(delivery);
      const channelId = isDirect(delivery) ? await dmChannels.open(delivery, rounds.stopping) : delivery.sink;
      if (channelId === undefined) return { kind: 'not-now' };
      // Not before: while no message can be sent, more may be joined to it.
      const prepared = await ready(outbox.prepare(delivery));
      if (prepared === undefined) return { kind: 'not-now' };
      said = prepared.delivery;
      return { kind: 'sent', deliveries, messageId: await post(prepared, channelId) };
    } catch (error) {
      if (error instanceof Unprepared) throw error;
      return { kind: 'failed', error, said };
    }
  }

  async function sendPost(delivery: Delivery): Promise<Sent> {
    const [found, prepared] = await ready(Promise.all([outbox.findPost(delivery), outbox.prepare(delivery)]));
    if (!found) return { kind: 'needless' };
    const place = await placeIn(delivery, prepared?.locale);
    const shown = await showPost(delivery, found, {
      rests,
      render: (content) => deliveryMessage(delivery, content, place),
      send: (outgoing) => postOutgoing(delivery, delivery.sink, outgoing),
    });
    return { kind: 'sent', deliveries: [delivery], ...shown };
  }

  /** People read their own language, channels that of their guild. */
  async function placeIn({ guildId }: Delivery, locale: string | null | undefined): Promise<MessagePlace> {
    const { applicationId } = options.identity();
    const guildName = options.guildName(guildId);
    const language = locale == null ? await people.languageOf(guildId) : languageOf(locale);
    return { ids: options.ids, applicationId, guildName, now: clock.now(), language };
  }

  async function post({ delivery, locale }: Prepared, channelId: string): Promise<string> {
    const { guildId, content } = delivery;
    if (content.kind === 'role' || content.kind === 'post' || content.kind === 'audit')
      throw new Error('a role is no message, posts are looked up, and lines of the record are joined');
    if (content.kind === 'copy') {
      const copy = await ready(options.copyFor(toMemberId(delivery.sink)));
      return await postOutgoing(
        delivery,
        channelId,
        copyMessage(copy, delivery, await placeIn(delivery, locale)),
      );
    }
    const inviteCode =
      content.kind === 'invite'
        ? options.secrets.open(content.codeCipher, { guildId, column: 'Delivery.code', row: delivery.id })
        : undefined;
    if (content.kind === 'invite' && inviteCode === undefined)
      throw new Error('the code of an invite cannot be opened: its row was changed, or moved');
    const place = await placeIn(delivery, locale);
    const pictures = content.kind === 'digest' ? await drawn(delivery, content, place) : undefined;
    const message = deliveryMessage(delivery, content, place, { inviteCode, pictures });
    return await postOutgoing(delivery, channelId, message);
  }

  /** Undefined when they cannot be drawn: the numbers are told without them. */
  async function drawn(
    { id: deliveryId, guildId }: Delivery,
    digest: Extract<Delivery['content'], { kind: 'digest' }>,
    { language }: MessagePlace,
  ): Promise<readonly Uint8Array[] | undefined> {
    try {
      return await options.charts?.draw(chartsOf(digest, language).map(({ chart }) => chart));
    } catch (err) {
      log.error({ err, deliveryId, guildId }, 'the pictures of a digest could not be drawn');
      return undefined;
    }
  }

  const postOutgoing = async (delivery: Delivery, channelId: string, { body, files }: Outgoing) =>
    getString(await postMessage(delivery, channelId, body, files), 'id');

  async function postMessage(
    delivery: Delivery,
    channelId: string,
    body: object,
    files: Outgoing['files'] = [],
  ): Promise<JsonObject> {
    const message = await rests.bot.post(Routes.channelMessages(channelId), {
      // Within some minutes, Discord answers the same nonce with the message that is there already (discord.md
      // 0.6).
      body: { ...body, nonce: nonceOf(delivery.id), enforce_nonce: true },
      files: [...files],
    });
    if (!isJsonObject(message)) throw new NotAsDocumented('message');
    return message;
  }

  const dateIn = (ms: number) => new Date(clock.now().getTime() + ms);

  async function settle(delivery: Delivery, error: unknown): Promise<void> {
    const { id: deliveryId, guildId, sink, attempts } = delivery;
    const fields = {
      ...{ deliveryId, guildId, sink, content: delivery.content.kind, attempts },
      ...failureFields(error),
    };
    if (error instanceof DmsPaused)
      return outbox.postpone(delivery, dateIn(error.forMs), say('trouble.delivery.paused'));
    if (error instanceof RoleNotGiven) {
      log.warn({ ...fields, why: error.message }, 'a role was not given');
      if (error.refusal === 'final') return outbox.park(delivery, error.says, false);
      return outbox.postpone(delivery, dateIn(backOffMs(attempts, random())), error.says);
    }

    const failure = describeDiscordError(error);
    // Discord may have replaced a direct message channel that we remember.
    const stale = isDirect(delivery) && failure.errorCode === 10003 && dmChannels.forget(sink);
    const judged: Verdict = stale
      ? { kind: 'later', message: say('trouble.delivery.oldChannel'), afterMs: undefined }
      : judge(failure);
    const verdict = judged.kind === 'fatal' ? await doubted() : judged;
    if (isRefusal(verdict) && waitsForStaff(delivery, verdict)) {
      const dueAt = dateIn(refusedBackOff(attempts + 1));
      log.warn({ ...fields, dueAt }, 'a channel refuses what is owed to it, which waits');
      const ownerId = options.guildOwnerId(guildId);
      return await outbox.refuse(delivery, { trouble: verdict.message, dueAt, ownerId });
    }
    switch (verdict.kind) {
      case 'fatal':
        log.error(fields, 'Discord refuses the token');
        rounds.halt();
        return options.onTokenRefused();
      case 'too-many-dms': {
        const until = dateIn(dmChannels.pause());
        log.error({ ...fields, until }, 'too many new direct messages; no new ones for a while');
        return outbox.postpone(delivery, until, verdict.message);
      }
      case 'later': {
        const afterMs = verdict.afterMs ?? backOffMs(attempts, random());
        log.warn({ ...fields, afterMs }, 'a delivery has to wait');
        return outbox.postpone(delivery, dateIn(afterMs), verdict.message);
      }
      case 'bug':
        log.error({ ...fields, err: loggable(error) }, 'a delivery is wrong and was given up');
        break;
      case 'final':
        log.warn(fields, 'a delivery was given up');
    }
    await outbox.park(delivery, verdict.message, verdict.kind === 'final' && verdict.closed);
  }

  let asking: Promise<boolean> | undefined;

  /** One 401 is not believed. Asked once for all deliveries that met it. */
  async function doubted(): Promise<Verdict> {
    asking ??= isTokenRefused(rests.bot).finally(() => {
      asking = undefined;
    });
    if (await asking) return { kind: 'fatal' };
    return { kind: 'later', message: say('trouble.delivery.tokenDoubted'), afterMs: undefined };
  }

  return {
    start: () => rounds.start(round),
    wake: () => rounds.wake(),
    async stop() {
      await rounds.stop();
      await rounds.idle();
    },
  };
}

/** The record and what needs a person are given up for no refusal that a person can put right. */
function waitsForStaff(delivery: Delivery, { about }: Refused): boolean {
  const { content, kind } = delivery;
  if (isDirect(delivery)) return false;
  return content.kind === 'audit' || (kind === 'alert' && about === 'place');
}

/** At most 25 characters, different for every row: 128 bits of the hash of its id, in base 36. */
export function nonceOf(deliveryId: string): string {
  const hash = createHash('sha256').update(deliveryId).digest('hex').slice(0, 32);
  return BigInt(`0x${hash}`).toString(36);
}
