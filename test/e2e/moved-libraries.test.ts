/** A library is what it is, and not its id: Jellyfin makes that from the name, and Plex counts from 1 again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { libraryId } from '../standins/jellyfin/jellyfin.ts';
import { Stage } from '../support/stage.ts';
import { as, caughtUp, expectUnbrokenRecord, jellyfinMember, plexMember } from './actions.ts';

const PATIENCE_MS = 90_000;
const LONG = { timeout: 2 * PATIENCE_MS };
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

const lines = (what: RegExp) => stage.auditLines.filter((line) => what.test(line));

it(
  'a renamed library of Jellyfin keeps its people, who have it again as soon as that is known',
  LONG,
  async () => {
    const { user, login } = await jellyfinMember(stage, 'nina', 'Den · Films');
    const { login: other } = await jellyfinMember(stage, 'omar', 'Den · Films, Den · Shows');
    stage.den.renameLibrary('Films', 'Cinema');
    expect([stage.den.accessOf(login), stage.den.accessOf(other)]).toEqual(['none', ['Shows']]);

    const synced = await stage.asOlga('/library sync', { server: 'Den' });
    expect(synced.text).toContain('Films is now called Cinema; 2 accounts are written again');
    await stage.den.http.until('both have it again', () =>
      [login, other].every((each) => stage.den.accessOf(each).includes('Cinema')),
    );
    expect(login.policy.EnabledFolders).toEqual([libraryId('Cinema')]);
    await caughtUp(stage);
    expect(lines(/library\.renamed/)).toEqual([
      expect.stringMatching(/Cinema on Den .* it was called Films · 2 accounts are written again/),
    ]);
    expect(lines(/drift\.found|library\.gone|access\.applied.*Cinema/)).toEqual([]);
    const mine = await (await as(stage, user).command('my access')).until(
      /You can watch Cinema on Den/,
      PATIENCE_MS,
    );
    expect(mine.text).toContain('Cinema');

    stage.den.library('Cinema').off = true;
    expect((await stage.asOlga('/library sync', { server: 'Den' })).text).toContain(
      'Cinema is switched off on the server: nobody sees it there',
    );
    expect((await as(stage, user).command('my access')).text).not.toMatch(/You can watch .*Cinema/);
    expect((await stage.asOlga('/library show', { library: 'Den · Cinema' })).text).toMatch(/switched off/i);
    expectUnbrokenRecord(stage);
  },
);

it('a Plex database that was made anew opens nothing, and an admin is asked to look', LONG, async () => {
  const { account } = await plexMember(stage, 'mia', 'Tower · Movies');
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
  stage.tower.rebuildDatabase([{ title: 'Home Videos' }, { title: 'Kids', type: 'show' }]);
  const { account: late, user } = await plexMember(stage, 'kim', 'Tower · Movies');
  for (const each of [account, late]) expect(stage.plexTv.accessOf(each, stage.tower)).toBe('none');
  const synced = await stage.asOlga('/library sync', { server: 'Tower' });
  expect(synced.text).not.toMatch(/renamed/);
  await stage.audited(/server\.frozen · .*Tower.*other libraries now in the place of Movies and TV/);
  await stage.audited(
    /library\.gone · .*Movies on Tower is gone · its id on the server is that of Home Videos now/,
  );
  for (const each of [account, late]) expect(stage.plexTv.accessOf(each, stage.tower)).toBe('none');
  expect((await as(stage, user).command('my access')).text).not.toMatch(/Tower.*: applied/);
  expect((await stage.asOlga('/server show', { server: 'Tower' })).text).toContain('Frozen');
  expectUnbrokenRecord(stage);
});
