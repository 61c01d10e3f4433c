/** There is one version, and the changelog knows it. What is shown (`/admin info`, metrics) is package.json's. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import lockfile from '../package-lock.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '..');
const headings = [...readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').matchAll(/^## (.+)$/gm)].map(
  ([, heading = '']) => heading,
);
const releases = headings
  .slice(1)
  .map((heading) => /^\[?(\d+)\.(\d+)\.(\d+)\]? - \d{4}-\d\d-\d\d$/.exec(heading));

it('is the same in package.json and in the lockfile', () => {
  expect(packageJson.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect([lockfile.version, lockfile.packages[''].version]).toEqual([
    packageJson.version,
    packageJson.version,
  ]);
});

it('is the newest release of the changelog, below what is not released yet', () => {
  expect(headings[0]).toBe('Unreleased');
  expect(releases).not.toContain(null);
  const numbers = releases.map((release) => release?.slice(1, 4).map(Number) ?? []);
  const descending = numbers.toSorted((one, other) => {
    const index = one.findIndex((part, at) => part !== other[at]);
    return (other[index] ?? 0) - (one[index] ?? 0);
  });
  expect(numbers).toEqual(descending);
  const [newest] = numbers;
  // Before the first release there is none.
  if (newest) expect(newest.join('.')).toBe(packageJson.version);
});
