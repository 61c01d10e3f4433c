import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, later, MINUTE } from '../support/moments.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../support/people.ts';
import { PIN, TOKEN } from './fake-plex-sign-in.ts';
import { AUDIT, type Place, takeDown, World } from './world.ts';

let world: World;
let tower: Place;
let attic: Place;

/** Two guilds with one server each. Ada is a member of both. */
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  attic = await world.add(world.build('plex', 'Attic', ['Movies']), OTHER_GUILD);
});
afterEach(() => world.close());

describe('a guild', () => {
  it('sees its own servers, libraries, grants and settings only', async () => {
    await world.setChannel('audit');
    await world.grant(ADA, [tower.id('Movies')]);
    const { app } = world;
    expect((await app.overview.servers(OTHER_GUILD)).map(({ server }) => server.name)).toEqual(['Attic']);
    expect((await app.overview.libraries(OTHER_GUILD)).map(({ server }) => server.name)).toEqual(['Attic']);
    expect((await app.autocomplete.grantableLibraries(OTHER_GUILD)).map(({ name }) => name)).toEqual([
      'Attic · Movies',
    ]);
    expect(await app.autocomplete.completeServers(OTHER_GUILD, 'tow')).toEqual([]);
    expect(await app.autocomplete.completeLibraries(OTHER_GUILD, 'tow')).toEqual([]);
    expect((await app.autocomplete.pickServer(OTHER_GUILD, tower.server.id)).kind).toBe('none');
    expect((await app.autocomplete.pickGrant(OTHER_GUILD, '#1')).kind).toBe('none');
    expect(await app.autocomplete.pickLibraries(OTHER_GUILD, tower.id('Movies'))).toMatchObject({
      picked: { kind: 'none' },
    });
    expect((await app.grantStatus.list(OTHER_GUILD, { limit: 10 })).total).toBe(0);
    expect(await app.autocomplete.grantsIn(OTHER_GUILD, ['active'], '')).toEqual([]);
    expect((await app.settings.get(OTHER_GUILD)).auditChannelId).toBeNull();
    expect((await world.events(undefined, OTHER_GUILD)).map(({ action }) => action)).toEqual([
      'server.added',
    ]);
  });

  it('cannot give what is another one’s', async () => {
    await expect(world.grant(ADA, [tower.id('Movies')], { guildId: OTHER_GUILD })).rejects.toThrow();
    expect((await world.app.grantStatus.list(OTHER_GUILD, { limit: 10 })).total).toBe(0);
  });

  it('cannot revoke, sync or look at what is another one’s', async () => {
    const { grant } = await world.grant(ADA, [tower.id('Movies')]);
    await expect(world.revoke(grant.id, OTHER_GUILD)).rejects.toThrow('no such grant');
    await expect(world.app.grantStatus.get(OTHER_GUILD, grant.id)).rejects.toThrow('no such grant');
    expect(await world.app.syncServers(OTHER_GUILD, [tower.server.id])).toEqual([]);
    expect(await world.grantState(grant.id)).toBe('active');
  });

  it('keeps what the same person has from another one', async () => {
    const ada = await world.newAccount(ADA, tower);
    const inAttic = await world.newAccount(ADA, attic, OTHER_GUILD);
    const here = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    const there = await world.grant(ADA, [attic.id('Movies')], { guildId: OTHER_GUILD });
    expect([here.grant.number, there.grant.number]).toEqual([1, 1]);
    await world.pass(HOUR);
    expect([ada.access, inAttic.access]).toEqual([null, ['movies']]);
  });

  it('does not act for another one whose time has come', async () => {
    const ada = await world.newAccount(ADA, tower);
    const { grant } = await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await world.pass(HOUR, OTHER_GUILD);
    expect(ada.access).toEqual(['movies']);
    expect((await world.stores.of(GUILD).grants.find(grant.id))?.state).toBe('active');
    expect(await world.stores.due.listGuilds(world.clock.now())).toEqual([GUILD]);
  });

  it('shows a member in a DM what they have in each, and in a guild only what they have there', async () => {
    await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(ADA, [attic.id('Movies')], { guildId: OTHER_GUILD });
    const everywhere = await world.app.overview.myAccess(ADA);
    expect(everywhere.map(({ guildId }) => guildId).toSorted()).toEqual([GUILD, OTHER_GUILD]);
    const here = await world.app.overview.myAccess(ADA, GUILD);
    expect(here.flatMap(({ standings }) => standings.map(({ servers }) => servers[0]?.server.name))).toEqual([
      'Tower',
    ]);
  });

  it('cannot open what was sealed for another one', async () => {
    const sealed = await world.stores.of(GUILD).servers.getTokenCipher(tower.server.id);
    const place = { column: 'Server.token', row: tower.server.id };
    expect(world.deps.secrets.open(sealed, { guildId: GUILD, ...place })).toBe(tower.token);
    expect(world.deps.secrets.open(sealed, { guildId: OTHER_GUILD, ...place })).toBeUndefined();
  });
});

it('no secret is in the database in clear, nor in the record, nor in what is owed to Discord, nor in the log', async () => {
  await world.setChannel('audit');
  const den = await world.addDen();
  const invite = await world.invite({
    guildId: GUILD,
    actorId: STAFF,
    memberId: ADA,
    libraryIds: [tower.id('Movies'), den.id('Films')],
    duration: null,
    uses: 1,
    validUntil: later(DAY),
    roleId: null,
    note: 'for Ada',
  });
  const redeemed = await world.app.invites.redeemCode({ guildId: GUILD, memberId: ADA, typed: invite.code });
  expect(redeemed.kind).toBe('redeemed');

  world.clock.jumps = true;
  world.plexTv.approvedBy = {
    externalId: '777',
    name: 'ada',
    emailMasked: 'a•••@e•••.org',
    protection: null,
    inHousehold: false,
  };
  world.clock.jumpsUpTo = MINUTE;
  expect((await world.signIn(ADA)).kind).toBe('connected');
  const made = await world.app.serverAccounts.create(GUILD, ADA, den.server.id, 'ada');
  if (made.kind !== 'created') throw new Error(made.kind);

  takeDown(tower.fake);
  await world.app.syncServers(GUILD);
  await world.pass(MINUTE);

  const places = {
    database: await world.everythingStored(),
    record: JSON.stringify(await world.events()),
    messages: JSON.stringify([await world.owed(AUDIT), await world.owed(ADA)]),
    log: JSON.stringify(world.log),
  };
  const secrets = {
    'the code as it was shown': invite.code,
    'the code without hyphens': invite.code.replaceAll('-', ''),
    'the token of the Plex server': tower.token,
    'the token of the Jellyfin server': den.token,
    'the token of the member': TOKEN,
    'the PIN': PIN,
    'the password': made.password,
  };
  expect(places.database).toContain('for Ada');
  expect(places.messages).toContain('grant.created');
  for (const [place, text] of Object.entries(places)) {
    const found = Object.keys(secrets).filter((name) => text.includes(secrets[name as keyof typeof secrets]));
    expect(found, place).toEqual([]);
  }
});
