/** Lines of the log: as a card that fits a phone, and as a file. */
import type { LogsFound } from '../../../app/queries/logs.ts';
import { dayAndTime, fieldsText, type LogLine } from '../../../domain/log-line.ts';
import { sanitise } from '../wire/sanitise.ts';
import { partsText } from './file-parts.ts';
import { buttons, card, join, type Md, md, problem, raw, relative, say, type View } from './view.ts';

/** What a card has room for on the screen of a phone: rows of so many characters. */
const ROWS = 28;
const ROW = 31;
/** Of one line of the log. */
const SENTENCE = 160;
const FIELDS = 200;
/** More than fit, because they may be short. */
export const CARD_LINES = 20;

const MARKS = { info: '', warn: '🟠 ', error: '🔴 ' } as const;

/** What becomes of the card by itself. */
type Following = 'no' | 'yes' | 'over' | 'stopped';

/** `args` say what is looked for, to its buttons. */
export function logsView(found: LogsFound, args: readonly string[], following: Following = 'no'): View {
  const shown = fitting(found);
  return card(
    'neutral',
    join([title(found, shown.lines), ...below(found)], '\n'),
    shown.text ?? md`${say('logs.none')}`,
    ...beyond(found),
    following === 'no' ? undefined : md`-# ${say(`logs.following.${following}`)}`,
    following === 'yes'
      ? buttons({ label: say('logs.stop'), command: 'logs view', op: 'stop', args })
      : buttons(
          { label: say('logs.refresh'), command: 'logs view', op: 'refresh', args },
          { label: say('logs.follow'), command: 'logs view', op: 'follow', args },
          { label: say('logs.file'), command: 'logs view', op: 'file', args },
        ),
  );
}

const title = ({ total }: LogsFound, shown: number): Md =>
  total > shown
    ? md`**${say('logs.title')}** · ${say('logs.newest', { shown, total })}`
    : md`**${say('logs.title')}** · ${say('logs.count', { total })}`;

function below({ asked, zone, isOperator }: LogsFound): readonly Md[] {
  const parts = [
    asked.level === 'info' ? undefined : say(`logs.level.${asked.level}`),
    asked.contains === '' ? undefined : say('logs.contains', { words: asked.contains }),
    asked.since === null ? undefined : say('logs.since', { at: relative(asked.since) }),
    say('logs.zone', { zone }),
    isOperator ? say('logs.installation') : undefined,
  ];
  return [
    md`-# ${join(
      parts.filter((part) => part !== undefined),
      ' · ',
    )}`,
  ];
}

const beyond = ({ lookedBackTo }: LogsFound): readonly Md[] =>
  lookedBackTo ? [md`-# ${say('logs.lookedBack', { at: lookedBackTo })}`] : [];

/** The newest lines that there is room for, in a block in which nothing has an effect. A day stands above its lines. */
function fitting({ lines, zone, names }: LogsFound): {
  readonly text: Md | undefined;
  readonly lines: number;
} {
  const all = lines.map((line) => {
    const { day, time } = dayAndTime(line, zone);
    return { day, text: `${time} ${MARKS[line.level]}${written(line, names)}` };
  });
  let rows = 0;
  const tooMany = all.findLastIndex(({ text }) => {
    rows += rowsOf(text);
    return rows > ROWS;
  });
  // One is shown, however long it is.
  const shown = all.slice(Math.min(tooMany + 1, all.length - 1));
  const texts = shown.flatMap(({ day, text }, index) =>
    day === shown[index - 1]?.day ? [text] : [day, text],
  );
  return {
    text: texts.length === 0 ? undefined : raw(`\`\`\`\n${texts.join('\n')}\n\`\`\``),
    lines: shown.length,
  };
}

const rowsOf = (text: string): number =>
  text.split('\n').reduce((sum, row) => sum + Math.ceil(row.length / ROW), 0);

/** Of fields that only programs count with, which are in the file. */
const UNSHOWN: readonly string[] = ['interactionId', 'kind', 'ackMs', 'totalMs'];

function written(line: LogLine, names: LogsFound['names']): string {
  const shown = Object.entries(line.fields).filter(([key]) => !UNSHOWN.includes(key));
  const named = shown.map(([key, value]) => [key, names.get(String(value)) ?? value] as const);
  const fields = fieldsText({ fields: Object.fromEntries(named) });
  const sentence = sanitise(line.sentence, { inCode: true, max: SENTENCE });
  return fields === '' ? sentence : `${sentence}\n  ${sanitise(fields, { inCode: true, max: FIELDS })}`;
}

/** In the place of what was followed. */
export const lostLogs = (): View => problem(say('logs.lost'), undefined, say('logs.lostNext'));

export const noLogs = (): View => problem(say('logs.off'), undefined, say('logs.offNext'));

/** `file`: the first of so many. */
export function logsFileView(
  { lines, total, lookedBackTo }: LogsFound,
  file: NonNullable<View['files']>[number] | undefined,
  files: number,
): View {
  const count = lines.length;
  const text = total > count ? say('logs.newest', { shown: count, total }) : say('logs.count', { total });
  const back = lookedBackTo && md`-# ${say('logs.lookedBack', { at: lookedBackTo })}`;
  const parts = file && partsText(file, files);
  const view = card('neutral', md`**${say('logs.title')}** · ${text}`, back, parts);
  return file ? { ...view, files: [file] } : view;
}

export const nothingToExport = (found: LogsFound): View =>
  card('neutral', join([title(found, 0), ...below(found)], '\n'), say('logs.none'), ...beyond(found));
