/** Files of other tools, made as their sources make them. */
import Database from 'better-sqlite3';

type Value = string | number | null | Buffer;

/** A SQLite file with these statements run, and rows put into these tables. */
export function databaseFile(
  path: string,
  statements: readonly string[],
  rows: Readonly<Record<string, readonly Readonly<Record<string, Value>>[]>> = {},
): string {
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  for (const statement of statements) db.exec(statement);
  for (const [table, all] of Object.entries(rows))
    for (const row of all) {
      const names = Object.keys(row).map((name) => `"${name}"`);
      db.prepare(`INSERT INTO "${table}" (${names}) VALUES (${names.map(() => '?')})`).run(
        Object.values(row),
      );
    }
  db.close();
  return path;
}

/** The five forms of the table of Membarr, and of Invitarr before it. */
const CLIENTS = (columns: string) =>
  `CREATE TABLE "clients" ("id" INTEGER NOT NULL UNIQUE, ${columns}, PRIMARY KEY("id" AUTOINCREMENT))`;
export const MEMBARR = {
  invitarr: [CLIENTS('"discord_username" TEXT NOT NULL UNIQUE, "email" TEXT NOT NULL')],
  membarr: [CLIENTS('"discord_username" TEXT NOT NULL UNIQUE, "email" TEXT, "jellyfin_username" TEXT')],
  ids: [CLIENTS('"discord_id" TEXT NOT NULL UNIQUE, "email" TEXT, "jellyfin_username" TEXT')],
  emby: [
    CLIENTS(
      '"discord_id" TEXT NOT NULL UNIQUE, "email" TEXT, "jellyfin_username" TEXT, "emby_username" TEXT',
    ),
  ],
  servers: [
    CLIENTS('"discord_id" TEXT NOT NULL UNIQUE, "email" TEXT'),
    'CREATE TABLE server_accounts (discord_id TEXT, server_type TEXT, server_name TEXT, username TEXT)',
  ],
} as const;

/** wizarr up to v4, and from 2025 on. */
export const WIZARR = {
  v4: [
    `CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, token VARCHAR(255) NOT NULL, username VARCHAR(255) NOT NULL,
       email VARCHAR(255), code VARCHAR(255), expires DATETIME, auth VARCHAR(255),
       created DATETIME DEFAULT (datetime('now')))`,
    'CREATE TABLE settings (id INTEGER NOT NULL PRIMARY KEY, "key" VARCHAR(255) NOT NULL, value VARCHAR(255))',
    `CREATE TABLE invitations (id INTEGER NOT NULL PRIMARY KEY, code VARCHAR(255) NOT NULL, used INTEGER NOT NULL,
       used_at DATETIME, used_by VARCHAR(255), created DATETIME, expires DATETIME, unlimited INTEGER,
       duration VARCHAR(255))`,
  ],
  now: [
    `CREATE TABLE media_server (id INTEGER NOT NULL, name VARCHAR NOT NULL, server_type VARCHAR NOT NULL,
       url VARCHAR NOT NULL, api_key VARCHAR, verified BOOLEAN NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY (id))`,
    `CREATE TABLE "user" (id INTEGER NOT NULL, token VARCHAR NOT NULL, username VARCHAR NOT NULL, email VARCHAR,
       code VARCHAR NOT NULL, photo VARCHAR, expires DATETIME, server_id INTEGER, identity_id INTEGER,
       is_disabled BOOLEAN DEFAULT '0' NOT NULL, PRIMARY KEY (id),
       FOREIGN KEY(server_id) REFERENCES media_server (id) ON DELETE CASCADE)`,
    `CREATE TABLE invitation (id INTEGER NOT NULL, code VARCHAR NOT NULL, used BOOLEAN NOT NULL, used_at DATETIME,
       created DATETIME NOT NULL, used_by_id INTEGER, expires DATETIME, unlimited BOOLEAN, duration VARCHAR,
       PRIMARY KEY (id), CHECK (used IN (0, 1)))`,
  ],
} as const;

export const VODUM = [
  `CREATE TABLE vodum_users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT, email TEXT, second_email TEXT,
     expiration_date TIMESTAMP, notes TEXT, discord_user_id TEXT DEFAULT NULL, discord_name TEXT DEFAULT NULL,
     status TEXT DEFAULT 'expired' CHECK (status IN ('active','expired','invited','unknown')))`,
  `CREATE TABLE servers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, server_identifier TEXT UNIQUE NOT NULL,
     type TEXT NOT NULL, url TEXT, token TEXT)`,
  `CREATE TABLE media_users (id INTEGER PRIMARY KEY AUTOINCREMENT, server_id INTEGER NOT NULL, vodum_user_id INTEGER,
     external_user_id TEXT, username TEXT NOT NULL, email TEXT, stored_password TEXT DEFAULT NULL, type TEXT)`,
  `CREATE UNIQUE INDEX uq_media_users ON media_users(server_id, type, external_user_id)
     WHERE external_user_id IS NOT NULL AND TRIM(external_user_id) <> ''`,
] as const;

/** A backup of Badger: each entry in a list of its own. */
export function backupFile(
  entries: readonly {
    readonly key: Buffer;
    readonly value: Buffer;
    readonly version?: number;
    readonly isDeleted?: boolean;
  }[],
): Buffer {
  const varint = (value: number): Buffer => {
    const bytes: number[] = [];
    for (let left = value; ; left = Math.floor(left / 128)) {
      if (left < 128) return Buffer.from([...bytes, left]);
      bytes.push((left % 128) + 128);
    }
  };
  const field = (number: number, value: Buffer | number): Buffer =>
    typeof value === 'number'
      ? Buffer.concat([varint(number * 8), varint(value)])
      : Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
  return Buffer.concat(
    entries.flatMap(({ key, value, version = 1, isDeleted = false }) => {
      const meta = field(6, Buffer.from([isDeleted ? 1 : 0]));
      const list = field(1, Buffer.concat([field(1, key), field(2, value), field(4, version), meta]));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(list.length));
      return [length, list];
    }),
  );
}

/** What Go 1.19 wrote of the records of jfa-go, for the account 74b2…0112. */
export const GO = {
  id: '74b2f8a0c1d2e3f4a5b6c7d8e9f00112',
  discordUser:
    '71ff810301010b446973636f72645573657201ff8200010701094368616e6e656c4944010c0001024944010c000108557365726e616d65010c00010d4469736372696d696e61746f72010c0001044c616e67010c000107436f6e74616374010200010a4a656c6c7966696e4944010c0000004eff8201023131011231313232333334343535363637373838393901036d69610101300105656e2d757301010120373462326638613063316432653366346135623663376438653966303031313200',
  emailAddress:
    '6aff830301010c456d61696c4164647265737301ff84000106010441646472010c0001054c6162656c010c000107436f6e74616374010200010541646d696e010200010a4a656c6c7966696e4944010c000113526566657272616c54656d706c6174654b6579010c00000047ff84010f6d6961406578616d706c652e6f7267010f46616d696c6965204dc3bc6c6c65720320373462326638613063316432653366346135623663376438653966303031313200',
  userExpiry:
    '5bff850301010a5573657245787069727901ff86000104010a4a656c6c7966696e4944010c00010645787069727901ff8800011144656c6574654166746572506572696f64010200010c4c6173744e6f74696669656401ff8800000010ff870501010454696d6501ff8800000038ff8601203734623266386130633164326533663461356236633764386539663030313132010f010000000ee31b96a7075bcd15ffff010100',
  expires: '2027-03-04T17:30:15.123Z',
  invite:
    'ffcdff8903010106496e7669746501ff8a00010e0104436f6465010c0001074372656174656401ff880001074e6f4c696d6974010200010d52656d61696e696e6755736573010400010956616c696454696c6c01ff8800010a55736572457870697279010200010a557365724d6f6e746873010400010653656e64546f010c00010653656e74546f01ff8c00010655736564427901ff940001064e6f7469667901ff9800010750726f66696c65010c000108436170746368617301ff9c00010a4973526566657272616c010200000010ff870501010454696d6501ff8800000031ff8b0301010a53656e74546f4c69737401ff8c00010201075375636365737301ff8e0001064661696c656401ff9200000016ff8d020101085b5d737472696e6701ff8e00010c000039ff910201012a5b5d737472756374207b204164647265737320737472696e673b20526561736f6e20737472696e67207d01ff920001ff90000023ff8f030102ff90000102010741646472657373010c000106526561736f6e010c00000019ff930201010a5b5d5b5d737472696e6701ff940001ff8e00002bff970401011a6d61705b737472696e675d6d61705b737472696e675d626f6f6c01ff9800010c01ff9600000eff95040102ff9600010c0102000028ff9b040101176d61705b737472696e675d6d61696e2e4361707463686101ff9c00010c01ff9a000030ff99030102ff9a0001030106416e73776572010c000105496d616765010a00010947656e65726174656401ff88000000ff80ff8a0103616263010f010000000ee31b96a7075bcd15ffff0206010f010000000ee31ba4b7075bcd15ffff040101017100010102036d69610a3137303030303030303001010161010d6e6f746966792d65787069727901010744656661756c74010101630101780104010203c8010f010000000ee31b96a7075bcd15ffff0000',
} as const;

const goString = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length + 3, 0x0c, 0x00, bytes.length]), bytes]);
};

/** One record of jfa-go's store. */
export const stored = (type: string, key: string, hex: string) => ({
  key: Buffer.concat([Buffer.from(`bh_${type}:`), goString(key)]),
  value: Buffer.from(hex, 'hex'),
});
