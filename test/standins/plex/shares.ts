import type { PlexServer } from './server.ts';
import type { PlexAccount, PlexState } from './state.ts';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
/** Not interpreted, but stored and returned as sent, at any depth (A5.7). */
export type SharingSettings = Record<string, Plain>;

export interface Share {
  readonly id: number;
  readonly server: PlexServer;
  /** Null while no account has the e-mail address (edge case 12). */
  invited: PlexAccount | null;
  readonly invitedEmail: string | null;
  readonly inviteToken: string;
  readonly accessToken: string;
  readonly skipFriendship: boolean;
  /** Every library, including those added in future (A6). */
  all: boolean;
  /** Cloud ids. Meaningless while `all` is true. */
  libraryIds: Set<number>;
  readonly invitedAt: Date;
  readonly listedFrom: Date;
  acceptedAt: Date | null;
  leftAt: Date | null;
  removedAt: Date | null;
  listedUntil: Date | null;
  /** Blocks a new share, but is in no v2 list and gives nothing (edge case 7). */
  orphan: boolean;
}

export interface Invitee {
  readonly account: PlexAccount | null;
  readonly email: string | null;
}

/** Sharing settings that a client leaves out get these values (A5.7). */
export const defaultSettings = (): SharingSettings => ({
  allowChannels: false,
  filterMovies: '',
  filterMusic: '',
  filterPhotos: '',
  filterTelevision: '',
  filterAll: null,
  allowSync: false,
  allowCameraUpload: false,
  allowSubtitleAdmin: false,
  allowTuners: 0,
});

const keyOf = (owner: PlexAccount, invitee: Invitee): string =>
  `${owner.id}:${invitee.account?.id ?? invitee.email?.toLowerCase()}`;

export const inviteeOf = (share: Share): Invitee => ({ account: share.invited, email: share.invitedEmail });

/** The settings between an owner and a person, created when they are first read. */
export function settingsOf(state: PlexState, owner: PlexAccount, invitee: Invitee): SharingSettings {
  const key = keyOf(owner, invitee);
  const found = state.settings.get(key) ?? defaultSettings();
  state.settings.set(key, found);
  return found;
}

/** Replaces all settings: those that are not sent go back to their defaults (A5.6, edge case 11). */
export function replaceSettings(
  state: PlexState,
  owner: PlexAccount,
  invitee: Invitee,
  sent: Record<string, unknown>,
): void {
  const settings = defaultSettings();
  for (const [name, value] of Object.entries(sent)) settings[name] = value as Plain;
  state.settings.set(keyOf(owner, invitee), settings);
}

/** The id of the invite that contains all pending shares of one person (A5.4). */
export function inviteIdOf(state: PlexState, share: Share): number {
  const key = keyOf(share.server.owner, inviteeOf(share));
  const id = state.inviteIds.get(key) ?? state.nextId(880_000);
  state.inviteIds.set(key, id);
  return id;
}

/** The existing share that blocks a new one, including orphans. */
export function findShare(state: PlexState, server: PlexServer, invitee: Invitee): Share | undefined {
  return state.shares.values().find((share) => {
    if (share.server !== server || share.removedAt || share.leftAt) return false;
    if (invitee.account) return share.invited === invitee.account;
    return share.invited === null && share.invitedEmail?.toLowerCase() === invitee.email?.toLowerCase();
  });
}

/** Adds a share. It is accepted at once for Home members and friends (A5.5), unless `accepted` says otherwise. */
export function createShare(
  state: PlexState,
  wish: {
    readonly server: PlexServer;
    readonly invitee: Invitee;
    /** Cloud ids. An empty list means every library (A6). */
    readonly libraryIds: readonly number[];
    readonly skipFriendship?: boolean;
    readonly accepted?: boolean;
  },
): Share {
  const { server, invitee } = wish;
  const { account } = invitee;
  const atOnce =
    account !== null &&
    (account.homeOf === server.owner ||
      (state.behaviour.friendsAcceptAtOnce && state.areFriends(account, server.owner)));
  const share: Share = {
    id: state.nextId(30_001_200),
    server,
    invited: account,
    invitedEmail: invitee.email,
    inviteToken: state.secret(),
    accessToken: state.secret(),
    skipFriendship: wish.skipFriendship ?? false,
    all: wish.libraryIds.length === 0,
    libraryIds: new Set(wish.libraryIds),
    invitedAt: state.now(),
    listedFrom: state.inSeconds(state.behaviour.createSeconds),
    acceptedAt: null,
    leftAt: null,
    removedAt: null,
    listedUntil: null,
    orphan: false,
  };
  state.shares.set(share.id, share);
  if (account && (wish.accepted ?? atOnce)) acceptShare(state, share, account);
  return share;
}

/** A pending share becomes accepted and keeps its id (A3). Without `skipFriendship` the two become friends. */
export function acceptShare(state: PlexState, share: Share, member: PlexAccount): void {
  share.acceptedAt = state.now();
  if (!share.skipFriendship) state.befriend(share.server.owner, member);
}

/** Replaces the libraries. As far as anybody knows, an empty list means every library here too (A6). */
export function setLibraries(share: Share, cloudIds: readonly number[]): void {
  share.all = cloudIds.length === 0;
  share.libraryIds = new Set(cloudIds);
}

/** Removes the share. It may stay listed for a while (edge case 43). */
export function removeShare(state: PlexState, share: Share): void {
  share.removedAt = state.now();
  share.listedUntil = state.inSeconds(state.behaviour.deleteSeconds);
}

/** The member leaves the share (edge case 13). */
export function leaveShare(state: PlexState, share: Share): void {
  share.leftAt = state.now();
}

/** Whether lists contain the share now. */
export function isListed(state: PlexState, share: Share): boolean {
  const now = state.now();
  if (now < share.listedFrom) return false;
  if (share.removedAt) return share.listedUntil !== null && now < share.listedUntil;
  if (!share.leftAt) return true;
  return now.getTime() < share.leftAt.getTime() + state.behaviour.leftSeconds * 1_000;
}

/** The share with that id, if it still exists and `reader` is its owner or the invited person. */
export function findShareById(state: PlexState, id: string, reader: PlexAccount): Share | undefined {
  const share = state.shares.get(Number(id));
  if (!share || share.removedAt || share.leftAt) return undefined;
  return share.server.owner === reader || share.invited === reader ? share : undefined;
}

/** When an address gets an account, its pending shares become those of the account (edge case 12). */
export function bindInvites(state: PlexState, account: PlexAccount): void {
  for (const share of state.shares.values()) {
    if (share.invited || share.invitedEmail?.toLowerCase() !== account.email.toLowerCase()) continue;
    const { owner } = share.server;
    const settings = settingsOf(state, owner, inviteeOf(share));
    share.invited = account;
    state.settings.set(keyOf(owner, inviteeOf(share)), settings);
  }
}

/** What the account can really see on the server now. */
export function accessOf(
  state: PlexState,
  account: PlexAccount,
  server: PlexServer,
): 'all' | 'none' | 'pending' | readonly string[] {
  if (server.owner === account) return 'all';
  const share = findShare(state, server, { account, email: null });
  if (!share || share.orphan) return 'none';
  if (!share.acceptedAt) return 'pending';
  if (share.all) return 'all';
  const titles = server.libraries
    .filter(({ cloudId }) => share.libraryIds.has(cloudId))
    .map(({ title }) => title);
  return titles.length === 0 ? 'none' : titles;
}
