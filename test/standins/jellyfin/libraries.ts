import { findCaller, requireAdmin } from './auth.ts';
import { libraryId, NEVER } from './forms.ts';
import type { AddRoute } from './routing.ts';
import type { JellyfinLibrary, JellyfinState, JellyfinVersion } from './state.ts';

/** Libraries, for administrators (B3). Anybody can read them until the wizard is completed (B2). */
export function addLibraryRoutes(route: AddRoute, state: JellyfinState): void {
  route('GET', '/Library/VirtualFolders', ({ request }) => {
    if (state.behaviour.wizardCompleted || findCaller(state, request)) requireAdmin(state, request);
    return { status: 200, body: state.libraries.map((library) => folderView(state, library)) };
  });

  // Contains items that are not libraries, too.
  route('GET', '/Library/MediaFolders', ({ request }) => {
    requireAdmin(state, request);
    const items = [
      ...state.libraries
        .filter(({ scanning }) => !scanning)
        .map((library) => folderItem(state, library, 'CollectionFolder')),
      folderItem(
        state,
        { name: 'Playlists', itemName: 'Playlists', type: 'playlists' },
        'ManualPlaylistsFolder',
      ),
    ];
    return { status: 200, body: { Items: items, TotalRecordCount: items.length, StartIndex: 0 } };
  });
}

/** Fields that are only known after a scan are missing before it (B3). */
const folderView = (
  state: JellyfinState,
  { name, type, locations, scanning, ...library }: JellyfinLibrary,
) => ({
  Name: name,
  Locations: [...locations].sort(),
  CollectionType: type,
  ...(!scanning && {
    LibraryOptions: {
      ...LIBRARY_OPTIONS,
      Enabled: !library.off,
      PathInfos: locations.map((Path) => ({ Path })),
    },
    ...(!library.isFromElsewhere && { ItemId: libraryId(firstOf(state, name).itemName) }),
    RefreshStatus: 'Idle',
  }),
});

/** The list looks an item up by the path of its folder, without case: of two names it has the first one's id (M1). */
function firstOf(state: JellyfinState, name: string): JellyfinLibrary {
  const first = state.libraries.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!first) throw new Error(`no library ${name}`);
  return first;
}

const folderItem = (
  state: JellyfinState,
  { name, itemName, type: collection }: Pick<JellyfinLibrary, 'name' | 'itemName' | 'type'>,
  type: string,
) => ({
  Name: name,
  ServerId: state.serverId,
  Id: libraryId(itemName),
  IsFolder: true,
  Type: type,
  CollectionType: collection === 'mixed' ? undefined : collection,
  ...itemFacts(state.release, name),
});

/** What a whole item has beside, of which nothing is used here. The only null that is sent is among it. */
const itemFacts = (release: JellyfinVersion, name: string) => ({
  ChannelId: null,
  ParentId: libraryId('root'),
  Path: `/config/root/default/${name}`,
  SortName: name.toLowerCase(),
  DisplayPreferencesId: libraryId(`display ${name}`),
  Etag: libraryId(`etag ${name}`),
  DateCreated: NEVER,
  LocationType: 'FileSystem',
  MediaType: 'Unknown',
  CanDelete: false,
  CanDownload: false,
  EnableMediaSourceDisplay: true,
  LockData: false,
  LocalTrailerCount: 0,
  SpecialFeatureCount: 0,
  BackdropImageTags: [],
  ...(release === '12.0' && { Chapters: [] }),
  ExternalUrls: [],
  GenreItems: [],
  Genres: [],
  ImageBlurHashes: {},
  ImageTags: {},
  LockedFields: [],
  People: [],
  ProviderIds: {},
  RemoteTrailers: [],
  Studios: [],
  Taglines: [],
  Tags: [],
});

const LIBRARY_OPTIONS = {
  Enabled: true,
  EnablePhotos: true,
  EnableRealtimeMonitor: true,
  EnableLUFSScan: true,
  EnableChapterImageExtraction: false,
  ExtractChapterImagesDuringLibraryScan: false,
  EnableTrickplayImageExtraction: false,
  ExtractTrickplayImagesDuringLibraryScan: false,
  PreferNonstandardArtistsTag: false,
  UseCustomTagDelimiters: false,
  CustomTagDelimiters: ['/', '|', ';', '\\'],
  DelimiterWhitelist: [],
  EnableInternetProviders: true,
  DisabledMediaSegmentProviders: [],
  MediaSegmentProviderOrder: [],
  SaveLocalMetadata: false,
  EnableAutomaticSeriesGrouping: false,
  EnableEmbeddedTitles: false,
  EnableEmbeddedExtrasTitles: false,
  EnableEmbeddedEpisodeInfos: false,
  AutomaticRefreshIntervalDays: 0,
  SeasonZeroDisplayName: 'Specials',
  DisabledLocalMetadataReaders: [],
  DisabledSubtitleFetchers: [],
  SubtitleFetcherOrder: [],
  SkipSubtitlesIfEmbeddedSubtitlesPresent: false,
  SkipSubtitlesIfAudioTrackMatches: false,
  RequirePerfectSubtitleMatch: true,
  SaveSubtitlesWithMedia: true,
  SaveLyricsWithMedia: false,
  SaveTrickplayWithMedia: false,
  DisabledLyricFetchers: [],
  LyricFetcherOrder: [],
  AutomaticallyAddToCollection: false,
  AllowEmbeddedSubtitles: 'AllowAll',
  TypeOptions: [],
} as const;
