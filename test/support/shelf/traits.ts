import type { MediaTraits } from '../../../src/domain/media-kinds.ts';

/** A kind of its own: people get an account as on Jellyfin, a renamed library stays as on Plex, and nobody signs in. */
export const SHELF: MediaTraits = {
  name: 'Shelf',
  accounts: 'created',
  accessReadFrom: 'server',
  signIn: null,
  closedMeans: 'locked',
  libraryIdentity: 'for-life',
  shownAfterMs: 0,
  looksAfterMs: [],
  stopsBefore: false,
  watchedAt: 'https://read.shelf.example',
  tokenHelp: 'The key on the back of the shelf.',
  exampleUrl: 'http://shelf.example',
  usualPort: 7070,
  namesWithAddress: null,
};
