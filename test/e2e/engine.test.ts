/** Plans, changes of grants, policies, held runs, jobs and settings, with the real process on stand-ins. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import {
  addMember,
  as,
  caughtUp,
  codeIn,
  expectUnbrokenRecord,
  inviteByDm,
  jellyfinMember,
  plexMember,
} from './actions.ts';

let stage: Stage;
/** Has a connected Plex account and a grant of Concerts without an end. */
let ada: Awaited<ReturnType<typeof plexMember>>;
/** Has an account on Den. */
let mia: User;

beforeAll(async () => {
  stage = await Stage.set();
  // The permission to manage roles, for the role of a plan.
  stage.guild.botRole.permissions |= 1n << 28n;
  await stage.start();
  await stage.setUp();
  ada = await plexMember(stage, 'adele', 'Tower · Concerts');
});
afterAll(() => stage.strike());

const seenByAda = () => stage.plexTv.accessOf(ada.account, stage.tower);
const lastGrant = async (member: User) => {
  const { text } = await stage.asOlga('/grant list', { member });
  return /#(\d+)/.exec(text)?.[1] ?? '';
};

describe('a plan', () => {
  it('is made from a list of libraries, given by name, edited with a preview, and deleted with its uses', async () => {
    const role = stage.guild.addRole('Family');
    const choosing = await stage.asOlga('/plan create', { name: 'Family', for: '30d', role });
    expect(choosing.text).toContain('What should the plan “Family” give?');
    const chosen = await choosing.select('Tower · Movies');
    const made = await chosen.click('Create plan');
    expect(made.text).toMatch(/Plan created(.|\n)*Family.* · 30 days\n.*Tower.* · Movies/);
    await stage.audited(/plan\.created · .* made the plan Family: .* for 30 days/);

    const given = await stage.asOlga('/grant add', { member: ada.user, plan: 'fam' });
    expect(given.text).toMatch(/shows it(.|\n)*plan Family/);
    expect(seenByAda()).toEqual(expect.arrayContaining(['Movies', 'Concerts']));
    const hasRole = () => stage.guild.members.get(ada.user.id)?.roles.has(role);
    await stage.discord.until('the role of the plan', () => hasRole() || undefined);

    const preview = await stage.asOlga('/plan edit', { plan: 'Family', libraries: 'Tower · TV' });
    expect(preview.text).toMatch(
      /For 1 running grant \(adele\) (.|\n)*\*\*Tower\*\*: 1 member gets 1 library and loses 1 library/,
    );
    expect(seenByAda()).toEqual(expect.arrayContaining(['Movies', 'Concerts']));
    expect((await preview.click('Apply to 1 running grant too')).text).toContain('Saved');
    expect(new Set(seenByAda())).toEqual(new Set(['TV', 'Concerts']));

    expect((await stage.asOlga('/plan list')).text).toMatch(/Family.* · TV on Tower · 30 days · 1 in use/);
    expect((await stage.asOlga('/plan show', { plan: 'Family' })).text).toMatch(
      /Who has it\*\* · 1\n.*adele/,
    );
    const both = await stage.asOlga('/grant add', { member: ada.user, plan: 'Family', libraries: 'TV' });
    expect(both.text).toContain('either a plan or libraries');

    const refused = await stage.asOlga('/plan delete', { plan: 'Family' });
    expect(refused.text).toContain('The plan is in use');
    await (await refused.click('End all uses and delete')).until(/is deleted/);
    expect(seenByAda()).toEqual(['Concerts']);
    await stage.discord.until('the role gone', () => !hasRole() || undefined);
  });

  it('is what an invite gives', async () => {
    await stage.asOlga('/plan create', { name: 'Guests', libraries: 'Tower · Movies', for: '1d' });
    const gil = addMember(stage, 'gil');
    const invited = await stage.asOlga('/invite create', { member: gil, plan: 'Guests' });
    expect(invited.text).toContain('Gives Movies on Tower for 1 day');
    const list = await stage.asOlga('/invite list');
    const row = `${codeIn(invited.text).slice(0, 4)}… · Tower Movies`;
    const listed = await list.select(row, 'Open an invite');
    expect(listed.text).toContain('By the plan Guests');
    const [dm] = stage.discord.dmsOf(gil);
    if (!dm) throw new Error('no DM');
    const form = await stage.discord.as(gil).click(dm, 'Redeem');
    expect(form.text).toMatch(/Welcome! You get Movies on Tower, until .* \(in (?:24 hours|1 day)\)/);
  });
});

describe('a grant', () => {
  it('is extended, changed, paused and resumed, each with what came of it, and undone', async () => {
    // Days and hours of what is left are shown; with half an hour more it does not matter how long the test takes.
    await stage.asOlga('/grant add', { member: ada.user, libraries: 'Tower · TV', for: '10d6h30m' });
    const grant = await lastGrant(ada.user);
    const shown = await stage.asOlga('/grant show', { grant });
    expect(shown.text).toMatch(/Grant #\d+(.|\n)*What was done(.|\n)* gave it until /);

    const extended = await (await shown.click('Extend')).submit({ by: '5d' });
    expect(extended.text).toMatch(/can watch TV on Tower until .*, 5 days longer\./);
    expect((await extended.click('Undo (10 minutes)')).text).toContain('Undone');
    expect((await extended.click('Undo (10 minutes)')).text).toContain('cannot be undone any more');

    const paused = await stage.asOlga('/grant pause', { grant, reason: 'holiday' });
    expect(paused.text).toMatch(/is paused, as the servers show\. 10 days 6 hours are left/);
    expect(seenByAda()).toEqual(['Concerts']);
    expect((await stage.asOlga('/grant pause', { grant })).text).toContain('paused already');
    expect((await stage.asOlga('/grant resume', { grant })).text).toMatch(/can watch .* again, until /);
    expect(new Set(seenByAda())).toEqual(new Set(['TV', 'Concerts']));

    const changed = await stage.asOlga('/grant set', { grant, libraries: 'Tower · Movies', until: 'never' });
    expect(changed.text).toMatch(/can watch Movies on Tower for good\.(.|\n)*Before, it was until /);
    expect(new Set(seenByAda())).toEqual(new Set(['Movies', 'Concerts']));
    expect((await stage.asOlga('/grant set', { grant })).text).toContain('Nothing to change');
    expect((await stage.asOlga('/grant extend', { grant, by: '1d' })).text).toContain('It has no end');

    const revoked = await stage.asOlga('/grant revoke', { grant });
    expect(revoked.text).toMatch(/ended .*, as the servers show\./);
    expect(seenByAda()).toEqual(['Concerts']);
    const back = await stage.asOlga('/grant extend', { grant, by: '2d' });
    expect(back.text).toMatch(/can watch .* again, until /);
    expect(new Set(seenByAda())).toEqual(new Set(['Movies', 'Concerts']));
    await stage.audited(/grant\.extended .* it had ended, and is given again/);
  });

  it('is changed with many others, previewed first', async () => {
    const asked = await stage.asOlga('/grant bulk', { action: 'pause', server: 'Tower' });
    expect(asked.text).toMatch(/Pause \d+ grants of 2 members\?(.|\n)*Tower\*\*: .* nothing and loses? \d/);
    const done = await (await asked.click(/Pause \d+ grants/.exec(asked.text)?.[0] ?? '')).until(/ done/);
    expect(seenByAda()).toBe('none');
    // The whole share was removed, so Plex asks for acceptance again.
    expect((await done.click('Undo (10 minutes)')).text).toMatch(/Undone/);
    expect(seenByAda()).toBe('pending');
    stage.plexTv.acceptInvite(ada.account, stage.tower);
    expect((await stage.asOlga('/grant bulk', { action: 'extend' })).text).toContain('Say by how much');
  });
});

describe('a member', () => {
  it('has libraries ticked and unticked, and it is said why they have what they have', async () => {
    const before = await stage.asOlga('/member why', { member: ada.user, library: 'Tower · TV' });
    expect(before.text).toMatch(/Nothing that runs gives it(.|\n)*shows that they do not have it/);
    const ticking = await stage.asOlga('/member libraries', { member: ada.user });
    const ticked = await ticking.select(['Tower · TV', 'Tower · Concerts']);
    const asked = await ticked.click('Look at the change');
    expect(asked.text).toMatch(/gets TV on Tower, for good/);
    expect((await asked.click('Change it')).text).toMatch(/can watch (.|\n)*\*\*Tower\*\* shows it/);
    expect(new Set(seenByAda())).toEqual(new Set(['TV', 'Concerts']));
    const after = await stage.asOlga('/member why', { member: ada.user, library: 'Tower · TV' });
    expect(after.text).toMatch(/Given by #\d+(.|\n)*shows that they have it(.|\n)*Nothing is to come/);
  });
});

describe('policies and held runs', () => {
  it('are shown before they do something, and too much at once waits for an admin', async () => {
    const alerts = stage.guild.addTextChannel('alerts');
    await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
    const logins = [];
    for (const name of ['ike', 'joe', 'kay', 'lea', 'mia']) {
      const { user, login } = await jellyfinMember(stage, name, 'Den · Films');
      logins.push(login);
      mia = user;
    }
    expect((await stage.asOlga('/server policy', { server: 'Den' })).text).toContain('Default library: none');
    expect((await stage.asOlga('/server policy', { server: 'Den', drift: 'enforce' })).text).toMatch(
      /In force on Den now(.|\n)*put back as granted/,
    );
    // Somebody gives everybody all libraries on the server itself.
    for (const login of logins) login.policy.EnableAllFolders = true;
    const synced = await stage.asOlga('/library sync', { server: 'Den' });
    expect(synced.text).toContain('will be put back');

    const alert = await stage.discord.as(stage.olga).in(alerts).sees('nothing was taken away');
    expect(logins.every((login) => login.policy.EnableAllFolders)).toBe(true);
    expect((await stage.asOlga('/jobs list')).text).toMatch(/Held on Den(.|\n)*5 of 5 managed accounts/);
    const foreign = await as(stage, stage.ben).click(alert, 'Release');
    expect(foreign.text).toContain('may not do that');
    const released = await stage.discord.as(stage.olga).in(alerts).click(alert, 'Release');
    expect(released.text).toContain('Released');
    await stage.audited(/drift\.corrected/, 5);
    expect(logins.some((login) => login.policy.EnableAllFolders)).toBe(false);
    // The question says who has answered it, and has no buttons any more.
    await stage.discord
      .as(stage.olga)
      .in(alerts)
      .sees(/released it/);
    expect(alert.text).not.toMatch(/Release|Dismiss/);
  });
});

describe('who may give and get what is asked of Discord when it counts', () => {
  it('a moderator attaches no role, nobody one of staff, and one that became that is not given', async () => {
    const { guild } = stage;
    const helpers = guild.addRole('Helpers');
    const bosses = guild.addRole('Bosses', { permissions: ['ManageGuild'] });
    await stage.asOlga('/settings role', { capability: 'moderator', role: helpers });
    const jon = addMember(stage, 'jon');
    for (const command of ['invite', 'grant']) guild.openCommand(command);
    guild.setRoles(jon, [helpers]);
    const tried = await as(stage, jon).command('invite create', { libraries: 'TV', role: bosses });
    expect(tried.text).toContain('Only admins attach roles');
    for (const [role, why] of [
      [bosses, /only staff should have: Manage Server/],
      [helpers, /mapped to the capability moderator/],
      [guild.botRole, /belongs to a bot/],
      [guild.addRole('High', { aboveBot: true }), /highest role of Usher/],
    ] as const)
      expect((await stage.asOlga('/plan create', { name: 'No', libraries: 'TV', role })).text).toMatch(why);

    const fans = guild.addRole('Fans');
    await stage.asOlga('/plan create', { name: 'Fans', libraries: 'Den · Shows', role: fans });
    const mapped = await stage.asOlga('/settings role', { capability: 'moderator', role: fans });
    expect(mapped.text).toMatch(/comes with the plan “Fans”/);
    const everyone = guild.roles.get(guild.id);
    if (!everyone) throw new Error('nobody');
    const all = await stage.asOlga('/settings role', { capability: 'admin', role: everyone });
    expect(all.text).toContain('Everybody has that role');

    guild.changeRole(fans, { permissions: ['BanMembers'] });
    const kay = addMember(stage, 'kay');
    const given = await as(stage, jon).command('grant add', { member: kay, plan: 'Fans' });
    expect(given.text).toMatch(/@kay (.|\n)*Grant #\d+/);
    const [line] = await stage.audited(/role\.refused/);
    expect(line).toMatch(new RegExp(`${kay.id}.* did not get the role <@&${fans.id}> · .*Ban Members`));
    expect([...guild.member(kay).roles]).toEqual([]);
  });

  it('who left redeems nothing, and hears what anybody hears whose code is wrong', async () => {
    const lea = addMember(stage, 'lea');
    const dm = await inviteByDm(stage, lea, { libraries: 'Den · Shows' });
    stage.guild.removeMember(lea);
    const person = stage.discord.as(lea).inDm();
    expect((await person.click(dm, 'Redeem')).text).toContain('This code cannot be redeemed');
    stage.guild.addMember(lea);
    expect((await person.click(dm, 'Redeem')).text).toContain('Welcome');
  });
});

describe('jobs and settings', () => {
  it('say what ran, what is overdue and why, and try again', async () => {
    await stage.asOlga('/library sync');
    await stage.den.stop();
    const revoked = await stage.asOlga('/grant revoke', { grant: await lastGrant(mia) });
    expect(revoked.text).toContain('not confirmed gone yet');
    const list = await stage.asOlga('/jobs list');
    expect(list.text).toMatch(/access\*\*: last(.|\n)*Overdue changes\*\* · 1\n.*• Den: mia/);
    await stage.den.start();
    const retried = await list.click('Retry all');
    expect(retried.text).toContain('Nothing is overdue');
    await (await stage.asOlga('/jobs run', { job: 'sync' })).until(/Den\*\*: 2 libraries/);
    await (await stage.asOlga('/jobs run', { job: 'enforce' })).until(/Done.*as granted/);
  });

  it('keep the schedule and the zone', async () => {
    expect((await stage.asOlga('/settings timezone', { zone: 'Europe/Berlin' })).text).toContain(
      'Europe/Berlin',
    );
    expect((await stage.asOlga('/settings schedule', { daily: '04:30' })).text).toMatch(
      /daily at 04:30 \(Europe\/Berlin\)\. Next: /,
    );
    expect((await stage.asOlga('/settings schedule', { every: '2m' })).text).toContain('Between 5m and 1d');
    const shown = await stage.asOlga('/settings show');
    expect(shown.text).toMatch(/Time zone: Europe\/Berlin(.|\n)*daily at 04:30/);
  });
});

it('leaves one unbroken record, and nothing that Discord refuses', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
