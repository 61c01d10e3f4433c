import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { START_FAILURES } from '../../src/start-failures.ts';
import { Stage } from '../support/stage.ts';
import { UsherProcess } from '../support/usher-process.ts';

/** A person has to change the configuration, so a supervisor need not try again. */
const CONFIGURATION = 78;

let stage: Stage;
let folder: string;

beforeAll(async () => {
  [stage, folder] = await Promise.all([Stage.set(), mkdtemp(join(tmpdir(), 'usher-start-'))]);
});
afterAll(async () => {
  await Promise.all([stage.strike(), rm(folder, { recursive: true, force: true })]);
});

/** Runs Usher with this environment, in this folder, until it ends by itself. */
async function run(env: Readonly<Record<string, string>>, cwd = folder) {
  const usher = new UsherProcess(cwd, env);
  const { code } = await usher.ended();
  const said = usher.output.join('\n');
  expect(said).not.toMatch(/^\s+at .*\(?(file|node):/m);
  return { code, said };
}

/** The environment of the stage, with a data folder of its own. */
async function ownEnv(): Promise<Record<string, string>> {
  const data = await mkdtemp(join(folder, 'data-'));
  return { ...stage.env, DATA_DIR: data, DATABASE_URL: `file:${join(data, 'usher.db')}` };
}

describe('the environment', () => {
  it('is asked for by name when DISCORD_TOKEN is missing, without a stack trace', async () => {
    const { code, said } = await run({ ...(await ownEnv()), DISCORD_TOKEN: '' });
    expect(code).toBe(CONFIGURATION);
    expect(said).toMatch(/DISCORD_TOKEN: .*bot token/);
    expect(said.split('\n').length).toBeLessThan(5);
  });

  it('is complained about as a whole: every bad variable at once, and no value of any', async () => {
    const { code, said } = await run({
      DISCORD_TOKEN_FILE: join(folder, 'no-such-file'),
      DISCORD_GUILD_ID: 'my-guild-value',
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      SECRET_KEY: 'too-short-value',
      HTTP_PORT: 'eighty',
      LOG_LEVEL: 'loud',
    });
    expect(code).toBe(CONFIGURATION);
    for (const name of [
      'DISCORD_TOKEN_FILE',
      'DISCORD_GUILD_ID',
      'DATABASE_URL',
      'SECRET_KEY',
      'HTTP_PORT',
      'LOG_LEVEL',
    ])
      expect(said).toMatch(new RegExp(`^ *${name}: `, 'm'));
    expect(said).not.toMatch(/my-guild-value|hunter2|too-short-value|eighty/);
  });

  it('stops at a bad token, says what to do, and has asked twice only', async () => {
    const [idPart] = stage.discord.token.split('.');
    const wrong = `${idPart}.Wrong0.token-that-nobody-made-0123456789`;
    const { code, said } = await run({ ...(await ownEnv()), DISCORD_TOKEN: wrong });
    expect(code).toBe(CONFIGURATION);
    expect(said).toMatch(/Usher cannot run: Discord does not accept the bot token\. .*DISCORD_TOKEN/);
    expect(said).not.toContain(wrong);
    expect(stage.discord.invalidRequests).toBe(2);
    expect(stage.discord.gateway.connections).toBe(0);
  });

  it('believes that a token cannot be one when Discord says so, which has old ones of other forms', async () => {
    const before = stage.discord.invalidRequests;
    const { code, said } = await run({ ...(await ownEnv()), DISCORD_TOKEN: 'hello.there.nobody' });
    expect(code).toBe(CONFIGURATION);
    expect(said).toContain('DISCORD_TOKEN');
    expect(stage.discord.invalidRequests).toBe(before + 2);
  });

  it('stops with a sentence when the database cannot be used', async () => {
    const env = await ownEnv();
    const path = join(env.DATA_DIR ?? '', 'usher.db');
    await writeFile(path, 'this is a shopping list, and not a short one: eggs, milk, bread, a mop');
    const { code, said } = await run(env);
    expect(code).toBe(CONFIGURATION);
    expect(said).toMatch(/Usher cannot run: /);
    expect(await readFile(path, 'utf8')).toMatch(/^this is a shopping list/);
  });

  it('stops with a sentence when DATA_DIR cannot be made, or TLS_CA_FILE not be read', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const env = { ...(await ownEnv()), DATA_DIR: join(file, 'data') };
    const { code, said } = await run(env);
    expect(code).toBe(CONFIGURATION);
    expect(said).toMatch(/Usher cannot run: DATA_DIR points to .*ENOTDIR/);
    const noCa = await run({ ...(await ownEnv()), TLS_CA_FILE: join(folder, 'no-ca.pem') });
    expect(noCa.code).toBe(CONFIGURATION);
    expect(noCa.said).toMatch(/Usher cannot run: TLS_CA_FILE points to .*ENOENT/);
  });
});

describe('the table of start failures', () => {
  const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  /** For each row: what makes it happen, and what is said then. Undefined for one that happens while running. */
  const SCENES: Readonly<
    Record<string, { readonly by: () => Promise<Awaited<ReturnType<typeof run>>>; readonly says: RegExp }>
  > = {
    'a variable is missing, or its value is odd': {
      by: async () => await run({ ...(await ownEnv()), DISCORD_TOKEN: `\u200b${stage.discord.token}` }),
      says: /^ *DISCORD_TOKEN: holds an invisible character at position 1\b/m,
    },
    '`.env` is not text in UTF-8, or cannot be read': {
      by: async () => {
        const cwd = await mkdtemp(join(folder, 'cwd-'));
        await writeFile(join(cwd, '.env'), utf16(`DISCORD_TOKEN=${stage.discord.token}\r\n`));
        const { DISCORD_TOKEN: _token, ...env } = await ownEnv();
        return await run(env, cwd);
      },
      says: /^ *\.env: the file looks like UTF-16/m,
    },
    'the file of a `NAME_FILE` is missing, empty or not text in UTF-8': {
      by: async () => {
        const path = join(folder, 'token-in-utf16');
        await writeFile(path, utf16(stage.discord.token));
        const { DISCORD_TOKEN: _token, ...env } = await ownEnv();
        return await run({ ...env, DISCORD_TOKEN_FILE: path });
      },
      says: /^ *DISCORD_TOKEN_FILE: the file looks like UTF-16/m,
    },
    'a folder or a file cannot be used': {
      by: async () => {
        const path = join(folder, 'no-authority.pem');
        await writeFile(path, 'MIIB');
        return await run({ ...(await ownEnv()), TLS_CA_FILE: path });
      },
      says: /TLS_CA_FILE points to .*holds no certificate in PEM form/,
    },
    'the database does not answer, or another process has locked it': {
      by: async () =>
        await run({ ...(await ownEnv()), DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/usher' }),
      says: /PostgreSQL cannot be reached at 127\.0\.0\.1:1\/usher.*DATABASE_URL/,
    },
    'the database cannot be used: no such, not ours, newer, not writable, wrong password': {
      by: async () => {
        const env = await ownEnv();
        await writeFile(join(env.DATA_DIR ?? '', 'usher.db'), 'eggs, milk, bread, and a mop'.repeat(9));
        return await run(env);
      },
      says: /is not a SQLite database.*DATABASE_URL/,
    },
    'the key is missing, damaged, or of another database': {
      by: async () => {
        const env = await ownEnv();
        await writeFile(join(env.DATA_DIR ?? '', 'secret.key'), utf16('A'.repeat(44)));
        return await run(env);
      },
      says: /secret\.key is damaged: it looks like UTF-16(.|\n)*\(SECRET_KEY, DATA_DIR\)/,
    },
    'Discord does not accept the token': {
      by: async () => {
        const [idPart] = stage.discord.token.split('.');
        return await run({
          ...(await ownEnv()),
          DISCORD_TOKEN: `${idPart}.Wrong0.token-that-nobody-made-0123456789`,
        });
      },
      says: /does not accept the bot token.*DISCORD_TOKEN/,
    },
    'Discord refuses the connection for good': {
      by: async () => {
        const usher = await new UsherProcess(folder, await ownEnv()).ready();
        stage.discord.gateway.close(4014);
        const { code } = await usher.ended();
        return { code, said: usher.output.join('\n') };
      },
      says: /refuses the connection for good.*\(DISCORD_TOKEN\)/,
    },
    'anything else: see the log': {
      by: async () => {
        // A machine on which something fails that no program thinks of.
        const break_ = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module';
          os.uptime = () => { throw new Error('no uptime here'); }; syncBuiltinESMExports();`;
        const preload = `data:text/javascript,${encodeURIComponent(break_)}`;
        return await run({ ...(await ownEnv()), NODE_OPTIONS: `--import=${preload}` });
      },
      says: /"err":.*no uptime here.*"msg":"Usher cannot run"/,
    },
  };

  it.each(START_FAILURES.map((row) => [row.cause, row] as const))('%s', async (cause, row) => {
    const scene = SCENES[cause];
    if (!scene) throw new Error('this row has no scene');
    const { code, said } = await scene.by();
    expect(said).toMatch(scene.says);
    if (row.thrown !== Error) expect(said).toContain('docs/troubleshooting.md#it-does-not-start');
    expect(code).toBe(row.exitCode);
    expect(said).not.toMatch(/hunter2/);
    expect(said).not.toContain(stage.discord.token.split('.')[2]);
  });

  it('is in the book of troubles', async () => {
    const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
    for (const { cause, variables, exitCode } of START_FAILURES)
      expect(page).toContain(`| ${cause} | ${variables} | ${exitCode} |`);
  });
});

describe('what Usher can do without', () => {
  it('goes on when the port of the health check is taken, or the host is not of this machine', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const odd: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ HTTP_PORT: `${port}` }, /another program has the port of HTTP_PORT/],
      [{ HTTP_PORT: '0', HTTP_HOST: '192.0.2.1' }, /HTTP_HOST is not an address of this machine/],
      [{ HTTP_PORT: '0', HTTP_HOST: 'no-such-host.invalid' }, /HTTP_HOST is not an address of this machine/],
    ];
    for (const [env, says] of odd) {
      const usher = await new UsherProcess(folder, { ...(await ownEnv()), ...env }).ready();
      expect(usher.logs.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([
        expect.stringMatching(says),
      ]);
      expect((await usher.stop()).code).toBe(0);
    }
    other.close();
  });

  it.each(['', 'Mars/Phobos', ':nonsense', '"Europe/Berlin"'])(
    'starts with TZ=%j, and says so once',
    async (TZ) => {
      const usher = await new UsherProcess(folder, { ...(await ownEnv()), TZ }).ready();
      expect(usher.logs.filter(({ msg }) => msg.startsWith('TZ is not a time zone'))).toHaveLength(1);
      expect((await usher.stop()).code).toBe(0);
    },
  );
});

describe('the secret key', () => {
  it('must be the one of the database: another or a missing one stops the start and destroys nothing', async () => {
    const first = await stage.start();
    await stage.setUp();
    await first.stop();
    const data = stage.env.DATA_DIR ?? '';
    const keyFile = join(data, 'secret.key');
    const key = await readFile(keyFile, 'utf8');

    const other = Buffer.alloc(32, 7).toString('base64');
    const wrong = await run({ ...stage.env, SECRET_KEY: other });
    expect(wrong.code).toBe(CONFIGURATION);
    expect(wrong.said).toMatch(/key does not belong to this database(.|\n)*Nothing was changed/);
    expect(wrong.said).not.toContain(other);

    await rename(keyFile, `${keyFile}.away`);
    const missing = await run(stage.env);
    expect(missing.code).toBe(CONFIGURATION);
    expect(missing.said).toMatch(/secret\.key is missing(.|\n)*Restore/);
    // A new key in its place would have made the loss permanent.
    expect(await readdir(data)).not.toContain('secret.key');

    await rename(`${keyFile}.away`, keyFile);
    await stage.start();
    const sync = await stage.asOlga('/library sync');
    await sync.until(/✅ \*\*Den\*\*(.|\n)*✅ \*\*Tower\*\*/);
    expect(await readFile(keyFile, 'utf8')).toBe(key);
    await stage.usher.stop();
  });

  it('is made at the first start, readable by its owner only, with a warning to back it up', async () => {
    const env = await ownEnv();
    const usher = new UsherProcess(folder, env);
    await usher.ready();
    const warned = await usher.logged(
      'a secret key was made; back it up, without it the stored tokens cannot be read',
    );
    expect(warned.level).toBe(40);
    expect((await stat(join(env.DATA_DIR ?? '', 'secret.key'))).mode & 0o777).toBe(0o600);
    expect((await usher.stop()).code).toBe(0);
  });

  it('that is damaged stops the start with a sentence', async () => {
    const env = await ownEnv();
    await mkdir(env.DATA_DIR ?? '', { recursive: true });
    const path = join(env.DATA_DIR ?? '', 'secret.key');
    await writeFile(path, 'AAAA\n');
    await chmod(path, 0o600);
    const { code, said } = await run(env);
    expect(code).toBe(CONFIGURATION);
    expect(said).toMatch(/secret\.key/);
    expect(await readFile(path, 'utf8')).toBe('AAAA\n');
  });
});
