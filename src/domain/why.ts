/** Explains why a member sees a library or not, from the grants to the last reading and to what happens next. Pure. */

import type { Text } from '../words/say.ts';
import { desiredLibraries } from './access.ts';
import type { Account, ExpiryAction, Grant, Library, LibraryClosed, Server } from './model.ts';
import type { Protection } from './protection.ts';

export interface Why {
  /** The member's grants of this library, in any state. */
  readonly grants: readonly Grant[];
  /** Why the account should see the library, or that it should not. */
  readonly wanted: 'by-grant' | 'as-default' | 'no';
  /** What the last reading of the server showed. */
  readonly shown: 'yes' | 'no' | 'invited' | 'missing' | 'no-account' | 'never-read';
  /** When the server was last read; null if never. */
  readonly readAt: Date | null;
  readonly next: Next;
}

export type Next =
  | { readonly kind: 'nothing' }
  /** The account will be compared at that time; `trouble` is why the last attempt failed. */
  | {
      readonly kind: 'compare';
      readonly at: Date;
      readonly trouble: Text | null;
      /** Only a person can mend it. */
      readonly refused?: true;
    }
  | { readonly kind: 'starts' | 'ends'; readonly at: Date; readonly grant: Grant }
  /** The server did not list the account: it is looked for once more before its link ends. */
  | { readonly kind: 'look-again' }
  /** The member has to connect an account first. */
  | { readonly kind: 'account' }
  /** The member has to accept an invitation first. */
  | { readonly kind: 'accept' }
  /** Somebody changed it on the server; the server's drift policy decides what happens about it. */
  | { readonly kind: 'drift'; readonly policy: Server['driftPolicy'] }
  /** Nothing of this guild gives it, and something else on this installation does. */
  | { readonly kind: 'elsewhere' }
  /** The server no longer lists the library. */
  | { readonly kind: 'gone'; readonly at: Date }
  /** Nobody sees it there, whatever they are given. */
  | { readonly kind: 'closed'; readonly how: LibraryClosed }
  /** The account is given nothing because of what it is. */
  | { readonly kind: 'protected'; readonly by: Protection };

export function explain(situation: {
  readonly server: Server;
  readonly library: Library;
  readonly libraries: readonly Library[];
  readonly grants: readonly Grant[];
  readonly account: Account | undefined;
  readonly closing: ExpiryAction;
}): Why {
  const { server, library, libraries, account, closing } = situation;
  const grants = situation.grants.filter(({ libraryIds }) => libraryIds.includes(library.id));
  const desired = desiredLibraries(server, libraries, situation.grants, closing);
  const byGrant = grants.some(({ state }) => state === 'active');
  const wanted = byGrant ? 'by-grant' : desired.includes(library.id) ? 'as-default' : 'no';
  const shown = shownBy(account, library);
  return {
    grants,
    wanted,
    shown,
    readAt: account?.seenAt ?? null,
    next: nextOf(situation, grants, wanted !== 'no', shown),
  };
}

function shownBy(account: Account | undefined, library: Library): Why['shown'] {
  if (!account || account.externalId === null) return 'no-account';
  if (account.missingSince !== null) return 'missing';
  if (account.seenAccess === 'unknown') return 'never-read';
  const sees = account.seenAccess === 'all' || account.seen.includes(library.id);
  if (!sees || account.disabled || library.closed !== null) return 'no';
  return account.pending ? 'invited' : 'yes';
}

function nextOf(
  { server, library, account }: Parameters<typeof explain>[0],
  grants: readonly Grant[],
  wanted: boolean,
  shown: Why['shown'],
): Next {
  const away = library.goneAt ?? library.missingSince;
  if (away !== null) return { kind: 'gone', at: away };
  if (library.closed !== null) return { kind: 'closed', how: library.closed };
  if (account?.protection && account.dueAt === null) return { kind: 'protected', by: account.protection };
  if (shown === 'missing') return { kind: 'look-again' };
  if (account?.dueAt)
    return {
      kind: 'compare',
      at: account.dueAt,
      trouble: account.trouble,
      ...(account.refused && { refused: true }),
    };
  if (wanted && shown === 'no-account') return { kind: 'account' };
  if (wanted && shown === 'invited') return { kind: 'accept' };
  if (!wanted && shown !== 'no' && account?.elsewhere.includes(library.id)) return { kind: 'elsewhere' };
  if (wanted !== (shown === 'yes') && shown !== 'no-account')
    return { kind: 'drift', policy: server.driftPolicy };
  return nextTransitionOf(grants);
}

/** The next start or end of a grant of this library. */
function nextTransitionOf(grants: readonly Grant[]): Next {
  const moments = grants.flatMap((grant): readonly Extract<Next, { kind: 'starts' | 'ends' }>[] => {
    if (grant.state === 'scheduled') return [{ kind: 'starts', at: grant.startsAt, grant }];
    return grant.state === 'active' && grant.expiresAt ? [{ kind: 'ends', at: grant.expiresAt, grant }] : [];
  });
  return moments.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0] ?? { kind: 'nothing' };
}
