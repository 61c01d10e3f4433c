/** A server whose stored token cannot be opened: it can be looked for, and nothing else. */

import { say } from '../../words/say.ts';
import type { MediaServer, Trouble } from './media-server.ts';

/** Somebody changed the database by hand, or put a row of another server in the place of this one. */
export const TOKEN_SHUT: Trouble = {
  kind: 'unauthorised',
  message: say('trouble.tokenShut'),
};

/** `media` has no token. What is asked without one is asked all the same. */
export function shutServer(media: MediaServer): MediaServer {
  const unknown = async () => ({ kind: 'unknown', why: TOKEN_SHUT }) as const;
  const failed = async () => ({ kind: 'failed', why: TOKEN_SHUT }) as const;
  return {
    kind: media.kind,
    ping: (how) => media.ping(how),
    probe: unknown,
    listLibraries: unknown,
    readAccess: unknown,
    setLibraries: failed,
    withdraw: failed,
    countStreams: unknown,
    findRemovedEndpoints: unknown,
    endSessions: async () => {},
    revokeToken: failed,
    ...(media.invitations && { invitations: { protectionOf: unknown, invite: failed } }),
    ...(media.accounts && {
      accounts: {
        checkName: unknown,
        // An earlier run may have made it.
        create: async () => ({ kind: 'failed', why: TOKEN_SHUT, leftBehind: true }) as const,
        discard: failed,
        delete: failed,
        setPassword: failed,
        listSignInPlugins: unknown,
      },
    }),
  };
}
