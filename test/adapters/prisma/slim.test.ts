/** What `npm run generate` makes of the clients (prisma/slim.ts). */
import { expect, it, vi } from 'vitest';
import { migratedSqlite, openMigrated } from '../../support/databases.ts';
import { GUILD, memberAt } from '../../support/people.ts';

/** It has no types. */
const COMPILER = '@prisma/client/runtime/query_compiler_small_bg.sqlite.mjs';

it('still knows what is a value in a query: it plans each kind of query once', async () => {
  const { QueryCompiler } = await import(COMPILER);
  const plans = vi.spyOn(QueryCompiler.prototype, 'compile');
  const file = await migratedSqlite();
  const open = await openMigrated(file.url);
  const { members, grants } = open.stores.of(GUILD);
  const ask = async (index: number) => {
    const memberId = memberAt(index);
    await members.find(memberId);
    await members.findByName(`name ${index}`, 10);
    await grants.list({ memberId, states: ['active'], numbers: [index], limit: 5 });
  };
  await ask(1);
  const kinds = plans.mock.calls.length;
  expect(kinds).toBeGreaterThan(0);
  for (const index of [2, 3, 4]) await ask(index);
  expect(plans.mock.calls.length).toBe(kinds);
  await open.close();
  await file.remove();
});
