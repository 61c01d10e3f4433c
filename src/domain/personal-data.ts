/**
 * What is told to a person about themselves, and what is not. Every table of the database is in one of these two lists;
 * a test holds them against the schema, and another one each column against docs/privacy.md.
 */

/** The tables with something about a person, and the key under which they find it in their export. */
export const TOLD = {
  Member: 'profile',
  Account: 'accounts',
  AccountLibrary: 'accounts',
  Grant: 'grants',
  GrantLibrary: 'grants',
  Reminder: 'reminders',
  Invite: 'invites',
  InviteLibrary: 'invites',
  Redemption: 'redemptions',
  SignIn: 'signIns',
  Draft: 'drafts',
  Delivery: 'messages',
  Post: 'posts',
  AuditEvent: 'record',
  Forgetting: 'forgetting',
} as const;

/** The tables with nothing in them that is anybody's, and why. */
export const NOT_TOLD = {
  Installation: 'facts about this installation as a whole',
  Guild: 'settings of the community',
  RoleCapability: 'roles of the community, and no people',
  RolePlan: 'roles of the community, and no people',
  Server: 'the media server of the community; whose it is stands there as a number of its own',
  Library: 'what is shared, and not with whom',
  Plan: 'what is offered; who attached a role to it is in the record',
  PlanLibrary: 'what is offered',
  HeldRun: 'accounts of several people at once, without a name; who decided is in the record',
  Drill: "a throw-away account that is nobody's",
  JobRun: 'counts',
} as const;

/** A row, as it is told. */
export type ToldRow = Readonly<Record<string, unknown>>;

/** What is stored about a person in one guild: lists of rows, by key. */
export type PersonalData = Readonly<Record<(typeof TOLD)[keyof typeof TOLD], readonly ToldRow[]>>;

/** What the record calls somebody who was forgotten. `chance` must not be made from who they are. */
export const pseudonymOf = (chance: string): string => `forgotten-${chance.toLowerCase().slice(0, 8)}`;

export const isPseudonym = (id: string): boolean => id.startsWith('forgotten-');
