import { describe, expect, it, vi } from 'vitest';
import { NOTICE_KINDS } from '../../src/domain/notice-kinds.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { NOON } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };
const channel = { id: '300000000000000002', name: 'audit', botLacks: [] };
const role = { id: '600000000000000001', name: 'Staff' };
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
  notices: NOTICE_KINDS,
  nextSyncAt: NOON,
  roles: [{ roleId: role.id, capability: 'auditor', effect: 'deny' } as const],
  localTime: '12:00',
};

describe('/settings channel', () => {
  it.each([
    ['audit', 'Every change of access is posted there'],
    ['alerts', 'What needs a person is posted there'],
    ['requests', 'Nothing is posted there yet'],
  ])('%s: %s', async (purpose, text) => {
    const setChannel = vi.fn(async () => {});
    const answer = await typist(stubApp({ settings: { setChannel } })).type('settings channel', {
      purpose,
      channel,
    });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining(text) });
    expect(setChannel).toHaveBeenCalledExactlyOnceWith({ ...who, purpose, channelId: channel.id });
  });

  it('is not one in which Usher cannot post', async () => {
    const setChannel = vi.fn(async () => {});
    const closed = { ...channel, botLacks: ['Send Messages', 'Attach Files'] };
    const person = typist(stubApp({ settings: { setChannel } }));
    const answer = await person.type('settings channel', { purpose: 'audit', channel: closed });
    expect(answer.text).toContain('**Send Messages**, **Attach Files**');
    expect(setChannel).not.toHaveBeenCalled();
  });
});

describe('/settings role', () => {
  it.each([
    [{}, 'allow'],
    [{ action: 'deny' }, 'deny'],
    [{ action: 'clear' }, 'clear'],
  ])('%o', async (options, action) => {
    const setRole = vi.fn(async () => ({ kind: 'saved' }) as const);
    const app = stubApp({
      settings: { setRole, get: async () => settings },
      deliveries: { listRefused: async () => [] },
    });
    const answer = await typist(app).type('settings role', { capability: 'auditor', role, ...options });
    expect(answer.text).toContain(`<@&${role.id}>: deny auditor`);
    expect(setRole).toHaveBeenCalledExactlyOnceWith({
      ...who,
      capability: 'auditor',
      roleId: role.id,
      action,
    });
  });

  it.each([
    [{ kind: 'everyone' } as const, 'Everybody has that role'],
    [{ kind: 'given', where: 'the plan “Family”' } as const, 'comes with the plan “Family”'],
  ])('refused: %o', async (result, text) => {
    const setRole = vi.fn(async () => result);
    const app = stubApp({ settings: { setRole, get: async () => settings } });
    const answer = await typist(app).type('settings role', { capability: 'admin', role });
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining(text) });
    expect(answer.text).toContain('Nothing was changed');
  });
});

describe('/settings accounts', () => {
  it.each([
    [1, 0, /one account on each media server.*on Plex, with each owner of servers/],
    [3, 0, /3 accounts on each media server/],
    [1, 2, /2 members have more, and keep them/],
  ])('max %i, of which %i have more', async (max, more, text) => {
    const setMaxAccounts = vi.fn(async () => ({ more }));
    const answer = await typist(stubApp({ settings: { setMaxAccounts } })).type('settings accounts', { max });
    expect(answer.text).toMatch(text);
    expect(setMaxAccounts).toHaveBeenCalledExactlyOnceWith({ ...who, max });
  });
});

describe('/settings schedule, timezone and show', () => {
  it('says which channel takes nothing, and what waits', async () => {
    const listRefused = async () => [
      { channelId: channel.id, since: NOON, trouble: 'the channel is gone (10003)', waiting: 3 },
    ];
    const app = stubApp({ settings: { get: async () => settings }, deliveries: { listRefused } });
    const answer = await typist(app).type('settings show');
    expect(answer).toMatchObject({ tone: 'warning', text: expect.stringContaining('3 messages wait') });
    expect(answer.text).toContain('the channel is gone (10003)');
  });

  const problem = { kind: 'problem', message: 'Between 5m and 1d.' } as const;

  it.each([
    [
      { every: '1h' },
      { kind: 'saved', message: 'every 1h', nextSyncAt: NOON } as const,
      'A full sync runs every 1h',
    ],
    [{ every: '2m' }, problem, 'The schedule was not changed'],
  ])('schedule %o', async (options, result, text) => {
    const setSchedule = vi.fn(async () => result);
    const answer = await typist(stubApp({ settings: { setSchedule } })).type('settings schedule', options);
    expect(answer.text).toContain(text);
    expect(setSchedule).toHaveBeenCalledExactlyOnceWith({ ...who, ...options });
  });

  it.each([
    ['UTC', { kind: 'saved', zone: 'UTC', localTime: '12:00' } as const, 'The zone is `UTC`'],
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
    const app = stubApp({ settings: { findZones: (typed) => [`Europe/${typed}`] } });
    expect(await typist(app).complete('settings timezone', 'zone', 'Berlin')).toEqual([
      { name: 'Europe/Berlin', value: 'Europe/Berlin' },
    ]);
  });

  it.each([
    ['every so often', settings, 'every 60 minutes'],
    ['daily', { ...settings, syncDailyAt: '04:30' }, 'daily at 04:30'],
    ['without a role', { ...settings, roles: [] }, 'no role is mapped yet'],
    [
      'with how many accounts',
      { ...settings, maxAccounts: 2 },
      'Accounts of a member on one server: at most 2',
    ],
  ])('shows all, %s', async (_name, now, text) => {
    const deliveries = { listRefused: async () => [] };
    const answer = await typist(stubApp({ settings: { get: async () => now }, deliveries })).type(
      'settings show',
    );
    expect(answer.text).toMatch(/Audit channel: <#3(.|\n)*Requests channel: not chosen(.|\n)*Zone: `UTC`/);
    expect(answer.text).toContain(text);
  });
});
