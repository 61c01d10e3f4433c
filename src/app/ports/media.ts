/** The port for all kinds of media server together. */
import type { GuildId } from '../../domain/ids.ts';
import type { ServerKind } from '../../domain/media-kinds.ts';
import type { DrillSide } from './drill.ts';
import type { AccountToken, Known, MediaServer, ServerAddress } from './media-server.ts';
import type { CodeSignIn, PageSignIn } from './sign-in.ts';

export interface MediaServers {
  /**
   * All kinds, as one guild asks them: guilds take turns where they ask the same server or vendor, and share none of
   * its failures. Cheap: nothing is sent.
   */
  of(guildId: GuildId): MediaKinds;
}

/** What is known of each kind: the table that src/adapters/media.ts is. */
export type MediaKinds = Readonly<Record<ServerKind, MediaKind>>;

/** One kind of media server, as its adapter makes it. */
export interface MediaKind {
  /** An adapter for this address. Cheap: nothing is sent. */
  at(address: ServerAddress): MediaServer;
  /** What a drill needs beside; absent where none can be played. Cheap: nothing is sent. */
  drillAt?(address: ServerAddress & { readonly identity: string }): DrillSide;
  /** How people prove there who they are; absent where only a token lets anybody in. */
  readonly signIn?: PageSignIn | CodeSignIn;
  /** Where the vendor says that the servers of a token's owner are; absent where nobody knows that. */
  listAddresses?(as: AccountToken): Promise<Known<readonly OfferedAddress[]>>;
}

export interface OfferedAddress {
  /** What the server calls itself. */
  readonly server: string;
  readonly url: string;
  readonly where: 'local' | 'remote' | 'relay';
}
