import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Input, View } from '../../src/adapters/discord/kit/command.ts';
import type { LogsAsked, LogsFound } from '../../src/app/queries/logs.ts';
import type { LogLine } from '../../src/domain/log-line.ts';
import { type Stubs, stubApp, textOf, typist } from '../support/command-input.ts';
import { MINUTE } from '../support/moments.ts';
import { NOON } from './samples.ts';

const lineAt = (minute: number, more: Partial<LogLine> = {}): LogLine => ({
  at: new Date(NOON.getTime() + minute * MINUTE),
  level: 'info',
  sentence: `line ${minute}`,
  fields: {},
  ...more,
});
const found = (lines: readonly LogLine[], more: Partial<LogsFound> = {}): LogsFound => ({
  asked: { level: 'info', contains: '', since: null },
  lines,
  total: lines.length,
  lookedBackTo: undefined,
  names: new Map(),
  zone: 'Europe/Berlin',
  isOperator: false,
  ...more,
});

/** Remembers what was looked for. */
function app(
  lines: readonly LogLine[],
  more: Partial<LogsFound> & Stubs['logs'] = {},
  changes: Partial<Input> = {},
) {
  const asked: LogsAsked[] = [];
  const { find: _, follow, stop, isKept = true, ...facts } = more;
  const stub = stubApp({
    logs: {
      isKept,
      find: async (_who, what, limit) => {
        asked.push(what);
        return found(lines.slice(-limit), { asked: what, total: lines.length, ...facts });
      },
      ...(follow && { follow }),
      ...(stop && { stop }),
    },
    timeInput: { since: async () => ({ kind: 'ok', value: new Date(NOON.getTime() - 90 * MINUTE) }) },
  });
  return { asked, person: typist(stub, changes) };
}
const blockIn = (text: string): string => /```\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';

describe('/logs view', () => {
  it('shows the newest lines that fit a phone, in the zone of the guild, with days and marks', async () => {
    const lines = [
      lineAt(-24 * 60, { level: 'error', sentence: 'yesterday' }),
      lineAt(0, { level: 'warn', sentence: 'a media server could not be read', fields: { server: 'Tower' } }),
      lineAt(1),
    ];
    const { text, labels } = await app(lines).person.type('logs view');
    expect(blockIn(text).split('\n')).toEqual([
      '2026-02-28',
      '13:00:00 🔴 yesterday',
      '2026-03-01',
      '13:00:00 🟠 a media server could not be read',
      '  server=Tower',
      '13:01:00 line 1',
    ]);
    expect(text).toContain('3 lines');
    expect(text).toContain('times in Europe/Berlin');
    expect(labels).toEqual(['Refresh', 'Follow', 'As a file']);
  });

  it('of many it shows as many as there is room for, one at least, and says how many there are', async () => {
    const many = Array.from({ length: 300 }, (_, number) => lineAt(number));
    const { text } = await app(many).person.type('logs view');
    expect(text).toContain('20 of 300 lines, the newest');
    expect(blockIn(text)).toMatch(/line 280\n(.|\n)*line 299$/);
    const long = Array.from({ length: 9 }, (_, number) =>
      lineAt(number, { sentence: 'x'.repeat(9_000), fields: { much: 'y'.repeat(9_000) } }),
    );
    const one = (await app(long).person.type('logs view')).text;
    expect(one).toContain('2 of 9 lines');
    expect(one.length).toBeLessThan(1_200);
  });

  it('cannot be broken out of', async () => {
    const hostile = '```\n# Heading @everyone <@1> [link](https://evil.example) ‮`code`';
    const lines = [lineAt(0, { sentence: hostile, fields: { [hostile]: hostile, deep: [hostile] } })];
    const { text } = await app(lines).person.type('logs view');
    expect(text.split('```')).toHaveLength(3);
    expect(blockIn(text)).not.toMatch(/`|‮|^#/m);
    expect(blockIn(text)).toContain('Heading');
  });

  it('goes on looking for the same with its buttons', async () => {
    const { asked, person } = app([lineAt(0)]);
    const first = await person.type('logs view', {
      level: 'warn',
      contains: ' Tower,  100% ~ x'.padEnd(30, 'ü'),
      since: '90m',
    });
    expect(first.text).toMatch(/warnings and errors · with Tower 100 xü+ · since <t:\d+:R>/);
    await first.press('Refresh');
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('says how far back it was looked, and whose lines are there', async () => {
    const { text } = await app([], { lookedBackTo: NOON, isOperator: true }).person.type('logs view');
    expect(text).toMatch(/Nothing was noted that fits/);
    expect(text).toMatch(/goes back to <t:\d+:f>\. There is more before that/);
    expect(text).toContain('the lines of the installation, which only you see');
  });

  it('says so where none is kept', async () => {
    for (const command of ['logs view', 'logs export'])
      expect((await app([], { isKept: false }).person.type(command)).text).toContain('keeps no log on disk');
  });

  it('follows: the card is replaced when there is more, and says when it is over', async () => {
    let isStopped = false;
    const { person } = app([lineAt(0)], {
      async *follow() {
        yield found([lineAt(0)]);
        yield found([lineAt(0), lineAt(1)]);
        return isStopped ? 'stopped' : 'over';
      },
      stop: () => {
        isStopped = true;
      },
    });
    const later = async (view: unknown): Promise<View> => {
      const next = await (view as View).later;
      if (!next) throw new Error('nothing comes later');
      return next;
    };
    const first = await (await person.type('logs view')).press('Follow');
    expect([first.labels, first.text]).toEqual([['Stop'], expect.stringContaining('for five minutes')]);
    const second = await later(first.view);
    expect(textOf(second)).toContain('line 1');
    const last = await later(second);
    expect(textOf(last)).toMatch(/line 1\n(.|\n)*That was five minutes/);
    expect(last.later).toBeUndefined();
    const stopped = await first.press('Stop');
    expect([isStopped, stopped.labels]).toEqual([true, ['Refresh', 'Follow', 'As a file']]);
  });

  it('of whoever may not read it any more nothing is left, and a sentence says why', async () => {
    const { person } = app([lineAt(0)], {
      async *follow() {
        yield found([lineAt(0)]);
        return 'lost';
      },
    });
    const first = await (await person.type('logs view')).press('Follow');
    const next = await (first.view as View).later;
    expect(next && textOf(next)).toContain('You may not read the log any more');
    expect(next && textOf(next)).not.toContain('line 0');
  });
});

describe('/logs export', () => {
  const filesOf = (view: unknown) => (view as View).files ?? [];

  it('is a line of JSON each', async () => {
    const lines = [lineAt(0, { level: 'error', fields: { server: 'Tower', count: 2 } }), lineAt(1)];
    const { view, text } = await app(lines).person.type('logs export');
    expect(text).toContain('2 lines');
    const [file] = filesOf(view);
    expect(file?.name).toBe('usher-log.jsonl');
    const read = String(file?.content)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(read[0]).toEqual({
      time: NOON.toISOString(),
      level: 'error',
      server: 'Tower',
      count: 2,
      msg: 'line 0',
    });
  });

  it('is packed where it is too large for Discord', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => lineAt(n, { fields: { much: 'x'.repeat(40_000) } }));
    const [file] = filesOf((await app(lines).person.type('logs export')).view);
    expect(file?.name).toBe('usher-log-1.jsonl.gz');
    const read = gunzipSync(file?.content as Uint8Array)
      .toString()
      .trim()
      .split('\n');
    expect(read).toHaveLength(300);
  });

  it('is in as many files as the community takes, and all of it is in them', async () => {
    const also: View[] = [];
    const noise = () => randomBytes(30_000).toString('base64');
    const lines = Array.from({ length: 1_200 }, (_, n) =>
      lineAt(n, { fields: { much: n % 100 ? 'x' : noise() } }),
    );
    const person = app(
      lines,
      {},
      {
        fileBytes: 200_000,
        also: async (view) => void also.push(view),
      },
    ).person;
    const { view, text } = await person.type('logs export');
    const files = [view, ...also].flatMap(filesOf);
    expect(files.map(({ name }) => name)).toEqual([
      'usher-log-1.jsonl.gz',
      'usher-log-2.jsonl.gz',
      'usher-log-3.jsonl.gz',
    ]);
    expect(text).toContain('in 3 files, compressed');
    for (const { content } of files) expect(content.length).toBeLessThanOrEqual(200_000);
    const joined = gunzipSync(Buffer.concat(files.map(({ content }) => Buffer.from(content)))).toString();
    expect(joined.trim().split('\n')).toHaveLength(1_200);
  });

  it('without lines is none', async () => {
    const { view, text } = await app([]).person.type('logs export', { level: 'error' });
    expect([filesOf(view), text]).toEqual([[], expect.stringContaining('Nothing was noted')]);
  });
});
