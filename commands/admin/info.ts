import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { infoView } from '../../src/adapters/discord/views/operating.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'For whoever runs Usher: version, connection, what waits, the last backup',
  capability: 'application owner',
  run: async (_input, { operating }: Pick<App, 'operating'>) => infoView(await operating.info()),
});
