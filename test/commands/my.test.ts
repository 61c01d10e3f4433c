import { describe, expect, it, vi } from 'vitest';
import type { CodeConnection } from '../../src/app/accounts/by-code.ts';
import type { PageConnection } from '../../src/app/accounts/page-connection.ts';
import type { ServerAccountResult } from '../../src/app/accounts/server-account.ts';
import type { Trouble } from '../../src/app/ports/media-server.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { MyAccess } from '../../src/app/queries/overview.ts';
import { toGuildId } from '../../src/domain/ids.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { anAccount, aServer, MOVIES, NOON, standingOf } from './samples.ts';

const den = aServer({ id: 'den', name: 'Den', kind: 'jellyfin', publicUrl: 'https://den.test' });
const off: Trouble = { kind: 'not-possible', message: 'It is off.' };
const waiting = {
  guildId: GUILD,
  standings: [{ ...standingOf(), servers: [{ server: den, application: { kind: 'no-account' } as const }] }],
  left: [],
  passwordsFor: [],
};

const applied: MyAccess = { guildId: GUILD, standings: [standingOf()], left: [], passwordsFor: [] };

describe('/my access', () => {
  const having = (more: Stubs = {}, all: readonly MyAccess[] = [applied]) => {
    const myAccess = vi.fn(async (_memberId: string, _guildId?: string) => all);
    return { myAccess, app: stubApp({ overview: { myAccess }, ...more }) };
  };

  it('shows what there is, here, or in a DM everywhere', async () => {
    const { myAccess, app } = having();
    expect((await typist(app).type('my access')).text).toMatch(
      /Your access(.|\n)*applied(.|\n)*Tower\*\* \(Plex\)/,
    );
    await typist(app, { inDm: true, guildId: toGuildId('') }).type('my access');
    expect(myAccess.mock.calls).toEqual([
      [STAFF, GUILD],
      [STAFF, undefined],
    ]);
    const nothing = [{ guildId: GUILD, standings: [], left: [], passwordsFor: [] }];
    expect((await typist(having({}, nothing).app).type('my access')).text).toContain('no access here yet');
  });

  it('shows what stays without a grant, instead of nothing', async () => {
    const kept = [{ libraryIds: ['movies'], why: { kind: 'default' } as const }];
    const left = [{ server: den, kept, libraries: [MOVIES] }];
    const mine = await typist(
      having({}, [{ guildId: GUILD, standings: [], left, passwordsFor: [] }]).app,
    ).type('my access');
    expect(mine.text).toMatch(
      /Without a grant you have: \*\*Den\*\* · Movies as the default library(.|\n)*den\.test/,
    );
  });

  it.each<[string, PageConnection, string]>([
    ['is done', { kind: 'connected', account: 'ada' }, 'Your access'],
    ['ran out', { kind: 'expired' }, 'The sign-in ran out'],
    ['is the owner’s', { kind: 'refused', why: 'owner', account: 'olga' }, 'is the owner of the server'],
    ['is somebody else’s', { kind: 'refused', why: 'somebody-elses', account: 'ben' }, 'another member'],
    ['failed', { kind: 'failed', why: off }, 'the staff have to put something right first'],
    [
      'is left to the member',
      {
        kind: 'unfinished',
        account: 'ada',
        servers: [{ server: aServer(), state: 'invited' }],
        byHand: { reason: 'Please verify your email address first' },
      },
      'Please verify your email address first',
    ],
    [
      'is left to staff',
      { kind: 'unfinished', account: 'ada', servers: [{ server: aServer(), state: 'staff' }] },
      'Tower**: the staff have to put something right first',
    ],
  ])('a sign-in with Plex that %s', async (_name, end, text) => {
    const value = {
      link: 'https://plex.tv/x',
      expiresAt: NOON,
      finished: Promise.resolve(end),
      steps: () => undefined,
      leave: () => {},
    };
    const start = vi.fn(async () => ({ kind: 'known', value }) as const);
    const { app } = having({ connectByPage: { start } });
    const asked = await typist(app).use('my access', 'plex');
    expect(asked.text).toContain('Sign in with Plex');
    expect((await asked.later()).text).toContain(text);
    expect(start).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'plex', expect.any(Function));
  });

  it('says when Plex cannot be asked', async () => {
    const { app } = having({ connectByPage: { start: async () => ({ kind: 'unknown', why: off }) } });
    expect((await typist(app).use('my access', 'plex')).text).toContain(
      'Plex account cannot be connected just now',
    );
  });

  it.each<[string, ServerAccountResult, string]>([
    [
      'is made',
      { kind: 'created', server: den, name: 'olga', password: 'pw' },
      'Password: `pw`\nAddress: `https://den.test`',
    ],
    ['is there', { kind: 'already', server: den, name: 'olga' }, 'already: `olga`'],
    ['is not granted', { kind: 'nothing-granted' }, 'Nothing is granted to you'],
    ['is taken', { kind: 'name-taken' }, 'is taken'],
    ['is not allowed', { kind: 'name-not-allowed', message: 'Too long.' }, 'Too long.'],
    ['failed', { kind: 'failed', server: den, why: off }, 'the staff have to put something right first'],
  ])('an account on Jellyfin that %s', async (_name, result, text) => {
    const create = vi.fn(async () => result);
    const { app } = having({ serverAccounts: { create } }, [waiting]);
    const mine = await typist(app).type('my access');
    const form = await mine.press('Create account: Den');
    expect(form.text).toBe('Create your account\nUser name: olga');
    expect((await form.submit({ name: 'olga' })).text).toContain(text);
    expect(create).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'den', 'olga');
  });

  it('gives a new password for an account that Usher made', async () => {
    const newPassword = vi.fn(
      async () => ({ kind: 'created', server: den, name: 'x', password: 'pw' }) as const,
    );
    const own = { ...applied, left: [], passwordsFor: [{ account: anAccount(), server: aServer() }] };
    const { app } = having({ serverAccounts: { newPassword } }, [own]);
    const answer = await (await typist(app).type('my access')).press('New password: Tower');
    expect(answer.text).toMatch(/Your new password on Den(.|\n)*pw/);
    expect(newPassword).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'account');
  });

  it.each<[string, ServerAccountResult, RegExp]>([
    ['is over', { kind: 'closed', server: den, why: 'nothing-granted', paused: false }, /access has ended/],
    ['is paused', { kind: 'closed', server: den, why: 'nothing-granted', paused: true }, /is paused/],
    [
      'somebody closed',
      { kind: 'closed', server: den, why: 'disabled', paused: false },
      /closed on the server/,
    ],
    [
      'is not open again yet',
      { kind: 'closed', server: den, why: 'not-yet', paused: false },
      /not open again yet/,
    ],
    ['failed', { kind: 'failed', server: den, why: off }, /No password was set/],
  ])('a password for access that %s is refused, and nothing is called ready', async (_name, result, text) => {
    const { app } = having({ serverAccounts: { newPassword: async () => result } });
    const answer = await typist(app).use('my access', 'password', 'account');
    expect(answer.text).toMatch(text);
    expect(answer.text).not.toMatch(/ready|No account/);
  });
});

describe('/my accounts', () => {
  const linked = { account: anAccount({ emailMasked: 'a…@x.org', pending: true }), server: aServer() };
  const overview = {
    myAccounts: async () => [{ guildId: GUILD, accounts: [linked], servers: [aServer(), den] }],
  };

  it.each<[string, CodeConnection, string]>([
    ['is done', { kind: 'connected', server: den, account: 'ada' }, 'is linked'],
    ['ran out', { kind: 'expired' }, 'The code ran out'],
    [
      'is an administrator’s',
      { kind: 'refused', why: 'administrator', account: 'root' },
      'is an administrator',
    ],
    ['is somebody else’s', { kind: 'refused', why: 'somebody-elses', account: 'ben' }, 'another member'],
    ['failed', { kind: 'failed', server: den, why: off }, 'the staff have to put something right first'],
  ])('a proof that %s', async (_name, end, text) => {
    const value = {
      server: den,
      code: '123456',
      expiresAt: NOON,
      finished: Promise.resolve(end),
      isApproved: () => true,
      leave: () => {},
    };
    const connectByCode = vi.fn(async () => ({ kind: 'started', value }) as const);
    const mine = await typist(stubApp({ overview, connectByCode })).type('my accounts');
    expect(mine.text).toContain('Tower** (Plex): `ada` (a…@x.org) · 📨 invited');
    const asked = await mine.press('I have an account: Den');
    expect(asked.text).toContain('`123456`');
    expect((await asked.later()).text).toContain(text);
    expect(connectByCode).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'den', expect.any(Function));
  });

  it('says when there is nothing, no server, or no answer', async () => {
    const none = stubApp({ overview: { myAccounts: async () => [] }, connectByCode: async () => undefined });
    expect((await typist(none).type('my accounts')).text).toContain('no accounts here yet');
    expect((await typist(none).use('my accounts', 'quick', 'x')).text).toContain('no longer here');
    const silent = stubApp({ connectByCode: async () => ({ kind: 'failed', server: den, why: off }) });
    expect((await typist(silent).use('my accounts', 'quick', 'x')).text).toContain(
      'staff have to put something right',
    );
  });
});

describe('a server that cannot be reached, for members', () => {
  const silent = aServer({ failedChecks: 1, sharingFailedChecks: 1, offlineWhy: 'no', sharingWhy: 'no' });
  it.each<[string, GrantStanding['servers'][number]['application'], RegExp]>([
    ['what they have', { kind: 'applied', seenAt: NOON }, /You keep what you have there/],
    [
      'what stands while another change waits',
      { kind: 'seen-before', seenAt: NOON },
      /You keep what you have/,
    ],
    ['what is queued', { kind: 'queued' }, /You will get this as soon as it answers/],
    ['what failed', { kind: 'failed', why: 'Nothing answers.' }, /You will get this as soon as it answers/],
    [
      'what has ended',
      { kind: 'still-open', why: 'Nothing answers.' },
      /You will lose this as soon as it answers/,
    ],
  ])('says of %s what it means', async (_name, application, says) => {
    const servers = [{ server: silent, application }];
    const all = [{ guildId: GUILD, standings: [{ ...standingOf(), servers }], left: [], passwordsFor: [] }];
    const { text } = await typist(stubApp({ overview: { myAccess: async () => all } })).type('my access');
    expect(text).toMatch(/\*\*Tower\*\* cannot be reached right now/);
    expect(text).toMatch(says);
    expect(text).not.toContain('Nothing answers');
  });
});
