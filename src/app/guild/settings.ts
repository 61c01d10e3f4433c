/** Settings of a guild, and who may do what in it. */

import { sameSet } from '../../domain/access.ts';
import { accountsThere } from '../../domain/account-limit.ts';
import { capabilitiesOf, type Person } from '../../domain/capability.ts';
import { nextDigest } from '../../domain/digest.ts';
import type { DurationText } from '../../domain/duration.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { lengthOfSeconds, lengthText } from '../../domain/length.ts';
import type { Account, Capability, GuildSettings } from '../../domain/model.ts';
import { NOTICE_KINDS, type NoticeKind, noticesSentence } from '../../domain/notice-kinds.ts';
import { localTime, nextSync, parseSchedule, shownSync } from '../../domain/schedule.ts';
import type { Misread } from '../../domain/unclear.ts';
import { searchZones, zonesMeant } from '../../domain/zones.ts';
import type { Language } from '../../words/languages.ts';
import { type Sentence, say } from '../../words/say.ts';
import { closeRefused, moveAlerts } from '../ledger/posts.ts';
import { moveRequests } from '../ledger/requests.ts';
import type { Deps } from '../ports/deps.ts';
import type { AwaitDelivery, DeliveryKind } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';
import { makeRenewalSettings } from './renewal-settings.ts';
import { whereGiven } from './roles.ts';
import { noteChange } from './setting-changed.ts';

export type ChannelPurpose = 'audit' | 'requests' | 'alerts';

const CHANNEL_FIELD = {
  audit: 'auditChannelId',
  requests: 'requestsChannelId',
  alerts: 'alertsChannelId',
} as const;

const COMPLETIONS = 25;

/** Long enough for Discord to take or refuse a line; after that the reply says that it is on its way. */
export const LINE_PATIENCE_MS = 5_000;

/** How the first line in a channel fared. */
export type LineEnd = 'sent' | 'refused' | 'on-its-way';

export const lineEnd = (end: Awaited<ReturnType<AwaitDelivery>>): LineEnd =>
  end === 'sent' ? 'sent' : end === undefined ? 'on-its-way' : 'refused';

export function makeSettings(deps: Deps, awaitDelivery: AwaitDelivery) {
  return {
    ...makeRenewalSettings(deps),

    /** Capabilities of a person in a guild, from the raw facts an interaction carried. */
    async capabilitiesOf(guildId: GuildId, person: Person): Promise<ReadonlySet<Capability>> {
      return capabilitiesOf(person, await deps.stores.of(guildId).settings.listRoleRules());
    },

    /**
     * Chooses a channel. A first message goes there at once, and shows whether Usher can post in it: resolves to how it
     * fared.
     */
    async setChannel(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly purpose: ChannelPurpose;
      readonly channelId: string;
    }): Promise<LineEnd> {
      const id = deps.codes.newId();
      // Listened for before it is owed: the relay may have sent it before the transaction returns.
      const line = change.purpose === 'audit' ? `audit ${change.channelId}` : id;
      const fate = awaitDelivery(line, LINE_PATIENCE_MS);
      await deps.stores.transaction(change.guildId, async (tx) => {
        const now = deps.clock.now();
        const field = CHANNEL_FIELD[change.purpose];
        const { [field]: was } = await tx.settings.get();
        await moveWaiting(deps, tx, change, now);
        await tx.settings.update({ [field]: change.channelId });
        // Chosen again, it is tried again, of which the record knows nothing new. Its own channel is tried by an event.
        if (was !== change.channelId || change.purpose === 'audit')
          await tx.audit.append({
            action: 'settings.changed',
            actorId: change.actorId,
            facts: {
              ...{ channel: change.channelId, how: change.purpose },
              ...(was !== null && was !== change.channelId && { before: { channel: was } }),
            },
            at: now,
          });
        // For the audit channel the event above is that message; the other channels get one of their own.
        if (change.purpose === 'audit') return await moveAlerts(deps, tx, now);
        await tx.deliveries.owe(
          {
            id,
            // Before the first alert that follows.
            kind: change.purpose === 'alerts' ? 'alert' : 'channel',
            sink: change.channelId,
            content: { kind: 'notice', text: say(`settings.channel.first.${change.purpose}`) },
          },
          now,
        );
        await moveAlerts(deps, tx, now);
        if (change.purpose === 'requests') await moveRequests(deps, tx, now);
      });
      return lineEnd(await fate);
    },

    /**
     * Maps a Discord role to a capability, or takes the mapping away again with `action: 'clear'`. Refused for
     * everybody at once, and for what plans and invites give: whoever has one of these would be staff.
     */
    async setRole(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly capability: Capability;
      readonly roleId: string;
      readonly action: 'allow' | 'deny' | 'clear';
    }): Promise<RoleChange> {
      const { guildId, actorId, capability, roleId, action } = change;
      return await deps.stores.transaction(guildId, async (tx) => {
        const isSet = action !== 'clear';
        // @everyone has the id of its guild.
        if (isSet && roleId === guildId) return { kind: 'everyone' };
        const where = isSet ? await whereGiven(tx, roleId, deps.clock.now()) : [];
        if (where.length > 0) return { kind: 'given', where };
        const rules = await tx.settings.listRoleRules();
        const before = rules.find((rule) => rule.roleId === roleId && rule.capability === capability);
        if (action === (before?.effect ?? 'clear')) return { kind: 'saved' };
        if (action === 'clear') await tx.settings.removeRoleRule(roleId, capability);
        else await tx.settings.setRoleRule({ roleId, capability, effect: action });
        await tx.audit.append({
          action: 'settings.changed',
          actorId,
          facts: { role: roleId, capability, how: action },
          at: deps.clock.now(),
        });
        return { kind: 'saved' };
      });
    },

    /**
     * How many accounts a member may have on one server, or with one owner. It concerns what is linked from now on;
     * resolves to how many members have more, who keep them.
     */
    async setMaxAccounts(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly max: number;
    }): Promise<{ readonly more: number }> {
      const { guildId, actorId, max } = change;
      return await deps.stores.transaction(guildId, async (tx) => {
        const { maxAccounts: before } = await tx.settings.get();
        if (before !== max) {
          await tx.settings.update({ maxAccounts: max });
          const detail = say('audit.setting.accounts', { max, before });
          await noteChange(tx, actorId, detail, deps.clock.now());
        }
        const [servers, accounts] = await Promise.all([tx.servers.list(), tx.accounts.list()]);
        const linked = Map.groupBy(
          accounts.filter(({ memberId }) => memberId !== null),
          ({ memberId }) => memberId,
        );
        const hasMore = (theirs: readonly Account[]) =>
          servers.some((server) => accountsThere({ server, servers, theirs }).length > max);
        return { more: linked.values().filter(hasMore).toArray().length };
      });
    },

    /** How long grants go on after their member left: of whoever leaves from now on. */
    async setLeaveGrace(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly grace: DurationText;
    }): Promise<void> {
      await deps.stores.transaction(change.guildId, async (tx) => {
        const { leaveGrace: before } = await tx.settings.get();
        if (before === change.grace) return;
        await tx.settings.update({ leaveGrace: change.grace });
        const values = { grace: lengthText(change.grace), before: lengthText(before) };
        await noteChange(tx, change.actorId, say('audit.setting.leave', values), deps.clock.now());
      });
    },

    /** What members are told of by direct message. Resolves to what was chosen, in the order of all of them. */
    async setNotices(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly notices: readonly NoticeKind[];
    }): Promise<{ readonly kind: 'saved' | 'unchanged'; readonly notices: readonly NoticeKind[] }> {
      return await deps.stores.transaction(change.guildId, async (tx) => {
        const { notices: before } = await tx.settings.get();
        const notices = NOTICE_KINDS.filter((kind) => change.notices.includes(kind));
        if (sameSet(before, notices)) return { kind: 'unchanged', notices };
        await tx.settings.update({ notices });
        const detail = say('audit.setting.notices', {
          now: noticesSentence(notices),
          before: noticesSentence(before),
        });
        await noteChange(tx, change.actorId, detail, deps.clock.now());
        return { kind: 'saved', notices };
      });
    },

    /** How many days is kept what was sent or done. */
    async setRetention(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly days: number;
    }): Promise<void> {
      const { guildId, actorId, days } = change;
      await deps.stores.transaction(guildId, async (tx) => {
        const { retentionDays: before } = await tx.settings.get();
        if (before === days) return;
        await tx.settings.update({ retentionDays: days });
        await noteChange(tx, actorId, say('audit.setting.retention', { days, before }), deps.clock.now());
      });
    },

    /** The settings and role rules of a guild, and what time it is there. */
    async get(guildId: GuildId) {
      const { settings } = deps.stores.of(guildId);
      const [values, roles] = await Promise.all([settings.get(), settings.listRoleRules()]);
      const now = deps.clock.now();
      const nextSyncAt = shownSync(values, now);
      return { ...values, nextSyncAt, roles, localTime: localTime(values.zone, now) };
    },

    /** When full syncs run: every so often (5 minutes to a day), or daily at a time of day in the guild's zone. */
    async setSchedule(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly every?: string | undefined;
      readonly daily?: string | undefined;
    }): Promise<{ readonly kind: 'saved'; readonly message: string; readonly nextSyncAt: Date } | Misread> {
      const schedule = parseSchedule(change.every, change.daily);
      if (schedule.kind === 'problem') return schedule;
      const { syncEveryMinutes, syncDailyAt } = schedule;
      return await deps.stores.transaction(change.guildId, async (tx) => {
        const now = deps.clock.now();
        const before = await tx.settings.get();
        const { zone } = before;
        const nextSyncAt = nextSync({ zone, syncEveryMinutes, syncDailyAt }, now);
        const isSame = before.syncEveryMinutes === syncEveryMinutes && before.syncDailyAt === syncDailyAt;
        if (!isSame) await tx.settings.update({ syncEveryMinutes, syncDailyAt, nextSyncAt });
        const message = syncDailyAt ? `daily at ${syncDailyAt} (${zone})` : `every ${change.every ?? ''}`;
        if (isSame) return { kind: 'saved', message, nextSyncAt: before.nextSyncAt };
        const detail = say('audit.setting.schedule', {
          schedule: scheduleOf({ syncEveryMinutes, syncDailyAt }),
          before: scheduleOf(before),
        });
        await noteChange(tx, change.actorId, detail, now);
        return { kind: 'saved', message, nextSyncAt };
      });
    },

    /**
     * The zone in which moments, calendar months and daily times of a guild are read; a daily sync follows it. It may
     * be named by a city or a country in it.
     */
    async setZone(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly zone: string;
    }): Promise<{ readonly kind: 'saved'; readonly zone: string; readonly localTime: string } | Misread> {
      const [zone, ...others] = zonesMeant(change.zone, COMPLETIONS);
      if (zone === undefined || others.length > 0) return notOneZone(change.zone);
      return await deps.stores.transaction(change.guildId, async (tx) => {
        const now = deps.clock.now();
        const before = await tx.settings.get();
        if (before.zone !== zone) {
          const nextSyncAt = before.syncDailyAt ? nextSync({ ...before, zone }, now) : before.nextSyncAt;
          await tx.settings.update({ zone, nextSyncAt, ...digestIn(zone, before, now) });
          await tx.grants.forgetReminders();
          const detail = say('audit.setting.zone', { zone, before: before.zone });
          await noteChange(tx, change.actorId, detail, now);
        }
        return { kind: 'saved', zone, localTime: localTime(zone, now) };
      });
    },

    /** What time it is in a zone. */
    timeIn: (zone: string): string => localTime(zone, deps.clock.now()),

    /** The language of what is posted in the guild's channels. */
    async setLanguage(change: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly language: Language;
    }): Promise<void> {
      const { guildId, actorId, language } = change;
      await deps.stores.transaction(guildId, async (tx) => {
        const { language: before } = await tx.settings.get();
        if (before === language) return;
        await tx.settings.update({ language });
        const detail = say('audit.setting.language', {
          language: say(`settings.language.name.${language}`),
          before: say(`settings.language.name.${before}`),
        });
        await noteChange(tx, actorId, detail, deps.clock.now());
      });
    },

    /** Time zones that fit what was typed so far. */
    findZones: (typed: string): readonly string[] => searchZones(typed, COMPLETIONS),
  };
}

export type RoleChange =
  | { readonly kind: 'saved' }
  | { readonly kind: 'everyone' }
  | { readonly kind: 'given'; readonly where: readonly Sentence[] };

/** What there is to be shown. */
export type ShownSettings = Awaited<ReturnType<ReturnType<typeof makeSettings>['get']>>;

function notOneZone(typed: string): Misread {
  const readings = zonesMeant(typed, COMPLETIONS).map((zone) => ({ label: zone, text: zone }));
  if (readings.length === 0) return { kind: 'problem', message: say('typing.zone.none', { typed }) };
  const unclear = { typed, option: 'zone', readings, isListed: true };
  return { kind: 'problem', message: say('typing.zone.several', { typed }), unclear };
}

/**
 * What Discord refuses in the channel that was chosen before follows to the new one, or is tried again when it is the
 * same.
 */
async function moveWaiting(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { purpose, channelId }: { readonly purpose: ChannelPurpose; readonly channelId: string },
  now: Date,
): Promise<void> {
  await tx.deliveries.retryRefused(now);
  const before = await tx.settings.get();
  const from = before[CHANNEL_FIELD[purpose]];
  if (from === null || from === channelId || purpose === 'requests') return;
  const refused = await tx.deliveries.listRefused();
  if (refused.every((one) => one.channelId !== from)) return;
  const other = purpose === 'audit' ? before.alertsChannelId : before.auditChannelId;
  const own: DeliveryKind = purpose === 'audit' ? 'audit' : 'alert';
  const kinds: readonly DeliveryKind[] = from === other ? [own] : ['audit', 'alert'];
  for (const kind of kinds) await tx.deliveries.move({ from, to: channelId }, kind, now);
  await closeRefused(deps, tx, { channelId: from, end: 'moved' }, now);
}

/** The digest comes at the same time of day as before, in the zone of now. */
function digestIn(zone: string, { digestDay: day, digestTime: time }: GuildSettings, now: Date) {
  return day === null || time === null ? {} : { nextDigestAt: nextDigest({ zone, day, time }, now) };
}

function scheduleOf({
  syncEveryMinutes,
  syncDailyAt,
}: Pick<GuildSettings, 'syncEveryMinutes' | 'syncDailyAt'>): Sentence {
  if (syncDailyAt !== null) return say('audit.setting.daily', { time: syncDailyAt });
  return say('audit.setting.every', { length: lengthOfSeconds((syncEveryMinutes ?? 60) * 60) });
}
