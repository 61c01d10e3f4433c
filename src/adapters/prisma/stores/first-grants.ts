/** The first grants in an order, without a look at all that the guild has: somebody waits while they type. */
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
  { guildId, queries, dialect }: Pick<GuildContext, 'guildId' | 'queries' | 'dialect'>,
  { states, at, words, order, limit }: FirstGrants,
): Promise<readonly string[]> {
  if (words.some(meansNothing)) return [];
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
  // Not by an index of the column: each of the list would be looked up for each grant.
  const given = dialect === 'sqlite' ? '+its."libraryId"' : `its."libraryId" || ''`;
  const isMeant = words.map((word) => ` AND (${meantBy(word, given, among)})`).join('');
  const by = order === 'ended' ? '"endingAt" DESC, "number" DESC' : '"expiresAt" ASC, "number" ASC';
  const pieces = piecesOf(states, order).map(
    ({ state, end, start }) => `SELECT * FROM (
      SELECT "id", "expiresAt", "endingAt", "number" FROM "Grant" AS one
      WHERE "guildId" = ${put(guildId)} AND "state" = ${put(state)}
        ${end === 'never' ? 'AND "expiresAt" IS NULL' : ''}
        ${end === 'some' ? `AND "expiresAt" > ${put(new Date(0))}` : ''}
        ${end === 'over' ? `AND "expiresAt" <= ${put(at)}` : ''}
        ${end === 'to come' ? `AND "expiresAt" > ${put(at)}` : ''}
        ${start === 'over' ? `AND "startsAt" <= ${put(at)}` : ''}
        ${start === 'to come' ? `AND "startsAt" > ${put(at)}` : ''}
        ${isMeant}
      ORDER BY ${by} LIMIT ${limit}) AS piece`,
  );
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

const meansNothing = ({ memberIds, libraryIds, planIds, number }: Meant): boolean =>
  number === null && memberIds.length + libraryIds.length + planIds.length === 0;

/** `given`: a library that a grant gives. A grant has few, and many may be meant. */
function meantBy(
  { memberIds, libraryIds, planIds, number }: Meant,
  given: string,
  among: (ids: readonly string[]) => string,
): string {
  return [
    ...(number === null ? [] : [`"number" = ${Math.trunc(number)}`]),
    ...(planIds.length > 0 ? [`"planId" ${among(planIds)}`] : []),
    ...(memberIds.length > 0 ? [`"memberId" ${among(memberIds)}`] : []),
    ...(libraryIds.length > 0
      ? [
          `EXISTS (SELECT 1 FROM "GrantLibrary" AS its WHERE its."guildId" = one."guildId"
             AND its."grantId" = one."id" AND ${given} ${among(libraryIds)})`,
        ]
      : []),
  ].join(' OR ');
}

/** Grants that are stored in one state, and whose ends an index has in order. */
interface Piece {
  readonly state: Grant['state'];
  readonly end?: 'some' | 'never' | 'over' | 'to come';
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

const piecesOf = (states: readonly Grant['state'][], order: FirstGrants['order']): readonly Piece[] =>
  order === 'ended' ? states.map((state) => ({ state })) : states.flatMap((state) => PIECES[state]);
