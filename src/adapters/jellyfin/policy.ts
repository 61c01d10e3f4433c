import type { WriteOutcome } from '../../app/ports/media-server.ts';
import { writeLost, writeRefused } from '../http-client.ts';
import { type JellyfinClient, notUnderstood, troubleOf } from './client.ts';
import { type JellyfinUser, type RawPolicy, readUser } from './schema.ts';

/** The fields of a policy that are ours to change (media-servers.md B6.2). */
export interface PolicyChange {
  readonly EnableAllFolders: false;
  readonly EnabledFolders: readonly string[];
  readonly IsDisabled: boolean;
  /** Zero when an account is enabled, or the next wrong password locks it again (B6.1). */
  readonly InvalidLoginAttemptCount?: 0;
}

/** Only these libraries, and enabled. */
export const onlyThese = (user: Pick<JellyfinUser, 'disabled'>, ids: readonly string[]): PolicyChange => ({
  EnableAllFolders: false,
  EnabledFolders: ids,
  IsDisabled: false,
  ...(user.disabled && { InvalidLoginAttemptCount: 0 }),
});

/** Nothing, and disabled: folders alone would leave Live TV and channels open (B6.2). The server ends the sessions (B6.5). */
export const NOTHING: PolicyChange = { EnableAllFolders: false, EnabledFolders: [], IsDisabled: true };

/**
 * Writes a policy from the one that was read, with fields we do not know kept. A 500 may be a clash with another writer
 * (B6.6): then it is read and merged once more.
 */
export async function writePolicy(
  client: JellyfinClient,
  user: Pick<JellyfinUser, 'id' | 'serverId' | 'policy'>,
  change: PolicyChange,
): Promise<WriteOutcome | { readonly kind: 'no-such-user' }> {
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
  user: Pick<JellyfinUser, 'id' | 'policy'>,
  change: PolicyChange,
): Promise<{ readonly status: number; readonly outcome: WriteOutcome | { readonly kind: 'no-such-user' } }> {
  const answer = await client.send({
    method: 'POST',
    path: `/Users/${user.id}/Policy`,
    json: { ...withoutNulls(user.policy), ...change },
  });
  if (answer.kind === 'failure') return { status: 0, outcome: writeLost(answer) };
  const { status, host } = answer;
  if (status === 204) return { status, outcome: { kind: 'done' } };
  if (status < 300) return { status, outcome: { kind: 'unclear', why: notUnderstood(answer) } };
  if (status === 404) return { status, outcome: { kind: 'no-such-user' } };
  // Refused with a sentence: administrators, the last enabled user (B6.4).
  if (status === 403 && answer.body.length > 0)
    return {
      status,
      outcome: {
        kind: 'failed',
        why: {
          kind: 'not-possible',
          message: `Jellyfin at ${host} protects this account against the change.`,
        },
      },
    };
  return { status, outcome: writeRefused(answer, troubleOf(answer)) };
}

/** A null list is refused, and null schedules end in an error (B6.1); left out they are empty, which is what null says. */
const withoutNulls = (policy: RawPolicy): RawPolicy =>
  Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null));
