/** `/import`: what is shown before anything is done, what is asked, and what is told afterwards. */
import { expect, it } from 'vitest';
import type { ImportDraft, PlannedLink } from '../../src/app/accounts/imports.ts';
import type { Verdict } from '../../src/domain/imports/match.ts';
import { type ImportedRow, NO_END } from '../../src/domain/imports/rows.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, BEN } from '../support/people.ts';
import { aServer } from '../support/rows.ts';

const FILE = { id: '1', name: 'app.db', size: 12, url: 'https://cdn.discordapp.com/app.db' };
const den = aServer({ id: 'den', name: 'Den' });
const END = Date.UTC(2027, 0, 1);

const row = (changes: Partial<ImportedRow> = {}): ImportedRow => ({
  ...{
    at: 'clients 1',
    discordId: ADA,
    discordName: null,
    kind: null,
    serverIdentity: null,
    serverName: null,
  },
  ...{ accountId: null, account: 'mia', email: null, end: NO_END },
  ...changes,
});
const found = (changes: Partial<Extract<Verdict, { kind: 'found' }>> = {}): Verdict => ({
  ...{ kind: 'found', memberId: ADA, accountIds: ['a1'], name: 'mia', until: new Date(END) },
  ...{ isSure: true, isOver: false, hasNothing: false },
  ...changes,
});
const read = (changes: Partial<Extract<ImportDraft, { kind: 'read' }>> = {}): ImportDraft => ({
  ...{ kind: 'read', openInvites: 3, unread: [], unasked: 0 },
  rows: [
    { row: row(), verdict: found() },
    {
      row: row({ discordId: null, email: 'noah@example.org', account: null }),
      verdict: found({ isSure: false, isOver: true, until: null }),
    },
    { row: row({ account: '=cmd' }), verdict: { kind: 'left', why: 'no-account' } },
  ],
  sure: [[ADA, 'a1', END]],
  likely: [[BEN, 'b1', 0]],
  ...changes,
});

/** An import of which all is still to be done, unless `done` says otherwise. */
function importing(draft: ImportDraft, done: { ids: readonly string[] } = { ids: [] }) {
  const ran: (readonly PlannedLink[])[] = [];
  const imports: Stubs['imports'] = {
    read: async () => draft,
    preview: async (_guild, links) => {
      const open = links.filter(([, id]) => !done.ids.includes(id));
      return {
        links: open,
        memberIds: open.map(([memberId]) => memberId),
        accountNames: new Map(),
        servers: [den],
        withEnd: open.filter(([, , until]) => until > 0).length,
      };
    },
    run: async (_order, links) => {
      ran.push(links);
      const linked = links.slice(0, 1).map(([memberId, accountId]) => ({ memberId, accountId, name: 'mia' }));
      const left = links.slice(1).map(() => ({ name: 'noah', why: say('member.link.gone') }));
      return { linked, left, undoId: 'undo-1' };
    },
  };
  return { ran, person: typist(stubApp({ imports })) };
}
const fileOf = ({ view }: { readonly view: object }) =>
  'files' in view && Array.isArray(view.files) ? String(view.files[0]?.content) : '';

it('shows what is in the file before anything is linked, with a report', async () => {
  const { person, ran } = importing(read());
  const answer = await person.type('import', { from: 'membarr', file: FILE });
  expect(answer.text).toMatch(/3 accounts. Nothing is changed yet/);
  expect(answer.text).toMatch(/✅ 1 fits a member/);
  expect(answer.text).toMatch(/🔎 1 fits by name only/);
  expect(answer.text).toMatch(/1 stays out: 1 no such account is on the servers now/);
  expect(answer.text).toMatch(/Nobody loses access by an import/);
  expect(answer.text).toMatch(/3 open invites stay behind/);
  expect(answer.text).toMatch(/Link 1 account on Den\?/);
  expect(answer.labels).toEqual(['Link 1', 'Link 2, by name too', 'Leave it']);
  const report = fileOf(answer);
  expect(report.split('\r\n')).toHaveLength(4);
  expect(report).toContain('"can be linked"');
  // No formula, and no whole address.
  expect(report).toContain(`"'=cmd"`);
  expect(report).toContain('n***@example.org');
  expect(ran).toEqual([]);
});

it('links what was asked about, and says what was not; a button takes it back', async () => {
  const { person, ran } = importing(read());
  const answer = await person.type('import', { from: 'membarr', file: FILE });
  const done = await answer.press('Link 2, by name too');
  expect(ran).toEqual([
    [
      [ADA, 'a1', END],
      [BEN, 'b1', 0],
    ],
  ]);
  expect(done.text).toMatch(/1 account is linked/);
  expect(done.text).toMatch(/noah/);
  expect(done.labels).toEqual(['Undo the import']);
  expect(fileOf(done)).toContain('"linked"');
});

it('asks again when something was done meanwhile, and nothing twice', async () => {
  const done: { ids: readonly string[] } = { ids: [] };
  const { person, ran } = importing(read(), done);
  const answer = await person.type('import', { from: 'csv', file: FILE });
  done.ids = ['a1'];
  const again = await answer.press('Link 1');
  expect(ran).toEqual([]);
  expect(again.labels).toEqual(['Link 1, by name too', 'Leave it']);
  done.ids = ['a1', 'b1'];
  expect((await again.press('Link 1, by name too')).text).toMatch(/nothing to link any more/);
  expect((await answer.press('Link 1')).text).toMatch(/closed|answered/i);
  expect(ran).toEqual([]);
});

it('has nothing to ask where nothing fits, and says why a file is not read', async () => {
  const nothing = read({
    rows: [{ row: row(), verdict: { kind: 'left', why: 'no-member' } }],
    sure: [],
    likely: [],
  });
  const answer = await importing(nothing).person.type('import', { from: 'wizarr', file: FILE });
  expect(answer.labels).toEqual([]);
  expect(answer.text).toMatch(/nothing to take over/);
  for (const why of ['hostile', 'too-large', 'damaged', 'other-form', 'too-much'] as const) {
    const refused = await importing({ kind: 'refused', why }).person.type('import', {
      from: 'vodum',
      file: FILE,
    });
    expect(refused.tone).toBe('bad');
    expect(refused.text).toMatch(/VODUM could not be taken over. Nothing was changed/);
  }
});

it('names a server that does not answer', async () => {
  const why = { kind: 'refused', message: 'Nothing answers.' } as const;
  const answer = await importing(read({ unread: [{ server: den, why }] })).person.type('import', {
    from: 'membarr',
    file: FILE,
  });
  expect(answer.text).toMatch(/Den does not say now/);
});
