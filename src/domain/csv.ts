/** Rows for a spreadsheet. Pure. */

/** Every cell quoted, and none of them a formula (discord.md 3.5). */
export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map(rowOf).join('\r\n');
}

/** One row with its line break, for a file that is written as it is sent. */
export const csvLine = (cells: readonly string[]): string => `${rowOf(cells)}\r\n`;

const rowOf = (cells: readonly string[]): string => cells.map(cell).join(',');

function cell(value: string): string {
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}
