/** When members are reminded that their access ends: so long before it, and at no hour at which people sleep. Pure. */
import { DateTime } from 'luxon';
import { type Sentence, say } from '../words/say.ts';
import { addDuration, type DurationText, parseDuration, subtractDuration } from './duration.ts';
import { lengthText } from './length.ts';
import type { Grant } from './model.ts';

/** Nobody is reminded from this hour on, until that one, in the zone of the guild. */
const QUIET = { from: 22, until: 8 } as const;
/** A reminder that leaves less time than this is of no use. */
const LEAST_MS = 60 * 60 * 1000;
/** One that is late by more than that is left to the next one, if that comes soon. */
const LATE_MS = 60 * 60 * 1000;
const SOON_MS = 12 * 60 * 60 * 1000;
/** So many for each end. */
const MOST = 5;

/** What a guild has chosen, and where it is. */
export interface ReminderRule {
  /** How long before the end. */
  readonly reminders: readonly DurationText[];
  readonly zone: string;
}

type Span = Pick<Grant, 'state' | 'startsAt' | 'expiresAt'>;

/** `remindAt` of a grant of which nobody has worked out yet when its member is reminded. */
export const TO_BE_PLANNED = new Date(0);

/** Reads `7d, 1d`, or `off`; the longest first. */
export function parseReminders(
  typed: string,
):
  | { readonly kind: 'ok'; readonly value: readonly DurationText[] }
  | { readonly kind: 'problem'; readonly message: Sentence } {
  if (/^\s*(off|never|none)\s*$/i.test(typed)) return { kind: 'ok', value: [] };
  const byLength = new Map<number, DurationText>();
  for (const part of typed.split(/[,;\n]/)) {
    const parsed = parseDuration(part);
    if (parsed.kind === 'problem') return parsed;
    byLength.set(lengthMs(parsed.duration), parsed.duration);
  }
  if (byLength.size > MOST)
    return { kind: 'problem', message: say('settings.reminders.tooMany', { most: MOST }) };
  return {
    kind: 'ok',
    value: [...byLength].toSorted(([one], [other]) => other - one).map(([, text]) => text),
  };
}

const lengthMs = (duration: DurationText): number => addDuration(new Date(0), duration, 'UTC').getTime();

/** When members are reminded, in a sentence. */
export const remindersSentence = (reminders: readonly DurationText[]): Sentence =>
  reminders.length === 0
    ? say('settings.reminders.never')
    : say('settings.reminders.some', { before: reminders.map(lengthText) });

/**
 * The next moment after `now` at which the member is reminded; null when there is none. A grant that is shorter than
 * what a reminder comes before has none of it.
 */
export function nextReminder(grant: Span, rule: ReminderRule, now: Date): Date | null {
  return momentsOf(grant, rule).find((at) => at > now) ?? null;
}

/**
 * What to do about a grant whose moment has come. `later`: people sleep. One that is late is sent only while it is of
 * use, and not shortly before the next one, which says the same.
 */
export function dueReminder(
  grant: Span,
  { rule, plannedFor }: { readonly rule: ReminderRule; readonly plannedFor: Date },
  now: Date,
):
  | { readonly kind: 'send' | 'none'; readonly next: Date | null }
  | { readonly kind: 'later'; readonly next: Date } {
  const next = nextReminder(grant, rule, now);
  const { expiresAt } = grant;
  const isDue =
    plannedFor.getTime() !== TO_BE_PLANNED.getTime() &&
    expiresAt !== null &&
    momentsOf(grant, rule).some((at) => at <= now);
  if (!isDue || expiresAt.getTime() - now.getTime() < LEAST_MS) return { kind: 'none', next };
  const isLate = now.getTime() - plannedFor.getTime() > LATE_MS;
  if (isLate && next !== null && next.getTime() - now.getTime() < SOON_MS) return { kind: 'none', next };
  const wakes = audible(now, expiresAt, rule.zone);
  return wakes > now ? { kind: 'later', next: wakes } : { kind: 'send', next };
}

/** All moments of an end, the earliest first. */
function momentsOf({ state, startsAt, expiresAt }: Span, { reminders, zone }: ReminderRule): readonly Date[] {
  if (expiresAt === null || (state !== 'active' && state !== 'scheduled')) return [];
  return reminders
    .map((before) => subtractDuration(expiresAt, before, zone))
    .filter((at) => at > startsAt)
    .map((at) => audible(at, expiresAt, zone))
    .filter((at) => at > startsAt)
    .toSorted((one, other) => one.getTime() - other.getTime());
}

/** The same moment, or the morning after the quiet hours; their evening where the end comes before that. */
function audible(at: Date, end: Date, zone: string): Date {
  const local = DateTime.fromJSDate(at, { zone });
  const isLate = local.hour >= QUIET.from;
  if (!isLate && local.hour >= QUIET.until) return at;
  const day = local.startOf('day');
  const morning = day.plus({ days: isLate ? 1 : 0 }).set({ hour: QUIET.until });
  if (morning.toMillis() <= end.getTime() - LEAST_MS) return morning.toJSDate();
  return day
    .minus({ days: isLate ? 0 : 1 })
    .set({ hour: QUIET.from })
    .toJSDate();
}
