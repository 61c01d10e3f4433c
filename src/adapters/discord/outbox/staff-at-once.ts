/** Says something to the staff of every guild at once: for when the database takes no row of which it could follow. */
import { randomUUID } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { inParallel } from '../../../concurrency/in-parallel.ts';
import { type GuildId, toGuildId } from '../../../domain/ids.ts';
import type { Language } from '../../../words/catalogue.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import type { Identity } from '../wire/identity.ts';
import { describeDiscordError, failureFields, isPassing, type Rests } from '../wire/rest.ts';
import { deliveryMessage } from './delivery-messages.ts';

const GUILDS_AT_ONCE = 4;

export interface StaffAtOnce {
  /** To the channels for alerts, or else of the record, of all guilds that were not told yet. */
  tell(text: string): Promise<void>;
  /** Only to those who were told, who are then forgotten. */
  takeBack(text: string): Promise<void>;
}

/** Where a guild was told, and in which language. */
interface Told {
  readonly guildId: GuildId;
  readonly channelId: string;
  readonly language: Language;
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
  const told = new Map<GuildId, Told>();

  async function post({ guildId, channelId, language }: Told, text: string): Promise<void> {
    const content = { kind: 'alert', text } as const;
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
    const { body } = deliveryMessage(delivery, content, place);
    await rests.bot.post(Routes.channelMessages(channelId), { body });
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
    async tell(text) {
      const untold = options
        .guildIds()
        .map(toGuildId)
        .filter((guildId) => !told.has(guildId));
      await toEach(untold, async (guildId) => {
        const { alertsChannelId, auditChannelId, language } = await stores.of(guildId).settings.get();
        const channelId = alertsChannelId ?? auditChannelId;
        if (channelId === null) return;
        const place = { guildId, channelId, language };
        await post(place, text);
        told.set(guildId, place);
      });
    },
    async takeBack(text) {
      const before = new Map(told);
      told.clear();
      await toEach([...before.keys()], async (guildId) => {
        const place = before.get(guildId);
        if (place) await post(place, text);
      });
    },
  };
}
