/** What is read of the databases of other tools: their tables and columns, as their sources define them. */

import { discordOf, type ImportedRow, NO_END, readEnd } from '../../domain/imports/rows.ts';
import type { ServerKind } from '../../domain/media-kinds.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import type { Cell, ForeignDatabase } from './foreign-database.ts';
import { Unreadable } from './unreadable.ts';

/** What a file holds. */
export interface Contents {
  readonly rows: readonly ImportedRow[];
  readonly openInvites: number;
}

/** What a row has where its tool says nothing. */
export const NOTHING_SAID = {
  discordId: null,
  discordName: null,
  kind: null,
  serverIdentity: null,
  serverName: null,
  accountId: null,
  account: null,
  email: null,
  end: NO_END,
} satisfies Omit<ImportedRow, 'at'>;

/**
 * Membarr and Invitarr, `app.db`: five forms of one table by now. Who it is at Discord was called a name at first and
 * was an id already.
 */
export function readMembarr(db: ForeignDatabase): Contents {
  const columns = db.columnsOf('clients');
  const [whose] = ['discord_id', 'discord_username'].filter((name) => columns.has(name));
  if (whose === undefined || !columns.has('id')) throw new Unreadable('other-tool');
  const kinds = { email: 'plex', jellyfin_username: 'jellyfin', emby_username: 'other' } as const;
  const kept = Object.keys(kinds).filter((name) => columns.has(name)) as (keyof typeof kinds)[];
  const rows: ImportedRow[] = [];
  for (const row of db.rowsOf('clients', ['id', whose, ...kept])) {
    const who = { ...NOTHING_SAID, at: `clients ${row.id}`, ...discordOf(row[whose] ?? null) };
    for (const name of kept) {
      const named = name === 'email' ? { email: row[name] ?? null } : { account: row[name] ?? null };
      if (row[name]) rows.push({ ...who, kind: kinds[name], ...named });
    }
  }
  const more = ['discord_id', 'server_type', 'server_name', 'username'];
  if (hasAll(db.columnsOf('server_accounts'), more)) {
    let number = 0;
    for (const row of db.rowsOf('server_accounts', more)) {
      number += 1;
      rows.push({
        ...{ ...NOTHING_SAID, at: `server_accounts ${number}`, ...discordOf(row.discord_id ?? null) },
        ...{ kind: kindOf(row.server_type ?? null), serverName: row.server_name ?? null },
        ...(row.username?.includes('@') ? { email: row.username } : { account: row.username ?? null }),
      });
    }
  }
  return { rows, openInvites: 0 };
}

/** wizarr, `database.db`: up to v4 in tables of many (`users`), since 2025 in tables of one (`user`). */
export function readWizarr(db: ForeignDatabase, now: Date): Contents {
  const [table] = ['user', 'users'].filter((name) =>
    hasAll(db.columnsOf(name), ['id', 'username', 'email', 'token', 'code']),
  );
  if (table === undefined) throw new Unreadable('other-tool');
  const servers = new Map<string, Pick<ImportedRow, 'kind' | 'serverName'>>();
  if (hasAll(db.columnsOf('media_server'), ['id', 'name', 'server_type']))
    for (const { id, name, server_type } of db.rowsOf('media_server', ['id', 'name', 'server_type']))
      servers.set(id ?? '', { kind: kindOf(server_type ?? null), serverName: name ?? null });
  const only = { kind: onlyKind(db), serverName: null };
  const optional = ['expires', 'server_id'].filter((name) => db.columnsOf(table).has(name));
  const rows: ImportedRow[] = [];
  for (const row of db.rowsOf(table, ['id', 'username', 'email', 'token', ...optional])) {
    const server = servers.get(row.server_id ?? '') ?? only;
    rows.push({
      ...{ ...NOTHING_SAID, at: `${table} ${row.id}`, ...server },
      // At Jellyfin it is the id of the account; of Plex it may be a token, which is nothing for us.
      accountId: row.token && /^([0-9a-f]{32}|[0-9a-f-]{36}|\d{1,12})$/i.test(row.token) ? row.token : null,
      account: row.username ?? null,
      email: row.email?.includes('@') ? row.email : null,
      end: readEnd(row.expires ?? null),
    });
  }
  const invites = table === 'user' ? 'invitation' : 'invitations';
  return { rows, openInvites: countInvites(db, invites, now) };
}

/** Before there were several servers, their kind was a setting. */
function onlyKind(db: ForeignDatabase): ImportedRow['kind'] {
  if (!hasAll(db.columnsOf('settings'), ['key', 'value'])) return null;
  for (const { key, value } of db.rowsOf('settings', ['key', 'value']))
    if (key === 'server_type') return kindOf(value ?? null);
  return null;
}

function countInvites(db: ForeignDatabase, table: string, now: Date): number {
  if (!hasAll(db.columnsOf(table), ['code', 'used', 'unlimited', 'expires'])) return 0;
  let open = 0;
  for (const { used, unlimited, expires } of db.rowsOf(table, ['used', 'unlimited', 'expires'])) {
    const end = readEnd(expires ?? null);
    const isOver = end.kind === 'at' && end.at <= now;
    if (!isOver && (used !== '1' || unlimited === '1')) open += 1;
  }
  return open;
}

/** VODUM: who somebody is, their accounts, and the day up to which they have access. */
export function readVodum(db: ForeignDatabase): Contents {
  const [people, accounts] = [db.columnsOf('vodum_users'), db.columnsOf('media_users')];
  const needed = ['id', 'username', 'email', 'expiration_date'];
  if (!hasAll(people, needed) || !hasAll(accounts, ['id', 'server_id', 'vodum_user_id', 'external_user_id']))
    throw new Unreadable('other-tool');
  const servers = new Map<string, Pick<ImportedRow, 'kind' | 'serverIdentity' | 'serverName'>>();
  for (const row of db.rowsOf('servers', ['id', 'name', 'server_identifier', 'type']))
    servers.set(row.id ?? '', {
      ...{ kind: kindOf(row.type ?? null), serverIdentity: row.server_identifier ?? null },
      serverName: row.name ?? null,
    });
  const asDiscord = ['discord_user_id', 'discord_name'].filter((name) => people.has(name));
  const persons = new Map<string, Readonly<Record<string, Cell>>>();
  for (const row of db.rowsOf('vodum_users', [...needed, ...asDiscord])) persons.set(row.id ?? '', row);
  const rows: ImportedRow[] = [];
  const columns = ['id', 'server_id', 'vodum_user_id', 'external_user_id', 'username', 'email'];
  for (const row of db.rowsOf('media_users', columns)) {
    const person = persons.get(row.vodum_user_id ?? '');
    rows.push({
      ...{ ...NOTHING_SAID, at: `media_users ${row.id}`, ...servers.get(row.server_id ?? '') },
      ...discordOf(person?.discord_user_id ?? person?.discord_name ?? null),
      ...{ accountId: row.external_user_id ?? null, account: row.username ?? null },
      email: row.email ?? person?.email ?? null,
      end: readEnd(person?.expiration_date ?? null),
    });
  }
  return { rows, openInvites: 0 };
}

const hasAll = (columns: ReadonlySet<string>, needed: readonly string[]): boolean =>
  needed.every((name) => columns.has(name));

/** As tools write it; one that Usher does not know is another one, and nothing is guessed of it. */
export function kindOf(text: string | null): ServerKind | 'other' | null {
  const plain = text?.toLowerCase() ?? null;
  if (plain === null) return null;
  return isServerKind(plain) ? plain : 'other';
}
