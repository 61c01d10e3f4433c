/** Adding servers and accounts by signing in elsewhere, so that no secret is typed into Discord. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { addMember, as, caughtUp, expectUnbrokenRecord, signInLink } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
});
afterAll(() => stage.strike());

const codeIn = (text: string) => /`(\d{6})`/.exec(text)?.[1] ?? '';

it('a Plex server is added by its owner’s sign-in at plex.tv', async () => {
  const shown = await (await stage.asOlga('/server add', { type: 'plex' })).submit({ url: stage.tower.url });
  expect(shown.text).toContain('Sign in as the owner');
  expect(shown.ephemeral).toBe(true);
  stage.plexTv.signInAs(stage.plexOwner, signInLink(shown));
  const asked = await shown.until(/Add Tower \(Plex 1\.43.*\) as plexboss\?/);
  expect((await stage.asOlga('/server list')).text).toContain('No media server yet');
  expect((await asked.click('Add')).text).toMatch(/Added(.|\n)*Tower.*3 libraries|Added(.|\n)*3 libraries/);
  expect((await asked.click('Add')).text).toContain('no longer open');
  expect((await stage.asOlga('/server check', { server: 'Tower' })).text).toContain(
    'answers and takes the token',
  );
});

it('a Jellyfin server is added by an administrator’s Quick Connect, with a key of its own', async () => {
  const keys = stage.den.state.keys.size;
  const form = await stage.asOlga('/server add', { type: 'jellyfin' });
  const shown = await form.submit({ url: stage.den.url, name: 'Den' });
  stage.den.approveQuickConnect(codeIn(shown.text), stage.den.user('root'));
  const asked = await shown.until(/Add Den \(Jellyfin 10\.11.*\) as root\?/);
  expect(stage.den.state.keys.size).toBe(keys);
  expect((await asked.click('Add')).text).toContain('Added');
  expect(stage.den.state.keys.size).toBe(keys + 1);
  expect(stage.den.sessionsOf(stage.den.user('root'))).toEqual([]);
  expect((await stage.asOlga('/server check', { server: 'Den' })).text).toContain(
    'answers and takes the token',
  );
});

it('somebody who is no administrator is refused, and forgotten', async () => {
  const guest = stage.den.addUser({ name: 'guest', password: 'x' });
  const shown = await (await stage.asOlga('/server add', { type: 'jellyfin' })).submit({
    url: stage.den.url,
  });
  stage.den.approveQuickConnect(codeIn(shown.text), guest);
  await shown.until(/The server was not added(.|\n)*Nothing was saved/);
  expect(stage.den.sessionsOf(guest)).toEqual([]);
});

it('a member links the account they have, and keeps what it has', async () => {
  const nina = addMember(stage, 'nina');
  const login = stage.den.addUser({ name: 'nina', password: 'x' });
  const list = await as(stage, nina).command('my accounts');
  expect(list.text).toContain('No account is linked yet');
  const shown = await list.click('I have an account: Den');
  stage.den.approveQuickConnect(codeIn(shown.text), login);
  await shown.until(/Your account `nina` on Den is linked/);
  expect((await as(stage, nina).command('my accounts')).text).toMatch(/Den.* \(Jellyfin\): `nina`/);
  expect((await as(stage, nina).command('my access')).text).toMatch(/Den\*\* · Films, Shows/);
});

it('leaves one unbroken record and no secret anywhere', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  const said = [...stage.usher.output, ...stage.auditLines].join('\n');
  for (const secret of [...stage.den.secrets, ...stage.plexOwner.tokens]) expect(said).not.toContain(secret);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
