import type { WriteOutcome } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import { saidWith, writeLost, writeRefused } from '../http-client/answers.ts';
import { type JellyfinClient, notUnderstood, troubleOf } from './client.ts';
import { type JellyfinUser, policyOf, type RawPolicy, readUser } from './schema.ts';

/** The fields of a policy that we change (media-servers.md B6.2). */
export interface PolicyChange {
  readonly EnableAllFolders: false;
  readonly EnabledFolders: readonly string[];
  readonly IsDisabled: boolean;
  /** Reset when an account is enabled, or the next wrong password would lock it again (B6.1). */
  readonly InvalidLoginAttemptCount?: 0;
}

/** Exactly these libraries, with the account enabled. */
export const onlyThese = (user: Pick<JellyfinUser, 'disabled'>, ids: readonly string[]): PolicyChange => ({
  EnableAllFolders: false,
  EnabledFolders: ids,
  IsDisabled: false,
  ...(user.disabled && { InvalidLoginAttemptCount: 0 }),
});

/** Exactly these libraries, of an account that somebody else disabled: that is theirs to undo. */
export const stillDisabled = (
  { disabled }: Pick<JellyfinUser, 'disabled'>,
  ids: readonly string[],
): PolicyChange => ({ EnableAllFolders: false, EnabledFolders: ids, IsDisabled: disabled });

/** How a write of a policy ends, and what was sent when it was taken. */
type Written =
  | { readonly kind: 'done'; readonly sent: RawPolicy }
  | Exclude<WriteOutcome, { kind: 'done' }>
  | { readonly kind: 'no-such-user' };

/**
 * No libraries and disabled: without disabling, Live TV and channels would stay open (B6.2). Disabling also ends
 * the sessions (B6.5).
 */
export const NOTHING: PolicyChange = { EnableAllFolders: false, EnabledFolders: [], IsDisabled: true };

/**
 * Writes a policy that starts from the one read and keeps the fields that we do not know. A 500 may be a clash with
 * another writer (B6.6): then the policy is read and merged once more.
 */
export async function writePolicy(
  client: JellyfinClient,
  user: JellyfinUser,
  change: PolicyChange | RawPolicy,
): Promise<Written> {
  const first = await post(client, user, change);
  if (first.status !== 500) return first.outcome;
  const fresh = await client.read(`/Users/${user.id}`, readUser);
  if (fresh.kind === 'unknown') return first.outcome;
  const { administrator, serverId } = fresh.value;
  if (administrator || serverId !== user.serverId) return first.outcome;
  return (await post(client, fresh.value, change)).outcome;
}

async function post(
  client: JellyfinClient,
  user: JellyfinUser,
  change: PolicyChange | RawPolicy,
): Promise<{ readonly status: number; readonly outcome: Written }> {
  const sent = { ...withoutNulls(policyOf(user)), ...change };
  const answer = await client.send({ method: 'POST', path: `/Users/${user.id}/Policy`, json: sent });
  if (answer.kind === 'failure') return { status: 0, outcome: writeLost(answer) };
  const { status, host } = answer;
  if (status === 204) return { status, outcome: { kind: 'done', sent } };
  if (status < 300) return { status, outcome: { kind: 'unclear', why: notUnderstood(answer) } };
  if (status === 404) return { status, outcome: { kind: 'no-such-user' } };
  // A 403 with a message protects administrators and the last enabled user (B6.4).
  if (status === 403 && answer.body.length > 0)
    return {
      status,
      outcome: {
        kind: 'failed',
        why: {
          kind: 'not-possible',
          message: say('trouble.jellyfin.protects', { host }),
          ...saidWith(answer),
        },
      },
    };
  return { status, outcome: writeRefused(answer, troubleOf(answer)) };
}

/**
 * Null is refused for lists, and null schedules cause an error (B6.1). A field that is left out becomes empty,
 * which is what null meant.
 */
const withoutNulls = (policy: RawPolicy): RawPolicy =>
  Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null));
