/**
 * The process that is measured in `import`: takes over the accounts of a Jellyfin server, from the file to the last
 * link. The server is in the parent process, and so is what the file is fetched from: its origin and the size of the
 * file are the arguments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImportFiles } from '../../src/adapters/imports/import-files.ts';
import { createApp } from '../../src/app/app.ts';
import { openStores, temporarySqlite } from '../support/databases.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { farServer } from './far-server.ts';
import { DEN, type Measured } from './import-measured.ts';
import { Complaints, depsWith } from './in-process.ts';

const [origin = '', size = ''] = process.argv.slice(2);
const file = await temporarySqlite();
const folder = mkdtempSync(join(tmpdir(), 'usher-bench-'));
const den = farServer('jellyfin', DEN);

const open = await openStores(file.url);
const log = new Complaints();
const deps = depsWith(
  open.stores,
  { of: () => ({ plex: { at: () => den }, jellyfin: { at: () => den } }) },
  log,
);
const imports = createImportFiles({
  folder: join(folder, 'imports'),
  apiUrl: origin,
  clock: deps.clock,
  log,
});
const app = createApp({ ...deps, imports }, async () => undefined, new AbortController().signal);
const who = { guildId: GUILD, actorId: STAFF };
await app.addServer({ ...who, kind: 'jellyfin', name: 'Den', url: DEN, token: 'token' });

let peak = 0;
/** How long the process answered nothing else, at most. */
let longest = 0;
let last = performance.now();
const timer = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
  longest = Math.max(longest, performance.now() - last - 10);
  last = performance.now();
}, 10);
const began = performance.now();
const cpu = process.cpuUsage();
const draft = await app.imports.read(GUILD, 'membarr', {
  name: 'app.db',
  size: Number(size),
  url: `${origin}/cdn/app.db`,
});
const lookedMs = performance.now() - began;
if (draft.kind !== 'read') throw new Error(draft.why);
const { linked } = await app.imports.run(who, draft.sure, async () => {});
const tookMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const cpuMs = (user + system) / 1_000;
clearInterval(timer);
await open.close();
await file.remove();
rmSync(folder, { recursive: true });
const measured: Measured = {
  ...{ linked: linked.length, lookedMs, tookMs, cpuMs, longest },
  ...{ peakMb: peak / 1024 / 1024, complaints: log.all },
};
process.send?.({ measured }, () => process.disconnect());
