/** What Docker runs to ask a container whether it is well: the very command of the Dockerfile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Its exit code, in a container with this environment; `folder` is where a `.env` may be. */
export async function healthCheck(env: Readonly<Record<string, string>>, folder = ROOT): Promise<unknown> {
  const dockerfile = readFileSync(resolve(ROOT, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  const [program, script]: readonly string[] = JSON.parse(
    /^HEALTHCHECK.* CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]',
  );
  if (program !== 'node' || script === undefined) throw new Error('not the command that was expected');
  const child = spawn(process.execPath, [resolve(ROOT, script)], {
    cwd: folder,
    env: { DISCORD_TOKEN: `${btoa('123456789012345678')}.GabcdE.the-token-of-the-bot-0123456789`, ...env },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  return code;
}
