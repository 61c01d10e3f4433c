import { isDeepStrictEqual } from 'node:util';
import type { SharingSettings } from './share-schema.ts';

/** What a new share allows: watching, and nothing else (media-servers.md A5.5). */
export const NEW_SHARE_SETTINGS: SharingSettings = {
  allowSync: false,
  allowChannels: false,
  allowCameraUpload: false,
  allowSubtitleAdmin: false,
  allowTuners: 0,
  filterMovies: '',
  filterMusic: '',
  filterPhotos: '',
  filterTelevision: '',
};

/** Whether somebody restricted what a person may watch. */
export const isRestricted = (settings: SharingSettings): boolean =>
  Object.entries(settings).some(([name, value]) => name.startsWith('filter') && !isUnset(value));

/** Names of the settings that are not as they were sent. What plex.tv adds to them is its own. */
export const lostIn = (sent: SharingSettings, found: SharingSettings): readonly string[] =>
  Object.entries(sent)
    .filter(([name, value]) => !isDeepStrictEqual(plain(value), plain(found[name])))
    .map(([name]) => name);

/** Null, empty and missing are written alike by one format or the other (A5.7). */
const isUnset = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Flags are written as 0 and 1 as well. */
const plain = (value: unknown): unknown => {
  if (isUnset(value)) return null;
  return typeof value === 'boolean' ? Number(value) : value;
};
