/** What goes into the container image, and how the container is asked whether it is well. */
import { readFileSync } from 'node:fs';
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healthCheck } from './support/health-check.ts';

const ROOT = resolve(import.meta.dirname, '..');
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, ' ');
const lines = (instruction: string): readonly string[] =>
  dockerfile.split('\n').flatMap((line) => new RegExp(`^${instruction}\\s+(.*)`).exec(line)?.[1] ?? []);

it('the base image is pinned by its digest, the same one everywhere, and nothing else is fetched to build', () => {
  const images = lines('FROM').map((line) => line.split(' ')[0]);
  expect(images.length).toBeGreaterThan(0);
  expect(new Set(images).size).toBe(1);
  for (const image of images) expect(image).toMatch(/^node:24[\w.-]*@sha256:[0-9a-f]{64}$/);
  // `# syntax=` would fetch a program that reads the Dockerfile.
  expect(dockerfile).not.toMatch(/^#\s*syntax\s*=/im);
  expect(lines('(?:ADD|ARG)')).toEqual([]);
  for (const from of dockerfile.matchAll(/--from=(\S+)/g)) expect(from[1]).toBe('build');
});

describe('what Docker is sent of a checkout', () => {
  const ignored = dockerignore.default().add(readFileSync(join(ROOT, '.dockerignore'), 'utf8'));
  const copied = lines('COPY')
    .filter((line) => !line.startsWith('--from='))
    .flatMap((line) => line.split(' ').slice(0, -1));

  it.each([
    '',
    'data/',
    'src/',
    'src/adapters/prisma/',
    'commands/',
    'prisma/',
    'prisma/migrations/',
    'backup/',
  ])('no secret and nothing that somebody keeps, in “%s”', (folder) => {
    const kept = [
      ...['.env', '.env.local', '.env.production', '.env.example', '.envrc', 'secret.key', 'usher.db.key'],
      ...['server.pem', 'usher.db', 'usher.db-wal', 'usher.db-shm', 'usher.db-journal', 'usher.db.bak'],
      ...['usher.sqlite', 'usher.sqlite3', 'usher.sqlite-wal', 'usher.log', 'npm-debug.log'],
    ];
    expect(kept.filter((name) => !ignored.ignores(`${folder}${name}`))).toEqual([]);
  });

  it.each([
    ...[
      '.git/config',
      'node_modules/zod/package.json',
      'data/anything',
      'test/image.test.ts',
      'docs/design.md',
    ],
    ...['README.md', 'Dockerfile', 'bench-results.json', 'id_rsa', 'notes.txt', 'tokens.json'],
    ...['src/adapters/prisma/generated/sqlite/client.ts', 'reports/mutation.html', 'coverage/index.html'],
  ])('not %s, which the image does not need', (path) => {
    expect(ignored.ignores(path)).toBe(true);
  });

  it('all that the image is made of', async () => {
    const missing: string[] = [];
    let count = 0;
    for (const source of copied) {
      for await (const path of glob([source, `${source}/**/*.*`], { cwd: ROOT })) {
        if (path.includes('/generated')) continue;
        count += 1;
        if (ignored.ignores(path)) missing.push(path);
      }
    }
    expect(missing).toEqual([]);
    expect(count).toBeGreaterThan(300);
  });
});

describe('the check of the container', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-health-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Something that answers as Usher does, at a free port of a host. */
  async function serving(host: string, status: number) {
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/health/ready' ? status : 404).end(),
    );
    await new Promise<void>((done) => server.listen(0, host, done));
    return { port: String((server.address() as AddressInfo).port), stop: () => server.close() };
  }

  const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );
  const hosts = [
    ['127.0.0.1', 200, 0],
    ['127.0.0.1', 503, 1],
    ['127.0.0.9', 200, 0],
    ['0.0.0.0', 200, 0],
    ['::', 200, 0],
    ['::1', 200, 0],
    ['localhost', 503, 1],
  ] as const;
  it.each(hosts.filter(([host]) => hasIPv6 || !host.includes(':')))(
    'asks at %s, where the answer is %i: exit code %i',
    async (HTTP_HOST, status, code) => {
      const { port, stop } = await serving(HTTP_HOST, status);
      try {
        expect(await healthCheck({ HTTP_HOST, HTTP_PORT: ` ${port} ` })).toBe(code);
      } finally {
        stop();
      }
    },
  );

  it('finds the port in .env as Usher does, and the environment before it', async () => {
    const { port, stop } = await serving('127.0.0.1', 200);
    try {
      await writeFile(join(folder, '.env'), `HTTP_PORT=${port}\n`);
      expect(await healthCheck({}, folder)).toBe(0);
      expect(await healthCheck({ HTTP_PORT: '1' }, folder)).toBe(1);
    } finally {
      stop();
    }
  });

  it.each(['off', 'OFF', ' Off '])('HTTP_PORT=“%s”: well, as nobody can be asked', async (HTTP_PORT) => {
    expect(await healthCheck({ HTTP_PORT })).toBe(0);
  });

  it('a port where nobody answers, or that is none, is not well', async () => {
    expect(await healthCheck({ HTTP_PORT: '1' })).toBe(1);
    expect(await healthCheck({ HTTP_PORT: 'eighty' })).toBe(1);
  });
});
