import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Fields that hold a secret wherever they turn up: logs carry ids, never names or tokens (style rule 14). */
const SECRET_FIELDS = ['token', 'authorization', 'password', 'code', 'pin', 'secret', 'key', 'url'];

/** The process' log, on standard output. `json` is for machines, `pretty` for a terminal. */
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
  // In this process and synchronous: what was logged last before a crash matters most.
  const stream =
    format === 'pretty'
      ? pretty({ sync: true, colorize: process.stdout.isTTY })
      : pino.destination({ sync: true });
  return pino(options, stream);
}

/** The code of an error says what is wrong, and is no secret. */
function describeError(err: unknown): unknown {
  if (!(err instanceof Error)) return err;
  const { code, ...rest } = pino.stdSerializers.err(err);
  return { ...rest, ...(code !== undefined && { errorCode: code }) };
}
