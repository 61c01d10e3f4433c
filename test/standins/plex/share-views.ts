import type { PlexBehaviour } from './behaviour.ts';
import type { PlexServer } from './server.ts';
import { defaultSettings, inviteeOf, inviteIdOf, type Share, settingsOf } from './shares.ts';
import { epoch, iso, type PlexAccount, type PlexState } from './state.ts';
import { type Attributes, element } from './xml.ts';

const FLAGS = [
  'allowTuners',
  'allowSync',
  'allowCameraUpload',
  'allowChannels',
  'allowSubtitleAdmin',
] as const;
const FILTERS = ['filterAll', 'filterMovies', 'filterMusic', 'filterPhotos', 'filterTelevision'] as const;

const thumbOf = (account: PlexAccount): string => `https://plex.tv/users/${account.uuid}/avatar?c=1`;

const person = (account: PlexAccount) => ({
  id: account.id,
  uuid: account.uuid,
  title: account.title,
  username: account.username,
  thumb: thumbOf(account),
});

type Place = PlexBehaviour['settingsAt'];
const AT_SHARE: ReadonlySet<Place> = new Set(['share', 'both', 'share-old', 'person-old']);
const AT_PERSON: ReadonlySet<Place> = new Set(['person', 'both', 'share-old', 'person-old']);

/** The flat v2 form of a share (A5.3), the same for accepted and pending ones. */
export function shareView(state: PlexState, share: Share, reader: PlexAccount): object {
  const { server, invited } = share;
  const { owner } = server;
  const granted = server.libraries.filter(({ cloudId }) => share.all || share.libraryIds.has(cloudId));
  const { settingsAt } = state.behaviour;
  const settings = settingsOf(state, owner, inviteeOf(share));
  const listed = share.all && !state.behaviour.allIsListed ? [] : granted;
  return {
    id: share.id,
    accepted: share.acceptedAt !== null,
    acceptedAt: share.acceptedAt && iso(share.acceptedAt),
    deletedAt: share.removedAt && state.behaviour.markDeleted ? iso(share.removedAt) : null,
    leftAt: share.leftAt && iso(share.leftAt),
    lastSeenAt: share.acceptedAt && iso(share.acceptedAt),
    allLibraries: share.all,
    numLibraries: granted.length,
    libraries: listed.map(({ cloudId, key, title, type }) => ({
      id: cloudId,
      key: state.behaviour.keysAsText ? String(key) : key,
      title,
      type,
    })),
    machineIdentifier: server.machineIdentifier,
    serverId: server.id,
    name: server.name,
    owned: owner === reader,
    ownerId: owner.id,
    owner: person(owner),
    invitedId: invited?.id ?? null,
    // Disappears once the share is accepted (A5.5).
    invitedEmail: share.acceptedAt ? null : share.invitedEmail,
    inviteToken: share.inviteToken,
    // Absent while the address has no account (A5.4, edge case 12).
    ...(invited && {
      invited: {
        ...person(invited),
        email: invited.email,
        friendlyName: invited.friendlyName,
        home: state.behaviour.homeMeans === 'any' ? invited.homeOf !== null : invited.homeOf === owner,
        restricted: invited.managed,
        status: state.areFriends(owner, invited) ? 'friend' : 'pending',
        ...(AT_PERSON.has(settingsAt) && {
          sharingSettings: settingsAt === 'person-old' ? defaultSettings() : settings,
        }),
      },
    }),
    searchEnabled: true,
    ...(AT_SHARE.has(settingsAt) && {
      sharingSettings: settingsAt === 'share-old' ? defaultSettings() : settings,
    }),
  };
}

/** Pending shares grouped by person (A5.4) and by owner (A5.9). */
export function inviteViews(state: PlexState, shares: readonly Share[], reader: PlexAccount): object[] {
  const groups = Map.groupBy(shares, (share) => inviteIdOf(state, share));
  return [...groups].map(([id, group]) => {
    const [first] = group;
    const owner = first?.server.owner;
    const invited = first?.invited;
    return {
      id,
      createdAt: first && iso(first.invitedAt),
      owner: owner && { id: owner.id, username: owner.username, title: owner.title },
      ...(invited && { invited: { id: invited.id, username: invited.username, email: invited.email } }),
      sharedServers: group.map((share) => shareView(state, share, reader)),
    };
  });
}

const NOT_ACCEPTED: Readonly<Record<PlexBehaviour['notAcceptedInV1'], string | undefined>> = {
  empty: '',
  '0': '0',
  absent: undefined,
  'a moment': '1772355600',
};

/** v1 lists every library of the server, granted or not. Only `shared="1"` counts (A5.3, edge case 5). */
export function sharedServerXml(state: PlexState, share: Share): string {
  const { server, invited } = share;
  return element(
    'SharedServer',
    {
      id: share.id,
      username: invited?.username ?? '',
      email: invited?.email ?? share.invitedEmail,
      userID: invited?.id ?? '',
      accessToken: share.accessToken,
      name: server.name,
      acceptedAt: share.acceptedAt ? epoch(share.acceptedAt) : NOT_ACCEPTED[state.behaviour.notAcceptedInV1],
      invitedAt: epoch(share.invitedAt),
      ...settingAttributes(state, server.owner, share),
      owned: false,
      allLibraries: share.all,
    },
    server.libraries.map(({ cloudId, key, title, type }) =>
      element('Section', {
        id: cloudId,
        key,
        title,
        type,
        shared: share.all || share.libraryIds.has(cloudId),
      }),
    ),
  );
}

/** v1: a person and the servers shared with them (A5.3). Pending entries do not name the server (JBOPS#341). */
export function userXml(
  state: PlexState,
  owner: PlexAccount,
  account: PlexAccount,
  shares: readonly Share[],
): string {
  return element(
    'User',
    {
      id: account.id,
      title: account.title,
      username: account.username,
      email: account.email,
      recommendationsPlaylistId: '',
      thumb: thumbOf(account),
      protected: false,
      home: account.homeOf === owner,
      ...settingAttributes(state, owner, { invited: account, invitedEmail: null }),
      restricted: account.managed,
    },
    shares.map((share) => serverXml(share.server, share)),
  );
}

function serverXml(server: PlexServer, share: Share): string {
  const pending = share.acceptedAt === null;
  const numLibraries = share.all ? server.libraries.length : share.libraryIds.size;
  return element('Server', {
    ...(pending ? {} : { id: share.id }),
    serverId: server.id,
    ...(pending ? {} : { machineIdentifier: server.machineIdentifier }),
    name: server.name,
    lastSeenAt: epoch(share.acceptedAt ?? share.invitedAt),
    numLibraries,
    allLibraries: share.all,
    owned: true,
    pending,
  });
}

function settingAttributes(
  state: PlexState,
  owner: PlexAccount,
  invitee: Pick<Share, 'invited' | 'invitedEmail'>,
): Attributes {
  const settings = settingsOf(state, owner, { account: invitee.invited, email: invitee.invitedEmail });
  return Object.fromEntries(
    [...FLAGS, ...FILTERS].map((name) => {
      const value = settings[name];
      return [name, typeof value === 'object' ? '' : value];
    }),
  );
}
