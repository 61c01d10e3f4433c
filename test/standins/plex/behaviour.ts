/** How plex.tv behaves in this scenario; tests change the fields at any time. All lengths run on the stand-in's clock. */
export interface PlexBehaviour {
  /** What a dead token is answered (A2.2, edge case 16). */
  invalidToken: 401 | 422;
  /** Friends of the owner need not accept a share (A5.5); Home members never do. */
  friendsAcceptAtOnce: boolean;
  /** Seconds until a new share is listed (edge case 8). */
  createSeconds: number;
  /** Seconds a removed share stays listed (edge case 43). */
  deleteSeconds: number;
  /** A removed share that is still listed carries `deletedAt`. */
  markDeleted: boolean;
  /** Seconds a share its member left stays listed, with `leftAt` (edge case 13). */
  leftSeconds: number;
  /** Seconds until a new library is known to plex.tv (A5.2). */
  librarySeconds: number;
  /** Life of a PIN (A5.1). */
  pinSeconds: number;
  /** Polls that still answer null after the member approved (edge case 18). */
  pinEmptyPolls: number;
  /** The token is handed out once; the next poll answers 404 (edge case 18). */
  pinTokenOnce: boolean;
  createStatus: 200 | 201;
  deleteStatus: 200 | 204;
  /** The update answers 200 without a body (A5.6). */
  emptyUpdateReply: boolean;
  /** Whether the update of a pending share works; unknown in the wild (A5.6). */
  pendingUpdates: 'work' | 'refused';
  /** `key` of a section as text in v2 JSON; unknown in the wild (A3). */
  keysAsText: boolean;
  /** A share of all libraries lists them one by one; false: an empty list (A5.3). */
  allIsListed: boolean;
  /** Seconds until a media server refuses the token of a removed member (A5.8). */
  pmsRevokeSeconds: number;
  /** Seconds a stopped session stays listed (edge case 44). */
  terminateSeconds: number;
}

/** The behaviour a stand-in starts with. */
export const usualBehaviour = (): PlexBehaviour => ({
  invalidToken: 401,
  friendsAcceptAtOnce: true,
  createSeconds: 0,
  deleteSeconds: 0,
  markDeleted: false,
  leftSeconds: 3_600,
  librarySeconds: 0,
  pinSeconds: 900,
  pinEmptyPolls: 0,
  pinTokenOnce: false,
  createStatus: 201,
  deleteStatus: 204,
  emptyUpdateReply: false,
  pendingUpdates: 'work',
  keysAsText: false,
  allIsListed: true,
  pmsRevokeSeconds: 0,
  terminateSeconds: 0,
});
