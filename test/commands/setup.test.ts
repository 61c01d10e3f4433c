import { describe, expect, it, vi } from 'vitest';
import type { SetupState } from '../../src/app/guild/setup.ts';
import { say } from '../../src/words/say.ts';
import { type Answer, type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import { aServer, memoryDrafts, NOON } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };
const channel = { id: '300000000000000002', name: 'audit', botLacks: [] };
const role = { id: '600000000000000001', name: 'Mods', seesStaffCommands: true };
const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };

const NOTHING: SetupState = {
  audit: null,
  alerts: null,
  moderatorRoleIds: [],
  zone: 'UTC',
  localTime: '12:00',
  door: null,
  notices: ['given'],
  people: { sees: true, seesBans: true, needsThem: false },
  servers: [],
  plans: [],
  invites: { made: 0, open: 0 },
};
const chosen = (id: string, lacks: readonly 'SendMessages'[] = []) => ({
  id,
  lacks: { kind: 'known', value: lacks } as const,
  refusedSince: null,
});
const ALL: SetupState = {
  ...NOTHING,
  audit: chosen(channel.id),
  alerts: chosen(channel.id),
  moderatorRoleIds: [role.id],
  zone: 'Europe/Berlin',
  servers: ['Tower'],
  plans: ['Family'],
  invites: { made: 1, open: 1 },
};

const libraries = ['Movies', 'Shows'].map((name, n) => ({
  id: `library-${n}`,
  name: `Tower · ${name}`,
  serverId: 'tower',
  gone: false,
  missing: false,
}));
const plan = { id: 'family', name: 'Family', duration: '30d', libraryIds: ['library-0'] };

function setting(state: SetupState, more: Stubs = {}) {
  const app = stubApp({
    setup: { state: async () => state },
    drafts: memoryDrafts(),
    ...more,
  });
  return typist(app);
}

describe('/setup', () => {
  it('of nothing says what comes first, and opens the form of a server with one tap', async () => {
    const answer = await setting(NOTHING).type('setup');
    expect(answer.text).toContain('1 of 8 done');
    expect(answer.text).toContain('First a server, then an invite');
    expect(answer.text).toContain('Server Settings → Integrations');
    const form = await answer.press('Add Plex');
    expect(form).toMatchObject({ kind: 'modal', text: expect.stringContaining('Add a Plex server') });
  });

  it('of all says that all is done', async () => {
    const answer = await setting(ALL).type('setup');
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('8 of 8 done') });
    expect(answer.text).not.toContain('⬜');
  });

  it.each([
    ['lacks something there', { ...chosen(channel.id, ['SendMessages']) }, 'Usher lacks Send Messages'],
    ['is refused there', { ...chosen(channel.id), refusedSince: NOON }, 'Discord takes nothing since <t:'],
    [
      'cannot ask',
      {
        ...chosen(channel.id),
        lacks: { kind: 'unknown', why: { kind: 'discord', message: 'Silent.' } } as const,
      },
      'Discord did not say whether Usher may post',
    ],
  ])('checks the audit channel: Usher %s', async (_name, audit, text) => {
    const answer = await setting({ ...ALL, audit }).type('setup');
    expect(answer.text).toMatch(/⚠️ \*\*Audit channel/);
    expect(answer.text).toContain(text);
    expect(answer.text).toContain('7 of 8 done');
  });

  it('saves a channel and is the list again', async () => {
    const setChannel = vi.fn(async () => 'sent' as const);
    const step = await press(setting(NOTHING, { settings: { setChannel } }), 'channel', 'audit');
    expect((await step.select(channel)).text).toMatch(/^\*\*Set up Usher(.|\n)*is now the audit channel/);
    expect(setChannel).toHaveBeenCalledExactlyOnceWith({ ...who, purpose: 'audit', channelId: channel.id });
  });

  it('stays at the step while Usher cannot post in the channel', async () => {
    const step = await press(setting(NOTHING, { settings: {} }), 'channel', 'alerts');
    const again = await step.select({ ...channel, botLacks: ['SendMessages'] });
    expect(again.text).toMatch(/Usher cannot post in <#3(.|\n)*Which channel should tell staff/);
    expect(again.labels).toEqual(['Back']);
  });

  it.each([
    [true, false],
    [false, true],
  ])('a role that sees the commands: %s', async (seesStaffCommands, isTold) => {
    const setRole = vi.fn(async () => ({ kind: 'saved' }) as const);
    const step = await press(setting(NOTHING, { settings: { setRole } }), 'roles');
    const answer = await step.select({ ...role, seesStaffCommands });
    expect(answer.text).toContain(`Holders of <@&${role.id}> are moderators now`);
    expect(answer.text.includes('do not see the commands for staff yet')).toBe(isTold);
    const change = { capability: 'moderator', roleId: role.id, action: 'allow' };
    expect(setRole).toHaveBeenCalledExactlyOnceWith({ ...who, ...change });
  });

  it.each([
    ['sent', '✅ The test line is in'],
    ['refused', '⚠️ Discord did not take the test line'],
    ['on-its-way', '⏳ The test line for'],
  ] as const)('a test that is %s', async (end, text) => {
    const setup = { state: async () => ALL, testAudit: async () => ({ channelId: channel.id, end }) };
    const answer = await typist(stubApp({ setup })).type('setup');
    expect((await answer.press('Test')).text).toContain(text);
  });
});

describe('a zone', () => {
  const zoneForm = (zones: readonly string[], setZone: NonNullable<Stubs['settings']>['setZone']) =>
    press(
      setting(NOTHING, {
        settings: { findZones: () => zones, timeIn: () => '14:06', ...(setZone && { setZone }) },
      }),
      'zone',
    );
  const saving = () =>
    vi.fn(async ({ zone }: { zone: string }) => ({ kind: 'saved', zone, localTime: '14:06' }) as const);

  it('is found by its city', async () => {
    const setZone = saving();
    const answer = await (await zoneForm(['Europe/Berlin'], setZone)).submit({ zone: 'berlin' });
    expect(answer.text).toContain('The zone is Europe/Berlin, where it is 14:06 now');
    expect(setZone).toHaveBeenCalledExactlyOnceWith({ ...who, zone: 'Europe/Berlin' });
  });

  it('is chosen among several', async () => {
    const setZone = saving();
    const step = await (await zoneForm(['America/New_York', 'America/Detroit'], setZone)).submit({
      zone: 'us',
    });
    await step.select('America/Detroit');
    expect(setZone).toHaveBeenCalledExactlyOnceWith({ ...who, zone: 'America/Detroit' });
  });

  it('that nobody knows comes back with what was typed', async () => {
    const setZone = async () =>
      ({ kind: 'problem', message: say('typing.zone.none', { typed: 'Atlantis' }) }) as const;
    const refused = await (await zoneForm([], setZone)).submit({ zone: 'Atlantis' });
    const again = await refused.press('Try again');
    expect(again.view).toMatchObject({
      fields: [
        { id: 'zone', value: 'Atlantis', description: say('typing.zone.none', { typed: 'Atlantis' }) },
      ],
    });
  });
});

describe('a first plan', () => {
  const details = {
    plan,
    libraries: [{ name: 'Movies' }],
    servers: [aServer()],
    uses: { grants: 0, invites: 0 },
  };
  const create = () => vi.fn(async () => ({ kind: 'done', details }) as never);
  const form = (made: ReturnType<typeof create>, more: Stubs = {}) =>
    press(
      setting(NOTHING, {
        autocomplete: {
          grantableLibraries: async () => libraries as never,
          pickLibraries: async (_guild, typed) =>
            ({ kind: 'all', items: libraries.filter(({ id }) => typed.includes(id)) }) as never,
        },
        timeInput: {
          duration: (typed) =>
            typed === 'x'
              ? { kind: 'problem', message: say('setup.title') }
              : { kind: 'ok', value: (typed ?? null) as never },
        },
        plans: { create: made },
        ...more,
      }),
      'plan',
    );

  it('is made of a name and libraries', async () => {
    const made = create();
    const answer = await (await form(made)).submit({
      name: 'Family',
      libraries: 'library-0,library-1',
      for: '',
    });
    expect(answer.text).toContain('The plan “Family” is ready: Movies.');
    const what = { name: 'Family', libraryIds: ['library-0', 'library-1'], duration: null };
    expect(made).toHaveBeenCalledExactlyOnceWith({ ...who, ...what, expiryAction: null, roleId: null });
  });

  it.each([
    ['a name', { name: ' ', libraries: 'library-0', for: '' }, 'name'],
    ['a time', { name: 'Family', libraries: 'library-0', for: 'x' }, 'for'],
    ['libraries', { name: 'Family', libraries: 'nothing', for: '' }, 'libraries'],
  ])('comes back when it lacks %s', async (_name, fields, at) => {
    const made = create();
    const again = await (await (await form(made)).submit(fields)).press('Try again');
    expect(again.view).toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ id: at, description: expect.anything() })]),
    });
    expect(made).not.toHaveBeenCalled();
  });

  it('needs a library', async () => {
    const none = { autocomplete: { grantableLibraries: async () => [] } };
    const answer = await form(create(), none);
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining('Add a server first') });
    expect(answer.labels).toEqual(['Add Plex', 'Add Jellyfin', 'Back']);
  });
});

describe('a first invite', () => {
  const created = {
    kind: 'created',
    invite: { id: 'invite-1', memberId: ADA, validUntil: NOON, roleId: null, usesMax: 1 },
    code: 'ABCD-EFGH-JKLM-NPQR',
    libraries: [{ name: 'Movies', serverId: 'tower' }],
    servers: [aServer()],
    dm: 'sent',
    keeps: [],
  };
  const opened = (invite = vi.fn(async () => created as never), drafts = memoryDrafts()) => ({
    invite,
    form: press(
      setting(ALL, {
        drafts,
        autocomplete: {
          grantableLibraries: async () => libraries as never,
          pickLibraries: async (_guild, typed) =>
            ({ kind: 'all', items: libraries.filter(({ id }) => typed.includes(id)) }) as never,
        },
        timeInput: {
          duration: (typed) => ({ kind: 'ok', value: (typed ?? null) as never }),
          after: async () => ({ kind: 'ok', value: NOON }),
        },
        plans: { list: async () => [{ plan }] as never, find: async () => ({ plan }) as never },
        invites: { create: invite },
      }),
      'invite',
    ),
  });

  it('offers plans before libraries', async () => {
    const { form } = opened();
    const { view } = await form;
    const what = view.kind === 'modal' ? view.fields.find(({ id }) => id === 'what') : undefined;
    const options = what?.kind === 'select' ? what.options.map(({ label }) => saidPlain(label)) : [];
    expect(options).toEqual(['Plan: Family', 'Tower · Movies', 'Tower · Shows']);
  });

  it.each([
    ['the only plan', [{ plan }], 'plan:family'],
    ['everything while there is no plan', [], 'library-0,library-1'],
    ['nothing where there are several plans', [{ plan }, { plan: { ...plan, id: 'gold' } }], ''],
  ])('of somebody who was chosen proposes %s', async (_name, plans, proposed) => {
    const person = setting(
      { ...ALL, invites: { made: 0, open: 0 } },
      {
        autocomplete: { grantableLibraries: async () => libraries as never },
        plans: { list: async () => plans as never },
      },
    );
    const { view } = await (await person.type('setup')).select(ada);
    const fields = view.kind === 'modal' ? view.fields : [];
    expect(fields).toMatchObject([
      { id: 'member', value: ADA },
      { id: 'what', value: proposed },
      { id: 'for' },
    ]);
  });

  it.each([
    [
      'a plan',
      { what: 'plan:family', for: '' },
      { planId: 'family', libraryIds: ['library-0'], duration: '30d' },
    ],
    ['a plan for another time', { what: 'plan:family', for: '1y' }, { planId: 'family', duration: '1y' }],
    [
      'libraries',
      { what: 'library-0,library-1', for: '' },
      { libraryIds: ['library-0', 'library-1'], duration: null },
    ],
  ])('to %s', async (_name, fields, given) => {
    const { form, invite } = opened();
    const answer = await (await form).submit({ member: ADA, ...fields }, ada);
    expect(answer.text).toContain('ABCD-EFGH-JKLM-NPQR');
    expect(answer.labels.at(-1)).toBe('Setup');
    expect(invite).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ ...who, memberId: ADA, uses: 1, validUntil: NOON, roleId: null, ...given }),
    );
  });

  it.each([
    ['a bot', { what: 'library-0', for: '' }, { ...ada, bot: true }, 'member'],
    ['a plan and a library', { what: 'plan:family,library-0', for: '' }, ada, 'what'],
    ['nothing', { what: '', for: '' }, ada, 'what'],
  ])('of %s comes back', async (_name, fields, member, at) => {
    const { form, invite } = opened();
    const again = await (await (await form).submit({ member: ADA, ...fields }, member)).press('Try again');
    const shown = again.view.kind === 'modal' ? again.view.fields : [];
    expect(shown.find(({ id }) => id === at)?.description).toBeDefined();
    expect(shown.find(({ id }) => id === 'member')?.value).toBe(ADA);
    expect(invite).not.toHaveBeenCalled();
  });
});

function press(person: ReturnType<typeof setting>, op: string, ...args: readonly string[]): Promise<Answer> {
  return person.use('setup', op, ...args);
}
