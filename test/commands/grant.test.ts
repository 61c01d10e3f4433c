import { describe, expect, it, vi } from 'vitest';
import type { BulkPreview } from '../../src/app/grants/bulk.ts';
import type { ChangedGrants } from '../../src/app/grants/change.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { Grant } from '../../src/domain/model.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { aGrant, anEvent, aServer, memoryDrafts, NOON, names, standingOf, times } from './samples.ts';

const TOMORROW = new Date(NOON.getTime() + 86_400_000);
const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };
const robot = { ...ada, bot: true };
const who = { guildId: GUILD, actorId: STAFF };

const changedTo = (standing: GrantStanding): ChangedGrants => ({
  changed: [{ before: aGrant(), standing }],
  unchanged: [],
  undoId: 'undo-1',
});
const settled = changedTo(standingOf({ expiresAt: TOMORROW }));

/** Somebody who changes grants. */
function changing(result: ChangedGrants = settled, more: Stubs = {}) {
  const change = vi.fn(async (_input: unknown) => result);
  const changeGrants = { change, undo: async () => ({ kind: 'undone', result }) as const };
  const app = stubApp({ autocomplete: names(), timeInput: times(), changeGrants, ...more });
  return { change, person: typist(app) };
}

describe('/grant add', () => {
  function giving(standing = standingOf()) {
    const add = vi.fn(async (_input: unknown) => standing);
    const app = stubApp({
      autocomplete: names(),
      timeInput: times(),
      drafts: memoryDrafts(),
      grants: { add },
    });
    return { add, person: typist(app) };
  }
  const common = { ...who, memberId: ADA, startsAt: NOON, reason: null };

  it.each([
    [
      'libraries for good',
      { libraries: 'Movies, Tower · Shows' },
      { libraryIds: ['movies', 'shows'], expiresAt: null },
    ],
    [
      'one library until then',
      { libraries: 'Movies', until: 'then' },
      { libraryIds: ['movies'], expiresAt: TOMORROW },
    ],
    [
      'a plan as long as it says',
      { plan: 'fam' },
      { libraryIds: ['movies'], planId: 'family', expiresAt: TOMORROW },
    ],
    [
      'why',
      { libraries: 'Movies', reason: 'asked' },
      { libraryIds: ['movies'], reason: 'asked', expiresAt: null },
    ],
  ])('gives %s', async (_name, options, given) => {
    const { add, person } = giving();
    const answer = await person.type('grant add', { member: ada, ...options });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('Grant #7') });
    expect(add).toHaveBeenCalledExactlyOnceWith({ ...common, ...given });
  });

  it.each([
    ['a bot', { member: robot, libraries: 'Movies' }, 'is a bot'],
    [
      'a plan and libraries',
      { member: ada, plan: 'Family', libraries: 'Movies' },
      'either a plan or libraries',
    ],
    ['no such plan', { member: ada, plan: 'x' }, 'There is no plan “x”'],
    ['no such library', { member: ada, libraries: 'Movies, x' }, 'There is no library “x”'],
    ['nothing between commas', { member: ada, libraries: ' , ' }, 'No library was named'],
    ['two ends', { member: ada, libraries: 'Movies', for: '1d', until: 'then' }, 'either “for” or “until”'],
    ['two ends, before anything is chosen', { member: ada, for: '1d', until: 'then' }, 'No grant was made'],
  ])('refuses %s', async (_name, options, text) => {
    const { add, person } = giving();
    expect((await person.type('grant add', options)).text).toContain(text);
    expect(add).not.toHaveBeenCalled();
  });

  it('lets people choose, gives what was chosen, once', async () => {
    const { add, person } = giving();
    const choosing = await person.type('grant add', { member: ada, for: '1d', reason: 'asked' });
    expect(choosing.labels).toEqual(['Cancel']);
    const chosen = await choosing.select('shows');
    expect(chosen.text).toContain('1 library chosen');
    expect((await chosen.press('Give access')).text).toContain('Grant #7');
    expect((await chosen.press('Give access')).text).toContain('no longer open');
    expect(add).toHaveBeenCalledExactlyOnceWith({
      ...common,
      libraryIds: ['shows'],
      reason: 'asked',
      expiresAt: TOMORROW,
    });
  });

  it('says who hears of it by DM', async () => {
    const telling = { told: [ADA], later: [], closed: [], off: [] };
    const app = stubApp({
      ...{ autocomplete: names(), timeInput: times(), drafts: memoryDrafts() },
      grants: { add: async () => standingOf() },
      notices: { telling: async () => telling },
      people: { named: async () => new Map([[ADA, 'Ada']]) },
    });
    const answer = await typist(app).type('grant add', { member: ada, libraries: 'Movies' });
    expect(answer.text).toContain(`-# Ada <@${ADA}> hears it by DM within a minute.`);
  });

  it('is not green while a server does not show it', async () => {
    const { person } = giving(standingOf({}, { kind: 'queued' }));
    const answer = await person.type('grant add', { member: ada, libraries: 'Movies' });
    expect(answer.tone).toBe('warning');
  });

  it.each([
    ['mov', ['Tower · Movies']],
    ['Tower · Movies, sh', ['Tower · Movies, Tower · Shows']],
  ])('completes “%s”', async (typed, offered) => {
    const choices = await giving().person.complete('grant add', 'libraries', typed);
    expect(choices.map(({ name }) => name)).toEqual(offered);
  });
});

describe('/grant add for somebody who left', () => {
  const add = vi.fn(async (_input: unknown) => standingOf());
  const app = () =>
    stubApp({ autocomplete: names(), timeInput: times(), drafts: memoryDrafts(), grants: { add } });
  const left = { ...ada, inGuild: false };

  it.each([
    ['what was named', { libraries: 'Movies' }, { libraryIds: ['movies'] }],
    ['a plan', { plan: 'fam' }, { libraryIds: ['movies'], planId: 'family' }],
  ])('asks first, and gives %s once', async (_what, options, given) => {
    add.mockClear();
    const asked = await typist(app()).type('grant add', { member: left, ...options });
    expect(asked).toMatchObject({ tone: 'warning', text: expect.stringContaining('is not in this server') });
    expect(add).not.toHaveBeenCalled();
    expect((await asked.press('Give access anyway')).text).toContain('Grant #7');
    expect((await asked.press('Give access anyway')).text).toContain('no longer open');
    expect(add).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(given));
  });

  it('lets people choose after it, or leave it', async () => {
    add.mockClear();
    const person = typist(app());
    const asked = await person.type('grant add', { member: left });
    const choosing = await asked.press('Give access anyway');
    const chosen = await choosing.select('shows');
    expect((await chosen.press('Give access')).text).toContain('Grant #7');
    const again = await person.type('grant add', { member: left, libraries: 'Movies' });
    expect((await again.press('Cancel')).text).toContain('Nothing was changed');
    expect(add).toHaveBeenCalledOnce();
  });
});

describe('/grant extend, set, pause, resume and revoke', () => {
  const scheduled = {
    state: 'scheduled',
    startsAt: new Date(NOON.getTime() + 1_000),
    expiresAt: NOON,
  } as const;
  const paused = { state: 'paused', remainingSeconds: 300 } as const;
  const over = { state: 'ended', endCause: 'revoked', endingAt: NOON, endedAt: NOON } as const;

  it.each([
    ['grant extend', { by: '30d' }, { kind: 'extend', by: '30d' }, null, 'Extended'],
    ['grant set', { until: 'never' }, { kind: 'set', until: null }, null, 'Changed'],
    ['grant set', { libraries: 'Shows' }, { kind: 'set', libraryIds: ['shows'] }, null, 'Changed'],
    ['grant pause', { reason: 'holiday' }, { kind: 'pause' }, 'holiday', 'Paused'],
    ['grant resume', {}, { kind: 'resume' }, null, 'Resumed'],
    ['grant revoke', {}, { kind: 'end', cause: 'revoked' }, null, 'Revoked'],
  ])('/%s %o', async (path, options, action, reason, text) => {
    const { change, person } = changing();
    const answer = await person.type(path, { grant: '7', ...options });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining(text) });
    expect(change).toHaveBeenCalledExactlyOnceWith({ ...who, grantIds: ['grant-7'], action, reason });
    expect((await answer.press('Undo (10 minutes)')).text).toContain('Undone');
  });

  it.each([
    ['grant extend', { grant: '8', by: '30d' }, 'There is no grant “8”'],
    ['grant extend', { grant: '7', by: '30' }, 'has no unit'],
    ['grant extend', { grant: '7', by: 'never' }, 'no length of time'],
    ['grant set', { grant: '7' }, 'Nothing to change'],
    ['grant set', { grant: '7', libraries: 'x' }, 'There is no library “x”'],
    ['grant revoke', { grant: '8' }, 'There is no grant “8”'],
  ])('/%s refuses %o', async (path, options, text) => {
    const { change, person } = changing();
    expect((await person.type(path, options)).text).toContain(text);
    expect(change).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<Grant>, Partial<Grant>, string, RegExp]>([
    [
      'a grant that has yet to begin',
      scheduled,
      scheduled,
      'grant extend',
      /Extended\.\*\* It has yet to begin/,
    ],
    [
      'one that never began',
      scheduled,
      { ...scheduled, ...over },
      'grant revoke',
      /It had not begun, so nothing/,
    ],
    ['a paused one', paused, paused, 'grant extend', /Extended\.\*\* It is paused(.|\n)*5 minutes left/],
    [
      'one that is over',
      {},
      { ...over, startsAt: new Date(0) },
      'grant revoke',
      /read back.*gone(.|\n)*ended <t:/,
    ],
  ])(
    'claim nothing of the servers that they were not asked: %s',
    async (_what, before, after, path, says) => {
      const standing = standingOf(after, { kind: 'not-now' });
      const result = { changed: [{ before: aGrant(before), standing }], unchanged: [], undoId: null };
      const { text } = await changing(result).person.type(path, { grant: '7', by: '1d' });
      expect(text).toMatch(says);
      expect(text).not.toMatch(/servers show it|for good/);
    },
  );

  it('say what was refused, and what is not seen yet', async () => {
    const message = 'It is paused already.';
    const refused = { changed: [], unchanged: [{ standing: standingOf(), message }], undoId: null };
    const none = await changing(refused).person.type('grant pause', { grant: '7' });
    expect(none).toMatchObject({ tone: 'neutral', text: expect.stringContaining(message), labels: [] });
    const open = changedTo(standingOf({ state: 'ending' }, { kind: 'still-open', why: 'It is off.' }));
    const ending = await changing(open).person.type('grant revoke', { grant: '7' });
    expect(ending).toMatchObject({ tone: 'warning', text: expect.stringContaining('not confirmed yet') });
  });

  it('offer the grants that are meant, with their state where there are several', async () => {
    const { person } = changing();
    const [pause] = await person.complete('grant pause', 'grant', '');
    const [extend] = await person.complete('grant extend', 'grant', 'movies');
    expect([pause?.name, extend?.name]).toEqual([
      `#7 · member ${ADA} · Movies`,
      `#7 · active · member ${ADA} · Movies`,
    ]);
  });
});

describe('/grant show', () => {
  const showing = (standing: GrantStanding) => {
    const { change, person } = changing(settled, {
      grantStatus: { get: async () => standing },
      overview: { grantHistory: async () => [anEvent('grant.extended', { reason: 'asked' })] },
    });
    return { change, shown: person.type('grant show', { grant: '7' }) };
  };

  it.each([
    ['active, for good', standingOf(), ['Pause', 'Revoke']],
    ['active until then', standingOf({ expiresAt: TOMORROW }), ['Extend', 'Pause', 'Revoke']],
    ['paused', standingOf({ state: 'paused' }), ['Resume', 'Revoke']],
    ['ended', standingOf({ state: 'ended' }), ['Extend']],
  ])('has what can be done with one that is %s', async (_name, standing, labels) => {
    const answer = await showing(standing).shown;
    expect(answer.labels).toEqual(labels);
    expect(answer.text).toMatch(/by command(.|\n)*#3` grant\.extended.* · asked/);
  });

  it('extends by its form', async () => {
    const { change, shown } = showing(standingOf({ expiresAt: TOMORROW }));
    const form = await (await shown).press('Extend');
    expect((await form.submit({ by: '5d' })).text).toContain('Extended');
    expect(change.mock.calls).toMatchObject([
      [{ grantIds: ['grant-7'], action: { kind: 'extend', by: '5d' } }],
    ]);
  });

  it('has nothing to do for those who only look', async () => {
    const grantStatus = { get: async () => standingOf() };
    const app = stubApp({ autocomplete: names(), grantStatus, overview: { grantHistory: async () => [] } });
    const auditor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
    expect((await typist(app, { actor: auditor }).type('grant show', { grant: '7' })).labels).toEqual([]);
  });
});

describe('/grant list', () => {
  it('shows a page, and the next one with the same filter', async () => {
    const list = vi.fn(async (_guildId: string, _filter: unknown) => ({
      page: [standingOf()],
      total: 16,
      more: true,
    }));
    const person = typist(stubApp({ autocomplete: names(), grantStatus: { list } }));
    const first = await person.type('grant list', { member: ada, state: 'ended', server: 'tow' });
    expect(first.labels).toEqual(['Older']);
    expect((await first.press('Older')).labels).toEqual(['First page', 'Older']);
    const filter = { limit: 15, states: ['ended'], memberId: ADA, serverId: 'tower' };
    expect(list.mock.calls).toEqual([
      [GUILD, { ...filter, after: 999_999_999 }],
      [GUILD, { ...filter, after: 7 }],
    ]);
  });

  it('shows what is not over unless asked, and says when there is nothing', async () => {
    const list = vi.fn(async (_guildId: string, _filter: unknown) => ({ page: [], total: 0, more: false }));
    const person = typist(stubApp({ autocomplete: names(), grantStatus: { list } }));
    expect((await person.type('grant list')).text).toContain('No grants.');
    expect(list.mock.calls).toMatchObject([[GUILD, { states: ['scheduled', 'active', 'paused', 'ending'] }]]);
    expect((await person.type('grant list', { server: 'x' })).text).toContain('There is no server “x”');
  });
});

describe('/grant bulk', () => {
  const preview = (grantIds: readonly string[]): BulkPreview => ({
    grantIds,
    members: 2,
    unchanged: [],
    canUndo: true,
    acceptAgain: 0,
    effects: [{ serverId: 'tower', server: aServer(), adds: 0, removes: 2, members: 2 }],
  });

  function doing(previews: readonly BulkPreview[]) {
    const left = [...previews];
    const bulkGrants = { preview: vi.fn(async (_input: unknown) => left.shift() ?? preview([])) };
    return { ...changing(settled, { bulkGrants, drafts: memoryDrafts() }), bulkGrants };
  }

  it('asks first, then does it to those that were shown', async () => {
    const { change, bulkGrants, person } = doing([preview(['a', 'b']), preview(['a', 'b'])]);
    const asked = await person.type('grant bulk', {
      action: 'extend',
      by: '30d',
      plan: 'Family',
      server: 'Tower',
    });
    expect(asked.text).toMatch(
      /Extend 2 grants of 2 members\?(.|\n)*Tower\*\*: adds 0, removes 2 \(2 members\)/,
    );
    expect(change).not.toHaveBeenCalled();
    expect((await asked.press('Confirm')).text).toContain('1 grant changed, 1 of them seen');
    const action = { kind: 'extend', by: '30d' };
    const meant = { guildId: GUILD, action, planId: 'family', serverId: 'tower' };
    expect(bulkGrants.preview.mock.calls).toMatchObject([[meant], [meant]]);
    expect(change.mock.calls).toMatchObject([[{ grantIds: ['a', 'b'], action, reason: 'bulk action' }]]);
  });

  it('says so when it could not be undone', async () => {
    const { person } = doing([{ ...preview(['a', 'b']), canUndo: false }]);
    const asked = await person.type('grant bulk', { action: 'pause' });
    expect(asked.text).toContain('So many grants cannot be undone with one click.');
  });

  it('asks again when other grants are meant by now, though as many', async () => {
    const { change, person } = doing([preview(['a', 'b']), preview(['a', 'c'])]);
    const asked = await person.type('grant bulk', { action: 'pause' });
    expect((await asked.press('Confirm')).text).toContain('Pause 2 grants');
    expect(change).not.toHaveBeenCalled();
  });

  it.each([
    ['revoke', { kind: 'end', cause: 'revoked' }],
    ['pause', { kind: 'pause' }],
    ['resume', { kind: 'resume' }],
  ])('can %s', async (action, meant) => {
    const { change, person } = doing([preview(['a']), preview(['a'])]);
    await (await person.type('grant bulk', { action })).press('Confirm');
    expect(change.mock.calls).toMatchObject([[{ action: meant }]]);
  });

  it.each([
    ['nothing that would change', { action: 'pause' }, 'There is nothing to do'],
    ['no length', { action: 'extend' }, 'Say by how much'],
    ['a length that is none', { action: 'extend', by: 'x' }, 'That is not a duration'],
    ['a length with anything else', { action: 'pause', by: '1d' }, 'goes with extend only'],
    ['no such server', { action: 'pause', server: 'x' }, 'There is no server “x”'],
  ])('says %s', async (_name, options, text) => {
    const answer = await doing([preview([])]).person.type('grant bulk', options);
    expect(answer).toMatchObject({ text: expect.stringContaining(text), labels: [] });
  });
});
