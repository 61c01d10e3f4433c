/** What `/logs view` and `/logs export` share: what is looked for, and the file. */
import type { App } from '../../../app/app.ts';
import type { LogsAsked, LogsFound } from '../../../app/queries/logs.ts';
import { LOG_LEVELS, type LogLevel, type LogLine } from '../../../domain/log-line.ts';
import { logsFileView, noLogs, nothingToExport } from '../views/logs.ts';
import { misread } from '../views/picked.ts';
import { md, say, type View } from '../views/view.ts';
import { choice, type Input, text, type Who } from './command.ts';
import { answerInParts } from './file-parts.ts';

export type LogUses = Pick<App, 'logs' | 'timeInput'>;

/** More than a person reads, and little enough to be held in memory. */
const FILE_LINES = 10_000;
/** What is packed at once: some hundred kilobytes, so that a part is never much smaller than Discord takes. */
const LINES_AT_ONCE = 500;
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

/** The lines as a file, or in as many as Discord takes. */
export async function exportLogs(input: Input, asked: LogsAsked, app: LogUses): Promise<View> {
  const found = await app.logs.find({ guildId: input.guildId, actorId: input.actor.id }, asked, FILE_LINES);
  if (found.lines.length === 0) return nothingToExport(found);
  return await answerInParts(input, piecesOf(found), {
    ...{ name: 'usher-log', ending: 'jsonl' },
    done: (_, first, count) => logsFileView(found, first, count),
  });
}

async function* piecesOf({ lines }: LogsFound): AsyncGenerator<string, void> {
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE)
    yield lines
      .slice(from, from + LINES_AT_ONCE)
      .map(lineOf)
      .join('');
}

const lineOf = ({ at, level, sentence, fields }: LogLine): string =>
  `${JSON.stringify({ time: at.toISOString(), level, ...fields, msg: sentence })}\n`;
