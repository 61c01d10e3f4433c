import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readEnvFile } from '../src/config/env-file.ts';
import { type Config, limitsIn, loadConfig, variableNames } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'usher-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = Buffer.alloc(32, 5).toString('base64');
const ID = Buffer.from('123456789012345678').toString('base64');
const TOKEN = `${ID}.GabcdE.the-token-of-the-bot-0123456789`;

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
    API: 'off',
    API_ORIGINS: [],
    TRUST_PROXY: false,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    LOG_RETENTION: { days: 14, bytes: 50_000_000 },
    BACKUP_KEEP: 7,
    BLOCK_PRIVATE_ADDRESSES: false,
    LIMIT_SERVERS: 50,
    LIMIT_LIBRARIES: 10_000,
    LIMIT_PLANS: 500,
    LIMIT_INVITES: 5_000,
    LIMIT_GRANTS: 100_000,
    LIMIT_FORMS: 500,
    LIMIT_WEBHOOKS: 10,
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
    API: 'on',
    API_ORIGINS: 'https://shop.test, http://localhost:3000',
    TRUST_PROXY: '127.0.0.1, 10.0.0.0/8',
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'pretty',
    LOG_FILE: '/var/log/usher.log',
    LOG_RETENTION: '30d',
    BACKUP_DIR: '/backups',
    BACKUP_KEEP: '30',
    TLS_CA_FILE: '/ca.pem',
    BLOCK_PRIVATE_ADDRESSES: 'true',
  };
  const limits = {
    ...{ LIMIT_SERVERS: 1, LIMIT_LIBRARIES: 2, LIMIT_PLANS: 3 },
    ...{ LIMIT_INVITES: 4, LIMIT_GRANTS: 5_000_000, LIMIT_FORMS: 6, LIMIT_WEBHOOKS: 7 },
  };
  const typed = Object.fromEntries(Object.entries(limits).map(([name, most]) => [name, String(most)]));
  const config = configOf({ ...env, ...typed });
  expect(limitsIn(config)).toEqual({
    ...{ servers: 1, libraries: 2, plans: 3, invites: 4, grants: 5_000_000, forms: 6, webhooks: 7 },
  });
  expect(config).toEqual({
    ...env,
    ...limits,
    API_ORIGINS: ['https://shop.test', 'http://localhost:3000'],
    TRUST_PROXY: ['127.0.0.1', '10.0.0.0/8'],
    LOG_RETENTION: { days: 30, bytes: 50_000_000 },
    BACKUP_KEEP: 30,
    DISCORD_API_URL: 'http://127.0.0.1:9000/api',
    BLOCK_PRIVATE_ADDRESSES: true,
  });
});

it.each<[string, string, string, unknown]>([
  ['a port', 'HTTP_PORT', '9090', 9090],
  ['any free port', 'HTTP_PORT', '0', 0],
  ['no port', 'HTTP_PORT', 'off', 'off'],
  ['one proxy', 'TRUST_PROXY', '1', 1],
  ['no log on disk', 'LOG_FILE', 'Off', 'off'],
  ['a size of the log', 'LOG_RETENTION', '2GB', { days: 14, bytes: 2_000_000_000 }],
  ['days and a size of it', 'LOG_RETENTION', '7d, 100mb', { days: 7, bytes: 100_000_000 }],
  ['a file', 'DATABASE_URL', 'file:/data/usher.db', 'file:/data/usher.db'],
  ['the short name of PostgreSQL', 'DATABASE_URL', 'postgres://db/usher', 'postgres://db/usher'],
  ['an address without its slash', 'PLEX_TV_URL', 'https://plex.test//', 'https://plex.test'],
  ['blanks around a value', 'DATA_DIR', '  /data  ', '/data'],
  ['an empty value as none', 'LOG_LEVEL', '', 'info'],
  ['a blank value as none', 'DISCORD_GUILD_ID', '   ', undefined],
])('takes %s', (_name, variable, value, expected) => {
  const config: Readonly<Record<string, unknown>> = configOf({ DISCORD_TOKEN: TOKEN, [variable]: value });
  expect(config[variable]).toEqual(expected);
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
  ['LOG_RETENTION', '14', /14d,50MB/],
  ['LOG_RETENTION', '0d', /14d,50MB/],
  ['LOG_RETENTION', '1d 2d', /14d,50MB/],
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
    const value = { DISCORD_TOKEN: TOKEN, SECRET_KEY: KEY, DATABASE_URL: 'file:/from/a/file.db' }[name];
    const others = name === 'DISCORD_TOKEN' ? {} : { DISCORD_TOKEN: TOKEN };
    expect(configOf({ ...others, [`${name}_FILE`]: file(name, `${value}\n`) })[name]).toBe(value);
  });

  it('that is not there is one problem, with its reason', () => {
    expect(problemsOf({ DISCORD_TOKEN_FILE: join(folder, 'nowhere') })).toEqual([
      'DISCORD_TOKEN_FILE: the file cannot be read (ENOENT)',
    ]);
  });

  it('beside the variable itself is a problem', () => {
    const path = file('both', TOKEN);
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
    'LOG_FILE',
    'SECRET_KEY_FILE',
    'TLS_CA_FILE',
  ]);
});

describe('what is odd about a value is said, and the value is not', () => {
  const PATH = '/srv/usher-data';
  const GOOD: Readonly<Record<string, string>> = {
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: 'https://discord.com/api',
    DISCORD_GUILD_ID: '123456789012345678',
    DATABASE_URL: 'postgresql://usher:a-password@db.example.org/usher',
    DATA_DIR: PATH,
    SECRET_KEY: KEY,
    PLEX_TV_URL: 'https://plex.tv',
    PLEX_CLIENTS_URL: 'https://clients.plex.tv',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '8080',
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'pretty',
    BACKUP_DIR: '/srv/backups',
    TLS_CA_FILE: '/srv/authority.pem',
    BLOCK_PRIVATE_ADDRESSES: 'false',
  };
  const ODD: readonly [string, (good: string) => string, RegExp][] = [
    ['a zero-width space in front', (good) => `\u200b${good}`, /invisible character at position 1\b/],
    ['a byte order mark in front', (good) => `\ufeff${good}`, /invisible character at position 1\b/],
    ['a no-break space behind', (good) => `${good}\u00a0`, /invisible character at position \d+/],
    ['a mark of direction within', (good) => `${good.slice(0, 2)}\u202d${good.slice(2)}`, /at position 3\b/],
    ['a control character', (good) => `${good}\u001b`, /invisible character/],
    ['a second line', (good) => `${good}\nand-more`, /goes on in a second line/],
    ['a second line of Windows', (good) => `${good}\r\nand-more`, /goes on in a second line/],
    ['quotes', (good) => `"${good}"`, /has quotes around it/],
    ['single quotes', (good) => `'${good}'`, /has quotes around it/],
    ['curly quotes', (good) => `“${good}”`, /has quotes around it/],
    ['one quote', (good) => `${good}"`, /has quotes around it/],
    ['code', (good) => `\`${good}\``, /has quotes around it/],
    ['a comment', (good) => `${good} # mine`, /has a comment behind it/],
    ['its name', (good) => `export X_Y=${good}`.replace('X_Y', 'NAME'), /begins with a name and =/],
    ['an empty place', () => '$' + '{NAME}', /nobody has filled in/],
    ['an empty place of Windows', () => '%NAME%', /nobody has filled in/],
    ['an empty place in brackets', () => '<here>', /nobody has filled in/],
  ];

  it.each(Object.keys(GOOD))('%s, whatever it is', (name) => {
    const good = GOOD[name] ?? '';
    for (const [what, spoil, says] of ODD) {
      const value = spoil(good);
      const problems = problemsOf({ DISCORD_TOKEN: TOKEN, [name]: value });
      expect(problems, what).toEqual([expect.stringMatching(says)]);
      expect(problems[0]?.startsWith(`${name}: `), what).toBe(true);
      for (const part of [value, good.length > 5 ? good : value])
        expect(problems[0], what).not.toContain(part);
    }
  });

  it('blanks and ends of lines around a value are not odd', () => {
    for (const [name, good] of Object.entries(GOOD))
      expect(problemsOf({ DISCORD_TOKEN: TOKEN, [name]: ` \t${good} \r\n` }), name).toEqual([]);
  });

  it.each([
    ['DISCORD_TOKEN', `Bot ${TOKEN}`, /begins with a word such as “Bot”/],
    ['DISCORD_TOKEN', 'your-token-here', /is a text to be replaced/],
    ['DISCORD_TOKEN', 'changeme', /is a text to be replaced/],
    ['DISCORD_TOKEN', 'YOUR.BOT.TOKEN', /is a text to be replaced/],
    ['DISCORD_TOKEN', '123456789012345678', /is an id/],
    ['DISCORD_TOKEN', 'a1'.repeat(32), /is a public key/],
    [
      'DISCORD_TOKEN',
      `${'Zq1-_'.repeat(6)}Zq`,
      /has 1 part, as a client secret has, where a token has three/,
    ],
    ['DISCORD_TOKEN', `${ID}.GabcdE`, /has 2 parts where a token has three/],
    ['DISCORD_TOKEN', `${TOKEN}.more`, /has 4 parts/],
    ['DISCORD_TOKEN', TOKEN.replace('G', 'Ğ'), /a character at position 26 that no token has/],
    ['DISCORD_TOKEN', `${TOKEN.slice(0, 9)} ${TOKEN.slice(9)}`, /has a blank in it/],
    ['DISCORD_API_URL', 'https://discord.com/api/v10', /version such as \/v10.*Leave it out/],
    ['DISCORD_API_URL', 'https://discord.com/api/v10/', /version such as \/v10.*Leave it out/],
    ['DISCORD_API_URL', 'http://proxy:3000/api/v9', /version such as \/v10/],
    ['DISCORD_API_URL', 'http://discord.com/api', /Write https/],
    ['DISCORD_API_URL', 'https://discord.com', /expected \/api behind the name/],
    ['DISCORD_API_URL', 'https://discord.com/developers/applications', /expected \/api/],
    ['DISCORD_API_URL', 'https://me:word@proxy/api', /name or a password/],
    ['DISCORD_API_URL', 'https://proxy/api?x=1', /has a \? or a #/],
    ['PLEX_TV_URL', 'http://plex.tv', /Write https/],
    ['PLEX_CLIENTS_URL', 'https://clients.plex.tv/api/v2', /version such as/],
    ['PLEX_TV_URL', 'https://app.plex.tv/desktop', /a path behind the name/],
    ['DATABASE_URL', 'sqlite:./usher.db', /write file: in place of sqlite:/],
    ['DATABASE_URL', './data/usher.db', /write file: before the path/],
    ['DATABASE_URL', 'usher.sqlite', /write file: before the path/],
    ['DATABASE_URL', 'postgresql:db/usher', /two slashes/],
    ['DATABASE_URL', 'postgresql+asyncpg://db/usher', /no other name of a driver/],
    ['DATABASE_URL', 'jdbc:postgresql://db/usher', /no other name of a driver/],
    ['DATABASE_URL', 'postgresql://u:a#b@db/usher', /is written as %23/],
    ['DATABASE_URL', 'postgresql://u:a%b@db/usher', /is written as %23/],
    ['DATABASE_URL', 'file:./usher.db?connection_limit=1', /has a \? in the path/],
    ['DATABASE_URL', `file:${folder}`, /is a folder\. Name a file/],
    ['DATABASE_URL', 'file:/data/', /is a folder\. Name a file/],
    ['DATABASE_URL', 'file:~/usher.db', /which only a shell understands/],
    ['SECRET_KEY', 'not base64!', /is not base64/],
    ['SECRET_KEY', 'ab'.repeat(32), /in hexadecimal digits/],
    ['SECRET_KEY', Buffer.alloc(31).toString('base64'), /32 bytes.* and not 31/],
    ['DATA_DIR', '~/usher', /which only a shell understands/],
    ['DATA_DIR', '$HOME/usher', /the name of a variable/],
    ['DATA_DIR', 'file:///data', /begins with file:/],
    ['DATA_DIR', 'C:\\usher', process.platform === 'win32' ? /never/ : /a path of Windows/],
    ['TLS_CA_FILE', '%APPDATA%\\ca.pem', /the name of a variable/],
    ['DISCORD_TOKEN_FILE', '"/run/secrets/token"', /has quotes around it/],
    ['SECRET_KEY_FILE', '~/secret', /which only a shell understands/],
    ['HTTP_HOST', 'http://0.0.0.0', /an address of this machine/],
    ['HTTP_HOST', '0.0.0.0:8080', /belongs into HTTP_PORT/],
    ['HTTP_PORT', '127.0.0.1:8080', /a port number, or off/],
    ['LOG_LEVEL', 'warning', /"warn"/],
    ['BLOCK_PRIVATE_ADDRESSES', 'yes', /true or false/],
    ['LIMIT_GRANTS', '0', /a whole number from 1/],
    ['LIMIT_FORMS', '1,000', /a whole number from 1/],
  ])('%s=%s', (name, value, says) => {
    const token = name.startsWith('DISCORD_TOKEN') ? {} : { DISCORD_TOKEN: TOKEN };
    const problems = problemsOf({ ...token, [name]: value });
    expect(problems[0]).toMatch(says);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(`${name}: `)).toBe(true);
    if (name !== 'DISCORD_API_URL') expect(problems[0]).not.toContain(value);
  });

  it.each([
    ['LOG_LEVEL', 'INFO', 'info'],
    ['HTTP_PORT', 'OFF', 'off'],
    ['HTTP_HOST', '::1', '::1'],
    ['DISCORD_API_URL', 'https://discordapp.com/api/', 'https://discordapp.com/api'],
    ['DISCORD_API_URL', 'http://proxy:3000/api', 'http://proxy:3000/api'],
    ['DATABASE_URL', 'file:///data/usher.db', 'file:///data/usher.db'],
    [
      'DATABASE_URL',
      'postgresql://u:p%40%23@db:5433/usher?sslmode=require',
      'postgresql://u:p%40%23@db:5433/usher?sslmode=require',
    ],
    ['DATA_DIR', './my data', './my data'],
  ])('%s=%s is fine', (name, value, taken) => {
    const config: Readonly<Record<string, unknown>> = configOf({ DISCORD_TOKEN: TOKEN, [name]: value });
    expect(config[name]).toBe(taken);
  });

  it('a token of any age is fine: the id in it, and what follows, have become longer over the years', () => {
    for (const id of ['81384788765712384', '123456789012345678', '1234567890123456789']) {
      const part = Buffer.from(id).toString('base64').replaceAll('=', '');
      const token = `${part}.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs`;
      expect(configOf({ DISCORD_TOKEN: token }).DISCORD_TOKEN).toBe(token);
    }
  });
});

describe('names with something around them', () => {
  it.each(['export DISCORD_TOKEN', '\ufeffDISCORD_TOKEN', 'DISCORD_TOKEN ', '$env:DISCORD_TOKEN'])(
    '%j',
    (name) => {
      expect(problemsOf({ [name]: TOKEN })).toEqual([
        expect.stringMatching(/^DISCORD_TOKEN: its name has something around/),
      ]);
    },
  );
});

describe('files', () => {
  const bytes = (name: string, content: Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const text = `${TOKEN}\r\n`;
  const swapped = Buffer.from(text, 'utf16le').swap16();
  const UTF16: readonly [string, Buffer][] = [
    ['UTF-16 LE', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['UTF-16 BE', Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE without a mark', swapped],
  ];

  it.each<[string, Buffer, RegExp]>([
    ...UTF16.map(([name, content]): [string, Buffer, RegExp] => [name, content, /looks like UTF-16/]),
    ['another encoding', Buffer.from([0xe9, 0x41, 0x42]), /is not text in UTF-8/],
    ['nothing', Buffer.from('\r\n'), /is empty/],
    ['two lines', Buffer.from(`${TOKEN}\n${TOKEN}`), /second line/],
    ['a zero-width space', Buffer.from(`\u200b${TOKEN}`), /invisible character at position 1\b/],
    ['quotes', Buffer.from(`"${TOKEN}"`), /has quotes around it/],
  ])('with %s are refused by the name of their variable', (name, content, says) => {
    const problems = problemsOf({ DISCORD_TOKEN_FILE: bytes(`odd ${name}`, content) });
    expect(problems).toEqual([expect.stringMatching(says)]);
    expect(problems[0]).toMatch(/^DISCORD_TOKEN_FILE: the file /);
  });

  it('that are a folder are refused', () => {
    expect(problemsOf({ DISCORD_TOKEN_FILE: folder })).toEqual([
      'DISCORD_TOKEN_FILE: the file is a folder and not a file',
    ]);
  });

  it('may begin with a byte order mark and end in a line', () => {
    expect(configOf({ DISCORD_TOKEN_FILE: file('marked', `\ufeff${TOKEN}\r\n`) }).DISCORD_TOKEN).toBe(TOKEN);
  });

  it('.env is read below the environment, whatever it begins with', () => {
    const envFile = readEnvFile(
      file('.env', `\ufeffDISCORD_TOKEN="${TOKEN}" # mine\r\nexport HTTP_PORT=9090\r\nLOG_LEVEL=warn\r\n`),
    );
    const loaded = loadConfig({ LOG_LEVEL: 'error' }, envFile);
    expect(loaded).toMatchObject({ config: { DISCORD_TOKEN: TOKEN, HTTP_PORT: 9090, LOG_LEVEL: 'error' } });
    expect(loadConfig({}, readEnvFile(join(folder, 'no.env')))).toMatchObject({ kind: 'problems' });
    // As compose does with `DISCORD_TOKEN=${DISCORD_TOKEN}` when the host has none.
    expect(loadConfig({ DISCORD_TOKEN: '' }, envFile)).toMatchObject({
      problems: [expect.stringMatching(/^DISCORD_TOKEN: .*the environment has it empty/)],
    });
  });

  it('.env that is a folder matters only where something is missing', () => {
    const envFile = readEnvFile(folder);
    expect(loadConfig({ DISCORD_TOKEN: TOKEN }, envFile).kind).toBe('config');
    expect(loadConfig({}, envFile)).toMatchObject({
      kind: 'problems',
      problems: [expect.stringMatching(/^DISCORD_TOKEN: .*\.env is a folder/)],
    });
  });

  it.each(UTF16)('.env in %s is named, and not the variables that may be in it', (_name, content) => {
    const loaded = loadConfig({ HTTP_PORT: 'x' }, readEnvFile(bytes('utf16.env', content)));
    expect(loaded).toMatchObject({
      kind: 'problems',
      problems: [
        expect.stringMatching(/^\.env: the file looks like UTF-16 \(PowerShell writes that with >\)/),
        expect.stringMatching(/^HTTP_PORT: /),
      ],
    });
  });

  it.each([
    ['#DISCORD_TOKEN=abc', /bot token.*begins with #/],
    ['set DISCORD_TOKEN=abc', /bot token.*line is not understood/],
    ['DISCORD_TOKEN abc', /bot token.*line is not understood/],
    ['DISCORD_TOKEN=', /bot token of your Discord application \(Bot → Token\)$/],
    ['OTHER=1', /bot token of your Discord application \(Bot → Token\)$/],
  ])('.env with %j is no token', (content, says) => {
    const loaded = loadConfig({}, readEnvFile(file('some.env', `${content}\n`)));
    expect(loaded).toMatchObject({ kind: 'problems', problems: [expect.stringMatching(says)] });
  });
});

describe('what ends need', () => {
  const good = { DISCORD_TOKEN: TOKEN };
  it.each<[string, Record<string, string>, boolean]>([
    [
      'nothing of Discord, of the health check and of the log',
      { DISCORD_TOKEN: '', HTTP_PORT: 'x', LOG_LEVEL: 'x' },
      true,
    ],
    ['the database', { ...good, DATABASE_URL: 'mysql://x' }, false],
    ['the key', { ...good, SECRET_KEY: 'short' }, false],
    ['the key in a file', { ...good, SECRET_KEY_FILE: '/no/such/file' }, false],
    ['where media servers are', { ...good, PLEX_TV_URL: 'nowhere' }, false],
  ])('%s', (_what, env, isThere) => {
    const loaded = loadConfig(env);
    if (loaded.kind !== 'problems') throw new Error('no problems');
    expect(loaded.enforcing !== undefined).toBe(isThere);
  });

  it('a file .env that cannot be read, which may name the database', () => {
    const envFile = { values: {}, problem: 'the file looks like UTF-16', hintFor: () => undefined };
    expect(loadConfig(good, envFile)).toMatchObject({ kind: 'problems', enforcing: undefined });
  });
});
