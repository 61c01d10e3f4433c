/** Ports for the storage of media servers and their libraries. */
import type { AccessCounts } from '../../../domain/access-counts.ts';
import type { ServerDay } from '../../../domain/availability.ts';
import type { Library, Server, ServerKind } from '../../../domain/model.ts';

export interface NewServer {
  readonly id: string;
  readonly kind: ServerKind;
  readonly name: string;
  readonly url: string;
  readonly identity: string;
  readonly ownerAccountId: string | null;
  readonly tokenCipher: string;
  readonly tokenLast4: string;
  readonly clientIdentifier?: string | null;
  readonly tokenMade?: boolean;
  readonly certificate?: string | null;
  readonly plainHttp?: boolean;
  readonly publicUrl?: string | null;
  readonly version: string;
  readonly checkedAt: Date;
}

/** What the last look at a server's endpoints said (servers/endpoints.ts). */
interface EndpointLook {
  readonly at: Date;
  readonly removed: readonly string[];
}

export interface ServerStore {
  list(): Promise<readonly Server[]>;
  find(serverId: string): Promise<Server | undefined>;
  add(server: NewServer): Promise<void>;
  update(
    serverId: string,
    changes: Partial<Omit<Server, 'id' | 'kind' | 'tokenLast4'>> & {
      readonly tokenCipher?: string;
      readonly tokenLast4?: string;
    },
  ): Promise<void>;
  /** Removes what was noted of its endpoints as well. */
  remove(serverId: string): Promise<void>;
  findEndpointLook(serverId: string): Promise<EndpointLook | undefined>;
  /** Replaces the last look. Notes nothing for a server that is not there. */
  noteEndpointLook(serverId: string, look: EndpointLook): Promise<void>;
  /** The sealed token; opened by whoever builds the adapter. */
  getTokenCipher(serverId: string): Promise<string>;
  /** The clock was set back to `now`: what waits for another probe is due. */
  setBack(now: Date): Promise<void>;
  /** Whether it is noted of the hour of `at` that it was looked at. */
  isLookNoted(serverId: string, at: Date): Promise<boolean>;
  /** Notes for the hour of `at` that it was looked at, and whether it was away. Nothing for one that is not there. */
  noteLook(serverId: string, at: Date, isAway: boolean): Promise<void>;
  /** What is noted of the days since that one, of one server or of all. */
  listDays(since: string, serverId?: string): Promise<readonly (ServerDay & { readonly serverId: string })[]>;
  /** Offline servers whose next probe is due. */
  listProbesDue(now: Date): Promise<readonly Server[]>;
}

export interface LibraryStore {
  /** All libraries of a server or of the guild, gone ones included, by server and name. */
  list(serverId?: string): Promise<readonly Library[]>;
  /** Another one whenever a library or the name of a server was changed: for what is made of the names. */
  namesVersion(): Promise<number>;
  add(library: Omit<Library, 'formerIds' | 'missingSince' | 'goneAt'>): Promise<void>;
  update(
    libraryId: string,
    changes: Partial<Omit<Library, 'id' | 'serverId' | 'firstSeenAt'>>,
  ): Promise<void>;
  /**
   * How many accounts were last seen to have each library, or to be invited to it (accounts that see all libraries
   * count for each).
   */
  countUsers(): Promise<ReadonlyMap<string, Pick<AccessCounts, 'has' | 'invited'>>>;
}
