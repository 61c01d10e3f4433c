/**
 * jfa-go: its backup (`jfa-go-db-….bak`), the list of accounts that its page is given (`/users`), and the file of its
 * Discord links from before it had a database (`discord_users.json`). All of them know accounts by their ids.
 */
import { discordOf, type ImportedRow, NO_END } from '../../domain/imports/rows.ts';
import { readBackup } from './badger-backup.ts';
import { type GobValue, goTime, readGob } from './gob.ts';
import { MOST_ROWS } from './limits.ts';
import { type Contents, NOTHING_SAID } from './tables.ts';
import { Unreadable } from './unreadable.ts';

/** @throws {Unreadable} */
export function readJfaGo(bytes: Buffer, now: Date): Contents {
  const contents = bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('{')
    ? readJson(bytes)
    : readBak(bytes, now);
  if (contents.rows.length > MOST_ROWS) throw new Unreadable('too-many');
  return contents;
}

interface Person {
  discord?: string;
  email?: string;
  end?: Date;
}

/** Its store writes a record under `bh_` with the name of its type, and the key as Go encodes it (badgerhold v4). */
const KEY = /^bh_(DiscordUser|EmailAddress|UserExpiry|Invite):/;

function readBak(bytes: Buffer, now: Date): Contents {
  const people = new Map<string, Person>();
  let openInvites = 0;
  let isTheirs = false;
  for (const { key, value } of readBackup(bytes)) {
    const prefix = KEY.exec(Buffer.from(key.subarray(0, 64)).toString('latin1'));
    if (!prefix) {
      isTheirs ||= Buffer.from(key.subarray(0, 3)).toString('latin1') === 'bh_';
      continue;
    }
    isTheirs = true;
    const record = recordOf(readGob(value));
    if (prefix[1] === 'Invite') {
      const till = goTime(record.ValidTill);
      if (record.IsReferral !== true && (!till || till > now)) openInvites += 1;
      continue;
    }
    const id = readGob(key.subarray(prefix[0].length));
    if (typeof id !== 'string') throw new Unreadable('damaged');
    const person = people.get(id) ?? {};
    people.set(id, person);
    if (prefix[1] === 'DiscordUser') person.discord = textOf(record.ID) || textOf(record.Username);
    if (prefix[1] === 'EmailAddress') person.email = textOf(record.Addr);
    const end = prefix[1] === 'UserExpiry' ? goTime(record.Expiry) : undefined;
    if (end) person.end = end;
  }
  if (!isTheirs) throw new Unreadable('other-tool');
  return { rows: [...people].map(([id, person]) => rowOf(id, person)), openInvites };
}

function readJson(bytes: Buffer): Contents {
  const read = parsed(bytes);
  if (Array.isArray(read.users)) {
    const rows = read.users.map((user) => {
      const { id, name, email, discord_id, discord, expiry } = recordOf(user);
      const end = typeof expiry === 'number' && expiry > 0 ? { end: new Date(expiry * 1_000) } : {};
      const person = { discord: textOf(discord_id) || textOf(discord), email: textOf(email), ...end };
      return { ...rowOf(textOf(id), person), account: textOf(name) || null };
    });
    return { rows, openInvites: 0 };
  }
  const rows = Object.entries(read).map(([id, linked]) => {
    const { ID, Username } = recordOf(linked);
    if (ID === undefined && Username === undefined) throw new Unreadable('other-tool');
    return rowOf(id, { discord: textOf(ID) || textOf(Username) });
  });
  return { rows, openInvites: 0 };
}

function rowOf(id: string, { discord = '', email = '', end }: Person): ImportedRow {
  return {
    ...{ ...NOTHING_SAID, at: `user ${id}`, kind: 'jellyfin', accountId: id || null },
    ...discordOf(discord),
    email: email || null,
    end:
      end === undefined
        ? NO_END
        : Number.isNaN(end.getTime())
          ? { kind: 'unclear' }
          : { kind: 'at', at: end },
  };
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    // Half of it, or no JSON at all: which of them, nobody can say.
    if (error instanceof SyntaxError || error instanceof TypeError) throw new Unreadable('damaged');
    throw error;
  }
}

function recordOf(value: unknown): Readonly<Record<string, GobValue | undefined>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
    throw new Unreadable('other-tool');
  return value as Readonly<Record<string, GobValue>>;
}

const MOST_LETTERS = 400;
const textOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= MOST_LETTERS ? value.trim() : '';
