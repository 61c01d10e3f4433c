import { choice, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { answerInParts } from '../../src/adapters/discord/kit/file-parts.ts';
import { readSince } from '../../src/adapters/discord/kit/since.ts';
import { exportedCard } from '../../src/adapters/discord/views/record.ts';
import type { App } from '../../src/app/app.ts';

const ENDINGS = { csv: 'csv', json: 'jsonl' } as const;

export default defineCommand({
  description: 'The record as a file, with hashes and a seal by which anybody can check it',
  capability: 'auditor',
  options: {
    format: choice('For a spreadsheet, or a line of JSON for each event', ['csv', 'json'], {
      required: true,
      named: { csv: 'CSV', json: 'JSON lines' },
    }),
    since: text('Only from then on, such as 30d or 2026-01-31 (default: all of it)'),
  },
  async run(
    { options: { format, since }, ...input },
    { recordExport, timeInput }: Pick<App, 'recordExport' | 'timeInput'>,
  ) {
    const from = await readSince(timeInput, input.guildId, since);
    if (from.kind === 'problem') return from.view;
    const file = recordExport.file(input.guildId, { format, since: from.value });
    return await answerInParts(input, file, { name: 'record', ending: ENDINGS[format], done: exportedCard });
  },
});
