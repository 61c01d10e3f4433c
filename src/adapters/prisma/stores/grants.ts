import type { GrantFilter, GrantStore, Meant } from '../../../app/ports/stores/grants.ts';
import { nextTransition } from '../../../domain/grant.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { Grant } from '../../../domain/model.ts';
import { TO_BE_PLANNED } from '../../../domain/reminders.ts';
import type { Prisma, Grant as Row } from '../generated/sqlite/client.ts';
import { endCause, grantSource, grantState, orNull, roleState } from './column-enums.ts';
import { countersOf, type GuildContext, idsOf, mustHit, NotThere } from './context.ts';
import { librariesOf, listFirst } from './first-grants.ts';
import { updateRows } from './many-rows.ts';

export function createGrantStore(context: GuildContext): GrantStore {
  const { guildId, queries } = context;

  async function list(
    where: Prisma.GrantWhereInput,
    order: Pick<Prisma.GrantFindManyArgs, 'orderBy' | 'take' | 'skip'> = {},
  ): Promise<readonly Grant[]> {
    const rows = await queries.grant.findMany({ where: { ...where, guildId }, ...order, omit });
    if (rows.length === 0) return [];
    const links = await queries.grantLibrary.findMany({
      where: { guildId, grantId: { in: rows.map(({ id }) => id) } },
      select: { grantId: true, libraryId: true },
    });
    const byGrant = Map.groupBy(links, ({ grantId }) => grantId);
    return rows.map((row) => toGrant(row, idsOf(byGrant.get(row.id) ?? [])));
  }

  async function matching(filter: GrantFilter): Promise<Prisma.GrantWhereInput> {
    const {
      memberId,
      memberIds,
      states,
      at,
      serverId,
      planId,
      endedIn,
      cut,
      number,
      numbers,
      words = [],
    } = filter;
    return {
      ...(planId === undefined ? {} : { planId }),
      ...(cut && { leftAt: { not: null } }),
      ...(number === undefined ? {} : { number }),
      ...(states !== undefined && { state: { in: at === undefined ? [...states] : storedAs(states) } }),
      AND: [
        ...(memberId === undefined ? [] : [{ memberId }]),
        ...(memberIds === undefined ? [] : [{ memberId: { in: [...memberIds] } }]),
        ...(endedIn === undefined ? [] : [endsWithin(endedIn)]),
        ...(states !== undefined && at !== undefined ? [isInOneOf(states, at)] : []),
        ...(numbers === undefined ? [] : [{ number: { in: [...numbers] } }]),
        ...(serverId === undefined ? [] : [givesOneOf(await librariesOf(context, serverId))]),
        ...words.map(isMeant),
      ],
    };
  }

  async function addLibraries(grantId: string, libraryIds: readonly string[]): Promise<readonly string[]> {
    const ids = [...new Set(libraryIds)].toSorted();
    const data = ids.map((libraryId) => ({ guildId, grantId, libraryId }));
    if (data.length > 0) await queries.grantLibrary.createMany({ data });
    return ids;
  }

  /**
   * Resolves to the ids of those that are in one of `from`. The guild's row is locked, so nothing changes between
   * reading and writing.
   */
  async function change(
    ids: readonly string[],
    from: readonly Grant['state'][] | 'any',
    changes: Prisma.GrantUpdateManyMutationInput & Partial<Grant>,
  ): Promise<ReadonlySet<string>> {
    // Filtered here: for many ids and a state, SQLite reads all grants of the guild that are in it.
    const found = await queries.grant.findMany({
      where: { guildId, id: { in: [...ids] } },
      select: { id: true, state: true, startsAt: true, expiresAt: true },
    });
    const rows = found
      .map((row) => ({ ...row, state: grantState(row.state) }))
      .filter(({ state }) => from === 'any' || from.includes(state));
    const nextOf = (row: (typeof rows)[number]) => nextTransition({ ...row, ...changes });
    for (const alike of Map.groupBy(rows, (row) => nextOf(row)?.getTime()).values()) {
      const nextAt = alike[0] ? nextOf(alike[0]) : null;
      const id = { in: alike.map((row) => row.id) };
      await queries.grant.updateMany({ where: { guildId, id }, data: { ...changes, nextAt } });
    }
    return new Set(rows.map(({ id }) => id));
  }

  return {
    async add({ libraryIds, ...grant }) {
      const counters = countersOf(context);
      const number = counters.grantNumber + 1;
      const row = await queries.grant.create({
        data: { ...grant, guildId, number, nextAt: nextTransition(grant) },
        omit,
      });
      counters.grantNumber = number;
      return toGrant(row, await addLibraries(grant.id, libraryIds));
    },
    async find(id) {
      const [grant] = await list({ id });
      return grant;
    },
    async list(filter) {
      const { order, skip, limit } = filter;
      const where = await matching(filter);
      const orderBy = order === undefined ? { number: 'desc' as const } : ORDERS[order];
      if (limit !== undefined) return await list(where, { orderBy, take: limit, ...(skip && { skip }) });
      // Sorted here: for an order in the query SQLite reads all grants of the guild, whoever is asked about.
      return (await list(where)).toSorted((one, other) => other.number - one.number);
    },
    async listFirst(which) {
      const ids = await listFirst(context, which);
      const found = ids.length > 0 ? await list({ id: { in: [...ids] } }) : [];
      const byId = new Map(found.map((grant) => [grant.id, grant]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    count: async (filter) => await queries.grant.count({ where: { ...(await matching(filter)), guildId } }),
    async listEnds(filter) {
      const where = await matching(filter);
      const rows = await queries.grant.findMany({ where: { ...where, guildId }, select: ENDS });
      return rows.map((row) => ({
        ...row,
        memberId: toMemberId(row.memberId),
        state: grantState(row.state),
      }));
    },
    async listSpans(since) {
      const rows = await queries.grant.findMany({
        where: { guildId, OR: [{ endedAt: null }, { endedAt: { gt: since } }] },
        select: { memberId: true, startsAt: true, endedAt: true },
      });
      return rows.map((row) => ({ ...row, memberId: toMemberId(row.memberId) }));
    },
    listTransitionsDue: (now, limit) =>
      list({ nextAt: { lte: now } }, { orderBy: [{ nextAt: 'asc' }, { number: 'asc' }], take: limit }),
    async move(ids, from, to, changes) {
      if (ids.length === 0) return new Set();
      return await change(ids, from, { ...changes, state: to });
    },
    async change(id, { libraryIds, ...changes }) {
      if (!(await change([id], 'any', changes)).has(id)) throw new NotThere('The grant is not there.');
      if (libraryIds === undefined) return;
      await queries.grantLibrary.deleteMany({ where: { guildId, grantId: id } });
      await addLibraries(id, libraryIds);
    },
    async remove(id) {
      await queries.grant.deleteMany({ where: { guildId, id } });
    },
    async listRemindersDue(now, limit) {
      const rows = await queries.grant.findMany({
        where: { guildId, remindAt: { lte: now } },
        orderBy: [{ remindAt: 'asc' }, { number: 'asc' }],
        take: limit,
        select: { id: true, remindAt: true },
      });
      if (rows.length === 0) return [];
      const found = await list({ id: { in: rows.map(({ id }) => id) } });
      const byId = new Map(found.map((grant) => [grant.id, grant]));
      return rows.flatMap(({ id, remindAt }) => {
        const grant = byId.get(id);
        return grant && remindAt ? [{ grant, remindAt }] : [];
      });
    },
    planReminders: (grants) =>
      updateRows(
        context,
        'Grant',
        grants.map(({ id, remindAt }) => ({ id, remindAt })),
      ),
    async forgetReminders() {
      const ends = { state: { in: ['scheduled', 'active'] }, expiresAt: { not: null } };
      await queries.grant.updateMany({ where: { guildId, ...ends }, data: { remindAt: TO_BE_PLANNED } });
    },
    async listByRole(memberIds) {
      const among = memberIds === undefined ? {} : { memberId: { in: [...memberIds] } };
      const rows = await queries.grant.findMany({
        where: {
          guildId,
          OR: [
            { ...among, roleState: { in: ['held', 'asked'] } },
            { ...among, roleState: { in: ['kept', 'lost'] }, state: { in: ['active', 'paused'] } },
          ],
        },
        select: ROLE,
      });
      return rows.flatMap(({ roleId, roleState: state, ...row }) =>
        roleId === null || state === null
          ? []
          : [{ ...row, roleId, memberId: toMemberId(row.memberId), roleState: roleState(state) }],
      );
    },
    async noteRole(ids, state, lostAt) {
      const data = { roleState: state, roleLostAt: lostAt };
      await queries.grant.updateMany({ where: { guildId, id: { in: [...ids] } }, data });
    },
    async forgetLeft(memberId) {
      const data = { leftAt: null, endBeforeLeft: null };
      await queries.grant.updateMany({ where: { guildId, memberId, leftAt: { not: null } }, data });
    },
    async markOverdueAlerted(id, at) {
      const data = { overdueAlertedAt: at };
      mustHit(await queries.grant.updateMany({ where: { guildId, id }, data }), 'The grant');
    },
  };
}

const ORDERS = {
  end: [{ expiresAt: { sort: 'asc', nulls: 'last' } }, { number: 'asc' }],
  // Whatever is over has a moment at which that was decided. Told where to put those without, SQLite would not read
  // the index in order.
  ended: [{ endingAt: 'desc' }, { number: 'desc' }],
} satisfies Record<string, Prisma.GrantOrderByWithRelationInput[]>;

const ROLE = {
  id: true,
  memberId: true,
  roleId: true,
  planId: true,
  roleState: true,
  roleLostAt: true,
} as const;
const ENDS = { memberId: true, state: true, expiresAt: true } as const;

/**
 * A grant has a few libraries, and one of many may be meant. Asked whether one of them is in the list, SQLite looks up
 * each of the list for each grant; asked this way, it reads the few and compares them with the list.
 */
export const givesOneOf = (libraryIds: readonly string[]) => ({
  libraries: { some: { NOT: { libraryId: { notIn: [...libraryIds] } } } },
});

function isMeant({ memberIds, libraryIds, planIds, number }: Meant): Prisma.GrantWhereInput {
  return {
    OR: [
      { memberId: { in: [...memberIds] } },
      { planId: { in: [...planIds] } },
      ...(libraryIds.length > 0 ? [givesOneOf(libraryIds)] : []),
      ...(number === null ? [] : [{ number }]),
    ],
  };
}

/** As what grants are stored that may be in one of these states at some moment: more is read from no index. */
const storedAs = (states: readonly Grant['state'][]): Grant['state'][] => [
  ...new Set(states.flatMap((state) => STORED_AS[state])),
];

const STORED_AS: Readonly<Record<Grant['state'], readonly Grant['state'][]>> = {
  scheduled: ['scheduled'],
  active: ['active', 'scheduled'],
  paused: ['paused'],
  ending: ['ending', 'active', 'scheduled'],
  ended: ['ended'],
};

function endsWithin({ after, by }: NonNullable<GrantFilter['endedIn']>): Prisma.GrantWhereInput {
  return { expiresAt: { gt: after, lte: by }, OR: [{ endingAt: null }, { endingAt: { gt: after } }] };
}

function isInOneOf(states: readonly Grant['state'][], at: Date): Prisma.GrantWhereInput {
  // In here, Prisma takes none of no conditions for no condition.
  return states.length === 0 ? { state: { in: [] } } : { OR: states.map((state) => isIn(state, at)) };
}

/** The grants that are in a state at a moment, in the way of `asOf`. */
function isIn(state: Grant['state'], at: Date): Prisma.GrantWhereInput {
  const [scheduled, active] = [{ state: 'scheduled' }, { state: 'active' }];
  const isRunning = { OR: [{ expiresAt: null }, { expiresAt: { gt: at } }] };
  const hasBegun = { startsAt: { lte: at } };
  switch (state) {
    case 'scheduled':
      return { ...scheduled, startsAt: { gt: at } };
    case 'active':
      return {
        OR: [
          { ...active, ...isRunning },
          { ...scheduled, ...hasBegun, ...isRunning },
        ],
      };
    case 'ending': {
      const isOver = { expiresAt: { lte: at } };
      return { OR: [{ state }, { ...active, ...isOver }, { ...scheduled, ...hasBegun, ...isOver }] };
    }
    default:
      return { state };
  }
}

const omit = { guildId: true, nextAt: true, remindAt: true } as const;

function toGrant(row: Omit<Row, keyof typeof omit>, libraryIds: readonly string[]): Grant {
  return {
    ...row,
    memberId: toMemberId(row.memberId),
    createdById: toActorId(row.createdById),
    source: grantSource(row.source),
    roleState: orNull(roleState)(row.roleState),
    state: grantState(row.state),
    endCause: orNull(endCause)(row.endCause),
    libraryIds,
  };
}
