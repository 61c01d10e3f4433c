/** Starts the bot, handles signals, and decides about the exit code. */
import { machineZoneIsOdd, systemClock } from './adapters/clock.ts';
import { loggable } from './adapters/discord/wire/rest.ts';
import { createLog } from './adapters/log.ts';
import { startUsher, type Usher } from './compose.ts';
import { withinPatience } from './concurrency/patience.ts';
import { readEnvFile } from './config/env-file.ts';
import { loadConfig } from './config.ts';
import { CONFIGURATION, failureOf } from './start-failures.ts';

const envFile = readEnvFile('.env');
const loaded = loadConfig(process.env, envFile);
if (loaded.kind === 'problems') {
  console.error(
    'Usher cannot start. Please put these right (in the environment or in .env, see .env.example):',
  );
  for (const problem of loaded.problems) console.error(`  ${problem}`);
  process.exit(CONFIGURATION);
}
// What is not ours, such as TZ, is for Node and packages to find.
for (const [name, value] of Object.entries(envFile.values)) process.env[name] ??= value;

const { config } = loaded;
const { log, written } = createLog(config.LOG_LEVEL, config.LOG_FORMAT);
if (machineZoneIsOdd())
  log.warn(
    {},
    'TZ is not a time zone, so UTC is used; the zone of a community is that of /settings timezone',
  );
/** How long an end waits for whoever reads the log. */
const READ_WITHIN_MS = 1_000;
let usher: Usher | undefined;
let stopping = false;

async function stop(code: number): Promise<never> {
  stopping = true;
  await usher?.stop();
  log.info({ exitCode: code }, 'Usher has stopped');
  await withinPatience(systemClock, READ_WITHIN_MS, written());
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
  const { says, exitCode } = failureOf(error);
  if (says !== null) {
    console.error(`Usher cannot run: ${says}`);
    return stop(exitCode);
  }
  log.error({ err: loggable(error) }, 'Usher cannot run');
  return stop(exitCode);
}

try {
  usher = await startUsher(config, log, (error) => void giveUp(error));
} catch (error) {
  await giveUp(error);
}
