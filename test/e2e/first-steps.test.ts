/** From an empty Discord server to the first member who watches, as it is played on a phone. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Guild, User } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import { Taps } from '../support/taps.ts';
import { plexAccount, sayYes } from './actions.ts';

const PATIENCE_MS = 60_000;
const LONG = { timeout: PATIENCE_MS };

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start({ DISCORD_GUILD_ID: '' });
});
afterAll(() => stage.strike());

/** What both do, counted together. */
function counted(...people: readonly User[]) {
  const taps = people.map((user) => new Taps(stage.discord, user));
  const sum = (of: (each: Taps) => number) => taps.reduce((all, each) => all + of(each), 0);
  const of = (user: User): Taps => {
    const found = taps[people.indexOf(user)];
    if (!found) throw new Error(`nobody counts what ${user.username} does`);
    return found;
  };
  return {
    of,
    get effort() {
      return { taps: sum(({ effort }) => effort.taps), typed: sum(({ effort }) => effort.typed) };
    },
  };
}

async function welcomed(member: User) {
  const dm = await stage.discord.until(`a DM to ${member.username}`, () => stage.discord.dmsOf(member)[0]);
  return await stage.discord.as(member).inDm().click(dm, 'Redeem');
}

/** An owner with a community of their own, and the first who comes. */
function community(ownerName: string, memberName: string): { guild: Guild; owner: User; member: User } {
  const owner = stage.discord.addUser({ name: ownerName });
  const guild = stage.discord.addGuild({ name: `${ownerName}'s`, owner });
  const member = stage.discord.addUser({ name: memberName });
  guild.addMember(member);
  return { guild, owner, member };
}

it('Plex, without a token: twelve taps, and nothing is typed but the address', LONG, async () => {
  const { guild, owner, member } = community('petra', 'paul');
  const account = plexAccount(stage, member);
  const taps = counted(owner, member);

  const setup = await stage.discord.as(owner).in(guild).command('setup');
  const signIn = await (await setup.click('Add Plex')).submit({ url: stage.tower.url });
  stage.plexTv.signInAs(stage.plexOwner, taps.of(owner).link(signIn, 'Sign in at plex.tv'));
  const asked = await signIn.until(/Add Tower .* as plexboss\?/, PATIENCE_MS);
  const added = await asked.click('Add');
  const form = await added.select(member);
  await form.submit({});

  const welcome = await welcomed(member);
  expect(welcome.text).toMatch(/You get Concerts, Movies and TV on Tower/);
  stage.plexTv.signInAs(account, taps.of(member).link(welcome, 'Sign in at plex.tv'));
  const done = await (await sayYes(welcome)).until(/You're in!/, PATIENCE_MS);
  taps.of(member).link(done, 'Open Plex');
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV', 'Concerts']);
  expect(taps.effort).toEqual({ taps: 12, typed: stage.tower.url.length });
});

it('Jellyfin, without a token: eleven taps, and only addresses are typed', LONG, async () => {
  const { guild, owner, member } = community('jana', 'jonas');
  const publicUrl = 'https://den.example.org';
  const taps = counted(owner, member);

  const setup = await stage.discord.as(owner).in(guild).command('setup');
  const signIn = await (await setup.click('Add Jellyfin')).submit({
    url: stage.den.url,
    public_url: publicUrl,
  });
  const code = /\b\d{6}\b/.exec(signIn.text)?.[0] ?? '';
  stage.den.approveQuickConnect(code, stage.den.user('root'));
  const asked = await signIn.until(/Add Den .* as root\?/, PATIENCE_MS);
  const added = await asked.click('Add');
  await (await added.select(member)).submit({});

  const welcome = await welcomed(member);
  const ready = await (await welcome.click('Create account: Den')).submit({});
  expect(taps.of(member).link(ready, 'Open Den')).toBe(publicUrl);
  expect(stage.den.accessOf(stage.den.user('jonas'))).toEqual(['Films', 'Shows']);
  expect(taps.effort).toEqual({ taps: 11, typed: stage.den.url.length + publicUrl.length });
});
