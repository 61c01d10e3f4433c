import type { Deps } from '../../src/app/ports/deps.ts';

/** A process that only says how it is: nothing is copied, and it goes on. */
export const NO_OPERATOR: Pick<Deps, 'backups' | 'operator' | 'logLines' | 'webhooks'> = {
  backups: {
    database: 'SQLite',
    isDaily: true,
    make: async () => ({
      kind: 'made',
      backup: {
        path: '/data/backups/usher-20260301T120000Z.db.gz',
        bytes: 3_400_000,
        madeAt: new Date('2026-03-01T12:00:00Z'),
      },
    }),
    newest: async () => undefined,
  },
  webhooks: {
    newSecret: () => `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    send: async () => ({ kind: 'taken', status: 204 }),
  },
  logLines: { isKept: false, async *backwards() {} },
  operator: {
    isOwner: async () => false,
    info: async () => ({
      version: '1.2.3',
      startedAt: new Date('2026-02-21T07:30:00Z'),
      guilds: 1,
      shards: 1,
      isConnected: true,
      bytes: 181_000_000,
      accountsDue: 4,
      accountsOverdue: 1,
      deliveriesOwed: 0,
      serverWork: 1,
    }),
    restart() {},
    servesApi: true,
  },
};
