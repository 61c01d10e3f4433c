/** Starts the bot, handles signals, and decides about the exit code. */
import { machineZoneIsOdd, systemClock } from './adapters/clock.ts';
import { loggable } from './adapters/discord/wire/rest.ts';
import { createLog } from './adapters/log/log.ts';
import { isDatabaseThere } from './adapters/prisma/url.ts';
import { startUsher } from './compose.ts';
import { withinPatience } from './concurrency/patience.ts';
import { readEnvFile } from './config/env-file.ts';
import { loadConfig, logFileIn } from './config.ts';
import { enforceOnce } from './engine.ts';
import { CONFIGURATION, failureOf, MORE } from './start-failures.ts';

// What Usher makes is for nobody else to read: the key, the database and its copies.
process.umask(0o077);

const envFile = readEnvFile('.env');
const loaded = loadConfig(process.env, envFile);
if (loaded.kind === 'problems') {
  console.error(
    'Usher cannot start. Please put these right (in the environment or in .env, see .env.example):',
  );
  for (const problem of loaded.problems) console.error(`  ${problem}`);
  console.error(MORE);
  if (loaded.enforcing && isDatabaseThere(loaded.enforcing.DATABASE_URL)) {
    const { log: errors } = createLog('error', 'json');
    await enforceOnce(loaded.enforcing, errors).catch((error: unknown) => {
      console.error(`What is due could not be done either: ${failureOf(error).says ?? 'see the log'}`);
      if (failureOf(error).says === null)
        errors.error({ err: loggable(error) }, 'what is due could not be done');
    });
  }
  process.exit(CONFIGURATION);
}
// What is not ours, such as TZ, is for Node and packages to find.
for (const [name, value] of Object.entries(envFile.values)) process.env[name] ??= value;

const { config } = loaded;
const logFile = logFileIn(config);
const { log, written } = createLog(
  config.LOG_LEVEL,
  config.LOG_FORMAT,
  logFile === undefined ? undefined : { path: logFile, keep: config.LOG_RETENTION, clock: systemClock },
);
if (machineZoneIsOdd())
  log.warn(
    {},
    'TZ is not a time zone, so UTC is used; the zone of a community is that of /settings timezone',
  );
/** Supervisors kill what has not ended ten seconds after they asked. */
const STOP_WITHIN_MS = 8_000;
/** How long an end waits for whoever reads the log. */
const READ_WITHIN_MS = 1_000;
const usher = startUsher(config, log, {
  onFatal: (error) => void giveUp(error),
  onRestart() {
    if (!stopping) void stop(0);
  },
});
let stopping = false;

async function stop(code: number): Promise<never> {
  stopping = true;
  try {
    const stopped = await withinPatience(systemClock, STOP_WITHIN_MS, usher.stop());
    // Being killed loses nothing (rule 11).
    if (stopped.kind === 'late') log.warn({}, 'something still runs, which the next start does again');
  } catch (err) {
    log.error({ err: loggable(err) }, 'not everything could be ended in order');
  }
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

async function giveUp(error: unknown): Promise<void> {
  // Whatever fails because it is stopped is no news.
  if (stopping) return;
  const { says, exitCode } = failureOf(error);
  if (says === null) log.error({ err: loggable(error) }, 'Usher cannot run');
  else console.error(`Usher cannot run: ${says}\n${MORE}`);
  await stop(exitCode);
}

await usher.ready.catch(giveUp);
