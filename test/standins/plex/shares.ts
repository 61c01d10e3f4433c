import type { PlexServer } from './server.ts';
import type { PlexAccount, PlexState } from './state.ts';

/** Opaque to us as to everybody: stored and given back as sent (A5.7). */
export type SharingSettings = Record<string, string | number | boolean | null>;

export interface Share {
  readonly id: number;
  readonly server: PlexServer;
  /** Null while the e-mail address belongs to no account (edge case 12). */
  invited: PlexAccount | null;
  readonly invitedEmail: string | null;
  readonly inviteToken: string;
  readonly accessToken: string;
  readonly skipFriendship: boolean;
  /** Every library, those of tomorrow included (A6). */
  all: boolean;
  /** Cloud ids; meaningless while `all`. */
  libraryIds: Set<number>;
  readonly invitedAt: Date;
  readonly listedFrom: Date;
  acceptedAt: Date | null;
  leftAt: Date | null;
  removedAt: Date | null;
  listedUntil: Date | null;
  /** Blocks a new share but is in no v2 list and gives nothing (edge case 7). */
  orphan: boolean;
}

export interface Invitee {
  readonly account: PlexAccount | null;
  readonly email: string | null;
}

/** What sharing settings become when a client does not say (A5.7). */
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

/** The settings between an owner and a person; made on first look. */
export function settingsOf(state: PlexState, owner: PlexAccount, invitee: Invitee): SharingSettings {
  const key = keyOf(owner, invitee);
  const found = state.settings.get(key) ?? defaultSettings();
  state.settings.set(key, found);
  return found;
}

/** Replaces the settings as a whole: what is not sent goes back to its default (A5.6, edge case 11). */
export function replaceSettings(
  state: PlexState,
  owner: PlexAccount,
  invitee: Invitee,
  sent: Record<string, unknown>,
): void {
  const settings = defaultSettings();
  for (const [name, value] of Object.entries(sent)) {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      settings[name] = value as string | number | boolean | null;
  }
  state.settings.set(keyOf(owner, invitee), settings);
}

/** The id of the invite that groups all pending shares of one person (A5.4). */
export function inviteIdOf(state: PlexState, share: Share): number {
  const key = keyOf(share.server.owner, inviteeOf(share));
  const id = state.inviteIds.get(key) ?? state.nextId(880_000);
  state.inviteIds.set(key, id);
  return id;
}

/** The share that stands in the way of a new one, orphans included. */
export function findShare(state: PlexState, server: PlexServer, invitee: Invitee): Share | undefined {
  return state.shares.values().find((share) => {
    if (share.server !== server || share.removedAt || share.leftAt) return false;
    if (invitee.account) return share.invited === invitee.account;
    return share.invited === null && share.invitedEmail?.toLowerCase() === invitee.email?.toLowerCase();
  });
}

/** Adds a share. Home members and friends accept at once (A5.5), unless `accepted` says otherwise. */
export function createShare(
  state: PlexState,
  wish: {
    readonly server: PlexServer;
    readonly invitee: Invitee;
    /** Cloud ids; empty means every library (A6). */
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

/** Pending becomes accepted; the id stays (A3). Without `skipFriendship` the two become friends. */
export function acceptShare(state: PlexState, share: Share, member: PlexAccount): void {
  share.acceptedAt = state.now();
  if (!share.skipFriendship) state.befriend(share.server.owner, member);
}

/** Replaces the libraries; an empty list means every one of them, on update too as far as anybody knows (A6). */
export function setLibraries(share: Share, cloudIds: readonly number[]): void {
  share.all = cloudIds.length === 0;
  share.libraryIds = new Set(cloudIds);
}

/** Takes the share away; it may stay listed for a while (edge case 43). */
export function removeShare(state: PlexState, share: Share): void {
  share.removedAt = state.now();
  share.listedUntil = state.inSeconds(state.behaviour.deleteSeconds);
}

/** The member goes by himself (edge case 13). */
export function leaveShare(state: PlexState, share: Share): void {
  share.leftAt = state.now();
}

/** Whether lists show the share now. */
export function isListed(state: PlexState, share: Share): boolean {
  const now = state.now();
  if (now < share.listedFrom) return false;
  if (share.removedAt) return share.listedUntil !== null && now < share.listedUntil;
  if (!share.leftAt) return true;
  return now.getTime() < share.leftAt.getTime() + state.behaviour.leftSeconds * 1_000;
}

/** The share with that id that still exists and that `reader`, owner or invited, may touch. */
export function findShareById(state: PlexState, id: string, reader: PlexAccount): Share | undefined {
  const share = state.shares.get(Number(id));
  if (!share || share.removedAt || share.leftAt) return undefined;
  return share.server.owner === reader || share.invited === reader ? share : undefined;
}

/** The pending shares of an address become those of the account that registers with it (edge case 12). */
export function bindInvites(state: PlexState, account: PlexAccount): void {
  for (const share of state.shares.values()) {
    if (share.invited || share.invitedEmail?.toLowerCase() !== account.email.toLowerCase()) continue;
    const { owner } = share.server;
    const settings = settingsOf(state, owner, inviteeOf(share));
    share.invited = account;
    state.settings.set(keyOf(owner, inviteeOf(share)), settings);
  }
}

/** What the account can really see on the server at this moment. */
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
