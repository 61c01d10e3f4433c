import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { addMember, as, caughtUp, expectUnbrokenRecord, jellyfinMember } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

/** Adds a person who has one capability. */
async function staff(name: string, capability: 'moderator' | 'auditor') {
  const role = stage.guild.addRole(`role of ${name}`);
  await stage.asOlga('/settings role', { capability, role });
  for (const command of ['server', 'library']) stage.guild.openCommand(command);
  const user = addMember(stage, name);
  stage.guild.setRoles(user, [role]);
  return as(stage, user);
}

describe('/server show', () => {
  it('has all of the card, and opens from the list as well', async () => {
    const card = await stage.asOlga('/server show', { server: 'tow' });
    expect(card.ephemeral).toBe(true);
    for (const fact of [
      stage.tower.url,
      /Tower.* · Plex 1\.43/,
      /online, checked/,
      /3 libraries · 0 accounts/,
      'Local URL: none · public URL: none',
      /Last sync (?!never).* · next /,
      'Default library: none',
      'At the end of access: what was granted is taken away',
      'Changes made on the server itself: told, and left as they are',
      `ends in ${stage.plexOwner.token.slice(-4)}`,
    ])
      expect(card.text.replaceAll('`', '')).toMatch(fact);
    const opened = await (await stage.asOlga('/server list')).select('Tower');
    expect(opened.text).toContain(stage.tower.machineIdentifier);
    expect((await stage.asOlga('/server show', { server: 'nowhere' })).text).toContain('There is no server');
  });

  it('shows addresses, tokens and buttons to those who may', async () => {
    const aron = await (await staff('aron', 'auditor')).command('server show', { server: 'Tower' });
    expect(aron.text).toContain('3 libraries');
    expect(aron.text).not.toContain(stage.tower.url);
    expect(aron.text).not.toContain(stage.plexOwner.token.slice(-4));
    await expect(aron.click('Check')).rejects.toThrow();
    const mia = await (await staff('mia', 'moderator')).command('server show', { server: 'Tower' });
    await expect(mia.click('Edit')).rejects.toThrow();
    expect((await mia.click('Check')).text).toContain('answers and takes the token');
    expect((await mia.click('Sync')).text).toMatch(/Tower.*3 libraries/);
  });
});

describe('/server check', () => {
  it('asks all of them, or one', async () => {
    const all = await stage.asOlga('/server check');
    expect(all.text).toMatch(/Den\*\* answers.* Jellyfin 10\.11\.11\n.*Tower\*\* answers.* Plex 1\.43/);
    expect((await stage.asOlga('/server check', { server: 'Den' })).text).not.toContain('Tower');
  });
});

describe('/library compare', () => {
  it('says what is missing where', async () => {
    const { text } = await stage.asOlga('/library compare');
    expect(text).toMatch(/Differences between servers\*\*(.|\n)*5 of 5 libraries/);
    expect(text).toMatch(/\*\*Movies\*\* · not on Den/);
    expect(text).toMatch(/\*\*Films\*\* · not on Tower/);
  });
});

describe('/server edit', () => {
  it('is filled in but for the token, and keeps that when it stays empty', async () => {
    const form = await stage.asOlga('/server edit', { server: 'Tower' });
    expect(form.text).toContain(stage.tower.url);
    expect(form.text).not.toContain(stage.plexOwner.token.slice(-4));
    const saved = await form.submit({ name: 'Keep', public_url: 'https://plex.example.org/' });
    expect(saved.text).toMatch(/Saved.*Changed: name and address for members/);
    expect(saved.text).toMatch(/public URL: `https:\/\/plex\.example\.org`/);
    await stage.audited(
      /server\.edited · .* changed the server Keep · it was called Tower · changed: address for members/,
    );
    expect((await stage.asOlga('/server check', { server: 'Keep' })).text).toContain('answers and takes');
  });

  it('refuses a server of another kind and says why, and a token that is not the owner’s', async () => {
    const card = await stage.asOlga('/server show', { server: 'Keep' });
    const other = await (await card.click('Edit')).submit({
      url: stage.den.url,
      token: stage.plexOwner.token,
    });
    expect(other.text).toMatch(
      /not changed(.|\n)*Nothing was saved.*neither its type nor its identity can change/,
    );
    const stranger = stage.plexTv.addAccount({ username: 'stranger', email: 'stranger@example.com' });
    const token = await (await card.click('Edit')).submit({ token: stranger.token });
    expect(token.text).toMatch(/not changed(.|\n)*Nothing was saved/);
    expect((await stage.asOlga('/server show', { server: 'Keep' })).text).toContain(stage.tower.url);
  });
});

describe('/server members, /library show and /server remove', () => {
  it('say who has what, take everyone out first, and leave nothing behind', async () => {
    const { user, login } = await jellyfinMember(stage, 'nina', 'Den · Films');
    const members = await stage.asOlga('/server members', { server: 'Den' });
    expect(members.text).toMatch(
      /Access on Den\*\* · \d\n.*\d accounts with access, read(.|\n)*nina.* · nina · Films/,
    );
    expect((await members.select('nina')).text).toMatch(/Den\*\* · Films(.|\n)*Accounts: nina on Den/);
    // The new account is compared once more a moment later, and is called queued until then.
    const library = async () => (await stage.asOlga('/library show', { library: 'Den · Films' })).text;
    await expect
      .poll(library, { timeout: 20_000 })
      .toMatch(
        /2 accounts have it(.|\n)*nina\*\* · for good · #\d+(.|\n)*\*\*root\*\* · an administrator of the server/,
      );

    const asked = await stage.asOlga('/server remove', { server: 'Den' });
    expect(asked.text).toMatch(
      /Remove Den from Usher(.|\n)*1 end and 0 go on(.|\n)*Nobody is removed on the media server/,
    );
    const withdrawn = await (await asked.click('Withdraw everyone first')).until(/Everyone is withdrawn/);
    expect([stage.den.accessOf(login), withdrawn.text.includes('No linked account has anything')]).toEqual([
      'none',
      true,
    ]);
    expect((await withdrawn.click('Remove')).text).toContain('Den is removed from Usher');
    await stage.audited(/server\.removed · .*Den/);
    expect((await stage.asOlga('/grant list', { member: user, state: 'ended' })).text).toMatch(
      /Grants\*\* · 1\n/,
    );
    const again = await stage.addServer('jellyfin', {
      name: 'Den',
      url: stage.den.url,
      token: stage.den.apiKey,
    });
    expect(again.text).toContain('Added');
  });
});

describe('another server behind the address', () => {
  it('is said, and what is known of ours stays', async () => {
    const alerts = stage.guild.addTextChannel('alerts');
    await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
    const identity = stage.den.serverId;
    stage.den.replaceIdentity();
    const check = await stage.asOlga('/server check', { server: 'Den' });
    expect(check.text).toMatch(/Den.*another server answers(.|\n)*Nothing is written/);
    const shown = (await stage.asOlga('/server show', { server: 'Den' })).text;
    expect(shown).toContain(identity);
    for (const text of [shown, (await stage.asOlga('/server list')).text])
      expect(text).toMatch(/Den(.|\n)*Another server answered at this address/);
    await stage.audited(/server\.offline · .*Den/);
    await stage.discord
      .as(stage.olga)
      .in(alerts)
      .sees('Nothing is written there until the right one is back');
    await stage.asOlga('/server check', { server: 'Den' });
    await caughtUp(stage);
    expect(alerts.messages.filter(({ text }) => text.includes('Nothing is written there'))).toHaveLength(1);
  });
});

it('leaves one unbroken record, nothing Discord refuses and no secret in it', async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  expect(stage.auditLines.join('\n')).not.toContain(stage.plexOwner.token);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
