/** The only reader of the environment. Reports all problems at once, each with the name of its variable. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const origin = z
  .url({ protocol: /^https?$/, error: 'expected an http(s) URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** Every variable that .env.example describes: what it accepts and its default. */
const VARIABLES = {
  DISCORD_TOKEN: z.string('expected the bot token of your Discord application (Bot → Token)').min(1),
  DISCORD_API_URL: origin.default('https://discord.com/api'),
  DISCORD_GUILD_ID: z
    .string()
    .regex(/^\d{15,20}$/, 'expected a Discord server id: 15 to 20 digits')
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'expected file:PATH or postgresql://…')
    .default('file:./data/usher.db'),
  DATA_DIR: z.string().min(1).default('./data'),
  SECRET_KEY: z
    .string()
    .refine(
      (text) => Buffer.from(text, 'base64').length === 32,
      'expected 32 bytes in base64 (openssl rand -base64 32)',
    )
    .optional(),
  PLEX_TV_URL: origin.default('https://plex.tv'),
  PLEX_CLIENTS_URL: origin.default('https://clients.plex.tv'),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: z
    .string()
    .refine(
      (text) => text === 'off' || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535),
      'expected a port number, or off',
    )
    .transform((text) => (text === 'off' ? text : Number(text)))
    .default(8080),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  TLS_CA_FILE: z.string().min(1).optional(),
  BLOCK_PRIVATE_ADDRESSES: z
    .enum(['true', 'false'], 'expected true or false')
    .transform((text) => text === 'true')
    .default(false),
} as const;

/** Variables that hold a secret. They can also be given as NAME_FILE, the path of a file with the value. */
const SECRET = ['DISCORD_TOKEN', 'SECRET_KEY', 'DATABASE_URL'] as const;

const schema = z.object(VARIABLES);

export type Config = z.infer<typeof schema>;

export type LoadedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  /** One line per variable: its name and what is expected, never its value. */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** Names of all variables, including the NAME_FILE forms, for the tests that compare the documents with the code. */
export const variableNames: readonly string[] = [
  ...Object.keys(VARIABLES),
  ...SECRET.map((name) => `${name}_FILE`),
];

/** Validates the environment. Empty variables count as not set, as in a `.env` line without a value. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && value.trim() !== '') given[name] = value.trim();
  }
  for (const name of SECRET) {
    const file = given[`${name}_FILE`];
    if (file === undefined) continue;
    if (given[name] !== undefined) problems.push(`${name}: set either ${name} or ${name}_FILE, not both`);
    try {
      given[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(`${name}_FILE: the file cannot be read (${codeOf(error)})`);
    }
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && problems.length === 0) return { kind: 'config', config: parsed.data };
  const invalid = (parsed.error?.issues ?? [])
    .filter((issue) => !problems.some((line) => line.startsWith(`${issue.path.join('.')}_FILE`)))
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { kind: 'problems', problems: [...problems, ...invalid] };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
