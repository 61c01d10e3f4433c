/**
 * Ten thousand grants end at the same time: all are verified and none is lost, even if the process is killed in
 * between.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openStores, temporarySqlite } from '../../support/databases.ts';
import { GUILD } from '../../support/people.ts';
import { FakePlaces, type Question } from '../fake-places.ts';
import { counted, round, seconds } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const CHILD = fileURLToPath(new URL('../mass-expiry-child.ts', import.meta.url));
const SERVERS = 20;
/** More than a write to a Jellyfin server in the same house takes, and less than one to plex.tv. */
const DELAY_MS = 50;
/** As in src/app/reconcile/apply.ts, per server; all servers work at the same time. */
const WRITES_AT_ONCE = 2;

interface Life {
  readonly child: ChildProcess;
  /** Resolves when nothing is due any more. */
  readonly done: Promise<void>;
}

function live(url: string, places: FakePlaces): Life {
  const child = fork(CHILD, [url], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const done = Promise.withResolvers<void>();
  child.on('message', (message: 'ready' | { readonly done: readonly string[] } | Question) => {
    if (message === 'ready') return;
    if ('done' in message) {
      if (message.done.length > 0) done.reject(new Error(message.done.slice(0, 5).join('\n')));
      else done.resolve();
      return;
    }
    // The process may have been killed by now. Its write happens all the same.
    void places.answer(message).then((reply) => child.connected && child.send(reply, () => {}));
  });
  child.once('exit', (code, signal) => done.reject(new Error(`the process ended: ${code ?? signal}`)));
  done.promise.catch(() => {});
  return { child, done: done.promise };
}

async function ending(life: Life, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exit = once(life.child, 'exit');
  life.child.kill(signal);
  await exit;
}

async function measure(count: number, crash: boolean) {
  const file = await temporarySqlite();
  const places = new FakePlaces(SERVERS, DELAY_MS);
  try {
    const before = await openStores(file.url);
    for (const server of places.servers) await seedServer(before.stores, GUILD, server);
    await seedMembers(before.db, before.stores, GUILD, places.addPeople(count, new Date()));
    await before.stores.transaction(GUILD, (tx) =>
      tx.settings.update({ auditChannelId: '400000000000000001' }),
    );
    await before.close();

    const halfway = Promise.withResolvers<void>();
    places.onWrite = () => {
      if (places.writes >= count / 2) halfway.resolve();
    };
    let life = live(file.url, places);
    await once(life.child, 'message');
    const began = performance.now();
    if (crash) {
      await Promise.race([halfway.promise, life.done]);
      await ending(life, 'SIGKILL');
      life = live(file.url, places);
    }
    await life.done;
    const tookMs = round(performance.now() - began);
    await ending(life, 'SIGTERM');
    return { count, crash, tookMs, writes: places.writes, ...(await verdict(file.url, places, count)) };
  } finally {
    await file.remove();
  }
}

/** The final state of the database and the servers. */
async function verdict(url: string, places: FakePlaces, count: number) {
  const after = await openStores(url);
  const stores = after.stores.of(GUILD);
  const ended = await stores.grants.count({ states: ['ended'] });
  const events = (await stores.audit.list({ limit: count * 3 })).filter(
    ({ action }) => action === 'grant.ended',
  );
  const numbers = new Set(events.map(({ facts }) => facts.grant));
  await after.close();
  return {
    ended,
    withAccess: places.withAccess(),
    /** Grants whose end was recorded in the audit log, and the number of ends that were recorded twice. */
    audited: numbers.size,
    auditedTwice: events.length - numbers.size,
  };
}

export const massExpiry: Row = {
  name: 'mass-expiry',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const count = quick ? 1_000 : 10_000;
    const pureMs = (count * DELAY_MS) / (SERVERS * WRITES_AT_ONCE);
    const straight = await measure(count, false);
    const crashed = await measure(count, true);
    const whole = (run: typeof straight) =>
      run.ended === count && run.withAccess === 0 && run.audited === count && run.auditedTwice === 0;
    const ratio = straight.tookMs / pureMs;
    return [
      figure({
        what: `${counted(count)} grants expiring at once over ${SERVERS} servers (${DELAY_MS} ms per request)`,
        measured: `${counted(straight.ended)} verified in ${seconds(straight.tookMs)}, ${ratio.toFixed(1)} × the pure write time (${seconds(pureMs)} at ${SERVERS} × ${WRITES_AT_ONCE})`,
        toReach: 'all verified; limited only by concurrency (≤ 1.5 ×)',
        met: whole(straight) && ratio <= 1.5,
        raw: { ...straight, pureMs, ratio },
      }),
      figure({
        what: 'the same, killed in the middle and started again',
        measured: `${counted(crashed.ended)} verified, ${count - crashed.ended} lost, ${crashed.auditedTwice} told twice, ${crashed.writes - count} writes repeated, ${seconds(crashed.tookMs)}`,
        toReach: 'all verified, none lost',
        met: whole(crashed),
        raw: crashed,
      }),
    ];
  },
};
