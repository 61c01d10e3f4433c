import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EditServerInput } from '../../../src/app/servers/edit.ts';
import { HOUR, later } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let tower: Place;

beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
});
afterEach(() => world.close());

const details = () => world.app.manageServer.details(GUILD, tower.server.id);
const stored = async () => (await details())?.server;
const tokenOf = async () =>
  world.deps.secrets.open(await world.stores.of(GUILD).servers.getTokenCipher(tower.server.id), {
    guildId: GUILD,
    column: 'Server.token',
    row: tower.server.id,
  });

const edit = (changes: Partial<EditServerInput> = {}) =>
  world.app.manageServer.edit({
    guildId: GUILD,
    actorId: STAFF,
    serverId: tower.server.id,
    name: 'Tower',
    url: tower.server.url,
    localUrl: '',
    publicUrl: '',
    token: '',
    ...changes,
  });

describe('the sheet of a server', () => {
  it('has the counts, the next sync and the default library, without asking the server', async () => {
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.stores.transaction(GUILD, async (tx) => {
      await tx.servers.update(tower.server.id, { defaultLibraryId: tower.id('Music') });
      await tx.settings.update({ nextSyncAt: later(HOUR) });
    });
    const { reads } = tower.fake;
    expect(await details()).toMatchObject({
      server: { name: 'Tower', tokenLast4: 'cret' },
      libraries: 3,
      accounts: { has: 1, invited: 0, none: 0 },
      defaultLibrary: { name: 'Music' },
      nextSyncAt: later(HOUR),
    });
    expect(tower.fake.reads).toBe(reads);
  });

  it('has the template of new accounts, and how many sign in elsewhere', async () => {
    const den = await world.addDen();
    const { externalId } = den.fake.addPerson({ name: 'like me' });
    den.fake.addPerson({ name: 'ldap', signsInElsewhere: true });
    const sheet = () => world.app.manageServer.details(GUILD, den.server.id);
    await world.app.syncServers(GUILD);
    expect(await sheet()).toMatchObject({ template: undefined, signInElsewhere: 1 });
    await world.stores.transaction(GUILD, (tx) =>
      tx.servers.update(den.server.id, { templateAccountId: externalId }),
    );
    expect(await sheet()).toMatchObject({ template: { name: 'like me', protection: null } });
    // An account that the server lists no more is not counted.
    for (const id of den.fake.people.keys()) den.fake.people.delete(id);
    den.fake.addPerson({ name: 'other' });
    await world.app.syncServers(GUILD);
    expect(await sheet()).toMatchObject({ signInElsewhere: 0 });
  });

  it('is of the own guild only', async () => {
    expect(await world.app.manageServer.details(OTHER_GUILD, tower.server.id)).toBeUndefined();
  });
});

describe('checking servers', () => {
  it('asks one or all, and keeps version and time', async () => {
    await world.addDen();
    tower.fake.version = '2.0.0';
    world.clock.advance(HOUR);
    const [one, ...others] = await world.app.manageServer.check(GUILD, [tower.server.id]);
    expect(others).toEqual([]);
    expect(one?.outcome).toEqual({
      ...{ kind: 'answers', version: '2.0.0', updatedFrom: '1.0.0' },
      signInPlugins: null,
    });
    expect(await stored()).toMatchObject({ version: '2.0.0', checkedAt: later(HOUR), status: 'online' });
    expect(await world.app.manageServer.check(GUILD)).toMatchObject([
      { server: { name: 'Den' }, outcome: { kind: 'answers', updatedFrom: null } },
      { server: { name: 'Tower' }, outcome: { kind: 'answers', updatedFrom: null } },
    ]);
  });

  it('looks for plug-ins through which people sign in otherwise, as adding does, and a sync does not', async () => {
    const den = await world.addDen();
    const known = async () => (await world.stores.of(GUILD).servers.find(den.server.id))?.signInPlugins;
    const check = () => world.app.manageServer.check(GUILD, [den.server.id]);
    expect(await known()).toBe('');
    expect(await check()).toMatchObject([{ outcome: { signInPlugins: '' } }]);
    den.fake.signInPlugins = ['LDAP-Auth', 'SSO-Auth'];
    await world.app.syncServers(GUILD);
    expect(await known()).toBe('');
    expect(await check()).toMatchObject([{ outcome: { signInPlugins: 'LDAP-Auth, SSO-Auth' } }]);
    // What cannot be listed is no proof that it is gone.
    den.fake.fail('listSignInPlugins', DOWN);
    expect(await check()).toMatchObject([{ outcome: { signInPlugins: 'LDAP-Auth, SSO-Auth' } }]);
    den.fake.signInPlugins = [];
    await check();
    expect(await known()).toBe('');
  });

  it('says why one does not answer; twice in a row is offline, an answer is online, each noted once', async () => {
    takeDown(tower.fake);
    const before = await world.countEvents();
    const [report] = await world.app.manageServer.check(GUILD);
    expect(report?.outcome).toEqual({ kind: 'trouble', why: DOWN });
    expect(await stored()).toMatchObject({ status: 'online', failedChecks: 1 });
    await world.app.manageServer.check(GUILD);
    await world.app.manageServer.check(GUILD);
    expect(await stored()).toMatchObject({ status: 'offline', offlineWhy: DOWN.message });
    tower.fake.heal();
    await world.app.manageServer.check(GUILD);
    expect(await stored()).toMatchObject({ status: 'online', failedChecks: 0, offlineWhy: null });
    expect(await world.actions(before)).toEqual(['server.offline', 'server.online']);
  });

  it('finds another server: nothing is written there, and what is known of ours stays', async () => {
    const person = await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    const { writes } = tower.fake;
    tower.fake.identity = 'somebody-else';
    tower.fake.version = '9.9.9';
    const [report] = await world.app.manageServer.check(GUILD);
    expect(report?.outcome).toMatchObject({ kind: 'trouble', why: { kind: 'other-server' } });
    await world.pass(HOUR);
    expect(tower.fake.writes).toBe(writes);
    expect(person.access).toEqual(['movies']);
    expect(await stored()).toMatchObject({ identity: 'identity-of-Tower', version: '1.0.0' });
  });
});

describe('editing a server', () => {
  it('saves what is new, keeps the token when none was typed, and notes the fields', async () => {
    const result = await edit({ name: 'Keep', localUrl: 'http://10.0.0.2', publicUrl: 'https://plex.test' });
    expect(result).toMatchObject({ kind: 'edited', fields: ['name', 'localUrl', 'publicUrl'] });
    expect(await stored()).toMatchObject({
      name: 'Keep',
      url: tower.server.url,
      localUrl: 'http://10.0.0.2',
      publicUrl: 'https://plex.test',
      tokenLast4: 'cret',
    });
    expect(await tokenOf()).toBe(tower.token);
    expect(await world.events('server.edited')).toMatchObject([
      {
        actorId: STAFF,
        facts: { server: 'Keep', detail: 'it was called Tower; changed: local URL and address for members' },
      },
    ]);
    await edit({ name: 'Keep', publicUrl: 'https://plex.test' });
    expect(await stored()).toMatchObject({ localUrl: null, publicUrl: 'https://plex.test' });
  });

  it('replaces the token, and says so without any of it', async () => {
    await edit({ token: ' a-new-token-wxyz ' });
    expect(await tokenOf()).toBe('a-new-token-wxyz');
    expect((await stored())?.tokenLast4).toBe('wxyz');
    const [event] = await world.events('server.edited');
    expect(event?.facts.detail).toBe('changed: token');
    expect(JSON.stringify(event)).not.toContain('wxyz');
    expect(await world.everythingStored()).not.toContain('a-new-token');
  });

  describe('what becomes of the token before', () => {
    const made = { clientIdentifier: 'a-client', tokenMade: true };
    const madeByUsher = () =>
      world.stores.transaction(GUILD, (tx) => tx.servers.update(tower.server.id, made));

    it('is revoked where a sign-in had made it; the new one is whoever’s typed it', async () => {
      await madeByUsher();
      const result = await edit({ token: 'a-new-token-wxyz' });
      expect(result).toMatchObject({ kind: 'edited', oldToken: { kind: 'revoked' } });
      expect(await stored()).toMatchObject({ clientIdentifier: null, tokenMade: false });
      expect(tower.fake.revoked).toBe(true);
    });

    it('a typed one stays, and one that is typed once more is no other', async () => {
      expect(await edit({ token: 'a-new-token-wxyz' })).toMatchObject({ oldToken: { kind: 'typed' } });
      await madeByUsher();
      expect(await edit({ token: 'a-new-token-wxyz' })).toMatchObject({ kind: 'unchanged' });
      expect(await stored()).toMatchObject(made);
      expect(tower.fake.revoked).toBe(false);
    });

    it('stays where the new one is not accepted', async () => {
      await madeByUsher();
      tower.fake.fail('probe', DOWN);
      expect(await edit({ token: 'wrong' })).toMatchObject({ kind: 'refused' });
      expect([tower.fake.revoked, await stored()]).toMatchObject([false, made]);
    });
  });

  it('does nothing where nothing differs', async () => {
    expect(await edit({ name: '' })).toMatchObject({ kind: 'unchanged' });
    expect(await world.events('server.edited')).toEqual([]);
  });

  it('asks before it saves: what does not answer is refused', async () => {
    const before = await stored();
    tower.fake.fail('probe', DOWN);
    expect(await edit({ name: 'Keep', token: 'wrong' })).toMatchObject({ kind: 'refused', why: DOWN });
    expect(await stored()).toEqual(before);
    expect(await tokenOf()).toBe(tower.token);
  });

  it('refuses the address of another server', async () => {
    const before = await stored();
    world.build('plex', 'Impostor', []);
    const result = await edit({ url: 'http://impostor.test', token: 'typed-again' });
    expect(result).toMatchObject({ kind: 'refused', why: { kind: 'other-server' } });
    expect(await stored()).toEqual(before);
    expect(await world.events('server.edited')).toEqual([]);
  });

  it('does not present the stored token to a new address: it has to be typed again', async () => {
    const moved = world.build('plex', 'Moved', [], tower.server.identity);
    expect(inEnglish(await edit({ url: 'http://moved.test' }))).toMatchObject({
      kind: 'refused',
      why: { kind: 'not-possible', message: expect.stringContaining('Type the token again') },
    });
    expect(moved.reads).toBe(0);
    expect(await edit({ url: 'http://moved.test', token: 'typed-again' })).toMatchObject({ kind: 'edited' });
    expect(await stored()).toMatchObject({ url: 'http://moved.test' });
  });

  it('refuses a name that another server has, in any case; its own in another case is fine', async () => {
    await world.addDen();
    expect(await edit({ name: 'DEN' })).toMatchObject({ kind: 'name-taken', name: 'Den' });
    expect(await edit({ name: 'TOWER' })).toMatchObject({ kind: 'edited', fields: ['name'] });
  });

  it('brings a server back that was offline', async () => {
    takeDown(tower.fake);
    await world.app.manageServer.check(GUILD);
    await world.app.manageServer.check(GUILD);
    tower.fake.heal();
    await edit({ token: 'a-new-token-wxyz' });
    expect(await stored()).toMatchObject({ status: 'online', offlineWhy: null });
    expect(await world.events('server.online')).toHaveLength(1);
  });

  it('of another guild is not there', async () => {
    expect(await edit({ guildId: OTHER_GUILD })).toEqual({ kind: 'gone' });
  });
});

describe('addresses as they are typed', () => {
  it('are understood, and left alone where they are as they were', async () => {
    expect(await edit({ url: 'tower.test/web/index.html#!/' })).toMatchObject({ kind: 'unchanged' });
    const shown = { localUrl: '192.168.1.10:32400/web/', publicUrl: '[watch](https://watch.test/)' };
    expect(await edit(shown)).toMatchObject({ kind: 'edited', fields: ['localUrl', 'publicUrl'] });
    expect(await stored()).toMatchObject({
      localUrl: 'http://192.168.1.10:32400',
      publicUrl: 'https://watch.test',
    });
    // Stored before addresses were read like this.
    await world.stores.transaction(GUILD, (tx) =>
      tx.servers.update(tower.server.id, { localUrl: null, publicUrl: 'https://app.plex.tv' }),
    );
    expect(await edit({ name: 'Keep', publicUrl: 'https://app.plex.tv' })).toMatchObject({
      fields: ['name'],
    });
  });

  it('are refused with the field and the next step', async () => {
    const refused = async (changes: Partial<EditServerInput>) => {
      const result = await edit(changes);
      return result.kind === 'refused' ? result.why.message : result.kind;
    };
    expect(inEnglish(await refused({ url: 'ftp://tower.test' }))).toMatch(/^An address starts with http/);
    expect(inEnglish(await refused({ localUrl: 'tower:99999' }))).toMatch(/^Local URL: A port is/);
    expect(inEnglish(await refused({ publicUrl: 'https://app.plex.tv/desktop' }))).toMatch(
      /^Public URL: app\.plex\.tv is/,
    );
    expect(inEnglish(await refused({ token: 'two words' }))).toMatch(/no blanks/);
  });

  it('may hold a token, which is taken out and used', async () => {
    expect(await edit({ url: `${tower.server.url}/?X-Plex-Token=from-the-url-wxyz` })).toMatchObject({
      kind: 'edited',
      fields: ['token'],
    });
    expect([await tokenOf(), (await stored())?.url]).toEqual(['from-the-url-wxyz', tower.server.url]);
  });
});
