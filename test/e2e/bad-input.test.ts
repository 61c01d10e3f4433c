import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange, OptionValue } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import {
  addMember,
  as,
  auditEntries,
  caughtUp,
  copied,
  expectUnbrokenRecord,
  inviteByDm,
  openCode,
  plexMember,
  redeem,
} from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  // A library of the same name on the other server, so that the name alone is not enough.
  stage.den.addLibrary({ name: 'Movies', type: 'movies' });
  await stage.start({ DISCORD_GUILD_ID: '' });
  await stage.setUp();
});
afterAll(() => stage.strike());

const count = (action: string) => auditEntries(stage).filter((entry) => entry.action === action).length;

describe('/server add', () => {
  /**
   * Tries to add a server, and expects a refusal with this reason, which says that nothing was saved and does not
   * contain the token.
   */
  async function refuses(
    type: 'plex' | 'jellyfin',
    fields: { readonly name?: string; readonly url: string; readonly token?: string },
    reason: RegExp,
  ): Promise<void> {
    const token = fields.token ?? (type === 'plex' ? stage.plexOwner.token : stage.den.apiKey);
    const reply = await stage.addServer(type, { name: 'New', ...fields, token });
    expect(reply.text).toMatch(/not added/);
    // As people see it, without the backslashes that keep addresses from becoming links.
    expect(reply.text.replaceAll('\\', '')).toMatch(reason);
    expect(reply.text).toMatch(/Nothing was saved/);
    for (const secret of [token || 'none', stage.plexOwner.token, stage.den.apiKey])
      expect(reply.text).not.toContain(secret);
    expect((await stage.asOlga('/server list')).text).toMatch(/Media servers\*\* · 2\n/);
  }

  it('refuses an address that is none, and says what one looks like', async () => {
    await refuses('plex', { url: 'ftp://tower:32400' }, /starts with http:\/\/ or https:\/\//);
    await refuses('jellyfin', { url: 'http://' }, /not an address/);
    await refuses(
      'plex',
      { url: 'https://app.plex.tv/desktop/#!/media/abc' },
      /page of Plex.*such as http.*sign in at plex\.tv/,
    );
    await refuses('jellyfin', { url: 'http://boss:hunter2@tower.local' }, /Leave the name and password out/);
    await refuses('jellyfin', { url: 'tower.local:80960' }, /port is a number from 1 to 65535/);
  });

  it('refuses a closed port, an unknown name, what is not HTTP and what does not speak TLS', async () => {
    for (const type of ['plex', 'jellyfin'] as const) {
      await refuses(type, { url: 'http://127.0.0.1:1' }, /Nothing answers at 127\.0\.0\.1:1\./);
      await refuses(
        type,
        { url: 'http://nowhere.invalid:32400' },
        /name in nowhere\.invalid:32400 cannot be resolved/,
      );
      await refuses(type, { url: stage.tower.url.replace('http:', 'https:') }, /TLS|certificate|https/i);
    }
    const ssh = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    await new Promise<void>((resolve) => ssh.listen(0, '127.0.0.1', resolve));
    const address = ssh.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await refuses('jellyfin', { url: `http://127.0.0.1:${port}` }, /127\.0\.0\.1/);
    await refuses('plex', { url: `http://127.0.0.1:${port}` }, /127\.0\.0\.1/);
    ssh.close();
  });

  it('refuses the wrong kind of server, either way round', async () => {
    await refuses(
      'plex',
      { url: stage.den.url },
      /Jellyfin server, not Plex: run \/server add type:jellyfin/,
    );
    await refuses(
      'jellyfin',
      { url: stage.tower.url },
      /Plex server, not Jellyfin: run \/server add type:plex/,
    );
    await refuses('jellyfin', { url: stage.discord.url }, /not (a )?Jellyfin/i);
  });

  it('refuses a wrong token, and one of somebody who does not own the server', async () => {
    const tower = { url: stage.tower.url };
    await refuses('plex', { ...tower, token: 'wrong-plex-token-0001' }, /not the token of a Plex account/);
    // The machine takes this one, and plex.tv does not know it.
    await refuses(
      'plex',
      { ...tower, token: stage.tower.ownerAccessToken },
      /not the token of a Plex account/,
    );
    await refuses('plex', { ...tower, token: 'http://tower/web' }, /address without a token/);
    await refuses('jellyfin', { url: stage.den.url, token: 'wrong-key-0001' }, /not accept the API key/);
    const stranger = stage.plexTv.addAccount({ username: 'stranger' });
    await refuses('plex', { url: stage.tower.url, token: stranger.token }, /does not belong to the account/);
    const friend = stage.plexTv.addAccount({ username: 'friend' });
    stage.plexTv.share(friend, stage.tower, { libraries: ['Movies'] });
    await refuses('plex', { url: stage.tower.url, token: friend.token }, /does not belong to the account/);
    const user = stage.den.addUser({ name: 'notadmin', password: 'x' });
    const { token } = stage.den.signInOutside(user);
    await refuses('jellyfin', { url: stage.den.url, token }, /not an administrator/);
  });

  it('understands an address as people copy it, and keeps neither page nor token of it', async () => {
    const { host } = new URL(stage.den.url);
    for (const url of [
      host,
      `${host}/web/`,
      `${stage.den.url}/web/index.html#!/home.html`,
      `${stage.den.url}/web/#/details?id=1&api_key=${stage.den.apiKey}`,
      `[Den](${stage.den.url}/)`,
      `our server is ${host}, have fun`,
      stage.den.url.replace('http://', 'http:/\u200b/'),
      `${stage.den.url}/api-docs/swagger/index.html`,
    ])
      await refuses('jellyfin', { url }, /already here, as \*\*Den\*\*/);
    const plex = new URL(stage.tower.url).host;
    const key = `X-Plex-Token=${stage.plexOwner.token}`;
    await refuses('plex', { url: `${plex}/web/index.html#!/server/x` }, /already here, as \*\*Tower\*\*/);
    await refuses('plex', { url: `${plex}/library/sections?${key}`, token: '' }, /already here/);
    await refuses('plex', { url: plex, token: `"${key}"` }, /already here, as \*\*Tower\*\*/);
    const paths = [...stage.den.http.requests, ...stage.tower.http.requests].map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('/web'))).toEqual([]);
  });

  it('says what was read where a proxy asks for a login, and nothing of a token that was not sent', async () => {
    const html = { 'content-type': 'text/html' };
    const before = [stage.den.http.requests.length, stage.tower.http.requests.length] as const;
    for (const [answer, says] of [
      [{ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }, /refuses Usher \(401\) before/],
      [{ status: 403, headers: html, body: '<html>' }, /refuses Usher \(403\) before/],
      [
        { status: 302, headers: { location: 'https://auth.example.org/?rd=x' } },
        /leads on to a login page at/,
      ],
      [
        { status: 200, headers: html, body: '<!doctype html><title>Sign in</title>' },
        /answers with a web page/,
      ],
    ] as const) {
      const fault = { path: /./, times: Number.POSITIVE_INFINITY, answer };
      const faults = [stage.den.http.fault(fault), stage.tower.http.fault(fault)];
      await refuses('jellyfin', { url: stage.den.url }, says);
      await refuses('plex', { url: stage.tower.url }, says);
      for (const each of faults) each.lift();
    }
    const asked = [
      ...stage.den.http.requests.slice(before[0]),
      ...stage.tower.http.requests.slice(before[1]),
    ];
    expect(asked.filter(({ headers }) => headers.authorization ?? headers['x-plex-token'])).toEqual([]);
  });

  it('refuses the same server twice, and a name that is taken', async () => {
    await refuses('plex', { name: 'Tower 2', url: `${stage.tower.url}/` }, /already here, as \*\*Tower\*\*/);
    await refuses('jellyfin', { url: stage.den.url }, /already here, as \*\*Den\*\*/);
    const attic = await stage.plexTv.addServer({
      owner: stage.plexOwner,
      name: 'Attic',
      libraries: [{ title: 'Old' }],
    });
    await refuses('plex', { name: 'DEN', url: attic.url }, /already a server called \*\*DEN\*\*/);
  });

  it('has left no trace of any of these in the record', async () => {
    await caughtUp(stage);
    expect(count('server.added')).toBe(2);
  });
});

describe('what staff type', () => {
  const grant = (options: Readonly<Record<string, OptionValue>>) =>
    stage.asOlga('/grant add', { member: stage.ada, libraries: 'TV', ...options });

  it('names the candidates when a library can mean several, and says so when it means none', async () => {
    const several = await grant({ libraries: 'mov' });
    expect(several.text).toMatch(/can mean several(.|\n)*• Den · Movies\n.*• Tower · Movies/);
    expect((await grant({ libraries: 'TV, Moovies' })).text).toMatch(/no library “Moovies”/);
    expect((await grant({ libraries: ' , ' })).text).toContain('No library was named');
    expect((await stage.asOlga('/library list', { server: 'x' })).text).toContain('no server “x”');
    expect((await stage.asOlga('/grant revoke', { grant: '#999' })).text).toContain('no grant “#999”');
    expect((await grant({ libraries: 'x'.repeat(3000) })).text).toMatch(/no library/);
  });

  it.each([
    ['0', /more than zero/],
    ['0d', /more than zero/],
    ['-3d', /more than zero/],
    ['30', /Type 30d for days/],
    ['99y', /at most 10 years/],
    ['soon', /not a duration/],
    ['999999999y', /at most 10 years/],
  ])('refuses the duration “%s” and shows how one is typed', async (typed, why) => {
    for (const reply of [
      await grant({ for: typed }),
      await stage.asOlga('/invite create', { libraries: 'TV', for: typed }),
      await stage.asOlga('/invite create', { libraries: 'TV', valid: typed }),
    ]) {
      expect(reply.text).toMatch(/No (access was given|invite was made)/);
      expect(reply.text).toMatch(why);
      expect(reply.text).toMatch(/12h, 30d, 3mo or 1mo15d|Type \d+d for days/);
    }
  });

  it('refuses an end in the past, before the start, or given twice, and what is no moment', async () => {
    expect((await grant({ until: '2020-01-01 10:00' })).text).toMatch(
      /No access was given(.|\n)*(past|after the start)/,
    );
    expect((await grant({ until: 'in 2 days', start: 'in 3 days' })).text).toContain('after the start');
    expect((await grant({ until: 'tomorrow 20:00', for: '3d' })).text).toContain('not both');
    expect((await grant({ until: 'when it is done' })).text).toMatch(/not a moment \(option “until”\)/);
    expect((await grant({ start: '31 feb 2027' })).text).toMatch(/not a moment \(option “start”\)/);
    expect((await grant({ start: '2020-01-01', for: '2y' })).text).toMatch(/No access was given/);
  });

  it('refuses bots', async () => {
    const { bot } = stage.discord;
    expect((await grant({ member: bot })).text).toMatch(/@usher is a bot/);
    expect((await stage.asOlga('/invite create', { member: bot, libraries: 'TV' })).text).toMatch(/is a bot/);
    const both = await stage.asOlga('/invite create', { member: stage.ada, libraries: 'TV', uses: 3 });
    expect(both.text).toMatch(/one use/);
  });

  it('refuses a channel in which Usher cannot post, and names what it lacks', async () => {
    const hidden = stage.guild.addTextChannel('hidden', { denied: ['SendMessages'] });
    const reply = await stage.asOlga('/settings channel', { purpose: 'alerts', channel: hidden });
    expect(reply.text).toMatch(/cannot post in #hidden(.|\n)*Send Messages(.|\n)*Nothing was changed/);
  });

  it('has made no grant and no invite of any of these', async () => {
    await caughtUp(stage);
    expect(count('grant.created') + count('invite.created')).toBe(0);
  });
});

describe('codes', () => {
  it('answers one and the same to wrong, expired, used and other people’s codes', async () => {
    const expired = await openCode(stage, { libraries: 'TV', valid: '1s' });
    const used = await openCode(stage, { libraries: 'TV' });
    expect((await redeem(stage, addMember(stage, 'dan'), used)).text).toContain('Welcome');
    const bound = await stage.asOlga('/invite create', { member: stage.ben, libraries: 'TV' });
    const others = /`([0-9A-Z-]{19})`/.exec(bound.text)?.[1] ?? '';
    // A grant of one second has ended, so the first code, which was valid for one second, has expired too.
    await stage.asOlga('/grant add', { member: stage.ben, libraries: 'TV', for: '1s' });
    await stage.audited(new RegExp(`grant\\.ended · <@${stage.ben.id}>`));

    const eve = addMember(stage, 'eve');
    const answers: string[] = [];
    for (const code of ['ABCD-EFGH-JKMN-PQRS', expired, used, others, 'nonsense'])
      answers.push((await redeem(stage, eve, code)).text);
    expect(answers[0]).toMatch(/cannot be redeemed(.|\n)*mistyped, expired, used up, withdrawn/);
    expect(new Set(answers).size).toBe(1);

    const good = await openCode(stage, { libraries: 'TV' });
    expect((await redeem(stage, eve, good)).text).toMatch(/Too many tries(.|\n)*ten minutes/);
    expect((await redeem(stage, addMember(stage, 'flo'), good)).text).toContain('Welcome');
    await caughtUp(stage);
    expect(auditEntries(stage).filter(({ line }) => line.includes(eve.id))).toEqual([]);
  });

  it('says plainly that DMs are closed, and posts a button that works for the member only', async () => {
    const gil = addMember(stage, 'gil', 'closed');
    const created = await stage.asOlga('/invite create', { member: gil, libraries: 'TV', for: '1d' });
    expect(created.text).toMatch(
      /@gil takes no direct messages from this Discord server, so the invite did not reach/,
    );
    await stage.audited(new RegExp(`invite\\.dm_closed · <@${gil.id}>`));
    const posted = await created.click('Post a claim button here');
    expect(posted.ephemeral).toBe(true);
    const claim = await as(stage, gil).sees('@gil, there is an invite for you');
    expect(claim.pings.users).toEqual([gil.id]);

    const foreign = await as(stage, stage.ben).click(claim, 'Claim');
    expect(foreign.text).toContain('not for you');
    expect(foreign.ephemeral).toBe(true);
    expect((await as(stage, stage.olga).click(claim, 'Claim')).text).toContain('not for you');
    const own = await as(stage, gil).click(claim, 'Claim');
    expect(own.text).toMatch(/Welcome(.|\n)*TV on Tower/);
    expect(own.ephemeral).toBe(true);
    expect((await stage.asOlga('/grant list', { member: gil })).text).toMatch(/Grants\*\* · 1\n/);
    await caughtUp(stage);
    expect(
      auditEntries(stage).filter(({ line }) => /invite\.redeemed/.test(line) && line.includes(gil.id)),
    ).toHaveLength(1);
  });
});

describe('buttons', () => {
  /** Refused privately, and no access was given. */
  async function expectRefused(clicking: Promise<Exchange>): Promise<void> {
    const before = count('grant.created');
    const reply = await clicking;
    expect(reply.allText).toMatch(/not for you|may not do that|no longer open|too old/);
    await caughtUp(stage);
    expect(count('grant.created')).toBe(before);
  }

  it('refuses buttons of somebody else, of another guild, with changed arguments, and made up ones', async () => {
    const menu = await stage.asOlga('/grant add', { member: stage.ada });
    const picked = await menu.select(['Tower · TV']);
    const { components } = picked.message;
    const here = as(stage, stage.olga).say('look');

    const admin = addMember(stage, 'hal');
    stage.guild.setRoles(admin, [stage.guild.addRole('Bosses', { permissions: ['ManageGuild'] })]);
    await expectRefused(as(stage, admin).click(copied(components, here), 'Give access'));

    const elsewhere = stage.discord.addGuild({ name: 'Elsewhere', owner: stage.olga });
    const there = stage.discord.as(stage.olga).in(elsewhere);
    await expectRefused(there.click(copied(components, there.say('look')), 'Give access'));

    const forge = (text: string) => text.replaceAll('grant.add~done', 'grant.add~page');
    await expectRefused(as(stage, stage.olga).click(copied(components, here, forge), 'Give access'));
    const invent = (text: string) =>
      text.replaceAll(/"1~grant\.add~done[^"]*"/g, '"1~grant.add~done~x~zzzzzz~*..~AAAAAAAAAAAAAAAA"');
    await expectRefused(as(stage, stage.olga).click(copied(components, here, invent), 'Give access'));
    const garbage = (text: string) => text.replaceAll(/"1~grant\.add~done[^"]*"/g, '"give_access"');
    await expectRefused(as(stage, stage.olga).click(copied(components, here, garbage), 'Give access'));

    // The original still works, once.
    expect((await picked.click('Give access')).text).toMatch(/@ada .*TV on Tower(.|\n)*Grant #\d+/);
    await expectRefused(as(stage, stage.olga).click(copied(components, here), 'Give access'));
  });

  it('asks again what the person may do when the button is pressed', async () => {
    const role = stage.guild.addRole('Helpers');
    await stage.asOlga('/settings role', { capability: 'moderator', role });
    stage.guild.openCommand('grant');
    const jon = addMember(stage, 'jon');
    stage.guild.setRoles(jon, [role]);
    const picked = await (await as(stage, jon).command('grant add', { member: jon })).select(['Tower · TV']);
    stage.guild.setRoles(jon, []);
    await expectRefused(picked.click('Give access'));
  });

  it('refuses the Redeem button of a DM to anybody else, and of an invite that is used up', async () => {
    const { user } = await plexMember(stage, 'kim', 'TV');
    const dm = await inviteByDm(stage, user, { libraries: 'Concerts' });
    const mine = stage.discord.as(stage.ben).inDm();
    const copy = copied(dm.components, mine.say('look what I found'));
    expect((await mine.click(copy, 'Redeem')).text).toContain('not for you');
    expect((await stage.discord.as(user).inDm().click(dm, 'Redeem')).text).toContain('Welcome');
  });
});

it('has an unbroken record, and never said what Discord would refuse', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
