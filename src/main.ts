/** Starts the bot, handles signals, and decides about the exit code. */
import { config as loadDotenv } from 'dotenv';
import { DiscordConnectionRefused, DiscordTokenRefused } from './adapters/discord/gateway/gateway.ts';
import { loggable } from './adapters/discord/wire/rest.ts';
import { createLog } from './adapters/log.ts';
import { DatabaseUnusable } from './adapters/prisma/url.ts';
import { WrongKey } from './adapters/secrets.ts';
import { PathUnusable } from './adapters/usable-path.ts';
import { startUsher, type Usher } from './compose.ts';
import { loadConfig } from './config.ts';

/** EX_CONFIG of sysexits.h: a person has to change the configuration, starting again does not help. */
const CONFIGURATION = 78;

loadDotenv({ quiet: true });
const loaded = loadConfig(process.env);
if (loaded.kind === 'problems') {
  console.error(
    'Usher cannot start. Please set these variables (in the environment or in .env, see .env.example):',
  );
  for (const problem of loaded.problems) console.error(`  ${problem}`);
  process.exit(CONFIGURATION);
}

const { config } = loaded;
const log = createLog(config.LOG_LEVEL, config.LOG_FORMAT);
let usher: Usher | undefined;
let stopping = false;

async function stop(code: number): Promise<never> {
  stopping = true;
  await usher?.stop();
  log.info({ exitCode: code }, 'Usher has stopped');
  process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // A second signal means that somebody does not want to wait. Being killed loses nothing (rule 11).
    if (stopping) process.exit(1);
    log.info({ signal }, 'Usher is stopping');
    void stop(0);
  });
}
process.on('unhandledRejection', (err) =>
  log.error({ err: loggable(err) }, 'a promise was rejected and nobody looked'),
);

function giveUp(error: unknown): Promise<never> {
  const known = [
    PathUnusable,
    DatabaseUnusable,
    WrongKey,
    DiscordTokenRefused,
    DiscordConnectionRefused,
  ].some((type) => error instanceof type);
  if (known && error instanceof Error) {
    console.error(`Usher cannot run: ${error.message}`);
    return stop(CONFIGURATION);
  }
  log.error({ err: loggable(error) }, 'Usher cannot run');
  return stop(1);
}

try {
  usher = await startUsher(config, log, (error) => void giveUp(error));
} catch (error) {
  await giveUp(error);
}
