import { describe, expect, it, vi } from 'vitest';
import type { LibraryHolder } from '../../src/app/queries/who-has.ts';
import type { SyncReport } from '../../src/app/servers/sync.ts';
import type { ComparedLibrary } from '../../src/domain/compare.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD } from '../support/people.ts';
import { aLibrary, aServer, MOVIES, NOON, names } from './samples.ts';

describe('/library list', () => {
  const rows = Array.from({ length: 13 }, (_, index) => ({
    library: aLibrary(`Library ${String(index).padStart(2, '0')}`),
    server: aServer(),
    users: index,
    invited: 0,
  }));
  const listing = (all = rows) => {
    const libraries = vi.fn(async (_guildId: string, _serverId?: string) => all);
    return { libraries, person: typist(stubApp({ autocomplete: names(), overview: { libraries } })) };
  };

  it('shows a page, and turns it with the same server and order', async () => {
    const { libraries, person } = listing();
    const first = await person.type('library list', { server: 'Tower', sort: 'users' });
    expect(first.text).toMatch(/1–12 of 13\n.*Library 12.* · 12 users/);
    expect(first.labels).toEqual(['1/2', '▶', '🔎', 'CSV', 'By name']);
    const second = await first.press('▶');
    expect(second.text).toMatch(/13–13 of 13\n.*Library 00.* · 0 users/);
    expect(libraries.mock.calls.every((call) => String(call) === `${GUILD},tower`)).toBe(true);
  });

  it('is in the order it came in otherwise, and of all servers', async () => {
    const { libraries, person } = listing(rows.slice(0, 2));
    const answer = await person.type('library list');
    expect(answer.text).toMatch(/Libraries\*\* · 2\n.*Library 00(.|\n)*Library 01/);
    expect(answer.labels).toEqual(['🔎', 'CSV', 'By users']);
    expect(libraries).toHaveBeenCalledExactlyOnceWith(GUILD, undefined);
  });

  it('is a file as well, in which nothing is a formula', async () => {
    const trap = {
      library: aLibrary('=cmd()'),
      server: aServer({ name: 'The "Den"' }),
      users: 1,
      invited: 2,
    };
    const file = await (await listing([trap]).person.type('library list')).press('CSV');
    expect(file.view).toMatchObject({
      files: [{ name: 'libraries.csv', content: expect.stringContaining(`"The ""Den""","'=cmd()"`) }],
    });
  });

  it.each([
    ['goneAt', { goneAt: NOON }, '❗ gone from the server'],
    ['missingSince', { missingSince: NOON }, '❔ not listed'],
    ['closed', { closed: 'off' }, '⏸️ switched off'],
  ] as const)('marks one with %s, and says what the mark means', async (_name, changes, meaning) => {
    const row = { library: aLibrary('Movies', changes), server: aServer(), users: 1, invited: 2 };
    const { text } = await listing([row]).person.type('library list');
    expect(text).toMatch(/\S+ \*\*Tower · Movies\*\* · 1 user, 2 invited\n-# /);
    expect(text).toContain(meaning);
  });

  it.each([
    [{}, 'No libraries are known yet'],
    [{ server: 'x' }, 'There is no server “x”'],
  ])('%o: %s', async (options, text) => {
    expect((await listing([]).person.type('library list', options)).text).toContain(text);
  });
});

describe('/library show', () => {
  const holder = (changes: Partial<LibraryHolder> = {}): LibraryHolder => ({
    memberId: ADA,
    account: 'ada',
    protection: null,
    grants: [{ number: 7, expiresAt: null, state: 'active' }],
    has: 'yes',
    queued: false,
    ...changes,
  });
  const showing = (holders: readonly LibraryHolder[] | undefined) =>
    typist(
      stubApp({
        autocomplete: names(),
        people: { named: async () => new Map([[ADA, 'Mia']]) },
        whoHas: {
          library: async () => holders && { library: MOVIES, server: aServer(), holders },
        },
      }),
    ).type('library show', { library: 'Movies' });

  it.each([
    ['has it', {}, '\n**Mia** · for good · #7'],
    ['has it by no grant', { grants: [] }, '**Mia** · by no grant'],
    ['is not linked', { memberId: null, grants: [] }, '**ada** · not linked'],
    ['owns it', { protection: 'owner' }, '**Mia** · the owner of the server'],
    ['is invited', { has: 'invited' }, '📨 **Mia**'],
    ['waits', { has: 'no', queued: true }, '⏳ **Mia**'],
    ['does not have it', { has: 'no' }, '❗ given, but the server does not show it'],
    ['has no account', { has: 'no-account', account: null }, '👤 no account there yet'],
  ] as const)('says who %s', async (_name, changes, text) => {
    expect((await showing([holder(changes)])).text).toContain(text);
  });

  it('turns pages', async () => {
    const first = await showing(
      Array.from({ length: 13 }, (_, n) => holder({ memberId: null, account: `account ${n}` })),
    );
    expect([first.labels[1], first.text.includes('account 12')]).toEqual(['▶', false]);
    expect((await first.press('▶')).text).toContain('account 12');
  });

  it('says when nobody has it, and when it is gone', async () => {
    expect((await showing([])).text).toContain('Nobody has it');
    expect((await showing(undefined)).text).toContain('That is no longer here');
  });
});

describe('/library compare', () => {
  const one: ComparedLibrary = {
    name: 'Movies',
    type: 'movies',
    on: ['Tower'],
    missingOn: [],
    doubledOn: [],
  };
  const comparing = (all: readonly ComparedLibrary[]) =>
    typist(stubApp({ manageServer: { compareLibraries: async () => all } })).type('library compare');

  it.each([
    ['nothing', [], 'there is nothing to compare'],
    ['no difference', [one], 'The library is on every server'],
    ['what is missing', [one, { ...one, missingOn: ['Den'] }], '1 of 2 libraries differ by name and type'],
    ['what is doubled', [{ ...one, doubledOn: ['Den'] }], '❗ twice on Den'],
  ])('says %s', async (_name, all, text) => {
    expect((await comparing(all)).text).toContain(text);
  });

  it('turns pages', async () => {
    const first = await comparing(
      Array.from({ length: 16 }, (_, index) => ({ ...one, name: `L${index}`, missingOn: ['Den'] })),
    );
    expect((await first.press('▶')).text).toContain('**L15**');
  });
});

describe('/library sync', () => {
  const report: SyncReport = {
    server: aServer(),
    outcome: {
      kind: 'synced',
      added: ['Movies'],
      renamed: [],
      gone: [],
      back: [],
      hints: [],
      libraries: 3,
      linked: 0,
      access: { has: 2, invited: 1, none: 0 },
      accounts: [],
      drift: [],
      doubts: [],
    },
  };
  const failed: SyncReport = {
    server: aServer(),
    outcome: { kind: 'failed', why: { kind: 'not-possible', message: 'It is off.' } },
  };
  const syncing = (reports: readonly SyncReport[]) => {
    const syncServers = vi.fn(async (_guildId: string, _ids?: readonly string[]) => reports);
    return { syncServers, person: typist(stubApp({ autocomplete: names(), syncServers })) };
  };

  it.each([
    ['all of them', {}, undefined],
    ['one', { server: 'Tower' }, ['tower']],
  ])('looks at %s', async (_name, options, ids) => {
    const { syncServers, person } = syncing([report]);
    const answer = await person.type('library sync', options);
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('New: Movies') });
    expect(syncServers).toHaveBeenCalledExactlyOnceWith(GUILD, ids, expect.any(Function));
  });

  it('says what failed, and that there is nothing', async () => {
    expect(await syncing([failed]).person.type('library sync')).toMatchObject({
      tone: 'warning',
      text: expect.stringContaining('not synced. It is off. Nothing was changed.'),
    });
    expect((await syncing([]).person.type('library sync')).text).toContain('No media server yet');
    expect((await syncing([]).person.use('library sync', 'one', 'den')).text).toContain('no longer here');
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    const app = stubApp({
      autocomplete: names(),
      async syncServers(_guildId, _ids, progress) {
        await progress?.([report], 2);
        return [report];
      },
    });
    await typist(app, { progress: async ({ blocks }) => void told.push(blocks.length) }).type('library sync');
    expect(told).toEqual([2]);
  });
});
