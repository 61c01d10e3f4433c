/** What an account that Usher makes may do beside its libraries, and accounts that another service lets in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { as, caughtUp, expectUnbrokenRecord, jellyfinMember } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  stage.den.state.plugins.push({ Name: 'LDAP-Auth', Status: 'Active' });
  await stage.setUp();
});
afterAll(() => stage.strike());

const lineOf = (account: string) =>
  stage.auditLines.find((line) => line.includes('access.applied') && line.includes(account)) ?? '';
const NOTHING = {
  EnableLiveTvAccess: false,
  EnableAllChannels: false,
  EnableContentDownloading: false,
  EnablePublicSharing: false,
  EnableSharedDeviceControl: false,
  SyncPlayAccess: 'None',
};

describe('a new account', () => {
  it('has its libraries and nothing beside', async () => {
    const { login } = await jellyfinMember(stage, 'nina', 'Den · Films');
    expect(login.policy).toMatchObject({ ...NOTHING, EnableMediaPlayback: true });
    expect(stage.den.accessOf(login)).toEqual(['Films']);
    expect(lineOf('nina')).toContain('only these libraries and nothing beside them');
    const shown = await stage.asOlga('/server policy', { server: 'Den' });
    expect(shown.text).toContain('New accounts: their libraries, and nothing beside');
  });

  it('copies a template that an admin chose from those offered, and nothing beside again', async () => {
    const template = stage.den.addUser({ name: 'like me', password: 'x' });
    template.policy = { ...template.policy, EnableContentDownloading: true, MaxParentalRating: 12 };
    await stage.asOlga('/library sync', { server: 'Den' });
    const olga = as(stage, stage.olga);
    const offered = await olga.autocomplete('server policy', { server: 'Den' }, 'template', 'lik');
    expect(offered.map(({ name }) => name)).toEqual(['nothing beside', 'like me']);
    const set = await stage.asOlga('/server policy', { server: 'Den', template: String(offered[1]?.value) });
    expect(set.text).toContain('their libraries, and otherwise the rights of **like me**');
    expect((await stage.asOlga('/server show', { server: 'Den' })).text).toContain('rights of **like me**');
    const { login } = await jellyfinMember(stage, 'otto', 'Den · Films');
    expect(login.policy).toMatchObject({ EnableContentDownloading: true, MaxParentalRating: 12 });
    expect(stage.den.accessOf(login)).toEqual(['Films']);

    const cleared = await stage.asOlga('/server policy', { server: 'Den', template: 'nothing beside' });
    expect(cleared.text).toContain('and nothing beside');
    expect((await jellyfinMember(stage, 'paul', 'Den · Films')).login.policy).toMatchObject(NOTHING);
  });

  it('is made with nothing beside when the template is gone by then, and staff hear it', async () => {
    const alerts = stage.guild.addTextChannel('alerts');
    await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
    await stage.asOlga('/server policy', { server: 'Den', template: 'like me' });
    stage.den.state.users.delete(stage.den.user('like me').id);
    const refused = await stage.asOlga('/server policy', { server: 'Den', template: 'like me' });
    expect(refused.text).toContain('not on the server any more');
    const { login } = await jellyfinMember(stage, 'quinn', 'Den · Films');
    expect(login.policy).toMatchObject(NOTHING);
    await stage.discord.as(stage.olga).in(alerts).sees('the template account is gone from the server');
    await stage.asOlga('/server policy', { server: 'Den', template: 'Nothing beside' });
  });
});

describe('an account that another service lets in', () => {
  it('is warned of where the server is checked and shown', async () => {
    for (const path of ['/server check', '/server show'])
      expect((await stage.asOlga(path, { server: 'Den' })).text).toContain(
        'People also sign in through LDAP-Auth',
      );
  });

  it('gets no password, and is disabled at its end and not deleted', async () => {
    await stage.asOlga('/server policy', { server: 'Den', expiry: 'delete' });
    const { user, login } = await jellyfinMember(stage, 'rosa', 'Den · Films');
    const mine = await as(stage, user).command('my access');
    login.policy = { ...login.policy, AuthenticationProviderId: 'Jellyfin.Plugin.LDAP_Auth.Provider' };
    const asked = await mine.click('New password: Den');
    const refused = await asked.click('Set a new password');
    expect(refused.text).toContain('a password that is kept elsewhere');
    await stage.asOlga('/library sync', { server: 'Den' });
    await expect((await as(stage, user).command('my access')).click('New password: Den')).rejects.toThrow();
    expect((await stage.asOlga('/server show', { server: 'Den' })).text).toContain(
      '1 account signs in elsewhere',
    );
    const listed = await stage.asOlga('/grant list', { member: user });
    const number = /#(\d+)/.exec(listed.text)?.[1] ?? '';
    await stage.asOlga('/grant revoke', { grant: number });
    await caughtUp(stage);
    expect(stage.den.user('rosa').policy).toMatchObject({ IsDisabled: true, EnabledFolders: [] });
    expect(stage.auditLines.join('\n')).toMatch(/is closed and stays there · it signs in elsewhere/);
  });
});

it('leaves one unbroken record', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
});
