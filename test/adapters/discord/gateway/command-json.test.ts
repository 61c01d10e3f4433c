import { DiscordAPIError, REST } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { commandsJson, type Declared } from '../../../../src/adapters/discord/gateway/command-json.ts';
import {
  keepRegistering,
  registerCommands,
} from '../../../../src/adapters/discord/gateway/register-commands.ts';
import {
  channel,
  choice,
  defineCommand,
  integer,
  text,
  user,
} from '../../../../src/adapters/discord/kit/command.ts';
import { card, md } from '../../../../src/adapters/discord/views/view.ts';
import { NotFromDiscord } from '../../../../src/adapters/discord/wire/requests.ts';
import type { GuildId } from '../../../../src/domain/ids.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import type { Sentence } from '../../../../src/words/say.ts';
import { FakeClock } from '../../../support/clock.ts';
import { saidPlain } from '../../../support/said.ts';
import { MemoryFacts, TestLog } from '../setup.ts';

const run = async () => card('good', md`ok`);
const simple = defineCommand({ description: 'Does it', capability: 'member', run });

const named = (commands: Declared, name: string) => commandsJson(commands).find((one) => one.name === name);

describe('commandsJson', () => {
  it('makes subcommands and groups of paths', () => {
    const json = commandsJson({ help: simple, 'grant add': simple, 'grant list': simple, 'a b c': simple });
    expect(json).toMatchObject([
      { name: 'help', description: 'Does it' },
      {
        name: 'grant',
        description: 'Access of members: give it, extend it, pause it, end it',
        options: [
          { type: 1, name: 'add' },
          { type: 1, name: 'list' },
        ],
      },
      { name: 'a', options: [{ type: 2, name: 'b', options: [{ type: 1, name: 'c' }] }] },
    ]);
  });

  it('has every text in the other languages beside it, where they have one', () => {
    const list = defineCommand({
      description: 'Grants',
      capability: 'auditor',
      options: { state: choice('In this state', ['active']), odd: text('odd') },
      run,
    });
    const menu = {
      ...simple,
      options: { member: user('who') },
      userMenu: { name: 'Manage access', option: 'member' },
    };
    expect(commandsJson({ 'grant list': list, odd: menu })).toMatchObject([
      {
        name: 'grant',
        description: 'Access of members: give it, extend it, pause it, end it',
        description_localizations: { de: expect.stringContaining('verlängern') },
        options: [
          {
            description: 'Grants',
            description_localizations: { de: expect.stringContaining('Freigaben') },
            options: [
              {
                name: 'state',
                description_localizations: { de: expect.stringContaining('Zustand') },
                choices: [{ name: 'active', name_localizations: { de: 'läuft' }, value: 'active' }],
              },
              { name: 'odd', description: 'odd', description_localizations: {} },
            ],
          },
        ],
      },
      { name: 'odd', description_localizations: {} },
      { name: 'Manage access', name_localizations: { de: 'Zugang verwalten' } },
    ]);
  });

  it('puts required options first', () => {
    const add = defineCommand({
      description: 'x',
      capability: 'moderator',
      options: {
        plan: text('plan', { autocomplete: true }),
        member: user('who', { required: true }),
        uses: integer('how often', { min: 1, max: 1000 }),
        kind: choice('kind', ['plex', 'jellyfin'], { required: true }),
        where: channel('where'),
      },
      run,
    });
    expect(named({ add }, 'add')).toMatchObject({
      options: [
        { type: 6, name: 'member', required: true },
        {
          type: 3,
          name: 'kind',
          required: true,
          choices: [
            { name: 'plex', value: 'plex' },
            { name: 'jellyfin', value: 'jellyfin' },
          ],
        },
        { type: 3, name: 'plan', required: false, autocomplete: true },
        { type: 4, name: 'uses', min_value: 1, max_value: 1000 },
        { type: 7, name: 'where', channel_types: [0, 5] },
      ],
    });
  });

  it.each<[string, Declared, object]>([
    [
      'hides what only admins can use',
      { x: { ...simple, capability: 'admin' } },
      { default_member_permissions: '32' },
    ],
    [
      'shows moderators what staff can use',
      { 'x a': { ...simple, capability: 'admin' }, 'x b': { ...simple, capability: 'auditor' } },
      { default_member_permissions: '8192' },
    ],
    [
      'shows everybody what members can use in part',
      { 'x a': { ...simple, capability: 'auditor' }, 'x b': { ...simple, capability: 'member' } },
      { default_member_permissions: undefined },
    ],
    ['is for guilds', { x: simple }, { contexts: [0], integration_types: [0] }],
    [
      'is for DMs when a part of it is',
      { 'x a': simple, 'x b': { ...simple, alsoInDm: true } },
      { contexts: [0, 1] },
    ],
  ])('%s', (_what, commands, expected) => {
    expect(named(commands, 'x')).toMatchObject(expected);
  });

  it('leaves out what is for global commands only in a guild', () => {
    expect(JSON.stringify(commandsJson({ x: simple }, 'guild'))).not.toMatch(/contexts|integration_types/);
  });

  it('makes a menu for users', () => {
    const show = defineCommand({
      description: 'x',
      capability: 'auditor',
      userMenu: { name: 'Manage access', option: 'member' },
      options: { member: user('who', { required: true }) },
      run,
    });
    expect(named({ 'member show': show }, 'Manage access')).toMatchObject({ type: 2 });
  });

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`x s${at}`, simple]));
  it.each<[string, Declared]>([
    ['a description of 101 characters', { x: { ...simple, description: 'y'.repeat(101) } }],
    ['capital letters', { Help: simple }],
    ['four words', { 'a b c d': simple }],
    ['26 subcommands', many(26)],
    ['a command that also has subcommands', { x: simple, 'x a': simple }],
    [
      '8,001 characters',
      Object.fromEntries(
        Array.from({ length: 25 }, (_, at) => [
          `x s${at}`,
          {
            ...simple,
            options: Object.fromEntries(
              Array.from({ length: 4 }, (_x, no) => [`o${no}`, text('z'.repeat(90))]),
            ),
          },
        ]),
      ),
    ],
  ])('refuses %s', (_what, commands) => {
    expect(() => commandsJson(commands)).toThrow();
  });
});

describe('registerCommands', () => {
  /** Records what is sent with PUT, without a network. */
  function recorder() {
    const put: [route: string, names: unknown][] = [];
    const there = new Map<
      string,
      readonly { readonly name: string; readonly id: string; version: string }[]
    >();
    const got: string[] = [];
    const rest = new REST();
    rest.get = async (route) => {
      got.push(route);
      return there.get(route) ?? [];
    };
    rest.put = async (route, options) => {
      const body: unknown = options?.body;
      const names = Array.isArray(body) ? body.map(({ name }) => name) : [];
      put.push([route, names]);
      const kept = names.map((name) => ({ name, id: `id of ${name}`, version: `${put.length}` }));
      there.set(route, kept);
      return kept;
    };
    return { put, got, rest, there };
  }

  it('sends the tree once, again when it changed, and takes back what was registered elsewhere', async () => {
    const { put, rest } = recorder();
    const facts = new MemoryFacts();
    const register = (commands: Declared, guildId?: GuildId) =>
      registerCommands({
        ...{
          rest,
          applicationId: '5',
          guildId,
          guildIds: () => ['1', '2'],
          commands,
          facts,
          log: new TestLog(),
        },
      });

    expect(await register({ help: simple })).toMatchObject({ ids: { help: 'id of help' }, left: [] });
    expect(await register({ help: simple })).toMatchObject({ ids: { help: 'id of help' }, left: [] });
    expect(put).toEqual([['/applications/5/commands', ['help']]]);
    await register({ help: simple, setup: simple });
    expect(put.at(-1)).toEqual(['/applications/5/commands', ['help', 'setup']]);
    await register({ help: simple }, toGuildId('1'));
    expect(put.slice(2)).toEqual([
      ['/applications/5/guilds/1/commands', ['help']],
      ['/applications/5/commands', []],
    ]);
  });

  const registering = (rest: REST, facts: MemoryFacts, guildId?: GuildId, log = new TestLog()) => ({
    ...{
      rest,
      applicationId: '5',
      guildId,
      guildIds: () => ['1', '2'],
      commands: { help: simple },
      facts,
      log,
    },
  });

  it('sends it again when somebody has deleted it at Discord', async () => {
    const { put, rest, there } = recorder();
    const facts = new MemoryFacts();
    await registerCommands(registering(rest, facts));
    there.clear();
    await registerCommands(registering(rest, facts));
    expect(put.map(([route]) => route)).toEqual(['/applications/5/commands', '/applications/5/commands']);
  });

  it('sends it again when another program has changed it', async () => {
    const { put, rest, there } = recorder();
    const facts = new MemoryFacts();
    await registerCommands(registering(rest, facts));
    const route = '/applications/5/commands';
    there.set(
      route,
      (there.get(route) ?? []).map((one) => ({ ...one, version: 'theirs' })),
    );
    await registerCommands(registering(rest, facts));
    await registerCommands(registering(rest, facts));
    expect(put).toHaveLength(2);
  });

  it('finds what another database registered in a guild', async () => {
    const { put, rest } = recorder();
    const facts = new MemoryFacts();
    await registerCommands(registering(rest, facts));
    await registerCommands(registering(rest, new MemoryFacts(), toGuildId('2')));
    await registerCommands(registering(rest, facts));
    expect(put.slice(-2)).toEqual([
      ['/applications/5/commands', ['help']],
      ['/applications/5/guilds/2/commands', []],
    ]);
  });

  it('finds what an earlier life left in a guild, when the database is new', async () => {
    const { put, rest } = recorder();
    await registerCommands(registering(rest, new MemoryFacts(), toGuildId('1')));
    await registerCommands(registering(rest, new MemoryFacts()));
    expect(put).toEqual([
      ['/applications/5/guilds/1/commands', ['help']],
      ['/applications/5/commands', ['help']],
      ['/applications/5/guilds/1/commands', []],
    ]);
  });

  it('takes back later what could not be taken back', async () => {
    const { put, rest, there } = recorder();
    const facts = new MemoryFacts();
    await registerCommands(registering(rest, facts, toGuildId('1')));
    const { put: send } = rest;
    rest.put = async (route, options) => {
      if (route === '/applications/5/guilds/1/commands')
        throw new NotFromDiscord(500, { method: 'PUT', route });
      return await send(route, options);
    };
    const { left, error } = await registerCommands(registering(rest, facts));
    // Discord is away, so the other guild is left as well.
    expect(left).toEqual(['1', '2']);
    expect(error).toBeInstanceOf(NotFromDiscord);
    rest.put = send;
    expect(await registerCommands(registering(rest, facts))).toMatchObject({ left: [] });
    expect(put.at(-1)).toEqual(['/applications/5/guilds/1/commands', []]);
    expect(there.get('/applications/5/commands')).toHaveLength(1);
  });

  /** Nobody waits, and the end comes with so many waits. */
  const stoppingAfter = (clock: FakeClock, stopping: AbortController, waits: number) => {
    let left = waits;
    return {
      now: () => clock.now(),
      steadyMs: () => clock.steadyMs(),
      async sleep(ms: number) {
        left -= 1;
        if (left === 0) stopping.abort();
        clock.advance(ms);
      },
    };
  };

  const someStaff = () => {
    const told: string[] = [];
    const staff = {
      tell: async (what: Sentence) => void told.push(`told: ${saidPlain(what)}`),
      takeBack: async (what: Sentence) => void told.push(`taken back: ${saidPlain(what)}`),
    };
    return { staff, told };
  };

  it('tells staff when it fails again and again, and not for an outage that passes', async () => {
    const { rest } = recorder();
    rest.put = async (route) => {
      throw new NotFromDiscord(503, { method: 'PUT', route });
    };
    for (const [tries, times] of [
      [2, 0],
      [3, 1],
    ] as const) {
      const [stopping, { staff, told }] = [new AbortController(), someStaff()];
      const clock = stoppingAfter(new FakeClock(), stopping, tries);
      const signal = stopping.signal;
      await keepRegistering(registering(rest, new MemoryFacts()), { clock, stopping: signal, staff }).done;
      expect(told).toHaveLength(times);
    }
  });

  it('looks again every day, and registers what somebody has deleted at Discord since', async () => {
    const { put, rest, there } = recorder();
    const clock = new FakeClock();
    const begun = clock.now().getTime();
    const stopping = new AbortController();
    const { put: send } = rest;
    const sentAt: number[] = [];
    rest.put = async (route, options) => {
      sentAt.push((clock.now().getTime() - begun) / 3_600_000);
      const answer = await send(route, options);
      // Until the next look.
      there.delete(route);
      return answer;
    };
    const once = stoppingAfter(clock, stopping, 3);
    const { staff, told } = someStaff();
    await keepRegistering(registering(rest, new MemoryFacts()), {
      clock: once,
      stopping: stopping.signal,
      staff,
    }).done;
    expect(told.filter((each) => each.startsWith('told'))).toEqual([]);
    expect(sentAt).toEqual([0, 24, 48]);
    expect(put).toHaveLength(3);
  });

  it('tries again only where something is left, and one guild that refuses holds up no other', async () => {
    const { put, got, rest } = recorder();
    await registerCommands(registering(rest, new MemoryFacts(), toGuildId('1')));
    await registerCommands(registering(rest, new MemoryFacts(), toGuildId('2')));
    rest.put(`/applications/5/guilds/1/commands`, { body: [{ name: 'help' }] });
    const { get: read } = rest;
    let refusals = 1;
    rest.get = async (route, options) => {
      const isRefused = route === '/applications/5/guilds/1/commands' && refusals > 0;
      if (!isRefused) return await read(route, options);
      refusals -= 1;
      throw new DiscordAPIError({ code: 20_001, message: 'no' }, ...([20_001, 403, 'GET', route] as const), {
        body: undefined,
        files: undefined,
      });
    };
    const stopping = new AbortController();
    got.length = 0;
    const log = new TestLog();
    const clock = stoppingAfter(new FakeClock(), stopping, 2);
    const signal = stopping.signal;
    const { staff } = someStaff();
    await keepRegistering(registering(rest, new MemoryFacts(), undefined, log), {
      clock,
      stopping: signal,
      staff,
    }).done;
    expect(log.find('commands could not be registered')?.fields).toMatchObject({ errorCode: 20_001 });
    expect(put.slice(-3)).toEqual([
      ['/applications/5/commands', ['help']],
      ['/applications/5/guilds/2/commands', []],
      ['/applications/5/guilds/1/commands', []],
    ]);
    expect(got.filter((route) => route.includes('guilds/2'))).toHaveLength(1);
  });

  it('goes on beside everything else until it is done, and logs a path instead of a body', async () => {
    const { put, rest } = recorder();
    const { put: send } = rest;
    const error = new DiscordAPIError(
      {
        ...{ code: 50035, message: 'Invalid Form Body' },
        errors: { 0: { description: { _errors: [{ code: 'TOO_LONG', message: 'SECRET' }] } } },
      },
      ...([50035, 400, 'PUT', 'https://discord.com/api/v10/applications/5/commands'] as const),
      { body: { content: 'SECRET' }, files: undefined },
    );
    let failures = 0;
    rest.put = async (route, options) => {
      failures += 1;
      if (failures === 1) throw error;
      if (failures === 2) throw new NotFromDiscord(503, { method: 'PUT', route });
      return await send(route, options);
    };
    const log = new TestLog();
    const clock = new FakeClock();
    clock.jumps = true;
    const stopping = new AbortController();
    const { staff, told } = someStaff();
    const { firstTry, done } = keepRegistering(registering(rest, new MemoryFacts(), undefined, log), {
      clock: stoppingAfter(clock, stopping, 3),
      stopping: stopping.signal,
      staff,
    });
    await firstTry;
    await done;
    // Refused, so that nobody but a person can mend it; then it works.
    expect(told).toEqual([
      expect.stringMatching(/^told: Discord does not take the commands/),
      expect.stringMatching(/^taken back: /),
    ]);
    expect(put).toHaveLength(1);
    expect(log.find('commands could not be registered')?.fields).toMatchObject({
      ...{ failure: 'answered', status: 400, errorCode: 50035, fields: 'help.description:TOO_LONG' },
    });
    expect(log.text).not.toContain('SECRET');
  });
});
