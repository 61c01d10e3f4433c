import { pino } from 'pino';
import { LINES } from '../../src/adapters/log/log.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { Clock } from '../../src/app/ports/time.ts';

/** Writes lines as the process does, at the time of this clock. */
export function loggingInto(lines: string[], clock: Pick<Clock, 'now'>): Log {
  const timestamp = () => `,"time":"${clock.now().toISOString()}"`;
  return pino({ ...LINES, timestamp }, { write: (line) => lines.push(line.trimEnd()) });
}
