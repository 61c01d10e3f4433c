import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Files, keepFromOthers } from '../../src/adapters/own-files.ts';
import { databaseFiles } from '../../src/adapters/prisma/url.ts';

let folder: string;
const said: string[] = [];
const note = (fields: object, sentence: string) => void said.push(`${sentence} ${JSON.stringify(fields)}`);
const log = { info: note, warn: note, error: note };
const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

beforeEach(async () => {
  said.splice(0);
  folder = await mkdtemp(join(tmpdir(), 'usher-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('folder, key and database with what belongs to it are taken from others, which is said once', async () => {
  const data = join(folder, 'data');
  const files = [join(data, 'secret.key'), ...databaseFiles(`file:${join(data, 'usher.db')}`)];
  await mkdir(data);
  for (const file of files.slice(0, 4)) await writeFile(file, 'x');
  for (const file of files.slice(0, 3)) await chmod(file, 0o666);
  // Read-only for its owner is less than is asked, and stays so.
  await chmod(files[3] ?? '', 0o440);
  await chmod(data, 0o755);
  keepFromOthers([data, ...files], log);
  expect(await modeOf(data)).toBe('700');
  expect(await Promise.all(files.slice(0, 4).map(modeOf))).toEqual(['600', '600', '600', '400']);
  expect(said).toHaveLength(5);
  expect(said[0]).toContain('"was":"0755","now":"0700"');
  keepFromOthers([data, ...files], log);
  expect(said).toHaveLength(5);
});

it('what a link leads to is mended, and a folder that several share is left as it is', async () => {
  const key = join(folder, 'elsewhere.key');
  await writeFile(key, 'x', { mode: 0o644 });
  await chmod(key, 0o644);
  await symlink(key, join(folder, 'secret.key'));
  const shared = join(folder, 'tmp');
  await mkdir(shared);
  await chmod(shared, 0o1777);
  keepFromOthers([join(folder, 'secret.key'), shared, '/'], log);
  expect(await modeOf(key)).toBe('600');
  expect(await modeOf(shared)).toBe('1777');
  expect(said.filter((line) => line.startsWith('others share this folder'))).toHaveLength(2);
});

/** Files that others may read, on a file system that does this when it is asked to change modes. */
const filesWhere = (chmod: Files['chmod']): Files => ({ stat: () => ({ mode: 0o100644, uid: 0 }), chmod });

it('a file system that knows no modes is said once, and is no reason to stop', () => {
  keepFromOthers(
    ['a', 'b', 'c'],
    log,
    filesWhere(() => {}),
  );
  expect(said).toEqual([expect.stringContaining('knows no modes')]);
});

it.each(['EPERM', 'EROFS', 'ENOTSUP'])('neither is one that refuses it: %s', (code) => {
  keepFromOthers(
    ['a', 'b'],
    log,
    filesWhere(() => {
      throw Object.assign(new Error(code), { code });
    }),
  );
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(new RegExp(`may not change that.*"code":"${code}","owner":0`));
});
