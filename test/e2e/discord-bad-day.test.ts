import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  badGateway,
  discordError,
  proxyPage,
  rateLimitedInBody,
  startDiscord,
} from '../standins/discord/index.ts';
import type { Fault } from '../standins/http.ts';
import { readEntries } from '../support/audit-entries.ts';
import { Stage } from '../support/stage.ts';
import { UsherProcess } from '../support/usher-process.ts';
import { auditEntries, caughtUp, expectUnbrokenRecord } from './actions.ts';

/** Pauses between tries in these tests add up to half a minute. */
const PATIENCE_MS = 60_000;
const LONG = { timeout: 2 * PATIENCE_MS };
const MESSAGES = /\/channels\/\d+\/messages$/;
const COMMANDS = /\/commands$/;
const EVER = Number.POSITIVE_INFINITY;
const UNAUTHORIZED = discordError(401, 0, '401: Unauthorized');

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.set();
});
afterEach(() => stage.strike());

async function begin(): Promise<void> {
  await stage.start();
  await stage.setUp();
  await caughtUp(stage);
}

const failures = () => stage.usher.logs.filter(({ level }) => level >= 60);

describe('a limit that only the body tells', () => {
  it('is kept, said once, and ends with a stop', LONG, async () => {
    await begin();
    const limit = stage.discord.http.fault({
      ...{ method: 'POST', path: MESSAGES, answer: rateLimitedInBody(600), times: EVER },
    });
    await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit });
    const said = await stage.usher.logged('Discord limits our requests');
    expect(said).toMatchObject({ waitMs: 600_000, scope: 'user' });
    // Other routes are not limited.
    expect((await stage.asOlga('/settings show')).text).toContain('Audit channel');
    expect(limit.hits).toBe(1);
    const begun = performance.now();
    expect((await stage.usher.stop()).code).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe('registering the commands', () => {
  it.each<[string, Omit<Fault, 'path' | 'method'>]>([
    ['an outage', { answer: badGateway(503), times: 2 }],
    ['a cut connection', { dropBefore: true, times: 2 }],
    ['a limit', { answer: rateLimitedInBody(2) }],
    ['a page of a proxy', { answer: proxyPage(403), times: 2 }],
  ])('goes on over %s, beside everything else', LONG, async (_what, fault) => {
    stage.discord.http.fault({ path: COMMANDS, method: 'PUT', ...fault });
    await stage.start();
    await stage.usher.logged('commands were registered');
    expect((await stage.asOlga('/settings show')).text).toContain('Settings');
    expect((await stage.usher.stop()).code).toBe(0);
  });

  it('says a path and an error when Discord refuses them, and does not end', LONG, async () => {
    const answer = {
      status: 400,
      body: {
        ...{ code: 50035, message: 'Invalid Form Body' },
        errors: { 0: { name: { _errors: [{ code: 'BAD_NAME', message: 'no' }] } } },
      },
    };
    stage.discord.http.fault({ path: COMMANDS, method: 'PUT', answer, times: EVER });
    await stage.start();
    const said = await stage.usher.logged('commands could not be registered');
    expect(said).toMatchObject({ status: 400, fields: expect.stringMatching(/^[a-z]+\.name:BAD_NAME$/) });
    expect(Math.max(...stage.usher.output.map((line) => line.length))).toBeLessThan(2_000);
    expect(stage.usher.running).toBe(true);
  });

  const inGuild = () => stage.discord.commands.list(stage.guild.id).length;
  const globally = () => stage.discord.commands.list('global').length;
  /** Exactly one set, wherever the commands are to be. */
  const oneSet = async (where: 'global' | 'guild') =>
    await stage.discord.until(`one set, ${where}`, () =>
      where === 'global' ? globally() > 0 && inGuild() === 0 : inGuild() > 0 && globally() === 0,
    );
  const EVERYWHERE = { DISCORD_GUILD_ID: '' };

  it('shows one set after a start with a new database', LONG, async () => {
    await stage.start();
    await oneSet('guild');
    await stage.usher.stop();
    await stage.start({ ...EVERYWHERE, DATABASE_URL: `file:${stage.env.DATA_DIR}/other.db` });
    await oneSet('global');
    await stage.usher.stop();
    // The first database knows nothing of the second one.
    await stage.start();
    await oneSet('guild');
  });

  it(
    'shows one set although it could not be taken back at first, in that start or after the next',
    LONG,
    async () => {
      await stage.start();
      await stage.usher.stop();
      const clearing = { method: 'PUT', path: /guilds\/\d+\/commands$/, answer: badGateway(502) } as const;
      const outage = stage.discord.http.fault({ ...clearing, times: EVER });
      await stage.start(EVERYWHERE);
      await stage.usher.logged('commands could not be registered');
      expect([globally() > 0, inGuild() > 0]).toEqual([true, true]);
      await stage.usher.kill();
      outage.lift();
      stage.discord.http.fault(clearing);
      await stage.start(EVERYWHERE);
      await oneSet('global');
    },
  );

  it('shows one set again when they were deleted at Discord', LONG, async () => {
    await stage.start();
    await stage.usher.stop();
    stage.discord.commands.overwrite(stage.guild.id, []);
    await stage.start();
    await oneSet('guild');
    expect((await stage.asOlga('/settings show')).text).toContain('Settings');
  });
});

describe('an answer that is not from Discord', () => {
  it('loses no line of the record, closes no DM and ends nothing', LONG, async () => {
    await begin();
    for (const fault of [
      { answer: proxyPage(403) },
      { answer: proxyPage(404) },
      { answer: proxyPage(401) },
      { answer: UNAUTHORIZED },
      { answer: { status: 200, body: {} } },
      { cutAfterBytes: 25 },
    ]) {
      stage.discord.http.fault({ method: 'POST', path: MESSAGES, ...fault });
      await stage.asOlga('/settings role', { capability: 'auditor', role: stage.guild.addRole('viewers') });
      await caughtUp(stage);
    }
    stage.discord.http.fault({ path: /users\/@me\/channels$/, answer: proxyPage(403) });
    const invited = await stage.asOlga('/invite create', { member: stage.ada, libraries: 'Films' });
    expect(invited.allText).not.toContain('does not take DMs');
    await stage.discord.until('the DM', () => stage.discord.dmsOf(stage.ada).length > 0, PATIENCE_MS);
    expectUnbrokenRecord(stage);
    expect(auditEntries(stage).map(({ action }) => action)).not.toContain('invite.dm_closed');
    expect(failures()).toEqual([]);
  });

  it('a real refusal is said, and what waited follows in order when the channel works', LONG, async () => {
    await begin();
    stage.audit.deny('SendMessages');
    for (const name of ['one', 'two', 'three'])
      await stage.asOlga('/settings role', { capability: 'auditor', role: stage.guild.addRole(name) });
    await stage.usher.logged('a channel refuses what is owed to it, which waits');
    await stage.discord.until('the owner is told', () => stage.discord.dmsOf(stage.olga).length > 0);
    for (const path of ['/settings show', '/jobs list'])
      expect((await stage.asOlga(path)).text).toMatch(
        /takes no messages in(.|\n)*50013(.|\n)*3 messages wait/,
      );
    // Discord says that the channel has changed.
    stage.audit.deny();
    await caughtUp(stage);
    expectUnbrokenRecord(stage);
    stage.audit.delete();
    await stage.asOlga('/settings role', { capability: 'auditor', role: stage.guild.addRole('four') });
    await stage.discord.until('told again', () => stage.discord.dmsOf(stage.olga).length > 1);
    const next = stage.guild.addTextChannel('usher-audit-2');
    await stage.asOlga('/settings channel', { purpose: 'audit', channel: next });
    await stage.discord.until('followed', () => readEntries(next.messages).length === 2);
    const numbers = [stage.audit, next]
      .flatMap(({ messages }) => readEntries(messages))
      .map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect((await stage.asOlga('/settings show')).text).not.toContain('does not take messages');
  });
});

describe('an answer to a person', () => {
  it('comes after an outage of seconds', LONG, async () => {
    await begin();
    stage.discord.http.fault({ method: 'PATCH', path: /original$/, answer: badGateway(), times: 6 });
    stage.discord.http.fault({ method: 'PATCH', path: /original$/, dropBefore: true, times: 2 });
    expect((await stage.asOlga('/settings show')).text).toContain('Settings');
    stage.discord.http.fault({ path: /callback$/, answer: badGateway(), times: 3 });
    expect((await stage.asOlga('/settings show')).text).toContain('Settings');
  });
});

describe('an application of before 2016', () => {
  it('works: buttons, its own lines, a token without an id', LONG, async () => {
    const discord = await startDiscord({ madeBefore2016: true, token: 'AB-CD.Old.token-never-to-be-logged' });
    const olga = discord.addUser({ name: 'olga' });
    const guild = discord.addGuild({ name: 'Old Club', owner: olga });
    const audit = guild.addTextChannel('audit');
    const env = {
      ...stage.env,
      ...{ DISCORD_TOKEN: discord.token, DISCORD_API_URL: `${discord.url}/api`, DISCORD_GUILD_ID: guild.id },
    };
    const usher = new UsherProcess(stage.folder, env);
    await usher.ready();
    const person = discord.as(olga).in(guild);
    await person.command('settings channel', { purpose: 'audit', channel: audit });
    const role = await person.command('settings role', {
      capability: 'auditor',
      role: guild.addRole('staff'),
    });
    expect(role.text).toContain('auditor');
    await discord.until('two lines', () => readEntries(audit.messages).length === 2);
    expect(discord.violations).toEqual([]);
    expect((await usher.stop()).code).toBe(0);
    await discord.stop();
  });
});

describe('a refused token', () => {
  it('is believed when Discord says so twice, while running, and ends with 78', LONG, async () => {
    await begin();
    stage.discord.http.fault({ path: /\/(channels|users)\//, answer: UNAUTHORIZED, times: EVER });
    await stage.asOlga('/settings role', { capability: 'auditor', role: stage.guild.addRole('staff') });
    expect((await stage.usher.ended()).code).toBe(78);
    expect(stage.usher.output.join('\n')).toContain('Discord does not accept the bot token');
  });
});
