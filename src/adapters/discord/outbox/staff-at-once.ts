/** Says something to the staff of every guild at once: for when the database takes no row of which it could follow. */
import { randomUUID } from 'node:crypto';
import { Routes } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { StaffPlace } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { inParallel } from '../../../concurrency/in-parallel.ts';
import type { GuildId } from '../../../domain/ids.ts';
import type { Sentence } from '../../../words/say.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import type { Identity } from '../wire/identity.ts';
import { findString, isJsonObject } from '../wire/json-reader.ts';
import { describeDiscordError, failureFields, isPassing, type Rests } from '../wire/rest.ts';
import { deliveryMessage } from './delivery-messages.ts';

const GUILDS_AT_ONCE = 4;
/** What comes back so soon is said in the message of before, so that what comes and goes does not fill a channel. */
const SAME_MESSAGE_MS = 3_600_000;

export interface StaffAtOnce {
  /** To the staff of all guilds that were not told yet. */
  tell(what: Sentence): Promise<void>;
  /** Only to those who were told, in the same message. */
  takeBack(what: Sentence | ((guildId: GuildId) => Promise<Sentence>)): Promise<void>;
}

/** The message that tells a guild. */
interface Told extends StaffPlace {
  /** Unknown when Discord's answer had none. */
  readonly messageId: string | undefined;
  readonly state: 'open' | 'over';
  readonly atMs: number;
}

export function createStaffAtOnce(options: {
  readonly rests: Pick<Rests, 'bot'>;
  readonly ids: CustomIds;
  /** @throws {Error} while Discord has not said it. */
  readonly identity: () => Identity;
  readonly guildIds: () => readonly string[];
  /** Where staff are told, as far as it is known. */
  readonly places: () => Promise<readonly StaffPlace[]>;
  readonly clock: Pick<Clock, 'now' | 'steadyMs'>;
  readonly log: Log;
}): StaffAtOnce {
  const { rests, ids, clock, log } = options;
  const told = new Map<GuildId, Told>();

  function render({ guildId, channelId, language }: StaffPlace, what: Sentence, state: Told['state']) {
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

  /** In the message of before, where there is one to be changed. */
  async function show(place: StaffPlace, what: Sentence, state: Told['state'], before?: Told): Promise<void> {
    const { guildId, channelId } = place;
    const body = render(place, what, state);
    let messageId = before?.channelId === channelId ? before.messageId : undefined;
    const edited =
      messageId !== undefined &&
      (await rests.bot.patch(Routes.channelMessage(channelId, messageId), { body }).then(
        () => true,
        () => false,
      ));
    if (!edited) {
      const message = await rests.bot.post(Routes.channelMessages(channelId), { body });
      messageId = isJsonObject(message) ? findString(message, 'id') : undefined;
    }
    told.set(guildId, {
      guildId,
      channelId,
      language: place.language,
      messageId,
      state,
      atMs: clock.steadyMs(),
    });
  }

  async function toEach<P extends StaffPlace>(places: readonly P[], work: (place: P) => Promise<void>) {
    let isAway = false;
    await inParallel(places, GUILDS_AT_ONCE, async (place) => {
      // A thousand guilds are not tried one after another while Discord is away.
      if (isAway) return;
      try {
        await work(place);
      } catch (error) {
        isAway ||= isPassing(describeDiscordError(error));
        log.warn({ guildId: place.guildId, ...failureFields(error) }, 'staff could not be told at once');
      }
    });
  }

  return {
    async tell(what) {
      const here = new Set(options.guildIds());
      const untold = (await options.places()).filter(
        ({ guildId }) => here.has(guildId) && told.get(guildId)?.state !== 'open',
      );
      await toEach(untold, async (place) => {
        const before = told.get(place.guildId);
        const isRecent = before !== undefined && clock.steadyMs() - before.atMs < SAME_MESSAGE_MS;
        await show(place, what, 'open', isRecent ? before : undefined);
      });
    },
    async takeBack(what) {
      const open = [...told.values()].filter(({ state }) => state === 'open');
      // Also where Discord does not take it: told again, it is news.
      for (const { guildId } of open) told.delete(guildId);
      await toEach(open, async (before) => {
        const sentence = typeof what === 'function' ? await what(before.guildId) : what;
        await show(before, sentence, 'over', before);
      });
    },
  };
}
