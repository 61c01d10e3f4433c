/**
 * The process that is measured in `import`: takes over so many accounts (its argument) of a Jellyfin server in memory,
 * from the file to the last link. Prints what it took as JSON.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImportFiles } from '../../src/adapters/imports/import-files.ts';
import { createApp } from '../../src/app/app.ts';
import { databaseFile, MEMBARR } from '../adapters/imports/files.ts';
import { HttpStandIn } from '../standins/http.ts';
import { openStores, temporarySqlite } from '../support/databases.ts';
import { FakeMediaServer } from '../support/fake-media-server.ts';
import { GUILD, memberAt, STAFF } from '../support/people.ts';
import { Complaints, depsWith } from './in-process.ts';

const count = Number(process.argv[2]);
const fake = new FakeMediaServer({ kind: 'jellyfin', name: 'Den', libraries: ['Films', 'Series', 'Music'] });
for (let index = 0; index < count; index += 1)
  fake.addPerson({ name: `person-${index}`, access: ['films', 'series'] });
const file = await temporarySqlite();
const folder = mkdtempSync(join(tmpdir(), 'usher-bench-'));
const path = databaseFile(join(folder, 'app.db'), MEMBARR.membarr, {
  clients: Array.from({ length: count }, (_, index) => ({
    ...{ discord_username: memberAt(index), email: null, jellyfin_username: `Person-${index}` },
  })),
});
const http = new HttpStandIn({ unknownRoute: () => ({ status: 404 }) });
const body = readFileSync(path);
http.route('GET', '/cdn/app.db', () => ({ status: 200, body }));
const origin = await http.listen();

const open = await openStores(file.url);
const log = new Complaints();
const deps = depsWith(
  open.stores,
  { of: () => ({ plex: { at: () => fake }, jellyfin: { at: () => fake } }) },
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
await app.addServer({ ...who, kind: 'jellyfin', name: 'Den', url: 'http://den.test', token: 'token' });

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
  size: body.length,
  url: `${origin}/cdn/app.db`,
});
const lookedMs = performance.now() - began;
if (draft.kind !== 'read') throw new Error(draft.why);
const { linked } = await app.imports.run(who, draft.sure, async () => {});
const tookMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const cpuMs = (user + system) / 1_000;
clearInterval(timer);
console.log(
  JSON.stringify({
    linked: linked.length,
    lookedMs,
    tookMs,
    cpuMs,
    longest,
    peakMb: peak / 1024 / 1024,
    complaints: log.all,
  }),
);
await http.stop();
await open.close();
await file.remove();
rmSync(folder, { recursive: true });
