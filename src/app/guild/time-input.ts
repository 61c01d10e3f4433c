/** Durations and moments as people typed them, in the guild's zone. */

import { addDuration, type DurationText, parseDuration } from '../../domain/duration.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';

export type Resolved<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'problem'; readonly message: string };

const isNever = (typed: string): boolean => typed.trim().toLowerCase() === 'never';

const CLOCK_IS_WRONG = {
  kind: 'problem',
  message:
    'Usher does not believe its clock right now (/jobs list says why), and would count from the wrong moment. Try again when it is set; a grant without start and end can be given all the same.',
} as const;

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
        return CLOCK_IS_WRONG;
      const { zone } = await deps.stores.of(guildId).settings.get();
      const now = deps.clock.now();
      const startsAt = typed.start === undefined ? now : deps.dateParser.parse(typed.start, zone, now);
      if (!startsAt) return notAMoment('start', typed.start);
      if (typed.for !== undefined && typed.until !== undefined)
        return {
          kind: 'problem',
          message: 'Give either “for” (a duration) or “until” (a moment), not both.',
        };
      const end = endOf(typed, startsAt, zone, now);
      if (end.kind === 'problem') return end;
      if (end.value !== null && end.value <= startsAt)
        return { kind: 'problem', message: 'The end must be after the start.' };
      if (end.value !== null && end.value <= now)
        return { kind: 'problem', message: 'The end is in the past. Type a moment that is still to come.' };
      return { kind: 'ok', value: { startsAt, expiresAt: end.value } };
    },

    /** An end that was typed: a moment, or null for `never`. */
    async end(guildId: GuildId, typed: string): Promise<Resolved<Date | null>> {
      if (!isNever(typed) && deps.clockHold.isHeld()) return CLOCK_IS_WRONG;
      const { zone } = await deps.stores.of(guildId).settings.get();
      const now = deps.clock.now();
      return endOf({ until: typed }, now, zone, now);
    },

    /** A duration that was typed; `undefined` stays undefined. */
    duration(typed: string | undefined): Resolved<DurationText | null> {
      if (typed === undefined || isNever(typed)) return { kind: 'ok', value: null };
      const parsed = parseDuration(typed);
      return parsed.kind === 'problem' ? parsed : { kind: 'ok', value: parsed.duration };
    },

    /** Now plus a duration, in the guild's zone. */
    async after(guildId: GuildId, duration: DurationText): Promise<Resolved<Date>> {
      if (deps.clockHold.isHeld()) return CLOCK_IS_WRONG;
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
    if (typed.until !== undefined) {
      if (isNever(typed.until)) return { kind: 'ok', value: null };
      const end = deps.dateParser.parse(typed.until, zone, now);
      return end ? { kind: 'ok', value: end } : notAMoment('until', typed.until);
    }
    if (typed.for === undefined || isNever(typed.for)) return { kind: 'ok', value: null };
    const parsed = parseDuration(typed.for);
    return parsed.kind === 'problem'
      ? parsed
      : { kind: 'ok', value: addDuration(startsAt, parsed.duration, zone) };
  }
}

function notAMoment(
  option: string,
  typed: string | undefined,
): { readonly kind: 'problem'; readonly message: string } {
  return {
    kind: 'problem',
    message: `“${typed ?? ''}” is not a moment (option “${option}”). Type something like 2026-12-31 18:00, tomorrow 20:00 or in 3 days.`,
  };
}
