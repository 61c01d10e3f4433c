import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { createLogFile, type LogFileOptions } from './log-file.ts';

/** Fields that are redacted because they may hold a secret. Logs contain ids, not names or tokens (style.md 14). */
const SECRET_FIELDS = ['token', 'authorization', 'password', 'code', 'pin', 'secret', 'key', 'url'];

/** How much of the log is kept while nobody reads it, in bytes. */
const KEPT = 1024 * 1024;

export interface ProcessLog {
  readonly log: Logger;
  /** Resolves when all that was logged has left the process. Never, while nobody reads it. */
  written(): Promise<void>;
}

/** How a line is made, and what is never in it. */
export const LINES = {
  base: null,
  redact: {
    paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    censor: '[redacted]',
  },
  serializers: { err: describeError },
  timestamp: pino.stdTimeFunctions.isoTime,
};

/**
 * The log of the process, on standard output: `json` for machines, `pretty` for a terminal. The same lines go into
 * `file`, always as JSON.
 */
export function createLog(
  level: string,
  format: 'json' | 'pretty',
  file?: Omit<LogFileOptions, 'onLost' | 'onBack' | 'onDropped'>,
): ProcessLog {
  const output = standardOutput((dropped) =>
    log.warn({ dropped }, 'nobody read the log for a while, and lines of it were dropped'),
  );
  const shown =
    format === 'pretty' ? pretty({ destination: output, colorize: process.stdout.isTTY }) : output;
  const kept =
    file &&
    createLogFile({
      ...file,
      onLost: (errorCode) =>
        log.warn({ path: file.path, errorCode }, 'the log file cannot be written; it is tried again'),
      onBack: () => log.info({ path: file.path }, 'the log file is written again'),
      onDropped: (dropped) =>
        log.warn({ path: file.path, dropped }, 'too much was logged at once, and the log file lacks lines'),
    });
  // The level is looked at once, before a line is made.
  const streams = [shown, ...(kept ? [kept] : [])].map((stream) => ({ stream, level: 'trace' as const }));
  const log = pino({ ...LINES, level }, streams.length === 1 ? shown : pino.multistream(streams));
  return {
    log,
    async written() {
      await kept?.written();
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    },
  };
}

/**
 * Written at once, because the last lines before a crash matter most; but a pipe that nobody reads is full at some
 * time, and waiting for its reader would stop everything else. So lines are kept then, and dropped when they become
 * too many. A log that cannot be written at all is no reason to end.
 */
function standardOutput(onDropped: (count: number) => void): Writable {
  process.stdout.on('error', () => {});
  let dropped = 0;
  return new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      if (process.stdout.writableLength > KEPT) dropped += 1;
      else {
        process.stdout.write(line);
        const count = dropped;
        dropped = 0;
        if (count > 0) onDropped(count);
      }
      done();
    },
  });
}

/** Adds the code of an error, which says what is wrong and holds no secret. */
function describeError(err: unknown): unknown {
  if (!(err instanceof Error)) return err;
  const { code, ...rest } = pino.stdSerializers.err(err);
  return { ...rest, ...(code !== undefined && { errorCode: code }) };
}
