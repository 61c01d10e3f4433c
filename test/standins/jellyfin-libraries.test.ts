import { afterEach, describe, expect, it } from 'vitest';
import { send } from './jellyfin/asking.ts';
import { type Jellyfin, libraryId, startJellyfin } from './jellyfin/jellyfin.ts';

/** What running servers were seen to do with ids of libraries (media-servers.md M1). Both versions do the same. */
let jellyfin: Jellyfin;
afterEach(() => jellyfin.stop());

const virtual = async () =>
  (await send(jellyfin, 'GET /Library/VirtualFolders')).json<
    { Name: string; ItemId?: string; Locations: string[]; LibraryOptions?: { Enabled: boolean } }[]
  >();
const media = async () => {
  const { Items } = (await send(jellyfin, 'GET /Library/MediaFolders')).json<{
    Items: { Name: string; Id: string; Type: string }[];
  }>();
  return Items.filter(({ Type }) => Type === 'CollectionFolder').map(({ Name, Id }) => [Name, Id]);
};

describe.each(['10.11', '12.0'] as const)('%s: libraries', (version) => {
  const start = async (...libraries: string[]) => {
    jellyfin = await startJellyfin({ version, libraries });
    const ada = jellyfin.addUser({ name: 'ada', password: 'p' });
    const sees = (...names: string[]) =>
      Object.assign(ada.policy, { EnableAllFolders: false, EnabledFolders: names.map(libraryId) });
    return { ada, sees };
  };

  it('a rename changes the id and not the place, and members lose it', async () => {
    const { ada, sees } = await start('Movies');
    sees('Movies');
    const [before] = await virtual();
    jellyfin.renameLibrary('Movies', 'Films');
    const [after] = await virtual();
    expect([before?.ItemId, after?.ItemId]).toEqual([libraryId('Movies'), libraryId('Films')]);
    expect(after?.Locations).toEqual(before?.Locations);
    expect([jellyfin.accessOf(ada), ada.policy.EnabledFolders]).toEqual(['none', [libraryId('Movies')]]);
  });

  it('removed and added again under its name it has the old id', async () => {
    const { ada, sees } = await start('Movies');
    sees('Movies');
    jellyfin.removeLibrary('Movies');
    expect(jellyfin.accessOf(ada)).toBe('none');
    jellyfin.addLibrary({ name: 'Movies' });
    expect(jellyfin.accessOf(ada)).toEqual(['Movies']);
  });

  it('two names that differ in case have one id in one list, and their own in the other', async () => {
    const { ada, sees } = await start('Movies', 'movies');
    expect((await virtual()).map(({ ItemId }) => ItemId)).toEqual([libraryId('Movies'), libraryId('Movies')]);
    expect(await media()).toEqual([
      ['Movies', libraryId('Movies')],
      ['movies', libraryId('movies')],
    ]);
    sees('Movies');
    expect(jellyfin.accessOf(ada)).toEqual(['Movies']);
  });

  it('a rename of case only keeps the id until the next scan', async () => {
    await start('Movies');
    jellyfin.renameLibrary('Movies', 'MOVIES');
    expect([(await virtual())[0]?.ItemId, await media()]).toEqual([
      libraryId('Movies'),
      [['MOVIES', libraryId('Movies')]],
    ]);
    jellyfin.scanLibraries();
    expect((await virtual())[0]?.ItemId).toBe(libraryId('MOVIES'));
  });

  it('after the data folder moved one list has no id, also after a scan', async () => {
    await start('Movies');
    jellyfin.library('Movies').isFromElsewhere = true;
    jellyfin.scanLibraries();
    expect((await virtual())[0]).not.toHaveProperty('ItemId');
    expect(await media()).toEqual([['Movies', libraryId('Movies')]]);
  });

  it('one that is switched off is listed, and nobody sees it', async () => {
    const { ada, sees } = await start('Movies', 'Shows');
    sees('Movies', 'Shows');
    jellyfin.library('Movies').off = true;
    expect((await virtual()).map(({ LibraryOptions }) => LibraryOptions?.Enabled)).toEqual([false, true]);
    expect(jellyfin.accessOf(ada)).toEqual(['Shows']);
  });
});
