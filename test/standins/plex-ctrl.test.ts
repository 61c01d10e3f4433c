import { MyPlexAccount, PlexServer } from '@ctrl/plex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PlexTv, startPlexTv } from './plex/plex-tv.ts';

// A Plex client by other authors. It can only talk to plex.tv, so its requests are redirected to the stand-in.
const { fetch } = globalThis;
let plex: PlexTv;

beforeEach(async () => {
  plex = await startPlexTv();
  globalThis.fetch = (input, init) => fetch(String(input).replace('https://plex.tv', plex.url), init);
});

afterEach(async () => {
  globalThis.fetch = fetch;
  await plex.close();
});

it('@ctrl/plex signs in, finds the server and reads libraries and sessions', async () => {
  const boss = plex.addAccount({ username: 'boss' });
  const ada = plex.addAccount({ username: 'ada' });
  const tower = await plex.addServer({
    owner: boss,
    name: 'Tower',
    libraries: [
      { title: 'Films & Séries' },
      { title: 'Shows', type: 'show' },
      { title: 'Music', type: 'artist' },
    ],
  });

  const login = await MyPlexAccount.getWebLogin();
  plex.signInAs(boss, login.uri);
  const account = await MyPlexAccount.webLoginCheck(login);
  expect(account).toMatchObject({ id: boss.id, username: 'boss', email: 'boss@example.com' });

  const resource = await account.resource('Tower');
  expect(resource).toMatchObject({ owned: true, clientIdentifier: tower.machineIdentifier });
  const server = await resource.connect();
  expect(server).toMatchObject({ friendlyName: 'Tower', machineIdentifier: tower.machineIdentifier });
  const sections = await (await server.library()).sections();
  expect(sections.map(({ title, type }) => [title, type])).toEqual([
    ['Films & Séries', 'movie'],
    ['Shows', 'show'],
    ['Music', 'artist'],
  ]);
  await expect(new PlexServer(tower.url, 'wrong').connect()).rejects.toThrow();

  const share = plex.share(ada, tower, { libraries: ['Music'] });
  const asMember = new PlexServer(tower.url, share.accessToken);
  await asMember.connect();
  const visible = await (await asMember.library()).sections();
  expect(visible.map(({ title }) => title)).toEqual(['Music']);
});
