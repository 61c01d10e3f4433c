import type { GrantStore } from '../../../app/ports/stores/grants.ts';
import { changesByItself, nextTransition } from '../../../domain/grant.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { Grant } from '../../../domain/model.ts';
import type { Prisma, Grant as Row } from '../generated/sqlite/client.ts';
import { endCause, grantSource, grantState, orNull } from './column-enums.ts';
import { countersOf, type GuildContext, idsOf, mustHit, NotThere } from './context.ts';

export function createGrantStore(context: GuildContext): GrantStore {
  const { guildId, queries } = context;

  async function list(
    where: Prisma.GrantWhereInput,
    orderBy: Prisma.GrantOrderByWithRelationInput[],
    take?: number,
  ): Promise<readonly Grant[]> {
    const rows = await queries.grant.findMany({
      where: { ...where, guildId },
      orderBy,
      ...(take === undefined ? {} : { take }),
      omit,
    });
    if (rows.length === 0) return [];
    const links = await queries.grantLibrary.findMany({
      where: { guildId, grantId: { in: rows.map(({ id }) => id) } },
      select: { grantId: true, libraryId: true },
    });
    const byGrant = Map.groupBy(links, ({ grantId }) => grantId);
    return rows.map((row) => toGrant(row, idsOf(byGrant.get(row.id) ?? [])));
  }

  async function addLibraries(grantId: string, libraryIds: readonly string[]): Promise<readonly string[]> {
    const ids = [...new Set(libraryIds)].toSorted();
    const data = ids.map((libraryId) => ({ guildId, grantId, libraryId }));
    if (data.length > 0) await queries.grantLibrary.createMany({ data });
    return ids;
  }

  /** False when there is no such grant. The guild's row is locked, so nothing changes between reading and writing. */
  async function change(
    where: Prisma.GrantWhereInput,
    changes: Prisma.GrantUpdateManyMutationInput & Partial<Grant>,
  ) {
    const row = await queries.grant.findFirst({
      where,
      select: { id: true, state: true, startsAt: true, expiresAt: true },
    });
    if (row === null) return false;
    const { id, ...before } = row;
    const nextAt = nextTransition({ ...before, state: grantState(before.state), ...changes });
    await queries.grant.updateMany({ where: { guildId, id }, data: { ...changes, nextAt } });
    return true;
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
      const [grant] = await list({ id }, []);
      return grant;
    },
    list: (filter) =>
      list(
        { ...matching(filter), ...(filter.after === undefined ? {} : { number: { lt: filter.after } }) },
        [{ number: 'desc' }],
        filter.limit,
      ),
    count: (filter) => queries.grant.count({ where: { ...matching(filter), guildId } }),
    listTransitionsDue: (now, limit) =>
      list({ nextAt: { lte: now } }, [{ nextAt: 'asc' }, { number: 'asc' }], limit),
    async move(id, from, to, changes) {
      const where = { guildId, id, state: { in: [...from] } };
      if (!changesByItself(to)) {
        // In this state nothing happens by itself, so there is no next date to compute and no row to read.
        const data = { ...changes, state: to, nextAt: null };
        return (await queries.grant.updateMany({ where, data })).count > 0;
      }
      return await change(where, { ...changes, state: to });
    },
    async change(id, { libraryIds, ...changes }) {
      if (!(await change({ guildId, id }, changes))) throw new NotThere('The grant is not there.');
      if (libraryIds === undefined) return;
      await queries.grantLibrary.deleteMany({ where: { guildId, grantId: id } });
      await addLibraries(id, libraryIds);
    },
    async markOverdueAlerted(id, at) {
      const data = { overdueAlertedAt: at };
      mustHit(await queries.grant.updateMany({ where: { guildId, id }, data }), 'The grant');
    },
  };
}

function matching(filter: Parameters<GrantStore['list']>[0]): Prisma.GrantWhereInput {
  const { memberId, memberIds, states, at, serverId, planId } = filter;
  return {
    ...(planId === undefined ? {} : { planId }),
    ...(states !== undefined && at === undefined && { state: { in: [...states] } }),
    ...(serverId === undefined ? {} : { libraries: { some: { library: { serverId } } } }),
    AND: [
      ...(memberId === undefined ? [] : [{ memberId }]),
      ...(memberIds === undefined ? [] : [{ memberId: { in: [...memberIds] } }]),
      ...(states !== undefined && at !== undefined ? [isInOneOf(states, at)] : []),
    ],
  };
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

const omit = { guildId: true, nextAt: true } as const;

function toGrant(row: Omit<Row, keyof typeof omit>, libraryIds: readonly string[]): Grant {
  return {
    ...row,
    memberId: toMemberId(row.memberId),
    createdById: toActorId(row.createdById),
    source: grantSource(row.source),
    state: grantState(row.state),
    endCause: orNull(endCause)(row.endCause),
    libraryIds,
  };
}
