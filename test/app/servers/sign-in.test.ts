import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asActor } from '../../../src/domain/ids.ts';
import type { ServerKind } from '../../../src/domain/model.ts';
import type { FakeMediaServer } from '../../support/fake-media-server.ts';
import { MINUTE } from '../../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { saidPlain } from '../../support/said.ts';
import { CLIENT, TOKEN } from '../fake-plex-sign-in.ts';
import { NEW_KEY, SESSION } from '../fake-quick-connect.ts';
import { DOWN, World } from '../world.ts';

let world: World;
/** The server that was signed in to last. */
let tower: FakeMediaServer;

beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
});
afterEach(() => world.close());

const signInServer = () => world.app.signInServer;
const begin = async (kind: ServerKind) => {
  tower = world.build(kind, 'Tower', ['Movies']);
  return await signInServer().start({
    guildId: GUILD,
    actorId: STAFF,
    kind,
    name: '',
    url: 'http://tower.test',
  });
};

async function approved(kind: ServerKind) {
  world.plexTv.approvedBy = {
    externalId: '1',
    name: 'boss',
    emailMasked: null,
    protection: null,
    inHousehold: false,
  };
  world.quickConnect.approvedBy = { userId: 'u1', name: 'root' };
  const started = await begin(kind);
  if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
  const end = await started.value.finished;
  if (end.kind !== 'approved') throw new Error(end.kind);
  return { started: started.value, end };
}

const storedServer = async () => (await world.stores.of(GUILD).servers.list())[0];

const storedToken = async () => {
  const server = await storedServer();
  if (!server) return undefined;
  const sealed = await world.stores.of(GUILD).servers.getTokenCipher(server.id);
  return world.deps.secrets.open(sealed, { guildId: GUILD, column: 'Server.token', row: server.id });
};

describe('adding a server by signing in elsewhere', () => {
  it('Plex: by a PIN; account and server are named before anything is saved', async () => {
    const { started, end } = await approved('plex');
    expect(started.show).toEqual({ kind: 'link', text: 'https://plex.test/link' });
    expect(end).toMatchObject({ account: 'boss', server: { name: 'Tower' } });
    expect(await world.stores.of(GUILD).servers.list()).toEqual([]);
    expect(await signInServer().confirm(GUILD, STAFF, end.draftId)).toMatchObject({ kind: 'added' });
    expect(await storedToken()).toBe(TOKEN);
    expect(await storedServer()).toMatchObject({ clientIdentifier: CLIENT, tokenMade: true });
    expect(world.plexTv.forgotten).toEqual([]);
    expect(await world.everythingStored()).not.toContain(TOKEN);
  });

  it('Jellyfin: by Quick Connect; the key is one of its own, and the session is forgotten', async () => {
    const { started, end } = await approved('jellyfin');
    expect(started.show).toEqual({ kind: 'code', text: '123456' });
    expect([end.account, world.quickConnect.keys]).toEqual(['root', 0]);
    expect(await signInServer().confirm(GUILD, STAFF, end.draftId)).toMatchObject({ kind: 'added' });
    expect([await storedToken(), world.quickConnect.forgotten]).toEqual([NEW_KEY, [SESSION]]);
    expect(await storedServer()).toMatchObject({ clientIdentifier: null, tokenMade: true });
    const stored = await world.everythingStored();
    expect([stored.includes(NEW_KEY), stored.includes(SESSION)]).toEqual([false, false]);
  });

  it('is confirmed once, in time, and by who began it', async () => {
    const late = await approved('plex');
    world.clock.advance(10 * MINUTE);
    expect(await signInServer().confirm(GUILD, STAFF, late.end.draftId)).toEqual({ kind: 'gone' });
    const { end } = await approved('jellyfin');
    expect(await signInServer().confirm(GUILD, asActor(ADA), end.draftId)).toEqual({ kind: 'gone' });
    // Tapped twice, it is added once, and both taps say so; later it is not open any more.
    const confirm = () => signInServer().confirm(GUILD, STAFF, end.draftId);
    const [one, other] = await Promise.all([confirm(), confirm()]);
    expect([one.kind, other]).toEqual(['added', one]);
    expect(await confirm()).toEqual(one);
    expect(await world.stores.of(GUILD).servers.list()).toHaveLength(1);
    world.clock.advance(MINUTE);
    expect(await confirm()).toEqual({ kind: 'gone' });
  });

  it('is not asked to be confirmed where it is here already: no key is made for nothing', async () => {
    const { end } = await approved('jellyfin');
    await signInServer().confirm(GUILD, STAFF, end.draftId);
    const started = await begin('jellyfin');
    if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
    expect((await started.value.finished).kind).toMatch(/already-added|name-taken/);
    expect([world.quickConnect.keys, world.quickConnect.forgotten.length]).toEqual([1, 2]);
  });

  it.each(['plex', 'jellyfin'] as const)(
    'confirmed when it is there already, what was made for it is revoked (%s)',
    async (kind) => {
      const { end } = await approved(kind);
      await world.add(tower);
      expect((await signInServer().confirm(GUILD, STAFF, end.draftId)).kind).toBe('already-added');
      expect(tower.revoked).toBe(true);
    },
  );

  it.each(['plex', 'jellyfin'] as const)('cancelled, nothing is left of it (%s)', async (kind) => {
    const { end } = await approved(kind);
    await signInServer().cancel(GUILD, STAFF, end.draftId);
    expect(kind === 'plex' ? world.plexTv.forgotten : world.quickConnect.forgotten).toHaveLength(1);
    expect(await signInServer().confirm(GUILD, STAFF, end.draftId)).toEqual({ kind: 'gone' });
    expect(await world.stores.of(GUILD).servers.list()).toEqual([]);
  });

  it('of somebody who may not is refused, with the reason, and forgotten', async () => {
    world.quickConnect.approvedBy = { userId: 'u2', name: 'guest' };
    const fake = world.build('jellyfin', 'Tower', []);
    const no = { kind: 'forbidden', message: 'Not an administrator.' } as const;
    fake.fail('probe', no);
    const input = {
      guildId: GUILD,
      actorId: STAFF,
      kind: 'jellyfin',
      name: '',
      url: 'http://tower.test',
    } as const;
    const started = await signInServer().start(input);
    if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
    expect(await started.value.finished).toEqual({ kind: 'refused', why: no });
    expect(world.quickConnect.forgotten).toEqual([SESSION]);
  });

  describe('for a server that is here, whose token is dead', () => {
    const again = async (serverId: string) => {
      const begun = await signInServer().again(GUILD, STAFF, serverId);
      if (begun?.started.kind !== 'known') throw new Error('not started');
      return await begun.started.value.finished;
    };

    it.each(['plex', 'jellyfin'] as const)('gives it a new one, and nothing else (%s)', async (kind) => {
      await approved(kind);
      const { server } = await world.add(tower);
      const end = await again(server.id);
      if (end.kind !== 'approved') throw new Error(end.kind);
      expect(await storedServer()).toEqual(server);
      const result = await signInServer().confirmAgain(GUILD, STAFF, end.draftId);
      expect(result).toMatchObject({ kind: 'edited', fields: ['token'], oldToken: { kind: 'typed' } });
      // The second sign-in has a token of its own.
      expect(await storedToken()).toBe(kind === 'plex' ? `${TOKEN}-1` : NEW_KEY);
      const { tokenLast4, clientIdentifier, tokenMade, checkedAt, ...same } = server;
      expect(await storedServer()).toMatchObject(same);
      const made = { clientIdentifier: kind === 'plex' ? CLIENT : null, tokenMade: true };
      expect(await storedServer()).toMatchObject(made);
      expect(await signInServer().confirmAgain(GUILD, STAFF, end.draftId)).toEqual({ kind: 'gone' });
    });

    it('adds nothing, and a question about adding gives none a token', async () => {
      const { end: added } = await approved('plex');
      expect(await signInServer().confirmAgain(GUILD, STAFF, added.draftId)).toEqual({ kind: 'gone' });
      const { server } = await world.add(tower);
      const end = await again(server.id);
      if (end.kind !== 'approved') throw new Error(end.kind);
      expect(await signInServer().confirm(GUILD, STAFF, end.draftId)).toEqual({ kind: 'gone' });
      expect(await storedServer()).toEqual(server);
      expect(await signInServer().again(OTHER_GUILD, STAFF, server.id)).toBeUndefined();
    });

    it('with what the server does not take keeps the old one, and forgets the sign-in', async () => {
      await approved('plex');
      const { server } = await world.add(tower);
      tower.fail('probe', DOWN);
      expect(await again(server.id)).toEqual({ kind: 'refused', why: DOWN });
      expect([await storedServer(), world.plexTv.forgotten]).toEqual([server, [`${TOKEN}-1`]]);
    });
  });

  it('says why it cannot begin, and when nobody signs in', async () => {
    world.quickConnect.trouble = DOWN;
    expect(await begin('jellyfin')).toEqual({ kind: 'unknown', why: DOWN });
    world.quickConnect.trouble = undefined;
    const started = await begin('jellyfin');
    if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
    expect(await started.value.finished).toEqual({ kind: 'expired' });
    expect(world.quickConnect.polls).toBe(301);
  });

  it('says when no key could be made', async () => {
    const { end } = await approved('jellyfin');
    world.quickConnect.keyTrouble = DOWN;
    expect(await signInServer().confirm(GUILD, STAFF, end.draftId)).toEqual({ kind: 'refused', why: DOWN });
    expect(await world.stores.of(GUILD).servers.list()).toEqual([]);
  });
});
