/**
 * Kinds of media server: the table from which everything that differs between them is read. A line here makes a kind;
 * the compiler then asks for its adapter (src/adapters/media.ts), and for nothing else.
 */

import { say, type Text } from '../words/say.ts';

/** How people prove who they are where a kind keeps its accounts. */
type SignInTraits =
  | {
      /** On a page of the vendor, once for all servers of the kind. */
      readonly by: 'page';
      /** What people call the page. */
      readonly called: string;
    }
  | {
      /** With a code that they type into the server. */
      readonly by: 'code';
      /** What the server calls it. */
      readonly called: string;
    };

/** What a sign-in leaves Usher with: a token. */
interface MadeToken {
  /** Where its owner revokes it. */
  readonly revokedUnder: Text;
}

/** What differs between kinds, and is not work of an adapter. */
export interface MediaTraits {
  readonly name: string;
  /**
   * Whose accounts are. `invited`: the vendor's, the same on every server, each of which lists those that something
   * is shared with. `created`: the server's own, made there by Usher too, and still there when they see nothing.
   */
  readonly accounts: 'invited' | 'created';
  /** Who tells what an account may see: a reading from the vendor proves nothing about the machine of a server. */
  readonly accessReadFrom: 'vendor' | 'server';
  /** Null where only a token lets anybody in. */
  readonly signIn: (SignInTraits & MadeToken) | null;
  /** What becomes of an account whose access ends by the action `disable`. */
  readonly closedMeans: Text;
  /**
   * What tells which library it is. `for-life`: a uuid of its own; with another one, an id is another library's
   * (media-servers.md A4.2). `by-place`: where its files are; its id follows its name, and it may get other folders
   * (media-servers.md B3).
   */
  readonly libraryIdentity: 'for-life' | 'by-place';
  /** How long after a write a reading may still show what was before (media-servers.md E8, E43). */
  readonly shownAfterMs: number;
  /**
   * When an account is read again after a write that was answered and seen, because the server may undo it (M1). The
   * first look finds what was undone while we read; the second what came from a player that was just waking up.
   */
  readonly looksAfterMs: readonly number[];
  /** Whether players can be told to stop only before access is taken: then there is nobody left to tell (M1). */
  readonly stopsBefore: boolean;
  /** Where members watch, whatever the address of the server; null is at that address. */
  readonly watchedAt: string | null;
  /** What an admin types as the token of a server. */
  readonly tokenHelp: Text;
  readonly exampleUrl: string;
  /** Where it answers in plain HTTP when nobody has changed it. */
  readonly usualPort: number;
  /** Names of the vendor's that hold the IP address of a server, as their first group; null where there are none. */
  readonly namesWithAddress: RegExp | null;
}

const kinds = {
  plex: {
    name: 'Plex',
    accounts: 'invited',
    accessReadFrom: 'vendor',
    signIn: {
      by: 'page',
      called: 'plex.tv',
      revokedUnder: say('server.kind.plexRevoked'),
    },
    closedMeans: say('server.kind.plexClosed'),
    libraryIdentity: 'for-life',
    shownAfterMs: 30_000,
    looksAfterMs: [],
    stopsBefore: false,
    watchedAt: 'https://app.plex.tv',
    tokenHelp: say('server.kind.plexToken'),
    exampleUrl: 'http://192.168.1.10:32400',
    usualPort: 32_400,
    namesWithAddress: /^(\d+-\d+-\d+-\d+)\.[0-9a-f]+\.plex\.direct$/,
  },
  jellyfin: {
    name: 'Jellyfin',
    accounts: 'created',
    accessReadFrom: 'server',
    signIn: {
      by: 'code',
      called: 'Quick Connect',
      revokedUnder: say('server.kind.jellyfinRevoked'),
    },
    closedMeans: say('server.kind.jellyfinClosed'),
    libraryIdentity: 'by-place',
    shownAfterMs: 0,
    looksAfterMs: [2_000, 90_000],
    stopsBefore: true,
    watchedAt: null,
    tokenHelp: say('server.kind.jellyfinToken'),
    exampleUrl: 'https://jellyfin.example.org',
    usualPort: 8096,
    namesWithAddress: null,
  },
} satisfies Record<string, MediaTraits>;

export type ServerKind = keyof typeof kinds;

export const MEDIA_KINDS: Readonly<Record<ServerKind, MediaTraits>> = kinds;
