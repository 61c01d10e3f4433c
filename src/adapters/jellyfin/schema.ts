import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LibraryType } from '../../domain/model.ts';
import { nameFrom } from '../http-client/answers.ts';
import { ACCOUNTS, few, LIBRARIES, MOST_BYTES, MOST_TEXT, short } from '../http-client/limits.ts';
import type { Document, Reader } from '../http-client/reader.ts';

/**
 * What we accept from Jellyfin, and the only fields we keep (media-servers.md 0.3.12). Policies are kept whole,
 * because a write replaces the policy and gives every field that is left out its most open value (B6).
 */
const file = import.meta.url;

/** Of a document; a page has none. */
const jsonIn = (document: Document): unknown => (document.kind === 'document' ? document.value : undefined);

/** Reads one thing. */
const one = <T>(name: string, read: (json: unknown) => T | undefined): Reader<T> => ({
  at: { file, name },
  mostBytes: MOST_BYTES.one,
  accept: (document) => read(jsonIn(document)),
});

/** A list that is the document, or that stands in this field of it; undefined where it does not. */
const isListAt = (document: Document, field?: string): boolean => {
  const json = jsonIn(document);
  if (field === undefined) return Array.isArray(json);
  return typeof json === 'object' && json !== null && Array.isArray(Reflect.get(json, field));
};

/** Of any length: what is kept of it is bounded before anybody looks at it. */
const words = z.string().transform(short);

/** Jellyfin writes ids with or without dashes, in upper or lower case (B1). */
export const normaliseId = (id: string): string => id.replaceAll('-', '').toLowerCase();

const guid = z
  .string()
  .max(64)
  .transform(normaliseId)
  .pipe(z.string().regex(/^[0-9a-f]{32}$/));

const accepted = <T>(result: z.ZodSafeParseResult<T>): T | undefined =>
  result.success ? result.data : undefined;

// ------------------------------------------------------------------------------------------- system

const publicInfo = z.object({
  Id: guid,
  ServerName: words,
  Version: words,
  ProductName: z.literal('Jellyfin Server'),
  StartupWizardCompleted: z.boolean(),
});

export type PublicInfo =
  | { readonly kind: 'info'; readonly id: string; readonly name: string; readonly version: string }
  /**
   * While 10.11 starts it answers 200 in camelCase and calls the wizard "not completed", although it is (edge case
   * 35).
   */
  | { readonly kind: 'starting' }
  | { readonly kind: 'wizard-open' };

export const readPublicInfo = one('readPublicInfo', (json): PublicInfo | undefined => {
  if (z.object({ startupWizardCompleted: z.unknown() }).safeParse(json).success && !hasKey(json, 'Id'))
    return { kind: 'starting' };
  const info = accepted(publicInfo.safeParse(json));
  if (!info) return undefined;
  if (!info.StartupWizardCompleted) return { kind: 'wizard-open' };
  return { kind: 'info', id: info.Id, name: info.ServerName, version: info.Version };
});

const hasKey = (json: unknown, key: string): boolean =>
  typeof json === 'object' && json !== null && key in json;

// ---------------------------------------------------------------------------------------- libraries

const folder = z.object({
  Name: words,
  CollectionType: words.nullish(),
  ItemId: guid.nullish(),
  Locations: z.array(z.string()).nullish().catch(null),
  LibraryOptions: z.object({ Enabled: z.boolean().nullish() }).nullish().catch(null),
});

export interface Folder {
  /** Null when the list does not tell: it has none, or it has one that stands in another row as well (B3, M1). */
  readonly id: string | null;
  readonly name: string;
  readonly type: LibraryType;
  /** The folders of its files in one text, whatever their order; null where there are none. */
  readonly locations: string | null;
  /** Switched off there, so that nobody sees it (M1). */
  readonly off: boolean;
}

export const readFolders: Reader<readonly Folder[], Folder> = {
  at: { file, name: 'readFolders' },
  mostBytes: MOST_BYTES.libraries,
  list: {
    path: [],
    limit: LIBRARIES,
    row(entry) {
      const read = accepted(folder.safeParse(entry));
      if (!read) return undefined;
      const { Name, CollectionType, ItemId, Locations, LibraryOptions } = read;
      return {
        id: ItemId ?? null,
        name: Name,
        type: CollectionType ? (TYPES.get(CollectionType) ?? 'other') : 'mixed',
        locations: Locations && Locations.length > 0 ? placesIn(Locations) : null,
        off: LibraryOptions?.Enabled === false,
      };
    },
  },
  accept(document, _headers, rows) {
    if (!isListAt(document)) return undefined;
    const times = Map.groupBy(rows, ({ id }) => id);
    return rows.map((row) => ({ ...row, id: times.get(row.id)?.length === 1 ? row.id : null }));
  },
};

/** Long ones by their hash: it is only compared. */
function placesIn(locations: readonly string[]): string {
  const text = JSON.stringify(locations.toSorted());
  return text.length > MOST_TEXT ? createHash('sha256').update(text).digest('hex') : text;
}

const mediaFolder = z.object({ Id: guid, Name: words, Type: words.nullish() });

/** The ids of libraries, by name with its case: right also where the other list has none or the same twice (M1). */
export const readMediaFolders: Reader<ReadonlyMap<string, string>, z.infer<typeof mediaFolder>> = {
  at: { file, name: 'readMediaFolders' },
  mostBytes: MOST_BYTES.libraries,
  list: { path: ['Items'], limit: LIBRARIES, row: (entry) => accepted(mediaFolder.safeParse(entry)) },
  accept: (document, _headers, rows) =>
    isListAt(document, 'Items')
      ? new Map(rows.filter(isLibrary).map(({ Id, Name }) => [Name, Id]))
      : undefined,
};

/** Collections, playlists and Live TV are in the list, too. */
const isLibrary = ({ Type }: { readonly Type?: string | null | undefined }) =>
  Type == null || Type === 'CollectionFolder';

const TYPES: ReadonlyMap<string, LibraryType> = new Map([
  ['movies', 'movies'],
  ['tvshows', 'shows'],
  ['music', 'music'],
  ['musicvideos', 'music'],
  ['homevideos', 'photos'],
  ['books', 'books'],
  ['mixed', 'mixed'],
]);

/**
 * The id that Jellyfin gives to a library of this name: MD5 over UTF-16LE, read as a .NET GUID (B3). A folder that
 * has no item for the moment is listed under this id, which it had before and will have again, so that it does not
 * look gone.
 */
export function idOfLibrary(name: string): string {
  const text = `MediaBrowser.Controller.Entities.CollectionFolder${String.raw`root\default`}\\${name}`;
  const hash = createHash('md5').update(Buffer.from(text, 'utf16le')).digest();
  hash.subarray(0, 4).reverse();
  hash.subarray(4, 6).reverse();
  hash.subarray(6, 8).reverse();
  return hash.toString('hex');
}

// -------------------------------------------------------------------------------------------- users

const list = z
  .array(words)
  .nullish()
  .transform((value) => value ?? []);
const policy = z.object({
  IsAdministrator: z.boolean(),
  IsDisabled: z.boolean(),
  EnableAllFolders: z.boolean(),
  EnabledFolders: list,
  BlockedMediaFolders: list,
  InvalidLoginAttemptCount: z.number().nullish().catch(null),
  LoginAttemptsBeforeLockout: z.number().nullish().catch(null),
  AuthenticationProviderId: words.catch(''),
});
const user = z.object({
  Id: guid,
  Name: z.string().transform(nameFrom),
  ServerId: guid,
  Policy: z.record(z.string(), z.unknown()),
});

/** A policy with all of its fields, as it was read. */
export type RawPolicy = Readonly<Record<string, unknown>>;

export interface JellyfinUser {
  readonly id: string;
  readonly name: string;
  readonly serverId: string;
  readonly administrator: boolean;
  readonly disabled: boolean;
  readonly allFolders: boolean;
  /** Normalised ids, each once. */
  readonly folders: readonly string[];
  /** An old kind of list that overrides what is granted and cannot be changed by the API (B4, B6.2). */
  readonly hasBlockList: boolean;
  /** Disabled by the server after too many wrong passwords (B6.5). */
  readonly lockedOut: boolean;
  /** Whether Jellyfin keeps the password; LDAP and the like keep their own (B7). */
  readonly ownPassword: boolean;
  /** Its policy but for the folders, as JSON: mostly the same for everybody, and looked at for few (`policyOf`). */
  readonly rest: string;
  /** The folders as they were written, where that is another way than in `folders`. */
  readonly asWritten?: readonly string[] | null;
}

/** The policy of a user with all of its fields, as it was read. */
export function policyOf({ rest, folders, asWritten = folders }: JellyfinUser): RawPolicy {
  return { ...JSON.parse(rest), EnabledFolders: asWritten };
}

/** A policy without its folders: real ones have 3,000 characters. */
const MOST_POLICY = 64 * 1024;

const userIn = (json: unknown): JellyfinUser | undefined => {
  const read = accepted(user.safeParse(json));
  const fields = read && accepted(policy.safeParse(read.Policy));
  if (!fields) return undefined;
  const limit = fields.LoginAttemptsBeforeLockout ?? -1;
  const { EnabledFolders: raw, ...others } = read.Policy;
  const rest = JSON.stringify(others);
  if (rest.length > MOST_POLICY) return undefined;
  const folders = [...new Set(fields.EnabledFolders.map(normaliseId))];
  return {
    id: read.Id,
    name: read.Name,
    serverId: read.ServerId,
    administrator: fields.IsAdministrator,
    disabled: fields.IsDisabled,
    allFolders: fields.EnableAllFolders,
    folders,
    hasBlockList: fields.BlockedMediaFolders.length > 0,
    lockedOut: fields.IsDisabled && limit > 0 && (fields.InvalidLoginAttemptCount ?? 0) >= limit,
    ownPassword: fields.AuthenticationProviderId.endsWith('.DefaultAuthenticationProvider'),
    rest,
    ...(!isSame(fields.EnabledFolders, folders) && { asWritten: fields.EnabledFolders }),
    ...(raw === null && { asWritten: null }),
  };
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, index) => each === other[index]);

export const readUser = one('readUser', userIn);

/** A user who is not understood, with what of them can be read. */
type Odd = UserList['unread'][number];

export interface UserList {
  readonly users: readonly JellyfinUser[];
  /** Those that are not understood, with what of them can be read. */
  readonly unread: readonly { readonly id: string | null; readonly name: string | null }[];
}

const essentials = z.object({
  Id: guid.nullable().catch(null),
  Name: z.string().transform(nameFrom).nullable().catch(null),
});

function oddIn(entry: unknown): Odd {
  const { Id, Name } = essentials.catch({ Id: null, Name: null }).parse(entry);
  return { id: Id, name: Name };
}

type UserRow = { readonly user: JellyfinUser } | { readonly odd: Odd };

/**
 * The list of all users; one that is not understood is kept aside. A server has at least one user, so a list without
 * any is refused.
 */
export const readUsers: Reader<UserList, UserRow> = {
  at: { file, name: 'readUsers' },
  mostBytes: MOST_BYTES.accounts,
  list: {
    path: [],
    limit: ACCOUNTS,
    row(entry) {
      const user = userIn(entry);
      return user ? { user } : { odd: oddIn(entry) };
    },
    isOdd: (row) => 'odd' in row,
  },
  accept(document, _headers, rows) {
    const users = rows.flatMap((row) => ('user' in row ? [row.user] : []));
    const unread = rows.flatMap((row) => ('odd' in row ? [row.odd] : []));
    return isListAt(document) && users.length > 0 ? { users, unread } : undefined;
  },
};

// ------------------------------------------------------------------------------------------ plug-ins

const plugin = z.object({ Name: words, Status: words.nullish() });

/** The usual ones are called LDAP-Auth and SSO-Auth; the name is all that the list says of what a plug-in does. */
const SIGNS_IN = /ldap|\bsso|oidc|openid|saml|auth(?!or)/i;

/** Names of the plug-ins that run, or will after a restart, and are about signing in. */
export const readSignInPlugins: Reader<readonly string[], z.infer<typeof plugin>> = {
  at: { file, name: 'readSignInPlugins' },
  mostBytes: MOST_BYTES.one,
  list: { path: [], limit: few('plugins'), row: (entry) => accepted(plugin.safeParse(entry)) },
  accept(document, _headers, rows) {
    if (!isListAt(document)) return undefined;
    const running = rows.filter(({ Status }) => ['Active', 'Restart'].includes(Status ?? 'Active'));
    return [...new Set(running.map(({ Name }) => Name).filter((name) => SIGNS_IN.test(name)))];
  },
};

// ----------------------------------------------------------------------------------------- sessions

const session = z.object({
  Id: z.string().max(200),
  UserId: z.string().max(64).nullish(),
  NowPlayingItem: z.unknown().optional(),
});
const item = z.object({ Id: guid });
interface Playing {
  readonly id: string;
  readonly userId: string;
  readonly itemId: string | null;
}

/** Sessions that are playing something. */
export const readPlaying: Reader<readonly Playing[], Playing> = {
  at: { file, name: 'readPlaying' },
  mostBytes: MOST_BYTES.sessions,
  list: {
    path: [],
    limit: few('sessions'),
    row(entry) {
      const read = accepted(session.safeParse(entry));
      if (!read) return undefined;
      const { Id, UserId, NowPlayingItem } = read;
      if (NowPlayingItem == null) return null;
      const itemId = item.safeParse(NowPlayingItem).data?.Id ?? null;
      return { id: Id, userId: normaliseId(UserId ?? ''), itemId };
    },
  },
  accept: (document, _headers, rows) => (isListAt(document) ? rows : undefined),
};

/** Ids of items, such as those above another one. */
export const readItemIds: Reader<readonly string[], string> = {
  at: { file, name: 'readItemIds' },
  mostBytes: MOST_BYTES.one,
  list: { path: [], limit: few('items'), row: (entry) => accepted(item.safeParse(entry))?.Id },
  accept: (document, _headers, rows) => (isListAt(document) ? rows : undefined),
};

const view = z
  .object({ Id: guid, Name: words.nullish(), CollectionType: words.nullish() })
  .transform(({ Id, Name, CollectionType }) => ({ id: Id, name: Name ?? '', type: CollectionType ?? null }));
type View = z.infer<typeof view>;

/** What a user is shown on their first page (B8): libraries, and what the server puts beside them. */
export const readViews: Reader<readonly View[], View> = {
  at: { file, name: 'readViews' },
  mostBytes: MOST_BYTES.libraries,
  list: { path: ['Items'], limit: few('views'), row: (entry) => accepted(view.safeParse(entry)) },
  accept: (document, _headers, rows) => (isListAt(document, 'Items') ? rows : undefined),
};

const signedIn = z.object({ User: z.object({ Id: guid, Name: words }), AccessToken: z.string().max(1_000) });

export const readSignedIn = one('readSignedIn', (json) => {
  const read = accepted(signedIn.safeParse(json));
  return read && { userId: read.User.Id, name: read.User.Name, token: read.AccessToken };
});

const quickConnect = z.object({
  Authenticated: z.boolean(),
  Secret: z.string().min(1),
  Code: z.string().min(1),
});

export const readQuickConnect = one('readQuickConnect', (json) => {
  const read = accepted(quickConnect.safeParse(json));
  return read && { approved: read.Authenticated, secret: read.Secret, code: read.Code };
});

const key = z
  .object({ AccessToken: z.string().min(1).max(1_000), AppName: words })
  .transform(({ AccessToken, AppName }) => ({ key: AccessToken, app: AppName }));
type Key = z.infer<typeof key>;

/** API keys, each with the name of the app it was made for. */
export const readKeys: Reader<readonly Key[], Key> = {
  at: { file, name: 'readKeys' },
  mostBytes: MOST_BYTES.libraries,
  list: { path: ['Items'], limit: few('keys'), row: (entry) => accepted(key.safeParse(entry)) },
  accept: (document, _headers, rows) => (isListAt(document, 'Items') ? rows : undefined),
};
