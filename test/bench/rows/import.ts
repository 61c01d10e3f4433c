/** How long it takes to take over five thousand accounts from another tool, and how much memory. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { databaseFile, MEMBARR } from '../../adapters/imports/files.ts';
import { HttpStandIn } from '../../standins/http.ts';
import { FakeMediaServer } from '../../support/fake-media-server.ts';
import { memberAt } from '../../support/people.ts';
import { answerOf, type Question } from '../fake-places.ts';
import type { Measured } from '../import-measured.ts';
import { counted, ms, seconds } from '../measure.ts';
import { figure, note, type Row } from '../row.ts';

const CHILD = fileURLToPath(new URL('../import-child.ts', import.meta.url));
/** As `npm start` begins the process. */
const FLAGS = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** The file of the other tool, with so many people. */
function fileOf(count: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'usher-bench-'));
  const clients = Array.from({ length: count }, (_, index) => ({
    ...{ discord_username: memberAt(index), email: null, jellyfin_username: `Person-${index}` },
  }));
  const file = readFileSync(databaseFile(join(folder, 'app.db'), MEMBARR.membarr, { clients }));
  rmSync(folder, { recursive: true });
  return file;
}

async function measure(count: number): Promise<Measured> {
  const den = new FakeMediaServer({ kind: 'jellyfin', name: 'Den', libraries: ['Films', 'Series', 'Music'] });
  for (let index = 0; index < count; index += 1)
    den.addPerson({ name: `person-${index}`, access: ['films', 'series'] });
  const body = fileOf(count);
  const http = new HttpStandIn({ unknownRoute: () => ({ status: 404 }) });
  http.route('GET', '/cdn/app.db', () => ({ status: 200, body }));
  const origin = await http.listen();
  const child = fork(CHILD, [origin, String(body.length)], { execArgv: FLAGS, serialization: 'advanced' });
  const done = Promise.withResolvers<Measured>();
  child.on('message', (message: { readonly measured: Measured } | Question) => {
    if ('measured' in message) done.resolve(message.measured);
    else void answerOf(den, message).then((reply) => child.send(reply));
  });
  child.once('exit', (code, signal) => done.reject(new Error(`the process ended: ${code ?? signal}`)));
  const ended = once(child, 'exit');
  try {
    return await done.promise;
  } finally {
    await ended;
    await http.stop();
  }
}

export const importing: Row = {
  name: 'import',
  async run({ quick }) {
    const count = quick ? 500 : 5_000;
    const measured = await measure(count);
    const { linked, tookMs, peakMb, longest } = measured;
    if (linked !== count || measured.complaints.length > 0) throw new Error(JSON.stringify(measured));
    const what = `import of ${counted(count)} accounts`;
    return [
      figure({
        what,
        measured: seconds(tookMs),
        toReach: '≤ 30 s',
        met: tookMs <= 30_000,
        raw: measured,
      }),
      figure({
        what: `${what}: resident memory`,
        measured: `${Math.round(peakMb)} MB`,
        toReach: '≤ 300 MB',
        met: peakMb <= 300,
        raw: peakMb,
      }),
      note(`${what}: longest moment in which nothing else is answered`, ms(longest), longest),
    ];
  },
};
