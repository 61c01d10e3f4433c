/** What is counted, around the ports that do it: none of them knows that it is counted. */
import type { ServerWork } from '../../app/ports/server-work.ts';
import type { Clock } from '../../app/ports/time.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts';
import type { HttpClients } from '../http-client/http-client.ts';
import type { Metrics } from './metrics.ts';

type Counting = { readonly metrics: Metrics; readonly clock: Pick<Clock, 'steadyMs'> };

/** The same clients, whose requests are counted by host. */
export function meteredClients(clients: HttpClients, { metrics, clock }: Counting): HttpClients {
  return {
    ...clients,
    of(guildId) {
      const client = clients.of(guildId);
      return {
        ...client,
        async call(call) {
          const begun = clock.steadyMs();
          const came = await client.call(call);
          metrics.request(hostIn(call.base), outcomeOf(came), clock.steadyMs() - begun);
          return came;
        },
      };
    },
  };
}

/** The same work, whose turns are counted. */
export function meteredWork(work: ServerWork, { metrics, clock }: Counting): ServerWork {
  return {
    ...work,
    get size() {
      return work.size;
    },
    async exclusive(guildId, server, task) {
      const asked = clock.steadyMs();
      return await work.exclusive(guildId, server, async (turn) => {
        const begun = clock.steadyMs();
        const took = () => ({ waitedMs: begun - asked, tookMs: clock.steadyMs() - begun });
        return await counted(
          () => task(turn),
          (outcome) => metrics.turn(outcome, took()),
        );
      });
    },
  };
}

/** The same job, which is counted. */
export const meteredJob =
  (task: string, job: (guildId: GuildId) => Promise<void>, { metrics, clock }: Counting) =>
  async (guildId: GuildId): Promise<void> => {
    const begun = clock.steadyMs();
    await counted(
      () => job(guildId),
      (outcome) => metrics.job(task, outcome, clock.steadyMs() - begun),
    );
  };

async function counted<T>(work: () => Promise<T>, end: (outcome: 'ok' | 'failed') => void): Promise<T> {
  try {
    const done = await work();
    end('ok');
    return done;
  } catch (error) {
    end('failed');
    throw error;
  }
}

const outcomeOf = (came: HttpAnswer | HttpFailure) => {
  if (came.kind === 'failure') return came.sent ? 'failed' : 'not sent';
  return came.status < 400 ? 'answered' : 'refused';
};

const hostIn = (base: string): string => {
  const url = URL.parse(base);
  return url?.host || 'unknown';
};
