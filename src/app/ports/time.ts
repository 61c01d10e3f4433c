/** Ports for time: what it is, how people write it, and whether the clock is believed. */

export interface Clock {
  now(): Date;
  /** Milliseconds that go on evenly, whatever the clock is set to: for pauses and limits that nobody is told of. */
  steadyMs(): number;
  /** Resolves after that many milliseconds, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A moment that was typed; without a time of day it is a whole day, from its first second to its last. */
export interface TypedMoment {
  readonly from: Date;
  readonly to: Date;
  /** The day on the calendar of the zone, and the time where one was typed (`18:00`). */
  readonly day: { readonly year: number; readonly month: number; readonly day: number };
  readonly time?: string;
}

/** Reads moments as people type them. */
export interface DateParser {
  /** All that the text can mean: none when it is not a moment. `zone` is an IANA name. */
  parse(text: string, zone: string, now: Date): readonly TypedMoment[];
}

/** Whether the clock is believed (rule 5). */
export interface ClockHold {
  /** It is not: nothing starts or ends by it, and nothing is said that depends on it. */
  isHeld(): boolean;
  /** It is not, and is expected to be set without anybody's help: nobody is asked. */
  isWaiting(): boolean;
  /** Whoever runs Usher says that the clock is right as it is now. */
  confirm(): void;
}
