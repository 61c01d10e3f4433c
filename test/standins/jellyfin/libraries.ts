import { findCaller, requireAdmin } from './auth.ts';
import { libraryId, NEVER } from './forms.ts';
import type { AddRoute } from './routing.ts';
import type { JellyfinLibrary, JellyfinState, JellyfinVersion } from './state.ts';

/** Libraries, for administrators (B3). Anybody can read them until the wizard is completed (B2). */
export function addLibraryRoutes(route: AddRoute, state: JellyfinState): void {
  route('GET', '/Library/VirtualFolders', ({ request }) => {
    if (state.behaviour.wizardCompleted || findCaller(state, request)) requireAdmin(state, request);
    return { status: 200, body: state.libraries.map(folderView) };
  });

  // Contains items that are not libraries, too.
  route('GET', '/Library/MediaFolders', ({ request }) => {
    requireAdmin(state, request);
    const items = [
      ...state.libraries
        .filter(({ scanning }) => !scanning)
        .map(({ name, type }) => folderItem(state, name, type, 'CollectionFolder')),
      folderItem(state, 'Playlists', 'playlists', 'ManualPlaylistsFolder'),
    ];
    return { status: 200, body: { Items: items, TotalRecordCount: items.length, StartIndex: 0 } };
  });
}

/** Fields that are only known after a scan are missing before it (B3). */
const folderView = ({ name, type, locations, scanning }: JellyfinLibrary) => ({
  Name: name,
  Locations: [...locations].sort(),
  CollectionType: type,
  ...(!scanning && {
    LibraryOptions: { ...LIBRARY_OPTIONS, PathInfos: locations.map((Path) => ({ Path })) },
    ItemId: libraryId(name),
    RefreshStatus: 'Idle',
  }),
});

const folderItem = (state: JellyfinState, name: string, collection: string | undefined, type: string) => ({
  Name: name,
  ServerId: state.serverId,
  Id: libraryId(name),
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
