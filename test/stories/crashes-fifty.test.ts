/** Fifty grants end at once, and Usher is killed after each single effect of the pass. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { toActorId, toGuildId, toMemberId } from '../../src/domain/ids.ts';
import { auditEntries, caughtUp, expectUnbrokenRecord } from '../e2e/actions.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import { openStores } from '../support/databases.ts';
import { Stage } from '../support/stage.ts';

const PATIENCE_MS = 120_000;
const GRANTS = 50;
const SHARE = /\/shared_servers\/\d+$/;

let stage: Stage;
const leaving: PlexAccount[] = [];
/** Keeps Movies because of a second grant. */
let staying: PlexAccount;
/** An account without a member. */
let stranger: PlexAccount;

const access = (account: PlexAccount) => stage.plexTv.accessOf(account, stage.tower);
const gone = () => leaving.filter((account) => access(account) === 'none').length;
const endedLines = () => auditEntries(stage).filter(({ action }) => action === 'grant.ended').length;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
  await caughtUp(stage);
  await stage.usher.stop();

  const add = (name: string, libraries: readonly string[]) => {
    const account = stage.plexTv.addAccount({ username: name, email: `${name}@example.com` });
    stage.plexTv.share(account, stage.tower, { libraries });
    return account;
  };
  for (let n = 1; n <= GRANTS; n += 1) leaving.push(add(`leaving${n}`, ['Movies', 'TV']));
  staying = add('staying', ['Movies', 'TV']);
  stranger = add('stranger', ['Movies']);
  await seed();
}, PATIENCE_MS);
afterAll(() => stage.strike());

/** Inserts the rows that Usher would have written if it had let all of them in. */
async function seed(): Promise<void> {
  const open = await openStores(stage.env.DATABASE_URL ?? '');
  const { stores } = open;
  const guildId = stage.guild.id;
  const [server] = (await stores.of(toGuildId(guildId)).servers.list()).filter(({ kind }) => kind === 'plex');
  if (!server) throw new Error('Tower was not added');
  const libraries = (await stores.of(toGuildId(guildId)).libraries.list(server.id))
    .filter(({ name }) => name === 'Movies' || name === 'TV')
    .map(({ id, name }) => ({ id, name }));
  const ids = libraries.map(({ id }) => id);
  const movies = libraries.filter(({ name }) => name === 'Movies').map(({ id }) => id);
  const now = new Date();
  await stores.transaction(toGuildId(guildId), async (tx) => {
    for (const [index, account] of [...leaving, staying].entries()) {
      const memberId = toMemberId(String(700000000000000000n + BigInt(index)));
      await tx.members.ensure(memberId);
      const id = await tx.accounts.save({
        id: `account-${index}`,
        serverId: server.id,
        externalId: String(account.id),
        name: account.username,
        memberId,
        seenAccess: 'libraries',
        seenAt: now,
      });
      await tx.accounts.setLibraries(id, { seen: ids, given: ids });
      const common = { memberId, source: 'command', state: 'active', startsAt: now } as const;
      const made = { reason: null, createdById: toActorId(stage.olga.id), createdAt: now };
      await tx.grants.add({ ...common, ...made, id: `ends-${index}`, expiresAt: now, libraryIds: ids });
      if (account === staying)
        await tx.grants.add({ ...common, ...made, id: 'stays', expiresAt: null, libraryIds: movies });
    }
  });
  await open.close();
}

it(
  'each access is really gone, each end is told once, and nothing else was touched',
  async () => {
    let lives = 0;
    // Killed after each DELETE that plex.tv has carried out, whether Usher knows about it or not.
    while (gone() < GRANTS) {
      const before = gone();
      stage.launch();
      lives += 1;
      await stage.plexTv.http.until('one more is gone', () => gone() > before, PATIENCE_MS);
      await stage.usher.kill();
    }
    // Killed after every few audit lines: they are committed, and the messages are on their way.
    for (let told = endedLines(); told < GRANTS - 5; told = endedLines()) {
      stage.launch();
      lives += 1;
      await stage.discord.until('more lines', () => endedLines() > told + 4, PATIENCE_MS);
      await stage.usher.kill();
    }
    expect(lives).toBeGreaterThan(GRANTS / 2);

    await stage.start();
    await stage.audited(/grant\.ended/, GRANTS + 1, PATIENCE_MS);
    await caughtUp(stage);
    expect(gone()).toBe(GRANTS);
    expect([access(staying), access(stranger)]).toEqual([['Movies'], ['Movies']]);
    expectUnbrokenRecord(stage);
    const perGrant = Map.groupBy(
      auditEntries(stage).filter(({ action }) => action === 'grant.ending' || action === 'grant.ended'),
      ({ line }) => /<@(\d+)>/.exec(line)?.[1],
    );
    expect(perGrant.size).toBe(GRANTS + 1);
    for (const lines of perGrant.values())
      expect(lines.map(({ action }) => action)).toEqual(['grant.ending', 'grant.ended']);

    const writes = stage.plexTv.http.requests.filter(
      ({ method, path }) => method !== 'GET' && SHARE.test(path),
    );
    const strangers = stage.plexTv.shareOf(stranger, stage.tower)?.id;
    expect(writes.filter(({ path }) => path.endsWith(`/${strangers}`))).toEqual([]);
    const { grants, more } = await standing();
    expect([grants, more]).toEqual([{ ended: GRANTS + 1, active: 1 }, 0]);
  },
  PATIENCE_MS * 3,
);

/** The final state of the database: grants by state, and what is still due. */
async function standing() {
  await stage.usher.stop();
  const open = await openStores(stage.env.DATABASE_URL ?? '');
  const stores = open.stores.of(toGuildId(stage.guild.id));
  const count = (state: 'ended' | 'active') => stores.grants.count({ states: [state] });
  const grants = { ended: await count('ended'), active: await count('active') };
  // Writes of which a kill took the answer are looked at once more, which is nothing that is due.
  const more = (await stores.accounts.list()).filter(({ dueAt }) => dueAt !== null).length;
  await open.close();
  return { grants, more };
}
