/** What is read of each tool's file, and what is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from '../../../src/adapters/imports/read-file.ts';
import type { ImportTool } from '../../../src/domain/imports/rows.ts';
import { backupFile, databaseFile, GO, MEMBARR, stored, VODUM, WIZARR } from './files.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const MIA = '112233445566778899';
let folder: string;
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-imports-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newPath = (): string => {
  count += 1;
  return join(folder, `file-${count}`);
};
const read = (path: string, tool: ImportTool) => readFile(path, tool, NOW);
const readBytes = (bytes: Buffer | string, tool: ImportTool) => {
  const path = newPath();
  writeFileSync(path, bytes);
  return read(path, tool);
};
const rowsOf = (result: ReturnType<typeof read>) => {
  if (result.kind !== 'read') throw new Error(`refused: ${result.why}`);
  return result.rows;
};
const why = (result: ReturnType<typeof read>) => (result.kind === 'refused' ? result.why : 'read');

describe('Membarr', () => {
  it.each([
    ['Invitarr', MEMBARR.invitarr, { discord_username: MIA, email: 'mia@example.org' }, 1],
    ['Membarr', MEMBARR.membarr, { discord_username: MIA, email: null, jellyfin_username: 'mia' }, 1],
    ['with ids', MEMBARR.ids, { discord_id: MIA, email: 'mia@example.org', jellyfin_username: 'mia' }, 2],
    ['with Emby', MEMBARR.emby, { discord_id: MIA, email: null, emby_username: 'mia' }, 1],
  ] as const)('%s: an account for each server that somebody has', (_form, schema, client, accounts) => {
    const rows = rowsOf(read(databaseFile(newPath(), schema, { clients: [client] }), 'membarr'));
    expect(rows).toHaveLength(accounts);
    for (const row of rows)
      expect(row).toMatchObject({ at: 'clients 1', discordId: MIA, end: { kind: 'none' } });
    const isEmby = 'emby_username' in client;
    if (isEmby) expect(rows[0]?.kind).toBe('other');
  });

  it('of 2026: accounts in a table of their own', () => {
    const path = databaseFile(newPath(), MEMBARR.servers, {
      clients: [{ discord_id: MIA, email: null }],
      server_accounts: [
        { discord_id: MIA, server_type: 'jellyfin', server_name: 'Den', username: 'mia' },
        { discord_id: MIA, server_type: 'plex', server_name: 'Tower', username: 'mia@example.org' },
      ],
    });
    expect(rowsOf(read(path, 'membarr'))).toMatchObject([
      { kind: 'jellyfin', serverName: 'Den', account: 'mia', email: null },
      { kind: 'plex', serverName: 'Tower', account: null, email: 'mia@example.org' },
    ]);
  });

  it('knows names of the time before ids', () => {
    const path = databaseFile(newPath(), MEMBARR.invitarr, {
      clients: [{ discord_username: 'mia#1234', email: 'mia@example.org' }],
    });
    expect(rowsOf(read(path, 'membarr'))).toMatchObject([{ discordId: null, discordName: 'mia' }]);
  });
});

describe('wizarr', () => {
  it('up to v4: people of the one server there is', () => {
    const path = databaseFile(newPath(), WIZARR.v4, {
      settings: [{ key: 'server_type', value: 'jellyfin' }],
      users: [
        { token: GO.id, username: 'mia', email: null, code: 'ABC', expires: '2026-12-31 23:59:00.000000' },
      ],
      invitations: [
        { code: 'A', used: 0, unlimited: 0, expires: null },
        { code: 'B', used: 1, unlimited: 0, expires: null },
        { code: 'C', used: 1, unlimited: 1, expires: null },
        { code: 'D', used: 0, unlimited: 0, expires: '2026-01-01 00:00' },
      ],
    });
    const result = read(path, 'wizarr');
    expect(result).toMatchObject({ openInvites: 2 });
    expect(rowsOf(result)).toMatchObject([
      {
        ...{ kind: 'jellyfin', accountId: GO.id, account: 'mia', discordId: null },
        end: { kind: 'at', at: new Date('2026-12-31T23:59:00Z') },
      },
    ]);
  });

  it('since 2025: each on their server, and no token of theirs', () => {
    const path = databaseFile(newPath(), WIZARR.now, {
      media_server: [
        { id: 1, name: 'Tower', server_type: 'plex', url: 'x', verified: 1, created_at: 'x' },
        { id: 2, name: 'Read', server_type: 'kavita', url: 'x', verified: 1, created_at: 'x' },
      ],
      user: [
        { token: 'xyzSecretTokenOfMia1', username: 'mia', email: 'mia@example.org', code: '', server_id: 1 },
        { token: '7', username: 'noah', email: null, code: '', server_id: 2 },
      ],
    });
    const result = read(path, 'wizarr');
    expect(rowsOf(result)).toMatchObject([
      { kind: 'plex', serverName: 'Tower', accountId: null, email: 'mia@example.org' },
      { kind: 'other', accountId: '7' },
    ]);
    expect(JSON.stringify(result)).not.toContain('xyzSecret');
  });
});

it('VODUM: accounts by their ids on servers by theirs, until the end of a day', () => {
  const path = databaseFile(newPath(), VODUM, {
    servers: [{ id: 4, name: 'Tower', server_identifier: 'machine', type: 'plex', token: 'secret' }],
    vodum_users: [
      {
        id: 9,
        username: 'mia',
        email: 'mia@example.org',
        expiration_date: '2026-12-31',
        discord_user_id: MIA,
      },
    ],
    media_users: [{ server_id: 4, vodum_user_id: 9, external_user_id: '42', username: 'mia', type: 'plex' }],
  });
  expect(rowsOf(read(path, 'vodum'))).toEqual([
    {
      ...{ at: 'media_users 1', discordId: MIA, discordName: null, kind: 'plex', serverIdentity: 'machine' },
      ...{ serverName: 'Tower', accountId: '42', account: 'mia', email: 'mia@example.org' },
      end: { kind: 'day', day: '2026-12-31' },
    },
  ]);
});

describe('jfa-go', () => {
  it('reads its backup: what each account has is in several records', () => {
    const bytes = backupFile([
      stored('DiscordUser', GO.id, GO.discordUser),
      stored('EmailAddress', GO.id, GO.emailAddress),
      stored('UserExpiry', GO.id, GO.userExpiry),
      stored('Invite', 'abc', GO.invite),
      stored('Announcement', 'x', GO.discordUser),
    ]);
    const result = readBytes(bytes, 'jfa-go');
    expect(result).toMatchObject({ openInvites: 1 });
    expect(rowsOf(result)).toMatchObject([
      {
        ...{ kind: 'jellyfin', accountId: GO.id, discordId: MIA, email: 'mia@example.org' },
        end: { kind: 'at', at: new Date(GO.expires) },
      },
    ]);
  });

  it('takes the newest of each record, and none that was deleted', () => {
    const link = stored('DiscordUser', GO.id, GO.discordUser);
    const gone = { ...stored('DiscordUser', 'a', GO.discordUser), version: 8, isDeleted: true };
    const bytes = backupFile([link, { ...gone, version: 3, isDeleted: false }, gone]);
    expect(rowsOf(readBytes(bytes, 'jfa-go')).map(({ accountId }) => accountId)).toEqual([GO.id]);
  });

  it('reads the list of its page, and the links from before it had a database', () => {
    const page = { users: [{ id: GO.id, name: 'mia', email: '', discord_id: MIA, expiry: 1_800_000_000 }] };
    expect(rowsOf(readBytes(JSON.stringify(page), 'jfa-go'))).toMatchObject([
      { accountId: GO.id, account: 'mia', discordId: MIA, end: { at: new Date(1_800_000_000_000) } },
    ]);
    const links = { [GO.id]: { ChannelID: '1', ID: MIA, Username: 'mia' } };
    expect(rowsOf(readBytes(JSON.stringify(links), 'jfa-go'))).toMatchObject([
      { accountId: GO.id, discordId: MIA },
    ]);
  });

  it('says what is not its own, and what is cut off', () => {
    const whole = backupFile([stored('DiscordUser', GO.id, GO.discordUser)]);
    expect(why(readBytes(whole.subarray(0, whole.length - 9), 'jfa-go'))).toBe('damaged');
    expect(why(readBytes(backupFile([{ key: Buffer.from('else'), value: whole }]), 'jfa-go'))).toBe(
      'other-tool',
    );
    expect(why(readBytes('{"users": [', 'jfa-go'))).toBe('damaged');
    expect(why(readBytes('{"a": {"b": 1}}', 'jfa-go'))).toBe('other-tool');
  });
});

describe('a table', () => {
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  it.each([
    ['commas', Buffer.from('discord_id,account,until\n112233445566778899,Jürgen,2027-01-31\n')],
    [
      'semicolons of a German spreadsheet',
      Buffer.from('\ufeffDiscord ID;Account;Until\r\n112233445566778899;Jürgen;2027-01-31'),
    ],
    ['UTF-16', utf16('discord_id\taccount\tuntil\n112233445566778899\tJürgen\t2027-01-31\n')],
    [
      'the code page of Windows',
      Buffer.from('discord_id,account,until\n112233445566778899,J\xfcrgen,2027-01-31\n', 'latin1'),
    ],
    [
      'quotes and what keeps formulas away',
      Buffer.from('"account","discord_id","until"\n"Jürgen","112233445566778899","2027-01-31"\n'),
    ],
  ])('%s', (_form, bytes) => {
    expect(rowsOf(readBytes(bytes, 'csv'))).toMatchObject([
      { at: 'line 2', discordId: MIA, account: 'Jürgen', end: { kind: 'day', day: '2027-01-31' } },
    ]);
  });

  it('takes names where there are no ids, and says which end cannot be read', () => {
    const text = "discord_name,server,account,until\nmia,Den,'=mia,never\nnoah,Den,noah,31/12/26\n";
    expect(rowsOf(readBytes(text, 'csv'))).toMatchObject([
      { discordName: 'mia', serverName: 'Den', account: '=mia', end: { kind: 'none' } },
      { discordName: 'noah', end: { kind: 'unclear' } },
    ]);
  });

  it('refuses what is none', () => {
    expect(why(readBytes('a,b\n1,2\n', 'csv'))).toBe('other-tool');
    expect(why(readBytes('account\n', 'csv'))).toBe('empty');
    expect(why(readBytes('account\n"mia\n', 'csv'))).toBe('damaged');
    expect(why(readBytes(Buffer.from([0x89, 0x50, 0, 0]), 'csv'))).toBe('other-form');
    expect(why(readBytes(`account\n${'a\n'.repeat(50_001)}`, 'csv'))).toBe('too-many');
    expect(why(readBytes(`account\n${'a'.repeat(20_000)}\n`, 'csv'))).toBe('damaged');
    expect(why(readBytes(Buffer.alloc(9 * 1024 * 1024, 'a'), 'csv'))).toBe('too-large');
  });
});

describe('a database that is not what it should be', () => {
  const client = { clients: [{ discord_id: MIA, email: 'mia@example.org' }] };
  const file = (...more: readonly string[]) => databaseFile(newPath(), [...MEMBARR.ids, ...more], client);

  it('is read as it is, whatever its log was', () => {
    const path = file();
    databaseFile(path, ['PRAGMA journal_mode = WAL']);
    expect(readFileSync(path)[18]).toBe(2);
    expect(rowsOf(read(path, 'membarr'))).toHaveLength(1);
    expect(
      rowsOf(
        read(databaseFile(newPath(), ["PRAGMA encoding = 'UTF-16le'", ...MEMBARR.ids], client), 'membarr'),
      ),
    ).toMatchObject([{ discordId: MIA }]);
  });

  it.each([
    ['a view', 'CREATE VIEW other AS SELECT * FROM clients'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON clients BEGIN DELETE FROM clients; END'],
    ['a virtual table', 'CREATE VIRTUAL TABLE words USING fts5(word)'],
    ['a computed column', 'CREATE TABLE big (a INTEGER, b AS (hex(zeroblob(a))))'],
  ])('%s is refused', (_what, statement) => {
    expect(why(read(file(statement), 'membarr'))).toBe('hostile');
  });

  it('of which the table is a view is refused', () => {
    const path = databaseFile(newPath(), [
      'CREATE TABLE a (id INTEGER)',
      "CREATE VIEW clients AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'x' AS discord_id, 'y' AS email FROM n",
    ]);
    expect(why(read(path, 'membarr'))).toBe('hostile');
  });

  it('that is cut off, overwritten or none at all is refused', () => {
    const path = file(...Array.from({ length: 40 }, (_, index) => `CREATE TABLE t${index} (a TEXT)`));
    const whole = readFileSync(path);
    expect(why(readBytes(whole.subarray(0, whole.length / 2), 'membarr'))).toBe('damaged');
    expect(why(readBytes(whole.subarray(0, 99), 'membarr'))).toBe('other-form');
    expect(why(readBytes('discord_id,email\n', 'membarr'))).toBe('other-form');
    whole.fill(0xff, 4096, 8192);
    expect(why(readBytes(whole, 'membarr'))).toBe('damaged');
    expect(
      why(readBytes(Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096)]), 'membarr')),
    ).toBe('other-form');
  });

  it('with another tool’s tables is refused', () => {
    expect(why(read(file(), 'wizarr'))).toBe('other-tool');
    expect(why(read(databaseFile(newPath(), VODUM), 'membarr'))).toBe('other-tool');
    expect(why(read(databaseFile(newPath(), VODUM), 'vodum'))).toBe('empty');
  });

  it('with huge or binary cells gives what is left without them', () => {
    const path = databaseFile(newPath(), MEMBARR.ids, {
      clients: [
        { discord_id: MIA, email: 'x'.repeat(5_000_000), jellyfin_username: 'mia' },
        { discord_id: '2', email: Buffer.alloc(2_000_000, 7), jellyfin_username: 'noah' },
      ],
    });
    expect(rowsOf(read(path, 'membarr')).map(({ account }) => account)).toEqual(['mia', 'noah']);
  });
});
