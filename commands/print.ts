/** `npm run commands:print`: the slash commands as they are sent to Discord. */
import { commandsJson } from '../src/adapters/discord/gateway/command-json.ts';
import { commands } from './index.ts';

console.log(JSON.stringify(commandsJson(commands), null, 2));
