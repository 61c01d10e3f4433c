/** Settings of a guild in words: all of them, a change that was made, and one that was not. */

import type { ChannelPurpose, RoleChange, ShownSettings } from '../../../app/guild/settings.ts';
import type { RefusedChannel } from '../../../app/ports/outbox.ts';
import type { ShownRolePlan } from '../../../app/presence/role-plans.ts';
import type { ChannelRight } from '../../../domain/channel-rights.ts';
import type { DurationText } from '../../../domain/duration.ts';
import { lengthText } from '../../../domain/length.ts';
import type { MayAsk } from '../../../domain/may-ask.ts';
import type { Capability } from '../../../domain/model.ts';
import { remindersSentence } from '../../../domain/reminders.ts';
import type { Language } from '../../../words/languages.ts';
import { digestLine } from './digest.ts';
import { noticesLine } from './notices.ts';
import { panelsLine } from './panel.ts';
import { rolePlansText } from './role-plans.ts';
import {
  type Block,
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
  problemText,
  relative,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

/** What can be changed from the list, in the order of the list. */
export const CHANGEABLE = [
  'audit',
  'alerts',
  'requests',
  'zone',
  'schedule',
  'accounts',
  'reminders',
  'asks',
  'retention',
  'digest',
  'language',
  'role',
] as const;
export type Changeable = (typeof CHANGEABLE)[number];

/** `said`: what has just been changed. */
export function settingsView(
  now: ShownSettings,
  refused: readonly RefusedChannel[],
  {
    mayChange,
    said,
    rolePlans,
    panels,
  }: {
    readonly mayChange: boolean;
    readonly said?: Md | undefined;
    readonly rolePlans: readonly ShownRolePlan[];
    /** The channels in which there is one. */
    readonly panels: readonly string[];
  },
): View {
  const channel = (id: string | null) => (id === null ? say('settings.show.notChosen') : mention.channel(id));
  const next = relative(now.nextSyncAt);
  const schedule = now.syncDailyAt
    ? say('settings.show.daily', { time: now.syncDailyAt, next })
    : say('settings.show.every', { minutes: now.syncEveryMinutes ?? 60, next });
  return card(
    refused.length > 0 ? 'warning' : 'neutral',
    said,
    md`**${say('settings.show.title')}**`,
    refusedText(refused),
    join(
      [
        say('settings.show.audit', { channel: channel(now.auditChannelId) }),
        say('settings.show.alerts', { channel: channel(now.alertsChannelId) }),
        say('settings.show.requests', { channel: channel(now.requestsChannelId) }),
        say('settings.show.zone', { zone: now.zone, time: now.localTime }),
        schedule,
        say('settings.show.accounts', { max: now.maxAccounts }),
        say('settings.show.leave', { grace: lengthText(now.leaveGrace) }),
        noticesLine(now.notices),
        remindersSentence(now.reminders),
        say(`settings.requests.${now.mayAsk}`),
        say('settings.show.retention', { days: now.retentionDays }),
        panelsLine(panels),
        digestLine(now),
        say('settings.show.language', { language: languageName(now.language) }),
      ],
      '\n',
    ),
    rolesText(now.roles),
    rolePlansText(rolePlans),
    mayChange ? changeSelect : undefined,
  );
}

/** Which roles are mapped to what. */
export function rolesText(rules: ShownSettings['roles']): Md {
  const lines = rules.map(({ roleId, capability, effect }) => roleLine(effect, roleId, capability));
  return join(
    [
      md`**${say('settings.show.who')}**`,
      ...(lines.length > 0 ? lines : [say('settings.show.noRoles')]),
      md`-# ${say('settings.show.born')}`,
    ],
    '\n',
  );
}

const roleLine = (effect: 'allow' | 'deny', roleId: string, capability: Capability): Sentence =>
  say(`settings.show.${effect}`, {
    role: mention.role(roleId),
    capability: say(`settings.capability.${capability}`),
  });

const changeSelect: Block = {
  kind: 'select',
  command: 'settings show',
  op: 'change',
  placeholder: say('settings.show.change'),
  options: CHANGEABLE.map((what) => ({ label: say(`settings.change.${what}`), value: what })),
};

/** Channels in which Usher may not post; undefined when it may everywhere. */
export function refusedText(refused: readonly RefusedChannel[]): Md | undefined {
  const lines = refused.map(({ channelId, since, trouble, waiting }) => {
    const channel = mention.channel(channelId);
    return md`⚠️ ${say('settings.show.refused', { channel, since: relative(since), why: trouble, waiting })}`;
  });
  return lines.length > 0 ? join(lines, '\n') : undefined;
}

/** Why a channel cannot be chosen. */
export function lacksText({
  id,
  botLacks,
}: {
  readonly id: string;
  readonly botLacks: readonly ChannelRight[];
}): Md {
  const rights = botLacks.map((right) => say(`settings.right.${right}`));
  return problemText(
    say('settings.channel.cannot', { channel: mention.channel(id) }),
    say('settings.channel.lacks', { rights }),
    say('settings.channel.mend'),
  );
}

/** A channel was chosen, and Discord does not take what Usher says there. */
export const refusedChannelText = (channelId: string, purpose: ChannelPurpose, why: Text | undefined): Md =>
  problemText(
    why === undefined
      ? say('settings.channel.refused', { channel: mention.channel(channelId) })
      : say('settings.channel.refusedWhy', { channel: mention.channel(channelId), why }),
    say('settings.channel.refusedState', { purpose }),
    say('settings.channel.refusedMend'),
  );

export function channelSavedText(channelId: string, purpose: ChannelPurpose, isThere: boolean): Md {
  const channel = mention.channel(channelId);
  const first = isThere ? say('settings.channel.sent') : say('settings.channel.waits');
  return md`✅ ${say(`settings.channel.${purpose}`, { channel })} ${first}`;
}

type RoleRefusal = Exclude<RoleChange, { kind: 'saved' }>;

/** Why a role is not mapped. */
export function roleRefusedText(refusal: RoleRefusal, roleId: string, capability: Capability): Md {
  const called = say(`settings.capability.${capability}`);
  return refusal.kind === 'everyone'
    ? problemText(
        say('settings.role.everyone'),
        say('settings.role.everyoneWhy', { capability: called }),
        say('settings.role.everyoneMend'),
      )
    : problemText(
        say('settings.role.given', { role: mention.role(roleId) }),
        say('settings.role.givenWhy', { where: refusal.where, capability: called }),
        say('settings.role.givenMend'),
      );
}

/** `isHidden`: its holders are not offered the commands for staff. */
export function roleSavedText(
  roleId: string,
  capability: Capability,
  action: 'allow' | 'deny' | 'clear',
  isHidden: boolean,
): Md {
  const role = mention.role(roleId);
  const saved = say(`settings.role.${action}`, {
    role,
    capability: say(`settings.capability.${capability}`),
  });
  return isHidden && action === 'allow'
    ? md`✅ ${saved}\n⚠️ ${say('setup.roles.hidden', { role })}`
    : md`✅ ${saved}`;
}

export function accountsSavedText(max: number, more: number): Md {
  const saved = md`✅ ${say('settings.accounts.saved', { max })}`;
  return more > 0 ? md`${saved}\n${say('settings.accounts.more', { count: more })}` : saved;
}

export const retentionSavedText = (days: number): Md => md`✅ ${say('settings.retention.saved', { days })}`;

export function scheduleSavedText({
  syncEveryMinutes,
  syncDailyAt,
  nextSyncAt,
  zone,
}: Pick<ShownSettings, 'syncEveryMinutes' | 'syncDailyAt' | 'nextSyncAt' | 'zone'>): Md {
  const next = moment(nextSyncAt);
  return syncDailyAt === null
    ? md`✅ ${say('settings.schedule.every', { minutes: syncEveryMinutes ?? 60, next })}`
    : md`✅ ${say('settings.schedule.daily', { time: syncDailyAt, zone, next })}`;
}

export function remindersSavedText({
  reminders,
  isTold,
}: {
  readonly reminders: readonly DurationText[];
  readonly isTold: boolean;
}): Md {
  const saved = md`✅ ${remindersSentence(reminders)}`;
  if (reminders.length === 0) return saved;
  const next = isTold
    ? say('settings.reminders.quiet')
    : say('settings.reminders.off', { command: code('/settings notices') });
  return md`${saved}\n${isTold ? '' : '⚠️ '}${next}`;
}

/** Without a channel of their own, requests go to that for alerts. */
export function mayAskSavedText(mayAsk: MayAsk, requestsChannelId: string | null): Md {
  const saved = md`✅ ${say(`settings.requests.${mayAsk}`)}`;
  if (mayAsk === 'none') return saved;
  const where =
    requestsChannelId === null
      ? say('settings.requests.noChannel', { command: code('/settings channel') })
      : say('settings.requests.channel', { channel: mention.channel(requestsChannelId) });
  return md`${saved}\n${where}`;
}

const languageName = (language: Language): Sentence => say(`settings.language.name.${language}`);

export const languageSavedText = (language: Language): Md =>
  md`✅ ${say('settings.language.saved', { language: languageName(language) })}`;

export const zoneSavedText = (zone: string, time: string): Md =>
  md`✅ ${say('settings.zone.saved', { zone, time })}`;
