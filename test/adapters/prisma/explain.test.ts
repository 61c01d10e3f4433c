import { expect, it } from 'vitest';
import { explain } from '../../../src/adapters/prisma/explain.ts';
import { DatabaseAway, DatabaseUnusable, parseDatabaseUrl } from '../../../src/adapters/prisma/url.ts';

const target = parseDatabaseUrl('postgresql://usher:word@db/usher');

it.each([
  'Connection terminated unexpectedly',
  'terminating connection due to administrator command',
  'the database system is shutting down',
  'the database system is starting up',
  'read ECONNRESET',
])('%s: starting again may help', (words) => {
  expect(explain(new Error(words), target)).toBeInstanceOf(DatabaseAway);
});

it.each(['permission denied for schema public', 'database disk image is malformed'])(
  '%s: a person has to do something first',
  (words) => {
    const explained = explain(new Error(words), target);
    expect(explained).toBeInstanceOf(DatabaseUnusable);
    expect(explained).not.toBeInstanceOf(DatabaseAway);
  },
);
