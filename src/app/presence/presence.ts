/**
 * Who is in the community and with which roles: as Discord tells it (events, interactions), and as it says when it is
 * asked for all of it, at the start and on the schedule. What was missed is found by comparing.
 */
import type { Background } from '../../concurrency/background.ts';
import { inParallel } from '../../concurrency/in-parallel.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import { RUNNING } from '../../domain/grant.ts';
import { type GuildId, type MemberId, toGuildId } from '../../domain/ids.ts';
import { ROLES_EVERY_MS } from '../../domain/schedule.ts';
import { say } from '../../words/say.ts';
import { recordRun } from '../ledger/job-log.ts';
import { noteBanned, noteLeft, noteReturned } from '../ledger/leaving.ts';
import type { Deps } from '../ports/deps.ts';
import {
  compareRoles,
  type DecideLosses,
  decideRoleLosses,
  type LossesDecision,
  noteRoleGone,
} from './roles.ts';

/** Somebody as Discord has just shown them; `roleIds: null`: it said that they left. */
export interface Shown {
  readonly userId: MemberId;
  readonly roleIds: readonly string[] | null;
  readonly name?: string;
}

const BATCH = 200;
const PATIENCE_MS = 8_000;
/** Asked one by one, of one guild at a time. */
const AT_ONCE = 4;
/** Whoever a list lacks is asked for by name before anything follows; of more, the rest is left to the next look. */
const MOST_MISSING = 200;
const MOST_ASKED = 500;
/** As many questions as a list of a large community takes. */
const FEW = 50;

export function makePresence(deps: Deps, background: Background) {
  /** What was shown and not followed yet, by guild and person: the last of each counts. */
  const waiting = new Map<GuildId, Map<MemberId, Shown>>();
  const turns = new KeyedMutex();
  /** When everybody was listed last. */
  const lookedMs = new Map<GuildId, number>();
  /** Where the next look goes on, where people are asked for one by one. */
  const askedLast = new Map<GuildId, string>();

  /** Resolves when all that was shown of the guild by now is followed. */
  function note(guildId: GuildId, shown: readonly Shown[]): Promise<void> {
    const all = waiting.get(guildId) ?? new Map<MemberId, Shown>();
    waiting.set(guildId, all);
    for (const one of shown) all.set(one.userId, one);
    return background.run(() => turns.run(guildId, () => follow(guildId)));
  }

  /** Together what came meanwhile: a thousand who gain a role in a minute are a few transactions. */
  async function follow(guildId: GuildId): Promise<void> {
    const all = waiting.get(guildId);
    if (!all || all.size === 0) return;
    const batch = [...all.values()].slice(0, BATCH);
    for (const { userId } of batch) all.delete(userId);
    await followShown(guildId, batch);
    if (all.size > 0) await follow(guildId);
    else waiting.delete(guildId);
  }

  async function followShown(guildId: GuildId, shown: readonly Shown[]): Promise<void> {
    const left = shown.filter(({ roleIds }) => roleIds === null).map(({ userId }) => userId);
    const asked = left.length > 0 ? await askEach(guildId, await known(guildId, left)) : NOBODY;
    const roles = new Map(asked.roles);
    const names = new Map<MemberId, string>();
    for (const { userId, roleIds, name } of shown) {
      if (roleIds !== null) roles.set(userId, roleIds);
      if (name !== undefined) names.set(userId, name);
    }
    await followAll(guildId, { ...asked, roles }, names);
  }

  /** Nothing is known of the others, and nothing was given to them. */
  async function known(guildId: GuildId, ids: readonly MemberId[]): Promise<readonly MemberId[]> {
    const { members } = deps.stores.of(guildId);
    const rows = await Promise.all(ids.map((id) => members.find(id)));
    return rows.flatMap((row) => (row ? [row.userId] : []));
  }

  /** Of whom Discord says nothing now, nothing follows. */
  async function askEach(guildId: GuildId, ids: readonly MemberId[]): Promise<Asked> {
    const roles = new Map<MemberId, readonly string[]>();
    const left: MemberId[] = [];
    const banned: MemberId[] = [];
    const silent: MemberId[] = [];
    await inParallel(ids, AT_ONCE, async (id) => {
      const answer = await deps.guilds.rolesOf(guildId, id);
      if (answer.kind === 'unknown') return void silent.push(id);
      if (answer.value !== undefined) return void roles.set(id, answer.value);
      const ban = await deps.guilds.isBanned(guildId, id);
      // Where Usher may not see bans, somebody who was banned has left.
      if (ban.kind === 'unknown' && ban.why.refusal !== 'final') return void silent.push(id);
      (ban.kind === 'known' && ban.value ? banned : left).push(id);
    });
    return { roles, left, banned, silent: silent.length };
  }

  async function followAll(
    guildId: GuildId,
    { roles, left, banned }: Asked,
    names: ReadonlyMap<MemberId, string>,
  ): Promise<void> {
    const away = new Set(await deps.stores.of(guildId).members.listLeft());
    const back = [...roles.keys()].filter((id) => away.has(id));
    for (const id of banned) await deps.stores.transaction(guildId, (tx) => noteBanned(deps, tx, id));
    for (const ids of batches(left.filter((id) => !away.has(id))))
      await deps.stores.transaction(guildId, (tx) => noteLeft(deps, tx, ids));
    for (const ids of batches(back))
      await deps.stores.transaction(guildId, (tx) => noteReturned(deps, tx, ids));
    const seen = new Map(roles);
    // Who is not here holds no role.
    for (const id of left) seen.set(id, []);
    await compareRoles(deps, guildId, seen, names);
  }

  /** Of many who have to be asked for one by one, so many at each look, and the others at the next ones. */
  function inTurn(guildId: GuildId, ids: readonly MemberId[]): readonly MemberId[] {
    const sorted = ids.toSorted();
    const last = askedLast.get(guildId) ?? '';
    const order = [...sorted.filter((id) => id > last), ...sorted.filter((id) => id <= last)];
    const now = order.slice(0, MOST_ASKED);
    askedLast.set(guildId, now.at(-1) ?? '');
    return now;
  }

  /** Compares everybody whom it concerns. Where Discord does not say all of it, nothing follows (rule 3). */
  async function look(guildId: GuildId): Promise<LookEnd> {
    const stores = deps.stores.of(guildId);
    const [rolePlans, ends, byRole, away] = await Promise.all([
      stores.rolePlans.list(),
      stores.grants.listEnds({ states: RUNNING }),
      stores.grants.listByRole(),
      stores.members.listLeft(),
    ]);
    const concerned = new Set([...ends, ...byRole].map(({ memberId }) => memberId));
    if (rolePlans.length === 0 && concerned.size + away.length === 0) return 'nothing';
    const isAway = new Set(away);
    const mayList = deps.guilds.mayListMembers();
    if (mayList === undefined) return 'unknown';
    // Who has nothing to come back to is seen when they do something here.
    const cut = await stores.grants.listEnds({ cut: true });
    const ids = concerned.union(new Set(cut.map(({ memberId }) => memberId)));
    // A large community may have few whom it concerns.
    const areFew = rolePlans.length === 0 && ids.size <= FEW;
    if (!mayList || areFew) {
      const asked = await askEach(guildId, inTurn(guildId, [...ids]));
      await followAll(guildId, asked, new Map());
      if (asked.silent > 0) return 'unknown';
      return mayList ? 'all' : 'one-by-one';
    }
    const list = await deps.guilds.listMembers(guildId);
    if (list.kind === 'unknown') {
      deps.log.warn({ guildId, why: list.why.message }, 'who is in the community could not be read');
      return 'unknown';
    }
    const missing = [...concerned].filter((id) => !list.value.has(id) && !isAway.has(id));
    const asked = await askEach(guildId, missing.slice(0, MOST_MISSING));
    const roles = new Map(asked.roles);
    const names = new Map<MemberId, string>();
    for (const [id, { roleIds, name }] of list.value) {
      roles.set(id, roleIds);
      names.set(id, name);
    }
    await followAll(guildId, { ...asked, roles }, names);
    lookedMs.set(guildId, deps.clock.steadyMs());
    return 'all';
  }

  /** One look at a time, which is in the list of runs where it concerned anybody. */
  async function lookNow(guildId: GuildId): Promise<LookEnd> {
    let end: LookEnd = 'nothing';
    const looking = async () => {
      end = await look(guildId);
      return end === 'nothing' ? undefined : say(`jobs.said.${end}`);
    };
    await background.run(() => turns.run(guildId, () => recordRun(deps, guildId, 'roles', looking)));
    return end;
  }

  return {
    note,

    /** Everybody of a guild, one look at a time. */
    look: (guildId: GuildId): Promise<LookEnd> => lookNow(guildId),

    /** The same on the schedule of the guild: once a day where Discord tells of everybody who comes and goes. */
    async lookOnSchedule(guildId: GuildId): Promise<void> {
      const last = lookedMs.get(guildId);
      const isCovered = deps.guilds.mayListMembers() === true && last !== undefined;
      if (isCovered && deps.clock.steadyMs() - last < ROLES_EVERY_MS) return;
      await lookNow(guildId);
    },

    /** The same, and waits for its end as long as somebody who typed a command should. */
    async lookBriefly(guildId: GuildId): Promise<LookEnd | undefined> {
      const looking = lookNow(guildId);
      const looked = await withinPatience(deps.clock, PATIENCE_MS, looking);
      return looked.kind === 'done' ? looked.value : undefined;
    },

    /** At the start: what was missed while Usher was down, guild by guild. */
    async catchUp(guildIds: readonly string[], stopping: AbortSignal): Promise<void> {
      const known = new Set<string>(await deps.stores.due.listAll());
      for (const id of guildIds.filter((one) => known.has(one))) {
        if (stopping.aborted) return;
        const guildId = toGuildId(id);
        await lookNow(guildId).catch((err) =>
          deps.log.error({ guildId, err }, 'what was missed could not be caught up'),
        );
      }
    },

    /** Discord says that somebody was banned. */
    banned: (guildId: GuildId, memberId: MemberId): Promise<void> =>
      background.run(() =>
        turns.run(guildId, async () => {
          await deps.stores.transaction(guildId, (tx) => noteBanned(deps, tx, memberId));
        }),
      ),

    /** A role was deleted in Discord. */
    roleGone: (guildId: GuildId, roleId: string): Promise<void> =>
      background.run(() => turns.run(guildId, () => noteRoleGone(deps, guildId, roleId))),

    /** An admin decides about those who have lost a role, many at once. */
    decide: (input: DecideLosses): Promise<LossesDecision> =>
      turns.run(input.guildId, () => decideRoleLosses(deps, input)),
  };
}

/** `unknown`: Discord did not say all of it, and nothing follows of the rest. */
export type LookEnd = 'nothing' | 'all' | 'one-by-one' | 'unknown';

interface Asked {
  readonly roles: ReadonlyMap<MemberId, readonly string[]>;
  readonly left: readonly MemberId[];
  readonly banned: readonly MemberId[];
  /** Of how many Discord said nothing. */
  readonly silent: number;
}

const NOBODY: Asked = { roles: new Map(), left: [], banned: [], silent: 0 };

function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}
