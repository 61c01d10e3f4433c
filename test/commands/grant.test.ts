import { describe, expect, it, vi } from 'vitest';
import type { View } from '../../src/adapters/discord/views/view.ts';
import type { BulkPreview } from '../../src/app/grants/bulk.ts';
import type { ChangedGrants, ChangeGrantsInput } from '../../src/app/grants/change.ts';
import type { GiftWarning } from '../../src/app/grants/warnings.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { Grant } from '../../src/domain/model.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, textOf, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import {
  aGrant,
  anEvent,
  aServer,
  MOVIES,
  memoryDrafts,
  NOON,
  names,
  people,
  standingOf,
  times,
} from './samples.ts';

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
  const app = stubApp({ autocomplete: names(), timeInput: times(), people: people(), changeGrants, ...more });
  return { change, person: typist(app) };
}

const tower = [{ server: aServer() }];

/** Somebody who gives access, and what staff are warned of. */
function giving(standing = standingOf(), warnings: readonly GiftWarning[] = []) {
  const add = vi.fn(async (_input: unknown) => ({ ...standing, undoId: 'undo-1' }));
  const preview = async () => ({ warnings, libraries: [MOVIES], servers: tower });
  const changed = { before: standing.grant, standing: standingOf({ state: 'ended', endedAt: NOON }) };
  const undone = { kind: 'undone', result: { changed: [changed], unchanged: [], undoId: null } } as const;
  const app = stubApp({
    autocomplete: names(),
    timeInput: times(),
    drafts: memoryDrafts(),
    people: people(),
    grants: { add, preview },
    changeGrants: { undo: async () => undone },
  });
  return { add, person: typist(app) };
}

describe('/grant add', () => {
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
    expect(answer).toMatchObject({
      tone: 'good',
      text: expect.stringMatching(
        /^Ada <@\d+> can watch Movies on Tower for good\.\n✅ \*\*Tower\*\* shows it\n-# Grant #7/,
      ),
    });
    expect((await answer.press('Undo (10 minutes)')).text).toContain('Undone');
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
    ['two ends', { member: ada, libraries: 'Movies', for: '1d', until: 'then' }, 'Give either “for”'],
    ['two ends, before anything is chosen', { member: ada, for: '1d', until: 'then' }, 'No access was given'],
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
      grants: {
        add: async () => ({ ...standingOf(), undoId: 'undo-1' }),
        preview: async () => ({ warnings: [], libraries: [MOVIES], servers: tower }),
      },
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

describe('/grant add, where staff may not know something', () => {
  const left = { ...ada, inGuild: false };
  const always: GiftWarning = { kind: 'for-good', numbers: [19], libraries: [MOVIES] };
  const nothing: GiftWarning = { kind: 'nothing-new', numbers: [3, 4], libraries: [MOVIES] };

  it.each([
    [
      'they left, and libraries are named',
      left,
      [],
      { libraries: 'Movies' },
      /Ada <@\d+> is not on this Discord server/,
    ],
    ['they left, and a plan is', left, [], { plan: 'fam' }, /Give Ada <@\d+> Movies on Tower\?/],
    [
      'they have it for good',
      ada,
      [always],
      { libraries: 'Movies' },
      /have Movies for good already, by grant #19\./,
    ],
    [
      'it gives nothing new',
      ada,
      [nothing],
      { libraries: 'Movies' },
      /nothing new: grants #3 and #4 give the same/,
    ],
    ['both', left, [always], { libraries: 'Movies' }, /not on this Discord server(.|\n)*by grant #19/],
  ])('asks first when %s, and gives it once', async (_what, member, warnings, options, says) => {
    const { add, person } = giving(standingOf(), warnings);
    const asked = await person.type('grant add', { member, ...options });
    expect(asked).toMatchObject({ tone: 'warning', text: expect.stringMatching(says) });
    expect(asked.labels).toEqual(['Give it anyway', 'Leave it']);
    expect(add).not.toHaveBeenCalled();
    expect((await asked.press('Give it anyway')).text).toContain('Grant #7');
    expect((await asked.press('Give it anyway')).text).toContain('no longer open');
    expect(add).toHaveBeenCalledOnce();
  });

  it('lets people choose before it, or leave it', async () => {
    const { add, person } = giving();
    const choosing = await person.type('grant add', { member: left });
    const asked = await (await choosing.select('shows')).press('Give access');
    expect((await asked.press('Give it anyway')).text).toContain('Grant #7');
    const again = await person.type('grant add', { member: left, libraries: 'Movies' });
    expect((await again.press('Leave it')).text).toContain('Nothing was changed');
    expect((await again.press('Give it anyway')).text).toContain('no longer open');
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
    ['grant extend', { by: '30d' }, { kind: 'extend', by: '30d' }, null, 'can watch Movies on Tower until'],
    ['grant set', { until: 'never' }, { kind: 'set', until: null }, null, 'can watch Movies on Tower until'],
    [
      'grant set',
      { libraries: 'Shows' },
      { kind: 'set', libraryIds: ['shows'] },
      null,
      'can watch Movies on Tower until',
    ],
    ['grant pause', { reason: 'holiday' }, { kind: 'pause' }, 'holiday', 'can watch'],
    ['grant resume', {}, { kind: 'resume' }, null, 'can watch'],
    ['grant revoke', {}, { kind: 'end', cause: 'revoked' }, null, 'can watch'],
  ])('/%s %o', async (path, options, action, reason, text) => {
    const { change, person } = changing();
    const answer = await person.type(path, { grant: '7', ...options });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining(text) });
    expect(change).toHaveBeenCalledExactlyOnceWith({ ...who, grantIds: ['grant-7'], action, reason });
    expect((await answer.press('Undo (10 minutes)')).text).toContain('Undone');
  });

  it.each([
    ['grant extend', { grant: '8', by: '30d' }, 'There is no grant “8”'],
    ['grant extend', { grant: '7', by: '30' }, 'How long is 30?'],
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
      /gets Movies on Tower from <t:(.|\n)*Nothing of it is given before/,
    ],
    [
      'one that never began',
      scheduled,
      { ...scheduled, ...over },
      'grant revoke',
      /does not get Movies on Tower. It had not begun, so nothing/,
    ],
    ['a paused one', paused, paused, 'grant extend', /is paused, as the servers show. 5 minutes are left/],
    [
      'one that is over',
      {},
      { ...over, startsAt: new Date(0) },
      'grant revoke',
      /The access of Ada <@\d+> to Movies on Tower ended <t:\d+:R>, as the servers show\./,
    ],
  ])(
    'claim nothing of the servers that they were not asked: %s',
    async (_what, before, after, path, says) => {
      const standing = standingOf(after, { kind: 'not-now' });
      const result = { changed: [{ before: aGrant(before), standing }], unchanged: [], undoId: null };
      const { text } = await changing(result).person.type(path, { grant: '7', by: '1d' });
      expect(text).toMatch(says);
      expect(text).not.toMatch(/shows it|for good/);
    },
  );

  it('say what was refused, and what is not seen yet', async () => {
    const message = say('grant.no.pausedAlready');
    const refused = { changed: [], unchanged: [{ standing: standingOf(), message }], undoId: null };
    const none = await changing(refused).person.type('grant pause', { grant: '7' });
    expect(none).toMatchObject({
      tone: 'neutral',
      text: expect.stringContaining('**Nothing was changed.** It is paused already.\nAda'),
      labels: ['Manage access'],
    });
    const open = changedTo(standingOf({ state: 'ending' }, { kind: 'still-open', why: 'It is off.' }));
    const ending = await changing(open).person.type('grant revoke', { grant: '7' });
    expect(ending).toMatchObject({
      tone: 'warning',
      text: expect.stringContaining('not confirmed gone yet'),
    });
  });

  it('offer the grants that are meant, with whose they are and until when', async () => {
    const { person } = changing();
    const [pause] = await person.complete('grant pause', 'grant', '');
    const [extend] = await person.complete('grant extend', 'grant', 'movies');
    expect([pause, extend].map((choice) => choice && saidPlain(choice.name))).toEqual([
      'ada · Tower Movies · for good (#7)',
      'ada · Tower Movies · for good (#7)',
    ]);
  });
});

describe('/grant show', () => {
  const showing = (standing: GrantStanding) => {
    const { change, person } = changing(settled, {
      grantStatus: { get: async () => standing },
      overview: {
        grantHistory: async () => [
          anEvent('grant.extended', { reason: 'asked', until: TOMORROW.toISOString() }),
        ],
      },
    });
    return { change, shown: person.type('grant show', { grant: '7' }) };
  };

  it.each([
    ['active, for good', standingOf(), ['Pause', 'Revoke', 'Manage access']],
    [
      'active until then',
      standingOf({ expiresAt: TOMORROW }),
      ['Extend', 'Pause', 'Revoke', 'Manage access'],
    ],
    ['paused', standingOf({ state: 'paused' }), ['Resume', 'Revoke', 'Manage access']],
    ['ended', standingOf({ state: 'ended' }), ['Extend', 'Manage access']],
  ])('has what can be done with one that is %s', async (_name, standing, labels) => {
    const answer = await showing(standing).shown;
    expect(answer.labels).toEqual(labels);
    expect(answer.text).toMatch(
      /given by staff(.|\n)*• <t:\d+:R> · Olga extended it until <t:\d+:f> · “asked”/,
    );
  });

  it('extends by its form', async () => {
    const { change, shown } = showing(standingOf({ expiresAt: TOMORROW }));
    const form = await (await shown).press('Extend');
    expect((await form.submit({ by: '5d' })).text).toContain('can watch');
    expect(change.mock.calls).toMatchObject([
      [{ grantIds: ['grant-7'], action: { kind: 'extend', by: '5d' } }],
    ]);
  });

  it('has nothing to do for those who only look', async () => {
    const grantStatus = { get: async () => standingOf() };
    const app = stubApp({
      autocomplete: names(),
      people: people(),
      grantStatus,
      overview: { grantHistory: async () => [] },
    });
    const auditor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
    expect((await typist(app, { actor: auditor }).type('grant show', { grant: '7' })).labels).toEqual([]);
  });
});

describe('/grant bulk', () => {
  const preview = (grantIds: readonly string[]): BulkPreview => ({
    grantIds,
    memberIds: [ADA],
    withoutAccount: 0,
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
      /Extend 2 grants of 1 member by 30 days\?\*\*\nAda(.|\n)*Tower\*\*: 2 members get nothing and lose 2 libraries/,
    );
    expect(change).not.toHaveBeenCalled();
    expect((await asked.press('Extend 2 grants')).text).toContain('1 grant is done, as the servers show.');
    const action = { kind: 'extend', by: '30d' };
    const meant = { guildId: GUILD, action, planId: 'family', serverId: 'tower' };
    expect(bulkGrants.preview.mock.calls).toMatchObject([[meant], [meant]]);
    expect(change.mock.calls).toMatchObject([[{ grantIds: ['a', 'b'], action, reason: null }]]);
  });

  it('says so when it could not be undone', async () => {
    const { person } = doing([{ ...preview(['a', 'b']), canUndo: false }]);
    const asked = await person.type('grant bulk', { action: 'pause' });
    expect(asked.text).toContain('So many cannot be undone with one tap.');
  });

  it('asks again when other grants are meant by now, though as many', async () => {
    const { change, person } = doing([preview(['a', 'b']), preview(['a', 'c'])]);
    const asked = await person.type('grant bulk', { action: 'pause' });
    expect((await asked.press('Pause 2 grants')).text).toContain('Pause 2 grants');
    expect(change).not.toHaveBeenCalled();
  });

  it('names a few people, counts those without an account, and says once why some stay as they are', async () => {
    const message = say('grant.no.noEnd');
    const memberIds = Array.from({ length: 151 }, (_, index) => toMemberId(String(600 + index)));
    const unchanged = [aGrant(), aGrant()].map((grant) => ({ grant, message }));
    const { person } = doing([{ ...preview(['a', 'b']), memberIds, withoutAccount: 51, unchanged }]);
    const { text } = await person.type('grant bulk', { action: 'extend', by: '7d' });
    expect(text).toContain('<@600>, <@601>, <@602> and 148 more');
    expect(text).toContain('51 of them have no account: nothing happens for those on a server.');
    expect(text).toContain('2 stay as they are:\n• It has no end. Ada and Ada');
  });

  it('shows how far it is', async () => {
    const shown: string[] = [];
    const change = async ({ progress }: ChangeGrantsInput) => {
      await progress?.(1);
      return settled;
    };
    const app = stubApp({
      ...{ autocomplete: names(), people: people(), drafts: memoryDrafts(), timeInput: times() },
      bulkGrants: { preview: async () => preview(['a', 'b']) },
      changeGrants: { change },
    });
    const progress = async (view: View) => void shown.push(textOf(view));
    const asked = await typist(app, { progress }).type('grant bulk', { action: 'pause' });
    await asked.press('Pause 2 grants');
    expect(shown).toEqual(['▰▰▰▰▰▱▱▱▱▱ 1 of 2 grants']);
  });

  it('names those that wait for their server, and tries them again', async () => {
    const open = standingOf({}, { kind: 'failed', why: 'It is off.' });
    const result = { changed: [open, standingOf()].map((standing) => ({ before: aGrant(), standing })) };
    const again = vi.fn(async () => [standingOf()]);
    const app = stubApp({
      ...{ autocomplete: names(), people: people(), drafts: memoryDrafts(), timeInput: times() },
      bulkGrants: { preview: async () => preview(['a', 'b']) },
      changeGrants: { change: async () => ({ ...result, unchanged: [], undoId: 'undo-1' }), again },
    });
    const asked = await typist(app).type('grant bulk', { action: 'pause' });
    const done = await asked.press('Pause 2 grants');
    expect(done).toMatchObject({ tone: 'warning', labels: ['Try 1 again', 'Undo (10 minutes)'] });
    expect(done.text).toMatch(
      /1 of 2 are done\. 1 waits for its server:\*\*\n• Ada · ⚠️ Not on \*\*Tower\*\* yet: It is off\./,
    );
    const tried = await done.press('Try 1 again');
    expect(tried).toMatchObject({
      tone: 'good',
      text: expect.stringContaining('1 grant is done'),
      labels: ['Undo (10 minutes)'],
    });
    expect(again).toHaveBeenCalledExactlyOnceWith(GUILD, ['grant-7']);
    expect((await done.press('Try 1 again')).text).toContain('no longer open');
  });

  it.each([
    ['revoke', 'End 1 grant', { kind: 'end', cause: 'revoked' }],
    ['pause', 'Pause 1 grant', { kind: 'pause' }],
    ['resume', 'Resume 1 grant', { kind: 'resume' }],
  ])('can %s', async (action, label, meant) => {
    const { change, person } = doing([preview(['a']), preview(['a'])]);
    await (await person.type('grant bulk', { action })).press(label);
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
