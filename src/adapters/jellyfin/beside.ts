/** What a new account may do beside watching its libraries: nothing, or what a template account may (B5). */
import { differingFields } from './differences.ts';
import { type JellyfinUser, policyOf, type RawPolicy } from './schema.ts';

/**
 * Fields of a policy that are the account's own, and never copied: who it is, whether it is open, what it sees, how it
 * signs in. The block lists are read-only (media-servers.md B6.1).
 */
const OWN: ReadonlySet<string> = new Set([
  'IsAdministrator',
  'IsDisabled',
  'EnableAllFolders',
  'EnabledFolders',
  'BlockedMediaFolders',
  'BlockedChannels',
  'AuthenticationProviderId',
  'PasswordResetProviderId',
  'InvalidLoginAttemptCount',
]);

/** What a new account has on its own, and what it has instead, each with its name for people (M1). */
const NOTHING: Readonly<Record<string, { readonly value: unknown; readonly called: string }>> = {
  EnableLiveTvAccess: { value: false, called: 'Live TV' },
  EnableLiveTvManagement: { value: false, called: 'management of Live TV' },
  EnableAllChannels: { value: false, called: 'all channels' },
  EnabledChannels: { value: [], called: 'channels' },
  EnableContentDownloading: { value: false, called: 'downloads' },
  EnablePublicSharing: { value: false, called: 'public sharing' },
  EnableSharedDeviceControl: { value: false, called: 'control of shared devices' },
  EnableRemoteControlOfOtherUsers: { value: false, called: 'remote control of others' },
  SyncPlayAccess: { value: 'None', called: 'SyncPlay groups' },
  EnableCollectionManagement: { value: false, called: 'management of collections' },
  EnableSubtitleManagement: { value: false, called: 'management of subtitles' },
  EnableLyricManagement: { value: false, called: 'management of lyrics' },
  EnableContentDeletion: { value: false, called: 'deletion of media' },
  EnableContentDeletionFromFolders: { value: [], called: 'deletion of media in folders' },
};

/**
 * The fields to write beside the libraries. Only what a reading of this server names is written, because versions
 * differ in what they have.
 */
export function besideFor(user: JellyfinUser, template: JellyfinUser | undefined): RawPolicy {
  if (template)
    return Object.fromEntries(
      Object.entries(policyOf(template))
        .filter(([field, value]) => !OWN.has(field) && value !== null)
        .map(([field, value]) => [field, field === 'AccessSchedules' ? schedulesOf(value, user.id) : value]),
    );
  const policy = policyOf(user);
  return Object.fromEntries(
    Object.entries(NOTHING)
      .filter(([field]) => field in policy)
      .map(([field, { value }]) => [field, value]),
  );
}

/** What was written and is not there when it is read, in words of people. */
export const notKept = (written: RawPolicy, seen: RawPolicy): readonly string[] =>
  differingFields(written, seen).map((field) => NOTHING[field]?.called ?? field);

/** A schedule names its account and has a number of its own; the hours are what is copied. */
const schedulesOf = (value: unknown, userId: string): unknown =>
  Array.isArray(value) ? value.map(({ Id: _, ...hours }) => ({ ...hours, UserId: userId })) : value;
