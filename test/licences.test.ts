/**
 * Under which licences the packages are that run with Usher. The list is written by `npx vitest run test/licences -u`;
 * a licence that is not among these has to be looked at by a person, who adds it here.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import lockfile from '../package-lock.json' with { type: 'json' };

const ALLOWED = [
  // None of these asks for more than that its text goes along.
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'],
  // Of who gives it to everybody, and asks for nothing.
  'Unlicense',
  // Of a font that goes along as it is.
  'OFL-1.1',
  // Of files that are not changed here, and whose source is public.
  'MPL-2.0',
];
const isAllowed = (license = ''): boolean => license.split(' AND ').every((one) => ALLOWED.includes(one));

const ROOT = resolve(import.meta.dirname, '..');

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** What `npm ci --omit=dev --omit=optional` installs, as the image does. */
const running = Object.entries<Locked>(lockfile.packages).filter(
  ([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional,
);
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

it('each package that runs is under a licence that was looked at', () => {
  expect(running.length).toBeGreaterThan(50);
  expect(running.filter(([, { license }]) => !isAllowed(license))).toEqual([]);
});

it('what the lockfile says of it is what the package itself says', () => {
  const said = z.object({ license: z.string() });
  for (const [path, { license }] of running) {
    const own: unknown = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
    expect(said.parse(own).license, path).toBe(license);
  }
});

it('they are listed', async () => {
  const byLicence = Map.groupBy(running, ([, { license }]) => license ?? 'none');
  const lines = [...byLicence]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([licence, packages]) => {
      const names = [...new Set(packages.map(([path]) => `\`${nameOf(path)}\``))].toSorted();
      return `## ${licence}\n\n${names.map((name) => `- ${name}\n`).join('')}`;
    });
  const text = `# Licences

Usher is under the [MIT licence](../LICENSE). These packages run with it, each under its own; their texts are in \`node_modules\`, also in
the image. The list is made from the lockfile by a test, which accepts no other licence unseen.

${lines.join('\n')}`;
  await expect(text).toMatchFileSnapshot('../docs/licences.md');
});
