/**
 * `npm run bench`: measures the figures of design.md 7 on stand-ins, prints them as a table and writes them as
 * JSON.
 */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Figure } from './row.ts';
import { rows } from './rows/index.ts';
import { tableOf } from './table.ts';

const RESULTS = fileURLToPath(new URL('../../bench-results.json', import.meta.url));

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, quick: { type: 'boolean', default: false } },
});
const chosen = rows.filter(({ name }) => name.includes(options.only));
if (chosen.length === 0) {
  console.error(
    `No row is called like “${options.only}”. There are: ${rows.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const figures: (Figure & { readonly row: string })[] = [];
const broken: { readonly row: string; readonly error: string }[] = [];
const start = performance.now();
for (const { name, run } of chosen) {
  const began = performance.now();
  process.stderr.write(`${name} … `);
  try {
    for (const figure of await run({ quick: options.quick })) figures.push({ row: name, ...figure });
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    broken.push({
      row: name,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    process.stderr.write('could not be measured\n');
  }
}

console.log(tableOf(figures));
for (const { row, error } of broken) console.log(`\n${row} could not be measured:\n${error}`);
writeFileSync(
  RESULTS,
  `${JSON.stringify(
    {
      date: new Date().toISOString(),
      quick: options.quick,
      tookMs: Math.round(performance.now() - start),
      machine: {
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        memoryMb: Math.round(totalmem() / 1024 / 1024),
      },
      figures,
      broken,
    },
    null,
    2,
  )}\n`,
);
// A figure that is not reached is a result. Only one that could not be measured is a failure.
process.exitCode = broken.length > 0 ? 1 : 0;
