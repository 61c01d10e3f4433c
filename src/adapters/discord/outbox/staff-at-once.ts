/** Says something to the staff of every guild at once: for when the database takes no row of which it could follow. */
import { randomUUID } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { inParallel } from '../../../concurrency/in-parallel.ts';
import { type GuildId, toGuildId } from '../../../domain/ids.ts';
import type { Language } from '../../../words/catalogue.ts';
import type { Sentence } from '../../../words/say.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import type { Identity } from '../wire/identity.ts';
import { findString, isJsonObject } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, isPassing, type Rests } from '../wire/rest.ts';
import { deliveryMessage } from './delivery-messages.ts';

const GUILDS_AT_ONCE = 4;

export interface StaffAtOnce {
  /** To the channels for alerts, or else of the record, of all guilds that were not told yet. */
  tell(what: Sentence): Promise<void>;
  /** Only to those who were told, in the same message; they are then forgotten. */
  takeBack(what: Sentence): Promise<void>;
}

/** Where a guild is told, and in which language. */
interface Place {
  readonly guildId: GuildId;
  readonly channelId: string;
  readonly language: Language;
}

interface Told extends Place {
  /** Unknown when Discord's answer had none. */
  readonly messageId: string | undefined;
}

export function createStaffAtOnce(options: {
  readonly rests: Pick<Rests, 'bot'>;
  readonly ids: CustomIds;
  /** @throws {Error} while Discord has not said it. */
  readonly identity: () => Identity;
  readonly guildIds: () => readonly string[];
  readonly stores: Pick<Stores, 'of'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}): StaffAtOnce {
  const { rests, ids, stores, clock, log } = options;
  /** By guild, the message that tells it. */
  const told = new Map<GuildId, Told>();

  function render({ guildId, channelId, language }: Place, what: Sentence, state: 'open' | 'over') {
    const content = { kind: 'alert', state, text: { pieces: [what] } } as const;
    const delivery = {
      id: randomUUID(),
      guildId,
      kind: 'alert',
      sink: channelId,
      content,
      attempts: 0,
    } as const;
    const { applicationId } = options.identity();
    const place = { ids, applicationId, guildName: undefined, now: clock.now(), language };
    return deliveryMessage(delivery, content, place).body;
  }

  async function post(place: Place, what: Sentence): Promise<void> {
    const { guildId, channelId } = place;
    const body = render(place, what, 'open');
    const message = await rests.bot.post(Routes.channelMessages(channelId), { body });
    const messageId = isJsonObject(message) ? findString(message, 'id') : undefined;
    told.set(guildId, { ...place, messageId });
  }

  async function takeBackIn({ messageId, ...place }: Told, what: Sentence): Promise<void> {
    const { channelId } = place;
    const body = render(place, what, 'over');
    const edited =
      messageId !== undefined &&
      (await rests.bot.patch(Routes.channelMessage(channelId, messageId), { body }).then(
        () => true,
        () => false,
      ));
    if (!edited) await rests.bot.post(Routes.channelMessages(channelId), { body });
  }

  async function toEach(guildIds: readonly GuildId[], work: (guildId: GuildId) => Promise<void>) {
    let isAway = false;
    await inParallel(guildIds, GUILDS_AT_ONCE, async (guildId) => {
      // A thousand guilds are not tried one after another while Discord is away.
      if (isAway) return;
      try {
        await work(guildId);
      } catch (error) {
        isAway ||= isPassing(describeDiscordError(error));
        log.warn({ guildId, ...failureFields(error) }, 'staff could not be told at once');
      }
    });
  }

  return {
    async tell(what) {
      const untold = options
        .guildIds()
        .map(toGuildId)
        .filter((guildId) => !told.has(guildId));
      await toEach(untold, async (guildId) => {
        const { alertsChannelId, auditChannelId, language } = await stores.of(guildId).settings.get();
        const channelId = alertsChannelId ?? auditChannelId;
        if (channelId === null) return;
        await post({ guildId, channelId, language }, what);
      });
    },
    async takeBack(what) {
      const before = new Map(told);
      told.clear();
      await toEach([...before.keys()], async (guildId) => {
        const message = before.get(guildId);
        if (message) await takeBackIn(message, what);
      });
    },
  };
}
