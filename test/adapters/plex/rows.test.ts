/** Rows fail alone: whatever an entry looks like, the others are read, and an end is carried out. Case P11. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessReading, MediaServer } from '../../../src/app/ports/media-server.ts';
import type { Fault, LiftableFault } from '../../standins/http.ts';
import type { PlexAccount, Share } from '../../standins/plex/plex-tv.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { mutilation, type Row } from '../mutilation.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

let world: PlexWorld;
let server: MediaServer;
let [mia, odd]: PlexAccount[] = [];
let hers: Share;
beforeEach(async () => {
  world = await startPlexWorld();
  server = world.at();
  mia = world.plex.addAccount({ username: 'mia' });
  odd = world.plex.addAccount({ username: 'odd' });
  hers = world.plex.share(mia, world.pms, { libraries: ['Films', 'Music'] });
  world.plex.share(odd, world.pms, { libraries: ['Films'] });
});
afterEach(() => world.close());

const idOf = (account: PlexAccount | undefined) => String(account?.id);
const isOf = (row: unknown, account: PlexAccount | undefined) =>
  typeof row === 'object' && row !== null && (row as Row).invitedId === account?.id;

/** From now on the entry of an account looks like this in every list that has it. */
function mutilate(
  account: PlexAccount | undefined,
  how: (row: Row) => unknown,
  lists = /owned\/\w+$/,
): LiftableFault {
  const fault: Fault = {
    path: lists,
    method: 'GET',
    times: Number.POSITIVE_INFINITY,
    alters: (answer) => ({
      ...answer,
      body: (answer.body as Row[]).map((row) => (isOf(row, account) ? how(row) : row)),
    }),
  };
  return world.plex.http.fault(fault);
}
const read = async (options?: Parameters<MediaServer['readAccess']>[0]): Promise<AccessReading> => {
  const reading = await server.readAccess(options);
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value;
};
const seenBy = ({ accounts }: AccessReading, account: PlexAccount | undefined) => {
  const access = accounts.find(({ externalId }) => externalId === idOf(account))?.access;
  return access?.kind === 'all' ? 'all' : access?.externalIds;
};

describe('P11: whatever an entry of somebody else looks like', () => {
  it('the others are read, and an end is carried out and proven', async () => {
    await fc.assert(
      fc.asyncProperty(mutilation, async (how) => {
        const fault = mutilate(odd, how);
        try {
          const before = await read({ of: [idOf(mia)] });
          expect(seenBy(before, mia)?.length).toBe(2);
          expect(seenBy(await read(), mia)?.length).toBe(2);
          const account = before.accounts[0];
          if (!account) throw new Error('not read');
          expect(await server.withdraw(account)).toEqual({ kind: 'done' });
          const after = await read({ of: [idOf(mia)], after: before });
          expect(after.accounts).toEqual([]);
          expect(after.unread?.some(({ whose }) => whose.includes(idOf(mia))) ?? false).toBe(false);
          expect(world.plex.accessOf(odd as PlexAccount, world.pms)).toEqual(['Films']);
        } finally {
          fault.lift();
          world.plex.share(mia as PlexAccount, world.pms, { libraries: ['Films', 'Music'] });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('nobody counts as having no access for that', async () => {
    /** What these say may truly mean that it is over, or somebody else's. */
    const telling = new Set(['machineIdentifier', 'deletedAt', 'leftAt', 'invitedId', 'invited']);
    await fc.assert(
      fc.asyncProperty(mutilation, async (how) => {
        const fault = mutilate(odd, (row) => {
          const changed = how(row);
          if (typeof changed !== 'object' || changed === null || Array.isArray(changed)) return changed;
          return {
            ...changed,
            ...Object.fromEntries(Object.entries(row).filter(([name]) => telling.has(name))),
          };
        });
        try {
          const reading = await read();
          const isRead = reading.accounts.some(({ externalId }) => externalId === idOf(odd));
          const isUnread = reading.unread?.some(
            ({ whose }) => whose.length === 0 || whose.includes(idOf(odd)),
          );
          expect(isRead || isUnread).toBe(true);
        } finally {
          fault.lift();
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('P11: an entry of one’s own that is not understood', () => {
  it.each<[string, (row: Row) => unknown]>([
    ['libraries that are no list', (row) => ({ ...row, libraries: 'Films' })],
    ['a library without a key', (row) => ({ ...row, libraries: [{ id: 1, key: null }] })],
    ['a flag that is none', (row) => ({ ...row, allLibraries: 'maybe' })],
    ['two libraries counted and none listed', (row) => ({ ...row, libraries: [] })],
  ])('%s: said, and the end of all of it is carried out by the number of the share', async (_name, how) => {
    mutilate(mia, how);
    const before = await read({ of: [idOf(mia)] });
    expect(before.accounts).toEqual([]);
    const [unread] = before.unread ?? [];
    expect(inEnglish(unread)).toMatchObject({
      whose: [idOf(mia)],
      message: expect.stringContaining(`share ${hers.id}`),
    });
    const withdrawn = { externalId: idOf(mia), protection: null, handle: unread?.handle };
    expect(await server.withdraw(withdrawn)).toEqual({ kind: 'done' });
    expect(world.plex.accessOf(mia as PlexAccount, world.pms)).toBe('none');
    const after = await read({ of: [idOf(mia)], after: before });
    expect([after.accounts, after.unread ?? []]).toEqual([[], []]);
  });

  it('of an entry that may be of another server, nothing is removed', async () => {
    mutilate(mia, ({ machineIdentifier: _, ...row }) => row);
    const { unread = [] } = await read({ of: [idOf(mia)] });
    expect(unread).toMatchObject([{ whose: [idOf(mia)], handle: null }]);
    const withdrawn = { externalId: idOf(mia), protection: null, handle: null };
    expect(await server.withdraw(withdrawn)).toMatchObject({ kind: 'failed' });
    expect(world.plex.accessOf(mia as PlexAccount, world.pms)).toEqual(['Films', 'Music']);
  });

  it('that names two accounts is neither’s to remove', async () => {
    mutilate(mia, (row) => ({ ...row, invited: { ...(row.invited as Row), id: 9_999 } }));
    const { unread = [] } = await read({ of: [idOf(mia)] });
    expect(unread).toMatchObject([{ whose: [idOf(mia), '9999'], handle: null }]);
  });

  it('nulls are no obstacle: a person that is null, flags that are', async () => {
    mutilate(mia, (row) => ({
      ...row,
      invited: null,
      accepted: null,
      allLibraries: null,
      numLibraries: null,
      invitedEmail: null,
      ownerId: null,
    }));
    expect(seenBy(await read(), mia)?.length).toBe(2);
    mutilate(odd, (row) => ({ ...row, invited: { ...(row.invited as Row), home: null, restricted: null } }));
    expect(seenBy(await read(), odd)?.length).toBe(1);
  });
});

it('a row of the second list that is not understood is not taken for nobody', async () => {
  world.plex.emptyNext('accepted', 2);
  world.plex.http.fault({
    path: /^\/api\/servers\/.*\/shared_servers$/,
    answer: {
      status: 200,
      body: '<MediaContainer size="1"><SharedServer id="1 2" userID="5" acceptedAt="x"/></MediaContainer>',
    },
  });
  const reading = await read();
  expect([reading.accounts, reading.unread]).toMatchObject([[], [{ whose: [] }]]);
});
