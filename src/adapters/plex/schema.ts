import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Protection } from '../../domain/protection.ts';
import type { PlexDocument } from './document.ts';

/**
 * What we accept from Plex, and the only fields we keep: replies are full of secrets (media-servers.md 0.3.12). A
 * reader returns `undefined` for what it does not accept, such as an error document with status 200 (edge case 20).
 */
export type Reader<T> = (document: PlexDocument, headers: Headers) => T | undefined;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Ids are numbers or text, depending on the source (A3); we keep them as text. */
const id = z.union([z.number().int(), z.string().regex(/^\S+$/)]).transform(String);
const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1', 'true', 'false'])])
  .transform((value) => value === true || value === 1 || value === '1' || value === 'true');
/** XML has an empty attribute where JSON has null. */
const orNull = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' || value === undefined ? null : value), type.nullable());
/** XML wraps a list in a parent element (A2.3). */
const listOf = <T extends z.ZodType>(child: string, item: T) =>
  z.preprocess((value) => (isRecord(value) ? childrenOf(value, child) : value), z.array(item));
/** The children of this name; none only where there are none of any other: that would be another document. */
const childrenOf = (element: Readonly<Record<string, unknown>>, child: string): unknown =>
  element[child] ?? (Object.values(element).some((value) => typeof value === 'object') ? undefined : []);
/** As many as it counts. The JSON of a media server leaves an empty list out (A2.3), but then it counts 0. */
const isCounted = (counts: readonly (number | null)[], { length }: readonly unknown[]): boolean =>
  (length > 0 || counts.includes(0)) && counts.every((count) => count === null || count === length);
/** v1 has been seen to write "never" as 0. */
const moment = z.preprocess(
  (value) => (value === '0' || value === 0 || value === '' || value === undefined ? null : value),
  z.union([z.string(), z.number()]).nullable(),
);
const count = orNull(z.coerce.number().int());

/** Names and addresses are for people only. */
const text = orNull(z.string()).catch(null);
/** A flag that is null, or missing, is not set. */
const set = orNull(flag).transform((value) => value ?? false);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The content of a document that has the expected root. In JSON only documents of a media server have one. */
function inside(document: PlexDocument, root: string): unknown {
  if (document.kind !== 'document') return undefined;
  if (document.root !== null) return document.root === root ? document.value : undefined;
  if (root !== 'MediaContainer') return document.value;
  return isRecord(document.value) ? document.value.MediaContainer : undefined;
}

/** The items of a list: a JSON array, or the children of the XML root. */
function itemsOf(document: PlexDocument, root: string, child: string): readonly unknown[] | undefined {
  const value = inside(document, root);
  if (document.kind === 'document' && document.root !== null && isRecord(value)) {
    const children = childrenOf(value, child);
    return Array.isArray(children) ? children : undefined;
  }
  return Array.isArray(value) ? value : undefined;
}

/** These lists have no pages. A header that speaks of more items means that the list is not complete (A5.3). */
function isWhole(headers: Headers, length: number): boolean {
  const totals = [headers['x-plex-container-total-size'], headers['x-plex-container-size']];
  if (totals.some((total) => total !== undefined && Number(total) !== length)) return false;
  const range = /\/(\d+)$/.exec(String(headers['content-range'] ?? ''));
  if (range && Number(range[1]) !== length) return false;
  return !/rel="?next/.test(String(headers.link ?? ''));
}

const accepted = <T>(result: z.ZodSafeParseResult<T>): T | undefined =>
  result.success ? result.data : undefined;

// -------------------------------------------------------------------------------- Plex Media Server

/**
 * `claimed` is false on a server that belongs to no account (any more): nothing can be shared from it. What names the
 * server goes into addresses of plex.tv, which are asked with the owner's token: it is one word (A4.1).
 */
const identity = z.object({
  machineIdentifier: z.string().regex(/^[\w-]{1,100}$/),
  version: z.string(),
  claimed: orNull(flag).catch(null),
});

export const readIdentity: Reader<z.infer<typeof identity>> = (document) =>
  accepted(identity.safeParse(inside(document, 'MediaContainer')));

/** What a section is for life. Absent where nobody tells it (A4.2). */
const uuid = z.string().min(1).nullish().catch(null);
const sections = z
  .object({
    size: count,
    totalSize: count,
    Directory: z.array(z.object({ key: id, title: z.string(), type: z.string(), uuid })).default([]),
  })
  .refine(({ size, totalSize, Directory }) => isCounted([size, totalSize], Directory));
export type Section = z.infer<typeof sections>['Directory'][number];

export const readSections: Reader<readonly Section[]> = (document) =>
  accepted(sections.safeParse(inside(document, 'MediaContainer')))?.Directory;

/** Proves that the token is the owner's: members get 403 (A4.1). */
export const readAnyContainer: Reader<true> = (document) =>
  isRecord(inside(document, 'MediaContainer')) ? true : undefined;

const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
const session = z.object({
  User: z.preprocess(first, z.object({ id })),
  Session: z.preprocess(first, z.object({ id })),
  /** The key of the library. What plays from elsewhere, such as the cloud, has none. */
  librarySectionID: id.nullish().catch(null),
});
const sessions = z.object({
  Metadata: z.array(z.unknown()).default([]),
  Video: z.array(z.unknown()).default([]),
  Track: z.array(z.unknown()).default([]),
  Photo: z.array(z.unknown()).default([]),
});

/** Sessions that say whose they are. Others are left out, because ending sessions is best effort. */
export const readSessions: Reader<
  readonly { readonly userId: string; readonly sessionId: string; readonly section: string | null }[]
> = (document) => {
  const lists = accepted(sessions.safeParse(inside(document, 'MediaContainer')));
  return (
    lists &&
    Object.values(lists)
      .flat()
      .flatMap((item) => accepted(session.safeParse(item)) ?? [])
      .map(({ User, Session, librarySectionID }) => ({
        ...{ userId: User.id, sessionId: Session.id },
        section: librarySectionID ?? null,
      }))
  );
};

// ------------------------------------------------------------------------------------ plex.tv: account

const user = z.object({
  id,
  username: text,
  title: text,
  email: text,
  home: orNull(flag).catch(null),
  restricted: set,
});
export type PlexUser = z.infer<typeof user>;

export const readUser: Reader<PlexUser> = (document) => accepted(user.safeParse(inside(document, 'user')));

const home = z
  .object({ size: count, User: z.array(z.object({ id, restricted: set })).default([]) })
  .refine(({ size, User }) => isCounted([size], User));

/** Everybody in the Home of the token's owner, himself included; or nothing at all, when one is not understood. */
export const readHomeUsers: Reader<ReadonlyMap<string, Protection>> = (document) => {
  const users = accepted(home.safeParse(inside(document, 'MediaContainer')))?.User;
  return users && new Map(users.map((each) => [each.id, each.restricted ? 'managed' : 'home']));
};

const connection = z.object({ uri: z.string(), local: flag.catch(false), relay: flag.catch(false) });
const resource = z.object({
  name: z.string(),
  provides: z.string(),
  clientIdentifier: z.string(),
  owned: flag,
  /** Only offered, so that what is not understood may be left out. */
  connections: listOf('connection', connection).catch([]),
});
export type Resource = z.infer<typeof resource>;

export const readResources: Reader<readonly Resource[]> = (document) =>
  accepted(z.array(resource).safeParse(itemsOf(document, 'resources', 'resource')));

const ownServer = z.object({ clientIdentifier: z.string(), accessToken: orNull(z.string()).catch(null) });

/** The token that opens each server for whoever asks, by identity; null where it says none. A secret (A2.2). */
export const readServerTokens: Reader<ReadonlyMap<string, string | null>> = (document) => {
  const items = accepted(z.array(ownServer).safeParse(itemsOf(document, 'resources', 'resource')));
  return items && new Map(items.map((item) => [item.clientIdentifier, item.accessToken]));
};

const pin = z.object({
  id,
  code: z.string().min(1),
  expiresAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  authToken: orNull(z.string()),
});

export const readPin: Reader<z.infer<typeof pin>> = (document) =>
  accepted(pin.safeParse(inside(document, 'pin')));

const cloudSection = z.object({ id, key: id, title: z.string(), type: z.string(), uuid });
export type CloudSection = z.infer<typeof cloudSection>;
const cloudServer = z.object({
  machineIdentifier: z.string(),
  librarySections: listOf('librarySection', cloudSection),
});

/** The libraries as plex.tv lists them, with both ids (A5.2). */
export const readCloudSections =
  (machineIdentifier: string): Reader<readonly CloudSection[]> =>
  (document) => {
    const server = accepted(cloudServer.safeParse(inside(document, 'server')));
    return server?.machineIdentifier === machineIdentifier ? server.librarySections : undefined;
  };

// ------------------------------------------------------------------------------------- plex.tv: shares

/**
 * Not interpreted, at any depth: settings are sent back exactly as read, or filters by age would be lost (A5.6,
 * A5.7).
 */
export type SharingSettings = Readonly<Record<string, unknown>>;
const settings = z.custom<SharingSettings>(isRecord).nullish().catch(null);

const share = z.object({
  id,
  accepted: orNull(flag),
  acceptedAt: moment.catch(null),
  deletedAt: moment,
  leftAt: moment,
  allLibraries: set,
  numLibraries: count.catch(null),
  libraries: z.unknown(),
  ownerId: orNull(id).catch(null),
  invitedId: orNull(id),
  invitedEmail: text,
  invited: z
    .object({
      id: orNull(id),
      username: text,
      title: text,
      email: text,
      home: set,
      restricted: set,
      sharingSettings: settings,
    })
    .nullish(),
  sharingSettings: settings,
});
const shareLibraries = listOf('library', z.object({ id, key: id })).optional();

export interface PlexShare
  extends Omit<z.infer<typeof share>, 'libraries' | 'sharingSettings' | 'acceptedAt'> {
  /** Null where it says neither; then the list that it is in does. */
  readonly accepted: boolean | null;
  /** Section keys on the server. Meaningless while `allLibraries` is true. */
  readonly keys: readonly string[];
  /** Null where they are not told, or told twice with two contents. */
  readonly settings: SharingSettings | null;
}

/** An entry that is not understood, with what of it can be read. */
export interface UnreadShare {
  readonly id: string | null;
  /** Numbers of the accounts that it names. */
  readonly whose: readonly string[];
  /** Whether it says that it is of this server; otherwise it may be of any. */
  readonly saysServer: boolean;
}

function readOneShare(item: unknown, fromXml: boolean): PlexShare | undefined {
  const read = accepted(share.safeParse(item));
  if (!read) return undefined;
  const { libraries, sharingSettings, acceptedAt, ...rest } = read;
  const listed = rest.allLibraries ? [] : accepted(shareLibraries.safeParse(libraries));
  // A share that claims two libraries and lists none was not sent completely. It does not show somebody without
  // access.
  if (!listed && !rest.allLibraries && libraries != null) return undefined;
  if (!rest.allLibraries && (listed ?? []).length === 0 && rest.numLibraries !== 0) return undefined;
  // An account named twice must be the same one.
  if (new Set(numbersIn(rest)).size > 1) return undefined;
  return {
    ...rest,
    accepted: rest.accepted ?? (acceptedAt === null ? null : true),
    keys: [...new Set((listed ?? []).map(({ key }) => key))],
    settings: agreed([rest.invited?.sharingSettings, sharingSettings], fromXml),
  };
}

const numbersIn = ({
  invitedId,
  invited,
}: {
  readonly invitedId: string | null;
  readonly invited?: { readonly id: string | null } | null | undefined;
}): readonly string[] => [invitedId, invited?.id].filter((number) => number != null);

/** Sources differ about where settings are told. Where both places have some, only the same ones are believed. */
function agreed(
  places: readonly (SharingSettings | null | undefined)[],
  fromXml: boolean,
): SharingSettings | null {
  const [one, other] = places.filter((place) => place != null);
  if (!one || (other && !isDeepStrictEqual(one, other))) return null;
  return fromXml ? settingsOfXml(one) : one;
}

/** XML writes flags as 0 and 1 and has no null; an update needs the values that JSON has (A5.7). */
const settingsOfXml = (read: SharingSettings): SharingSettings =>
  Object.fromEntries(
    Object.entries(read).map(([name, value]) => {
      // What is not one of these, such as an element, goes back as it is.
      if (name === 'allowTuners' && typeof value === 'string' && /^\d{0,9}$/.test(value))
        return [name, Number(value)];
      const isFlag = name !== 'allowTuners' && name.startsWith('allow');
      return [name, isFlag ? value === '1' || value === 'true' : value];
    }),
  );

const told = z.object({
  machineIdentifier: z.string(),
  invitedId: orNull(id),
  sharingSettings: settings,
  invited: z.object({ id: orNull(id), sharingSettings: settings }).nullish(),
});

/** The settings of one share as the list tells them, at both of the places where it may (A5.7). */
export const readTold =
  (machineIdentifier: string, accountId: string): Reader<Readonly<Record<string, SharingSettings | null>>> =>
  (document) => {
    const fromXml = document.kind === 'document' && document.root !== null;
    const found = itemsOf(document, 'sharedServers', 'sharedServer')
      ?.flatMap((item) => accepted(told.safeParse(item)) ?? [])
      .find(
        (item) =>
          item.machineIdentifier === machineIdentifier && (item.invitedId ?? item.invited?.id) === accountId,
      );
    if (!found) return undefined;
    const as = (place: SharingSettings | null | undefined) =>
      place && fromXml ? settingsOfXml(place) : (place ?? null);
    return { share: as(found.sharingSettings), person: as(found.invited?.sharingSettings) };
  };

/** The settings between the owner and one person (A5.7). */
export const readSettings: Reader<SharingSettings> = (document) => {
  const value = inside(document, 'sharingSettings');
  if (!isRecord(value) || 'errors' in value || 'error' in value) return undefined;
  return document.kind === 'document' && document.root !== null ? settingsOfXml(value) : value;
};

/** The share in the reply to a create call or an update (A5.5, A5.6). */
export const readShare: Reader<PlexShare> = (document) =>
  readOneShare(inside(document, 'sharedServer'), document.kind === 'document' && document.root !== null);

const essentials = z.object({
  id: orNull(id).catch(null),
  machineIdentifier: z.string().nullable().catch(null),
  invitedId: orNull(id).catch(null),
  invited: z
    .object({ id: orNull(id).catch(null) })
    .nullable()
    .catch(null),
  deletedAt: moment.catch(null),
  leftAt: moment.catch(null),
});

export interface ShareList {
  readonly shares: readonly PlexShare[];
  /** Entries that are this server's, or may be, and are not understood. */
  readonly unread: readonly UnreadShare[];
}

/**
 * The shares of one server, from a list of all servers of the owner (A5.3, A5.4). Whether the list is whole is decided
 * by its envelope; an entry that is not understood is kept aside and says nothing about the others.
 */
export const readShares =
  (machineIdentifier: string): Reader<ShareList> =>
  (document, headers) => {
    const items = itemsOf(document, 'sharedServers', 'sharedServer');
    if (!items || !isWhole(headers, items.length)) return undefined;
    const fromXml = document.kind === 'document' && document.root !== null;
    const shares: PlexShare[] = [];
    const unread: UnreadShare[] = [];
    for (const item of items) {
      const known = essentials.parse(isRecord(item) ? item : {});
      const saysServer = known.machineIdentifier !== null;
      if (saysServer && known.machineIdentifier !== machineIdentifier) continue;
      const read = saysServer ? readOneShare(item, fromXml) : undefined;
      if (read) shares.push(read);
      // What says that it is over gives nothing, whatever else is wrong with it.
      else if (known.deletedAt === null && known.leftAt === null)
        unread.push({ id: known.id, whose: [...new Set(numbersIn(known))], saysServer });
    }
    return { shares, unread };
  };

const shareV1 = z.object({ id, userID: orNull(id), acceptedAt: moment });
const sharesV1 = z
  .object({ size: count, SharedServer: z.array(z.unknown()).default([]) })
  .refine(({ size, SharedServer }) => isCounted([size], SharedServer));
export type ShareV1 = z.infer<typeof shareV1>;

/** The old list of one server, the only one that shows orphans (A5.3, edge case 7). */
export const readSharesV1: Reader<{
  readonly shares: readonly ShareV1[];
  readonly unread: readonly UnreadShare[];
}> = (document) => {
  const items = accepted(sharesV1.safeParse(inside(document, 'MediaContainer')))?.SharedServer;
  return (
    items && {
      shares: items.flatMap((item) => accepted(shareV1.safeParse(item)) ?? []),
      unread: items
        .filter((item) => !shareV1.safeParse(item).success)
        .map((item) => ({
          id: essentials.parse(isRecord(item) ? item : {}).id,
          whose: [],
          saysServer: true,
        })),
    }
  );
};

const invites = z.array(
  z.object({
    sharedServers: listOf('sharedServer', z.object({ id, machineIdentifier: z.string() })),
  }),
);

/** The shares that somebody was invited to. One invite may cover several servers (A5.9). */
export const readReceivedInvites: Reader<
  readonly { readonly id: string; readonly machineIdentifier: string }[]
> = (document) =>
  accepted(invites.safeParse(itemsOf(document, 'invites', 'invite')))?.flatMap(
    ({ sharedServers }) => sharedServers,
  );
