import { describe, expect, it, vi } from 'vitest';
import type { MemberLibrariesResult } from '../../src/app/grants/member-libraries.ts';
import type { WhyAnswer } from '../../src/app/queries/why.ts';
import type { Next } from '../../src/domain/why.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { aGrant, aServer, MOVIES, memoryDrafts, NOON, names, standingOf } from './samples.ts';

const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };

describe('/member libraries', () => {
  const ticking = (...results: readonly MemberLibrariesResult[]) => {
    const left = [...results];
    const set = vi.fn(async (_input: unknown) => left.shift() ?? ({ kind: 'unchanged' } as const));
    const memberLibraries = { granted: async () => ({ libraryIds: ['movies'], mark: 'a mark' }), set };
    const app = stubApp({ autocomplete: names(), drafts: memoryDrafts(), memberLibraries });
    return { set, person: typist(app) };
  };
  const start = { guildId: GUILD, actorId: STAFF, memberId: ADA, shown: 'a mark' };

  it.each([
    ['another', ['shows'], ['shows']],
    ['none', [], []],
    ['more', ['movies', 'shows'], ['movies', 'shows']],
  ])('saves %s', async (_name, ticked, wanted) => {
    const { set, person } = ticking({ kind: 'set', standings: [standingOf()] });
    const shown = await person.type('member libraries', { member: ada });
    expect(shown.text).toContain('1 library chosen');
    const saved = await (await shown.select(...ticked)).press('Save');
    expect(saved).toMatchObject({ tone: 'good', text: expect.stringContaining('Saved') });
    expect(set).toHaveBeenCalledExactlyOnceWith({ ...start, wanted });
  });

  it.each<[string, MemberLibrariesResult, string]>([
    ['nothing differs', { kind: 'unchanged' }, 'Nothing was different'],
    ['it changed meanwhile', { kind: 'changed-since' }, 'is granted now'],
    ['it is not seen yet', { kind: 'set', standings: [standingOf({}, { kind: 'queued' })] }, 'queued'],
  ])('says when %s', async (_name, result, text) => {
    const shown = await ticking(result).person.type('member libraries', { member: ada });
    expect((await shown.press('Save')).text).toContain(text);
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
    rehearsal: 'has Movies; granted Movies; stays as it is',
  };
  const asking = (found: WhyAnswer | undefined) => {
    const why = vi.fn(async () => found);
    const typed = typist(stubApp({ autocomplete: names(), why })).type('member why', {
      member: ada,
      library: 'Movies',
    });
    return { why, typed };
  };

  it.each<[Next, string]>([
    [{ kind: 'nothing' }, 'nothing is due.'],
    [{ kind: 'compare', at: NOON, trouble: null }, 'compared and put right'],
    [{ kind: 'compare', at: NOON, trouble: 'It is off.' }, 'The last time failed: It is off.'],
    [{ kind: 'starts', at: NOON, grant: aGrant() }, 'grant #7 starts'],
    [{ kind: 'ends', at: NOON, grant: aGrant() }, 'grant #7 ends'],
    [{ kind: 'account' }, 'connect an account'],
    [{ kind: 'accept' }, 'accept the invitation'],
    [{ kind: 'drift', policy: 'report' }, 'the policy there is **report**'],
    [{ kind: 'gone', at: NOON }, 'has not listed the library since'],
    [{ kind: 'protected', by: 'administrator' }, 'is an administrator of the server'],
  ])('%o', async (next, text) => {
    const { why, typed } = asking({ ...answer, next });
    expect((await typed).text).toMatch(
      /#7 · active · for good(.|\n)*given by an active grant(.|\n)*they have it/,
    );
    expect((await typed).text).toContain(text);
    expect((await typed).text).toContain('has Movies; granted Movies; stays as it is');
    expect(why).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, 'movies');
  });

  it('says when the library is gone', async () => {
    expect((await asking(undefined).typed).text).toContain('That library is no longer here');
  });
});
