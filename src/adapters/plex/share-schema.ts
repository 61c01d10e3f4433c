/** What we accept of the lists of shares at plex.tv. The lists hold all servers of an owner. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ACCOUNTS, few, MOST_BYTES } from '../http-client/limits.ts';
import type { Document, Headers, Reader } from '../http-client/reader.ts';
import { readMarkup } from './document.ts';
import {
  accepted,
  count,
  elementsIn,
  flag,
  id,
  inside,
  isCounted,
  isList,
  isRecord,
  listOf,
  moment,
  orNull,
  set,
  text,
} from './fields.ts';

const file = import.meta.url;

/**
 * Not interpreted, at any depth: settings are sent back exactly as read, or filters by age would be lost (A5.6,
 * A5.7).
 */
export type SharingSettings = Readonly<Record<string, unknown>>;

/** As JSON: mostly the same for everybody, and looked at for few. */
export type SettingsText = string;
export const settingsIn = (kept: SettingsText | null): SharingSettings | null =>
  kept === null ? null : JSON.parse(kept);

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
  readonly settings: SettingsText | null;
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
): SettingsText | null {
  const [one, other] = places.filter((place) => place != null);
  if (!one || (other && !isDeepStrictEqual(one, other))) return null;
  return JSON.stringify(fromXml ? settingsOfXml(one) : one);
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

/** What a list tells of the settings of one share, at both of the places where it may (A5.7). */
interface Told {
  readonly machineIdentifier: string;
  readonly accountId: string | null;
  readonly share: SettingsText | null;
  readonly person: SettingsText | null;
}

export const readTold: Reader<readonly Told[], Told> = {
  at: { file, name: 'readTold' },
  mostBytes: MOST_BYTES.shares,
  markup: readMarkup,
  list: {
    path: [],
    inMarkup: (value) => elementsIn(value, 'sharedServer'),
    limit: ACCOUNTS,
    row(entry, fromXml): Told | null {
      const item = accepted(told.safeParse(entry));
      if (!item) return null;
      const as = (place: SharingSettings | null | undefined) =>
        place == null ? null : JSON.stringify(fromXml ? settingsOfXml(place) : place);
      return {
        machineIdentifier: item.machineIdentifier,
        accountId: item.invitedId ?? item.invited?.id ?? null,
        share: as(item.sharingSettings),
        person: as(item.invited?.sharingSettings),
      };
    },
  },
  accept: (document, _headers, rows) =>
    isList(document, 'sharedServers', 'sharedServer') ? rows : undefined,
};

/** The settings between the owner and one person (A5.7). */
export const readSettings: Reader<SharingSettings> = {
  at: { file, name: 'readSettings' },
  mostBytes: MOST_BYTES.one,
  markup: readMarkup,
  accept(document) {
    const value = inside(document, 'sharingSettings');
    if (!isRecord(value) || 'errors' in value || 'error' in value) return undefined;
    return isXml(document) ? settingsOfXml(value) : value;
  },
};

const isXml = (document: Document): boolean => document.kind === 'document' && document.root !== null;

/** The share in the reply to a create call or an update (A5.5, A5.6). */
export const readShare: Reader<PlexShare> = {
  at: { file, name: 'readShare' },
  mostBytes: MOST_BYTES.one,
  markup: readMarkup,
  accept: (document) => readOneShare(inside(document, 'sharedServer'), isXml(document)),
};

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

/** These lists have no pages. A header that speaks of more items means that the list is not complete (A5.3). */
function isWhole(headers: Headers, length: number): boolean {
  const totals = [headers['x-plex-container-total-size'], headers['x-plex-container-size']];
  if (totals.some((total) => total !== undefined && Number(total) !== length)) return false;
  const range = /\/(\d+)$/.exec(String(headers['content-range'] ?? ''));
  if (range && Number(range[1]) !== length) return false;
  return !/rel="?next/.test(String(headers.link ?? ''));
}

/** An entry of a list of all servers of an owner. */
type Entry =
  | { readonly kind: 'share'; readonly server: string; readonly share: PlexShare }
  | { readonly kind: 'unread'; readonly server: string | null; readonly entry: UnreadShare }
  /** What says that it is over gives nothing, whatever else is wrong with it. */
  | { readonly kind: 'over'; readonly server: string | null };

function entryOf(item: unknown, fromXml: boolean): Entry {
  const known = essentials.parse(isRecord(item) ? item : {});
  const server = known.machineIdentifier;
  const share = server === null ? undefined : readOneShare(item, fromXml);
  if (server !== null && share) return { kind: 'share', server, share };
  if (known.deletedAt !== null || known.leftAt !== null) return { kind: 'over', server };
  const entry = { id: known.id, whose: [...new Set(numbersIn(known))], saysServer: server !== null };
  return { kind: 'unread', server, entry };
}

/**
 * The shares of all servers of an owner (A5.3, A5.4). Whether the list is whole is decided by its envelope; an entry
 * that is not understood is kept aside and says nothing about the others.
 */
export const readShares: Reader<readonly Entry[], Entry> = {
  at: { file, name: 'readShares' },
  mostBytes: MOST_BYTES.shares,
  markup: readMarkup,
  list: {
    path: [],
    inMarkup: (value) => elementsIn(value, 'sharedServer'),
    limit: { ...ACCOUNTS, of: 'shares' },
    row: entryOf,
    isOdd: ({ kind }) => kind === 'unread',
  },
  accept: (document, headers, rows) =>
    isList(document, 'sharedServers', 'sharedServer') && isWhole(headers, rows.length) ? rows : undefined,
};

export interface ShareList {
  readonly shares: readonly PlexShare[];
  /** Entries that are this server's, or may be, and are not understood. */
  readonly unread: readonly UnreadShare[];
}

/** Those of one server. */
export function sharesOf(entries: readonly Entry[], machineIdentifier: string): ShareList {
  const own = entries.filter(({ server }) => server === null || server === machineIdentifier);
  return {
    shares: own.flatMap((entry) => (entry.kind === 'share' ? [entry.share] : [])),
    unread: own.flatMap((entry) => (entry.kind === 'unread' ? [entry.entry] : [])),
  };
}

const shareV1 = z.object({ id, userID: orNull(id), acceptedAt: moment });
export type ShareV1 = z.infer<typeof shareV1>;
type EntryV1 = { readonly share: ShareV1 } | { readonly unread: UnreadShare };

const aroundV1 = z.object({ size: count, SharedServer: z.array(z.unknown()).default([]) });

/** The old list of one server, the only one that shows orphans (A5.3, edge case 7). */
export const readSharesV1: Reader<
  { readonly shares: readonly ShareV1[]; readonly unread: readonly UnreadShare[] },
  EntryV1
> = {
  at: { file, name: 'readSharesV1' },
  mostBytes: MOST_BYTES.shares,
  markup: readMarkup,
  list: {
    path: ['MediaContainer', 'SharedServer'],
    inMarkup: (value) => elementsIn(value, 'SharedServer'),
    limit: { ...ACCOUNTS, of: 'shares' },
    row(item): EntryV1 {
      const share = accepted(shareV1.safeParse(item));
      if (share) return { share };
      return { unread: { id: essentials.parse(isRecord(item) ? item : {}).id, whose: [], saysServer: true } };
    },
    isOdd: (row) => 'unread' in row,
  },
  accept(document, _headers, rows) {
    const around = accepted(aroundV1.safeParse(inside(document, 'MediaContainer')));
    if (!around || !isCounted([around.size], rows)) return undefined;
    return {
      shares: rows.flatMap((entry) => ('share' in entry ? [entry.share] : [])),
      unread: rows.flatMap((entry) => ('unread' in entry ? [entry.unread] : [])),
    };
  },
};

const invite = z.object({
  sharedServers: listOf('sharedServer', z.object({ id, machineIdentifier: z.string() })),
});

/** The shares that somebody was invited to. One invite may cover several servers (A5.9). */
export const readReceivedInvites: Reader<
  readonly { readonly id: string; readonly machineIdentifier: string }[],
  z.infer<typeof invite>
> = {
  at: { file, name: 'readReceivedInvites' },
  mostBytes: MOST_BYTES.one,
  markup: readMarkup,
  list: {
    path: [],
    inMarkup: (value) => elementsIn(value, 'invite'),
    limit: few('invitations'),
    row: (entry) => accepted(invite.safeParse(entry)),
  },
  accept: (document, _headers, rows) =>
    isList(document, 'invites', 'invite') ? rows.flatMap(({ sharedServers }) => sharedServers) : undefined,
};
