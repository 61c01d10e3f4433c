/** Settings of how access goes on: who is reminded of an end when, and what members may ask for. */
import { sameSet } from '../../domain/access.ts';
import type { DurationText } from '../../domain/duration.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { MayAsk } from '../../domain/may-ask.ts';
import { parseReminders, remindersSentence } from '../../domain/reminders.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import { noteChange } from './setting-changed.ts';

export type RemindersChange =
  /** `isTold`: reminders are among what members are told of. */
  | { readonly kind: 'saved'; readonly reminders: readonly DurationText[]; readonly isTold: boolean }
  | { readonly kind: 'problem'; readonly message: Sentence };

export function makeRenewalSettings(deps: Deps) {
  return {
    /** How long before an end its member is reminded; resolves to what was chosen. */
    async setReminders(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly typed: string;
    }): Promise<RemindersChange> {
      const parsed = parseReminders(change.typed);
      if (parsed.kind === 'problem') return parsed;
      const { value: reminders } = parsed;
      return await deps.stores.transaction(change.guildId, async (tx) => {
        const { reminders: before, notices } = await tx.settings.get();
        if (!sameSet(before, reminders)) {
          await tx.settings.update({ reminders });
          await tx.grants.forgetReminders();
          const detail = say('audit.setting.reminders', {
            now: remindersSentence(reminders),
            before: remindersSentence(before),
          });
          await noteChange(tx, change.actorId, detail, deps.clock.now());
        }
        return { kind: 'saved', reminders, isTold: notices.includes('reminder') };
      });
    },

    /** What members may ask for. What waits for an answer goes on waiting. */
    async setMayAsk(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly mayAsk: MayAsk;
    }): Promise<void> {
      const { guildId, actorId, mayAsk } = change;
      await deps.stores.transaction(guildId, async (tx) => {
        const { mayAsk: before } = await tx.settings.get();
        if (before === mayAsk) return;
        await tx.settings.update({ mayAsk });
        const detail = say('audit.setting.mayAsk', {
          now: say(`settings.requests.${mayAsk}`),
          before: say(`settings.requests.${before}`),
        });
        await noteChange(tx, actorId, detail, deps.clock.now());
      });
    },
  };
}
