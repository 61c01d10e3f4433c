import { beforeEach, expect, it } from 'vitest';
import { meteredClients, meteredJob, meteredWork } from '../../../src/adapters/metrics/metered.ts';
import { createMetrics, type Metrics } from '../../../src/adapters/metrics/metrics.ts';
import { createServerWork } from '../../../src/adapters/queue/server-work.ts';
import { NO_HEAD } from '../../../src/domain/record.ts';
import { checkRecord } from '../../../src/jobs/check-record.ts';
import { GUILD } from '../../support/people.ts';

const backlog = {
  accountsDue: 3,
  accountsOverdue: 1,
  deliveriesOwed: 2,
  oldestDelivery: new Date(60_000),
  serversOnline: 1,
  serversOffline: 0,
};
const facts = {
  now: new Date(90_000),
  backlog,
  newestBackup: undefined,
  guilds: 1,
  isConnected: true,
  isKept: true,
  serverWork: 0,
};

let metrics: Metrics;
let steadyMs: number;
const clock = { steadyMs: () => steadyMs };
beforeEach(() => {
  metrics = createMetrics('1.2.3');
  steadyMs = 0;
});

/** The lines of one metric, without comments. */
const linesOf = async (name: string, given: Parameters<Metrics['text']>[0] = facts) =>
  (await metrics.text(given)).split('\n').filter((line) => line.startsWith(name));

it('a record that is not whole is counted by place, and nobody is named', async () => {
  expect(await linesOf('usher_record_')).toEqual(['usher_record_breaks_total 0']);
  const checked = { breaks: [], count: 2, head: NO_HEAD, since: undefined, events: 9, emptied: 0 };
  const recordCheck = { daily: async () => checked, verify: () => Promise.reject(new Error('not asked')) };
  await checkRecord({ recordCheck }, GUILD, metrics.recordBroken);
  expect(await linesOf('usher_record_')).toEqual(['usher_record_breaks_total 2']);
});

it('a database that takes no writes is a number, too', async () => {
  expect(await linesOf('usher_database_')).toEqual(['usher_database_writable 1']);
  expect(await linesOf('usher_database_', { ...facts, isKept: false })).toEqual([
    'usher_database_writable 0',
  ]);
});

it('what the database knows is as it is now, and absent while it cannot be read', async () => {
  expect(await linesOf('usher_accounts_')).toEqual(['usher_accounts_due 3', 'usher_accounts_overdue 1']);
  expect(await linesOf('usher_deliveries_oldest_seconds')).toEqual(['usher_deliveries_oldest_seconds 30']);
  const unread = { ...facts, backlog: undefined };
  expect(await linesOf('usher_accounts_', unread)).toEqual([]);
  expect(await linesOf('usher_media_servers', unread)).toEqual([]);
  const none = { ...facts, backlog: { ...backlog, oldestDelivery: undefined } };
  expect(await linesOf('usher_deliveries_oldest_seconds', none)).toEqual([
    'usher_deliveries_oldest_seconds 0',
  ]);
});

it('hosts are counted one by one up to a limit, and the rest together', async () => {
  for (let index = 0; index < 300; index += 1) metrics.request(`host${index}`, 'answered', 1);
  metrics.request('host0', 'failed', 1);
  const lines = await linesOf('usher_media_server_requests_total');
  expect(lines).toHaveLength(202);
  expect(lines).toContain('usher_media_server_requests_total{host="other",outcome="answered"} 100');
  expect(lines).toContain('usher_media_server_requests_total{host="host0",outcome="failed"} 1');
});

it('requests are counted by what came of them, and come back as they were', async () => {
  const answer = { kind: 'answer', host: 'h', headers: {}, body: Buffer.alloc(0) } as const;
  const failure = { kind: 'failure', why: { kind: 'cut', message: 'It was cut.' } } as const;
  const comes = [
    { ...answer, status: 200, retryAfterMs: undefined, reason: undefined },
    { ...answer, status: 404, retryAfterMs: undefined, reason: 'No.' },
    { ...failure, sent: true },
    { ...failure, sent: false },
  ];
  const left = [...comes];
  const clients = meteredClients(
    {
      of: () => ({
        async call() {
          const next = left.shift();
          if (!next) throw new Error('no more');
          return next;
        },
        inTurn: (_key, work) => work(),
      }),
      close: async () => {},
    },
    { metrics, clock },
  );
  const client = clients.of(GUILD);
  for (const came of comes)
    expect(await client.call({ method: 'GET', base: 'https://user:pw@tower.example:8443/x', path: '' })).toBe(
      came,
    );
  expect(await client.inTurn('k', async () => 1)).toBe(1);
  expect(await linesOf('usher_media_server_requests_total')).toEqual(
    ['answered', 'refused', 'failed', 'not sent'].map(
      (outcome) => `usher_media_server_requests_total{host="tower.example:8443",outcome="${outcome}"} 1`,
    ),
  );
});

it('turns of work and jobs are counted, also those that fail, which go on to fail', async () => {
  const work = meteredWork(createServerWork({ sleep: async () => {} }), { metrics, clock });
  const server = { id: 's', kind: 'plex', identity: 'i', url: 'u' } as const;
  const turn = (end: () => void) =>
    work.exclusive(GUILD, server, async () => {
      steadyMs += 2_000;
      end();
    });
  await turn(() => {});
  const fail = () => {
    throw new Error('broken');
  };
  await expect(turn(fail)).rejects.toThrow('broken');
  expect(work.size).toBe(0);
  await expect(meteredJob('sync', async () => fail(), { metrics, clock })(GUILD)).rejects.toThrow('broken');
  expect(await linesOf('usher_server_work_seconds_sum')).toEqual([
    'usher_server_work_seconds_sum{outcome="ok"} 2',
    'usher_server_work_seconds_sum{outcome="failed"} 2',
  ]);
  expect(await linesOf('usher_job_seconds_count')).toEqual([
    'usher_job_seconds_count{task="sync",outcome="failed"} 1',
  ]);
});
