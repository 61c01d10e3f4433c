import { DiscordAPIError, type Interaction } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Discord, type Guild, pick, startDiscord, type User } from './discord/index.ts';
import { behaviour, COMMANDS } from './discord/sample-behaviour.ts';
import { connectBot, type SampleBot } from './discord/sample-bot.ts';

let discord: Discord;
let bot: SampleBot;
let guild: Guild;
let ada: User;
let bob: User;

beforeEach(async () => {
  discord = await startDiscord();
  ada = discord.addUser({ name: 'ada', globalName: 'Ada' });
  bob = discord.addUser({ name: 'bob' });
  guild = discord.addGuild({ name: 'Tower', owner: ada });
  guild.addMember(bob);
  bot = await connectBot(discord, behaviour);
  await bot.client.rest.put(`/applications/${discord.applicationId}/commands`, { body: COMMANDS });
});

afterEach(async () => {
  await bot.stop();
  await discord.stop();
  expect(discord.ownMistakes).toEqual([]);
});

/** Nothing that was sent broke a rule, and no handler of the bot threw. */
const expectClean = () => {
  expect(bot.failures).toEqual([]);
  expect(discord.violations).toEqual([]);
};

describe('the real discord.js against the stand-in', () => {
  it('logs in, sees the guild, and has its commands back with ids', async () => {
    expect(bot.client.guilds.cache.get(guild.id)?.name).toBe('Tower');
    expect(discord.gateway.connections).toBe(1);
    const registered = await bot.client.application.commands.fetch();
    expect(registered.map((command) => command.name)).toEqual(COMMANDS.map((command) => command.name));
    expectClean();
  });

  it('defers, edits and follows up; the exchange resolves with the first edit', async () => {
    const reply = await discord.as(ada).in(guild).command('status');
    await reply.until('one more thing');
    expect(reply.text).toBe('done');
    expect(reply.ephemeral).toBe(true);
    expect(reply.followUps[0]?.ephemeral).toBe(true);
    expect(reply.message.edits).toBe(2);
    expect(reply.acknowledgedAfterMs).toBeLessThan(3000);
    expect(discord.as(bob).in(guild).messages).toEqual([]);
    expect(guild.general.messages).toEqual([]);
    expectClean();
  });

  it('types a line with a suggestion, a member and a channel', async () => {
    const reply = await discord
      .as(ada)
      .in(guild)
      .type('/grant add member:@bob libraries:"Tower · Movies" for:30d audit:#general');
    expect(reply.text).toBe('@bob gets id:14 30d, told in #general');
    expect(reply.message.pings.users).toEqual([bob.id]);
    const choices = await discord.as(ada).autocomplete('grant add', { member: bob }, 'libraries', 'Shows');
    expect(choices).toEqual([{ name: 'Tower · Shows', value: 'id:13' }]);
    const picked = await discord
      .as(ada)
      .command('grant add', { member: bob, libraries: pick('Tower · Shows') });
    expect(picked.text).toContain('id:13');
    expectClean();
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['an unknown command', () => discord.as(ada).type('/grnt add'), 'no command /grnt'],
    ['an unknown subcommand', () => discord.as(ada).type('/grant ad'), 'needs one of: add'],
    [
      'an unknown option',
      () => discord.as(ada).command('grant add', { member: bob, libs: 'x' }),
      'no option "libs"',
    ],
    [
      'a missing option',
      () => discord.as(ada).command('grant add', { member: bob }),
      '"libraries" is required',
    ],
    [
      'a wrong type',
      () => discord.as(ada).command('grant add', { member: 'bob', libraries: 'x' }),
      'takes a user',
    ],
    [
      'too long a value',
      () => discord.as(ada).command('grant add', { member: bob, libraries: 'x', for: 'x'.repeat(11) }),
      'takes 0 to 10',
    ],
    [
      'what is not suggested',
      () => discord.as(ada).command('grant add', { member: bob, libraries: pick('Attic') }),
      'the bot suggests nothing',
    ],
    [
      'a command without the permission',
      () => discord.as(bob).command('grant add', { member: bob, libraries: 'x' }),
      'no command /grant',
    ],
    [
      'a guild command in a DM',
      () => discord.as(ada).inDm().command('grant add', { member: bob, libraries: 'x' }),
      'no command /grant',
    ],
  ])('the client refuses %s', async (_what, act, message) => {
    await expect(act()).rejects.toThrow(message);
  });

  it('opens a modal in a DM and takes its submit', async () => {
    const form = await discord.as(ada).inDm().command('redeem');
    expect(form.kind).toBe('modal');
    expect(form.text).toBe(
      '┌ Redeem\n│ Type the code.\n│ Code *\n│   Four letters\n│   ▭\n│ Friend\n│   ▾ Make a selection (any user)\n└ [ Cancel ] [ Submit ]',
    );
    await expect(form.submit({})).rejects.toThrow('"Code" is required');
    await expect(form.submit({ code: 'ABCDE' })).rejects.toThrow('0 to 4 characters');
    await expect(form.submit({ code: 'A', other: 'x' })).rejects.toThrow('no field other');
    expect((await form.submit({ code: 'ABCD' })).text).toBe('ABCD for you');
    expect((await form.submit({ Code: 'ABCD', friend: bob })).text).toBe('ABCD for @bob');
    expectClean();
  });

  it('answers a button with an update, a select with a deferred one, a button with a modal that updates', async () => {
    const open = () => discord.as(ada).in(guild).userCommand('Manage access', bob);
    const first = await open();
    expect(first.ephemeral).toBe(true);
    expect(first.text).toBe(
      [
        '┃ ## Ada',
        '┃ Movies  [ Manage ]',
        '┃ Shows  [ Manage ]',
        '┃ [ Extend ] [ Remove (disabled) ] [ Help → https://example.org/help ]',
        '┃ ▾ Library (2 options)',
      ].join('\n'),
    );
    const updated = await first.click('Extend');
    expect(updated.message).toBe(first.message);
    expect(first.text).toBe('Extended');

    const chosen = await (await open()).select('Shows', 'Library');
    expect(chosen.text).toBe('Chose s');

    const third = await open();
    const form = await third.click('Manage', { near: 'Shows' });
    const sent = await form.submit({ code: 'A' });
    expect(sent.message).toBe(third.message);
    expect(third.text).toBe('Updated by the modal');
    expectClean();
  });

  it.each<
    [string, RegExp, (discord: Discord, message: Awaited<ReturnType<typeof openPanel>>) => Promise<unknown>]
  >([
    ['a disabled button', /is disabled/, (_d, panel) => panel.click('Remove')],
    ['a link', /opens https/, (_d, panel) => panel.click('Help')],
    ['an absent button', /no button "Nope".*\[Extend\]/, (_d, panel) => panel.click('Nope')],
    ['one of several', /several buttons.*manage:1, manage:2/, (_d, panel) => panel.click('Manage')],
    ['an absent option', /no option "Attic"/, (_d, panel) => panel.select('Attic')],
    ['too many options', /takes 1 to 1 choices/, (_d, panel) => panel.select(['Movies', 'Shows'])],
    [
      "somebody else's ephemeral message",
      /bob cannot see/,
      (d, panel) => d.as(bob).click(panel.message, 'Extend'),
    ],
  ])('the client refuses %s', async (_what, message, act) => {
    const shown = await openPanel();
    await expect(act(discord, shown)).rejects.toThrow(message);
  });

  async function openPanel() {
    return await discord.as(ada).in(guild).userCommand('Manage access', bob);
  }

  it('keeps files byte by byte and serves them', async () => {
    const reply = await discord.as(ada).in(guild).command('report');
    const file = reply.message.attachments[0];
    expect(file?.filename).toBe('all.csv');
    expect([...(file?.bytes ?? [])]).toEqual([0x61, 0xff, 0x00, 0x62]);
    expect(reply.text).toBe('Here\n[file all.csv, 4 bytes]');
    const served = await fetch(file?.url ?? '');
    expect([...new Uint8Array(await served.arrayBuffer())]).toEqual([0x61, 0xff, 0x00, 0x62]);
    discord.world.clock.advance(25 * 3_600_000);
    expect((await fetch(file?.url ?? '')).status).toBe(404);
    expectClean();
  });

  it('sends a DM, opening the channel once; a closed one is 50007', async () => {
    const user = await bot.client.users.fetch(bob.id);
    await user.send('hello');
    await user.send('again');
    expect(discord.dmsOf(bob).map((message) => message.text)).toEqual(['hello', 'again']);
    expect(discord.dmOpens).toBe(1);
    bob.dms = 'closed';
    await expect(user.send('hello?')).rejects.toMatchObject({ code: 50007, status: 403 });
    guild.removeMember(bob);
    bob.dms = 'open';
    await expect(user.send('hello?')).rejects.toMatchObject({ code: 50278 });
    discord.dmOpenLimit = 1;
    await expect(bot.client.users.createDM(ada.id)).rejects.toMatchObject({ code: 40003 });
    expectClean();
  });

  it('makes one message of two with the same enforced nonce', async () => {
    const channel = await bot.client.channels.fetch(guild.general.id);
    if (!channel?.isSendable()) throw new Error('not a text channel');
    const first = await channel.send({ content: 'one', nonce: 'audit-1', enforceNonce: true });
    const second = await channel.send({ content: 'one', nonce: 'audit-1', enforceNonce: true });
    expect(second.id).toBe(first.id);
    expect(guild.general.messages).toHaveLength(1);
    discord.world.clock.advance(10 * 60_000);
    await channel.send({ content: 'one', nonce: 'audit-1', enforceNonce: true });
    expect(guild.general.messages).toHaveLength(2);
    expectClean();
  });

  it('acts in channels only as far as permissions go', async () => {
    const channel = await bot.client.channels.fetch(guild.general.id);
    if (!channel?.isSendable()) throw new Error('not a text channel');
    guild.general.deny('SendMessages');
    await expect(channel.send('x')).rejects.toMatchObject({ code: 50013 });
    guild.general.deny('ViewChannel');
    await expect(channel.send('x')).rejects.toMatchObject({ code: 50001 });
    guild.general.delete();
    await expect(channel.send('x')).rejects.toMatchObject({ code: 10003 });
    expect(discord.invalidRequests).toBe(2);
  });

  it('fetches members and hands out roles below its own', async () => {
    const role = guild.addRole('Member');
    const high = guild.addRole('Boss', { aboveBot: true });
    const put = (roleId: string) =>
      bot.client.rest.put(`/guilds/${guild.id}/members/${bob.id}/roles/${roleId}`);
    await expect(put(role.id)).rejects.toMatchObject({ code: 50013 });
    guild.botRole.permissions |= 1n << 28n;
    await put(role.id);
    expect(guild.member(bob).roles).toContain(role);
    await expect(put(high.id)).rejects.toMatchObject({ code: 50013 });
    await expect(put('1')).rejects.toMatchObject({ code: 10011 });
    guild.removeMember(bob);
    const fetched = bot.client.rest.get(`/guilds/${guild.id}/members/${bob.id}`);
    await expect(fetched).rejects.toMatchObject({ code: 10007 });
    for (const path of ['', '/roles', '/channels']) await bot.client.rest.get(`/guilds/${guild.id}${path}`);
    expectClean();
  });
});

describe('interaction tokens', () => {
  /** The webhook route of an interaction, for requests that a well-behaved library does not make. */
  const webhook = (interaction: { token: string }) =>
    `/webhooks/${discord.applicationId}/${interaction.token}` as const;

  it('a second acknowledgement is 40060, editing on goes through the webhook', async () => {
    const twice = Promise.withResolvers<unknown>();
    await bot.stop();
    bot = await connectBot(discord, {
      status: async (interaction: Interaction) => {
        if (!interaction.isChatInputCommand()) return;
        await interaction.deferReply();
        const body = { type: 5 };
        const again = bot.client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, {
          body,
          auth: false,
        });
        twice.resolve(await again.catch((error: unknown) => error));
        await interaction.editReply('still here');
      },
    });
    const reply = await discord.as(ada).command('status');
    expect(reply.text).toBe('still here');
    expect(await twice.promise).toMatchObject({ code: 40060, status: 400 });
  });

  it('an edit before the acknowledgement is 10015, with a wrong token 50027', async () => {
    const { rest } = bot.client;
    discord.ackWindowMs = 300;
    discord.http.fault({
      path: /callback$/,
      answer: { status: 500, body: {} },
      times: Number.POSITIVE_INFINITY,
    });
    const waiting = discord.as(ada).command('redeem');
    const request = await discord.until('a callback', () => discord.http.requestsTo('POST', /callback$/)[0]);
    const token = request.path.split('/').at(-2) ?? '';
    expect(discord.interactionTokens).toContain(token);
    const edit = (at: string) =>
      rest.patch(`${webhook({ token: at })}/messages/@original`, { body: { content: 'x' }, auth: false });
    await expect(edit(token)).rejects.toMatchObject({ code: 10015, status: 404 });
    await expect(edit('wrong')).rejects.toMatchObject({ code: 50027, status: 401 });
    await expect(waiting).rejects.toThrow('The application did not respond');
  });

  it('tokens die after fifteen minutes', async () => {
    const reply = await discord.as(ada).command('status');
    await reply.until('one more thing');
    discord.world.clock.advance(15 * 60_000 + 1);
    const edit = bot.client.rest.patch(`${webhook(reply.interaction)}/messages/@original`, {
      body: { content: 'x' },
      auth: false,
    });
    await expect(edit).rejects.toBeInstanceOf(DiscordAPIError);
    await expect(edit).rejects.toMatchObject({ code: 50027 });
  });

  it('an ephemeral answer cannot be had through the channel', async () => {
    const reply = await discord.as(ada).command('status');
    const path = `/channels/${guild.general.id}/messages/${reply.message.id}` as const;
    await expect(bot.client.rest.get(path)).rejects.toMatchObject({ code: 10008 });
  });
});
