/**
 * A small community as the rows of a database of any version that there has been: each column that a version has or had
 * is here in its form, and what the version at hand does not know is left out. A column that is asked for later, and
 * is not here, fails the test of upgrades.
 */
import { createHash } from 'node:crypto';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { canonicalJson } from '../../src/adapters/prisma/stores/json.ts';
import { olderText } from './older-texts.ts';
import { ada } from './people.ts';

type Value = string | number | boolean | null;
type Row = Readonly<Record<string, Value>>;

export interface OldCommunity {
  readonly guildId: string;
  readonly key: Buffer;
  readonly memberId?: string;
  /** The Jellyfin server, where there really is one. */
  readonly den?: {
    readonly url: string;
    readonly token: string;
    readonly identity: string;
    readonly films: string;
  };
}

const WHEN = '2026-01-02T03:04:05.000+00:00';
const LATER = '2099-01-02T03:04:05.000+00:00';

/** What is sealed, by what it is sealed for, and the row it is in. */
export const SEALED = [
  ['Server', 'tokenCipher', 'Server.token', 'tower'],
  ['Server', 'tokenCipher', 'Server.token', 'den'],
  ['Account', 'secretCipher', 'Account.secret', 'ada'],
  ['SignIn', 'pinCipher', 'SignIn.pin', 'sign-in'],
  ['Drill', 'secretCipher', 'Drill.secret', 'drill'],
] as const;

/** Inserts what the tables of this version can hold. */
export async function insertOldRows(adapter: SqlDriverAdapter, of: OldCommunity): Promise<void> {
  const columns = await columnsOf(adapter);
  const isFair = columns.get('Delivery')?.has('lane') ?? false;
  for (const [table, row] of rowsOf(of, isFair ? 'audit' : 'channel')) {
    const known = columns.get(table);
    if (!known) continue;
    const entries = Object.entries(row).filter(([column]) => known.has(column));
    const names = entries.map(([column]) => `"${column}"`).join(', ');
    const values = entries.map(([, value]) => literal(value)).join(', ');
    await adapter.executeScript(`INSERT INTO "${table}" (${names}) VALUES (${values});`);
  }
}

function rowsOf(
  { guildId, key, memberId = ada, den }: OldCommunity,
  kindOfLine: string,
): readonly (readonly [string, Row])[] {
  const own = (row: Row): Row => ({ guildId, ...row });
  const sealed = (plain: string, column: string) => olderText(key, plain, { guildId, column });
  const event = {
    ...{ number: 1, action: 'grant.created', actorId: memberId, targetId: memberId },
    ...{ facts: { grant: 1 }, at: new Date(WHEN).toISOString() },
  };
  // As it was before who and what could be forgotten.
  const hash = createHash('sha256')
    .update(canonicalJson({ ...event, guildId }))
    .digest('hex');
  const server = { tokenLast4: 'last', clientIdentifier: null };
  const grant = { memberId, source: 'command', createdById: memberId, startsAt: WHEN, createdAt: WHEN };
  const account = { name: '', protection: null, protected: false, seenAccess: 'libraries', seenAt: WHEN };
  const delivery = { dueAt: LATER, createdAt: WHEN };
  return [
    [
      'Guild',
      {
        ...{ id: guildId, zone: 'Europe/Berlin', auditChannelId: null, nextSyncAt: LATER },
        ...{ auditNumber: 1, auditHead: hash, grantNumber: 3 },
      },
    ],
    ['Member', own({ userId: memberId })],
    [
      'Server',
      own({
        ...{
          ...server,
          id: 'tower',
          kind: 'plex',
          name: 'Tower',
          nameKey: 'tower',
          url: 'http://tower.invalid',
        },
        ...{ identity: 'tower', ownerAccountId: '1', status: 'offline', nextProbeAt: LATER },
        tokenCipher: sealed('token of tower', 'Server.token'),
      }),
    ],
    [
      'Server',
      own({
        ...{ ...server, id: 'den', kind: 'jellyfin', name: 'Den', nameKey: 'den' },
        ...{ url: den?.url ?? 'http://den.invalid', identity: den?.identity ?? 'den' },
        tokenCipher: sealed(den?.token ?? 'token of den', 'Server.token'),
      }),
    ],
    ['Library', own({ id: 'movies', serverId: 'tower', externalId: 'm', name: 'Movies', type: 'movies' })],
    [
      'Library',
      own({ id: 'films', serverId: 'den', externalId: den?.films ?? 'f', name: 'Films', type: 'movies' }),
    ],
    [
      'Account',
      own({
        ...account,
        id: 'boss',
        serverId: 'tower',
        externalId: '1',
        protected: true,
        protection: 'owner',
      }),
    ],
    [
      'Account',
      own({ ...account, id: 'kid', serverId: 'tower', externalId: '2', protected: true, protection: 'home' }),
    ],
    [
      'Account',
      own({
        ...account,
        id: 'root',
        serverId: 'den',
        externalId: 'r',
        protected: true,
        protection: 'administrator',
      }),
    ],
    [
      'Account',
      own({
        ...{ ...account, id: 'ada', serverId: 'den', externalId: 'a', name: 'ada', memberId },
        ...{ createdByUs: true, secretCipher: sealed('token of ada', 'Account.secret') },
      }),
    ],
    ['AccountLibrary', own({ accountId: 'ada', libraryId: 'films', seen: true, given: true })],
    ['Plan', own({ id: 'plan', name: 'Basic', nameKey: 'basic', duration: '30d' })],
    ['PlanLibrary', own({ planId: 'plan', libraryId: 'films' })],
    [
      'Invite',
      own({
        ...{ id: 'invite', codeHmac: `hmac ${guildId}`, prefix: 'ABCD', usesMax: 2, usesLeft: 1 },
        ...{ validUntil: LATER, createdById: memberId, planId: 'plan' },
      }),
    ],
    ['InviteLibrary', own({ inviteId: 'invite', libraryId: 'films' })],
    [
      'Grant',
      own({
        ...grant,
        id: 'timed',
        number: 1,
        state: 'active',
        expiresAt: LATER,
        nextAt: LATER,
        remindAt: EPOCH,
      }),
    ],
    ['Grant', own({ ...grant, id: 'for good', number: 2, state: 'active' })],
    [
      'Grant',
      own({
        ...grant,
        id: 'over',
        number: 3,
        state: 'ended',
        expiresAt: WHEN,
        endedAt: WHEN,
        endCause: 'expired',
      }),
    ],
    ['GrantLibrary', own({ grantId: 'timed', libraryId: 'films' })],
    ['GrantLibrary', own({ grantId: 'for good', libraryId: 'films' })],
    ['GrantLibrary', own({ grantId: 'over', libraryId: 'movies' })],
    ['Redemption', own({ inviteId: 'invite', memberId, grantId: 'timed' })],
    [
      'SignIn',
      own({
        id: 'sign-in',
        memberId,
        kind: 'plex',
        pinCipher: sealed('token of sign-in', 'SignIn.pin'),
        expiresAt: LATER,
      }),
    ],
    ['AuditEvent', own({ ...event, facts: canonicalJson(event.facts), at: WHEN, prevHash: '', hash })],
    [
      'Delivery',
      own({
        ...{ ...delivery, id: 'line', sequence: 1, kind: kindOfLine, sink: 'c', lane: `audit ${guildId}` },
        content: JSON.stringify({ kind: 'audit', event }),
      }),
    ],
    ['JobRun', own({ id: 'run', job: 'sync', startedAt: WHEN, finishedAt: WHEN, outcome: 'ok', detail: '' })],
    ['HeldRun', own({ id: 'held', serverId: 'den', accountIds: '["ada"]', detail: '[]', createdAt: WHEN })],
    [
      'Drill',
      own({
        id: 'drill',
        serverId: 'den',
        secretCipher: sealed('token of drill', 'Drill.secret'),
        dueAt: LATER,
      }),
    ],
    ['Arrival', own({ accountId: 'kid', score: 1, isSure: false, isLookedUp: false })],
    ['Request', own({ id: 'request', memberId, planId: 'plan', createdAt: WHEN })],
  ];
}

const EPOCH = '1970-01-01T00:00:00.000+00:00';

async function columnsOf(adapter: SqlDriverAdapter): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { rows } = await adapter.queryRaw({
    sql:
      adapter.provider === 'sqlite'
        ? `SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'`
        : 'SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()',
    args: [],
    argTypes: [],
  });
  const tables = Map.groupBy(rows, ([table]) => String(table));
  return new Map(
    [...tables].map(([table, found]) => [table, new Set(found.map(([, column]) => String(column)))]),
  );
}

function literal(value: Value): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
