/** A report: who has what until when, as CSV. */
import type { createClient, Grant } from '../client.ts';

export async function nightlyReport(usher: ReturnType<typeof createClient>): Promise<string> {
  const rows: Grant[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof usher.listGrants>> = await usher.listGrants({
      query: { state: 'active', limit: 100, ...(cursor !== null && { cursor }) },
    });
    rows.push(...page.body.items);
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  const head = ['grant', 'member', 'libraries', 'until', 'progress'];
  const lines = rows.map(({ number, memberId, libraries, expiresAt, progress }) => [
    ...[String(number), memberId, libraries.map(({ name }) => name).join(' + ')],
    ...[expiresAt ?? 'for good', progress],
  ]);
  return [head, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n');
}

/** In quotes where that is needed; what a spreadsheet would take for a formula is text. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
