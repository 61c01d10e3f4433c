/** Who may import whom, and which packages (design.md 3, style.md 15). */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { variableNames } from '../src/config.ts';
import { SERVER_KINDS } from '../src/domain/server-kind.ts';

const ROOT = resolve(import.meta.dirname, '..');

interface Rule {
  /** The files of the rule. The first rule that matches a file counts. */
  readonly from: RegExp;
  /** Our own files that they may import. */
  readonly ours: readonly RegExp[];
  /** Packages that they may import; `true` means any. */
  readonly packages: readonly string[] | true;
}

/** The rooms of src/app. Each may import from those before it, so there can be no circular imports. */
const ROOMS = [
  'ports',
  'ledger',
  'guild',
  'observe',
  'reconcile',
  'queries',
  'accounts',
  'servers',
  'grants',
  'presence',
  'personal',
  'record',
] as const;

/** The folders of the Discord adapter, ordered in the same way. */
const DISCORD_ROOMS = ['wire', 'views', 'kit', 'messages', 'interactions', 'outbox', 'gateway'] as const;

const HELPERS = /^src\/concurrency\//;
const DOMAIN = /^src\/domain\//;
/** Sentences before they are in a language, which everybody may put together, and the languages that there are. */
const SAY = /^src\/words\/(say|languages)\.ts$/;
const WORDS = /^src\/words\//;
const PORTS = /^src\/app\/ports\//;
/** What all kinds of media server are asked with. */
const HTTP_CLIENT = /^src\/adapters\/http-client\//;
const COMMON = [DOMAIN, SAY, PORTS, HELPERS];
/** Plain arithmetic: how long to wait after so many failures is a rule like any other. */
const BACK_OFF = /^src\/concurrency\/back-off\.ts$/;
const room = (base: string, names: readonly string[]) => new RegExp(`^${base}/(${names.join('|')})/`);

const RULES: readonly Rule[] = [
  {
    from: DOMAIN,
    ours: [DOMAIN, SAY, BACK_OFF],
    packages: ['luxon', 'countries-and-timezones', '@vvo/tzdb', 'unhomoglyph'],
  },
  { from: WORDS, ours: [WORDS], packages: ['i18next', 'i18next-icu'] },
  { from: HELPERS, ours: [HELPERS], packages: [] },
  ...ROOMS.map((name, index) => ({
    from: room('src/app', [name]),
    ours: [DOMAIN, SAY, HELPERS, room('src/app', ROOMS.slice(0, index + 1))],
    packages: [],
  })),
  { from: /^src\/app\/app\.ts$/, ours: [DOMAIN, SAY, HELPERS, /^src\/app\//], packages: [] },
  ...DISCORD_ROOMS.map((name, index) => ({
    from: room('src/adapters/discord', [name]),
    ours: [
      ...COMMON,
      WORDS,
      room('src/adapters/discord', DISCORD_ROOMS.slice(0, index + 1)),
      // Views are words about what use cases return: they know those types, and none of the use cases themselves.
      ...(name === 'views' ? [/^src\/app\/\w+\//] : []),
      ...(name === 'kit' ? [/^src\/app\//] : []),
    ],
    packages: name === 'views' || name === 'kit' ? [] : (true as const),
  })),
  ...[
    ...SERVER_KINDS,
    'http-client',
    'imports',
    'charts',
    'prisma',
    'http',
    'log',
    'metrics',
    'backup',
    'queue',
    'webhooks',
  ].map((folder) => ({
    from: room('src/adapters', [folder]),
    ours: [...COMMON, room('src/adapters', [folder]), HTTP_CLIENT, /^src\/adapters\/usable-path\.ts$/],
    packages: true as const,
  })),
  // Programs are answered by the use cases, and in sentences.
  {
    from: room('src/adapters', ['api']),
    ours: [...COMMON, WORDS, /^src\/app\//, room('src/adapters', ['api'])],
    packages: [
      ...['fastify', 'fastify-type-provider-zod', 'zod', 'openapi-types', 'rate-limiter-flexible'],
      ...['@fastify/cors', '@fastify/swagger', '@fastify/swagger-ui'],
    ],
  },
  // The table of kinds knows the descriptor of each folder, and nothing else in it.
  {
    from: /^src\/adapters\/media\.ts$/,
    ours: [...COMMON, HTTP_CLIENT, /^src\/adapters\/[^/]+\/kind\.ts$/],
    packages: [],
  },
  {
    from: /^src\/adapters\/[^/]+\.ts$/,
    ours: [...COMMON, /^src\/adapters\/(secrets|usable-path)\.ts$/],
    packages: true,
  },
  { from: /^src\/jobs\//, ours: [DOMAIN, SAY, HELPERS, /^src\/app\//, /^src\/jobs\//], packages: [] },
  {
    from: /^commands\/(index|page|print)\.ts$/,
    ours: [/^commands\//, DOMAIN, WORDS, /^src\/app\//, /^src\/adapters\/discord\/(kit|views|gateway)\//],
    packages: [],
  },
  {
    from: /^commands\//,
    ours: [DOMAIN, SAY, /^src\/app\//, /^src\/adapters\/discord\/(kit|views)\//],
    packages: [],
  },
  {
    from: /^src\/(compose|engine|main|operating|restore|rotate-key|start-failures|storage)\.ts$/,
    ours: [/^src\//, /^commands\//, /^package\.json$/],
    packages: ['pino'],
  },
  { from: /^src\/health-check\.ts$/, ours: [/^src\/config(\.ts$|\/)/], packages: [] },
  // What a text looks like is the same wherever it was typed, and what a limit is without a word of its operator.
  {
    from: /^src\/config(\.ts$|\/)/,
    ours: [/^src\/config\//, /^src\/domain\/(typed-text|guild-limits)\.ts$/],
    packages: ['zod', 'dotenv'],
  },
];

/**
 * Commands and views may import only types from src/app, because they get their use cases as an argument (style.md
 * 2).
 */
const TYPES_ONLY = { from: /^(commands|src\/adapters\/discord\/(views|kit))/, of: /^src\/app\// };

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isPackage: boolean;
  readonly typeOnly: boolean;
  /** Loaded when it is come to, and not with the file. */
  readonly isLate: boolean;
}

async function imports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for await (const file of glob('{src,commands}/**/*.ts', {
    cwd: ROOT,
    exclude: (name) => name === 'generated',
  })) {
    if (file.includes('generated/')) continue;
    const text = readFileSync(join(ROOT, file), 'utf8');
    const statements = text.matchAll(/^(?:import|export) (type )?(?:[^;'"]*? from )?'([^']+)';$/gm);
    const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)].map((match) => [
      undefined,
      undefined,
      match[1],
      'late',
    ]);
    for (const [, type, specifier = '', late] of [...statements, ...dynamic]) {
      if (specifier.startsWith('node:')) continue;
      const isPackage = !specifier.startsWith('.');
      const target = isPackage
        ? packageName(specifier)
        : relative(ROOT, resolve(ROOT, dirname(file), specifier));
      found.push({ file, target, isPackage, typeOnly: type !== undefined, isLate: late !== undefined });
    }
  }
  return found;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function forbidden({ file, target, isPackage, typeOnly }: Omit<Import, 'isLate'>): string | undefined {
  const rule = RULES.find(({ from }) => from.test(file));
  if (!rule) return `${file}: no rule says what it may import`;
  const allowed = isPackage
    ? rule.packages === true || rule.packages.includes(target)
    : rule.ours.some((pattern) => pattern.test(target));
  if (!allowed) return `${file} must not import ${target}`;
  if (TYPES_ONLY.from.test(file) && TYPES_ONLY.of.test(target) && !typeOnly)
    return `${file} may take only types from ${target}`;
  return undefined;
}

describe('import borders', () => {
  it('hold for every import of src and commands', async () => {
    const all = await imports();
    expect(all.length).toBeGreaterThan(200);
    expect(all.map(forbidden).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('load the API, with all that it is made of, only where it is switched on', async () => {
    const isOfApi = (path: string) => path.startsWith('src/adapters/api/');
    const all = (await imports()).filter(({ typeOnly }) => !typeOnly);
    const ways = all.filter(({ file, target }) => isOfApi(target) && !isOfApi(file));
    expect(ways.filter(({ isLate }) => isLate).map(({ file }) => file)).toEqual(['src/compose.ts']);
    // What others take of it is words alone, and so is what that takes: none of the packages.
    const taken = new Set(ways.filter(({ isLate }) => !isLate).map(({ target }) => target));
    const behind: string[] = [];
    for (const path of taken)
      for (const { file, target, isPackage } of all)
        if (file === path && isPackage) behind.push(`${file} takes ${target}`);
        else if (file === path && isOfApi(target)) taken.add(target);
    expect(behind).toEqual([]);
  });

  it.each([
    ['src/domain/grant.ts', 'src/app/ports/time.ts', false],
    ['src/domain/grant.ts', 'src/concurrency/keyed-mutex.ts', false],
    ['src/domain/grant.ts', 'zod', true],
    ['src/app/grants/give.ts', 'src/adapters/clock.ts', false],
    ['src/app/ledger/ledger.ts', 'src/app/grants/give.ts', false],
    ['src/app/observe/reading.ts', 'src/app/reconcile/pass.ts', false],
    ['src/adapters/discord/views/view.ts', 'src/adapters/discord/outbox/outbox-relay.ts', false],
    ['src/adapters/discord/views/view.ts', 'src/app/app.ts', false],
    ['src/adapters/discord/views/view.ts', 'src/adapters/discord/kit/command.ts', false],
    ['commands/help.ts', 'commands/index.ts', false],
    ['src/adapters/plex/client.ts', 'src/adapters/jellyfin/client.ts', false],
    ['src/adapters/api/api.ts', 'src/adapters/prisma/stores.ts', false],
    ['commands/grant/add.ts', 'discord.js', true],
    ['commands/grant/add.ts', 'src/app/grants/give.ts', false],
  ])('refuse %s importing %s', (file, target, isPackage) => {
    expect(forbidden({ file, target, isPackage, typeOnly: false })).toBeDefined();
  });

  it('have no circles, of types either', async () => {
    const byFile = Map.groupBy(
      (await imports()).filter(({ isPackage }) => !isPackage),
      ({ file }) => file,
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const { target } of byFile.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of byFile.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('discord.js is known to the Discord adapter only', async () => {
    const users = (await imports()).filter(({ target }) => target === 'discord.js').map(({ file }) => file);
    expect(users.filter((file) => !file.startsWith('src/adapters/discord/'))).toEqual([]);
  });

  it('a kind of media server is named by its folder and the tables only', async () => {
    const word = new RegExp(`'(${SERVER_KINDS.join('|')})'`);
    const folder = new RegExp(`^src/adapters/(${SERVER_KINDS.join('|')})/`);
    const named: string[] = [];
    for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
      if (file.includes('generated/') || folder.test(file)) continue;
      if (word.test(readFileSync(join(ROOT, file), 'utf8'))) named.push(file);
    }
    // Buttons that were sent before there was a table bear these words, and go on working. Other tools have words of
    // their own for some kinds.
    expect(named.toSorted()).toEqual([
      'commands/my/access.ts',
      'src/adapters/discord/views/my-buttons.ts',
      'src/adapters/discord/views/view.ts',
      'src/adapters/imports/jfa-go.ts',
      'src/adapters/imports/tables.ts',
    ]);
  });

  it('only the clock reads the time', async () => {
    const readers: string[] = [];
    for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
      if (file.includes('generated/')) continue;
      if (/\bDate\.now\(\)|new Date\(\)/.test(readFileSync(join(ROOT, file), 'utf8'))) readers.push(file);
    }
    expect(readers).toEqual(['src/adapters/clock.ts']);
  });
});

describe('grants', () => {
  it('are written by the ledger only', async () => {
    const writers = new Set<string>();
    for await (const file of glob('src/app/**/*.ts', { cwd: ROOT })) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      if (/\bgrants\.(add|change|move|markOverdueAlerted|noteRole|forgetLeft)\(/.test(text))
        writers.add(dirname(file));
    }
    expect([...writers]).toEqual(['src/app/ledger']);
  });
});

describe('lists that must agree', () => {
  it('commands/index.ts and the folder', async () => {
    const paths: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: join(ROOT, 'commands') })) {
      const path = file.replace(/\.ts$/, '').replaceAll('/', ' ');
      if (!['index', 'page', 'print'].includes(path)) paths.push(path);
    }
    expect(Object.keys(commands).toSorted()).toEqual(paths.toSorted());
  });

  it('the README names every command', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(Object.keys(commands).filter((path) => !readme.includes(`/${path}`))).toEqual([]);
  });

  it('.env.example and config.ts', () => {
    const text = readFileSync(join(ROOT, '.env.example'), 'utf8');
    const names = [...text.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names.toSorted()).toEqual([...variableNames].toSorted());
  });

  it('the table of docs/configuration.md and config.ts', () => {
    const text = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
    const rows = [...text.matchAll(/^\| (`[A-Z_`, ]+?`) *\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    );
    expect(rows.toSorted()).toEqual([...variableNames].toSorted());
  });

  it('exact versions, and nothing but registry packages', () => {
    const { dependencies, devDependencies } = packageJson;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('the lockfile holds no download addresses', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('decision notes are all in their index', async () => {
    const index = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8');
    for await (const file of glob('0*.md', { cwd: join(ROOT, 'docs/decisions') }))
      expect(index).toContain(file);
  });
});
