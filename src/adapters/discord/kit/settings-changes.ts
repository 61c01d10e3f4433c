/** Changes of settings, as commands, the list of settings and the checklist make them. */
import type { App } from '../../../app/app.ts';
import type { ChannelPurpose } from '../../../app/guild/settings.ts';
import type { Weekday } from '../../../domain/digest.ts';
import type { MayAsk } from '../../../domain/may-ask.ts';
import type { Capability } from '../../../domain/model.ts';
import type { Language } from '../../../words/languages.ts';
import { digestSavedText } from '../views/digest.ts';
import {
  accountsSavedText,
  channelSavedText,
  lacksText,
  languageSavedText,
  mayAskSavedText,
  refusedChannelText,
  remindersSavedText,
  retentionSavedText,
  roleRefusedText,
  roleSavedText,
  scheduleSavedText,
  zoneSavedText,
} from '../views/settings.ts';
import { card, type Md, md, problemText, say, type Text, type View } from '../views/view.ts';
import type { ChannelOption, RoleOption, Who } from './command.ts';

type Uses = Pick<App, 'settings'>;
type ChannelUses = Pick<App, 'settings' | 'deliveries'>;

/** What came of it. `refused`: nothing was changed; `why` in a line, for the field that has to be put right. */
export type Change =
  | { readonly kind: 'saved'; readonly said: Md }
  | { readonly kind: 'warning'; readonly said: Md }
  | { readonly kind: 'refused'; readonly said: Md; readonly why: Text };

/** The answer to a command that made it; `more` below what is said. */
export const changeView = ({ kind, said }: Change, more?: Md): View =>
  card(kind === 'saved' ? 'good' : kind === 'warning' ? 'warning' : 'bad', said, more);

/** Not a channel in which Usher cannot post; one that Discord refuses all the same is told as that. */
export async function changeChannel(
  { guildId, actor }: Who,
  purpose: ChannelPurpose,
  channel: ChannelOption,
  app: ChannelUses,
): Promise<Change> {
  const { id } = channel;
  if (channel.botLacks.length > 0)
    return {
      kind: 'refused',
      said: lacksText(channel),
      why: say('settings.channel.cannot', { channel: channel.name }),
    };
  const end = await app.settings.setChannel({ guildId, actorId: actor.id, purpose, channelId: id });
  if (end !== 'refused') return { kind: 'saved', said: channelSavedText(id, purpose, end === 'sent') };
  const refused = await app.deliveries.listRefused(guildId);
  const why = refused.find(({ channelId }) => channelId === id)?.trouble;
  return { kind: 'warning', said: refusedChannelText(id, purpose, why) };
}

export async function changeRole(
  { guildId, actor }: Who,
  role: RoleOption,
  { capability, action }: { readonly capability: Capability; readonly action: 'allow' | 'deny' | 'clear' },
  { settings }: Uses,
): Promise<Change> {
  const change = { guildId, actorId: actor.id, capability, roleId: role.id, action };
  const result = await settings.setRole(change);
  if (result.kind === 'saved')
    return { kind: 'saved', said: roleSavedText(role.id, capability, action, !role.seesStaffCommands) };
  const why =
    result.kind === 'everyone'
      ? say('settings.role.everyone')
      : say('settings.role.given', { role: role.name });
  return { kind: 'refused', said: roleRefusedText(result, role.id, capability), why };
}

export async function changeAccounts(
  { guildId, actor }: Who,
  max: number,
  { settings }: Uses,
): Promise<Change> {
  const { more } = await settings.setMaxAccounts({ guildId, actorId: actor.id, max });
  return { kind: 'saved', said: accountsSavedText(max, more) };
}

export async function changeRetention(
  { guildId, actor }: Who,
  days: number,
  { settings }: Uses,
): Promise<Change> {
  await settings.setRetention({ guildId, actorId: actor.id, days });
  return { kind: 'saved', said: retentionSavedText(days) };
}

export async function changeSchedule(
  { guildId, actor }: Who,
  typed: { readonly every?: string | undefined; readonly daily?: string | undefined },
  { settings }: Uses,
): Promise<Change> {
  const result = await settings.setSchedule({ guildId, actorId: actor.id, ...typed });
  if (result.kind === 'problem')
    return {
      kind: 'refused',
      said: problemText(say('settings.schedule.none'), md`${result.message}`),
      why: result.message,
    };
  return { kind: 'saved', said: scheduleSavedText(await settings.get(guildId)) };
}

export async function changeLanguage(
  { guildId, actor }: Who,
  language: Language,
  { settings }: Uses,
): Promise<Change> {
  await settings.setLanguage({ guildId, actorId: actor.id, language });
  return { kind: 'saved', said: languageSavedText(language) };
}

export async function changeReminders(
  { guildId, actor }: Who,
  typed: string,
  { settings }: Uses,
): Promise<Change> {
  const result = await settings.setReminders({ guildId, actorId: actor.id, typed });
  if (result.kind === 'problem')
    return {
      kind: 'refused',
      said: problemText(say('settings.reminders.none'), result.message, say('settings.reminders.how')),
      why: result.message,
    };
  return { kind: result.isTold ? 'saved' : 'warning', said: remindersSavedText(result) };
}

/** Without a time, in the morning. */
export async function changeDigest(
  { guildId, actor }: Who,
  { day, time = '09:00' }: { readonly day: Weekday | 'off'; readonly time?: string | undefined },
  { digest, settings }: Pick<App, 'digest' | 'settings'>,
): Promise<Change> {
  const change = { guildId, actorId: actor.id, day: day === 'off' ? null : day, time };
  const result = await digest.set(change);
  if (result.kind === 'problem')
    return {
      kind: 'refused',
      said: problemText(say('digest.notSaved'), result.message),
      why: result.message,
    };
  if (result.kind === 'nowhere') {
    const why = say('digest.nowhere.title');
    return { kind: 'refused', said: problemText(why, say('digest.nowhere.next')), why };
  }
  return { kind: 'saved', said: digestSavedText(result, await settings.get(guildId)) };
}

export async function changeMayAsk(
  { guildId, actor }: Who,
  mayAsk: MayAsk,
  { settings }: Uses,
): Promise<Change> {
  await settings.setMayAsk({ guildId, actorId: actor.id, mayAsk });
  const { requestsChannelId } = await settings.get(guildId);
  return { kind: 'saved', said: mayAskSavedText(mayAsk, requestsChannelId) };
}

export async function changeZone({ guildId, actor }: Who, zone: string, { settings }: Uses): Promise<Change> {
  const result = await settings.setZone({ guildId, actorId: actor.id, zone });
  return result.kind === 'problem'
    ? {
        kind: 'refused',
        said: problemText(say('settings.zone.none'), md`${result.message}`),
        why: result.message,
      }
    : { kind: 'saved', said: zoneSavedText(result.zone, result.localTime) };
}
