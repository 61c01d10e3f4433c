/** Lengths of time in words, where no "and" fits: `7 days`, `1 month 15 days`. */
import type { DurationText } from '../../../domain/duration.ts';
import { lengthOf, lengthOfSeconds } from '../../../domain/length.ts';
import { join, type Md } from './view.ts';

/** A duration as it was typed. */
export const durationText = (duration: DurationText): Md => join(lengthOf(duration), ' ');

/** A number of seconds in its largest units, two or as many as are wanted. */
export const secondsText = (seconds: number, most?: number): Md => join(lengthOfSeconds(seconds, most), ' ');
