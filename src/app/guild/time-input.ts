/** Durations and moments as people typed them, in the guild's zone. Nothing is guessed: what is not clear is asked. */

import { addDuration, type DurationText, parseDuration, subtractDuration } from '../../domain/duration.ts';
import type { GuildId } from '../../domain/ids.ts';
import { lengthText } from '../../domain/length.ts';
import type { Misread, Reading } from '../../domain/unclear.ts';
import { type Sentence, say, type Text } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { TypedMoment } from '../ports/time.ts';

export type Resolved<T> = { readonly kind: 'ok'; readonly value: T } | Misread;

const MINUTE_MS = 60_000;
/** An end that is further away is more likely a slip. */
const FAR = '5y' as DurationText;

const isNever = (typed: string): boolean => typed.trim().toLowerCase() === 'never';

const problem = (message: Sentence): Misread => ({ kind: 'problem', message });

const clockIsWrong = (): Misread => problem(say('typing.time.clock'));

/** What somebody was asked about and means: it is not asked again. */
const EXACTLY = /^\s*exactly\s+/i;
const exactly = (typed: string): string => `exactly ${typed.trim()}`;
const withoutExactly = (typed: string): string => typed.replace(EXACTLY, '');

export function makeTimeInput(deps: Deps) {
  return {
    /** Start and end of a grant from its three options; an end that is not after the start is a problem. */
    async span(
      guildId: GuildId,
      typed: {
        readonly for?: string | undefined;
        readonly until?: string | undefined;
        readonly start?: string | undefined;
      },
    ): Promise<Resolved<{ readonly startsAt: Date; readonly expiresAt: Date | null }>> {
      if (
        Object.values(typed).some((text) => text !== undefined && !isNever(text)) &&
        deps.clockHold.isHeld()
      )
        return clockIsWrong();
      const { zone } = await deps.stores.of(guildId).settings.get();
      const now = deps.clock.now();
      const start = momentOf({ option: 'start', typed: typed.start, edge: 'from' }, zone, now);
      if (start.kind === 'problem') return start;
      const startsAt = start.value ?? now;
      if (typed.for !== undefined && typed.until !== undefined) return problem(say('typing.time.bothEnds'));
      const end = endOf(typed, startsAt, zone, now);
      if (end.kind === 'problem') return end;
      if (end.value !== null && end.value <= startsAt) return problem(say('typing.time.endBeforeStart'));
      if (end.value !== null && end.value <= now) return problem(say('typing.time.past'));
      const odd = oddEnd(typed, { startsAt, end: end.value, now, zone });
      return odd ?? { kind: 'ok', value: { startsAt, expiresAt: end.value } };
    },

    /** An end that was typed: a moment, or null for `never`. */
    async end(guildId: GuildId, typed: string): Promise<Resolved<Date | null>> {
      if (!isNever(typed) && deps.clockHold.isHeld()) return clockIsWrong();
      const { zone } = await deps.stores.of(guildId).settings.get();
      const now = deps.clock.now();
      const end = endOf({ until: typed }, now, zone, now);
      if (end.kind === 'problem' || end.value === null) return end;
      if (end.value <= now) return problem(say('typing.time.past'));
      return oddEnd({ until: typed }, { startsAt: now, end: end.value, now, zone }) ?? end;
    },

    /**
     * A duration that was typed into this option; `undefined` and `never` are null. More than five years are asked
     * about.
     */
    duration(typed: string | undefined, option = 'for'): Resolved<DurationText | null> {
      if (typed === undefined || isNever(typed)) return { kind: 'ok', value: null };
      const read = durationOf(typed, option);
      if (read.kind === 'problem') return read;
      const start = new Date(0);
      const isFar = addDuration(start, read.value, 'UTC') > addDuration(start, FAR, 'UTC');
      if (!isFar || EXACTLY.test(typed)) return read;
      const message = say('typing.duration.far', { lasts: lengthText(read.value), typed });
      return askedAbout(message, { option, typed });
    },

    /**
     * A moment that is over; without an amount of time it is read as always, and `2h` is two hours ago. A day without a
     * time is its first second.
     */
    async since(guildId: GuildId, typed: string): Promise<Resolved<Date>> {
      const { zone } = await deps.stores.of(guildId).settings.get();
      const now = deps.clock.now();
      const ago = durationOf(typed.replace(/\s+ago\s*$/i, ''), 'since', typed);
      if (ago.kind === 'ok') return { kind: 'ok', value: subtractDuration(now, ago.value, zone) };
      const moment = momentOf({ option: 'since', typed, edge: 'from' }, zone, now);
      if (moment.kind === 'problem') return moment;
      return moment.value === null || moment.value > now
        ? problem(say('typing.time.notYet', { typed }))
        : { kind: 'ok', value: moment.value };
    },

    /** Now plus a duration, in the guild's zone. */
    async after(guildId: GuildId, duration: DurationText): Promise<Resolved<Date>> {
      if (deps.clockHold.isHeld()) return clockIsWrong();
      const { zone } = await deps.stores.of(guildId).settings.get();
      return { kind: 'ok', value: addDuration(deps.clock.now(), duration, zone) };
    },
  };

  function endOf(
    typed: { readonly for?: string | undefined; readonly until?: string | undefined },
    startsAt: Date,
    zone: string,
    now: Date,
  ): Resolved<Date | null> {
    if (typed.until !== undefined && !isNever(typed.until))
      return momentOf({ option: 'until', typed: typed.until, edge: 'to' }, zone, now);
    if (typed.for === undefined || isNever(typed.for)) return { kind: 'ok', value: null };
    const read = durationOf(typed.for, 'for');
    return read.kind === 'problem' ? read : { kind: 'ok', value: addDuration(startsAt, read.value, zone) };
  }

  /** A day without a time is its first second as a start, and its last one as an end. Null when nothing was typed. */
  function momentOf(
    {
      option,
      typed,
      edge,
    }: { option: 'start' | 'until' | 'since'; typed: string | undefined; edge: 'from' | 'to' },
    zone: string,
    now: Date,
  ): Resolved<Date | null> {
    if (typed === undefined) return { kind: 'ok', value: null };
    const text = withoutExactly(typed);
    const fromNow = durationOf(text.replace(/^\s*in\s+/i, ''), option, typed);
    if (fromNow.kind === 'ok') return { kind: 'ok', value: addDuration(now, fromNow.value, zone) };
    if (fromNow.unclear) return fromNow;
    const moments = deps.dateParser.parse(text, zone, now);
    const [moment, ...others] = moments;
    if (!moment) return problem(say('typing.time.none', { typed: text, option }));
    if (others.length === 0) return { kind: 'ok', value: moment[edge] };
    const readings = moments.map((one) => ({ label: momentText(one), text: writtenOut(one) }));
    const [first = '', second = ''] = readings.map((reading) => reading.label);
    const message = say('typing.time.twoDays', { typed: text, first, second });
    return { ...problem(message), unclear: { typed, option, readings } };
  }
}

/** `whole`: what was typed into the option, where that is more than the duration. */
function durationOf(text: string, option: string, whole = text): Resolved<DurationText> {
  const parsed = parseDuration(withoutExactly(text));
  if (parsed.kind === 'duration') return { kind: 'ok', value: parsed.duration };
  const readings = parsed.readings?.map(
    (duration): Reading => ({ label: lengthText(duration), text: duration }),
  );
  if (!readings || readings.length === 0) return problem(parsed.message);
  return { ...problem(parsed.message), unclear: { typed: whole, option, readings } };
}

interface Span {
  readonly startsAt: Date;
  readonly end: Date | null;
  readonly now: Date;
  readonly zone: string;
}

/**
 * Asks about an end that is so near or so far away that it is more likely a slip. A length in seconds says what it is,
 * and is none.
 */
function oddEnd(
  typed: { readonly for?: string | undefined; readonly until?: string | undefined },
  { startsAt, end, now, zone }: Span,
): Misread | undefined {
  const [option, text] =
    typed.until === undefined ? (['for', typed.for] as const) : (['until', typed.until] as const);
  if (end === null || text === undefined || EXACTLY.test(text)) return undefined;
  const about = { option, typed: text };
  const isSoon = end.getTime() - Math.max(startsAt.getTime(), now.getTime()) < MINUTE_MS;
  if (isSoon && option === 'until') return askedAbout(say('typing.time.soon', { end, typed: text }), about);
  const isFar = end > addDuration(now, FAR, zone);
  return isFar ? askedAbout(say('typing.time.far', { end, typed: text }), about) : undefined;
}

const askedAbout = (message: Sentence, { option, typed }: { option: string; typed: string }): Misread => ({
  kind: 'problem',
  message,
  unclear: { option, typed, readings: [{ label: say('typing.time.take'), text: exactly(typed) }] },
});

/** `3 April 2027`, with the time where one was typed. */
function momentText({ day: { year, month, day }, time }: TypedMoment): Text {
  const date = say('typing.day', { day, month: say(`typing.month.${MONTHS[month - 1] ?? 'january'}`), year });
  return time === undefined ? date : say('typing.dayTime', { date, time });
}

const MONTHS = [
  ...(['january', 'february', 'march', 'april', 'may', 'june'] as const),
  ...(['july', 'august', 'september', 'october', 'november', 'december'] as const),
];

function writtenOut({ day: { year, month, day }, time }: TypedMoment): string {
  const [monthText, dayText] = [month, day].map((part) => String(part).padStart(2, '0'));
  return [`${year}-${monthText}-${dayText}`, time].filter((part) => part !== undefined).join(' ');
}
