import { startJellyfinWorld } from '../adapters/jellyfin/world.ts';
import { startPlexWorld } from '../adapters/plex/world.ts';
import { startFakeWorld } from './fake-world.ts';
import { mediaServerContract } from './media-server.ts';

mediaServerContract('fake Plex', () => startFakeWorld('plex'));
mediaServerContract('fake Jellyfin', () => startFakeWorld('jellyfin'));
mediaServerContract('Plex', startPlexWorld);
mediaServerContract('Jellyfin 10.10', () => startJellyfinWorld('10.10'));
mediaServerContract('Jellyfin 10.11', () => startJellyfinWorld('10.11'));
mediaServerContract('Jellyfin 12.0', () => startJellyfinWorld('12.0'));
mediaServerContract('Jellyfin under a base path', () => startJellyfinWorld('10.11', '/jellyfin'));
