/**
 * Draws pictures of figures, in a process of its own: what drawing needs (fonts, a renderer in WebAssembly) is in
 * memory for a second or two. Of a thread, 60 MB would stay after its end.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Chart, Charts } from '../../app/ports/charts.ts';
import { KeyedMutex } from '../../concurrency/keyed-mutex.ts';

const DRAWN_WITHIN_MS = 30_000;
const PROGRAM = fileURLToPath(new URL('./chart-process.ts', import.meta.url));

/** A picture as base64. */
const printed = z.array(z.base64());

export function createCharts(withinMs = DRAWN_WITHIN_MS): Charts {
  /** One at a time, however many digests are due at the same minute. */
  const turns = new KeyedMutex();
  return { draw: (charts) => turns.run('draw', () => drawn(charts, withinMs)) };
}

async function drawn(charts: readonly Chart[], withinMs: number): Promise<readonly Uint8Array[]> {
  const child = spawn(process.execPath, ['--max-old-space-size=96', PROGRAM], {
    // Nothing of the environment is for it.
    ...{ env: {}, timeout: withinMs, killSignal: 'SIGKILL' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`drawing ended with ${code ?? 'a signal'}`)),
    );
  });
  // One that has ended before it has read all of it says so by its end.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(charts));
  const [output] = await Promise.all([text(child.stdout), ended]);
  return printed.parse(JSON.parse(output)).map((picture) => Buffer.from(picture, 'base64'));
}
