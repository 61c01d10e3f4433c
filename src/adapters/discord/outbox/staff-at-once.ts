/** Says something to the staff of every guild at once: for when the database takes no row of which it could follow. */
import { randomUUID } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { inParallel } from '../../../concurrency/in-parallel.ts';
import { type GuildId, toGuildId } from '../../../domain/ids.ts';
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
  /** By guild, the channel in which it was told. */
  const told = new Map<GuildId, string>();

  async function post(guildId: GuildId, channelId: string, text: string): Promise<void> {
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
    const place = { ids, applicationId, guildName: undefined, now: clock.now(), language: 'en' } as const;
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
        const { alertsChannelId, auditChannelId } = await stores.of(guildId).settings.get();
        const channelId = alertsChannelId ?? auditChannelId;
        if (channelId === null) return;
        await post(guildId, channelId, text);
        told.set(guildId, channelId);
      });
    },
    async takeBack(text) {
      const guilds = [...told];
      told.clear();
      const channels = new Map(guilds);
      await toEach([...channels.keys()], (guildId) => post(guildId, channels.get(guildId) ?? '', text));
    },
  };
}
