/** For `npm run mutation` only: the rules and their tables, and nothing that opens a socket or a database. */
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/domain/**/*.test.ts'], retry: 0 } });
