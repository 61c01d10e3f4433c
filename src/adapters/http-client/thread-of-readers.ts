/**
 * The thread in which long answers are read: started when there is one, ended when there was none for a while, and
 * stopped when a piece takes it too long or too much memory. Then the body whose turn it was is to blame.
 */
import { Worker } from 'node:worker_threads';
import type { Question, Reply } from './reader-thread.ts';

/** A piece of 256 KB takes milliseconds, XML of 16 MB some seconds. */
const PIECE_MS = 15_000;
const IDLE_MS = 10_000;
/** Loading what it needs takes 30 MB. */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 8 } as const;

type Asked = Question extends infer Each ? (Each extends unknown ? Omit<Each, 'id'> : never) : never;

/** What a question came to: a reply, or that the thread had to be stopped, because of this question or of another. */
export type Replied = Reply | { readonly kind: 'stopped'; readonly isToBlame: boolean };

interface Waiting {
  readonly resolve: (replied: Replied) => void;
  readonly reject: (error: Error) => void;
}

export class ThreadOfReaders {
  readonly #pieceMs: number;
  readonly #idleMs: number;
  #worker: Worker | undefined;
  /** Questions without a reply, in the order in which they are answered. */
  readonly #waiting = new Map<number, Waiting>();
  /** Bodies that are being read. */
  readonly #open = new Set<number>();
  #lastId = 0;
  #deadline: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor({ pieceMs = PIECE_MS, idleMs = IDLE_MS } = {}) {
    this.#pieceMs = pieceMs;
    this.#idleMs = idleMs;
  }

  /** Whether there is a thread at the moment. */
  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** A body to be read. Ask one thing at a time, and close it in any case. */
  open(): { ask(question: Asked): Promise<Replied>; close(): void } {
    this.#lastId += 1;
    const id = this.#lastId;
    clearTimeout(this.#idle);
    this.#open.add(id);
    let worker: Worker | undefined;
    return {
      ask: async (question) => {
        worker ??= this.#start();
        if (worker !== this.#worker) return { kind: 'stopped', isToBlame: false };
        return await this.#ask(worker, { ...question, id } as Question);
      },
      close: () => {
        this.#open.delete(id);
        if (worker && worker === this.#worker) worker.postMessage({ id, kind: 'drop' } satisfies Question);
        if (this.#open.size === 0) this.#idle = setTimeout(() => void this.close(), this.#idleMs).unref();
      },
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#end();
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
      name: 'readers',
      resourceLimits: LIMITS,
      // Nothing of the environment is for it.
      env: {},
    });
    worker.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      this.#watch();
      waiting?.resolve(reply);
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      if (!isOutOfMemory(error)) this.#takeFirst()?.reject(error);
      void this.#stop();
    });
    this.#worker = worker;
    return worker;
  }

  async #ask(worker: Worker, question: Question): Promise<Replied> {
    return await new Promise<Replied>((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      if (this.#waiting.size === 1) this.#watch();
      const moved = question.kind === 'push' ? [question.bytes.buffer as ArrayBuffer] : [];
      worker.postMessage(question, moved);
    });
  }

  /** The time of the question that is being answered begins anew. A thread without one keeps no process. */
  #watch(): void {
    clearTimeout(this.#deadline);
    if (this.#waiting.size === 0) return void this.#worker?.unref();
    this.#worker?.ref();
    this.#deadline = setTimeout(() => void this.#stop(), this.#pieceMs);
  }

  #takeFirst(): Waiting | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    this.#waiting.delete(first[0]);
    return first[1];
  }

  async #stop(): Promise<void> {
    this.#takeFirst()?.resolve({ kind: 'stopped', isToBlame: true });
    await this.#end();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#deadline);
    for (const { resolve } of this.#waiting.values()) resolve({ kind: 'stopped', isToBlame: false });
    this.#waiting.clear();
    await worker?.terminate();
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
