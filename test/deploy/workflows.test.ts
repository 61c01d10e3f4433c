/** What runs at GitHub: valid, pinned, with no more rights than it needs, and a release that names one version. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemsBy } from './by-schema.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly uses?: string;
        readonly needs?: string | readonly string[];
        readonly permissions?: Readonly<Record<string, string>>;
        readonly container?: string;
        readonly steps?: readonly Step[];
      }
    >
  >;
}
const files = globSync('.github/workflows/*.yml', { cwd: ROOT });

it('there are two', () => {
  expect(files.toSorted()).toEqual(['.github/workflows/ci.yml', '.github/workflows/release.yml']);
});

describe.each(files)('%s', (file) => {
  const workflow: Workflow = parse(read(file));
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps ?? []);

  it('is valid by the schema of workflows', () => {
    expect(problemsBy('github-workflow', workflow)).toEqual([]);
  });

  it('has no right but those that a job asks for', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.on).not.toHaveProperty('pull_request_target');
    for (const job of jobs) expect(job.permissions).toBeDefined();
  });

  it('uses what somebody looked at: a commit, with the version for people', () => {
    const used = [...jobs, ...steps].flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    for (const uses of used) expect(uses).toMatch(/^\.\/|^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    for (const [line] of read(file).matchAll(/^.*uses: [^.].*$/gm))
      expect(line).toMatch(/ # v\d+\.\d+\.\d+$/);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  it('puts nothing that others write into a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  it('asks for jobs that are there', () => {
    for (const { needs = [] } of jobs)
      for (const name of [needs].flat()) expect(workflow.jobs).toHaveProperty(name);
  });
});

it('a mistake is found by the schema', () => {
  expect(problemsBy('github-workflow', { on: 'push', jobs: { one: { steps: [] } } })).not.toEqual([]);
});

it('tests run on the base of the image', () => {
  const [, base] = /^FROM (\S+)/m.exec(read('Dockerfile')) ?? [];
  const workflow: Workflow = parse(read('.github/workflows/ci.yml'));
  expect(workflow.jobs.check?.container).toBe(base);
});

it('the signatures of what is installed are checked, also before a release', () => {
  const [ci, release]: Workflow[] = ['ci', 'release'].map((name) =>
    parse(read(`.github/workflows/${name}.yml`)),
  );
  expect(ci?.jobs.check?.steps?.map(({ run }) => run)).toContain('npm audit signatures');
  expect(release?.jobs.check?.uses).toBe('./.github/workflows/ci.yml');
});

describe('the notes of a release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usher-notes-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.github'));
  copyFileSync(join(ROOT, '.github/release-notes.ts'), join(folder, '.github/release-notes.ts'));
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3","type":"module"}');
  const changelog =
    '# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2027-01-01\n\n### Added\n\n- A thing.\n\n## 1.2.2\n\n- Old.\n';
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog);
  const notes = (...args: string[]) =>
    spawnSync(process.execPath, ['.github/release-notes.ts', ...args], { cwd: folder, encoding: 'utf8' });

  it('are what the changelog says of the version, and the image', () => {
    const { stdout, status } = notes('v1.2.3', 'registry.test/usher@sha256:1');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^### Added\n\n- A thing\.\n\nImage: `registry\.test\/usher@sha256:1`/);
    expect(stdout).not.toContain('Old');
  });

  it.each([
    ['v1.2.4', /package\.json says 1\.2\.3/],
    ['', /package\.json says/],
  ])('the tag “%s” is refused', (tag, says) => {
    const { stderr, status } = notes(tag);
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });

  it('a version that the changelog does not know is refused', () => {
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n');
    expect(notes('v1.2.3')).toMatchObject({ status: 1, stderr: expect.stringMatching(/no section 1\.2\.3/) });
  });
});
