import { describe, expect, it, vi } from 'vitest';
import type { Trouble } from '../../src/app/ports/media-server.ts';
import type { AccountWithAccess, ServerMembers } from '../../src/app/queries/who-has.ts';
import type { AddServerResult } from '../../src/app/servers/add.ts';
import type { CheckReport, EditServerResult, ServerDetails } from '../../src/app/servers/edit.ts';
import type { FoundTemplate, PolicyPreview } from '../../src/app/servers/policy.ts';
import type { RemovedServer, ServerRemoval } from '../../src/app/servers/remove.ts';
import type { UnfreezeResult } from '../../src/app/servers/unfreeze.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import { aNamed, aServer, memberCard, memoryDrafts, NOON, names, people, standingOf } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };
const COUNTS = { has: 2, invited: 1, none: 3 };
const details = {
  server: aServer(),
  libraries: 3,
  accounts: COUNTS,
  defaultLibrary: undefined,
  template: undefined,
  signInElsewhere: 0,
  availability: [],
  nextSyncAt: NOON,
};
const off: Trouble = { kind: 'not-possible', message: 'It is off.' };
const auditor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
const moderator = { id: STAFF, name: 'mia', capabilities: new Set(['auditor', 'moderator'] as const) };
const certificate = { fingerprint: 'AA:BB', name: 'tower', validTo: NOON };

describe('/server add', () => {
  const report = { server: aServer(), outcome: { kind: 'failed', why: off } } as const;
  const overview = { servers: async () => [{ server: aServer(), libraries: 3, accounts: COUNTS }] };
  const adding = (result: AddServerResult, more: Stubs = {}) => {
    const addServer = vi.fn(async (_input: unknown) => result);
    return {
      addServer,
      person: typist(
        stubApp({
          addServer,
          overview,
          riskQuestions: {},
          addressOffers: { offer: async () => undefined },
          drafts: memoryDrafts(),
          ...more,
        }),
      ),
    };
  };
  const typed = { name: '', url: 'http://tower.test', token: 'secret' };

  it('adds what was typed', async () => {
    const { addServer, person } = adding({ kind: 'added', server: aServer(), sync: report });
    const form = await person.type('server add', { type: 'plex' });
    expect(form.text).toContain('Add a Plex server');
    expect((await form.submit(typed)).text).toMatch(/Added(.|\n)*Tower/);
    expect(addServer).toHaveBeenCalledExactlyOnceWith({ ...who, kind: 'plex', ...typed, publicUrl: '' });
  });

  it('warns of plug-ins through which people sign in otherwise', async () => {
    const den = aServer({ kind: 'jellyfin', signInPlugins: 'SSO-Auth' });
    const servers = async () => [{ server: den, libraries: 3, accounts: COUNTS }];
    const { person } = adding({ kind: 'added', server: den, sync: report }, { overview: { servers } });
    const form = await person.type('server add', { type: 'jellyfin' });
    expect((await form.submit(typed)).text).toContain('People also sign in through SSO-Auth');
  });

  it.each<[string, AddServerResult, string]>([
    ['refused', { kind: 'refused', why: off }, 'It is off.'],
    ['of a taken name', { kind: 'name-taken', name: 'Tower' }, 'already a server called **Tower**'],
    ['here', { kind: 'already-added', name: 'Tower' }, 'already here, as **Tower**'],
  ])('says when it is %s', async (_name, result, text) => {
    const form = await adding(result).person.type('server add', { type: 'jellyfin' });
    expect((await form.submit(typed)).text).toContain(text);
  });

  it.each<[string, AddServerResult, string, string]>([
    ['the address', { kind: 'refused', why: off }, 'url', 'It is off.'],
    ['the token', { kind: 'refused', why: { ...off, kind: 'unauthorised' } }, 'token', 'It is off.'],
    ['the name', { kind: 'name-taken', name: 'Tower' }, 'name', 'There is already a server with this name.'],
  ])('comes back filled in, without the token, and says at %s what is wrong', async (_, result, at, why) => {
    const { person } = adding(result);
    const url = 'http://tower.test/web?X-Plex-Token=secret';
    const form = await person.type('server add', { type: 'plex' });
    const again = await (await form.submit({ ...typed, name: 'Tower', url })).press('Try again');
    const fields = again.view.kind === 'modal' ? again.view.fields : [];
    expect(fields.map(({ id, value }) => [id, value])).toEqual([
      ['name', 'Tower'],
      ['url', 'http://tower.test/web'],
      ['token', undefined],
    ]);
    expect(saidPlain(fields.find(({ id }) => id === at)?.description ?? '')).toBe(why);
  });

  it('ends with what comes next', async () => {
    const { person } = adding({ kind: 'added', server: aServer(), sync: report });
    const added = await (await person.type('server add', { type: 'plex' })).submit(typed);
    expect(added.labels).toEqual(['Create a plan', 'Setup']);
    expect(added.view).toMatchObject({
      blocks: expect.arrayContaining([expect.objectContaining({ kind: 'pick', op: 'invitee' })]),
    });
  });

  it('asks about a certificate that nobody vouches for, and goes on with it', async () => {
    const input = { ...who, kind: 'plex', ...typed } as const;
    const take = vi.fn(async () => ({ ...input, certificate: 'AA:BB' }));
    // Generic in what was interrupted; here it is an add.
    const riskQuestions = { ask: async () => 'draft-1', take } as Stubs['riskQuestions'];
    const refused = { kind: 'refused', why: { ...off, certificate } } as const;
    const { addServer, person } = adding(refused, riskQuestions && { riskQuestions });
    const asked = await (await person.type('server add', { type: 'plex' })).submit(typed);
    expect(asked.text).toContain('AA:BB');
    await asked.press('Take this certificate');
    expect(take).toHaveBeenCalledExactlyOnceWith('add', GUILD, STAFF, 'draft-1');
    expect(addServer).toHaveBeenLastCalledWith({ ...input, certificate: 'AA:BB' });
    expect((await asked.press('Cancel')).text).toContain('Nothing was saved');
  });

  it('asks before the key crosses the internet unencrypted, and offers better addresses beside', async () => {
    const input = { ...who, kind: 'plex', ...typed } as const;
    const take = vi.fn(async () => ({ ...input, plainHttp: true }));
    const riskQuestions = { ask: async () => 'draft-1', take } as Stubs['riskQuestions'];
    const url = 'https://1-2-3-4.0123.plex.direct:32400';
    const addresses = [{ server: 'Tower', url, where: 'remote' }] as const;
    const addressOffers = { offer: async () => ({ draftId: 'draft-2', addresses }) };
    const refused = { kind: 'refused', why: { kind: 'plain-http', message: 'It is plain.' } } as const;
    const { addServer, person } = adding(refused, {
      ...(riskQuestions && { riskQuestions }),
      addressOffers,
    });
    const asked = await (await person.type('server add', { type: 'plex' })).submit(typed);
    expect(asked.text).toContain('Reach your server without encryption?');
    expect(asked.text).toContain('lists these addresses');
    await asked.press('Allow it unencrypted');
    expect(addServer).toHaveBeenLastCalledWith({ ...input, plainHttp: true });
  });

  it('without a token has its owner sign in, and asks once more', async () => {
    const identity = { identity: 'i', name: 'Tower', version: '1.43', ownerAccountId: '1' };
    const end = { kind: 'approved', draftId: 'draft-1', account: 'olga', server: identity } as const;
    const show = { kind: 'link', text: 'https://plex.tv/link' } as const;
    const start = async () =>
      ({ kind: 'known', value: { show, expiresAt: NOON, finished: Promise.resolve(end) } }) as const;
    const confirm = vi.fn(async () => ({ kind: 'added', server: aServer(), sync: report }) as const);
    const cancel = vi.fn(async () => {});
    const { person } = adding({ kind: 'no-token' }, { signInServer: { start, confirm, cancel } });
    const asked = await (await person.type('server add', { type: 'plex' })).submit({ ...typed, token: '' });
    expect(asked.text).toContain('Sign in as the owner');
    const question = await asked.later();
    expect(question.text).toContain('Add Tower (Plex 1.43) as olga?');
    expect((await question.press('Add')).text).toContain('Added');
    expect(confirm).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'draft-1');
    expect((await question.press('Cancel')).text).toContain('the sign-in is forgotten');
    expect(cancel).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'draft-1');
  });
});

describe('/server edit', () => {
  const fields = {
    name: 'Keep',
    url: 'http://keep.test',
    local_url: '',
    public_url: 'https://keep.test',
    token: '',
  };
  const editing = (result: EditServerResult) => {
    const edit = vi.fn(async (_input: unknown) => result);
    const manageServer = { edit, details: async () => details };
    const riskQuestions = { ask: async () => 'draft-1', take: async () => undefined };
    const app = stubApp({ autocomplete: names(), manageServer, riskQuestions, drafts: memoryDrafts() });
    return { edit, person: typist(app) };
  };
  const server = aServer();

  it('is filled in with what is, and saves what was typed', async () => {
    const { edit, person } = editing({ kind: 'edited', server, fields: ['name', 'publicUrl'] });
    const form = await person.type('server edit', { server: 'tow' });
    expect(form.text).toMatch(/Edit a Plex server(.|\n)*URL: http:\/\/tower\.test(.|\n)*Token: $/);
    expect((await form.submit(fields)).text).toMatch(/Saved.*Changed: name and address for members/);
    expect(edit).toHaveBeenCalledExactlyOnceWith({
      ...who,
      serverId: 'tower',
      name: 'Keep',
      url: 'http://keep.test',
      localUrl: '',
      publicUrl: 'https://keep.test',
      token: '',
    });
  });

  it.each<[string, EditServerResult, string]>([
    ['gone', { kind: 'gone' }, 'no longer here'],
    ['as it was', { kind: 'unchanged', server }, 'Nothing was different'],
    ['refused', { kind: 'refused', server, why: off }, 'It is off.\nNothing was saved.'],
    [
      'another one',
      { kind: 'refused', server, why: { ...off, kind: 'other-server' } },
      'neither its type nor',
    ],
    ['of a taken name', { kind: 'name-taken', server, name: 'Den' }, 'already a server called **Den**'],
    [
      'not encrypted',
      { kind: 'refused', server, why: { ...off, kind: 'plain-http' } },
      'without encryption?',
    ],
    ['not vouched for', { kind: 'refused', server, why: { ...off, certificate } }, 'AA:BB'],
  ])('says when it is %s', async (_name, result, text) => {
    const form = await editing(result).person.type('server edit', { server: 'Tower' });
    expect((await form.submit(fields)).text).toContain(text);
  });

  it('says when a question is no longer open, or a server not there', async () => {
    const { person } = editing({ kind: 'gone' });
    expect((await person.use('server edit', 'trust', 'draft-1')).text).toContain('no longer open');
    expect((await person.type('server edit', { server: 'x' })).text).toContain('There is no server “x”');
  });
});

describe('/server show, list and check', () => {
  const report = (outcome: CheckReport['outcome']): CheckReport => ({ server: aServer(), outcome });
  const answers = report({
    ...{ kind: 'answers', version: '1.43', updatedFrom: null },
    signInPlugins: null,
  });
  const looking = (more: Stubs['manageServer'] = {}) => ({
    autocomplete: names(),
    manageServer: { details: async () => details, ...more },
    overview: {
      servers: async () =>
        Array.from({ length: 11 }, (_, n) => ({
          server: aServer({ id: `s${n}`, name: `Server ${n}` }),
          libraries: 3,
          accounts: COUNTS,
        })),
    },
  });

  it.each([
    ['an admin', {}, ['Edit', 'Check', 'Sync', 'Remove'], true],
    ['a moderator', { actor: moderator }, ['Check', 'Sync'], false],
    ['an auditor', { actor: auditor }, [], false],
  ])('the card of %s', async (_name, changes, labels, seesUrl) => {
    const card = await typist(stubApp(looking()), changes).type('server show', { server: 'Tower' });
    expect(card.labels).toEqual(labels);
    expect([card.text.includes('http'), card.text.includes('last')]).toEqual([seesUrl, seesUrl]);
    expect(card.text).toContain('2 accounts with access, 1 invited, 3 linked without access');
  });

  it('the card says who gets in without Usher, and what new accounts may', async () => {
    const den = aServer({ kind: 'jellyfin', name: 'Den', signInPlugins: 'LDAP-Auth' });
    const shown = async (changes: Partial<ServerDetails>) => {
      const app = stubApp(looking({ details: async () => ({ ...details, server: den, ...changes }) }));
      return (await typist(app).type('server show', { server: 'Tower' })).text;
    };
    const plain = await shown({ signInElsewhere: 2 });
    expect(plain).toContain('⚠️ People also sign in through LDAP-Auth');
    expect(plain).toContain('2 accounts sign in elsewhere (LDAP, SSO).');
    expect(plain).toContain('disabled at their end and never deleted');
    expect(plain).toContain('New accounts: their libraries, and nothing beside');
    const template = { ...aNamed, protection: null };
    const server = aServer({ ...den, templateAccountId: '77', signInPlugins: '' });
    const copied = await shown({ server, template });
    expect(copied).toContain('otherwise the rights of **like me**');
    expect(copied).not.toContain('LDAP');
    expect(await shown({ server, template: { ...template, protection: 'administrator' } })).toMatch(
      /nothing beside. ⚠️ \*\*like me\*\*, which they should copy, is an administrator/,
    );
    expect(await shown({ server })).toContain('nothing beside. ⚠️ The account they should copy is gone');
  });

  it('the card shows how often it answered, in bars and in numbers, and days nobody knows of', async () => {
    const day = (looked: number, away: number) => ({ day: '2026-11-27', looked, away });
    const shown = async (availability: ServerDetails['availability']) => {
      const app = stubApp(looking({ details: async () => ({ ...details, availability }) }));
      return (await typist(app).type('server show', { server: 'Tower' })).text;
    };
    const text = await shown([day(0, 0), day(24, 0), day(24, 12), day(10, 10)]);
    expect(text).toContain('`·█▄▁`');
    expect(text).toContain('Last 4 days: answered in 62% of 58 hours it was looked at; 1 day unknown');
    expect(await shown([day(0, 0), day(0, 0)])).toContain('Last 2 days: not known yet whether it answered');
    expect(await shown([day(1_000, 1)])).toContain('99.9%');
  });

  it('the list is turned, and opens a card beside it', async () => {
    const first = await typist(stubApp(looking())).type('server list');
    expect(first.text).toMatch(/Media servers\*\* · 1–5 of 11(.|\n)*Server 4/);
    const second = await (await first.press('▶')).press('▶');
    expect(second.text).toContain('Server 10');
    const opened = await second.select('s10');
    expect(opened.text).toContain('identity-of-tower');
  });

  it.each([
    ['all', {}, undefined, [answers], 'good', 'answers and takes the token'],
    ['one', { server: 'Tower' }, ['tower'], [report({ kind: 'trouble', why: off })], 'warning', 'It is off.'],
    ['none', {}, undefined, [], 'neutral', 'No media server yet'],
  ])('a check of %s', async (_name, options, ids, reports, tone, text) => {
    const check = vi.fn(async (_guildId: string, _ids?: readonly string[]) => reports);
    const answer = await typist(stubApp(looking({ check }))).type('server check', options);
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
    expect(check).toHaveBeenCalledExactlyOnceWith(GUILD, ids);
  });

  it('buttons of a server that is gone say so', async () => {
    const app = stubApp(looking({ check: async () => [], details: async () => undefined }));
    const person = typist(app);
    for (const [path, op] of [
      ['server check', 'one'],
      ['server edit', 'open'],
      ['server list', 'open'],
    ] as const)
      expect((await person.use(path, op, 'den')).text).toContain('That server is no longer here');
  });
});

describe('/server members', () => {
  const account = (changes: Partial<AccountWithAccess> = {}): AccountWithAccess => ({
    name: 'ada',
    emailMasked: null,
    memberId: ADA,
    isOutside: false,
    pending: false,
    protection: null,
    libraries: ['Movies'],
    ...changes,
  });
  const reading = (accounts: readonly AccountWithAccess[], changes: Partial<ServerMembers> = {}) => {
    const invited = accounts.filter(({ pending }) => pending).length;
    const counts = { has: accounts.length - invited, invited, none: 0 };
    const members = { server: aServer(), accounts, counts, readAt: NOON, trouble: null, ...changes };
    const serverMembers = vi.fn(async () => members);
    const serverMembersLately = async () => members;
    const app = stubApp({
      autocomplete: names(),
      whoHas: { serverMembers, serverMembersLately },
      memberCard: async () => memberCard({ running: [standingOf()] }),
      people: people(),
    });
    return { serverMembers, asked: typist(app).type('server members', { server: 'Tower' }) };
  };

  it('reads the server once, however often pages are turned', async () => {
    const many = Array.from({ length: 16 }, (_, n) => account({ name: `account ${n}`, memberId: null }));
    const { serverMembers, asked } = reading(many);
    const second = await (await asked).press('▶');
    expect(second.text).toMatch(/16 accounts with access, read(.|\n)*account 15\*\* · not linked · Movies/);
    expect((await second.press('◀')).text).toContain('account 0');
    expect(serverMembers).toHaveBeenCalledOnce();
  });

  it('opens a member, who is there once', async () => {
    const answer = await reading([account(), account({ name: 'ada again' })]).asked;
    expect(answer.view).toMatchObject({ blocks: [{}, {}, { options: [{ value: ADA }] }, {}] });
    const card = await answer.select(ADA);
    expect(card.text).toMatch(
      /Ada <@\d+>\*\*(.|\n)*\*\*Tower\*\* · Movies · for good(.|\n)*Accounts: ada on Tower/,
    );
    expect(card.labels).toContain('End');
  });

  it('says that nobody is there for what was never offered', async () => {
    const answer = await reading([account()]).asked;
    expect((await answer.select('everyone')).text).toContain('no longer');
  });

  it.each([
    ['nobody', [], {}, 'Nobody has access there.'],
    [
      'the owner',
      [account({ protection: 'owner', libraries: 'all' })],
      {},
      'the owner of the server · all libraries',
    ],
    [
      'what was last seen',
      [account()],
      { trouble: off },
      'could not be asked.** It is off.\n-# 1 account with access, last seen',
    ],
    ['that it was never read', [], { trouble: off, readAt: null }, 'It has never been read'],
  ])('shows %s', async (_name, accounts, changes, text) => {
    expect((await reading(accounts, changes).asked).text).toContain(text);
  });

  it('does not turn pages of a server that was removed', async () => {
    const person = typist(stubApp({ whoHas: { serverMembersLately: async () => undefined } }));
    expect((await person.use('server members', 'page', 'tower', '1')).text).toContain('no longer here');
  });
});

describe('/server policy', () => {
  const nothing = { defaultLibrary: undefined, template: undefined };
  const before = { server: aServer(), ...nothing };
  const after = { server: aServer({ driftPolicy: 'enforce' }), ...nothing };
  const previewed = (removes: number): PolicyPreview => ({
    before,
    after,
    effect: { accounts: removes, adds: 0, removes, adopted: { extra: 0, missing: 0 } },
    lines: [say('server.policy.rehearsed', { account: 'ada', change: 'has Movies and Shows' })],
  });
  const setting = (...previews: readonly (PolicyPreview | undefined)[]) => {
    const set = vi.fn(async (_input: unknown) => after);
    const left = [...previews];
    const preview = vi.fn(async () => (left.length > 1 ? left.shift() : left[0]));
    const findTemplate = vi.fn(
      async (_guildId: string, _serverId: string, externalId: string): Promise<FoundTemplate> =>
        externalId === '77'
          ? { kind: 'found', externalId }
          : { kind: 'refused', server: aServer(), why: off },
    );
    const serverPolicy = { preview, set, findTemplate };
    const servers = [aServer(), aServer({ id: 'den', name: 'Den', kind: 'jellyfin' })];
    const app = stubApp({ autocomplete: names({ servers }), drafts: memoryDrafts(), serverPolicy });
    return { set, preview, person: typist(app) };
  };
  const drift = { server: 'Tower', drift: 'enforce' };

  it('is in force when what it does is confirmed', async () => {
    const { set, person } = setting(previewed(2));
    const asked = await person.type('server policy', drift);
    expect(asked.text).toContain('for 2 accounts');
    expect(asked.text).toContain('ada: has Movies and Shows');
    expect(set).not.toHaveBeenCalled();
    expect((await asked.press('Confirm')).text).toContain('In force on Tower now');
    const changes = { driftPolicy: 'enforce' };
    expect(set).toHaveBeenCalledExactlyOnceWith({ ...who, serverId: 'tower', changes });
  });

  it('is asked again when it would do something else by now', async () => {
    const { set, person } = setting(previewed(2), previewed(2), previewed(3));
    const asked = await person.type('server policy', drift);
    expect((await asked.press('Confirm')).text).toContain('for 3 accounts');
    expect(set).not.toHaveBeenCalled();
  });

  it.each([
    ['none', null],
    ['Movies', 'movies'],
    ['tower · sh', 'shows'],
  ])('has the default library “%s” at once when it does nothing', async (typed, defaultLibraryId) => {
    const { set, person } = setting(previewed(0));
    await person.type('server policy', { server: 'Tower', default_library: typed });
    expect(set.mock.calls).toMatchObject([[{ changes: { defaultLibraryId } }]]);
  });

  it('is shown when nothing is to be changed', async () => {
    const { set, person } = setting(previewed(0));
    const shown = await person.type('server policy', { server: 'Tower' });
    expect(shown.text).toMatch(/Policies of Tower(.|\n)*Default library: none/);
    expect(set).not.toHaveBeenCalled();
  });

  it.each([
    [{ server: 'Tower' }, 'tower'],
    [{ server: 'towe' }, 'tower'],
    [{ server: 'nowhere' }, undefined],
    [{}, undefined],
  ])('offers libraries of the server that stands in %o', async (others, serverId) => {
    const completeLibraries = vi.fn(async () => [{ name: 'Movies', value: 'movies' }]);
    const person = typist(stubApp({ autocomplete: { ...names(), completeLibraries } }));
    const offered = await person.complete('server policy', 'default_library', 'mov', others);
    expect(offered.map(({ value }) => value)).toEqual(['none', 'movies']);
    expect(completeLibraries).toHaveBeenCalledExactlyOnceWith(GUILD, 'mov', serverId);
  });

  it.each([
    [{ server: 'x' }, 'There is no server “x”'],
    [{ server: 'Tower', default_library: 'x' }, 'There is no library “x”'],
  ])('%o: %s', async (options, text) => {
    expect((await setting(previewed(0)).person.type('server policy', options)).text).toContain(text);
  });

  it.each([
    ['like me', '77'],
    ['Nothing beside', null],
  ])('has “%s” as the template of new accounts at once', async (template, templateAccountId) => {
    const { set, person } = setting(previewed(0));
    await person.type('server policy', { server: 'Den', template });
    expect(set.mock.calls).toMatchObject([[{ changes: { templateAccountId } }]]);
  });

  it.each([
    ['Den', 'nobody', 'There is no account “nobody”'],
    ['Den', 'old one', 'cannot copy that one'],
    ['Tower', 'like me', 'Usher makes no accounts on Plex'],
  ])('on %s, the template “%s” is refused: %s', async (server, template, text) => {
    const { set, person } = setting(previewed(0));
    expect((await person.type('server policy', { server, template })).text).toContain(text);
    expect(set).not.toHaveBeenCalled();
  });

  it('offers nothing beside as a template', async () => {
    const choices = await setting().person.complete('server policy', 'template', 'lik');
    expect(choices.map(({ value }) => value)).toEqual(['nothing beside', 'template-1']);
  });

  it('offers none as a library', async () => {
    const choices = await setting().person.complete('server policy', 'default_library', 'mov');
    expect(choices.map(({ value }) => value)).toEqual(['none', 'movies']);
  });
});

describe('/server remove', () => {
  const removal = (changes: Partial<ServerRemoval> = {}): ServerRemoval => ({
    server: aServer(),
    libraries: 3,
    accounts: 2,
    grants: { shrink: 1, end: 2 },
    invites: 0,
    plans: 1,
    withAccess: 2,
    token: 'typed',
    ...changes,
  });
  const removing = (...previews: readonly (ServerRemoval | undefined)[]) => {
    const end = { kind: 'typed' } as const;
    const remove = vi.fn(async (): Promise<RemovedServer> => ({ server: aServer(), token: end }));
    const withdrawEveryone = vi.fn(async () => [{ account: 'ada', why: 'It is off.' }]);
    const left = [...previews];
    const preview = async () => (left.length > 1 ? left.shift() : left[0]);
    const removeServer = { preview, remove, withdrawEveryone };
    const app = stubApp({ autocomplete: names(), drafts: memoryDrafts(), removeServer });
    return { remove, withdrawEveryone, person: typist(app) };
  };

  it('is done as it was shown', async () => {
    const { remove, person } = removing(removal());
    const asked = await person.type('server remove', { server: 'Tower' });
    expect(asked.text).toMatch(/2 end and 1 go on(.|\n)*2 linked accounts keep/);
    expect((await asked.press('Remove')).text).toContain('Tower is removed from Usher');
    expect(remove).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'tower');
    expect((await asked.press('Remove')).text).toContain('no longer open');
  });

  it.each([
    ['something else would go', removal({ invites: 4 }), '4 open invites'],
    ['others have access', removal({ withAccess: 3 }), '3 linked accounts keep'],
    ['it is gone', undefined, 'That server is no longer here'],
  ])('is not when %s by now', async (_name, now, text) => {
    const { remove, person } = removing(removal(), now);
    const asked = await person.type('server remove', { server: 'Tower' });
    expect((await asked.press('Remove')).text).toContain(text);
    expect(remove).not.toHaveBeenCalled();
  });

  it('withdraws everyone first, tries again, and removes all the same', async () => {
    const { withdrawEveryone, remove, person } = removing(removal());
    const asked = await person.type('server remove', { server: 'Tower' });
    const open = await asked.press('Withdraw everyone first');
    expect(open.text).toMatch(/Not everyone is withdrawn from Tower(.|\n)*ada: It is off\./);
    withdrawEveryone.mockResolvedValueOnce([]);
    expect((await open.press('Try again')).text).toMatch(/Everyone is withdrawn(.|\n)*Remove Tower/);
    expect((await (await open.press('Remove all the same')).press('Remove')).text).toContain('is removed');
    expect(remove).toHaveBeenCalledOnce();
    expect((await open.press('Cancel')).text).toContain('Nothing was changed');
  });
});

describe('a frozen server', () => {
  const LIFT = 'I have looked: lift the freeze';
  const frozenAt = NOON;
  const server = aServer({ frozenWhy: 'more was opened than was asked.', frozenAt });
  const answers = { kind: 'answers', version: '1', updatedFrom: null, signInPlugins: null } as const;
  const showing = (result: UnfreezeResult) => {
    const unfreezeServer = vi.fn(async (_input: unknown) => result);
    const manageServer = {
      details: async () => ({ ...details, server }),
      check: async () => [{ server, outcome: answers } as const],
    };
    return {
      unfreezeServer,
      app: stubApp({ autocomplete: names(), manageServer, unfreezeServer }),
    };
  };

  it('says so on its card, with the button that lifts it for admins only', async () => {
    const { app, unfreezeServer } = showing({ kind: 'unfrozen', server });
    const card = await typist(app).type('server show', { server: 'tower' });
    expect(card.text).toMatch(/Frozen.*more was opened than was asked\.\nNothing is given/);
    expect((await card.press(LIFT)).text).toContain('is not frozen any more');
    const which = { serverId: 'tower', frozenAt };
    expect(unfreezeServer).toHaveBeenCalledExactlyOnceWith({ ...who, ...which });
    const others = await typist(app, { actor: moderator }).type('server show', { server: 'tower' });
    expect(others.text).toContain('Frozen');
    expect(others.labels).not.toContain(LIFT);
  });

  it('says when somebody else has lifted it, or it was frozen anew', async () => {
    const { app } = showing({ kind: 'decided-before' });
    const card = await typist(app).type('server show', { server: 'tower' });
    expect((await card.press(LIFT)).text).toContain('decided before');
  });

  it('is no good news in a check, although it answers', async () => {
    const { app } = showing({ kind: 'decided-before' });
    const checked = await typist(app).type('server check', {});
    expect(checked.text).toMatch(/answers and takes the token(.|\n)*Frozen/);
  });
});
