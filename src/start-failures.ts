/** Why Usher does not start, or cannot go on: one table of what is said and how the process ends. */
import { DiscordConnectionRefused, DiscordTokenRefused } from './adapters/discord/gateway/gateway.ts';
import { DatabaseAway, DatabaseUnusable } from './adapters/prisma/url.ts';
import { WrongKey } from './adapters/secrets.ts';
import { PathUnusable } from './adapters/usable-path.ts';

/** Said below each of them. */
export const MORE = 'More about it: docs/troubleshooting.md#it-does-not-start';
/** EX_CONFIG of sysexits.h: a person has to change the configuration, starting again does not help. */
export const CONFIGURATION = 78;
/** Starting again may help. */
const FAILED = 1;

export interface StartFailure {
  /** As docs/troubleshooting.md has it. */
  readonly cause: string;
  /** The variables that have to do with it, as the same page has them. */
  readonly variables: string;
  readonly exitCode: typeof CONFIGURATION | typeof FAILED;
  /** What is thrown then; null where it is found before anything is started. */
  readonly thrown: (new (...args: never[]) => Error) | null;
}

/** The first that fits counts. */
export const START_FAILURES: readonly StartFailure[] = [
  {
    cause: 'a variable is missing, or its value is odd',
    variables: 'that variable',
    exitCode: CONFIGURATION,
    thrown: null,
  },
  {
    cause: '`.env` is not text in UTF-8, or cannot be read',
    variables: '`.env`',
    exitCode: CONFIGURATION,
    thrown: null,
  },
  {
    cause: 'the file of a `NAME_FILE` is missing, empty or not text in UTF-8',
    variables: '`NAME_FILE`',
    exitCode: CONFIGURATION,
    thrown: null,
  },
  {
    cause: 'a folder or a file cannot be used',
    variables: '`DATA_DIR`, `TLS_CA_FILE`',
    exitCode: CONFIGURATION,
    thrown: PathUnusable,
  },
  {
    cause: 'the database does not answer, or another process has locked it',
    variables: '`DATABASE_URL`',
    exitCode: FAILED,
    thrown: DatabaseAway,
  },
  {
    cause: 'the database cannot be used: no such, not ours, newer, not writable, wrong password',
    variables: '`DATABASE_URL`',
    exitCode: CONFIGURATION,
    thrown: DatabaseUnusable,
  },
  {
    cause: 'the key is missing, damaged, or of another database',
    variables: '`SECRET_KEY`, `DATA_DIR`',
    exitCode: CONFIGURATION,
    thrown: WrongKey,
  },
  {
    cause: 'Discord does not accept the token',
    variables: '`DISCORD_TOKEN`',
    exitCode: CONFIGURATION,
    thrown: DiscordTokenRefused,
  },
  {
    cause: 'Discord refuses the connection for good',
    variables: '`DISCORD_TOKEN`',
    exitCode: CONFIGURATION,
    thrown: DiscordConnectionRefused,
  },
  { cause: 'anything else: see the log', variables: 'none', exitCode: FAILED, thrown: Error },
];

/** What to say of an error, and how to end. Without a sentence it is a bug, or nothing that we know. */
export function failureOf(error: unknown): { readonly says: string | null; readonly exitCode: number } {
  const known = START_FAILURES.find(({ thrown }) => thrown !== null && error instanceof thrown);
  if (!known || !(error instanceof Error) || known.thrown === Error) return { says: null, exitCode: FAILED };
  const variables = known.variables.replaceAll('`', '');
  const named = variables.split(', ').some((variable) => error.message.includes(variable));
  return { says: named ? error.message : `${error.message} (${variables})`, exitCode: known.exitCode };
}
