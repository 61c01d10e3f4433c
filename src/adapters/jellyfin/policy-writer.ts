import type { Known, WriteOutcome } from '../../app/ports/media-server.ts';
import { type Sentence, say } from '../../words/say.ts';
import { type JellyfinClient, unknown } from './client.ts';
import { differingFields, OUR_FIELDS } from './differences.ts';
import { NOTHING, type PolicyChange, writePolicy } from './policy.ts';
import { type JellyfinUser, policyOf, type RawPolicy } from './schema.ts';
import type { JellyfinUsers } from './users.ts';

/** How long what takes access away waits for the reading before it. */
const READ_BEFORE_MS = 5_000;

export const PROTECTED_SAYS = say('trouble.jellyfin.administrators');
const DISABLED_SAYS = say('trouble.jellyfin.disabledNow');

/** A policy as it was just before a write, and as it was sent. */
interface Written {
  readonly before: RawPolicy;
  readonly sent: RawPolicy;
}

/**
 * Writes policies so that nobody else's edit is lost (media-servers.md B6.6): each write starts from how the account
 * is at that moment, and what is read afterwards is compared with what was meant.
 */
export class PolicyWriter {
  readonly #client: JellyfinClient;
  readonly #users: JellyfinUsers;
  /** Runs writes about one account one after another (B6.6). */
  readonly #inTurn: <T>(userId: string, work: () => Promise<T>) => Promise<T>;
  /** What was written and not compared yet, by the id of the user. */
  readonly #written = new Map<string, Written>();

  constructor(
    client: JellyfinClient,
    users: JellyfinUsers,
    inTurn: <T>(userId: string, work: () => Promise<T>) => Promise<T>,
  ) {
    this.#client = client;
    this.#users = users;
    this.#inTurn = inTurn;
  }

  /**
   * Gives exactly these libraries. `change` is asked with the account as it is at that moment: whoever has been
   * disabled or locked since the reading that decided stays so (B6.5).
   */
  async set(
    user: JellyfinUser,
    ids: readonly string[],
    { change, whenGone }: { change: (now: JellyfinUser) => PolicyChange; whenGone: WriteOutcome },
  ): Promise<WriteOutcome> {
    const onlyTakes = user.allFolders || ids.every((id) => user.folders.includes(id));
    return await this.#inTurn(user.id, async () => {
      const now = await this.#asItIsNow(user, onlyTakes ? 'takes' : 'gives');
      if (now.kind === 'unknown')
        return now.why.kind === 'not-possible' ? whenGone : { ...now, kind: 'failed' };
      if (now.value.administrator) return notPossible(PROTECTED_SAYS);
      if (now.value.disabled && !user.disabled) return notPossible(DISABLED_SAYS);
      return await this.#write(now.value, change(now.value), whenGone);
    });
  }

  /** Takes everything away, in one write that empties and disables, because disabling is never undone (M1). */
  async empty(user: JellyfinUser): Promise<WriteOutcome> {
    return await this.#inTurn(user.id, async () => {
      const now = await this.#asItIsNow(user, 'takes');
      if (now.kind === 'unknown') return { ...now, kind: 'failed' };
      if (now.value.administrator) return notPossible(PROTECTED_SAYS);
      return await this.#write(now.value, NOTHING, { kind: 'done' });
    });
  }

  /**
   * Compares accounts that were read after the writes with what was written, field by field, and puts right once what
   * differs: a write that was undone (M1), or a field that the server did not keep. Where our own fields are neither as
   * before nor as written somebody else has written since, and nothing is put over that. Resolves to the accounts as
   * they are then, and to what staff should know.
   */
  async putRight(
    users: readonly JellyfinUser[],
  ): Promise<{ readonly users: readonly JellyfinUser[]; readonly notices: readonly Sentence[] }> {
    const notices: Sentence[] = [];
    if (!users.some(({ id }) => this.#written.has(id))) return { users, notices };
    const seen = await Promise.all(
      users.map(async (user) => {
        const written = this.#written.get(user.id);
        this.#written.delete(user.id);
        const lost = written && lostOf(written, user);
        if (!lost) return user;
        const outcome = await this.#inTurn(user.id, () => writePolicy(this.#client, user, lost.again));
        const now = await this.#users.one(user.id);
        const { fields } = lost;
        const known = outcome.kind === 'done' && now.kind === 'known' ? now.value : undefined;
        if (fields.length > 0) {
          const left = known ? overlap(fields, differingFields(written.sent, policyOf(known))) : fields;
          notices.push(noticeOf(user, fields, left));
        }
        return known ?? user;
      }),
    );
    return { users: seen, notices };
  }

  async #write(now: JellyfinUser, change: PolicyChange, whenGone: WriteOutcome): Promise<WriteOutcome> {
    const outcome = await writePolicy(this.#client, now, change);
    if (outcome.kind === 'no-such-user') return whenGone;
    if (outcome.kind !== 'done') return outcome;
    this.#written.set(now.id, { before: policyOf(now), sent: outcome.sent });
    return { kind: 'done' };
  }

  /**
   * The account at this moment, because a list may be seconds old. What takes access away is written also where nobody
   * answers that in time, from the reading that decided: then an edit of those seconds is lost, and access that was to
   * end does not stay open. A refused token is not shown again.
   */
  async #asItIsNow(user: JellyfinUser, what: 'gives' | 'takes'): Promise<Known<JellyfinUser>> {
    const how = what === 'takes' ? { timeouts: { totalMs: READ_BEFORE_MS } } : {};
    const now = await this.#users.one(user.id, how);
    if (now.kind === 'known' || what === 'gives') return now;
    const isFinal = now.why.kind === 'unauthorised' || now.why.kind === 'other-server';
    return isFinal ? unknown(now.why) : { kind: 'known', value: user };
  }
}

/** What of a write is not there, and the change that puts it right; undefined where there is nothing for us to mend. */
function lostOf(
  { before, sent }: Written,
  user: JellyfinUser,
): { readonly fields: readonly string[]; readonly again: RawPolicy } | undefined {
  const { administrator, disabled } = user;
  const policy = policyOf(user);
  const differing = differingFields(sent, policy);
  if (differing.length === 0 || administrator) return undefined;
  // Disabled or locked since the write: that is not undone.
  if (disabled && sent.IsDisabled !== true) return undefined;
  const ours = differing.filter((name) => OUR_FIELDS.has(name));
  if (ours.length === 0) return { fields: differing, again: pick(sent, differing) };
  const isUndone = !differingFields(before, policy).some((name) => OUR_FIELDS.has(name));
  return isUndone ? { fields: [], again: pick(sent, ours) } : undefined;
}

const pick = (policy: RawPolicy, names: readonly string[]): RawPolicy =>
  Object.fromEntries(names.map((name) => [name, policy[name]]));

const overlap = (one: readonly string[], other: readonly string[]): readonly string[] =>
  one.filter((name) => other.includes(name));

function noticeOf({ name }: JellyfinUser, fields: readonly string[], left: readonly string[]): Sentence {
  const was = { account: name, fields: fields.join(', ') };
  return left.length === 0
    ? say('trouble.jellyfin.putBack', was)
    : say('trouble.jellyfin.notPutBack', { ...was, left: left.join(', ') });
}

const notPossible = (message: Sentence): WriteOutcome => ({
  kind: 'failed',
  why: { kind: 'not-possible', message },
});
