/** The settings of a guild: a line here makes one, and says what holds until somebody chooses. */
import type { Language } from '../words/languages.ts';
import type { Weekday } from './digest.ts';
import type { DurationText } from './duration.ts';
import type { GuildId } from './ids.ts';
import type { MayAsk } from './may-ask.ts';
import { NOTICE_KINDS, type NoticeKind } from './notice-kinds.ts';

interface Settings {
  /** IANA name of the guild's time zone. */
  readonly zone: string;
  /** Of what is posted in its channels; people are answered in their own. */
  readonly language: Language;
  readonly auditChannelId: string | null;
  readonly requestsChannelId: string | null;
  readonly alertsChannelId: string | null;
  /** Minutes between full syncs; null when `syncDailyAt` is used. */
  readonly syncEveryMinutes: number | null;
  /** HH:MM in `zone`. */
  readonly syncDailyAt: string | null;
  readonly nextSyncAt: Date;
  /** How many accounts a member may have on one server, or with one owner where accounts are a vendor's. */
  readonly maxAccounts: number;
  /** How long grants go on after their member left. */
  readonly leaveGrace: DurationText;
  /** What members are told of by direct message. */
  readonly notices: readonly NoticeKind[];
  /** How long before an end its member is reminded, the longest first. */
  readonly reminders: readonly DurationText[];
  readonly mayAsk: MayAsk;
  /** How many days is kept what was sent or done; the record stays. */
  readonly retentionDays: number;
  /** Day of the week and HH:MM of the digest, in `zone`, and when the next one is due; null while nobody wants one. */
  readonly digestDay: Weekday | null;
  readonly digestTime: string | null;
  readonly nextDigestAt: Date | null;
}

/** Of a guild that has set nothing; its first sync is due at once. A test keeps them equal to the schema. */
export const DEFAULT_SETTINGS: Settings = {
  zone: 'UTC',
  language: 'en',
  auditChannelId: null,
  requestsChannelId: null,
  alertsChannelId: null,
  syncEveryMinutes: 60,
  syncDailyAt: null,
  nextSyncAt: new Date(0),
  maxAccounts: 1,
  leaveGrace: '7d' as DurationText,
  notices: NOTICE_KINDS,
  reminders: ['7d' as DurationText, '1d' as DurationText],
  mayAsk: 'renew',
  retentionDays: 90,
  digestDay: null,
  digestTime: null,
  nextDigestAt: null,
};

/** How few and how many days an admin may choose. An outage, and whoever comes back to it, are over by then. */
export const RETENTION_DAYS = { min: 7, max: 3650 } as const;

export interface GuildSettings extends Settings {
  readonly guildId: GuildId;
}
