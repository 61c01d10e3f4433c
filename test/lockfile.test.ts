/** What `npm ci` installs is what somebody looked at: exact versions, with the hash of each, and no scripts unasked. */
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import lockfile from '../package-lock.json' with { type: 'json' };

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

const { '': root, ...rest } = lockfile.packages;
const packages: readonly (readonly [string, Locked])[] = Object.entries(rest);
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

it('each package has the hash of its bytes', () => {
  expect(packages.length).toBeGreaterThan(400);
  expect(packages.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))).toEqual([]);
});

it('each comes from the public registry, and none from a folder, an address or a repository', () => {
  const others = packages.filter(
    ([, { link, resolved }]) =>
      link || !(resolved ?? 'https://registry.npmjs.org/').startsWith('https://registry.npmjs.org/'),
  );
  expect(others).toEqual([]);
});

it('only packages that were looked at may run a script when they are installed', () => {
  const asking = new Set(
    packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path)),
  );
  const decided = new Set(Object.keys(packageJson.allowScripts));
  expect([...asking].filter((name) => !decided.has(name))).toEqual([]);
});

it('what is asked for by name is an exact version, and the one that is locked', () => {
  const asked = { ...packageJson.dependencies, ...packageJson.devDependencies };
  const locked = Object.fromEntries(packages.map(([path, { version }]) => [path, version]));
  for (const [name, version] of Object.entries(asked)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+[\w.-]*$/);
    expect(locked[`node_modules/${name}`], name).toBe(version);
  }
  expect({ ...root.dependencies, ...root.devDependencies }).toEqual(asked);
});
