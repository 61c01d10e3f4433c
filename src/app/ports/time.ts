/** Ports for time: what it is, how people write it, and whether the clock is believed. */

export interface Clock {
  now(): Date;
  /** Milliseconds that go on evenly, whatever the clock is set to: for pauses and limits that nobody is told of. */
  steadyMs(): number;
  /** Resolves after that many milliseconds, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Reads moments as people type them. */
export interface DateParser {
  /** `undefined` when the text is not a moment. `zone` is an IANA name. */
  parse(text: string, zone: string, now: Date): Date | undefined;
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
