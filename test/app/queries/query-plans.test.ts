/**
 * What people look at and what they are offered while they type is found by indexes: it costs what is shown, or what
 * runs in the guild, and not what has ever been there.
 */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { GrantState } from '../../../src/domain/model.ts';
import { DAY } from '../../support/moments.ts';
import { ADA, GUILD } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

interface Statement {
  all(...values: readonly unknown[]): readonly { readonly detail: string }[];
}
/** The driver itself: whatever is asked of SQLite is prepared there first. It has no types of its own. */
const Database: { readonly prototype: { prepare(this: unknown, sql: string): Statement } } = createRequire(
  import.meta.url,
)('better-sqlite3');

let world: World;
let tower: Place;
beforeAll(async () => {
  world = await World.open();
  tower = await world.addTower();
  await world.newAccount(ADA, tower);
  await world.grant(ADA, [tower.id('Movies')], { ms: DAY });
});
afterAll(() => world.close());

/** The steps of each statement that `ask` makes. */
async function plansOf(ask: () => Promise<unknown>): Promise<readonly string[]> {
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  await ask();
  const asked = prepare.mock.calls.map(([sql], index) => ({ sql, db: prepare.mock.contexts[index] }));
  prepare.mockRestore();
  return asked.flatMap(({ sql, db }) => {
    const explained = Database.prototype.prepare.call(db, `EXPLAIN QUERY PLAN ${sql}`);
    return explained.all(...Array.from(sql.matchAll(/\?/g), () => null)).map(({ detail }) => detail);
  });
}

/** Rows of a table that grows with time or with members. */
const GROWING = 'Grant|GrantLibrary|Account|AccountLibrary|InviteLibrary|Redemption|AuditEvent|Delivery';
const WALKS = [
  new RegExp(`^SCAN (main\\.)?(${GROWING}|Invite)\\b`),
  // All of the guild's, those that were over long ago as well. Invites are few: staff make each.
  new RegExp(`^SEARCH (main\\.)?(${GROWING}) USING .*\\(guildId=\\?\\)$`),
];

const NOT_OVER: readonly GrantState[] = ['scheduled', 'active', 'paused', 'ending'];
const page = { start: 0, limit: 10 };
const typed = ['', 'ann', 'movies', 'tower mov', '#1', '1'];

it.each<[string, () => Promise<unknown>]>([
  ...typed.flatMap((text): [string, () => Promise<unknown>][] => [
    [`grants for “${text}”`, () => world.app.autocomplete.grantsIn(GUILD, NOT_OVER, text)],
    [`grants that are over for “${text}”`, () => world.app.autocomplete.grantsIn(GUILD, ['ended'], text)],
    [`invites for “${text}”`, () => world.app.autocomplete.openInvites(GUILD, text)],
    [`libraries for “${text}”`, () => world.app.autocomplete.completeLibraryList(GUILD, text)],
    [`accounts to copy for “${text}”`, () => world.app.autocomplete.completeTemplates(GUILD, text)],
  ]),
  ['a grant by its number', () => world.app.autocomplete.pickGrant(GUILD, '#1')],
  ['an invite by its code', () => world.app.autocomplete.pickInvite(GUILD, 'ABCD')],
  ...([...NOT_OVER, 'ended'] as const).map((state): [string, () => Promise<unknown>] => [
    `the list of grants that are ${state}`,
    () => world.app.grantStatus.list(GUILD, { states: [state], ...page }),
  ]),
  ['the grants of one', () => world.app.grantStatus.list(GUILD, { memberId: ADA, ...page })],
  [
    'the grants that are meant',
    () => world.app.grantStatus.list(GUILD, { states: NOT_OVER, search: 'ann movies', ...page }),
  ],
  [
    'the grants on a server',
    () => world.app.grantStatus.list(GUILD, { states: NOT_OVER, serverId: tower.server.id, ...page }),
  ],
  ['the members', () => world.app.memberList.list(GUILD, page)],
  ['the members that are meant', () => world.app.memberList.list(GUILD, { search: 'ann', ...page })],
  ...(['active', 'expiring', 'overdue', 'pending', 'unlinked'] as const).map(
    (filter): [string, () => Promise<unknown>] => [
      `the members, ${filter}`,
      () => world.app.memberList.list(GUILD, { filter, ...page }),
    ],
  ),
  ...(['open', 'used', 'expired', 'revoked'] as const).map((state): [string, () => Promise<unknown>] => [
    `the invites, ${state}`,
    () => world.app.inviteList.list(GUILD, { state, ...page }),
  ]),
  ['the card of a member', () => world.app.memberCard(GUILD, ADA)],
  ['who has a library', () => world.app.whoHas.library(GUILD, tower.id('Movies'))],
])('%s: no table is walked through', async (_name, ask) => {
  const plans = await plansOf(ask);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.filter((step) => WALKS.some((walk) => walk.test(step)))).toEqual([]);
});

it('of what is over, the last is read from the index, however much there is', async () => {
  const plans = await plansOf(() => world.app.grantStatus.list(GUILD, { states: ['ended'], ...page }));
  expect(plans).toContainEqual(
    expect.stringMatching(/^SEARCH (main\.)?Grant USING INDEX Grant_guildId_state_endingAt_number_idx/),
  );
  expect(plans.filter((step) => /TEMP B-TREE FOR ORDER BY/.test(step))).toEqual([]);
});
