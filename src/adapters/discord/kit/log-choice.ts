/** What `/logs view` and `/logs export` share: what is looked for, and the file. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { App } from '../../../app/app.ts';
import type { LogsAsked } from '../../../app/queries/logs.ts';
import { LOG_LEVELS, type LogLevel, type LogLine } from '../../../domain/log-line.ts';
import { logsFileView, noLogs, nothingToExport } from '../views/logs.ts';
import { misread } from '../views/picked.ts';
import { md, say, type View } from '../views/view.ts';
import { choice, text, type Who } from './command.ts';

export type LogUses = Pick<App, 'logs' | 'timeInput'>;

/** Less than Discord takes (discord.md 1.5). */
const FILE_BYTES = 9_000_000;
/** More than a person reads, and little enough to be held in memory. */
const FILE_LINES = 10_000;
/** What fits into the id of a button beside the rest. */
const WORDS_LENGTH = 30;

export const logOptions = {
  level: choice('Only lines of this kind and worse (default: all)', LOG_LEVELS, {
    named: { info: 'all', warn: 'warnings and errors', error: 'errors' },
  }),
  contains: text('Words that every line has to contain', { maxLength: WORDS_LENGTH }),
  since: text('Only what is newer: 2h, 3d, yesterday, 2026-11-27 18:00', { maxLength: 40 }),
};

interface Typed {
  readonly level?: LogLevel;
  readonly contains?: string;
  readonly since?: string;
}

type Asked =
  | { readonly kind: 'asked'; readonly asked: LogsAsked }
  | { readonly kind: 'problem'; readonly view: View };

/** What was typed, read. */
export async function askedIn({ guildId }: Who, typed: Typed, app: LogUses): Promise<Asked> {
  if (!app.logs.isKept) return { kind: 'problem', view: noLogs() };
  const { level = 'info', contains = '' } = typed;
  const since =
    typed.since === undefined
      ? ({ kind: 'ok', value: null } as const)
      : await app.timeInput.since(guildId, typed.since);
  if (since.kind === 'problem') return { kind: 'problem', view: misread(md`${say('logs.notRead')}`, since) };
  return { kind: 'asked', asked: { level, contains: wordsOf(contains), since: since.value } };
}

/** Without what needs much room in the id of a button. */
const wordsOf = (typed: string): string => typed.replaceAll(/[\s,~%]+/gu, ' ').trim();

/** For the ids of buttons; to the second. */
export const argsOf = ({ level, contains, since }: LogsAsked): readonly string[] => [
  level,
  since === null ? '' : Math.floor(since.getTime() / 1000).toString(36),
  contains,
];

export function readArgs([level = '', since = '', contains = '']: readonly string[]): LogsAsked {
  return {
    level: LOG_LEVELS.find((one) => one === level) ?? 'info',
    contains,
    since: /^[0-9a-z]{1,8}$/.test(since) ? new Date(Number.parseInt(since, 36) * 1000) : null,
  };
}

/** The lines as a file; packed where Discord would not take it otherwise. */
export async function exportLogs(
  who: Who,
  asked: LogsAsked,
  app: LogUses,
  limit = FILE_LINES,
): Promise<View> {
  const found = await app.logs.find({ guildId: who.guildId, actorId: who.actor.id }, asked, limit);
  if (found.lines.length === 0) return nothingToExport(found);
  const content = found.lines.map(lineOf).join('');
  if (Buffer.byteLength(content) <= FILE_BYTES)
    return logsFileView(found, { name: 'usher-log.jsonl', content });
  const packed = await promisify(gzip)(content);
  if (packed.length <= FILE_BYTES)
    return logsFileView(found, { name: 'usher-log.jsonl.gz', content: packed });
  // Whoever looks for something in that much narrows it down.
  return await exportLogs(who, asked, app, Math.ceil(limit / 2));
}

const lineOf = ({ at, level, sentence, fields }: LogLine): string =>
  `${JSON.stringify({ time: at.toISOString(), level, ...fields, msg: sentence })}\n`;
