import { describe, expect, it, vi } from 'vitest';
import type { MemberLibrariesPreview, MemberLibrariesResult } from '../../src/app/grants/member-libraries.ts';
import type { WhyAnswer } from '../../src/app/queries/why.ts';
import { changeText } from '../../src/domain/change-line.ts';
import type { Next } from '../../src/domain/why.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import {
  aGrant,
  aServer,
  MOVIES,
  memberCard,
  memoryDrafts,
  NOON,
  names,
  people,
  standingOf,
} from './samples.ts';

const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };

describe('/member libraries', () => {
  const preview = (changes: Partial<MemberLibrariesPreview> = {}): MemberLibrariesPreview => ({
    ...{ adds: [], removes: [MOVIES], servers: [{ server: aServer() }], ends: [7], changedSince: false },
    ...changes,
  });
  const saved = { kind: 'set', standings: [standingOf()], undoId: 'undo-1' } as const;

  function ticking(result: MemberLibrariesResult = saved, marks = ['a mark', 'a mark'], shown = preview()) {
    const set = vi.fn(async (_input: unknown) => result);
    const left = [...marks];
    const granted = async () => ({ libraryIds: ['movies'], mark: left.shift() ?? 'another mark' });
    const memberLibraries = { granted, preview: async () => shown, set };
    const undone = { changed: [{ before: aGrant(), standing: standingOf() }], unchanged: [], undoId: null };
    const undo = vi.fn(async () => ({ kind: 'undone', result: undone }) as const);
    const app = stubApp({
      ...{ autocomplete: names(), drafts: memoryDrafts(), people: people() },
      ...{ memberLibraries, memberCard: async () => memberCard(), changeGrants: { undo } },
    });
    return { set, undo, person: typist(app) };
  }
  const start = { guildId: GUILD, actorId: STAFF, memberId: ADA, shown: 'a mark' };

  it.each([
    ['another', ['shows'], ['shows']],
    ['none', [], []],
    ['more', ['movies', 'shows'], ['movies', 'shows']],
  ])('shows what %s would take before it saves it, and can be undone', async (_name, ticked, wanted) => {
    const { set, undo, person } = ticking();
    const shown = await person.type('member libraries', { member: ada });
    expect(shown.text).toContain('1 library chosen');
    const asked = await (await shown.select(...ticked)).press('Look at the change');
    expect(asked).toMatchObject({ tone: 'warning', labels: ['Change it', 'Keep it'] });
    expect(asked.text).toMatch(/➖ Ada <@\d+> loses Movies on Tower\.\n-# Grant #7 ends by it\./);
    expect(set).not.toHaveBeenCalled();
    const done = await asked.press('Change it');
    expect(done).toMatchObject({ tone: 'good', text: expect.stringContaining('can watch Movies on Tower') });
    expect(set).toHaveBeenCalledExactlyOnceWith({ ...start, wanted });
    expect((await done.press('Undo (10 minutes)')).text).toContain('Undone.');
    expect(undo).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, undoId: 'undo-1' });
  });

  it('gives without taking, or leaves all as it is', async () => {
    const { set, person } = ticking(saved, undefined, preview({ adds: [MOVIES], removes: [], ends: [] }));
    const asked = await (await person.type('member libraries', { member: ada })).press('Look at the change');
    expect(asked.text).toContain('gets Movies on Tower, for good.');
    expect((await asked.press('Keep it')).text).toContain('Ada');
    expect(set).not.toHaveBeenCalled();
  });

  it('saves nothing when nothing differs, or when it was changed meanwhile', async () => {
    const same = ticking(saved, undefined, preview({ removes: [] }));
    const shown = await same.person.type('member libraries', { member: ada });
    expect((await shown.press('Look at the change')).text).toContain('That is how it is already');
    const since = await ticking(saved, ['a mark', 'another']).person.type('member libraries', {
      member: ada,
    });
    const anew = await since.press('Look at the change');
    expect(anew.text).toMatch(/It was changed while the list was open(.|\n)*1 library chosen/);
    const late = await ticking({ kind: 'changed-since' }).person.type('member libraries', { member: ada });
    const asked = await late.press('Look at the change');
    expect((await asked.press('Change it')).text).toContain('It was changed while');
  });

  it('says what is not seen yet', async () => {
    const queued = {
      kind: 'set',
      standings: [standingOf({}, { kind: 'queued' })],
      undoId: 'undo-1',
    } as const;
    const shown = await ticking(queued).person.type('member libraries', { member: ada });
    const done = await (await shown.press('Look at the change')).press('Change it');
    expect(done).toMatchObject({ tone: 'warning', text: expect.stringContaining('Waits for **Tower**') });
  });

  it('knows nothing to tick without a server, and no bots', async () => {
    const autocomplete = { grantableLibraries: async () => [] };
    const memberLibraries = { granted: async () => ({ libraryIds: [], mark: '' }) };
    const person = typist(stubApp({ autocomplete, memberLibraries }));
    expect((await person.type('member libraries', { member: ada })).text).toContain('no library to give');
    const bot = { ...ada, bot: true };
    expect((await person.type('member libraries', { member: bot })).text).toContain('is a bot');
  });
});

describe('/member why', () => {
  const answer: WhyAnswer = {
    library: MOVIES,
    server: aServer(),
    grants: [aGrant()],
    wanted: 'by-grant',
    shown: 'yes',
    readAt: NOON,
    next: { kind: 'nothing' },
    rehearsal: changeText(
      {
        actual: { kind: 'present', access: ['m'], pending: false, disabled: false },
        desired: ['m'],
        change: { kind: 'none' },
      },
      ['m'],
      () => 'Movies',
    ),
  };
  const asking = (found: WhyAnswer | undefined) => {
    const why = vi.fn(async () => found);
    const typed = typist(stubApp({ autocomplete: names(), people: people(), why })).type('member why', {
      member: ada,
      library: 'Movies',
    });
    return { why, typed };
  };

  it.each<[Next, string]>([
    [{ kind: 'nothing' }, 'Nothing is to come.'],
    [{ kind: 'compare', at: NOON, trouble: null }, 'It is compared and put right'],
    [{ kind: 'compare', at: NOON, trouble: 'It is off.' }, 'The last time failed: It is off.'],
    [{ kind: 'starts', at: NOON, grant: aGrant() }, 'Grant #7 begins'],
    [{ kind: 'ends', at: NOON, grant: aGrant() }, 'Grant #7 ends'],
    [{ kind: 'account' }, 'They connect an account with'],
    [{ kind: 'accept' }, 'accept the invitation'],
    [{ kind: 'drift', policy: 'report' }, 'The policy there is `report`'],
    [{ kind: 'gone', at: NOON }, 'Tower has not listed it since'],
    [{ kind: 'protected', by: 'administrator' }, 'The account is an administrator of the server'],
  ])('%o', async (next, text) => {
    const { why, typed } = asking({ ...answer, next });
    expect((await typed).text).toMatch(
      /Movies on Tower for Ada(.|\n)*Given by #7\.(.|\n)*#7 \(active\)(.|\n)*Tower shows that they have it/,
    );
    expect((await typed).text).toContain(text);
    expect((await typed).text).toContain('has Movies; granted Movies; stays as it is');
    expect(why).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, 'movies');
  });

  it('says when the library is gone', async () => {
    expect((await asking(undefined).typed).text).toContain('That library is no longer here');
  });
});
