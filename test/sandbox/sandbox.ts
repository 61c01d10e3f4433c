/**
 * `npm run sandbox`: the bot as it is, with a Discord to try it in, in the browser. Everything around it is a stand-in
 * in this process, and listens on loopback only. `PORT` chooses the port.
 */
import { Site } from './site.ts';
import { Street } from './street.ts';

const street = await Street.open();
const site = new Site(street);
const address = await site.open(Number(process.env.PORT ?? 0));
console.log(`Usher is ready to be tried: ${address}
You are Olga, who owns the Discord server. Begin with /server add: the addresses and keys of the two media servers are
  Tower (Plex)     ${street.stage.tower.url}   ${street.stage.plexOwner.token}
  Den (Jellyfin)   ${street.stage.den.url}   ${street.stage.den.apiKey}
Ctrl+C ends it; nothing is left behind.`);
const end = async () => {
  await site.close();
  await street.stage.strike();
  process.exit(0);
};
process.once('SIGINT', () => void end());
process.once('SIGTERM', () => void end());
