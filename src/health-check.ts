/**
 * `node src/health-check.ts` asks the Usher of this machine whether it is well, and ends with 0 or 1: the HEALTHCHECK
 * of the Dockerfile. It reads host and port as Usher does, so that the two cannot disagree.
 */
import { readEnvFile } from './config/env-file.ts';
import { loadConfig } from './config.ts';

/** What Docker waits for an answer, less the time to start. */
const WITHIN_MS = 3_500;
/** Who listens everywhere is asked on this machine. */
const HERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

async function isWell(): Promise<boolean> {
  const loaded = loadConfig(process.env, readEnvFile('.env'));
  if (loaded.kind === 'problems') return false;
  const { HTTP_HOST, HTTP_PORT } = loaded.config;
  // Nobody can be asked, which is what was wanted.
  if (HTTP_PORT === 'off') return true;
  const host = HERE[HTTP_HOST] ?? HTTP_HOST;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${HTTP_PORT}/health/ready`;
  const { ok } = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) });
  return ok;
}

process.exit((await isWell().catch(() => false)) ? 0 : 1);
