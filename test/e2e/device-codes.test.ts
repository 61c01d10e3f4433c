/** Adding servers and accounts by signing in elsewhere, so that no secret is typed into Discord. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import {
  addMember,
  as,
  caughtUp,
  connectPlex,
  copied,
  expectUnbrokenRecord,
  openCode,
  plexMember,
  redeem,
  sayYes,
  signInLink,
} from './actions.ts';

const LONG = { timeout: 180_000 };
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
  const alerts = stage.guild.addTextChannel('usher-alerts');
  await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
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
  const olga = as(stage, stage.olga);
  const stale = copied(asked.message.components, olga.say('as it was'));
  expect((await asked.click('Add')).text).toMatch(/Added(.|\n)*Tower.*3 libraries|Added(.|\n)*3 libraries/);
  // Tapped twice: what came of it is shown once more, and nothing is added again.
  expect((await olga.click(stale, 'Add')).allText).toContain('Added.');
  expect((await stage.asOlga('/server list')).text.match(/Tower/g)).toHaveLength(1);
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

it('the owner signs in himself, and the stored token lives: what is expired ends', LONG, async () => {
  const { user, account } = await plexMember(stage, 'mia', 'Tower · Movies');
  const code = await openCode(stage, { libraries: 'Tower · Movies' });
  const shown = await redeem(stage, stage.olga, code);
  const refused = await connectPlex(stage, shown, stage.plexOwner);
  expect(refused.text).toContain('is the owner of the server');
  await stage.asOlga('/grant add', { member: user, libraries: 'Tower · TV', for: '5s' });
  await stage.audited(new RegExp(`grant\\.ended · <@${user.id}>.*plex\\.tv shows it gone`), 1, 90_000);
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
  expect((await stage.asOlga('/server check', { server: 'Tower' })).text).toContain(
    'answers and takes the token',
  );
  // Of all sign-ins of the owner only the stored one is left, beside the token of his own browser.
  expect(stage.plexOwner.tokens.size).toBe(2);
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
  // Asked again it is the same code.
  const twice = await (await as(stage, nina).command('my accounts')).click('I have an account: Den');
  expect(codeIn(twice.text)).toBe(codeIn(shown.text));
  stage.den.approveQuickConnect(codeIn(shown.text), login);
  await (await sayYes(shown)).until(/Your account `nina` on Den is connected/);
  expect((await as(stage, nina).command('my accounts')).text).toMatch(/Den.* \(Jellyfin\): `nina`/);
  expect((await as(stage, nina).command('my access')).text).toMatch(/You can watch Films and Shows on Den/);
});

it('a key that is revoked is called that, and a new sign-in puts it right', LONG, async () => {
  const [key] = [...stage.den.state.keys.values()].filter(({ app }) => app === 'Usher');
  stage.den.state.keys.delete(key?.token ?? '');
  // Anything answers these without a key, so they prove nothing.
  const open = await Promise.all(
    ['/System/Ping', '/System/Info/Public'].map((path) => fetch(stage.den.url + path)),
  );
  expect(open.map(({ status }) => status)).toEqual([200, 200]);
  expect((await stage.asOlga('/library sync', { server: 'Den' })).text).toContain('the key was revoked');
  expect((await stage.asOlga('/server list')).text).toMatch(/Den(.|\n)*access failed:.*the key was revoked/);
  const checked = await stage.asOlga('/server check', { server: 'Den' });
  expect(checked.text).toMatch(
    /Den\*\* is up, but who has access there cannot be read:.*the key was revoked/,
  );
  const shown = await checked.click('Sign in again');
  stage.den.approveQuickConnect(codeIn(shown.text), stage.den.user('root'));
  const asked = await shown.until(/Reach Den as root from now on\?/);
  expect((await asked.click('Use this sign-in')).text).toMatch(/Saved.*Changed: token/);
  expect((await stage.asOlga('/server check', { server: 'Den' })).text).toContain(
    'answers and takes the token',
  );
});

it('a sign-in that its owner revokes is called that, and so is put right', LONG, async () => {
  // Under Authorized Devices he removes all of them.
  for (const token of [...stage.plexOwner.tokens]) stage.plexOwner.tokens.delete(token);
  expect((await fetch(`${stage.tower.url}/identity`)).status).toBe(200);
  const checked = await stage.asOlga('/server check', { server: 'Tower' });
  expect(checked.text).toMatch(/cannot be read: plex\.tv does not accept the token any more\. Sign in again/);
  const shown = await checked.click('Sign in again');
  stage.plexTv.signInAs(stage.plexOwner, signInLink(shown));
  const asked = await shown.until(/Reach Tower as plexboss from now on\?/);
  expect((await asked.click('Use this sign-in')).text).toMatch(/Saved.*Changed: token/);
  expect((await stage.asOlga('/server check', { server: 'Tower' })).text).toContain(
    'answers and takes the token',
  );
});

it(
  'a removed server leaves no key and no sign-in behind, and that is said before and after',
  LONG,
  async () => {
    const keys = stage.den.state.keys.size;
    const question = await stage.asOlga('/server remove', { server: 'Den' });
    expect(question.text).toContain('Revoked as well: the API key that Usher made there');
    expect((await question.click('Remove')).text).toContain('Revoked: the API key that Usher made there');
    expect(stage.den.state.keys.size).toBe(keys - 1);
    const asked = await stage.asOlga('/server remove', { server: 'Tower' });
    expect(asked.text).toContain('Revoked as well: the sign-in of Usher at plex.tv');
    const down = stage.plexTv.http.fault({ path: /signout$/, answer: { status: 503, body: 'busy' } });
    const removed = await asked.click('Remove');
    expect(removed.text).toMatch(
      /Tower is removed from Usher(.|\n)*Not revoked:.*sign-in of Usher at plex\.tv/,
    );
    expect(removed.text).toMatch(/plex\.tv answers 503.*by hand: Plex → Authorized Devices/);
    down.lift();
  },
);

it('a key that an admin typed stays theirs', LONG, async () => {
  await stage.addServer('jellyfin', { name: 'Den', url: stage.den.url, token: stage.den.apiKey });
  const keys = stage.den.state.keys.size;
  const question = await stage.asOlga('/server remove', { server: 'Den' });
  expect(question.text).toMatch(/The token \(it ends in `.{4}`\) was not made by Usher.*stays valid/);
  await question.click('Remove');
  expect(stage.den.state.keys.size).toBe(keys);
});

it('leaves one unbroken record and no secret anywhere', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  const said = [...stage.usher.output, ...stage.auditLines].join('\n');
  for (const secret of [...stage.den.secrets, ...stage.plexOwner.tokens]) expect(said).not.toContain(secret);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
