/**
 * A kind of media server takes its folder (test/support/shelf) and one line in the table of kinds: everything else asks
 * the table, and works with it. The adapters' table is an argument of the app, so there the line is one of the test.
 */

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { commands } from '../../commands/index.ts';
import { commandsJson } from '../../src/adapters/discord/gateway/command-json.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { stepButtons, waitingFor } from '../../src/adapters/discord/views/my-buttons.ts';
import { memberAddress } from '../../src/domain/address.ts';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { HOUR } from '../support/moments.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { inEnglish, saidPlain } from '../support/said.ts';
import { shelf } from '../support/shelf/kind.ts';
import { applicationsOf, World } from './world.ts';

vi.mock(import('../../src/domain/media-kinds.ts'), async (load) => {
  const { MEDIA_KINDS } = await load();
  const { SHELF } = await import('../support/shelf/traits.ts');
  const withShelf = { ...MEDIA_KINDS, shelf: SHELF };
  return { MEDIA_KINDS: withShelf };
});

type Readers = Parameters<typeof shelf>[0];

let readers: Readers;
let world: World;
beforeEach(async () => {
  readers = new Map();
  world = await World.open({ shelf: shelf(readers) });
});
afterEach(() => world.close());

/** The word of the new kind, as it comes from outside. */
function shelfKind() {
  const word: string = 'shelf';
  if (!isServerKind(word)) throw new Error('the table has no shelf');
  return word;
}

async function addShelf() {
  const added = await world.app.addServer({
    guildId: GUILD,
    actorId: STAFF,
    kind: shelfKind(),
    name: '',
    url: 'http://shelf.test',
    token: 'key-of-the-shelf',
  });
  if (added.kind !== 'added') throw new Error(added.kind);
  const libraries = await world.stores.of(GUILD).libraries.list(added.server.id);
  const novels = libraries.find(({ name }) => name === 'Novels');
  if (!novels) throw new Error('the shelf has no novels');
  return { ...added, novels };
}

it('is offered to admins, by its name', () => {
  expect(SERVER_KINDS).toEqual(['plex', 'jellyfin', 'shelf']);
  const [command] = commandsJson(commands).filter(({ name }) => name === 'server');
  expect(JSON.stringify(command)).toMatch(/\{"name":"shelf",[^}]*\},"value":"shelf"\}/);
  expect(kindName(shelfKind())).toBe('Shelf');
});

it('is added, read and synced', async () => {
  const { server, sync, novels } = await addShelf();
  expect(server).toMatchObject({ kind: 'shelf', name: 'Attic', version: '0.1' });
  expect(sync.outcome).toMatchObject({ kind: 'synced', added: ['Novels', 'Comics'] });
  expect(novels).toMatchObject({ type: 'books' });
  expect(memberAddress(server)).toBe('https://read.shelf.example');
  readers.set('eve', { name: 'eve', password: '', boards: ['Comics'], locked: false });
  expect(await world.app.syncServers(GUILD)).toMatchObject([
    { outcome: { kind: 'synced', access: { has: 1 } } },
  ]);
});

it('is added with a token only, where nobody can sign in', async () => {
  const input = { guildId: GUILD, actorId: STAFF, kind: shelfKind(), name: '', url: 'http://shelf.test' };
  expect(inEnglish(await world.app.signInServer.start(input))).toEqual({
    kind: 'unknown',
    why: { kind: 'not-possible', message: 'Nobody can sign in to Shelf from here. Type a token.' },
  });
  const at = { kind: shelfKind() };
  expect(await world.app.signIns.start({ guildId: GUILD, memberId: ADA, name: 'ada', at })).toEqual({
    kind: 'not-there',
  });
});

it('lets a member in for a time, and out again', async () => {
  const { server, novels } = await addShelf();
  const standing = await world.grant(ADA, [novels.id], { ms: HOUR });
  const shown = JSON.stringify(
    stepButtons(waitingFor([standing]), { guildId: GUILD }).map(({ label }) => saidPlain(label)),
  );
  expect(shown).toContain('Create account: Attic');
  expect(shown).not.toMatch(/Sign in|I have an account/);

  const made = await world.app.serverAccounts.create(GUILD, ADA, server.id, 'ada');
  expect(made).toMatchObject({ kind: 'created', name: 'ada' });
  expect(readers.get('ada')).toMatchObject({ boards: ['Novels'], locked: false });
  const { id } = standing.grant;
  await world.pass(0);
  expect(applicationsOf(await world.app.grantStatus.get(GUILD, id))).toEqual({ Attic: 'applied' });

  await world.pass(HOUR);
  expect(await world.grantState(id)).toBe('ended');
  expect(readers.get('ada')).toMatchObject({ boards: [], locked: true });
});

it('is left as it is when it is removed', async () => {
  const { server } = await addShelf();
  expect(await world.app.removeServer.remove(GUILD, STAFF, server.id)).toMatchObject({
    server: { name: 'Attic' },
  });
  expect(await world.stores.of(GUILD).servers.list()).toEqual([]);
});
