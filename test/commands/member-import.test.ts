import { describe, expect, it, vi } from 'vitest';
import type { ArrivalRow } from '../../src/app/accounts/arrivals.ts';
import type { Imported } from '../../src/app/accounts/import.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, BEN, GUILD, STAFF } from '../support/people.ts';
import { aServer, MOVIES, memoryDrafts, NOON, names, times } from './samples.ts';

const row = (changes: Partial<ArrivalRow> = {}): ArrivalRow => ({
  ...{ accountId: 'a1', name: 'ann', emailMasked: 'a***@x.org', libraries: [MOVIES], who: 'Ada' },
  ...{ memberId: ADA, score: 96, why: 'name', isSure: true, isLookedUp: true, aside: null },
  ...changes,
});
const UNTIL = new Date(NOON.getTime() + 30 * 86_400_000);
const nobody = row({ accountId: 'a2', name: 'zed', memberId: null, who: undefined, score: 0, why: null });

function importing(rows: readonly ArrivalRow[], changes: Stubs = {}) {
  const server = aServer();
  const run = vi.fn(
    async (_input: unknown): Promise<Imported> => ({
      ...{ kind: 'imported', server, grants: 1, undoId: 'u1' },
      linked: [{ accountId: 'a1', memberId: ADA, name: 'ann' }],
      left: [{ name: 'zed', why: say('member.link.gone') }],
    }),
  );
  const choose = vi.fn(async () => true);
  const setAside = vi.fn(async () => true);
  const undo = vi.fn(
    async (): Promise<{ undone: number; left: [] } | undefined> => ({ undone: 1, left: [] }),
  );
  const openDoor = vi.fn(async () => {});
  const app = stubApp({
    autocomplete: names(),
    drafts: memoryDrafts(),
    timeInput: {
      ...times(),
      end: async (_guildId, typed) =>
        typed === '30d'
          ? { kind: 'ok', value: UNTIL }
          : { kind: 'problem', message: say('typing.time.past') },
    },
    people: { named: async () => new Map([[ADA, 'Ada']]) },
    posts: { openDoor },
    arrivals: {
      read: async () => ({ kind: 'read', server }),
      list: async () => ({ server, rows, total: rows.length, sure: 1, open: 1 }),
      find: async (_guildId, id) => {
        const found = rows.find(({ accountId }) => accountId === id);
        return found && { row: found, server };
      },
      sure: async () => ['a1'],
      choose,
      setAside,
    },
    memberImport: {
      preview: async (_guildId, _serverId, accountIds) => ({
        server,
        pairs: accountIds.map((accountId) => ({ accountId, memberId: ADA, name: 'ann' })),
        withAccess: 1,
        given: [],
      }),
      run,
      undo,
    },
    ...changes,
  });
  return { person: typist(app), run, choose, setAside, undo, openDoor };
}

const list = async (rows: readonly ArrivalRow[]) => {
  const stage = importing(rows);
  return { ...stage, shown: await stage.person.type('member import', { server: 'Tower' }) };
};

describe('/member import', () => {
  it('lists accounts with whose they may be and why, and a select for each', async () => {
    const { shown } = await list([row(), nobody]);
    expect(shown.text).toContain('**ann** (a\\*\\*\\*@x.org) · Movies\n-# Ada · the same name (96)');
    expect(shown.text).toContain('Nobody found who is called like that.');
    expect(shown.text).toContain('1 is sure · nobody is proposed for 1');
    const picks = shown.view.kind === 'view' ? shown.view.blocks.filter(({ kind }) => kind === 'pick') : [];
    expect(picks).toMatchObject([{ value: ADA }, {}]);
  });

  it('says when the server could not be read', async () => {
    const why = { kind: 'refused', message: 'Nothing answers at that address.' } as const;
    const read = async () => ({ kind: 'failed', server: aServer(), why }) as const;
    const { person } = importing([], { arrivals: { read } });
    const { text } = await person.type('member import', { server: 'Tower' });
    expect(text).toMatch(/The accounts on Tower could not be read\*\*\nNothing answers/);
  });

  it('notes whom staff choose, and no bot', async () => {
    const { shown, choose } = await list([row()]);
    const user = { id: BEN, name: 'ben', bot: false, inGuild: true };
    expect((await shown.select(user)).text).toContain('ann');
    expect(choose).toHaveBeenCalledExactlyOnceWith(GUILD, 'a1', BEN);
    expect((await shown.select({ ...user, bot: true })).text).toContain('is a bot');
    expect(choose).toHaveBeenCalledOnce();
  });

  it('asks before it imports, imports once, and can undo it once', async () => {
    const { shown, run, undo } = await list([row(), nobody]);
    const asked = await shown.press('Import the sure ones');
    expect(asked.text).toContain('Import 1 account from Tower?**\nann → Ada');
    expect(asked.text).toContain('becomes theirs, for good.');
    expect(run).not.toHaveBeenCalled();
    const done = await asked.press('Import it for good');
    expect(run).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ guildId: GUILD, actorId: STAFF, accountIds: ['a1'], until: null }),
    );
    expect(done.text).toContain('1 account from Tower is its member’s now, with what it had.');
    expect(done.text).toContain('• zed: That account is no longer there.');
    expect((await asked.press('Import it for good')).text).toContain('no longer open');
    expect((await done.press('Undo the import')).text).toContain('1 account is nobody’s again');
    undo.mockResolvedValueOnce(undefined);
    expect((await done.press('Undo the import')).text).toContain('was undone before');
  });

  it('asks for an end once for all, and takes none that it cannot read', async () => {
    const { shown, run } = await list([row(), nobody]);
    const asked = await shown.press('Import this page');
    const form = await asked.press('With an end…');
    expect((await form.submit({ until: 'whenever' })).text).toContain('Nothing was imported');
    const again = await form.submit({ until: '30d' });
    await again.press('Import it with this end');
    expect(run).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ accountIds: ['a1'], until: UNTIL }),
    );
  });

  it('opens one, which is set aside or imported by itself', async () => {
    const { shown, setAside } = await list([row()]);
    const one = await shown.selectIn('More about one of them', 'a1');
    expect(one.labels).toEqual(['Import it', 'Not a member here', 'Ignore']);
    await one.press('Not a member here');
    expect(setAside).toHaveBeenCalledExactlyOnceWith(GUILD, 'a1', 'not-a-member');
    expect((await one.press('Import it')).text).toContain('Import 1 account from Tower?');
    expect((await shown.selectIn('More about one of them', 'a9')).text).toContain('nothing to import');
  });

  it('posts the door in a channel where it may', async () => {
    const { shown, openDoor } = await list([row()]);
    const where = await shown.press('Ask members');
    const channel = { id: '400000000000000005', name: 'lobby', botLacks: [] };
    expect((await where.select({ ...channel, botLacks: ['SendMessages'] })).tone).toBe('bad');
    expect(openDoor).not.toHaveBeenCalled();
    await where.select(channel);
    expect(openDoor).toHaveBeenCalledExactlyOnceWith(GUILD, channel.id);
  });

  it('an alert undoes what a member has claimed', async () => {
    const undoClaim = vi.fn(async () => undefined);
    const { person } = importing([], { memberImport: { undoClaim } });
    expect((await person.use('member import', 'unclaim', 'a1', 'g1')).text).toContain(
      'undone before, or changed',
    );
    expect(undoClaim).toHaveBeenCalledExactlyOnceWith(
      { guildId: GUILD, actorId: STAFF },
      { accountId: 'a1', grantId: 'g1' },
    );
  });
});

it('the door answers with the accounts of whoever presses it, and ways to prove another', async () => {
  const myAccounts = vi.fn(async () => []);
  const { person } = importing([], { overview: { myAccounts } });
  expect((await person.use('my accounts', 'door')).kind).toBe('view');
  expect(myAccounts).toHaveBeenCalledExactlyOnceWith(STAFF, GUILD);
});
