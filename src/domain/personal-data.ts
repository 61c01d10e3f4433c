/** What is stored about a person and told to them; what it is for, and for how long, is in docs/privacy.md. */
import type { GuildId } from './ids.ts';

/** The tables with something about a person, and the key under which they find it in their export. */
export const TOLD = {
  Member: 'profile',
  Account: 'accounts',
  AccountLibrary: 'accounts',
  Arrival: 'accounts',
  Grant: 'grants',
  GrantLibrary: 'grants',
  Request: 'requests',
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

/** A row, as it is told. */
export type ToldRow = Readonly<Record<string, unknown>>;

/** What is stored about a person in one guild: lists of rows, by key. */
export type PersonalData = Readonly<Record<(typeof TOLD)[keyof typeof TOLD], readonly ToldRow[]>>;

/** A guild that stores something about somebody; null while Discord does not say what it is called. */
export interface Community {
  readonly guildId: GuildId;
  readonly community: string | null;
}

/** All of it, as it is given to them. */
export interface PersonalCopy {
  readonly at: Date;
  readonly communities: readonly (Community & { readonly data: PersonalData })[];
}

/** What the record calls somebody who was forgotten. `chance` must not be made from who they are. */
export const pseudonymOf = (chance: string): string => `forgotten-${chance.toLowerCase().slice(0, 8)}`;

export const isPseudonym = (id: string): boolean => id.startsWith('forgotten-');
