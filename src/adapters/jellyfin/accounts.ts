import type {
  Known,
  NewServerAccount,
  ServerAccounts,
  Trouble,
  WriteOutcome,
} from '../../app/ports/media-server.ts';
import type { NonEmpty } from '../../domain/model.ts';
import { type JellyfinClient, notUnderstood, parseJson, troubleOf, unknown } from './client.ts';
import { onlyThese, writePolicy } from './policy.ts';
import { type JellyfinUser, readSignedIn, readUser } from './schema.ts';

type Created = Awaited<ReturnType<ServerAccounts['create']>>;

/**
 * Why no account can have this name, or undefined. The strictest rule of all versions (media-servers.md B5), because the
 * server itself does not say what is wrong (edge case 31).
 */
export function problemOfName(name: string): string | undefined {
  const normal = name.normalize('NFC');
  if (normal.trim() === '') return 'A name needs a letter or digit.';
  if (normal !== normal.trim()) return 'A name cannot begin or end with a blank.';
  if (normal.length > 64) return 'A name can have 64 characters at most.';
  if (normal === '.' || normal === '..') return 'A name needs a letter or digit.';
  // .NET counts UTF-16 units, so nothing beyond the basic plane matches there.
  const plain =
    /^[\p{L}\p{Mn}\p{Nd}\p{Pc} \-'._@]+$/u.test(normal) && !/[\u{10000}-\u{10ffff}]/u.test(normal);
  return plain ? undefined : "A name can have letters, digits, blanks and - ' . _ @ only.";
}

/** Names are the same for Jellyfin when they differ in case only (B5). */
export const isSameName = (one: string, other: string): boolean =>
  one.normalize('NFC').toUpperCase() === other.normalize('NFC').toUpperCase();

/**
 * Makes an account that can see exactly these libraries, or none at all. A new user sees everything until the policy is
 * written (B5), so whatever goes wrong after the first call is finished, or the user is removed again (edge case 32).
 */
export async function createAccount(
  client: JellyfinClient,
  wanted: NewServerAccount,
  findUser: (name: string) => Promise<Known<JellyfinUser | undefined>>,
): Promise<Created> {
  const before = await findUser(wanted.name);
  if (before.kind === 'unknown') return failed(before.why);
  if (before.value)
    return wanted.resume ? await finish(client, before.value, wanted) : { kind: 'name-taken' };
  const problem = problemOfName(wanted.name);
  if (problem !== undefined) return failed({ kind: 'not-possible', message: problem });

  const answer = await client.send({
    method: 'POST',
    path: '/Users/New',
    // Without a password anybody could sign in (B5).
    json: { Name: wanted.name.normalize('NFC'), Password: wanted.password },
  });
  if (answer.kind === 'failure' && !answer.sent) return failed(answer.why);
  if (answer.kind === 'answer' && answer.status === 200) {
    const parsed = parseJson(answer);
    const user = parsed.kind === 'json' ? readUser(parsed.value) : undefined;
    if (user) return await restrict(client, user, wanted.externalIds);
  }
  // Refused, lost or garbled: only looking again tells whether there is a user now, and only the password whose it is.
  const why =
    answer.kind === 'failure' ? answer.why : answer.status < 300 ? notUnderstood(answer) : troubleOf(answer);
  const after = await findUser(wanted.name);
  if (after.kind === 'unknown') return failed(why, !isRefusal(answer));
  if (!after.value) return failed(why);
  return isRefusal(answer) ? { kind: 'name-taken' } : await finish(client, after.value, wanted);
}

/** Removes an account that was being made. Only one that takes our password is ours to remove. */
export async function discardAccount(
  client: JellyfinClient,
  { name, password }: Pick<NewServerAccount, 'name' | 'password'>,
  findUser: (name: string) => Promise<Known<JellyfinUser | undefined>>,
): Promise<WriteOutcome> {
  const found = await findUser(name);
  if (found.kind === 'unknown') return { kind: 'failed', why: found.why };
  if (!found.value || found.value.administrator) return { kind: 'done' };
  const ours = await accepts(client, found.value, password);
  if (ours.kind === 'unknown') return { kind: 'failed', why: ours.why };
  if (!ours.value) return { kind: 'done' };
  const removed = await client.send({ method: 'DELETE', path: `/Users/${found.value.id}` });
  if (removed.kind === 'failure') return { kind: 'unclear', why: removed.why };
  return removed.status === 204 || removed.status === 404
    ? { kind: 'done' }
    : { kind: 'failed', why: troubleOf(removed) };
}

/** 400 has many meanings, but surely nothing was made (B1.2). */
const isRefusal = (answer: { readonly kind: string; readonly status?: number }): boolean =>
  answer.kind === 'answer' && answer.status !== undefined && answer.status >= 400 && answer.status < 500;

/** Goes on with an account that is there already, if it takes our password. */
async function finish(
  client: JellyfinClient,
  user: JellyfinUser,
  wanted: NewServerAccount,
): Promise<Created> {
  if (user.administrator) return { kind: 'name-taken' };
  const proof = await accepts(client, user, wanted.password);
  if (proof.kind === 'unknown') return failed(proof.why, true);
  return proof.value ? await restrict(client, user, wanted.externalIds) : { kind: 'name-taken' };
}

/** Signs in and out again (B8). */
async function accepts(
  client: JellyfinClient,
  user: JellyfinUser,
  password: string,
): Promise<Known<boolean>> {
  const answer = await client.send({
    method: 'POST',
    path: '/Users/AuthenticateByName',
    as: 'device',
    json: { Username: user.name, Pw: password },
  });
  if (answer.kind === 'failure') return unknown(answer.why);
  if (answer.status === 401) return { kind: 'known', value: false };
  if (answer.status !== 200) return unknown(troubleOf(answer));
  const parsed = parseJson(answer);
  const signedIn = parsed.kind === 'json' ? readSignedIn(parsed.value) : undefined;
  if (!signedIn) return unknown(notUnderstood(answer));
  await client.send({ method: 'POST', path: '/Sessions/Logout', as: { token: signedIn.token } });
  return { kind: 'known', value: signedIn.userId === user.id };
}

/** Two attempts, each believed only after a read-back; then the user is removed. */
async function restrict(client: JellyfinClient, made: JellyfinUser, ids: NonEmpty<string>): Promise<Created> {
  let user = made;
  let why: Trouble = {
    kind: 'not-understood',
    message: 'Jellyfin did not keep the libraries of the new account.',
  };
  for (const _attempt of [1, 2]) {
    const written = await writePolicy(client, user, onlyThese(user, ids));
    if ('why' in written) why = written.why;
    const seen = await client.read(`/Users/${made.id}`, readUser);
    if (seen.kind === 'unknown') {
      why = seen.why;
      continue;
    }
    if (isRestricted(seen.value, ids)) return { kind: 'created', externalId: made.id };
    user = seen.value;
  }
  const removed = await client.send({ method: 'DELETE', path: `/Users/${made.id}` });
  const isGone = removed.kind === 'answer' && (removed.status === 204 || removed.status === 404);
  return failed(why, !isGone);
}

const isRestricted = (user: JellyfinUser, ids: readonly string[]): boolean =>
  !user.administrator &&
  !user.disabled &&
  !user.allFolders &&
  new Set(user.folders).symmetricDifference(new Set(ids)).size === 0;

const failed = (why: Trouble, leftBehind = false): Created => ({ kind: 'failed', why, leftBehind });
