/**
 * `npm run demo`: runs the same process as `npm start` on stand-ins of Discord, plex.tv, Plex and Jellyfin, and
 * shows what happens as a conversation. Every step is checked on the stand-ins; the exit code is 0 only if all
 * checks succeed.
 */
import { Stage } from '../support/stage.ts';
import { Narrator } from './narrator.ts';
import { tellStory } from './story.ts';

const began = performance.now();
const narrator = new Narrator(process.stdout);
const stage = await Stage.set();
// The bot process and the servers must end together with this one.
process.once('SIGINT', () => void stage.strike().then(() => process.exit(130)));

try {
  await tellStory(stage, narrator);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  narrator.end(
    `All ${narrator.checks} facts were checked on the stand-ins, in ${seconds} seconds. Nothing is left behind.`,
  );
} catch (error) {
  narrator.fail(error);
  process.exitCode = 1;
} finally {
  await stage.strike();
}
