/** What a new account may do beside watching its libraries (media-servers.md B5, B6, M1), and foreign sign-ins. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import type { JellyfinPolicy, JellyfinUser } from '../../standins/jellyfin/jellyfin.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

const PASSWORD = 'S3cret+pass word';
const VERSIONS = ['10.10', '10.11', '12.0'] as const;
let world: JellyfinWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startJellyfinWorld();
  server = world.at();
});
afterEach(() => world.close());

const create = (template: string | null = null, at = server, resume = false) =>
  at.accounts?.create({
    ...{ name: 'ada', password: PASSWORD, resume, template },
    externalIds: [world.libraryId('Films')],
  });
const policy = (): JellyfinPolicy => world.jellyfin.user('ada').policy;
const posted = (): Record<string, unknown>[] =>
  world.jellyfin.http.requestsTo('POST', /\/Policy$/).map(({ body }) => JSON.parse(body));

/** A user, with a field less in its policy. */
function without(body: unknown, field: string): object {
  const user = body as { readonly Policy: Record<string, unknown> };
  const { [field]: _, ...rest } = user.Policy;
  return { ...user, Policy: rest };
}

/** Right after a policy is stored, the server itself changes it. Counts how often. */
function afterPolicies(change: (user: JellyfinUser, time: number) => void): { times: number } {
  const counted = { times: 0 };
  world.jellyfin.http.fault({
    ...{ method: 'POST', path: /\/Policy$/, times: Number.POSITIVE_INFINITY },
    alters: (answer) => {
      counted.times += 1;
      change(world.jellyfin.user('ada'), counted.times);
      return answer;
    },
  });
  return counted;
}

/** Everything that a new account has on its own beside its libraries, and more than that. */
const OPEN: Partial<JellyfinPolicy> = {
  EnableLiveTvAccess: true,
  EnableLiveTvManagement: true,
  EnableAllChannels: true,
  EnabledChannels: ['c'.repeat(32)],
  EnableContentDownloading: true,
  EnablePublicSharing: true,
  EnableSharedDeviceControl: true,
  EnableRemoteControlOfOtherUsers: true,
  SyncPlayAccess: 'CreateAndJoinGroups',
  EnableCollectionManagement: true,
  EnableSubtitleManagement: true,
  EnableContentDeletion: true,
  EnableContentDeletionFromFolders: ['f'.repeat(32)],
};
const CLOSED: Partial<JellyfinPolicy> = {
  EnableLiveTvAccess: false,
  EnableLiveTvManagement: false,
  EnableAllChannels: false,
  EnabledChannels: [],
  EnableContentDownloading: false,
  EnablePublicSharing: false,
  EnableSharedDeviceControl: false,
  EnableRemoteControlOfOtherUsers: false,
  SyncPlayAccess: 'None',
  EnableCollectionManagement: false,
  EnableSubtitleManagement: false,
  EnableContentDeletion: false,
  EnableContentDeletionFromFolders: [],
};

describe('without a template', () => {
  it.each(VERSIONS)('%s: nothing beside the libraries, and playing goes on as it was', async (version) => {
    const other = await startJellyfinWorld(version);
    expect(inEnglish(await create(null, other.at()))).toMatchObject({
      kind: 'created',
      beside: { template: null, notKept: [] },
    });
    expect(other.jellyfin.user('ada').policy).toMatchObject({
      ...CLOSED,
      EnableAllFolders: false,
      EnableMediaPlayback: true,
      EnableVideoPlaybackTranscoding: true,
      EnableRemoteAccess: true,
      EnableUserPreferenceAccess: true,
    });
    await other.close();
  });

  it('a field that this version does not have is not sent', async () => {
    world.jellyfin.http.fault({
      ...{ method: 'POST', path: /\/Users\/New$/ },
      alters: ({ body, ...answer }) => ({ ...answer, body: without(body, 'EnableLyricManagement') }),
    });
    await create();
    expect(posted()[0]).toHaveProperty('EnableSubtitleManagement', false);
    expect(posted()[0]).not.toHaveProperty('EnableLyricManagement');
  });

  it('what the server takes and does not keep is put right once, and then told', async () => {
    const edits = afterPolicies((user) => {
      user.policy = { ...user.policy, EnableLiveTvAccess: true };
    });
    expect(await create()).toMatchObject({
      kind: 'created',
      beside: { template: null, notKept: ['Live TV'] },
    });
    expect(edits.times).toBe(2);
    expect(policy()).toMatchObject({ EnableContentDownloading: false, EnableAllFolders: false });
  });

  it('what it does not keep at first and keeps then is not told', async () => {
    afterPolicies((user, time) => {
      if (time === 1) user.policy = { ...user.policy, EnableContentDownloading: true };
    });
    expect(await create()).toMatchObject({ beside: { template: null, notKept: [] } });
    expect(policy()).toMatchObject(CLOSED);
  });

  it('a half-made account that is finished has nothing beside either', async () => {
    world.jellyfin.addUser({ name: 'ada', password: PASSWORD });
    expect(await create(null, server, true)).toMatchObject({ kind: 'created' });
    expect(policy()).toMatchObject(CLOSED);
  });
});

describe('with a template', () => {
  let template: JellyfinUser;
  beforeEach(() => {
    world.addMember('template', ['Music']);
    template = world.jellyfin.user('template');
    template.policy = {
      ...template.policy,
      ...OPEN,
      MaxParentalRating: 12,
      BlockedTags: ['gore', 'fright'],
      MaxActiveSessions: 2,
      EnableVideoPlaybackTranscoding: false,
    };
  });

  it('all of its other fields are copied', async () => {
    expect(await create(template.id)).toMatchObject({ beside: { template: 'copied', notKept: [] } });
    expect(policy()).toMatchObject({
      ...OPEN,
      MaxParentalRating: 12,
      BlockedTags: ['gore', 'fright'],
      MaxActiveSessions: 2,
      EnableVideoPlaybackTranscoding: false,
    });
  });

  it('not what is its own: what it sees, whether it is open, how it signs in', async () => {
    const { AuthenticationProviderId: own, PasswordResetProviderId: reset } =
      world.jellyfin.user('root').policy;
    template.policy = {
      ...template.policy,
      EnableAllFolders: true,
      IsDisabled: true,
      InvalidLoginAttemptCount: 2,
      AuthenticationProviderId: 'Jellyfin.Plugin.LDAP_Auth.LdapAuthenticationProviderPlugin',
      PasswordResetProviderId: 'Jellyfin.Plugin.LDAP_Auth.LdapPasswordResetProvider',
    };
    template.blockedMediaFolders = [world.libraryId('Films')];
    expect(await create(template.id)).toMatchObject({ beside: { template: 'copied', notKept: [] } });
    expect(policy()).toMatchObject({
      IsAdministrator: false,
      IsDisabled: false,
      EnableAllFolders: false,
      EnabledFolders: [world.libraryId('Films')],
      InvalidLoginAttemptCount: 0,
      AuthenticationProviderId: own,
      PasswordResetProviderId: reset,
    });
    expect(posted()[0]?.BlockedMediaFolders).toEqual([]);
    expect(world.jellyfin.canSignIn('ada', PASSWORD)).toBe(true);
  });

  it('hours of access are copied for the new account, not for the old one', async () => {
    const hours = { DayOfWeek: 'Weekday', StartHour: 8, EndHour: 20 };
    template.policy = {
      ...template.policy,
      AccessSchedules: [{ Id: 7, UserId: template.id, ...hours }],
    };
    expect(await create(template.id)).toMatchObject({ beside: { template: 'copied', notKept: [] } });
    const { id } = world.jellyfin.user('ada');
    expect(policy().AccessSchedules).toEqual([{ UserId: id, ...hours }]);
  });

  it('that became an administrator, or is gone, or cannot be read, gives nothing, and the account is made', async () => {
    template.policy = { ...template.policy, IsAdministrator: true };
    expect(await create(template.id)).toMatchObject({ beside: { template: 'administrator', notKept: [] } });
    expect(policy()).toMatchObject({ ...CLOSED, IsAdministrator: false });
    for (const state of ['gone', 'unread'] as const) {
      world.jellyfin.state.users.delete(world.jellyfin.user('ada').id);
      if (state === 'gone') world.jellyfin.state.users.delete(template.id);
      else
        world.jellyfin.http.fault({
          ...{ method: 'GET', path: new RegExp(template.id), times: 1 },
          answer: { status: 500, body: 'Error processing request.' },
        });
      expect(await create(template.id)).toMatchObject({ kind: 'created', beside: { template: state } });
      expect(policy()).toMatchObject(CLOSED);
    }
  });

  it('is read before the account is made, which is then open for one request', async () => {
    await create(template.id);
    const { id } = world.jellyfin.user('ada');
    const requests = world.jellyfin.http.requests.map(({ method, path }) => `${method} ${path}`);
    const made = requests.indexOf('POST /Users/New');
    expect(requests.indexOf(`GET /Users/${template.id}`)).toBeLessThan(made);
    expect(requests[made + 1]).toBe(`POST /Users/${id}/Policy`);
  });
});

describe('signing in elsewhere', () => {
  it('a half-made account that another service lets in by now is not ours to finish', async () => {
    const user = world.jellyfin.addUser({ name: 'ada', password: PASSWORD });
    world.signInElsewhere?.(user.id);
    expect(await create(null, server, true)).toEqual({ kind: 'name-taken' });
    // Nor is our password shown to that service.
    expect(world.jellyfin.http.requestsTo('POST', /AuthenticateByName/)).toEqual([]);
  });

  it('a new account that the server lets another service in with is removed', async () => {
    afterPolicies(({ id }) => world.signInElsewhere?.(id));
    expect(await create()).toMatchObject({ kind: 'failed', leftBehind: false });
    expect(world.jellyfin.findUser('ada')).toBeUndefined();
  });

  it('is looked at again before an account is deleted', async () => {
    const id = world.addMember('ada', ['Films']);
    const reading = await server.readAccess();
    if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
    const [account] = reading.value.accounts.filter(({ externalId }) => externalId === id);
    if (!account) throw new Error('not read');
    world.signInElsewhere?.(id);
    expect(inEnglish(await server.accounts?.delete(account))).toMatchObject({
      kind: 'failed',
      why: { message: expect.stringContaining('signs in elsewhere') },
    });
    expect(world.jellyfin.findUser('ada')).toBeDefined();
  });

  it.each([
    ['LDAP-Auth', 'Active', true],
    ['LDAP Authentication', 'Restart', true],
    ['SSO-Auth', 'Active', true],
    ['OpenID Connect', 'Active', true],
    ['SSO-Auth', 'Disabled', false],
    ['LDAP-Auth', 'Superceded', false],
    ['Authors of Books', 'Active', false],
    ['Lossless Trim', 'Active', false],
  ] as const)('plug-in %s, %s: %s', async (name, status, counts) => {
    world.jellyfin.state.plugins.push({ Name: name, Status: status });
    expect(await server.accounts?.listSignInPlugins()).toEqual({
      kind: 'known',
      value: counts ? [name] : [],
    });
  });

  it('plug-ins that cannot be listed are unknown', async () => {
    world.jellyfin.http.fault({ method: 'GET', path: /\/Plugins$/, answer: { status: 500 } });
    expect(await server.accounts?.listSignInPlugins()).toMatchObject({ kind: 'unknown' });
  });
});
