/** For how long one answer of a media server keeps everybody else waiting, and what it takes to read the largest. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GUILD } from '../../support/people.ts';
import { SCENARIOS, SERVER_ID } from '../hostile-scenarios.ts';
import { openInProcess } from '../in-process.ts';
import { ms, round } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { seedServer } from '../seed.ts';

const CHILD = fileURLToPath(new URL('../hostile-child.ts', import.meta.url));
const LIMIT_MS = 100;

/**
 * Measures the longest time that this thread works without ever coming back to its events. In time of the processor, so
 * that it is the same on a busy machine.
 */
function watchEvents(): () => number {
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let [before, longest] = [used(), 0];
  const look = () => {
    const now = used();
    longest = Math.max(longest, now - before);
    before = now;
  };
  const timer = setInterval(look, 5);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}

/** One full sync. */
async function blockedBy(url: string, index: number, child: ChildProcess) {
  child.send(index);
  const it = await openInProcess('http://127.0.0.1:9', { timeouts: { bodyMs: 120_000, totalMs: 150_000 } });
  try {
    await seedServer(it.stores, GUILD, {
      ...{ id: 'den', kind: 'jellyfin', name: 'den', url, identity: SERVER_ID, token: 'never-used' },
      libraries: [],
    });
    const longest = watchEvents();
    const began = performance.now();
    const [report] = await it.app.syncServers(GUILD);
    const took = performance.now() - began;
    const scenario = SCENARIOS[index];
    return {
      libraries: scenario?.libraries.name,
      accounts: scenario?.accounts.name,
      outcome: report?.outcome.kind === 'failed' ? report.outcome.why.kind : report?.outcome.kind,
      blockedMs: round(longest()),
      tookMs: round(took),
    };
  } finally {
    await it.close();
  }
}

export const hostileAnswers: Row = {
  name: 'hostile-answers',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const child = fork(CHILD);
    try {
      const [url] = await once(child, 'message');
      // The first time loads modules.
      await blockedBy(url, 0, child);
      const results = [];
      for (const index of SCENARIOS.keys())
        if (!quick || index < 3 || index % 4 === 0) results.push(await blockedBy(url, index, child));
      const [harmless] = results;
      const worst = results.toSorted((one, other) => other.blockedMs - one.blockedMs)[0];
      if (!worst || !harmless) throw new Error('nothing was measured');
      return [
        figure({
          what: `longest moment in which one answer blocks everything, ${results.length} of the worst answers`,
          measured: `${ms(worst.blockedMs)} (${worst.accounts}; ${worst.libraries}); a harmless server ${ms(harmless.blockedMs)}`,
          toReach: `≤ ${ms(LIMIT_MS)}`,
          met: worst.blockedMs <= LIMIT_MS,
          raw: results,
        }),
      ];
    } finally {
      child.kill();
    }
  },
};
