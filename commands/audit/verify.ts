import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { verifiedCard } from '../../src/adapters/discord/views/record.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Whether the record is whole: nothing in it was changed or removed',
  capability: 'auditor',
  run: async ({ guildId }, { recordCheck }: Pick<App, 'recordCheck'>) =>
    verifiedCard(await recordCheck.verify(guildId)),
});
