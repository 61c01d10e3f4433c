import type { Queries } from '../client.ts';

/** From the third failure in a row on (rule 2). */
const OVERDUE_AFTER = 3;

/** When the oldest of the deliveries that could be sent now should have been; undefined when there is none. */
export async function findOldestDelivery(queries: Queries, now: Date): Promise<Date | undefined> {
  const oldest = await queries.delivery.findFirst({
    where: { lane: { not: null }, dueAt: { lte: now } },
    orderBy: { dueAt: 'asc' },
    select: { dueAt: true },
  });
  return oldest?.dueAt;
}

/**
 * How much is due and owed in all guilds together. It crosses guilds, so it counts and names nobody (rule 9). Each
 * number comes from an index of what is due, however much there is beside; only media servers are all counted.
 */
export async function countBacklog(queries: Queries, now: Date) {
  const due = { dueAt: { not: null }, memberId: { not: null } };
  const [accountsDue, accountsOverdue, deliveriesOwed, oldest, servers] = await Promise.all([
    queries.account.count({ where: due }),
    queries.account.count({ where: { ...due, attempts: { gte: OVERDUE_AFTER } } }),
    queries.delivery.count({ where: { state: 'owed' } }),
    findOldestDelivery(queries, now),
    queries.server.groupBy({ by: ['status'], _count: { _all: true } }),
  ]);
  const having = (status: string) => servers.find((row) => row.status === status)?._count._all ?? 0;
  return {
    accountsDue,
    accountsOverdue,
    deliveriesOwed,
    oldestDelivery: oldest,
    serversOnline: having('online'),
    serversOffline: having('offline'),
  };
}
