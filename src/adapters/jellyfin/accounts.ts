import type {
  Beside,
  Known,
  NewServerAccount,
  ServerAccounts,
  Trouble,
  WriteOutcome,
} from '../../app/ports/media-server.ts';
import { type Sentence, say } from '../../words/say.ts';
import { besideFor, notKept } from './beside.ts';
import { type JellyfinClient, notUnderstood, readKept, troubleOf, unknown } from './client.ts';
import { onlyThese, writePolicy } from './policy.ts';
import { type JellyfinUser, policyOf, readSignedIn, readUser } from './schema.ts';

type Created = Awaited<ReturnType<ServerAccounts['create']>>;

/**
 * Why no account can have this name; undefined when one can. Applies the strictest rule of all versions
 * (media-servers.md B5), because the server does not say what is wrong with a name (edge case 31).
 */
export function problemOfName(name: string): Sentence | undefined {
  const normal = name.normalize('NFC');
  if (normal.trim() === '') return say('my.name.empty');
  if (normal !== normal.trim()) return say('my.name.blank');
  if (normal.length > 64) return say('my.name.long');
  if (normal === '.' || normal === '..') return say('my.name.empty');
  // .NET checks UTF-16 units one by one, so it accepts no character beyond the basic plane.
  const plain =
    /^[\p{L}\p{Mn}\p{Nd}\p{Pc} \-'._@]+$/u.test(normal) && !/[\u{10000}-\u{10ffff}]/u.test(normal);
  return plain ? undefined : say('my.name.letters');
}

/** Jellyfin treats names that differ only in case as the same (B5). */
export const isSameName = (one: string, other: string): boolean =>
  one.normalize('NFC').toUpperCase() === other.normalize('NFC').toUpperCase();

/**
 * Makes an account that sees exactly these libraries, or makes none. A new user sees everything until its policy is
 * written (B5). If something fails after the first call, the work is therefore finished or the user removed (edge
 * case 32). For the same reason a template that cannot be copied keeps nothing from being restricted.
 */
export async function createAccount(
  client: JellyfinClient,
  wanted: NewServerAccount,
  findUser: (name: string) => Promise<Known<JellyfinUser | undefined>>,
): Promise<Created> {
  if (problemOfName(wanted.name) !== undefined)
    return failed({ kind: 'not-possible', message: say('trouble.jellyfin.badName') });
  // Read first, so that the new account is not open for longer.
  const template = await readTemplate(client, wanted.template);

  const answer = await client.send({
    method: 'POST',
    path: '/Users/New',
    // Without a password anybody could sign in as this user (B5).
    json: { Name: wanted.name.normalize('NFC'), Password: wanted.password },
  });
  if (answer.kind === 'failure' && !answer.sent) return failed(answer.why);
  if (answer.kind === 'answer' && answer.status === 200) {
    const made = readKept(answer, readUser);
    if (made.kind === 'read') return await restrict(client, made.value, wanted, template);
  }
  // Refused, lost or garbled. Only the list of all users shows whether somebody has this name: it is read now and not
  // before, because of many users it takes seconds (M3). And only the password shows whether we made it.
  const why =
    answer.kind === 'failure' ? answer.why : answer.status < 300 ? notUnderstood(answer) : troubleOf(answer);
  const after = await findUser(wanted.name);
  if (after.kind === 'unknown') return failed(why, !isRefusal(answer));
  if (!after.value) return failed(why);
  // The password is not tried on an account of somebody else, who would be locked out by that (B6.5).
  const isOurs = wanted.resume || !isRefusal(answer);
  return isOurs ? await finish(client, after.value, wanted, template) : { kind: 'name-taken' };
}

/** Removes an account that was being made. It is ours, and removed, only if our password opens it. */
export async function discardAccount(
  client: JellyfinClient,
  { name, password }: Pick<NewServerAccount, 'name' | 'password'>,
  findUser: (name: string) => Promise<Known<JellyfinUser | undefined>>,
): Promise<WriteOutcome> {
  const found = await findUser(name);
  if (found.kind === 'unknown') return { kind: 'failed', why: found.why };
  if (!found.value || found.value.administrator || !found.value.ownPassword) return { kind: 'done' };
  const ours = await accepts(client, found.value, password);
  if (ours.kind === 'unknown') return { kind: 'failed', why: ours.why };
  if (!ours.value) return { kind: 'done' };
  const removed = await client.send({ method: 'DELETE', path: `/Users/${found.value.id}` });
  if (removed.kind === 'failure') return { kind: 'unclear', why: removed.why };
  return removed.status === 204 || removed.status === 404
    ? { kind: 'done' }
    : { kind: 'failed', why: troubleOf(removed) };
}

/** A 4xx has many meanings, but in all of them nothing was made (B1.2). */
const isRefusal = (answer: { readonly kind: string; readonly status?: number }): boolean =>
  answer.kind === 'answer' && answer.status !== undefined && answer.status >= 400 && answer.status < 500;

/** Continues with an account that exists already, if it accepts our password. */
async function finish(
  client: JellyfinClient,
  user: JellyfinUser,
  wanted: NewServerAccount,
  template: Template,
): Promise<Created> {
  // Nor is our password shown to a service that lets people in elsewhere.
  if (user.administrator || !user.ownPassword) return { kind: 'name-taken' };
  const proof = await accepts(client, user, wanted.password);
  if (proof.kind === 'unknown') return failed(proof.why, true);
  return proof.value ? await restrict(client, user, wanted, template) : { kind: 'name-taken' };
}

/** The account to copy, or why it cannot be. */
interface Template {
  readonly state: Beside['template'];
  /** Only when it can be copied. */
  readonly user?: JellyfinUser;
}

async function readTemplate(client: JellyfinClient, id: string | null): Promise<Template> {
  if (id === null) return { state: null };
  const read = await client.read(`/Users/${encodeURIComponent(id)}`, readUser);
  if (read.kind === 'unknown') return { state: isNotKnown(read.why) ? 'gone' : 'unread' };
  return read.value.administrator ? { state: 'administrator' } : { state: 'copied', user: read.value };
}

/** Tries the password by signing in, and signs out again (B8). */
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
  const signedIn = readKept(answer, readSignedIn);
  if (signedIn.kind !== 'read') return unknown(notUnderstood(answer));
  const { token, userId } = signedIn.value;
  await client.send({ method: 'POST', path: '/Sessions/Logout', as: { token } });
  return { kind: 'known', value: userId === user.id };
}

/** A 404 of Jellyfin's own: it has no such user (B1.2). */
const isNotKnown = ({ kind, refusal }: Trouble): boolean => kind === 'not-possible' && refusal === 'perhaps';

/**
 * Writes the policy at most twice and reads it back each time. If the account still sees anything else than its
 * libraries, it is removed. Whatever else is not as written is told.
 */
async function restrict(
  client: JellyfinClient,
  made: JellyfinUser,
  { externalIds }: NewServerAccount,
  template: Template,
): Promise<Created> {
  const beside = besideFor(made, template.user);
  let user = made;
  let seen: JellyfinUser | undefined;
  let why: Trouble = {
    kind: 'not-understood',
    message: say('trouble.jellyfin.notKept'),
  };
  for (const _attempt of [1, 2]) {
    const written = await writePolicy(client, user, { ...beside, ...onlyThese(user, externalIds) });
    if ('why' in written) why = written.why;
    const read = await client.read(`/Users/${made.id}`, readUser);
    seen = read.kind === 'known' ? read.value : undefined;
    if (read.kind === 'unknown') why = read.why;
    if (!seen) continue;
    if (isRestricted(seen, externalIds) && notKept(beside, policyOf(seen)).length === 0) break;
    user = seen;
  }
  if (seen && isRestricted(seen, externalIds)) {
    const besides = { template: template.state, notKept: notKept(beside, policyOf(seen)) };
    return { kind: 'created', externalId: made.id, beside: besides };
  }
  const removed = await client.send({ method: 'DELETE', path: `/Users/${made.id}` });
  const isGone = removed.kind === 'answer' && (removed.status === 204 || removed.status === 404);
  return failed(why, !isGone);
}

const isRestricted = (user: JellyfinUser, ids: readonly string[]): boolean =>
  !user.administrator &&
  !user.disabled &&
  user.ownPassword &&
  !user.allFolders &&
  new Set(user.folders).symmetricDifference(new Set(ids)).size === 0;

const failed = (why: Trouble, leftBehind = false): Created => ({ kind: 'failed', why, leftBehind });
