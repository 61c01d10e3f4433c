import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { Taps } from '../support/taps.ts';
import {
  actionsAbout,
  addMember,
  as,
  auditEntries,
  caughtUp,
  codeIn,
  connectPlex,
  expectUnbrokenRecord,
  inviteByDm,
  openCode,
  passwordIn,
  plexAccount,
  plexMember,
  redeem,
  sayYes,
} from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  // Commands are registered globally, as usual, because those of a single guild are not available in DMs.
  await stage.start({ DISCORD_GUILD_ID: '' });
});
afterAll(() => stage.strike());

describe('setting up', () => {
  it('chooses the audit channel, and its first line says so', async () => {
    const reply = await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
    expect(reply.text).toContain('#usher-audit is now the audit channel');
    expect(reply.ephemeral).toBe(true);
    const [line] = await stage.audited(/settings\.changed/);
    expect(line).toMatch(
      /^#1 settings\.changed · by <@(\d+)> \1 · 🔵 olga chose <#\d+> as the audit channel$/,
    );
  });

  it('adds a Plex and a Jellyfin server and shows the card of each', async () => {
    const tower = await stage.addServer('plex', {
      name: 'Tower',
      url: stage.tower.url,
      token: stage.plexOwner.token,
    });
    expect(tower.text).toMatch(
      /Added.*\n.*\*\*Tower\*\* · Plex 1\.43.*\n.*online, checked.*\n.*3 libraries · 0 accounts/,
    );
    expect(tower.text).toContain('Libraries: Movies, TV and Concerts');
    expect(tower.ephemeral).toBe(true);
    const den = await stage.addServer('jellyfin', {
      name: '',
      url: `${stage.den.url}/`,
      token: stage.den.apiKey,
    });
    expect(den.text).toMatch(
      /Added.*\n.*\*\*Den\*\* · Jellyfin 10\.11\.11.*\n.*online.*\n.*2 libraries · 1 account with access/,
    );
    await stage.audited(/server\.added · by .* added the server (Tower|Den)/, 2);
  });

  it('lists the servers, their details and the libraries of all or of one', async () => {
    const servers = await stage.asOlga('/server list');
    expect(servers.text).toMatch(/Media servers\*\* · 2\n/);
    expect(servers.text).toContain(stage.tower.url);
    const details = await servers.select('Tower');
    expect(details.text).toContain(stage.tower.machineIdentifier);
    expect(details.text).toContain(`ends in \`${stage.plexOwner.token.slice(-4)}\``);

    const all = await stage.asOlga('/library list', { sort: 'users' });
    expect(all.text).toMatch(/Libraries\*\* · 5\n/);
    // The administrator of Den sees everything there. Nobody has access to Tower yet.
    expect(all.text).toMatch(/Den · Films\*\* · 1 user\n/);
    const one = await stage.asOlga('/library list', { server: 'tow' });
    expect(one.text).toMatch(/Libraries\*\* · 3\n/);
    expect(one.text).not.toContain('Den · ');
    const file = await one.click('CSV');
    expect(file.message.attachments[0]?.bytes.toString()).toContain(
      '"Tower","Movies","movies","1","0","0","present"',
    );
    expect((await stage.asOlga('/library sync', { server: 'Den' })).text).toMatch(
      /Den.*2 libraries(.|\n)*Nothing changed/,
    );
  });

  it('completes servers, libraries (the last of a list too) and grants from the database', async () => {
    const olga = as(stage, stage.olga);
    const names = async (...ask: Parameters<typeof olga.autocomplete>) =>
      (await olga.autocomplete(...ask)).map(({ name }) => name);
    const before = stage.plexTv.http.requests.length + stage.den.http.requests.length;
    expect(await names('library list', {}, 'server', 'd')).toEqual(['Den']);
    expect(await names('grant add', {}, 'libraries', 'mov')).toEqual(['Tower · Movies']);
    expect(await names('grant add', {}, 'libraries', 'Tower · Movies, con')).toEqual([
      'Tower · Movies, Tower · Concerts',
    ]);
    expect(await names('invite create', {}, 'libraries', '')).toHaveLength(5);
    expect(await names('grant revoke', {}, 'grant', '')).toEqual([]);
    expect(await names('help', {}, 'topic', '/grant re')).toEqual(['/grant resume', '/grant revoke']);
    expect(stage.plexTv.http.requests.length + stage.den.http.requests.length).toBe(before);
  });
});

describe('staff', () => {
  it('gives capabilities by role; whoever lacks one is told which', async () => {
    const [ushers, watchers] = [stage.guild.addRole('Ushers'), stage.guild.addRole('Watchers')];
    await stage.asOlga('/settings role', { capability: 'moderator', role: ushers });
    const reply = await stage.asOlga('/settings role', { capability: 'auditor', role: watchers });
    expect(reply.text).toMatch(/@Ushers: moderators(.|\n)*@Watchers: auditors/);
    // Members do not see the commands of staff, until an admin opens them.
    const offered = as(stage, stage.ben).commands.map(({ name }) => name);
    expect(offered.toSorted()).toEqual(['help', 'my', 'redeem']);
    for (const command of ['grant', 'server', 'library', 'invite']) stage.guild.openCommand(command);
    const [mia, aron] = [addMember(stage, 'mia'), addMember(stage, 'aron')];
    stage.guild.setRoles(mia, [ushers]);
    stage.guild.setRoles(aron, [watchers]);

    const granted = await as(stage, mia).command('grant add', { member: aron, libraries: 'TV', for: '1h' });
    expect(granted.text).toMatch(/@aron is given TV on Tower until (.|\n)*Grant #\d+/);
    expect((await as(stage, mia).command('server add', { type: 'plex' })).text).toContain('**admin**');
    expect((await as(stage, aron).command('grant list')).text).toMatch(/aron\*\* · Tower TV/);
    // Only admins see the address of a server.
    expect((await as(stage, aron).command('server list')).text).not.toContain(stage.tower.url);
    const refused = await as(stage, aron).command('grant add', { member: aron, libraries: 'Movies' });
    expect(refused.text).toMatch(/may not do that(.|\n)*\*\*moderator\*\*/);
    expect((await as(stage, stage.ben).command('grant list')).text).toContain('**auditor**');
    expect(actionsAbout(stage, aron)).toEqual(['grant.created']);
  });

  it('shows in /help only what the person may run', async () => {
    const help = async (name: string) => {
      const user = stage.discord.world.users.values().find(({ username }) => username === name);
      return user ? (await as(stage, user).command('help')).text : '';
    };
    expect(await help('olga')).toMatch(/\/server add/);
    expect(await help('mia')).toMatch(/\/grant add/);
    expect(await help('mia')).not.toMatch(/\/(server add|settings channel)/);
    expect(await help('aron')).toMatch(/\/grant list/);
    expect(await help('aron')).not.toMatch(/\/(grant add|grant revoke|invite (create|revoke))/);
    const ben = await help('ben');
    expect(ben).toMatch(/\/my access · \/redeem(.|\n)*\/help/);
    expect(ben).not.toMatch(/\/(grant|invite|server|library|settings|plan|jobs|member)/);
    expect((await stage.discord.as(stage.ben).inDm().command('help')).text).toContain('/redeem');
  });
});

describe('members', () => {
  it('redeems an invite by its DM button, signs in with Plex, and is let in without another click', async () => {
    const account = plexAccount(stage, stage.ada);
    const reply = await stage.asOlga('/invite create', {
      member: stage.ada,
      libraries: 'Movies, tower · tv',
      for: '30d',
    });
    expect(reply.text).toMatch(
      /Gives Movies and TV on Tower for 30 days(.|\n)*Only @ada can(.|\n)*@ada has it by direct message/,
    );
    const dm = stage.discord.dmsOf(stage.ada).at(-1);
    expect(dm?.text).toContain(codeIn(reply.text));
    if (!dm) throw new Error('no DM');

    const taps = new Taps(stage.discord, stage.ada);
    const welcome = await stage.discord.as(stage.ada).inDm().click(dm, 'Redeem');
    expect(welcome.text).toMatch(
      /Welcome! You get Movies and TV on Tower, until .*\(in (?:1 month|30 days)\)/,
    );
    stage.plexTv.signInAs(account, taps.link(welcome, 'Sign in at plex.tv'));
    const done = await (await sayYes(welcome)).until(/You're in!/, 60_000);
    expect(taps.link(done, 'Open Plex')).toBe('https://app.plex.tv');
    expect(taps.effort).toEqual({ taps: 4, typed: 0 });
    expect(done.text).toMatch(/You're in!(.|\n)*✅ You can watch Movies and TV on Tower until/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV']);
    await caughtUp(stage);
    expect(actionsAbout(stage, stage.ada)).toEqual([
      'invite.created',
      'invite.sent',
      'invite.redeemed',
      'grant.created',
      'member.linked',
      'access.applied',
      'access.accepted',
    ]);
    // Usher has signed out: the only token left is the member's own.
    expect([...account.tokens]).toEqual([account.token]);
    // Pressing it again uses nothing up, and shows the current state.
    const again = await stage.discord.as(stage.ada).inDm().click(dm, 'Redeem');
    expect(again.text).toMatch(/redeemed this invite before(.|\n)*You can watch Movies and TV on Tower/);
  });

  it('redeems a typed code in the guild and gets a Jellyfin account with the granted libraries only', async () => {
    const code = await openCode(stage, { libraries: 'Films', for: '2w', uses: 2 });
    const taps = new Taps(stage.discord, stage.ben);
    const welcome = await redeem(stage, stage.ben, ` ${code.toLowerCase().replaceAll('-', '')} `);
    expect(welcome.text).toMatch(/Welcome! You get Films on Den/);
    expect(welcome.ephemeral).toBe(true);
    const ready = await (await welcome.click('Create account: Den')).submit({ name: 'ben' });
    expect(ready.ephemeral).toBe(true);
    // It is the welcome that says so.
    expect(ready.message.id).toBe(welcome.message.id);
    expect(taps.link(ready, 'Open Den')).toBe('https://den.example.org');
    // The command, its form with 18 letters of the code, the button, its form with a name that is there, and the link.
    expect(taps.effort).toEqual({ taps: 5, typed: 18 });
    const password = passwordIn(ready);
    expect(stage.den.accessOf(stage.den.user('ben'))).toEqual(['Films']);
    expect(stage.den.canSignIn('ben', password)).toBe(true);
    expect(stage.den.canSignIn('ben', '')).toBe(false);
    const asked = await (await as(stage, stage.ben).command('my access')).click('New password: Den');
    expect(stage.den.canSignIn('ben', password)).toBe(true);
    const renewed = await asked.click('Set a new password');
    expect(stage.den.canSignIn('ben', passwordIn(renewed))).toBe(true);
    expect(stage.den.canSignIn('ben', password)).toBe(false);
    await caughtUp(stage);
    expect(actionsAbout(stage, stage.ben)).toEqual([
      'invite.redeemed',
      'grant.created',
      'member.linked',
      'access.applied',
    ]);
  });

  it('keeps what an account had before, as a grant “imported”, when what was granted ends', async () => {
    const cleo = addMember(stage, 'cleo');
    const account = plexAccount(stage, cleo);
    stage.plexTv.share(account, stage.tower, { libraries: ['Concerts'] });
    const grant = await stage.asOlga('/grant add', { member: cleo, libraries: 'Movies', for: '1h' });
    const number = /Grant #(\d+)/.exec(grant.text)?.[1] ?? '';
    await connectPlex(stage, await as(stage, cleo).command('my access'), account);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'Concerts']);
    await stage.audited(new RegExp(`grant\\.created · <@${cleo.id}>.*had Concerts on Tower already`));
    const revoked = await stage.asOlga('/grant revoke', { grant: `#${number}` });
    expect(revoked.text).toMatch(/ended .*, as the servers show\./);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Concerts']);
  });

  it('shows /my access in the guild and in a DM', async () => {
    const inGuild = await as(stage, stage.ada).command('my access');
    expect(inGuild.text).toMatch(/Your access(.|\n)*You can watch Movies and TV on Tower until /);
    expect(inGuild.ephemeral).toBe(true);
    const inDm = await stage.discord.as(stage.ben).inDm().command('my access');
    expect(inDm.text).toMatch(
      /Your access in Film Club(.|\n)*You can watch Films on Den(.|\n)*New password: Den/,
    );
    const dora = addMember(stage, 'dora');
    expect((await as(stage, dora).command('my access')).text).toContain('no access here yet');
  });
});

describe('grants', () => {
  it('lets in at once and out on time, which the server shows', async () => {
    const { user, account } = await plexMember(stage, 'emil', 'TV');
    const reply = await stage.asOlga('/grant add', {
      member: user,
      libraries: 'Tower · Concerts',
      for: '3s',
      reason: 'a *treat*',
    });
    expect(reply.text).toContain('✅ **Tower** shows it');
    await stage.audited(new RegExp(`grant\\.ended · <@${user.id}>.*Concerts.*shows it gone`));
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['TV']);
    await caughtUp(stage);
    expect(actionsAbout(stage, user).slice(-4)).toEqual([
      'grant.created',
      'access.applied',
      'grant.ending',
      'grant.ended',
    ]);
    expect((await stage.asOlga('/grant list', { member: user, state: 'ended' })).text).toMatch(
      /Grants\*\* · 1\n(.|\n)*⚫.*Concerts(.|\n)*⚫ ended/,
    );
  });

  it('withdraws the share with the last library, and never sends an empty list', async () => {
    const { user, account } = await plexMember(stage, 'fay', 'TV');
    const number = /fay\*\* · .*#(\d+)/.exec((await stage.asOlga('/grant list', { member: user })).text)?.[1];
    const reply = await stage.asOlga('/grant revoke', { grant: number ?? '', reason: 'gone away' });
    expect(reply.text).toMatch(/ended .*, as the servers show\./);
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    const writes = stage.plexTv.http.requestsTo('POST', /shared_servers/);
    expect(writes.filter(({ body }) => /"librarySectionIds":\[\]/.test(body))).toEqual([]);
    const twice = await stage.asOlga('/grant revoke', { grant: number ?? '' });
    expect(twice.text).toMatch(/Nothing was changed(.|\n)*over already/);
    await caughtUp(stage);
    expect(actionsAbout(stage, user).slice(-2)).toEqual(['grant.revoked', 'grant.ended']);
  });

  it('starts a grant in the future when its time comes, and not before', async () => {
    const { user, account } = await plexMember(stage, 'gus', 'TV');
    const far = await stage.asOlga('/grant add', {
      member: user,
      libraries: 'Movies',
      start: 'in 3 days',
      for: '7d',
    });
    expect(far.text).toMatch(/gets Movies on Tower from .*, until .*\. Nothing of it is given before/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['TV']);
    await stage.asOlga('/grant add', { member: user, libraries: 'Concerts', start: 'in 2 seconds' });
    await stage.audited(new RegExp(`access\\.applied · <@${user.id}>.*Concerts`));
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['TV', 'Concerts']);
    expect(actionsAbout(stage, user).slice(-2)).toEqual(['grant.started', 'access.applied']);
    const number = /Grant #(\d+)/.exec(far.text)?.[1] ?? '';
    expect((await stage.asOlga('/grant revoke', { grant: number })).text).toContain('It had not begun');
  });

  it('sends an invite whose libraries are chosen from the menu', async () => {
    const ivo = addMember(stage, 'ivo');
    const menu = await stage.asOlga('/invite create', { member: ivo, valid: '1d' });
    const created = await (await menu.select(['Den · Shows'])).click('Create invite');
    expect(created.text).toMatch(/Gives Shows on Den for good(.|\n)*@ivo has it by direct message/);
    const dm = await inviteByDm(stage, ivo, { libraries: 'Films' });
    expect(dm.text).toMatch(/invited to Film Club(.|\n)*gives you Films on Den, for good/);
  });

  it('chooses libraries by select menu, over several pages when there are more than 25', async () => {
    const { user, account } = await plexMember(stage, 'hana', 'TV');
    const small = await stage.asOlga('/grant add', { member: user, for: '1d' });
    const picked = await small.select(['Tower · Movies', 'Tower · Concerts']);
    expect(picked.text).toContain('2 libraries chosen');
    const given = await picked.click('Give access');
    expect(given.text).toContain('✅ **Tower** shows it');
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV', 'Concerts']);

    const attic = await stage.plexTv.addServer({
      owner: stage.plexOwner,
      name: 'Attic',
      libraries: Array.from({ length: 60 }, (_, index) => ({
        title: `Shelf ${String(index + 1).padStart(2, '0')}`,
      })),
    });
    await stage.addServer('plex', { name: 'Attic', url: attic.url, token: stage.plexOwner.token });
    const first = await stage.asOlga('/grant add', { member: user, for: '1d' });
    expect(first.text).toContain('page 1 of 3');
    const one = await first.select(['Attic · Shelf 07']);
    const third = await (await one.click('▶')).click('▶');
    expect(third.text).toContain('page 3 of 3');
    const two = await third.select(['Attic · Shelf 60']);
    expect((await (await two.click('◀')).click('◀')).text).toMatch(/2 libraries chosen(.|\n)*Shelf 07/);
    const both = await two.click('Give access');
    expect(both.text).toMatch(/Shelf 07 and Shelf 60 on Attic/);
    // Her Plex account is known from Tower, so she is invited at once. The sign-in only accepts the invitation.
    expect(both.text).toContain('📨 **Attic**: invited');
    await connectPlex(stage, await as(stage, user).command('my access'), account);
    expect(stage.plexTv.accessOf(account, attic)).toEqual(['Shelf 07', 'Shelf 60']);
    const cancelled = await (await stage.asOlga('/grant add', { member: user })).click('Cancel');
    expect(cancelled.text).toContain('Nothing was changed');
  });
});

it('leaves an unbroken record, and says nothing that Discord would refuse', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(auditEntries(stage).length).toBeGreaterThan(40);
  expect(stage.audit.messages.flatMap(({ pings }) => [...pings.users, ...pings.roles])).toEqual([]);
  expect(stage.discord.violations).toEqual([]);
  expect(stage.discord.ownMistakes).toEqual([]);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
