import { describe, expect, it, vi } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../src/domain/notice-kinds.ts';
import { graceOf } from '../../src/domain/role-plans.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import { memoryDrafts, NOON } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };
const channel = { id: '300000000000000002', name: 'audit', botLacks: [] };
const role = { id: '600000000000000001', name: 'Staff', seesStaffCommands: true };
const settings = {
  guildId: GUILD,
  zone: 'UTC',
  language: 'en' as const,
  auditChannelId: channel.id,
  requestsChannelId: null,
  alertsChannelId: null,
  syncEveryMinutes: 60,
  syncDailyAt: null,
  maxAccounts: 1,
  leaveGrace: graceOf('7d'),
  retentionDays: 90,
  notices: NOTICE_KINDS,
  ...{ reminders: DEFAULT_SETTINGS.reminders, mayAsk: 'renew' as const },
  nextSyncAt: NOON,
  ...{ digestDay: null, digestTime: null, nextDigestAt: null },
  roles: [{ roleId: role.id, capability: 'auditor', effect: 'deny' } as const],
  localTime: '12:00',
};

const NO_ROLE_PLANS = { rolePlans: { list: async () => [] }, panels: { list: async () => [] } };

describe('/settings channel', () => {
  it.each([
    ['audit', 'Every change of access is told there. The first line is there.'],
    ['alerts', 'What needs a person is told there'],
    ['requests', 'What members ask for arrives there'],
  ])('%s: %s', async (purpose, text) => {
    const setChannel = vi.fn(async () => 'sent' as const);
    const answer = await typist(stubApp({ settings: { setChannel } })).type('settings channel', {
      purpose,
      channel,
    });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining(text) });
    expect(setChannel).toHaveBeenCalledExactlyOnceWith({ ...who, purpose, channelId: channel.id });
  });

  it.each([
    ['refused', 'warning', 'Discord does not take messages in <#300000000000000002>: Missing Access'],
    ['on-its-way', 'good', 'The first line is on its way'],
  ] as const)('of which the first line is %s', async (end, tone, text) => {
    const refused = { channelId: channel.id, since: NOON, trouble: 'Missing Access', waiting: 1 };
    const app = {
      settings: { setChannel: async () => end },
      deliveries: { listRefused: async () => [refused] },
    };
    const person = typist(stubApp(app));
    const answer = await person.type('settings channel', { purpose: 'audit', channel });
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
  });

  it('is not one in which Usher cannot post', async () => {
    const setChannel = vi.fn(async () => 'sent' as const);
    const closed = { ...channel, botLacks: ['SendMessages', 'AttachFiles'] };
    const person = typist(stubApp({ settings: { setChannel } }));
    const answer = await person.type('settings channel', { purpose: 'audit', channel: closed });
    expect(answer.text).toContain('It lacks there: Send Messages and Attach Files.');
    expect(setChannel).not.toHaveBeenCalled();
  });
});

describe('/settings role', () => {
  it.each([
    [{}, 'allow', 'are auditors now'],
    [{ action: 'deny' }, 'deny', 'can never be auditors'],
    [{ action: 'clear' }, 'clear', 'says nothing about auditors any more'],
  ])('%o', async (options, action, text) => {
    const setRole = vi.fn(async () => ({ kind: 'saved' }) as const);
    const app = stubApp({
      settings: { setRole, get: async () => settings },
      deliveries: { listRefused: async () => [] },
      ...NO_ROLE_PLANS,
    });
    const answer = await typist(app).type('settings role', { capability: 'auditor', role, ...options });
    expect(answer.text).toContain(text);
    expect(answer.text).toContain(`<@&${role.id}>: never auditors`);
    expect(setRole).toHaveBeenCalledExactlyOnceWith({
      ...who,
      capability: 'auditor',
      roleId: role.id,
      action,
    });
  });

  it.each([
    [{ kind: 'everyone' } as const, 'Everybody has that role'],
    [
      { kind: 'given', where: [say('settings.role.withPlan', { name: 'Family' })] } as const,
      'comes with the plan “Family”',
    ],
  ])('refused: %o', async (result, text) => {
    const setRole = vi.fn(async () => result);
    const app = stubApp({ settings: { setRole, get: async () => settings } });
    const answer = await typist(app).type('settings role', { capability: 'admin', role });
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining(text) });
    expect(answer.text).toContain('Nothing was changed');
  });
});

describe('a role that is mapped', () => {
  it('says how holders come to see the commands, when Discord hides them', async () => {
    const setRole = async () => ({ kind: 'saved' }) as const;
    const person = typist(stubApp({ settings: { setRole, get: async () => settings } }));
    const shown = await person.type('settings role', { capability: 'moderator', role });
    const hidden = { ...role, seesStaffCommands: false };
    const told = await person.type('settings role', { capability: 'moderator', role: hidden });
    expect(shown.text).not.toContain('Integrations');
    expect(told.text).toContain('Server Settings → Integrations → Usher');
  });
});

describe('/settings accounts', () => {
  it.each([
    [1, 0, /one account on each server; on Plex, with each owner of servers/],
    [3, 0, /3 accounts on each server/],
    [1, 2, /2 members have more, and keep them/],
  ])('max %i, of which %i have more', async (max, more, text) => {
    const setMaxAccounts = vi.fn(async () => ({ more }));
    const answer = await typist(stubApp({ settings: { setMaxAccounts } })).type('settings accounts', { max });
    expect(answer.text).toMatch(text);
    expect(setMaxAccounts).toHaveBeenCalledExactlyOnceWith({ ...who, max });
  });
});

describe('/settings notices', () => {
  const form = (chosen: readonly NoticeKind[], kind: 'saved' | 'unchanged' = 'saved') => {
    const setNotices = vi.fn(async ({ notices }: { notices: readonly NoticeKind[] }) => ({ kind, notices }));
    const get = async () => ({ ...settings, notices: chosen });
    return { setNotices, person: typist(stubApp({ settings: { get, setNotices } })) };
  };

  it('is a form in which what is chosen is ticked, and saves what is ticked then', async () => {
    const { person, setNotices } = form(['given', 'ended']);
    const shown = await person.type('settings notices', {});
    expect(shown.kind).toBe('modal');
    expect(shown.text).toContain('Members are told when access is: given, ended');
    const saved = await shown.submit({ notices: 'given,paused' });
    expect(saved.text).toContain('Members hear by DM when access is given and paused.');
    expect(setNotices).toHaveBeenCalledExactlyOnceWith({ ...who, notices: ['given', 'paused'] });
  });

  it('nothing ticked is nothing told, and a reminder is one of them', async () => {
    const { person, setNotices } = form(NOTICE_KINDS);
    const saved = await (await person.type('settings notices', {})).submit({ notices: '' });
    expect(saved.text).toContain('Members hear nothing by DM.');
    expect(setNotices).toHaveBeenCalledExactlyOnceWith({ ...who, notices: [] });
    const only = await (await person.type('settings notices', {})).submit({ notices: 'reminder' });
    expect(only.text).toContain('Members hear by DM when access is about to end.');
  });

  it('the same again says so', async () => {
    const { person } = form(['given'], 'unchanged');
    const saved = await (await person.type('settings notices', {})).submit({ notices: 'given' });
    expect(saved).toMatchObject({ tone: 'neutral', text: expect.stringContaining('Nothing was changed') });
  });
});

describe('/settings schedule, timezone and show', () => {
  it('says which channel takes nothing, and what waits', async () => {
    const listRefused = async () => [
      { channelId: channel.id, since: NOON, trouble: 'the channel is gone (10003)', waiting: 3 },
    ];
    const app = stubApp({
      settings: { get: async () => settings },
      deliveries: { listRefused },
      ...NO_ROLE_PLANS,
    });
    const answer = await typist(app).type('settings show');
    expect(answer).toMatchObject({ tone: 'warning', text: expect.stringContaining('3 messages wait') });
    expect(answer.text).toContain('the channel is gone (10003)');
  });

  const problem = { kind: 'problem', message: say('typing.schedule.between') } as const;

  it.each([
    [
      { every: '1h' },
      { kind: 'saved', message: 'every 1h', nextSyncAt: NOON } as const,
      'looked at in full every 60 minutes',
    ],
    [{ every: '2m' }, problem, 'The schedule was not changed'],
  ])('schedule %o', async (options, result, text) => {
    const setSchedule = vi.fn(async () => result);
    const get = async () => settings;
    const person = typist(stubApp({ settings: { setSchedule, get } }));
    const answer = await person.type('settings schedule', options);
    expect(answer.text).toContain(text);
    expect(setSchedule).toHaveBeenCalledExactlyOnceWith({ ...who, ...options });
  });

  it.each([
    ['UTC', { kind: 'saved', zone: 'UTC', localTime: '12:00' } as const, 'The zone is UTC'],
    ['x', problem, 'The zone was not changed'],
  ])('zone %s', async (zone, result, text) => {
    const setZone = vi.fn(async () => result);
    const answer = await typist(stubApp({ settings: { setZone } })).type('settings timezone', { zone });
    expect(answer.text).toContain(text);
    expect(setZone).toHaveBeenCalledExactlyOnceWith({ ...who, zone });
  });

  it('language: of the channels, chosen by its own name', async () => {
    const setLanguage = vi.fn(async () => {});
    const app = stubApp({ settings: { setLanguage } });
    const answer = await typist(app).type('settings language', { language: 'de' });
    expect(answer.text).toContain('What Usher posts in the channels here is German now.');
    expect(setLanguage).toHaveBeenCalledExactlyOnceWith({ ...who, language: 'de' });
  });

  it('offers zones', async () => {
    const app = stubApp({ settings: { findZones: (typed) => [`Europe/${typed}`], timeIn: () => '14:06' } });
    const [offered] = await typist(app).complete('settings timezone', 'zone', 'Berlin');
    expect(saidPlain(offered?.name ?? '')).toBe('Europe/Berlin · 14:06 now');
    expect(offered?.value).toBe('Europe/Berlin');
  });

  it.each([
    ['every so often', settings, 'every 60 minutes'],
    ['daily', { ...settings, syncDailyAt: '04:30' }, 'daily at 04:30'],
    ['without a role', { ...settings, roles: [] }, 'No role is mapped yet'],
    ['with how many accounts', { ...settings, maxAccounts: 2 }, 'Accounts of a member on one server: 2'],
  ])('shows all, %s', async (_name, now, text) => {
    const deliveries = { listRefused: async () => [] };
    const answer = await typist(
      stubApp({ settings: { get: async () => now }, deliveries, ...NO_ROLE_PLANS }),
    ).type('settings show');
    expect(answer.text).toMatch(
      /Audit channel: <#3(.|\n)*Requests channel: not chosen(.|\n)*Time zone: UTC, 12:00 now/,
    );
    expect(answer.text).toContain(text);
  });
});

describe('a setting changed from the list', () => {
  const deliveries = { listRefused: async () => [] };
  const listed = (more: Stubs['settings']) =>
    typist(
      stubApp({
        settings: { get: async () => settings, ...more },
        deliveries,
        drafts: memoryDrafts(),
        ...NO_ROLE_PLANS,
      }),
    );

  it('is not offered to who only looks', async () => {
    const actor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
    const app = stubApp({ settings: { get: async () => settings }, deliveries, ...NO_ROLE_PLANS });
    const answer = await typist(app, { actor }).type('settings show');
    const blocks = answer.view.kind === 'view' ? answer.view.blocks : [];
    expect(blocks.map(({ kind }) => kind)).not.toContain('select');
  });

  it('shows the list again, with what was saved above it', async () => {
    const setChannel = vi.fn(async () => 'sent' as const);
    const form = await (await listed({ setChannel }).type('settings show')).select('alerts');
    const answer = await form.submit({ channel: channel.id }, channel);
    expect(answer.text).toMatch(/^✅ <#300000000000000002> is now the alerts channel(.|\n)*Audit channel:/);
    expect(setChannel).toHaveBeenCalledExactlyOnceWith({ ...who, purpose: 'alerts', channelId: channel.id });
  });

  it.each([
    ['schedule', { every: '45m', daily: '' }, { every: '45m', daily: undefined }],
    ['schedule', { every: '', daily: '04:30' }, { every: undefined, daily: '04:30' }],
  ])('%s %o', async (what, fields, sent) => {
    const setSchedule = vi.fn(async () => ({ kind: 'saved', message: '', nextSyncAt: NOON }) as const);
    const form = await (await listed({ setSchedule }).type('settings show')).select(what);
    expect((await form.submit(fields)).text).toContain('looked at in full');
    expect(setSchedule).toHaveBeenCalledExactlyOnceWith({ ...who, ...sent });
  });

  it('how long things are kept', async () => {
    const setRetention = vi.fn(async () => {});
    const form = await (await listed({ setRetention }).type('settings show')).select('retention');
    expect((await form.submit({ days: '6' })).text).toContain('no number from 7 to 3650');
    await form.submit({ days: '30' });
    expect(setRetention).toHaveBeenCalledExactlyOnceWith({ ...who, days: 30 });
  });

  it('when the digest comes, as it is now in the form', async () => {
    const now = { ...settings, digestDay: 'friday', digestTime: '18:00' } as const;
    const set = vi
      .fn<App['digest']['set']>()
      .mockResolvedValueOnce({ kind: 'problem', message: say('typing.schedule.noTime', { typed: '25:00' }) })
      .mockResolvedValueOnce({ kind: 'saved', nextAt: NOON, channelId: channel.id })
      .mockResolvedValueOnce({ kind: 'off' });
    const person = typist(
      stubApp({
        ...{ settings: { get: async () => now }, digest: { set }, deliveries, drafts: memoryDrafts() },
        ...NO_ROLE_PLANS,
      }),
    );
    const form = await (await person.type('settings show')).select('digest');
    expect(form.view).toMatchObject({
      fields: [
        {
          id: 'day',
          options: expect.arrayContaining([expect.objectContaining({ value: 'friday', chosen: true })]),
        },
        { id: 'time', value: '18:00' },
      ],
    });
    expect(await form.submit({ day: 'friday', time: '25:00' })).toMatchObject({ tone: 'bad' });
    expect((await form.submit({ day: 'friday', time: '18:00' })).text).toContain(
      'The digest comes on Friday at 18:00',
    );
    await form.submit({ day: 'off', time: '' });
    expect(set.mock.calls).toEqual([
      [{ ...who, day: 'friday', time: '25:00' }],
      [{ ...who, day: 'friday', time: '18:00' }],
      [{ ...who, day: null, time: '09:00' }],
    ]);
  });

  it('comes back as it was filled in, with the reason at the field', async () => {
    const setMaxAccounts = vi.fn(async () => ({ more: 0 }));
    const form = await (await listed({ setMaxAccounts }).type('settings show')).select('accounts');
    const refused = await form.submit({ max: '99' });
    expect(refused).toMatchObject({ tone: 'bad', text: expect.stringContaining('no number from 1 to 10') });
    const again = await refused.press('Try again');
    expect(again.view).toMatchObject({
      kind: 'modal',
      fields: [{ id: 'max', value: '99', description: say('settings.form.noNumber') }],
    });
    expect((await again.submit({ max: '2' })).text).toContain('2 accounts on each server');
    expect(setMaxAccounts).toHaveBeenCalledExactlyOnceWith({ ...who, max: 2 });
  });

  it('maps a role', async () => {
    const setRole = vi.fn(async () => ({ kind: 'saved' }) as const);
    const form = await (await listed({ setRole }).type('settings show')).select('role');
    const fields = { role: role.id, capability: 'auditor', effect: 'deny' };
    expect((await form.submit(fields, role)).text).toContain('can never be auditors');
    const change = { capability: 'auditor', action: 'deny', roleId: role.id };
    expect(setRole).toHaveBeenCalledExactlyOnceWith({ ...who, ...change });
  });
});
