/** Files of other tools, nearly as these write them: what is read is rows, and everything else is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readFile } from '../../../src/adapters/imports/read-file.ts';
import type { ReadImport } from '../../../src/app/ports/imports.ts';
import { IMPORT_TOOLS, type ImportTool } from '../../../src/domain/imports/rows.ts';
import {
  backupFile,
  databaseFile,
  GO,
  MEMBARR,
  stored,
  VODUM,
  WIZARR,
} from '../../adapters/imports/files.ts';
import { oddText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'usher-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const bytesOf = (...made: Parameters<typeof databaseFile> extends [string, ...infer Rest] ? Rest : never) => {
  const path = databaseFile(join(folder, `seed-${Math.random()}`), ...made);
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes;
};
const MIA = '112233445566778899';
const SEEDS: readonly (readonly [ImportTool, Buffer])[] = [
  ['membarr', bytesOf(MEMBARR.emby, { clients: [{ discord_id: MIA, email: 'mia@example.org' }] })],
  ['wizarr', bytesOf(WIZARR.v4, { users: [{ token: GO.id, username: 'mia', email: null, code: 'A' }] })],
  [
    'vodum',
    bytesOf(VODUM, {
      servers: [{ id: 1, name: 'Tower', server_identifier: 'machine', type: 'plex' }],
      media_users: [{ server_id: 1, vodum_user_id: 1, external_user_id: '42', username: 'mia' }],
    }),
  ],
  [
    'jfa-go',
    backupFile([
      stored('DiscordUser', GO.id, GO.discordUser),
      stored('UserExpiry', GO.id, GO.userExpiry),
      stored('Invite', 'abc', GO.invite),
    ]),
  ],
  [
    'jfa-go',
    Buffer.from(JSON.stringify({ users: [{ id: GO.id, name: 'mia', discord_id: MIA, expiry: 1 }] })),
  ],
  ['csv', Buffer.from('discord_id;account;until\n112233445566778899;"mia";2026-12-31\n1;2;3\n')],
];

interface Case {
  readonly tool: ImportTool;
  readonly bytes: Buffer;
}

/** Letters that are overwritten, put in or taken out, and an end that is not there. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  take: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(600)),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    oddText.map((text) => Buffer.from(text)),
  ),
});
const cases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(edit, { maxLength: 6 }),
    fc.constantFrom(...IMPORT_TOOLS),
    fc.nat(20),
  )
  .map(([[tool, seed], edits, other, dice]) => ({
    tool: dice === 0 ? other : tool,
    bytes: edits.reduce((bytes, { at, take, put }) => {
      const start = Math.floor(at * bytes.length);
      return Buffer.concat([
        bytes.subarray(0, start),
        put,
        bytes.subarray(start + Math.max(take, put.length)),
      ]);
    }, seed),
  }));

export const imports = defineTarget<Case, ReadImport>({
  name: 'imports',
  inputs: cases,
  // Opening a database costs something, however small it is.
  size: ({ bytes }) => bytes.length + 20_000,
  parse({ tool, bytes }) {
    const path = join(folder, 'case');
    writeFileSync(path, bytes);
    return readFile(path, tool, NOW);
  },
  check(result, { bytes }) {
    if (result.kind === 'refused') return;
    must(result.rows.length > 0, 'nothing was read');
    for (const row of result.rows) {
      const { discordId, end, kind, at: _at, serverIdentity: _identity, ...texts } = row;
      must(discordId === null || /^\d{15,20}$/.test(discordId), 'no id of Discord', row);
      must(kind === null || ['plex', 'jellyfin', 'other'].includes(kind), 'no kind', row);
      must(end.kind !== 'at' || !Number.isNaN(end.at.getTime()), 'no moment', row);
      for (const text of Object.values(texts))
        must(
          text === null || (typeof text === 'string' && text.length <= Math.min(400, bytes.length)),
          'too long',
          row,
        );
    }
  },
});
