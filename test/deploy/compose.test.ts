/** The compose files: valid by the specification, closed as docs/install.md says, and of one mind with the image. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { variableNames } from '../../src/config.ts';
import { problemsBy } from './by-schema.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly extends?: { readonly file: string; readonly service: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}
const FILES = ['compose.yaml', 'compose.postgres.yaml'] as const;
const compose = (file: string): Compose => parse(read(file));
/** With what it extends, as far as these files do: one level, and nothing is taken away. */
function servicesOf(file: string): readonly (readonly [string, Service])[] {
  return Object.entries(compose(file).services).map(([name, service]) => {
    const base = service.extends && compose(service.extends.file).services[service.extends.service];
    return [name, { ...base, ...service, environment: { ...base?.environment, ...service.environment } }];
  });
}

describe.each(FILES)('%s', (file) => {
  it('is valid by the specification of compose', () => {
    expect(problemsBy('compose-spec', parse(read(file)))).toEqual([]);
  });

  it.each(servicesOf(file))('%s may do nothing that it does not need', (_name, service) => {
    expect(service).toMatchObject({
      ...{ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      ...{ restart: 'unless-stopped', mem_limit: expect.any(String), pids_limit: expect.any(Number) },
      healthcheck: { test: expect.arrayContaining(['CMD']) },
      tmpfs: expect.arrayContaining([expect.stringMatching(/^\/tmp:/)]),
    });
    for (const never of ['privileged', 'cap_add', 'network_mode', 'pid', 'ipc', 'devices', 'ports'])
      expect(service).not.toHaveProperty(never);
    expect(JSON.stringify(service)).not.toContain('docker.sock');
    // The image of Usher says it itself.
    if (!service.build) expect(service.user).toBe('postgres');
  });

  it('takes every secret from a file, and knows each variable', () => {
    const { services, secrets } = compose(file);
    for (const [name, { environment = {} }] of servicesOf(file)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (name === 'usher') expect(variableNames).toContain(variable);
        if (/PASSWORD|TOKEN|KEY|DATABASE_URL/.test(variable) && value !== '')
          expect(value).toMatch(/^\/run\/secrets\//);
        if (value.startsWith('/run/secrets/'))
          expect(secrets).toHaveProperty(value.slice('/run/secrets/'.length));
      }
    }
    expect(Object.keys(services)).toContain('usher');
    const ignored = read('.gitignore').split('\n');
    for (const secret of Object.values(secrets)) expect(secret.file).toMatch(/^\.\/secrets\//);
    expect(ignored).toContain('/secrets/');
  });
});

it('asks for health as the image does, and gives it longer to end than it takes', () => {
  const service = compose('compose.yaml').services.usher;
  const [, options = '', command = ''] =
    /^HEALTHCHECK (.*?) CMD (.*)$/m.exec(read('Dockerfile').replaceAll(/\\\n\s*/g, ' ')) ?? [];
  expect(service?.healthcheck).toEqual({
    test: ['CMD', ...JSON.parse(command)],
    ...Object.fromEntries(
      [...options.matchAll(/--([\w-]+)=(\S+)/g)].map(([, name = '', value]) => [
        name.replace('-', '_'),
        value,
      ]),
    ),
  });
  const [, within = ''] = /STOP_WITHIN_MS = ([\d_]+)/.exec(read('src/main.ts')) ?? [];
  expect(Number.parseInt(String(service?.stop_grace_period), 10) * 1_000).toBeGreaterThan(
    Number(within.replaceAll('_', '')) + 1_000,
  );
});

it('a mistake is found by the schema', () => {
  const wrong = { services: { usher: { image: 'usher', cap_drop: 'ALL', readonly: true } } };
  expect(problemsBy('compose-spec', wrong).join('\n')).toMatch(/cap_drop|readonly/);
});
