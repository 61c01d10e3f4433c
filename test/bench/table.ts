import type { Figure } from './row.ts';

const HEAD = ['what', 'measured', 'to reach', 'met'];

/** The figures as a table in plain text. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = figures.map(({ what, measured, toReach, met }) => [
    what,
    measured,
    toReach,
    met === null ? '' : met ? 'yes' : 'NO',
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const write = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [write(HEAD), widths.map((width) => '─'.repeat(width)).join('  '), ...lines.map(write)].join('\n');
}
