/** Rows fail alone: whatever a user of the list looks like, the others are read, and an end is carried out. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessReading, MediaServer } from '../../../src/app/ports/media-server.ts';
import type { LiftableFault } from '../../standins/http.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { mutilation, type Row } from '../mutilation.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

let world: JellyfinWorld;
let server: MediaServer;
let [mia, odd] = ['', ''];
beforeEach(async () => {
  world = await startJellyfinWorld();
  server = world.at();
  mia = world.addMember('mia', ['Films', 'Music']);
  odd = world.addMember('odd', ['Films']);
});
afterEach(() => world.close());

/** From now on the user of that name looks like this in the list of all. */
const mutilate = (name: string, how: (row: Row) => unknown): LiftableFault =>
  world.jellyfin.http.fault({
    path: /\/Users$/i,
    method: 'GET',
    times: Number.POSITIVE_INFINITY,
    alters: (answer) => ({
      ...answer,
      body: (answer.body as Row[]).map((row) => (row.Name === name ? how(row) : row)),
    }),
  });
const withPolicy = (changes: Row) => (row: Row) => ({
  ...row,
  Policy: { ...(row.Policy as Row), ...changes },
});
const read = async (options?: Parameters<MediaServer['readAccess']>[0]): Promise<AccessReading> => {
  const reading = await server.readAccess(options);
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value;
};
const seenBy = ({ accounts }: AccessReading, id: string) => {
  const access = accounts.find(({ externalId }) => externalId === id)?.access;
  return access?.kind === 'all' ? 'all' : access?.externalIds;
};

describe('whatever a user looks like that is somebody else', () => {
  it('the others are read, and an end is carried out and proven', async () => {
    await fc.assert(
      fc.asyncProperty(mutilation, fc.boolean(), async (how, inPolicy) => {
        const fault = mutilate('odd', (row) =>
          // Another id of a server is another server, and not a row that fails.
          inPolicy ? { ...row, Policy: how(row.Policy as Row) } : how(row),
        );
        try {
          const before = await read({ of: [mia] });
          expect(seenBy(before, mia)?.length).toBe(2);
          expect(seenBy(await read(), mia)?.length).toBe(2);
          const account = before.accounts[0];
          if (!account) throw new Error('not read');
          expect(await server.withdraw(account)).toEqual({ kind: 'done' });
          expect(await read({ of: [mia], after: before })).toMatchObject({
            accounts: [{ externalId: mia, disabled: true, dormant: [] }],
          });
          expect(world.accessOf(odd)).toEqual(['Films']);
        } finally {
          fault.lift();
          const { policy } = world.jellyfin.user('mia');
          policy.IsDisabled = false;
          policy.EnabledFolders = ['Films', 'Music'].map((name) => world.libraryId(name));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('nobody counts as having no account for that', async () => {
    await fc.assert(
      fc.asyncProperty(mutilation, async (how) => {
        const fault = mutilate('odd', (row) => {
          const changed = how(row);
          const isRow = typeof changed === 'object' && changed !== null && !Array.isArray(changed);
          return isRow ? { ...changed, Id: row.Id, ServerId: row.ServerId } : changed;
        });
        try {
          const { accounts, unread } = await read();
          const isRead = accounts.some(({ externalId }) => externalId === odd);
          expect(isRead || unread?.some(({ whose }) => whose.length === 0 || whose.includes(odd))).toBe(true);
        } finally {
          fault.lift();
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a user that the list shows in a way that is not understood', () => {
  it('is asked for alone when it matters, and its end is carried out', async () => {
    mutilate('mia', withPolicy({ EnabledFolders: 'Films' }));
    const before = await read({ of: [mia] });
    const [account] = before.accounts;
    expect(account?.access).toMatchObject({
      externalIds: [world.libraryId('Films'), world.libraryId('Music')],
    });
    if (account) expect(await server.withdraw(account)).toEqual({ kind: 'done' });
    expect(world.accessOf(mia)).toBe('none');
    expect(seenBy(await read({ of: [mia], after: before }), mia)).toEqual([]);
  });

  it('is said and not guessed at in a reading of all, and its name is not free', async () => {
    mutilate('mia', withPolicy({ IsAdministrator: null }));
    const { accounts, unread } = await read();
    expect(accounts.some(({ externalId }) => externalId === mia)).toBe(false);
    expect(inEnglish(unread)).toMatchObject([{ whose: [mia], message: expect.stringContaining(mia) }]);
    const account = {
      name: 'MIA',
      password: 'x',
      externalIds: [world.libraryId('Films')],
      resume: true,
      template: null,
    } as const;
    expect(await server.accounts?.create(account)).toMatchObject({ kind: 'failed', leftBehind: false });
  });

  it('what is of no matter may look like anything', async () => {
    mutilate(
      'mia',
      withPolicy({
        AuthenticationProviderId: null,
        LoginAttemptsBeforeLockout: 'x',
        InvalidLoginAttemptCount: {},
      }),
    );
    expect((await read()).unread ?? []).toEqual([]);
  });

  it('a list in which nothing is understood is no list', async () => {
    world.jellyfin.http.fault({ path: /\/Users$/i, answer: { status: 200, body: [{}, null] } });
    expect((await server.readAccess()).kind).toBe('unknown');
  });
});
