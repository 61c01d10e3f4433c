/** What Usher keeps, at the start: a database that takes no writes, a key that cannot be read. */
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { UsherProcess } from '../support/usher-process.ts';

/** Rights count for nothing to root, so that tests that run as root start Usher as somebody else. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe('a start', () => {
  let stage: Stage;
  let folder: string;
  beforeAll(async () => {
    [stage, folder] = await Promise.all([Stage.set(), mkdtemp(join(tmpdir(), 'usher-storage-'))]);
    await chmod(folder, 0o755);
  });
  afterAll(async () => {
    await Promise.all([stage.strike(), rm(folder, { recursive: true, force: true })]);
  });

  /** The data of a first start, which the second one finds changed by `spoil`. */
  async function startAgain(spoil: (data: string) => Promise<void>) {
    const data = await mkdtemp(join(folder, 'data-'));
    const env = { ...stage.env, DATA_DIR: data, DATABASE_URL: `file:${join(data, 'usher.db')}` };
    const user = isRoot ? { uid: NOBODY } : {};
    if (isRoot) await chown(data, NOBODY, NOBODY);
    const first = await new UsherProcess(folder, env, user).ready();
    await first.stop();
    await spoil(data);
    const identifies = stage.discord.gateway.identifies.length;
    const usher = new UsherProcess(folder, env, user);
    const { code } = await usher.ended();
    // What can fail for good is found before a session is used up.
    expect(stage.discord.gateway.identifies).toHaveLength(identifies);
    const said = usher.output.join('\n');
    expect(said).not.toMatch(/^\s+at .*\(?(file|node):/m);
    expect(said).not.toContain('Usher is ready');
    return { code, said, data };
  }

  /** Takes the right away: of a file of somebody else's where that can be made, of one's own otherwise. */
  const forbid = async (path: string, mode: number) => {
    await chmod(path, mode);
    if (isRoot) await chown(path, 0, 0);
  };
  const mend = isRoot ? `chown ${NOBODY}:${NOBODY}` : 'chmod u+';

  it('with a file beside the database that may not be written says so as well', async () => {
    const { code, said, data } = await startAgain(async (folder_) => {
      await writeFile(join(folder_, 'usher.db-wal'), '');
      await forbid(join(folder_, 'usher.db-wal'), 0o400);
    });
    expect(code).toBe(78);
    expect(said).toMatch(new RegExp(`Mend it with: .*${join(data, 'usher.db-wal')}`));
  });

  it.each([
    ['usher.db', 0o444],
    ['.', 0o555],
  ])(
    'with %s that may not be written ends with 78, whose it is, and the command that mends it',
    async (name, mode) => {
      const { code, said, data } = await startAgain((folder_) => forbid(join(folder_, name), mode));
      expect(code).toBe(78);
      const path = join(data, name);
      expect(said).toContain(
        `${path} ${isRoot ? 'belongs to 0:0 (root)' : 'may not be written by its owner'}`,
      );
      expect(said).toMatch(new RegExp(`Mend it with: ${mend.replace('+', '\\+')}.*${path}`));
      if (name === '.') await chmod(path, 0o755);
    },
  );

  it('with a key that may not be read ends with 78, whose it is, and the command that mends it', async () => {
    const { code, said, data } = await startAgain((folder_) => forbid(join(folder_, 'secret.key'), 0o000));
    expect(code).toBe(78);
    expect(said).toContain(`${join(data, 'secret.key')}`);
    expect(said).toContain(`Mend it with: ${mend}`);
  });

  it('with a folder in the place of the key ends with 78 and says so', async () => {
    const { code, said } = await startAgain(async (data) => {
      await rm(join(data, 'secret.key'));
      await mkdir(join(data, 'secret.key'));
    });
    expect(code).toBe(78);
    expect(said).toMatch(/secret\.key is a folder/);
  });
});
