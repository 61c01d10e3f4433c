/** Lengths of time in words, where no "and" fits: `7 days`, `1 month 15 days`; and sizes. */
import type { DurationText } from '../../../domain/duration.ts';
import { lengthOf, lengthOfSeconds } from '../../../domain/length.ts';
import { join, type Md } from './view.ts';

/** A duration as it was typed. */
export const durationText = (duration: DurationText): Md => join(lengthOf(duration), ' ');

/** A number of seconds in its largest units, two or as many as are wanted. */
export const secondsText = (seconds: number, most?: number): Md => join(lengthOfSeconds(seconds, most), ' ');

/** With one decimal below ten, such as `0.1`. */
export const megabytes = (bytes: number): number => {
  const millions = bytes / 1_000_000;
  return millions < 10 ? Math.max(0.1, Math.round(millions * 10) / 10) : Math.round(millions);
};
