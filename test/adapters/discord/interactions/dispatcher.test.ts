import { describe, expect, it } from 'vitest';
import { channel, choice, defineCommand, text, user } from '../../../../src/adapters/discord/kit/command.ts';
import { buttons, card, md, type View } from '../../../../src/adapters/discord/views/view.ts';
import type { Capability } from '../../../../src/domain/model.ts';
import { badGateway, discordError } from '../../../standins/discord/index.ts';
import { command, GuildScene, use } from '../setup.ts';

const CALLBACK = /\/interactions\/\d+\/[^/]+\/callback$/;
const ORIGINAL = /\/webhooks\/\d+\/[^/]+\/messages\/(@|%40)original$/;

const scene = use(new GuildScene());

const hello = command({
  description: 'Says hello',
  capability: 'member',
  run: async () => card('good', md`Hello`),
});

describe('acknowledging', () => {
  it('comes first, privately, while the work hangs', async () => {
    const work = Promise.withResolvers<View>();
    await scene.start({
      slow: command({ description: 'Slow', capability: 'member', run: () => work.promise }),
    });
    const exchange = await scene.asAda.command('slow', {}, { until: 'ack' });
    expect(exchange.ephemeral).toBe(true);
    expect(exchange.acknowledgedAfterMs).toBeLessThan(3_000);
    work.resolve(card('good', md`At last`));
    await exchange.until('At last');
    expect(exchange.message.componentsV2).toBe(true);
  });

  it('does not wait for the capabilities', async () => {
    const asked = Promise.withResolvers<ReadonlySet<Capability>>();
    await scene.start(
      { hello: { ...hello, capability: 'moderator' } },
      { capabilitiesOf: () => asked.promise },
    );
    const exchange = await scene.asAda.command('hello', {}, { until: 'ack' });
    asked.resolve(new Set(['moderator']));
    await exchange.until('Hello');
  });

  it('stops when it comes too late (10062), and says how late', async () => {
    let ran = false;
    const bot = await scene.start({
      hello: command({
        description: 'x',
        capability: 'member',
        run: async () => {
          ran = true;
          return card('good', md`x`);
        },
      }),
    });
    scene.discord.http.fault({ path: CALLBACK, answer: discordError(404, 10062, 'Unknown interaction') });
    await expect(
      Promise.race([
        scene.asAda.command('hello'),
        scene.discord
          .until('log', () => bot.log.find('an interaction was handled'))
          .then(() => {
            throw new Error('handled');
          }),
      ]),
    ).rejects.toThrow('handled');
    expect(ran).toBe(false);
    expect(bot.log.find('an interaction could not be acknowledged')?.fields).toMatchObject({
      errorCode: 10062,
      ageMs: expect.any(Number),
    });
  });

  it('takes 40060 to its own second try for a success', async () => {
    await scene.start({ hello });
    scene.discord.http.fault({ path: CALLBACK, dropAfterCommit: true });
    const exchange = await scene.asAda.command('hello');
    await exchange.until('Hello');
    expect(scene.discord.http.requestsTo('POST', CALLBACK)).toHaveLength(2);
  });

  it('leaves an interaction to whoever acknowledged it first (40060 to the first try)', async () => {
    const bot = await scene.start({ hello });
    scene.discord.http.fault({ path: CALLBACK, answer: discordError(400, 40060, 'already acknowledged') });
    scene.asAda.command('hello').catch(() => {});
    await scene.discord.until('log', () => bot.log.find('an interaction was handled'));
    expect(scene.discord.http.requestsTo('PATCH', ORIGINAL)).toHaveLength(0);
  });

  it('works on an interaction that arrives twice once', async () => {
    await scene.start({ hello });
    scene.discord.gateway.duplicateInteractions(1);
    const exchange = await scene.asAda.command('hello');
    await exchange.until('Hello');
    expect(scene.discord.http.requestsTo('POST', CALLBACK)).toHaveLength(1);
  });
});

describe('who may', () => {
  it('names the capability that is missing', async () => {
    await scene.start(
      { hello: { ...hello, capability: 'moderator' } },
      { capabilitiesOf: async () => new Set(['auditor'] as const) },
    );
    const exchange = await scene.asAda.command('hello');
    expect(exchange.text).toContain('moderator');
    expect(exchange.ephemeral).toBe(true);
  });

  it('asks with the raw role ids and permissions', async () => {
    const role = scene.guild.addRole('helpers');
    scene.guild.setRoles(scene.bob, [role]);
    const asked: unknown[] = [];
    await scene.start(
      { hello: { ...hello, capability: 'auditor' } },
      {
        capabilitiesOf: async (who) => {
          asked.push(who);
          return new Set(['auditor'] as const);
        },
      },
    );
    await scene.asBob.command('hello');
    expect(asked).toEqual([
      {
        guildId: scene.guild.id,
        userId: scene.bob.id,
        roleIds: [role.id],
        permissions: scene.guild.permissionsOf(scene.bob),
      },
    ]);
  });

  it('is whoever runs Usher, for what concerns every guild, whatever anybody is in one', async () => {
    const go = {
      run: async () => card('good', md`Went on`),
      answers: 'message',
      capability: 'application owner',
    } as const;
    const shown = card('neutral', md`Go?`, buttons({ label: 'Go', op: 'go' }));
    await scene.start({ clock: { ...hello, run: async () => shown, components: { go } } });
    const { message } = await scene.asAda.command('clock');
    expect((await scene.asAda.click(message, 'Go')).text).toContain('Only whoever runs Usher can do that');
    scene.discord.http.fault({ path: /applications\/@me$/, answer: badGateway() });
    expect((await scene.asAda.click(message, 'Go')).text).toContain('Try again in a minute');
    scene.discord.world.owner = scene.ada;
    expect((await scene.asAda.click(message, 'Go')).text).toContain('Went on');
  });

  it('runs in a DM only what is declared for it', async () => {
    await scene.start({ 'my access': { ...hello, alsoInDm: true }, 'my renew': hello });
    expect((await scene.asAda.inDm().command('my access')).text).toContain('Hello');
    expect((await scene.asAda.inDm().command('my renew')).text).toContain('direct message');
  });
});

describe('options', () => {
  it('arrive as declared', async () => {
    const got: unknown[] = [];
    const lib = scene.guild.addTextChannel('audit', { denied: ['SendMessages'] });
    await scene.start({
      'grant add': defineCommand({
        description: 'x',
        capability: 'member',
        options: {
          member: user('who', { required: true }),
          kind: choice('kind', ['plex', 'jellyfin']),
          where: channel('where'),
        },
        async run({ options, channelId, language }) {
          got.push(options, channelId, language);
          return card('good', md`ok`);
        },
      }),
    });
    await scene.asAda.command('grant add', { member: scene.bob, kind: 'plex', where: lib });
    expect(got).toEqual([
      {
        member: { id: scene.bob.id, name: 'bob', bot: false, inGuild: true },
        kind: 'plex',
        where: { id: lib.id, name: 'audit', botLacks: ['SendMessages'] },
      },
      scene.guild.general.id,
      'en',
    ]);
  });

  it('tell what the people in them are called, before the command runs', async () => {
    const noted: unknown[] = [];
    const look = defineCommand({
      description: 'x',
      capability: 'member',
      options: { member: user('who', { required: true }) },
      run: async () => card('good', md`after ${noted.length}`),
    });
    await scene.start({ 'grant list': look }, { notePeople: async (...seen) => void noted.push(seen) });
    const shown = await scene.asAda.command('grant list', { member: scene.bob });
    expect(shown.text).toContain('after 1');
    expect(noted).toEqual([
      [
        scene.guild.id,
        [
          { id: scene.ada.id, name: 'ada', locale: 'en-US' },
          { id: scene.bob.id, name: 'bob' },
        ],
      ],
    ]);
  });

  it('are answered also while names cannot be kept', async () => {
    const look = defineCommand({
      description: 'x',
      capability: 'member',
      run: async () => card('good', md`ok`),
    });
    const bot = await scene.start(
      { 'grant list': look },
      { notePeople: async () => Promise.reject(new Error('locked')) },
    );
    expect((await scene.asAda.command('grant list')).text).toContain('ok');
    expect(bot.log.find('names could not be kept')).toBeDefined();
  });

  it('of a user menu come from the person clicked', async () => {
    await scene.start({
      'member show': defineCommand({
        description: 'x',
        capability: 'member',
        userMenu: { name: 'Manage access', option: 'member' },
        options: { member: user('who', { required: true }) },
        run: async ({ options }) => card('good', md`About ${options.member.name}`),
      }),
    });
    expect((await scene.asAda.userCommand('Manage access', scene.bob)).text).toContain('About bob');
  });

  it('are completed from the text typed so far, cut to the limits', async () => {
    await scene.start({
      find: defineCommand({
        description: 'x',
        capability: 'member',
        options: { what: text('what', { autocomplete: true }) },
        run: async () => card('good', md`ok`),
        complete: {
          what: async ({ typed }) =>
            Array.from({ length: 30 }, (_, at) => ({
              name: `${typed}${at}`.padEnd(150, '…'),
              value: String(at),
            })),
        },
      }),
    });
    const choices = await scene.asAda.autocomplete('find', {}, 'what', 'mo');
    expect(choices).toHaveLength(25);
    expect(choices[0]?.name.startsWith('mo0')).toBe(true);
    expect(Math.max(...choices.map(({ name }) => name.length))).toBeLessThanOrEqual(100);
  });

  it('are not completed for those who may not, nor after a failure or too long', async () => {
    const answers = [
      () => Promise.reject(new Error('database is away')),
      () => {
        const never = new Promise<never>(() => {});
        queueMicrotask(() => scene.clock.advance(1_500));
        return never;
      },
    ];
    let mayAudit = true;
    const bot = await scene.start(
      {
        find: defineCommand({
          description: 'x',
          capability: 'auditor',
          options: { what: text('what', { autocomplete: true }) },
          run: async () => card('good', md`ok`),
          complete: { what: () => answers.shift()?.() ?? Promise.resolve([{ name: 'a', value: 'a' }]) },
        }),
      },
      { capabilitiesOf: async () => new Set(mayAudit ? (['auditor'] as const) : []) },
    );
    const ask = () => scene.asAda.autocomplete('find', {}, 'what', '');
    expect(await ask()).toEqual([]);
    expect(await ask()).toEqual([]);
    expect((await ask()).map(({ name }) => name)).toEqual(['a']);
    mayAudit = false;
    expect(await ask()).toEqual([]);
    expect(bot.log.find('a completion failed')).toBeDefined();
    expect(bot.log.find('a completion took too long')).toBeDefined();
  });
});

describe('while it works', () => {
  it('shows progress once a second, and the last of it before the answer', async () => {
    const steps = Promise.withResolvers<void>();
    await scene.start({
      sync: command({
        description: 'x',
        capability: 'member',
        async run({ progress }) {
          for (const step of [1, 2, 3]) await progress(card('neutral', md`Step ${step}`));
          await steps.promise;
          return card('good', md`Done`);
        },
      }),
    });
    const exchange = await scene.asAda.command('sync');
    expect(exchange.text).toContain('Step 1');
    steps.resolve();
    await exchange.until('Done');
    const shown = scene.discord.http
      .requestsTo('PATCH', ORIGINAL)
      .map(({ body }) => /Step \d|Done/.exec(body)?.[0]);
    expect(shown).toEqual(['Step 1', 'Step 3', 'Done']);
  });

  it('replaces the answer with what comes later, and survives when that fails', async () => {
    const later = [Promise.withResolvers<View>(), Promise.withResolvers<View>()];
    const started = [...later];
    const bot = await scene.start({
      signin: command({
        description: 'x',
        capability: 'member',
        run: async () => ({
          ...card('neutral', md`Waiting`),
          ...{ later: started.shift()?.promise ?? Promise.reject(new Error('none')) },
        }),
      }),
    });
    const first = await scene.asAda.command('signin');
    expect(first.text).toContain('Waiting');
    later[0]?.resolve(card('good', md`Signed in`));
    await first.until('Signed in');
    const second = await scene.asAda.command('signin');
    later[1]?.reject(new Error('secret detail'));
    await second.until('ERR-');
    expect(second.text).not.toContain('secret detail');
    expect(bot.log.find('a command failed')).toBeDefined();
  });

  it('says its last word before Discord lets it be changed no more, whatever it waits for', async () => {
    const never = Promise.withResolvers<View>();
    await scene.start({
      slow: command({
        description: 'x',
        capability: 'member',
        run: async () => ({
          ...card('neutral', md`Waiting`),
          later: Promise.resolve({
            ...card('neutral', md`Signed in`),
            later: never.promise,
            late: () => card('warning', md`The end comes by direct message`),
          }),
        }),
      }),
      slower: command({
        description: 'x',
        capability: 'member',
        run: async () => ({ ...card('neutral', md`Waiting`), later: never.promise }),
      }),
    });
    const slow = await scene.asAda.command('slow');
    await slow.until('Signed in');
    const slower = await scene.asAda.command('slower');
    scene.clock.advance(13 * 60_000);
    expect(slow.text).toContain('Signed in');
    scene.clock.advance(60_000);
    await slow.until('The end comes by direct message');
    await slower.until('takes longer than Discord lets');
  });

  it('arrives although the connection is cut, before or after the edit', async () => {
    const bot = await scene.start({
      hello: command({
        description: 'x',
        capability: 'member',
        run: async () => card('good', md`Hello`),
      }),
    });
    for (const cut of ['dropBefore', 'dropAfterCommit'] as const) {
      scene.discord.http.fault({ method: 'PATCH', path: ORIGINAL, [cut]: true, times: 2 });
      const asking = scene.asAda.command('hello');
      await scene.passing(asking);
      expect((await asking).text).toContain('Hello');
    }
    expect(bot.log.find('an answer could not be delivered')).toBeUndefined();
  });

  it('says what failed by a reference that the log has, too', async () => {
    const bot = await scene.start({
      broken: command({
        description: 'x',
        capability: 'member',
        run: () => Promise.reject(new Error('SELECT * failed')),
      }),
    });
    const exchange = await scene.asAda.command('broken');
    const reference = /ERR-[2-9A-Z]{4}/.exec(exchange.text)?.[0];
    expect(exchange.text).toContain('Something in Usher went wrong');
    expect(exchange.text).not.toContain('SELECT');
    expect(bot.log.find('a command failed')?.fields).toMatchObject({
      ref: reference,
      command: 'broken',
      err: expect.any(Error),
    });
  });

  it('answers new ones with a request to try again while it drains', async () => {
    const work = Promise.withResolvers<View>();
    const bot = await scene.start({
      slow: command({ description: 'x', capability: 'member', run: () => work.promise }),
      hello,
    });
    const slow = await scene.asAda.command('slow', {}, { until: 'ack' });
    const drained = bot.dispatcher.drain(10_000);
    expect((await scene.asBob.command('hello')).text).toContain('restarting');
    work.resolve(card('good', md`Done`));
    expect(await drained).toBe(0);
    expect(slow.text).toContain('Done');
  });
});
