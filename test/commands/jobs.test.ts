import { describe, expect, it, vi } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { HeldDecision } from '../../src/app/reconcile/held-runs.ts';
import type { HeldRun } from '../../src/domain/model.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { anAccount, aServer, NOON } from './samples.ts';

const run: HeldRun = {
  id: 'held-1',
  serverId: 'tower',
  accountIds: ['a'],
  detail: '5 of 5 managed accounts would lose something',
  state: 'held',
  decidedById: null,
  decidedAt: null,
  createdAt: NOON,
};
const overdue = Array.from({ length: 11 }, (_, n) => ({
  account: anAccount({ id: `a${n}`, name: `account ${n}`, attempts: 3, trouble: 'It is off.', dueAt: NOON }),
  server: aServer(),
}));
const jobRun = {
  id: 'run',
  job: 'sync',
  startedAt: NOON,
  finishedAt: NOON,
  outcome: 'failed',
  detail: '0 of 1 servers synced',
} as const;

const never = { last: undefined, nextAt: null };
const OTHERS = { remind: never, roles: never, cards: never, purge: never };

const app = (jobRuns: Stubs['jobRuns'] = {}, more: Stubs = {}) =>
  stubApp({
    jobRuns: {
      overview: async () => ({
        enforce: { last: undefined, nextAt: null },
        sync: { last: jobRun, nextAt: NOON },
        ...OTHERS,
        backup: { last: { madeAt: NOON, bytes: 3_400_000 }, nextAt: NOON },
        ending: 0,
      }),
      overdue: async () => [],
      ...jobRuns,
    },
    heldRuns: { list: async () => [] },
    rolePlans: { listAsked: async () => [] },
    overview: { servers: async () => [] },
    deliveries: { listRefused: async () => [] },
    clock: { isHeld: () => false, isWaiting: () => false },
    ...more,
  });

describe('/jobs list', () => {
  it('says what ran', async () => {
    const answer = await typist(app()).type('jobs list');
    expect(answer.text).toMatch(
      /access\*\*: has not run yet; next when something is due\n.*servers\*\*: ⚠️ failed <t:\d+:R>: 0 of 1 servers synced; next <t:/,
    );
    expect(answer).toMatchObject({
      tone: 'neutral',
      labels: [],
      text: expect.stringContaining('Nothing is overdue'),
    });
    expect(answer.text).toContain('Remind members of ends**: has not run yet');
  });

  it('says what is overdue, page by page, and tries again', async () => {
    const retry = vi.fn(async () => true);
    const first = await typist(app({ overdue: async () => overdue, retry })).type('jobs list');
    expect(first.text).toMatch(
      new RegExp(`Overdue changes\\*\\* · 1–6 of 11\\n.*account 0 \\(<@${ADA}>\\) · It is off`),
    );
    expect(first.labels).toEqual(['1/2', '▶', '🔎', 'CSV', 'Retry all']);
    expect((await first.press('▶')).text).toContain('account 10');
    await first.press('Retry all');
    await first.select('a1');
    expect(retry.mock.calls).toEqual([
      [GUILD, undefined],
      [GUILD, 'a1'],
    ]);
  });

  it('only shows it to those who only look', async () => {
    const actor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
    const held = { list: async () => [{ run, server: aServer() }] };
    const looking = app({ overdue: async () => overdue }, { heldRuns: held });
    const answer = await typist(looking, { actor }).type('jobs list');
    expect(answer.labels).toEqual(['1/2', '▶', '🔎', 'CSV']);
    expect(answer.view.kind === 'view' && answer.view.blocks.some(({ kind }) => kind === 'select')).toBe(
      false,
    );
    expect(answer.text).toContain('Held on Tower');
  });

  it('does not say when it goes on by itself of what a person has to mend', async () => {
    const [first] = overdue;
    if (!first) throw new Error('nothing is overdue');
    const refused = { ...first, account: { ...first.account, refused: true } };
    const { text } = await typist(app({ overdue: async () => [refused, first] })).type('jobs list');
    const [needsPerson, other] = text.split('\n').filter((line) => line.startsWith('•'));
    expect(needsPerson).toMatch(/It is off\. · 🙋 needs a person$/);
    expect(other).toMatch(/It is off\. · tried again <t:\d+:R>$/);
  });

  it.each<[string, HeldDecision, string]>([
    ['Release', { kind: 'decided', run, server: aServer() }, 'Released. It is being done now.'],
    ['Dismiss', { kind: 'decided', run, server: aServer() }, 'Dismissed. Everything stays as it is'],
    ['Release', { kind: 'decided-before' }, 'This was decided before'],
  ])('%s of a held run: %o', async (label, decision, text) => {
    const release = vi.fn(async () => decision);
    const dismiss = vi.fn(async () => decision);
    const heldRuns = { list: async () => [{ run, server: aServer() }], release, dismiss };
    const answer = await typist(app({}, { heldRuns })).type('jobs list');
    expect((await answer.press(label)).text).toContain(text);
    const decided = { guildId: GUILD, actorId: STAFF, heldRunId: 'held-1' };
    expect(label === 'Release' ? release : dismiss).toHaveBeenCalledExactlyOnceWith(decided);
  });

  it('says when the clock is not believed, and which servers are offline', async () => {
    const server = aServer({
      status: 'offline',
      offlineSince: NOON,
      offlineWhy: 'No answer.',
      nextProbeAt: NOON,
    });
    const servers = async () => [{ server, libraries: 1, accounts: { has: 1, invited: 0, none: 0 } }];
    const answer = await typist(
      app({}, { clock: { isHeld: () => true, isWaiting: () => false }, overview: { servers } }),
    ).type('jobs list');
    expect(answer.text).toMatch(/nothing is enforced(.|\n)*Tower.*offline since.*No answer\. · asked again/);
    expect(answer.text).toMatch(/What is overdue cannot be said/);
    expect(answer.text).not.toMatch(/Nothing is overdue/);
  });

  it('says of a clock that is behind that nobody has to do anything', async () => {
    const behind = app({}, { clock: { isHeld: () => true, isWaiting: () => true } });
    const answer = await typist(behind).type('jobs list');
    expect(answer.text).toMatch(/clock of the machine is behind(.|\n)*happens by itself/);
    expect(answer.text).not.toMatch(/Whoever runs Usher sets|Nothing is overdue/);
    const run = await typist(behind).type('jobs run', { job: 'enforce' });
    expect(run.text).toMatch(/Nothing was done.*is behind what it was before/);
  });

  it('does not say that nothing is overdue while an end is not confirmed', async () => {
    const nextAt = NOON;
    const overview = async () => ({
      enforce: { last: undefined, nextAt },
      sync: { last: jobRun, nextAt },
      ...OTHERS,
      backup: undefined,
      ending: 2,
    });
    const answer = await typist(app({ overview })).type('jobs list');
    expect(answer.text).toMatch(/2 grants are ending, not confirmed yet/);
    expect(answer.text).not.toMatch(/Nothing is overdue/);
  });
});

describe('/jobs run', () => {
  it.each([
    ['all is done', true, [], 'good', 'Everything that was due is as granted'],
    ['something is overdue', true, overdue, 'warning', '11 changes are overdue'],
    ['it takes longer', false, [], 'warning', 'It still runs'],
  ])('enforce, when %s', async (_name, done, left, tone, text) => {
    const enforceNow = vi.fn(async () => done);
    const answer = await typist(app({ enforceNow, overdue: async () => left })).type('jobs run', {
      job: 'enforce',
    });
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
    expect(enforceNow).toHaveBeenCalledExactlyOnceWith(GUILD);
  });

  it('remind says how many are reminded', async () => {
    const reminders = { remindNow: async () => 2 };
    const answer = await typist(app({}, { reminders })).type('jobs run', { job: 'remind' });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('2 members are reminded') });
  });

  it('sync looks at all servers', async () => {
    const syncNow = vi.fn(async () => []);
    const answer = await typist(app({}, { syncNow })).type('jobs run', { job: 'sync' });
    expect(answer.text).toContain('No media server yet');
    expect(syncNow).toHaveBeenCalledExactlyOnceWith(GUILD, expect.any(Function));
  });

  it('does nothing by a clock that is not believed, until whoever runs Usher confirms it', async () => {
    let isHeld = true;
    const confirm = vi.fn(async () => {
      isHeld = false;
    });
    const enforceNow = vi.fn(async () => true);
    const held = app({ enforceNow }, { clock: { isHeld: () => isHeld, isWaiting: () => false, confirm } });
    // Nobody's capability of a guild is enough: the dispatcher asks Discord who owns the application.
    expect(commands['jobs run']?.components?.clock?.capability).toBe('application owner');
    const asked = await typist(held).type('jobs run', { job: 'enforce' });
    expect(enforceNow).not.toHaveBeenCalled();
    expect((await asked.press('The clock is right: go on')).text).toContain('Done.');
    expect(confirm).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF);
    expect((await asked.press('The clock is right: go on')).text).toContain('believed already');
    expect(enforceNow).toHaveBeenCalledOnce();
  });
});
