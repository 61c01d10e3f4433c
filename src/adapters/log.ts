import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Fields that are redacted because they may hold a secret. Logs contain ids, not names or tokens (style.md 14). */
const SECRET_FIELDS = ['token', 'authorization', 'password', 'code', 'pin', 'secret', 'key', 'url'];

/** The log of the process, on standard output: `json` for machines, `pretty` for a terminal. */
export function createLog(level: string, format: 'json' | 'pretty'): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[redacted]',
    },
    serializers: { err: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  // Written synchronously in this process, because the last lines before a crash matter most.
  const stream =
    format === 'pretty'
      ? pretty({ sync: true, colorize: process.stdout.isTTY })
      : pino.destination({ sync: true });
  return pino(options, stream);
}

/** Adds the code of an error, which says what is wrong and holds no secret. */
function describeError(err: unknown): unknown {
  if (!(err instanceof Error)) return err;
  const { code, ...rest } = pino.stdSerializers.err(err);
  return { ...rest, ...(code !== undefined && { errorCode: code }) };
}
