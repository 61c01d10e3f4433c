/**
 * The only writer of grants: they come to be, change and end here. It mints their ids, refuses moves that the life
 * of a grant does not know, keeps the Discord roles of plans, makes accounts due, and writes the audit event of
 * every change, so that no use case can forget one of them.
 */

import { overlap, without } from '../../domain/access.ts';
import { isOver, mayMove } from '../../domain/grant.ts';
import { decideGrantChange, type GrantChanges } from '../../domain/grant-change.ts';
import { GuildFull } from '../../domain/guild-limits.ts';
import type { ActorId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import { decidedAway } from '../../domain/leaving.ts';
import {
  type AuditAction,
  type AuditFacts,
  type EndCause,
  type Grant,
  type GrantSource,
  type GuildSettings,
  isNonEmpty,
  type Library,
  type Server,
} from '../../domain/model.ts';
import { nextReminder } from '../../domain/reminders.ts';
import type { Sentence } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { changeFacts, endFacts, grantFacts } from './audit-facts.ts';
import { type News, newsOf, noteNews } from './notices.ts';
import { oweRoles, rolesHeld } from './plan-roles.ts';
import { dropRequests, followRequests } from './requests.ts';
import { roomFor } from './room.ts';
import { settle } from './settle.ts';

type LedgerDeps = Pick<Deps, 'codes' | 'clock' | 'limits'>;

/** Who is affected, and what follows for their accounts. */
export interface LedgerScope {
  /** The members whose grants may be touched. */
  readonly memberIds: readonly MemberId[];
  /**
   * The grants are made to agree with what the servers show already, so nothing is to be written there, and nothing
   * is proven by it. Otherwise the accounts of every member whose grants were touched are due, and may lose what
   * was decided.
   */
  readonly asFound?: true;
}

export interface NewGrant {
  /** From `mintId`, where the id is needed before the grant is there. */
  readonly id?: string;
  readonly memberId: MemberId;
  readonly source: GrantSource;
  readonly planId?: string | null;
  readonly inviteId?: string | null;
  /** The role that gives it, which its member holds. */
  readonly roleId?: string | null;
  /** Default: now. Later than now, and the grant is `scheduled`. */
  readonly startsAt?: Date;
  /** Null is for good. */
  readonly expiresAt: Date | null;
  readonly reason?: string | null;
  readonly createdById: ActorId;
  readonly libraryIds: readonly string[];
}

/** How the audit event of a change reads, beside what the change itself says. */
export interface Entry {
  /** Null is Usher itself. */
  readonly actorId: ActorId | null;
  readonly reason?: string | null | undefined;
  readonly how?: string;
  readonly invite?: string;
  readonly role?: string;
  readonly detail?: Sentence;
}

/**
 * Opens the ledger for some members inside a transaction. After `work`, all that follows from its changes is done:
 * roles of plans are owed, accounts become due, members are to hear of it, and ends that are proven are settled.
 */
export async function inLedger<T>(
  deps: LedgerDeps,
  tx: GuildStores,
  { memberIds, asFound }: LedgerScope,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const members = [...new Set(memberIds)];
  const ledger = new Ledger(deps, tx, new Set(members));
  const before = await rolesHeld(tx, members);
  const result = await work(ledger);
  const { now, touched, news } = ledger;
  await oweRoles(deps, tx, { before, after: await rolesHeld(tx, members) }, now);
  await noteNews(deps, tx, news, now);
  const { extended } = ledger;
  if (touched.size > 0) await followRequests(deps, tx, { memberIds: [...touched], extended }, now);
  if (asFound) return result;
  if (touched.size > 0) await tx.accounts.makeDue({ memberIds: [...touched] }, now, 'decided');
  await settle(deps, tx, members, now);
  return result;
}

/** What an account has and no grant gives. */
interface Found extends Pick<NewGrant, 'memberId' | 'libraryIds'>, Pick<Entry, 'how' | 'detail'> {
  /** Default: for good. */
  readonly expiresAt?: Date | null;
  /** Of the grant. */
  readonly reason: string;
}

/** Access that accounts have and no grant gives becomes grants: known, shown and ended like any other. */
export async function importGrants(
  deps: LedgerDeps,
  tx: GuildStores,
  found: readonly Found[],
): Promise<readonly Grant[]> {
  const memberIds = found.map(({ memberId }) => memberId);
  return await inLedger(deps, tx, { memberIds, asFound: true }, async (ledger) => {
    const made: Grant[] = [];
    for (const { memberId, libraryIds, reason, expiresAt = null, ...entry } of found) {
      const createdById = asActor(memberId);
      const grant = { memberId, source: 'imported', expiresAt, reason, createdById, libraryIds } as const;
      made.push(await ledger.create(grant, { actorId: null, ...entry }));
    }
    return made;
  });
}

/** Whether nobody has to be reminded at another moment. */
const endsAlike = (before: Grant, after: Grant): boolean =>
  (['startsAt', 'expiresAt'] as const).every(
    (field) => before[field]?.getTime() === after[field]?.getTime(),
  ) && before.state === after.state;

function lastsLonger(before: Grant, after: Grant): boolean {
  if (isOver(after)) return false;
  if (isOver(before)) return true;
  if (after.state === 'paused') return (after.remainingSeconds ?? 0) > (before.remainingSeconds ?? Infinity);
  if (before.expiresAt === null) return false;
  return after.expiresAt === null || after.expiresAt > before.expiresAt;
}

export class Ledger {
  /** One moment for everything that is written. */
  readonly now: Date;
  readonly #deps: LedgerDeps;
  readonly #tx: GuildStores;
  readonly #members: ReadonlySet<MemberId>;
  readonly #touched = new Set<MemberId>();
  readonly #news: News[] = [];
  readonly #extended = new Set<string>();
  #known: Promise<readonly [readonly Library[], readonly Server[]]> | undefined;
  #room: number | undefined;
  #settings: Promise<GuildSettings> | undefined;

  constructor(deps: LedgerDeps, tx: GuildStores, members: ReadonlySet<MemberId>) {
    this.now = deps.clock.now();
    this.#deps = deps;
    this.#tx = tx;
    this.#members = members;
  }

  /** Members whose access has to be compared, because their grants were changed. */
  get touched(): ReadonlySet<MemberId> {
    return this.#touched;
  }

  /** Grants that last longer than before. */
  get extended(): ReadonlySet<string> {
    return this.#extended;
  }

  /** What members are to hear. */
  get news(): readonly News[] {
    return this.#news;
  }

  /** An id for a grant that is to be created. */
  mintId(): string {
    return this.#deps.codes.newId();
  }

  /**
   * Takes room for one more open grant.
   * @throws {GuildFull} when there is none.
   */
  async #takeRoom(): Promise<void> {
    this.#room ??= await roomFor(this.#deps, this.#tx, 'grants');
    if (this.#room < 1) throw new GuildFull('grants', this.#deps.limits.grants);
    this.#room -= 1;
  }

  /**
   * Makes a grant. `because` is the event that led to it: it is written just before, and names the grant's number.
   * @throws {GuildFull} when the guild has as many open grants as it may have. What a code promised, for which room was
   * kept when the invite was made, and what is there already, are never refused.
   */
  async create(
    { id = this.mintId(), startsAt = this.now, reason = null, ...grant }: NewGrant,
    { actorId, reason: said, ...entry }: Entry,
    because?: { readonly action: AuditAction; readonly actorId: ActorId; readonly facts: AuditFacts },
  ): Promise<Grant> {
    this.#mustBeIn(grant.memberId);
    if (grant.source === 'command' || grant.source === 'role') await this.#takeRoom();
    await this.#tx.members.ensure(grant.memberId);
    const state = startsAt > this.now ? ('scheduled' as const) : ('active' as const);
    const role = { roleState: grant.roleId ? ('held' as const) : null };
    const made = { ...grant, ...role, id, reason, state, startsAt };
    const remindAt = await this.#remindAt(made);
    const added = await this.#tx.grants.add({ ...made, remindAt, createdAt: this.now });
    if (because)
      await this.#append({ ...because.facts, grant: added.number }, because.action, added, because.actorId);
    const facts: AuditFacts = {
      grant: added.number,
      ...grantFacts(added.libraryIds, ...(await this.#names())),
      ...(state === 'scheduled' && { from: added.startsAt.toISOString() }),
      ...endFacts(added),
      ...(said && { reason: said }),
      ...entry,
    };
    await this.#append(facts, 'grant.created', added, actorId);
    // One that begins later gives nothing yet, but the account is kept open for it.
    this.#touched.add(added.memberId);
    // Who redeems a code is answered at once, and who had it before has got nothing new.
    if (grant.source === 'command' || grant.source === 'role') this.#news.push(newsOf(added, null));
    return added;
  }

  /**
   * Changes a grant, and says so. @throws {Error} when its state may not be left for the new one.
   * @throws {GuildFull} when it was over, is opened again, and the guild may have no more open ones.
   */
  async change(
    before: Grant,
    decided: GrantChanges & Partial<Pick<Grant, 'renewals'>>,
    { actorId, reason, detail, action = 'grant.changed' }: Entry & { readonly action?: AuditAction },
  ): Promise<Grant> {
    this.#mustBeIn(before.memberId);
    const changes = decidedAway(before, decided, action === 'grant.extended');
    const { state } = changes;
    if (state && state !== before.state && !mayMove(before.state, state))
      throw new Error(`a grant cannot go from ${before.state} to ${state}`);
    if (before.state === 'ended' && state && state !== 'ended') await this.#takeRoom();
    const after = { ...before, ...changes };
    const remindAt = endsAlike(before, after) ? {} : { remindAt: await this.#remindAt(after) };
    await this.#tx.grants.change(before.id, { ...changes, ...remindAt });
    const facts = {
      ...changeFacts(before, after, ...(await this.#names())),
      ...(reason && { reason }),
      ...(detail && { detail }),
    };
    await this.#append(facts, action, after, actorId);
    this.#touched.add(before.memberId);
    if (action !== 'grant.resumed' && lastsLonger(before, after)) this.#extended.add(before.id);
    // Who does it for themselves is answered at once.
    if (actorId !== asActor(before.memberId)) this.#news.push(newsOf(before, before));
    return after;
  }

  /**
   * What was imported was never ours: its account is nobody's again, and keeps what it has. Nothing ends by that, and
   * so the grant is not `ended` (rule 2): it is gone, and the record says that the import was undone.
   */
  async withdraw({ id, memberId }: Pick<Grant, 'id' | 'memberId'>): Promise<void> {
    this.#mustBeIn(memberId);
    await this.#tx.grants.remove(id);
    await dropRequests(this.#deps, this.#tx, { memberId, grantId: id }, this.now);
  }

  /** Whether giving a grant these libraries would change anything that its audit event could name. */
  async differs(grant: Grant, libraryIds: readonly string[]): Promise<boolean> {
    const { before } = changeFacts(grant, { ...grant, libraryIds }, ...(await this.#names()));
    return before?.libraries !== undefined;
  }

  /**
   * Libraries leave these grants; one that gives nothing else ends, and one that is ending already goes on to its end.
   * Returns the ids of the grants that were changed.
   */
  async take(
    grants: readonly Grant[],
    taken: readonly string[],
    { cause, ...entry }: Pick<Entry, 'actorId' | 'detail'> & { readonly cause: EndCause },
  ): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const grant of grants) {
      if (overlap(grant.libraryIds, taken).length === 0) continue;
      const libraryIds = without(grant.libraryIds, taken);
      const action = isNonEmpty(libraryIds)
        ? ({ kind: 'set', libraryIds } as const)
        : ({ kind: 'end', cause } as const);
      // The zone counts for calendar months only, and no duration is added here.
      const decision = decideGrantChange(grant, action, this.now, 'UTC');
      if (decision.kind === 'no') continue;
      const ends = entry.actorId === null ? 'grant.ending' : 'grant.revoked';
      await this.change(grant, decision.changes, {
        action: action.kind === 'set' ? 'grant.changed' : ends,
        ...entry,
      });
      changed.push(grant.id);
    }
    return changed;
  }

  /**
   * Scheduled grants begin, and active ones end; nothing happens to one that is in neither state any more. What began
   * and ended meanwhile does both: nobody may find it running in between, and give what is over.
   */
  async moveByClock(grants: readonly Grant[]): Promise<void> {
    await this.#moveOnce(grants);
    const over = grants.filter(
      ({ state, expiresAt }) => state === 'scheduled' && expiresAt !== null && expiresAt <= this.now,
    );
    if (over.length > 0) await this.#moveOnce(over.map((grant) => ({ ...grant, state: 'active' })));
  }

  async #moveOnce(grants: readonly Grant[]): Promise<void> {
    for (const { memberId } of grants) this.#mustBeIn(memberId);
    const idsIn = (state: Grant['state']) =>
      grants.filter((grant) => grant.state === state).map(({ id }) => id);
    const ending = { endCause: 'expired', endingAt: this.now, remindAt: null } as const;
    const started = await this.#tx.grants.move(idsIn('scheduled'), ['scheduled'], 'active', {});
    const ended = await this.#tx.grants.move(idsIn('active'), ['active'], 'ending', ending);
    for (const grant of grants) {
      const action = started.has(grant.id) ? 'grant.started' : ended.has(grant.id) && 'grant.ending';
      if (!action) continue;
      this.#touched.add(grant.memberId);
      // Its member hears of an end when the servers show it.
      if (started.has(grant.id)) this.#news.push(newsOf(grant, grant));
      const facts: AuditFacts = {
        grant: grant.number,
        ...grantFacts(grant.libraryIds, ...(await this.#names())),
        ...endFacts(grant),
      };
      await this.#append(facts, action, grant, null);
    }
  }

  async #append(facts: AuditFacts, action: AuditAction, { memberId }: Grant, actorId: ActorId | null) {
    await this.#tx.audit.append({ action, actorId, targetId: memberId, facts, at: this.now });
  }

  /** When its member is reminded next. What was to be told before is not told any more: they hear of the change. */
  async #remindAt(grant: Pick<Grant, 'state' | 'startsAt' | 'expiresAt'>): Promise<Date | null> {
    if (grant.expiresAt === null) return null;
    this.#settings ??= this.#tx.settings.get();
    return nextReminder(grant, await this.#settings, this.now);
  }

  /** Libraries and servers as they were when the first event needed their names: a removed server is still named. */
  #names(): Promise<readonly [readonly Library[], readonly Server[]]> {
    this.#known ??= Promise.all([this.#tx.libraries.list(), this.#tx.servers.list()]);
    return this.#known;
  }

  #mustBeIn(memberId: MemberId): void {
    if (!this.#members.has(memberId)) throw new Error('the ledger was not opened for this member');
  }
}
