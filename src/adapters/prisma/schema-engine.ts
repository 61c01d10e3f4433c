/**
 * Prisma's own schema engine as WebAssembly, so that migrating needs neither the CLI nor a downloaded binary. Its
 * package expects a bundler that can import `.wasm`; here the module is loaded by hand.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type {
  DiffTarget,
  MigrationList,
  SchemaEngine,
  SchemaFilter,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Dialect } from './url.ts';

/** Where the migrations of both databases are kept, in Prisma's layout. */
export const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** Nothing is excluded: the schema describes all that is in the database. */
export const noFilter: SchemaFilter = { externalTables: [], externalEnums: [] };

/**
 * Runs `work` with an engine for this database and closes its connections afterwards.
 * @throws {Error} reported by the engine, with its `P…` code in the message.
 */
export async function withSchemaEngine<T>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine: Engine } = await loadEngine();
  // The engine closes only its shadow database, and it holds a SQLite file exclusively, so the rest is closed here.
  const open = new Set<SqlDriverAdapter>();
  const keep = (adapter: SqlDriverAdapter) => {
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      if (open.delete(adapter)) await dispose();
    };
    open.add(adapter);
    return adapter;
  };
  const bound = bindMigrationAwareSqlAdapterFactory({
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => keep(await factory.connect()),
    connectToShadowDb: async () => keep(await factory.connectToShadowDb()),
  });
  try {
    const engine = await Engine.new({ datamodels: undefined }, () => undefined, bound);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    for (const adapter of open) await adapter.dispose();
  }
}

/**
 * The migrations on disk, oldest first.
 * @throws {Error} when a migration's folder has no readable migration.sql.
 */
export function readMigrations(dialect: Dialect, folder = migrationsFolder): MigrationList {
  const baseDir = join(folder, dialect);
  const directories = entriesOf(baseDir)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: `provider = "${dialect}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: directories.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/** The SQL that leads from one state to another; undefined when they are the same. */
export async function diffScript(
  engine: SchemaEngine,
  from: DiffTarget,
  to: DiffTarget,
): Promise<string | undefined> {
  const { exitCode, stdout } = await engine.diff({
    from,
    to,
    script: true,
    exitCode: true,
    filters: noFilter,
  });
  return exitCode === 2 ? (stdout ?? '') : undefined;
}

/** The text of a schema as a state that `diffScript` can compare. */
export function schemaTarget(schema: string): DiffTarget {
  return { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Only the parts of the global that are used here; its types are included in those for browsers only. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
};

let loading: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined;

function loadEngine() {
  loading ??= (async () => {
    const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const bytes = readFileSync(path.replace(/\.js$/, '.wasm'));
    // The engine calls this when it panics. Without it, the panic would show up as a TypeError about this name.
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: {
        set_message(message: string) {
          throw new Error(`Prisma's schema engine failed: ${message}`);
        },
      },
    });
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...bindings } });
    bindings.__wbg_set_wasm(instance.exports);
    const start = instance.exports.__wbindgen_start;
    if (typeof start === 'function') start();
    return bindings;
  })();
  return loading;
}
