import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LibraryType } from '../../domain/model.ts';

/**
 * What we accept from Jellyfin, and the only fields we keep (media-servers.md 0.3.12). Policies are kept whole,
 * because a write replaces the policy and gives every field that is left out its most open value (B6).
 */
export type Reader<T> = (json: unknown) => T | undefined;

/** Jellyfin writes ids with or without dashes, in upper or lower case (B1). */
export const normaliseId = (id: string): string => id.replaceAll('-', '').toLowerCase();

const guid = z
  .string()
  .transform(normaliseId)
  .pipe(z.string().regex(/^[0-9a-f]{32}$/));

const accepted = <T>(result: z.ZodSafeParseResult<T>): T | undefined =>
  result.success ? result.data : undefined;

// ------------------------------------------------------------------------------------------- system

const publicInfo = z.object({
  Id: guid,
  ServerName: z.string(),
  Version: z.string(),
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

export const readPublicInfo: Reader<PublicInfo> = (json) => {
  if (z.object({ startupWizardCompleted: z.unknown() }).safeParse(json).success && !hasKey(json, 'Id'))
    return { kind: 'starting' };
  const info = accepted(publicInfo.safeParse(json));
  if (!info) return undefined;
  if (!info.StartupWizardCompleted) return { kind: 'wizard-open' };
  return { kind: 'info', id: info.Id, name: info.ServerName, version: info.Version };
};

const hasKey = (json: unknown, key: string): boolean =>
  typeof json === 'object' && json !== null && key in json;

// ---------------------------------------------------------------------------------------- libraries

const folders = z.array(
  z.object({
    Name: z.string(),
    CollectionType: z.string().nullish(),
    ItemId: guid.nullish(),
    Locations: z.array(z.string()).nullish().catch(null),
    LibraryOptions: z.object({ Enabled: z.boolean().nullish() }).nullish().catch(null),
  }),
);

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

export const readFolders: Reader<readonly Folder[]> = (json) => {
  const list = accepted(folders.safeParse(json));
  const times = Map.groupBy(list ?? [], ({ ItemId }) => ItemId);
  return list?.map(({ Name, CollectionType, ItemId, Locations, LibraryOptions }) => ({
    id: ItemId && times.get(ItemId)?.length === 1 ? ItemId : null,
    name: Name,
    type: CollectionType ? (TYPES.get(CollectionType) ?? 'other') : 'mixed',
    locations: Locations && Locations.length > 0 ? JSON.stringify(Locations.toSorted()) : null,
    off: LibraryOptions?.Enabled === false,
  }));
};

const mediaFolders = z.object({
  Items: z.array(z.object({ Id: guid, Name: z.string(), Type: z.string().nullish() })),
});

/** The ids of libraries, by name with its case: right also where the other list has none or the same twice (M1). */
export const readMediaFolders: Reader<ReadonlyMap<string, string>> = (json) => {
  const list = accepted(mediaFolders.safeParse(json))?.Items;
  return list && new Map(list.filter(isLibrary).map(({ Id, Name }) => [Name, Id]));
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
  .array(z.string())
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
  AuthenticationProviderId: z.string().catch(''),
});
const user = z.object({
  Id: guid,
  Name: z.string(),
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
  readonly policy: RawPolicy;
}

export const readUser: Reader<JellyfinUser> = (json) => {
  const read = accepted(user.safeParse(json));
  const fields = read && accepted(policy.safeParse(read.Policy));
  if (!fields) return undefined;
  const limit = fields.LoginAttemptsBeforeLockout ?? -1;
  return {
    id: read.Id,
    name: read.Name,
    serverId: read.ServerId,
    administrator: fields.IsAdministrator,
    disabled: fields.IsDisabled,
    allFolders: fields.EnableAllFolders,
    folders: [...new Set(fields.EnabledFolders.map(normaliseId))],
    hasBlockList: fields.BlockedMediaFolders.length > 0,
    lockedOut: fields.IsDisabled && limit > 0 && (fields.InvalidLoginAttemptCount ?? 0) >= limit,
    ownPassword: fields.AuthenticationProviderId.endsWith('.DefaultAuthenticationProvider'),
    policy: read.Policy,
  };
};

export interface UserList {
  readonly users: readonly JellyfinUser[];
  /** Those that are not understood, with what of them can be read. */
  readonly unread: readonly { readonly id: string | null; readonly name: string | null }[];
}

const essentials = z.object({ Id: guid.nullable().catch(null), Name: z.string().nullable().catch(null) });

/**
 * The list of all users; one that is not understood is kept aside. A server has at least one user, so a list without
 * any is refused.
 */
export const readUsers: Reader<UserList> = (json) => {
  if (!Array.isArray(json)) return undefined;
  const users = json.flatMap((item) => readUser(item) ?? []);
  if (users.length === 0) return undefined;
  const unread = json
    .filter((item) => readUser(item) === undefined)
    .map((item) => essentials.catch({ Id: null, Name: null }).parse(item))
    .map(({ Id, Name }) => ({ id: Id, name: Name }));
  return { users, unread };
};

// ------------------------------------------------------------------------------------------ plug-ins

const plugins = z.array(z.object({ Name: z.string(), Status: z.string().nullish() }));

/** The usual ones are called LDAP-Auth and SSO-Auth; the name is all that the list says of what a plug-in does. */
const SIGNS_IN = /ldap|\bsso|oidc|openid|saml|auth(?!or)/i;

/** Names of the plug-ins that run, or will after a restart, and are about signing in. */
export const readSignInPlugins: Reader<readonly string[]> = (json) => {
  const running = accepted(plugins.safeParse(json))?.filter(({ Status }) =>
    ['Active', 'Restart'].includes(Status ?? 'Active'),
  );
  return running && [...new Set(running.map(({ Name }) => Name).filter((name) => SIGNS_IN.test(name)))];
};

// ----------------------------------------------------------------------------------------- sessions

const sessions = z.array(
  z.object({ Id: z.string(), UserId: z.string().nullish(), NowPlayingItem: z.unknown().optional() }),
);
const item = z.object({ Id: guid });

/** Sessions that are playing something. */
export const readPlaying: Reader<
  readonly { readonly id: string; readonly userId: string; readonly itemId: string | null }[]
> = (json) =>
  accepted(sessions.safeParse(json))
    ?.filter(({ NowPlayingItem }) => NowPlayingItem != null)
    .map(({ Id, UserId, NowPlayingItem }) => ({
      ...{ id: Id, userId: normaliseId(UserId ?? '') },
      itemId: item.safeParse(NowPlayingItem).data?.Id ?? null,
    }));

/** Ids of items, such as those above another one. */
export const readItemIds: Reader<readonly string[]> = (json) =>
  accepted(z.array(item).safeParse(json))?.map(({ Id }) => Id);

const views = z.object({
  Items: z.array(z.object({ Id: guid, Name: z.string().nullish(), CollectionType: z.string().nullish() })),
});

/** What a user is shown on their first page (B8): libraries, and what the server puts beside them. */
export const readViews: Reader<
  readonly { readonly id: string; readonly name: string; readonly type: string | null }[]
> = (json) =>
  accepted(views.safeParse(json))?.Items.map(({ Id, Name, CollectionType }) => ({
    id: Id,
    name: Name ?? '',
    type: CollectionType ?? null,
  }));

const signedIn = z.object({ User: z.object({ Id: guid, Name: z.string() }), AccessToken: z.string() });

export const readSignedIn: Reader<{
  readonly userId: string;
  readonly name: string;
  readonly token: string;
}> = (json) => {
  const read = accepted(signedIn.safeParse(json));
  return read && { userId: read.User.Id, name: read.User.Name, token: read.AccessToken };
};

const quickConnect = z.object({
  Authenticated: z.boolean(),
  Secret: z.string().min(1),
  Code: z.string().min(1),
});

export const readQuickConnect: Reader<{
  readonly approved: boolean;
  readonly secret: string;
  readonly code: string;
}> = (json) => {
  const read = accepted(quickConnect.safeParse(json));
  return read && { approved: read.Authenticated, secret: read.Secret, code: read.Code };
};

const keys = z.object({ Items: z.array(z.object({ AccessToken: z.string().min(1), AppName: z.string() })) });

/** API keys, each with the name of the app it was made for. */
export const readKeys: Reader<readonly { readonly key: string; readonly app: string }[]> = (json) =>
  accepted(keys.safeParse(json))?.Items.map(({ AccessToken, AppName }) => ({
    key: AccessToken,
    app: AppName,
  }));
