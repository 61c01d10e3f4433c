import { z } from 'zod';
import { type Answer, Refused } from '../http.ts';
import { notRead, problem, processingError, words } from './answers.ts';
import { EMPTY_GUID, parseGuid } from './forms.ts';

export const DEFAULT_AUTHENTICATION = 'Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider';
const DEFAULT_PASSWORD_RESET = 'Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider';

const bool = (omitted: boolean) => z.boolean().default(omitted);
/** Numbers may be sent as text (B1). */
const int = (omitted: number) =>
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^-?\d+$/)
        .transform(Number),
    ])
    .default(omitted);
const rating = z.union([z.int(), z.null()]).default(null);
/** `null` is read as the empty GUID (B1). */
const guid = z
  .string()
  .nullable()
  .transform((text, context) => {
    const found = text === null ? EMPTY_GUID : parseGuid(text);
    if (found) return found;
    context.addIssue({ code: 'custom', message: 'The JSON value could not be converted to System.Guid.' });
    return z.NEVER;
  });
/** A list for which null is accepted at first and causes an error later (B6.1). */
const list = <Item extends z.ZodType>(item: Item) => z.array(item).nullable().default([]);
/** May be missing as far as reading the JSON goes, and is asked for afterwards. */
const required = z
  .string()
  .nullable()
  .default('')
  .transform((text) => text ?? '');

const UNRATED = [
  'Movie',
  'Trailer',
  'Series',
  'Music',
  'Book',
  'LiveTvChannel',
  'LiveTvProgram',
  'ChannelContent',
  'Other',
] as const;

/** Every field with its value if the body leaves it out (B6.1). Some of these values give rights. */
const posted = z.object({
  IsAdministrator: bool(false),
  IsHidden: bool(true),
  EnableCollectionManagement: bool(false),
  EnableSubtitleManagement: bool(false),
  EnableLyricManagement: bool(false),
  IsDisabled: bool(false),
  MaxParentalRating: rating,
  MaxParentalSubRating: rating,
  BlockedTags: list(z.string()),
  AllowedTags: list(z.string()),
  EnableUserPreferenceAccess: bool(true),
  AccessSchedules: list(z.record(z.string(), z.unknown())),
  BlockUnratedItems: list(z.enum(UNRATED)),
  EnableRemoteControlOfOtherUsers: bool(false),
  EnableSharedDeviceControl: bool(true),
  EnableRemoteAccess: bool(true),
  EnableLiveTvManagement: bool(true),
  EnableLiveTvAccess: bool(true),
  EnableMediaPlayback: bool(true),
  EnableAudioPlaybackTranscoding: bool(true),
  EnableVideoPlaybackTranscoding: bool(true),
  EnablePlaybackRemuxing: bool(true),
  ForceRemoteSourceTranscoding: bool(false),
  EnableContentDeletion: bool(false),
  EnableContentDeletionFromFolders: list(z.string()),
  EnableContentDownloading: bool(true),
  EnableSyncTranscoding: bool(true),
  EnableMediaConversion: bool(true),
  EnabledDevices: list(z.string()),
  EnableAllDevices: bool(true),
  EnabledChannels: list(guid),
  EnableAllChannels: bool(true),
  EnabledFolders: list(guid),
  EnableAllFolders: bool(true),
  InvalidLoginAttemptCount: int(0),
  LoginAttemptsBeforeLockout: int(-1),
  MaxActiveSessions: int(0),
  EnablePublicSharing: bool(true),
  RemoteClientBitrateLimit: int(0),
  AuthenticationProviderId: required,
  PasswordResetProviderId: required,
  SyncPlayAccess: z.enum(['CreateAndJoinGroups', 'JoinGroups', 'None']).default('CreateAndJoinGroups'),
});

/** A policy as it was sent, including nulls. */
export type PostedPolicy = z.infer<typeof posted>;
/** A policy as it is stored: only ratings can be null, lists cannot. */
export type JellyfinPolicy = {
  [Field in keyof PostedPolicy]: Field extends `MaxParental${string}`
    ? PostedPolicy[Field]
    : NonNullable<PostedPolicy[Field]>;
};

const CANONICAL = new Map(Object.keys(posted.shape).map((name) => [name.toLowerCase(), name]));

/**
 * Reads the body. Names may have any case, and unknown ones are ignored. A 400 names the first field that is not
 * valid, and nothing for a GUID (M4).
 */
export function readPolicy(body: Record<string, unknown>): PostedPolicy {
  const named = Object.entries(body).map(([name, value]) => [
    CANONICAL.get(name.toLowerCase()) ?? name,
    value,
  ]);
  const read = posted.safeParse(Object.fromEntries(named));
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.code === 'custom' ? '' : jsonPath(issue?.path ?? []);
    throw new Refused(notRead(path, 'newPolicy', issue?.message ?? ''));
  }
  const policy = read.data;
  const missing = REQUIRED.filter((name) => policy[name] === '');
  if (missing.length > 0)
    throw new Refused(
      problem(400, Object.fromEntries(missing.map((name) => [name, [`The ${name} field is required.`]]))),
    );
  return policy;
}

const REQUIRED = ['AuthenticationProviderId', 'PasswordResetProviderId'] as const;

const jsonPath = (path: readonly PropertyKey[]): string =>
  `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`;

const REFUSES_NULL = [
  'BlockedTags',
  'AllowedTags',
  'EnabledFolders',
  'EnabledChannels',
  'EnabledDevices',
  'EnableContentDeletionFromFolders',
] as const;

/** The policy that is stored for a posted one, which replaces the whole of it (B6). Throws the errors of B6.1. */
export function storedPolicy(policy: PostedPolicy): JellyfinPolicy {
  if (policy.AccessSchedules === null) throw new Refused(processingError(500));
  if (REFUSES_NULL.some((field) => policy[field] === null)) throw new Refused(processingError(400));
  const { BlockedTags, AllowedTags, LoginAttemptsBeforeLockout: limit } = policy;
  return {
    ...policy,
    // Tags are stored with commas in between, so a tag that contains a comma is split.
    BlockedTags: (BlockedTags ?? []).flatMap((tag) => tag.split(',')),
    AllowedTags: (AllowedTags ?? []).flatMap((tag) => tag.split(',')),
    AccessSchedules: policy.AccessSchedules,
    BlockUnratedItems: policy.BlockUnratedItems ?? [],
    EnableContentDeletionFromFolders: policy.EnableContentDeletionFromFolders ?? [],
    EnabledDevices: policy.EnabledDevices ?? [],
    EnabledChannels: policy.EnabledChannels ?? [],
    EnabledFolders: policy.EnabledFolders ?? [],
    LoginAttemptsBeforeLockout: limit === 0 ? 3 : limit,
  };
}

/** The policy of a new account, which sees every library (B5). The administrator of the wizard may more (M4). */
export const newUserPolicy = (is: { readonly admin: boolean; readonly first: boolean }): JellyfinPolicy => ({
  ...storedPolicy(
    posted.parse({
      AuthenticationProviderId: DEFAULT_AUTHENTICATION,
      PasswordResetProviderId: DEFAULT_PASSWORD_RESET,
    }),
  ),
  IsAdministrator: is.admin,
  EnableContentDeletion: is.first,
  EnableRemoteControlOfOtherUsers: is.first,
  EnableLiveTvManagement: false,
});

/** The policy as answers show it: lyric management is always missing, and block lists are read-only (B6.1). */
export function policyView(
  policy: JellyfinPolicy,
  blocked: { readonly folders: readonly string[]; readonly channels: readonly string[] },
  knowsSubRating: boolean,
): object {
  const { MaxParentalRating, MaxParentalSubRating, ...rest } = policy;
  return {
    ...rest,
    EnableLyricManagement: false,
    MaxParentalRating: MaxParentalRating ?? undefined,
    MaxParentalSubRating: knowsSubRating ? (MaxParentalSubRating ?? undefined) : undefined,
    BlockedMediaFolders: blocked.folders,
    BlockedChannels: blocked.channels,
  };
}

/** The refusals of B6.4 in the order of Jellyfin's controller; undefined when there is none. */
export function refusalOf(
  wanted: PostedPolicy,
  current: JellyfinPolicy,
  everybody: readonly JellyfinPolicy[],
): Answer | undefined {
  const sole = (holds: (policy: JellyfinPolicy) => boolean): boolean => everybody.filter(holds).length === 1;
  if (!wanted.IsAdministrator && current.IsAdministrator && sole(({ IsAdministrator }) => IsAdministrator))
    return words(403, 'There must be at least one user in the system with administrative access.');
  if (wanted.IsDisabled && current.IsAdministrator) return words(403, 'Administrators cannot be disabled.');
  if (wanted.IsDisabled && !current.IsDisabled && sole(({ IsDisabled }) => !IsDisabled))
    return words(403, 'There must be at least one enabled user in the system.');
  return undefined;
}
