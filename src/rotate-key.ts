/**
 * `npm run rotate-key` puts a new key in the place of `secret.key`, with the settings that a start would have, and
 * `npm run rotate-key -- --forget` removes the former ones. It ends with 0 when that is done, and otherwise with the
 * reason.
 */
import { createLog } from './adapters/log/log.ts';
import { isDatabaseThere } from './adapters/prisma/url.ts';
import { createLifetime } from './concurrency/lifetime.ts';
import { readEnvFile } from './config/env-file.ts';
import { loadConfig } from './config.ts';
import { CONFIGURATION, failureOf } from './start-failures.ts';
import { forgetFormer, openStorage, rotateKey } from './storage.ts';

process.umask(0o077);

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== '--forget'))
  end(
    'npm run rotate-key makes a new key; npm run rotate-key -- --forget removes the former ones.',
    CONFIGURATION,
  );
const loaded = loadConfig(process.env, readEnvFile('.env'));
const config = loaded.kind === 'config' ? loaded.config : loaded.enforcing;
if (!config) {
  const problems = loaded.kind === 'problems' ? loaded.problems : [];
  end(`Put these right first:\n${problems.join('\n')}`, CONFIGURATION);
}
const { DATA_DIR: folder, DATABASE_URL: url } = config;
if (config.SECRET_KEY !== undefined)
  end(
    `SECRET_KEY is set, so the key is not a file that can be changed here. Write its value into ${folder}/secret.key, take SECRET_KEY (or SECRET_KEY_FILE) away, and run this again. Afterwards the new key is in that file: leave it there, or set SECRET_KEY to it. Nothing was changed.`,
    CONFIGURATION,
  );
if (!isDatabaseThere(url))
  end('There is no database yet, and so nothing that is sealed. Nothing was changed.', CONFIGURATION);

const { log } = createLog('error', 'json');
const life = createLifetime();
try {
  const storage = await openStorage(config, log, life, () => {});
  if (option === '--forget') {
    const forgotten = await forgetFormer(storage, folder);
    console.log(
      forgotten.length === 0
        ? 'There is no former key.'
        : `Removed: ${forgotten.join(', ')}. Backups made with them cannot be read any more, and buttons of before say that they are too old. Invite codes go on.`,
    );
  } else {
    const { former, texts, keyId } = await rotateKey(storage, folder, log);
    console.log(
      [
        `${folder}/secret.key is a new key (${keyId}), and ${texts} sealed ${texts === 1 ? 'text is' : 'texts are'} sealed with it. Keep a copy of it where the former one was kept.`,
        `The former key is ${former}: whoever restores a backup of before needs it. Invite codes, and buttons in messages of before, go on.`,
        'When no such backup is left, or at once if somebody else has seen the key: npm run rotate-key -- --forget. Then change the tokens of your media servers as well, if that somebody may have the database or a backup.',
      ].join('\n'),
    );
  }
} catch (error) {
  const { says, exitCode } = failureOf(error);
  if (says === null) throw error;
  end(says, exitCode);
} finally {
  await life.end();
}

function end(what: string, code: number): never {
  console.error(what);
  process.exit(code);
}
