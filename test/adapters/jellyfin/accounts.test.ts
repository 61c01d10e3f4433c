import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { problemOfName } from '../../../src/adapters/jellyfin/accounts.ts';
import type { MediaServer } from '../../../src/app/ports/media-server.ts';
import { inEnglish } from '../../support/said.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

/** Making accounts and setting passwords: media-servers.md B5, B7 and edge cases 30 to 33. */
const PASSWORD = 'S3cret+pass word';
let world: JellyfinWorld;
let server: MediaServer;
beforeEach(async () => {
  world = await startJellyfinWorld();
  server = world.at();
});
afterEach(async () => {
  await world.close();
});

const films = (): readonly [string] => [world.libraryId('Films')];
const create = (resume = false, name = 'ada') =>
  server.accounts?.create({ name, password: PASSWORD, externalIds: films(), resume, template: null });
const NOTHING = { template: null, notKept: [] };
const user = () => world.jellyfin.findUser('ada');
const seen = () => {
  const found = user();
  return found && world.jellyfin.accessOf(found);
};

describe('names (edge case 31)', () => {
  it.each(['ada', 'Ada Lovelace', "o'neil-b_c.d@e", 'Jürgen', '音楽', 'x'.repeat(64)])(
    '%s is allowed',
    (name) => {
      expect(problemOfName(name)).toBeUndefined();
    },
  );
  it.each([
    '',
    ' ',
    ' ada',
    'ada ',
    'ada\n',
    '🎬',
    '𠀀',
    'a+b',
    '.',
    '..',
    'a/b',
    'a\u0000b',
    'x'.repeat(65),
  ])('%j is not, and the server is not asked', async (name) => {
    expect(await server.accounts?.checkName(name)).toMatchObject({ kind: 'not-allowed' });
    expect(await create(false, name)).toMatchObject({ kind: 'failed', why: { kind: 'not-possible' } });
    expect(world.jellyfin.http.requestsTo('POST', /./)).toEqual([]);
  });
  it('allowed, taken in any case, or not known', async () => {
    world.addMember('Bob', ['Films']);
    expect(await server.accounts?.checkName('ada')).toEqual({ kind: 'allowed' });
    expect(await create(false, 'bOB')).toEqual({ kind: 'name-taken' });
    // Trying a password on it would lock its owner out.
    expect(world.jellyfin.http.requestsTo('POST', /Authenticate/)).toEqual([]);
    await world.stop();
    expect(await server.accounts?.checkName('ada')).toMatchObject({
      kind: 'unknown',
      why: { kind: 'refused' },
    });
  });
});

describe('making an account', () => {
  it('reads no list, of however many users', async () => {
    await create();
    expect(world.jellyfin.http.requestsTo('GET', /\/Users$/)).toEqual([]);
  });

  it('is restricted and has its password when the call returns (30)', async () => {
    const made = await create();
    expect(made).toEqual({ kind: 'created', externalId: user()?.id, beside: NOTHING });
    expect(seen()).toEqual(['Films']);
    expect(world.jellyfin.canSignIn('ada', PASSWORD)).toBe(true);
    expect(world.jellyfin.canSignIn('ada', '')).toBe(false);
  });

  it.each(['10.10', '10.11', '12.0'] as const)('works on %s', async (version) => {
    const other = await startJellyfinWorld(version);
    expect(
      await other.at().accounts?.create({
        ...{ name: 'ada', password: PASSWORD, externalIds: films() },
        ...{ resume: false, template: null },
      }),
    ).toMatchObject({ kind: 'created' });
    expect(other.jellyfin.accessOf(other.jellyfin.user('ada'))).toEqual(['Films']);
    await other.close();
  });

  it.each([
    ['a clash', { answer: { status: 500, body: 'Error processing request.' }, times: 1 }],
    ['a lost answer', { dropAfterCommit: true, times: 1 }],
    ['a lost request', { dropBefore: true, times: 1 }],
  ])('32: %s while restricting is got over', async (_name, fault) => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, ...fault });
    expect(await create()).toMatchObject({ kind: 'created' });
    expect(seen()).toEqual(['Films']);
  });

  it('32: what cannot be restricted is removed', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 9, answer: { status: 500 } });
    expect(await create()).toMatchObject({ kind: 'failed', leftBehind: false });
    expect(user()).toBeUndefined();
  });

  it('32: a policy that is taken and not kept is noticed by reading it', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 9, answer: { status: 204 } });
    expect(await create()).toMatchObject({ kind: 'failed', leftBehind: false });
    expect(user()).toBeUndefined();
  });

  it('32: it is said when even removing fails', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 9, answer: { status: 500 } });
    world.jellyfin.http.fault({ method: 'DELETE', path: /\/Users\//, answer: { status: 500 } });
    expect(await create()).toMatchObject({ kind: 'failed', leftBehind: true });
    expect(seen()).toBe('all');
    expect(JSON.stringify(await create(true))).not.toContain(PASSWORD);
  });

  it('32: an account whose making was not answered is found and finished', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Users\/New$/, dropAfterCommit: true });
    expect(await create()).toMatchObject({ kind: 'created' });
    expect(seen()).toEqual(['Films']);
    expect(world.jellyfin.http.requestsTo('POST', /\/Users\/New$/)).toHaveLength(1);
    const found = user();
    expect(found && world.jellyfin.sessionsOf(found)).toEqual([]);
  });

  it('31: a name lost in a race is taken, whoever has it', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Users\/New$/, answer: { status: 500 } });
    const rival = world.jellyfin.addUser({ name: 'ada', password: 'other' });
    expect(await create()).toEqual({ kind: 'name-taken' });
    expect(world.jellyfin.accessOf(rival)).toBe('all');
  });

  it('31: refused without anybody of that name is a failure', async () => {
    world.jellyfin.http.fault({ method: 'POST', path: /\/Users\/New$/, answer: { status: 400 } });
    expect(await create()).toMatchObject({ kind: 'failed', leftBehind: false });
  });

  it('a server that is down made nothing', async () => {
    await world.stop();
    expect(await create()).toMatchObject({ kind: 'failed', why: { kind: 'refused' }, leftBehind: false });
  });
});

describe('going on after a crash (32)', () => {
  it('finishes what was made with our password, and signs out again', async () => {
    world.jellyfin.addUser({ name: 'ada', password: PASSWORD });
    expect(seen()).toBe('all');
    expect(await create(true)).toEqual({ kind: 'created', externalId: user()?.id, beside: NOTHING });
    expect(seen()).toEqual(['Films']);
    const found = user();
    expect(found && world.jellyfin.sessionsOf(found)).toEqual([]);
  });

  it('makes it when nothing was made yet', async () => {
    expect(await create(true)).toMatchObject({ kind: 'created' });
  });

  it('leaves alone what is somebody else s', async () => {
    world.jellyfin.addUser({ name: 'ada', password: 'other' });
    expect(await create(true)).toEqual({ kind: 'name-taken' });
    expect(seen()).toBe('all');
  });

  it('never touches an administrator, whatever the password', async () => {
    world.jellyfin.addUser({ name: 'ada', password: PASSWORD, admin: true });
    expect(await create(true)).toEqual({ kind: 'name-taken' });
    expect(user()?.policy.IsAdministrator).toBe(true);
  });

  it('without resume, a name that exists is taken', async () => {
    world.jellyfin.addUser({ name: 'ada', password: PASSWORD });
    expect(await create()).toEqual({ kind: 'name-taken' });
    expect(seen()).toBe('all');
  });
});

describe('passwords (30)', () => {
  it('are set, and never blank', async () => {
    const id = world.addMember('ada', ['Films']);
    expect(await server.accounts?.setPassword(id, PASSWORD)).toEqual({ kind: 'done' });
    expect(world.jellyfin.canSignIn('ada', PASSWORD)).toBe(true);
    expect(await server.accounts?.setPassword(id, '')).toMatchObject({ kind: 'failed' });
    expect(world.jellyfin.canSignIn('ada', '')).toBe(false);
    expect(world.jellyfin.canSignIn('ada', PASSWORD)).toBe(true);
  });

  it('are not set for administrators, for strangers to this server, or where another service keeps them', async () => {
    const admin = world.addProtected();
    expect(await server.accounts?.setPassword(admin, PASSWORD)).toMatchObject({
      why: { kind: 'not-possible' },
    });
    const id = world.addMember('ada', ['Films']);
    world.jellyfin.user('ada').policy.AuthenticationProviderId =
      'Jellyfin.Plugin.LDAP_Auth.LdapAuthenticationProviderPlugin';
    expect(await server.accounts?.setPassword(id, PASSWORD)).toMatchObject({ why: { kind: 'not-possible' } });
    expect(await server.accounts?.setPassword('f'.repeat(32), PASSWORD)).toMatchObject({
      why: { kind: 'not-possible' },
    });
    world.replaceIdentity();
    expect(await server.accounts?.setPassword(id, PASSWORD)).toMatchObject({ why: { kind: 'other-server' } });
    expect(world.jellyfin.http.requestsTo('POST', /Password/)).toEqual([]);
  });

  it('lost is unclear', async () => {
    const id = world.addMember('ada', ['Films']);
    world.jellyfin.http.fault({ method: 'POST', path: /Password$/, dropAfterCommit: true });
    expect(inEnglish(await server.accounts?.setPassword(id, PASSWORD))).toMatchObject({ kind: 'unclear' });
  });
});

describe('deleting an account (edge case 33)', () => {
  const read = async (id: string) => {
    const reading = await server.readAccess({ of: [id] });
    const account = reading.kind === 'known' ? reading.value.accounts[0] : undefined;
    if (!account) throw new Error('nobody');
    return account;
  };

  it('33: never asks the server for the last one that can sign in, whose tokens would be gone', async () => {
    const ada = world.jellyfin.addUser({ name: 'ada', password: 'x' });
    for (const other of world.jellyfin.state.users.values())
      if (other.id !== ada.id) other.policy.IsDisabled = true;
    const refused = await server.accounts?.delete(await read(ada.id));
    expect(inEnglish(refused)).toMatchObject({
      kind: 'failed',
      why: { message: expect.stringContaining('last enabled') },
    });
    expect(world.jellyfin.http.requestsTo('DELETE', /Users/)).toEqual([]);
  });

  it('33: looks again before it deletes: somebody may have become an administrator', async () => {
    const ada = world.jellyfin.addUser({ name: 'ada', password: 'x' });
    const before = await read(ada.id);
    ada.policy.IsAdministrator = true;
    expect(await server.accounts?.delete(before)).toMatchObject({ kind: 'failed' });
    expect(world.jellyfin.http.requestsTo('DELETE', /Users/)).toEqual([]);
    expect(user()).toBeDefined();
  });

  it('with an answer that was lost is unclear, and done when asked again', async () => {
    const ada = world.jellyfin.addUser({ name: 'ada', password: 'x' });
    const account = await read(ada.id);
    world.jellyfin.http.fault({ method: 'DELETE', path: /Users/, dropAfterCommit: true, times: 1 });
    expect(await server.accounts?.delete(account)).toMatchObject({ kind: 'unclear' });
    expect(await server.accounts?.delete(account)).toEqual({ kind: 'done' });
    expect(user()).toBeUndefined();
  });
});
