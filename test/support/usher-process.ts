import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** `node`, its flags and src/main.ts, taken from `npm start`. */
const [, ...START] = packageJson.scripts.start.split(' ');
/** Hundreds of processes are started: half of what a start costs is compiling what has not changed. */
const COMPILED = join(ROOT, 'node_modules/.cache/usher-compiled');

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The same process as `npm start`, with another environment. */
export class UsherProcess {
  readonly #child: ChildProcess;
  readonly #changed = new EventEmitter().setMaxListeners(0);
  readonly #exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Everything it has written, line by line. */
  readonly output: string[] = [];
  readonly logs: LogLine[] = [];
  #running = true;

  /**
   * `folder` is its working directory, so that no developer's `.env` is read, and contains its data. `uid`: as this
   * user.
   */
  constructor(
    folder: string,
    env: Readonly<Record<string, string>>,
    { uid }: { readonly uid?: number } = {},
  ) {
    const args = START.map((arg) => (arg.endsWith('.ts') ? join(ROOT, arg) : arg));
    this.#child = spawn(process.execPath, args, {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        HTTP_PORT: 'off',
        NODE_COMPILE_CACHE: COMPILED,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
    this.#exit = once(this.#child, 'close').then(([code, signal]) => {
      this.#running = false;
      this.#changed.emit('change');
      return { code, signal };
    });
  }

  #take(line: string): void {
    this.output.push(line);
    if (line.startsWith('{')) this.logs.push(JSON.parse(line));
    this.#changed.emit('change');
  }

  get running(): boolean {
    return this.#running;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('Usher was not started');
    return this.#child.pid;
  }

  /**
   * Resolves to the first log line, from `since` on, with this sentence.
   * @throws {Error} when the process ends before.
   */
  async logged(sentence: string, since = 0, timeoutMs = 30_000): Promise<LogLine> {
    for (;;) {
      const found = this.logs.slice(since).find((line) => line.msg === sentence);
      if (found) return found;
      if (!this.#running)
        throw new Error(`Usher ended before it logged “${sentence}”:\n${this.output.join('\n')}`);
      await once(this.#changed, 'change', { signal: AbortSignal.timeout(timeoutMs) });
    }
  }

  async ready(timeoutMs?: number): Promise<this> {
    await this.logged('Usher is ready', 0, timeoutMs);
    return this;
  }

  /** Asks it to stop, as a supervisor does. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM') {
    if (this.#running) this.#child.kill(signal);
    return await this.#exit;
  }

  /** Kills it at once. */
  async kill() {
    if (this.#running) this.#child.kill('SIGKILL');
    return await this.#exit;
  }

  async ended() {
    return await this.#exit;
  }
}
