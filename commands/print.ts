/** The slash commands: as they are sent to Discord (`commands:print`), or as a page for people (`commands:page`). */
import { commandsJson } from '../src/adapters/discord/gateway/command-json.ts';
import { commands } from './index.ts';
import { commandsPage } from './page.ts';

console.log(
  process.argv[2] === 'page' ? commandsPage(commands) : JSON.stringify(commandsJson(commands), null, 2),
);
