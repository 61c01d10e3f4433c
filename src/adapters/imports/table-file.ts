/** Tables that people wrote themselves: CSV, with whatever their spreadsheet makes of it. */
import { CsvError, parse } from 'csv-parse/sync';
import { discordOf, type ImportedRow, readEnd } from '../../domain/imports/rows.ts';
import { MOST_LETTERS, MOST_ROWS } from './limits.ts';
import { type Contents, kindOf, NOTHING_SAID } from './tables.ts';
import { Unreadable } from './unreadable.ts';

/** Columns, by what people call them: docs/migrating.md. */
const COLUMNS: Readonly<Record<string, string>> = {
  discord_id: 'discord_id',
  discord: 'discord_id',
  discord_name: 'discord_name',
  server: 'server',
  type: 'type',
  account_id: 'account_id',
  account: 'account',
  username: 'account',
  email: 'email',
  e_mail: 'email',
  until: 'until',
  expires: 'until',
};
const DELIMITERS = [',', ';', '\t', '|'];
/** Of one row: all of its cells together. */
const MOST_ROW_LETTERS = 16 * 1024;

/** @throws {Unreadable} */
export function readTable(bytes: Buffer): Contents {
  const text = textOf(bytes);
  const [head = [], ...lines] = linesOf(text);
  const names = head.map(({ cell }) => COLUMNS[cell.toLowerCase().replace(/[\s-]+/g, '_')]);
  if (!names.some((name) => name === 'account_id' || name === 'account' || name === 'email'))
    throw new Unreadable('other-tool');
  return { rows: lines.map((cells) => rowOf(names, cells)), openInvites: 0 };
}

interface Cell {
  readonly cell: string;
  readonly line: number;
}

function linesOf(text: string): readonly (readonly Cell[])[] {
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
      trim: true,
      maxRecordSize: MOST_ROW_LETTERS,
      to: MOST_ROWS + 2,
      // With `info` each row comes with its place, which its types do not say.
    }) as unknown as readonly {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    if (records.length > MOST_ROWS + 1) throw new Unreadable('too-many');
    return records.map(({ record, info }) => record.map((cell) => ({ cell, line: info.lines })));
  } catch (error) {
    if (error instanceof CsvError) throw new Unreadable('damaged');
    throw error;
  }
}

/** What the first line has most of. */
function delimiterOf(text: string): string {
  const [head = ''] = text.trimStart().split(/[\r\n]/, 1);
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: head.split(delimiter).length }));
  return counted.toSorted((one, other) => other.count - one.count)[0]?.delimiter ?? ',';
}

function rowOf(names: readonly (string | undefined)[], cells: readonly Cell[]): ImportedRow {
  const textIn = (wanted: string): string | null => {
    const value = inert(cells[names.indexOf(wanted)]?.cell ?? '');
    return value === '' || value.length > MOST_LETTERS ? null : value;
  };
  const byName = discordOf(textIn('discord_name'));
  const byId = discordOf(textIn('discord_id'));
  return {
    ...{ ...NOTHING_SAID, at: `line ${cells[0]?.line ?? 0}`, kind: kindOf(textIn('type')) },
    discordId: byId.discordId ?? byName.discordId,
    discordName: byId.discordName ?? byName.discordName,
    ...{ serverName: textIn('server'), accountId: textIn('account_id') },
    ...{ account: textIn('account'), email: textIn('email') },
    end: readEnd(textIn('until')),
  };
}

/** Without what keeps a spreadsheet from calculating (domain/csv.ts). */
const inert = (cell: string): string => cell.replace(/^'(?=[=+\-@\t\r])/, '');

/** Spreadsheets write UTF-8 or UTF-16, and older ones the code page of Windows. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes);
  // No text of eight bits has it; a database or a picture does.
  if (bytes.includes(0)) throw new Unreadable('other-form');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decoded('windows-1252', bytes);
  }
}

const decoded = (encoding: string, bytes: Buffer): string => new TextDecoder(encoding).decode(bytes);
