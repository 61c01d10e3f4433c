/** How long it takes to take over five thousand accounts from another tool, and how much memory. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { counted, ms, seconds } from '../measure.ts';
import { figure, note, type Row } from '../row.ts';

const CHILD = fileURLToPath(new URL('../import-child.ts', import.meta.url));
/** As `npm start` begins the process. */
const FLAGS = [
  '--max-semi-space-size=2',
  '--heap-growing-percent=50',
  '--no-wasm-tier-up',
  '--v8-pool-size=1',
];

interface Measured {
  readonly linked: number;
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly longest: number;
  readonly peakMb: number;
  readonly complaints: readonly string[];
}

export const importing: Row = {
  name: 'import',
  async run({ quick }) {
    const count = quick ? 500 : 5_000;
    const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, CHILD, String(count)]);
    const measured: Measured = JSON.parse(stdout);
    const { linked, tookMs, peakMb, longest } = measured;
    if (linked !== count || measured.complaints.length > 0) throw new Error(stdout);
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
        what: `${what}: resident memory, with the stand-ins`,
        measured: `${Math.round(peakMb)} MB`,
        toReach: '≤ 300 MB',
        met: peakMb <= 300,
        raw: peakMb,
      }),
      note(`${what}: longest moment in which nothing else is answered`, ms(longest), longest),
    ];
  },
};
