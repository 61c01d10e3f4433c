/**
 * `npm run generate`: makes the clients of both databases from the one schema. npm also runs it after an
 * installation, so it needs only the installed packages: no network and no database.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Dialect } from '../src/adapters/prisma/url.ts';
import { generatedFolder, projectFolder, schemaFor } from './schemas.ts';
import { slim, withoutComments } from './slim.ts';

const prismaBin = findPrisma();
const scratch = mkdtempSync(join(tmpdir(), 'usher-schema-'));
try {
  for (const dialect of ['sqlite', 'postgresql'] as const) {
    const derived = join(scratch, `${dialect}.prisma`);
    writeFileSync(derived, withoutComments(schemaFor(dialect)));
    generate(dialect, derived);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/**
 * An installation with `--omit=dev` has no generator; the clients must have been generated before (see the
 * Dockerfile).
 */
function findPrisma(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build/index.js');
  } catch {
    const missing = ['sqlite', 'postgresql'].filter(
      (name) => !existsSync(join(generatedFolder, name, 'client.ts')),
    );
    if (missing.length === 0) {
      console.log('The package prisma is not installed; the database clients stay as they are.');
      process.exit(0);
    }
    console.error(
      'The database clients are missing, and the package prisma that generates them: run `npm install`.',
    );
    process.exit(1);
  }
}

function generate(dialect: Dialect, schema: string): void {
  const started = performance.now();
  // Runs with the Node that runs this file and not with the one in PATH: npm scripts use the project's Node 24 even
  // where the system has an older one.
  const { status, error, stdout, stderr } = spawnSync(
    process.execPath,
    [prismaBin, 'generate', '--schema', schema, '--no-hints'],
    {
      cwd: projectFolder,
      encoding: 'utf8',
      env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    },
  );
  if (status !== 0) {
    console.error(`The ${dialect} client could not be generated.\n${error?.message ?? ''}${stdout}${stderr}`);
    process.exitCode = 1;
    return;
  }
  slim(join(generatedFolder, dialect));
  console.log(`${dialect} client generated in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
