/** The first grants in an order, without a look at all that the guild has: somebody waits for them. */
import type { FirstGrants, Meant } from '../../../app/ports/stores/grants.ts';
import type { Grant } from '../../../domain/model.ts';
import type { GuildContext } from './context.ts';

/**
 * Resolves to their ids, in the order. Neither database reads several states, or ends and no ends, in order from an
 * index: they would compare and sort all that is there. So the order is put together from pieces, of which each is read
 * from an index until enough are found. What may be meant comes as JSON, because a statement with thousands of
 * placeholders takes longer than what it does.
 */
export async function listFirst(
  context: Pick<GuildContext, 'guildId' | 'queries' | 'dialect'>,
  which: FirstGrants,
): Promise<readonly string[]> {
  const { guildId, queries, dialect } = context;
  const { at, words = [], memberId, planId, serverId, before, order, limit } = which;
  if (words.some(meansNothing)) return [];
  const given = dialect === 'sqlite' ? '+its."libraryId"' : `its."libraryId" || ''`;
  const onServer = serverId === undefined ? undefined : await givenOn(context, serverId);
  const values: (string | Date)[] = [];
  const put = (value: string | Date): string => {
    values.push(value);
    return dialect === 'sqlite' ? '?' : `$${values.length}`;
  };
  const lists: string[] = [];
  const among = (ids: readonly string[]): string => {
    const json = put(JSON.stringify(ids));
    const read =
      dialect === 'sqlite' ? `value FROM json_each(${json})` : `json_array_elements_text(${json}::json)`;
    const name = `list${lists.length}`;
    lists.push(`${name}(id) AS (SELECT ${read})`);
    return `IN (SELECT id FROM ${name})`;
  };
  // Placeholders are counted as they stand in the text: those of the lists come first.
  const isMeant = [
    ...words.map((word) => meantBy(word, given, among)),
    ...(onServer?.grantIds ? [`"id" ${among(onServer.grantIds)}`] : []),
    ...(onServer && !onServer.grantIds ? [givesOneOf(onServer.libraryIds, given, among)] : []),
  ].map((condition) => ` AND (${condition})`);
  const isListed = onServer?.grantIds !== undefined;
  /** A column, or what is in it where an index of it would be the longer way. */
  const within = (column: string) => (isListed ? `("${column}" || '')` : `"${column}"`);
  const by = ORDERS[order];
  const pieces = piecesOf(which).map(({ state, end, start }) => {
    // As an expression it is found in no index: few fit, and another index has them.
    const isFew = memberId !== undefined || end === 'over' || isListed;
    const number = isFew ? '+"number"' : '"number"';
    return `SELECT * FROM (
      SELECT "id", "expiresAt", "endingAt", "number" FROM "Grant" AS one
      WHERE "guildId" = ${put(guildId)}
        ${state === undefined ? '' : `AND ${within('state')} = ${put(state)}`}
        ${memberId === undefined ? '' : `AND ${within('memberId')} = ${put(memberId)}`}
        ${planId === undefined ? '' : `AND ${within('planId')} = ${put(planId)}`}
        ${before === undefined ? '' : `AND ${number} < ${Math.trunc(before)}`}
        ${end === 'never' ? 'AND "expiresAt" IS NULL' : ''}
        ${end === 'some' ? `AND "expiresAt" > ${put(new Date(0))}` : ''}
        ${end === 'over' ? `AND "expiresAt" <= ${put(at)}` : ''}
        ${end === 'to come' ? `AND "expiresAt" > ${put(at)}` : ''}
        ${end === 'not over' ? `AND CASE WHEN "expiresAt" <= ${put(at)} THEN FALSE ELSE TRUE END` : ''}
        ${start === 'over' ? `AND "startsAt" <= ${put(at)}` : ''}
        ${start === 'to come' ? `AND "startsAt" > ${put(at)}` : ''}
        ${isMeant.join('')}
      ORDER BY ${order === 'newest' ? by.replace('"number"', number) : by} LIMIT ${limit}) AS piece`;
  });
  if (pieces.length === 0) return [];
  // Safe: what is not ours is in the values.
  const rows: readonly { id: string }[] = await queries.$queryRawUnsafe(
    `${lists.length > 0 ? `WITH ${lists.join(', ')}` : ''}
     SELECT "id" FROM (${pieces.join(' UNION ALL ')}) AS found
     ORDER BY ${by.replace('ASC,', 'ASC NULLS LAST,')} LIMIT ${limit}`,
    ...values,
  );
  return rows.map(({ id }) => id);
}

const ORDERS = {
  end: '"expiresAt" ASC, "number" ASC',
  ended: '"endingAt" DESC, "number" DESC',
  newest: '"number" DESC',
} as const;

/** The libraries of a server. */
export async function librariesOf(
  { guildId, queries }: Pick<GuildContext, 'guildId' | 'queries'>,
  serverId: string,
): Promise<readonly string[]> {
  const rows = await queries.library.findMany({ where: { guildId, serverId }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** Of so many it costs less to look at each than to walk until enough of them are met. */
const FEW = 5_000;

/** What a server has, with the grants of it where those are few among all. */
async function givenOn(
  context: Pick<GuildContext, 'guildId' | 'queries'>,
  serverId: string,
): Promise<{ readonly libraryIds: readonly string[]; readonly grantIds?: readonly string[] }> {
  const libraryIds = await librariesOf(context, serverId);
  const rows = await context.queries.grantLibrary.findMany({
    where: { guildId: context.guildId, libraryId: { in: [...libraryIds] } },
    select: { grantId: true },
    // By itself, Prisma orders what is limited by the key, and SQLite would walk through all grants for that.
    orderBy: { libraryId: 'asc' },
    take: FEW + 1,
  });
  if (rows.length > FEW) return { libraryIds };
  return { libraryIds, grantIds: [...new Set(rows.map(({ grantId }) => grantId))] };
}

type Among = (ids: readonly string[]) => string;

const meansNothing = ({ memberIds, libraryIds, planIds, number }: Meant): boolean =>
  number === null && memberIds.length + libraryIds.length + planIds.length === 0;

function meantBy({ memberIds, libraryIds, planIds, number }: Meant, given: string, among: Among): string {
  return [
    ...(number === null ? [] : [`"number" = ${Math.trunc(number)}`]),
    ...(planIds.length > 0 ? [`"planId" ${among(planIds)}`] : []),
    ...(memberIds.length > 0 ? [`"memberId" ${among(memberIds)}`] : []),
    ...(libraryIds.length > 0 ? [givesOneOf(libraryIds, given, among)] : []),
  ].join(' OR ');
}

/**
 * A grant has few libraries, and many may be meant. As an expression, the column is compared with the list; by itself,
 * SQLite would look up each of the list for each grant.
 */
const givesOneOf = (libraryIds: readonly string[], given: string, among: Among): string =>
  `EXISTS (SELECT 1 FROM "GrantLibrary" AS its WHERE its."guildId" = one."guildId"
     AND its."grantId" = one."id" AND ${given} ${among(libraryIds)})`;

/** Grants that are stored in one state, or in any, and that an index has in order. */
interface Piece {
  readonly state?: Grant['state'];
  readonly end?: 'some' | 'never' | 'over' | 'to come' | 'not over';
  readonly start?: 'over' | 'to come';
}

/** In the way of `asOf`: what is stored, and what it is at the moment. */
const PIECES: Readonly<Record<Grant['state'], readonly Piece[]>> = {
  scheduled: [
    { state: 'scheduled', end: 'some', start: 'to come' },
    { state: 'scheduled', end: 'never', start: 'to come' },
  ],
  active: [
    { state: 'active', end: 'to come' },
    { state: 'active', end: 'never' },
    { state: 'scheduled', end: 'to come', start: 'over' },
    { state: 'scheduled', end: 'never', start: 'over' },
  ],
  paused: [
    { state: 'paused', end: 'some' },
    { state: 'paused', end: 'never' },
  ],
  ending: [
    { state: 'ending', end: 'some' },
    { state: 'ending', end: 'never' },
    { state: 'active', end: 'over' },
    { state: 'scheduled', end: 'over', start: 'over' },
  ],
  ended: [
    { state: 'ended', end: 'some' },
    { state: 'ended', end: 'never' },
  ],
};

/** The same where the order is not that of their ends. */
const NEWEST: Readonly<Record<Grant['state'], readonly Piece[]>> = {
  scheduled: [{ state: 'scheduled', start: 'to come' }],
  active: [
    { state: 'active', end: 'not over' },
    { state: 'scheduled', end: 'not over', start: 'over' },
  ],
  paused: [{ state: 'paused' }],
  ending: [
    { state: 'ending' },
    { state: 'active', end: 'over' },
    { state: 'scheduled', end: 'over', start: 'over' },
  ],
  ended: [{ state: 'ended' }],
};

const EVERY_STATE = Object.keys(PIECES) as (keyof typeof PIECES)[];

function piecesOf({ states, order, planId }: FirstGrants): readonly Piece[] {
  if (order === 'end') return (states ?? EVERY_STATE).flatMap((state) => PIECES[state]);
  if (order === 'newest' && states) return states.flatMap((state) => NEWEST[state]);
  // By its number an index has every grant; those of a plan it has state by state.
  if (order === 'newest' && planId === undefined) return [{}];
  return (states ?? EVERY_STATE).map((state) => ({ state }));
}
