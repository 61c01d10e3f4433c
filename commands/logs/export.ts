import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { askedIn, exportLogs, type LogUses, logOptions } from '../../src/adapters/discord/kit/log-choice.ts';

export default defineCommand({
  description: 'What the program noted about this community, as a file',
  capability: 'auditor',
  options: logOptions,
  async run({ options, ...who }, app: LogUses) {
    const read = await askedIn(who, options, app);
    return read.kind === 'problem' ? read.view : await exportLogs(who, read.asked, app);
  },
});
