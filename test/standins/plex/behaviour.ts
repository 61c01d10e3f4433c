/** How plex.tv behaves. Tests can change the fields at any time; durations run on the stand-in's clock. */
export interface PlexBehaviour {
  /** The status for a dead token (A2.2, edge case 16). */
  invalidToken: 401 | 422 | 498;
  /** Friends of the owner need not accept a share (A5.5). Home members never do. */
  friendsAcceptAtOnce: boolean;
  /** Seconds until a new share is listed (edge case 8). */
  createSeconds: number;
  /** Seconds for which a removed share stays listed (edge case 43). */
  deleteSeconds: number;
  /** Whether a removed share that is still listed has `deletedAt`. */
  markDeleted: boolean;
  /** Seconds for which a share that its member left stays listed, with `leftAt` (edge case 13). */
  leftSeconds: number;
  /** Seconds until plex.tv lists a new library (A5.2). */
  librarySeconds: number;
  /** Seconds until a PIN expires (A5.1). */
  pinSeconds: number;
  /** How many polls still return null after the member has approved (edge case 18). */
  pinEmptyPolls: number;
  /** Whether the token is handed out only once, and the next poll gets 404 (edge case 18). */
  pinTokenOnce: boolean;
  /** What a new approval for the same account and client does to their token. Clients were seen to rely on either. */
  approval: 'rotates' | 'repeats';
  createStatus: 200 | 201;
  deleteStatus: 200 | 204;
  /** Whether an update is answered with 200 and no body (A5.6). */
  emptyUpdateReply: boolean;
  /** Whether a pending share can be updated. Not known for the real plex.tv (A5.6). */
  pendingUpdates: 'work' | 'refused';
  /** Whether `key` of a section is a text in v2 JSON. Not known for the real plex.tv (A3). */
  keysAsText: boolean;
  /** What the resources of an owner have as the token of their server (A2.2). Not known for the real plex.tv. */
  serverToken: 'its own' | 'the account’s' | 'none' | 'absent';
  /** Who tells the uuid of a section (A4.2). Not known for the real plex.tv. */
  uuidAt: 'server' | 'plex.tv' | 'both' | 'nowhere';
  /** Whether a share of all libraries lists them. Otherwise its list is empty (A5.3). */
  allIsListed: boolean;
  /** Whether `home` of an invited person means the owner's Home, or any; sources differ (A5.10). */
  homeMeans: 'the owner’s' | 'any';
  /** Whether the owner's Home can be asked for. Some owners have none (A5.10). */
  homeIsTold: boolean;
  /** How v1 writes that a share was not accepted; sources differ (A5.3). */
  notAcceptedInV1: 'empty' | '0' | 'absent' | 'a moment';
  /** Where the settings of a share are told; sources differ. `-old`: in both, in one not the real ones (A5.7). */
  settingsAt: 'share' | 'person' | 'both' | 'nowhere' | 'share-old' | 'person-old';
  /** Whether the settings of a person can be asked for (A5.7). */
  settingsAreTold: boolean;
  /** How many of the next updates forget the settings that are sent along (A5.6). */
  updatesThatForget: number;
  /** The name by which libraries are understood; a list by another name counts as missing (A6). */
  librariesName: 'librarySectionIds' | 'sections';
  /** Which writes do not look at the libraries at all. A create without any shares everything (A6). */
  ignoresLibraries: 'never' | 'create' | 'update';
  /** What an update without libraries does to them. */
  updateWithoutLibraries: 'keeps them' | 'shares everything';
  /** What the answer to a create or an update shows, whatever was done. */
  answersWith: 'what is' | 'what was asked' | 'everything';
  /** Seconds until a media server refuses the token of a removed member (A5.8). */
  pmsRevokeSeconds: number;
  /** Seconds for which a stopped session stays listed (edge case 44). */
  terminateSeconds: number;
}

/** The initial behaviour of the stand-in. */
export const usualBehaviour = (): PlexBehaviour => ({
  invalidToken: 401,
  friendsAcceptAtOnce: true,
  createSeconds: 0,
  deleteSeconds: 0,
  markDeleted: false,
  leftSeconds: 3_600,
  librarySeconds: 0,
  pinSeconds: 900,
  approval: 'rotates',
  pinEmptyPolls: 0,
  pinTokenOnce: false,
  createStatus: 201,
  deleteStatus: 204,
  emptyUpdateReply: false,
  pendingUpdates: 'work',
  serverToken: 'its own',
  uuidAt: 'server',
  keysAsText: false,
  allIsListed: true,
  homeMeans: 'the owner’s',
  homeIsTold: true,
  notAcceptedInV1: 'empty',
  settingsAt: 'share',
  settingsAreTold: true,
  updatesThatForget: 0,
  librariesName: 'librarySectionIds',
  ignoresLibraries: 'never',
  updateWithoutLibraries: 'keeps them',
  answersWith: 'what is',
  pmsRevokeSeconds: 0,
  terminateSeconds: 0,
});
