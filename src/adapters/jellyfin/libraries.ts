import type { Known, LibraryOnServer, Trouble } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import { nameFrom } from '../http-client/answers.ts';
import { type JellyfinClient, unknown } from './client.ts';
import { type Folder, idOfLibrary, readFolders, readMediaFolders } from './schema.ts';

const SAME_ID: Trouble = {
  kind: 'not-understood',
  message: say('trouble.jellyfin.sameId'),
};

const NO_IDS = { kind: 'known', value: new Map<string, string>() } as const;

/**
 * The virtual folders. Where that list does not tell an id, the one of media folders is asked (M1). One that is in
 * neither has no item for the moment (just added or renamed, B3): it is listed as not grantable, under the id that
 * follows from its name, so that it never looks gone.
 */
export async function readLibraries(client: JellyfinClient): Promise<Known<readonly LibraryOnServer[]>> {
  const folders = await client.read('/Library/VirtualFolders', readFolders);
  if (folders.kind === 'unknown') return folders;
  const isClear = folders.value.every(({ id }) => id !== null);
  const ids = isClear ? NO_IDS : await client.read('/Library/MediaFolders', readMediaFolders);
  if (ids.kind === 'unknown') return ids;
  const value = folders.value.map((folder) => libraryOf(folder, ids.value));
  if (new Set(value.map(({ externalId }) => externalId)).size < value.length) return unknown(SAME_ID);
  return { kind: 'known', value };
}

function libraryOf(folder: Folder, ids: ReadonlyMap<string, string>): LibraryOnServer {
  const { name, type, locations } = folder;
  const id = folder.id ?? ids.get(name);
  const closed = folder.off ? 'off' : id === undefined ? 'unready' : undefined;
  return {
    externalId: id ?? idOfLibrary(name),
    identity: locations,
    name: nameFrom(name),
    type,
    grantable: id !== undefined,
    ...(closed && { closed }),
  };
}
