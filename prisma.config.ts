import { defineConfig } from 'prisma/config';

// `prisma generate` asks for a schema-engine binary that it never runs here and that cannot always be
// downloaded; any executable satisfies it. Migrations use the WebAssembly engine (prisma/new-migration.ts).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: process.env.PRISMA_SCHEMA ?? 'prisma/schema.prisma',
});
