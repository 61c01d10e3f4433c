/** For what is done once: who asks again soon gets the answer that there is, or will be. */
export class SameAnswer<T> {
  readonly #clock: { now(): Date };
  readonly #lifeMs: number;
  readonly #answers = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();

  constructor(clock: { now(): Date }, lifeMs: number) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
  }

  /** Runs `work` unless it was run for this key lately. One that failed is forgotten. */
  of(key: string, work: () => Promise<T>): Promise<T> {
    const now = this.#clock.now().getTime();
    for (const [old, { until }] of this.#answers) if (until <= now) this.#answers.delete(old);
    const before = this.#answers.get(key);
    if (before) return before.answer;
    const answer = work();
    this.#answers.set(key, { answer, until: now + this.#lifeMs });
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }
}
