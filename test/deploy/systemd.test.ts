/** The unit for systemd: it starts what `npm start` starts, and systemd itself finds it closed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { variableNames } from '../../src/config.ts';

const UNIT = resolve(import.meta.dirname, '../../deploy/usher.service');
const unit = readFileSync(UNIT, 'utf8');
const valuesOf = (name: string): readonly string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

it('starts what npm start starts', () => {
  const [command = ''] = valuesOf('ExecStart');
  expect(command.split(' ').slice(1)).toEqual(packageJson.scripts.start.split(' ').slice(1));
});

it('names variables that are read, and no secret', () => {
  const names = valuesOf('Environment').map((each) => each.split('=')[0]);
  const ofNode = ['NODE_ENV', 'NODE_COMPILE_CACHE', 'MALLOC_MMAP_THRESHOLD_'];
  expect(names.filter((name = '') => !variableNames.includes(name) && !ofNode.includes(name))).toEqual([]);
  expect(names).not.toContain('DISCORD_TOKEN');
});

it('gives it longer to end than it takes', () => {
  const main = readFileSync(join(UNIT, '../../src/main.ts'), 'utf8');
  const [, within = ''] = /STOP_WITHIN_MS = ([\d_]+)/.exec(main) ?? [];
  expect(Number(valuesOf('TimeoutStopSec')[0]) * 1_000).toBeGreaterThan(
    Number(within.replaceAll('_', '')) + 1_000,
  );
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

it.skipIf(!hasSystemd)('is exposed less than 3, by systemd’s own count', () => {
  const { stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=true', UNIT], {
    encoding: 'utf8',
  });
  const [, exposure = stderr] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
  expect(Number(exposure)).toBeLessThan(3);
});
