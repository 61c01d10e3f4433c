import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig, variableNames } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = Buffer.alloc(32, 5).toString('base64');
const TOKEN = 'the-token-of-the-bot';

function configOf(env: Record<string, string | undefined>): Config {
  const loaded = loadConfig(env);
  if (loaded.kind === 'problems') throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  const loaded = loadConfig(env);
  return loaded.kind === 'problems' ? loaded.problems : [];
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

it('a token is enough; the rest is as documented', () => {
  expect(configOf({ DISCORD_TOKEN: TOKEN })).toEqual({
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: 'https://discord.com/api',
    DATABASE_URL: 'file:./data/usher.db',
    DATA_DIR: './data',
    PLEX_TV_URL: 'https://plex.tv',
    PLEX_CLIENTS_URL: 'https://clients.plex.tv',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 8080,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    BLOCK_PRIVATE_ADDRESSES: false,
  });
});

it('all of it can be set', () => {
  const env = {
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: 'http://127.0.0.1:9000/api/',
    DISCORD_GUILD_ID: '123456789012345678',
    DATABASE_URL: 'postgresql://usher:word@db/usher',
    DATA_DIR: '/data',
    SECRET_KEY: KEY,
    PLEX_TV_URL: 'http://plex.test',
    PLEX_CLIENTS_URL: 'http://clients.test',
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: 'off',
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'pretty',
    TLS_CA_FILE: '/ca.pem',
    BLOCK_PRIVATE_ADDRESSES: 'true',
  };
  expect(configOf(env)).toEqual({
    ...env,
    DISCORD_API_URL: 'http://127.0.0.1:9000/api',
    BLOCK_PRIVATE_ADDRESSES: true,
  });
});

it.each<[string, string, string, unknown]>([
  ['a port', 'HTTP_PORT', '9090', 9090],
  ['any free port', 'HTTP_PORT', '0', 0],
  ['no port', 'HTTP_PORT', 'off', 'off'],
  ['a file', 'DATABASE_URL', 'file:/data/usher.db', 'file:/data/usher.db'],
  ['the short name of PostgreSQL', 'DATABASE_URL', 'postgres://db/usher', 'postgres://db/usher'],
  ['an address without its slash', 'PLEX_TV_URL', 'https://plex.test//', 'https://plex.test'],
  ['blanks around a value', 'DATA_DIR', '  /data  ', '/data'],
  ['an empty value as none', 'LOG_LEVEL', '', 'info'],
  ['a blank value as none', 'DISCORD_GUILD_ID', '   ', undefined],
])('takes %s', (_name, variable, value, expected) => {
  const config: Readonly<Record<string, unknown>> = configOf({ DISCORD_TOKEN: TOKEN, [variable]: value });
  expect(config[variable]).toBe(expected);
});

it.each([
  ['DISCORD_TOKEN', '', /bot token/],
  ['DISCORD_API_URL', 'discord', /http\(s\) URL/],
  ['DISCORD_API_URL', 'ftp://discord.com', /http\(s\) URL/],
  ['DISCORD_GUILD_ID', 'my guild', /15 to 20 digits/],
  ['DATABASE_URL', 'mysql://db/usher', /file:PATH or postgresql/],
  ['DATABASE_URL', 'file:', /file:PATH or postgresql/],
  ['SECRET_KEY', Buffer.alloc(16).toString('base64'), /32 bytes in base64/],
  ['PLEX_TV_URL', 'plex.tv', /http\(s\) URL/],
  ['PLEX_CLIENTS_URL', '//clients.plex.tv', /http\(s\) URL/],
  ['HTTP_PORT', '65536', /a port number, or off/],
  ['HTTP_PORT', '-1', /a port number, or off/],
  ['HTTP_PORT', '80.5', /a port number, or off/],
  ['HTTP_PORT', 'on', /a port number, or off/],
  ['LOG_LEVEL', 'loud', /"info"/],
  ['LOG_FORMAT', 'xml', /"pretty"/],
])('%s may not be “%s”', (variable, value, message) => {
  const problems = problemsOf({ DISCORD_TOKEN: TOKEN, [variable]: value });
  expect(problems).toEqual([expect.stringMatching(message)]);
  expect(problems[0]?.startsWith(`${variable}: `)).toBe(true);
});

describe('problems', () => {
  const wrong = {
    DISCORD_API_URL: 'wrong-api-url',
    DISCORD_GUILD_ID: 'wrong-guild',
    DATABASE_URL: 'wrong-database-with-password',
    SECRET_KEY: 'wrong-key-nobody-may-see',
    PLEX_TV_URL: 'wrong-plex',
    PLEX_CLIENTS_URL: 'wrong-clients',
    HTTP_PORT: 'wrong-port',
    LOG_LEVEL: 'wrong-level',
    LOG_FORMAT: 'wrong-format',
  };

  it('are all said at once, one line for each variable', () => {
    const names = problemsOf(wrong).map((line) => line.slice(0, line.indexOf(':')));
    expect(names.toSorted()).toEqual(['DISCORD_TOKEN', ...Object.keys(wrong)].toSorted());
  });

  it('never say the value', () => {
    const path = file('wrong-key', 'wrong-key-in-a-file');
    const { SECRET_KEY: _key, ...others } = wrong;
    const said = [...problemsOf(wrong), ...problemsOf({ ...others, SECRET_KEY_FILE: path })].join('\n');
    for (const value of [...Object.values(wrong), 'wrong-key-in-a-file']) expect(said).not.toContain(value);
  });
});

describe('a secret in a file', () => {
  it.each(['DISCORD_TOKEN', 'SECRET_KEY', 'DATABASE_URL'] as const)('%s_FILE', (name) => {
    const value = { DISCORD_TOKEN: 'from-a-file', SECRET_KEY: KEY, DATABASE_URL: 'file:/from/a/file.db' }[
      name
    ];
    const others = name === 'DISCORD_TOKEN' ? {} : { DISCORD_TOKEN: TOKEN };
    expect(configOf({ ...others, [`${name}_FILE`]: file(name, `${value}\n`) })[name]).toBe(value);
  });

  it('that is not there is one problem, with its reason', () => {
    expect(problemsOf({ DISCORD_TOKEN_FILE: join(folder, 'nowhere') })).toEqual([
      'DISCORD_TOKEN_FILE: the file cannot be read (ENOENT)',
    ]);
  });

  it('beside the variable itself is a problem', () => {
    const path = file('both', 'another-token');
    expect(problemsOf({ DISCORD_TOKEN: TOKEN, DISCORD_TOKEN_FILE: path })).toEqual([
      'DISCORD_TOKEN: set either DISCORD_TOKEN or DISCORD_TOKEN_FILE, not both',
    ]);
  });

  it('that holds nothing usable is checked like the variable', () => {
    const path = file('short', Buffer.alloc(8).toString('base64'));
    expect(problemsOf({ DISCORD_TOKEN: TOKEN, SECRET_KEY_FILE: path })).toEqual([
      expect.stringMatching(/^SECRET_KEY: expected 32 bytes/),
    ]);
  });
});

it('knows the names of all variables, files included', () => {
  expect(variableNames).toContain('LOG_FORMAT');
  expect(variableNames.filter((name) => name.endsWith('_FILE')).toSorted()).toEqual([
    'DATABASE_URL_FILE',
    'DISCORD_TOKEN_FILE',
    'SECRET_KEY_FILE',
    'TLS_CA_FILE',
  ]);
});
