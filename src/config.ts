/** The only reader of the environment. Reports all problems at once, each with the name of its variable. */
import { join } from 'node:path';
import { z } from 'zod';
import { type EnvFile, NO_ENV_FILE } from './config/env-file.ts';
import { readTextFile } from './config/text-file.ts';
import {
  databaseProblem,
  hostProblem,
  isNetwork,
  isOrigin,
  keyProblem,
  originProblem,
  pathProblem,
  readLogRetention,
  tokenProblem,
} from './config/values.ts';
import { DEFAULT_LIMITS, type GuildLimits } from './domain/guild-limits.ts';
import { oddityOf, plainText } from './domain/typed-text.ts';

/** A text of which `problemOf` finds nothing wrong. */
const textWithout = (problemOf: (text: string) => string | undefined, missing?: string) =>
  z.string(missing).superRefine((text, { addIssue }) => {
    const message = problemOf(text);
    if (message !== undefined) addIssue({ code: 'custom', message });
  });

const origin = (real: Parameters<typeof originProblem>[1]) =>
  textWithout((text) => originProblem(text, real)).transform((url) => url.replace(/\/+$/, ''));
const path = textWithout(pathProblem);
const word = <T extends string>(words: readonly T[], expected?: string) =>
  z.preprocess((text) => (typeof text === 'string' ? text.toLowerCase() : text), z.enum(words, expected));

const count = (usual: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'expected a whole number from 1 to 9999999')
    .transform(Number)
    .default(usual);

const DISCORD = { hosts: /(^|\.)discord(app)?\.com$/, path: '/api' };
const PLEX = { hosts: /(^|\.)plex\.tv$/, path: '' };

/** Every variable that .env.example describes: what it accepts and its default. */
const VARIABLES = {
  DISCORD_TOKEN: textWithout(
    tokenProblem,
    'expected the bot token of your Discord application (Bot → Token)',
  ),
  DISCORD_API_URL: origin(DISCORD).default('https://discord.com/api'),
  DISCORD_GUILD_ID: z
    .string()
    .regex(/^\d{15,20}$/, 'expected a Discord server id: 15 to 20 digits')
    .optional(),
  DATABASE_URL: textWithout(databaseProblem).default('file:./data/usher.db'),
  DATA_DIR: path.default('./data'),
  SECRET_KEY: textWithout(keyProblem).optional(),
  PLEX_TV_URL: origin(PLEX).default('https://plex.tv'),
  PLEX_CLIENTS_URL: origin(PLEX).default('https://clients.plex.tv'),
  HTTP_HOST: textWithout(hostProblem).default('127.0.0.1'),
  HTTP_PORT: z
    .string()
    .refine(
      (text) => /^off$/i.test(text) || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535),
      'expected a port number, or off',
    )
    .transform((text) => (/^off$/i.test(text) ? ('off' as const) : Number(text)))
    .default(8080),
  API: word(['on', 'off'], 'expected on or off').default('off'),
  API_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every(isOrigin),
      'expected origins such as https://shop.example, with commas',
    )
    .default([]),
  TRUST_PROXY: z
    .string()
    .refine(
      (text) => /^(?:off|[1-9])$/i.test(text) || text.split(',').every((part) => isNetwork(part.trim())),
      'expected how many proxies are in front (1), their addresses or networks (10.0.0.0/8), or off',
    )
    .transform((text) => {
      if (/^off$/i.test(text)) return false;
      return /^[1-9]$/.test(text) ? Number(text) : text.split(',').map((part) => part.trim());
    })
    .default(false),
  LOG_LEVEL: word(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FORMAT: word(['json', 'pretty']).default('json'),
  LOG_FILE: path.transform((text) => (/^off$/i.test(text) ? ('off' as const) : text)).optional(),
  LOG_RETENTION: z
    .string()
    .transform((text, { addIssue }) => {
      const read = readLogRetention(text);
      const message = 'expected days, a size, or both: 14d, 50MB, or 14d,50MB';
      if (read === undefined) addIssue({ code: 'custom', message });
      return read ?? z.NEVER;
    })
    .prefault('14d,50MB'),
  BACKUP_DIR: path.optional(),
  BACKUP_KEEP: z
    .string()
    .regex(/^\d{1,4}$/, 'expected how many backups are kept: a whole number, 0 for none')
    .transform(Number)
    .default(7),
  TLS_CA_FILE: path.optional(),
  BLOCK_PRIVATE_ADDRESSES: word(['true', 'false'], 'expected true or false')
    .transform((text) => text === 'true')
    .default(false),
  LIMIT_SERVERS: count(DEFAULT_LIMITS.servers),
  LIMIT_LIBRARIES: count(DEFAULT_LIMITS.libraries),
  LIMIT_PLANS: count(DEFAULT_LIMITS.plans),
  LIMIT_INVITES: count(DEFAULT_LIMITS.invites),
  LIMIT_GRANTS: count(DEFAULT_LIMITS.grants),
  LIMIT_FORMS: count(DEFAULT_LIMITS.forms),
  LIMIT_WEBHOOKS: count(DEFAULT_LIMITS.webhooks),
} as const;

/** Variables that hold a secret. They can also be given as NAME_FILE, the path of a file with the value. */
const SECRET = ['DISCORD_TOKEN', 'SECRET_KEY', 'DATABASE_URL'] as const;

const schema = z.object(VARIABLES);

export type Config = z.infer<typeof schema>;

/** What ends need: where database and key are, and how media servers are reached. */
const enforcingSchema = schema.pick({
  ...{ DATABASE_URL: true, DATA_DIR: true, SECRET_KEY: true, PLEX_TV_URL: true, PLEX_CLIENTS_URL: true },
  ...{ TLS_CA_FILE: true, BLOCK_PRIVATE_ADDRESSES: true, BACKUP_DIR: true, BACKUP_KEEP: true },
});

export type EnforcingConfig = z.infer<typeof enforcingSchema>;

export type LoadedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | {
      readonly kind: 'problems';
      /** One line per variable: its name and what is expected, never its value. */
      readonly problems: readonly string[];
      /** When none of them is about what ends need. */
      readonly enforcing: EnforcingConfig | undefined;
    };

/** How much one guild may have. */
export const limitsIn = (config: Config): GuildLimits => ({
  servers: config.LIMIT_SERVERS,
  libraries: config.LIMIT_LIBRARIES,
  plans: config.LIMIT_PLANS,
  invites: config.LIMIT_INVITES,
  grants: config.LIMIT_GRANTS,
  forms: config.LIMIT_FORMS,
  webhooks: config.LIMIT_WEBHOOKS,
});

/** Path of the log on disk; undefined where there is none. */
export function logFileIn({ LOG_FILE, DATA_DIR }: Pick<Config, 'LOG_FILE' | 'DATA_DIR'>): string | undefined {
  return LOG_FILE === 'off' ? undefined : (LOG_FILE ?? join(DATA_DIR, 'logs', 'usher.log'));
}

/** Names of all variables, including the NAME_FILE forms, for the tests that compare the documents with the code. */
export const variableNames: readonly string[] = [
  ...Object.keys(VARIABLES),
  ...SECRET.map((name) => `${name}_FILE`),
];

/**
 * Validates the environment, and the file `.env` for what is not in it. Empty variables count as not set, as in a
 * `.env` line without a value.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  envFile: EnvFile = NO_ENV_FILE,
): LoadedConfig {
  const all = { ...envFile.values, ...env };
  const given: Record<string, string> = {};
  /** By variable, so that there is one line for each. */
  const problems = new Map<string, string>();
  /** Where a value came from, when not from the variable itself. */
  const from = new Map<string, string>();
  if (envFile.problem !== null) problems.set('.env', envFile.problem);

  for (const name of variableNames) {
    const value = trimmed(all[name] ?? '');
    if (value === '') continue;
    given[name] = value;
    const odd = oddityOf(value) ?? (name.endsWith('_FILE') ? pathProblem(value) : undefined);
    if (odd !== undefined) problems.set(name, odd);
  }
  for (const name of SECRET) {
    const variable = `${name}_FILE`;
    const file = given[variable];
    if (file === undefined || problems.has(variable)) continue;
    if (given[name] !== undefined) problems.set(name, `set either ${name} or ${variable}, not both`);
    const read = readSecret(file);
    if (read.kind === 'problem') problems.set(variable, read.what);
    else given[name] = read.value;
    from.set(name, ` (read from ${variable})`);
  }
  for (const [name, why] of misnamed(all, given)) problems.set(name, why);

  const parsed = schema.safeParse(given);
  if (parsed.success && problems.size === 0) return { kind: 'config', config: parsed.data };
  for (const {
    path: [variable],
    message,
  } of parsed.error?.issues ?? []) {
    const name = String(variable);
    const isMissing = given[name] === undefined;
    // What could not be read may hold it.
    if (problems.has(name) || problems.has(`${name}_FILE`) || (isMissing && envFile.problem !== null))
      continue;
    const isHidden = env[name] !== undefined && trimmed(envFile.values[name] ?? '') !== '' && isMissing;
    const hidden = 'the environment has it empty, which counts before .env';
    const hint = isHidden ? hidden : isMissing ? envFile.hintFor(name) : undefined;
    problems.set(name, `${message}${hint === undefined ? '' : `; ${hint}`}${from.get(name) ?? ''}`);
  }
  const concerns = (name: string) => problems.has(name) || problems.has(`${name}_FILE`);
  const isWhole = !['.env', ...Object.keys(enforcingSchema.shape)].some(concerns);
  return {
    kind: 'problems',
    problems: [...problems].map(([name, what]) => `${name}: ${what}`),
    enforcing: isWhole ? enforcingSchema.safeParse(given).data : undefined,
  };
}

/** Without the blanks and the ends of lines that editors and shells leave; other blanks are odd. */
const trimmed = (text: string): string => text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** The value in a file: its only line. */
function readSecret(
  path: string,
): { readonly kind: 'value'; readonly value: string } | { readonly kind: 'problem'; readonly what: string } {
  const problem = (what: string) => ({ kind: 'problem', what: `the file ${what}` }) as const;
  const file = readTextFile(path);
  if (file.kind === 'missing') return problem('cannot be read (ENOENT)');
  if (file.kind === 'folder') return problem('is a folder and not a file');
  if (file.kind === 'odd') return problem(file.what);
  const value = trimmed(file.text);
  if (value === '') return problem('is empty');
  const odd = oddityOf(value);
  return odd === undefined ? { kind: 'value', value } : problem(odd);
}

/** Variables that are there under a name with something around it, such as `export NAME` in a file for Docker. */
function misnamed(
  all: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.keys(all).flatMap((key) => {
    const name = plainText(key)
      .replace(/^(?:export|set|\$env:)\s*/i, '')
      .trim();
    const isOurs = name !== key && variableNames.includes(name) && given[name] === undefined;
    return isOurs
      ? [
          [
            name,
            `its name has something around it, such as “export” or a blank: write ${name}=VALUE`,
          ] as const,
        ]
      : [];
  });
}
