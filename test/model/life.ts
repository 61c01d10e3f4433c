/**
 * One life of the process. Each of its effects on the outside is a step, and it can be killed before or after any
 * step.
 */
import type { HttpClient, HttpClients } from '../../src/adapters/http-client/http-client.ts';
import type { GuildStores, Stores } from '../../src/app/ports/stores.ts';

/** What happens at a step of the running command: the `at`-th of its kind. */
export interface Interruption {
  readonly step: 'request' | 'commit';
  readonly at: number;
  readonly when: 'before' | 'after';
  /** Resolves when the step may go on, if the process has not been killed. */
  happen(): Promise<void>;
}

export class Life {
  #isOver = false;
  #counts = { request: 0, commit: 0 };
  #interruption: Interruption | undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #ended = Promise.withResolvers<void>();
  #committed = Promise.withResolvers<void>();

  /** Starts to count steps for this interruption. Undefined: nothing is interrupted. */
  interrupt(interruption: Interruption | undefined): void {
    this.#counts = { request: 0, commit: 0 };
    this.#interruption = interruption;
  }

  /** Kills the process: nobody gets the answers to its requests, and it makes no more. */
  end(): void {
    this.#isOver = true;
    this.#ended.resolve();
  }

  /** Resolves to the result of `work`, or to `killed` if the process was killed before. */
  async watch<T>(work: () => Promise<T>): Promise<T | 'killed'> {
    const done = work();
    // A killed process cannot report its errors.
    done.catch(() => undefined);
    const result = await Promise.race([done, this.#ended.promise.then(() => 'killed' as const)]);
    // Requests that were on their way when it was killed arrive all the same.
    if (this.#isOver) await Promise.allSettled(this.#running);
    return result;
  }

  /** Resolves when the next transaction is committed. */
  nextCommit(): Promise<void> {
    return this.#committed.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async step<T>(kind: Interruption['step'], work: () => Promise<T>): Promise<T> {
    if (this.#isOver) return await forever();
    const turn = this.#counts[kind];
    this.#counts[kind] += 1;
    await this.#maybe(kind, turn, 'before');
    if (this.#isOver) return await forever();
    const running = work();
    this.#running.add(running);
    try {
      const result = await running;
      if (kind === 'commit') {
        this.#committed.resolve();
        this.#committed = Promise.withResolvers();
      }
      await this.#maybe(kind, turn, 'after');
      return this.#isOver ? await forever() : result;
    } catch (error) {
      if (this.#isOver) return await forever();
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  async #maybe(kind: Interruption['step'], turn: number, when: Interruption['when']): Promise<void> {
    const planned = this.#interruption;
    if (planned?.step !== kind || planned.at !== turn || planned.when !== when) return;
    this.#interruption = undefined;
    await planned.happen();
  }
}

const forever = (): Promise<never> => new Promise(() => undefined);

/** HTTP clients that stop with this life. `around` sees every request that is really sent. */
export function livingHttp(
  life: Life,
  http: HttpClients,
  around: (
    call: Parameters<HttpClient['call']>[0],
    send: () => ReturnType<HttpClient['call']>,
  ) => ReturnType<HttpClient['call']>,
): HttpClients {
  return {
    of(guildId) {
      const client = http.of(guildId);
      return {
        call: (call) => life.step('request', () => around(call, () => client.call(call))),
        inTurn: (key, work) => client.inTurn(key, work),
      };
    },
    close: () => http.close(),
  };
}

/** Stores that stop with this life. `committed` gets what a transaction has noted, once it is committed. */
export function livingStores<Note>(
  life: Life,
  stores: Stores,
  noting: (tx: GuildStores, note: (what: Note) => void) => GuildStores,
  committed: (notes: readonly Note[]) => Promise<void>,
): Stores {
  return {
    ...stores,
    transaction: (guildId, work) =>
      life.step('commit', async () => {
        const notes: Note[] = [];
        const result = await stores.transaction(guildId, (tx) =>
          work(noting(tx, (what) => notes.push(what))),
        );
        await committed(notes);
        return result;
      }),
  };
}
