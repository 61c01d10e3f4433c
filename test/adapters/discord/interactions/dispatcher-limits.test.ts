import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttons, card, type Modal, md, type View } from '../../../../src/adapters/discord/views/view.ts';
import { type Discord, type Guild, startDiscord, type User } from '../../../standins/discord/index.ts';
import { FakeClock } from '../../../support/clock.ts';
import { type Bot, command, startBot, type TestCommands } from '../setup.ts';

let clock: FakeClock;
let discord: Discord;
let guild: Guild;
let ada: User;
let bots: Bot[];

beforeEach(async () => {
  clock = FakeClock.running();
  discord = await startDiscord({ clock: clock });
  guild = discord.addGuild({ name: 'Movie Night' });
  ada = discord.addUser({ name: 'ada' });
  guild.addMember(ada);
  bots = [];
});

afterEach(async () => {
  for (const bot of bots) await bot.stop();
  await discord.stop();
});

async function start(commands: TestCommands, options: Parameters<typeof startBot>[3] = {}): Promise<Bot> {
  const bot = await startBot(discord, clock, commands, options);
  bots.push(bot);
  return bot;
}

const form: Modal = { kind: 'modal', title: 'A form', op: 'sent', fields: [{ id: 'name', label: 'Name' }] };

describe('a command that opens a form', () => {
  const opening = (run: () => Promise<View | Modal>) => ({
    ask: {
      ...command({ description: 'x', capability: 'moderator', run }),
      opensModal: true as const,
      components: {
        sent: {
          run: async ({ fields }: { fields: Readonly<Record<string, string>> }) =>
            card('good', md`Got ${fields.name ?? ''}`),
        },
      },
    },
  });

  it('opens it as the first answer, and what is sent is answered privately', async () => {
    await start(opening(async () => form));
    const asked = await discord.as(ada).command('ask');
    const sent = await asked.submit({ name: 'Tower' });
    expect(sent.text).toContain('Got Tower');
    expect(sent.ephemeral).toBe(true);
  });

  it('refuses at once who lacks the capability', async () => {
    await start(
      opening(async () => form),
      { capabilitiesOf: async () => new Set() },
    );
    const asked = await discord.as(ada).command('ask');
    expect(asked.text).toContain('moderator');
    expect(asked.ephemeral).toBe(true);
  });

  it('is acknowledged after two seconds when it takes too long, and says to try again', async () => {
    const slow = Promise.withResolvers<Modal>();
    const begun = Promise.withResolvers<void>();
    await start(
      opening(() => {
        begun.resolve();
        return slow.promise;
      }),
    );
    const asking = discord.as(ada).command('ask', {}, { until: 'ack' });
    await begun.promise;
    clock.advance(2_000);
    const asked = await asking;
    slow.resolve(form);
    await asked.until('in time');
  });

  it('shows what failed when the form breaks a limit', async () => {
    const bot = await start(opening(async () => ({ ...form, fields: [] })));
    expect((await discord.as(ada).command('ask')).text).toMatch(/ERR-/);
    expect(bot.log.find('a command failed')).toBeDefined();
  });
});

describe('an answer that Discord would not take', () => {
  it.each<[string, View | Modal]>([
    ['a view without anything in it', card('good')],
    ['a form where none was declared', form],
    ['a select without options', card('good', { kind: 'select', op: 'x', placeholder: 'x', options: [] })],
  ])('%s becomes an error with a reference', async (_what, result) => {
    const bot = await start({
      x: command({ description: 'x', capability: 'member', run: async () => result }),
    });
    expect((await discord.as(ada).command('x')).text).toMatch(/ERR-/);
    expect(bot.log.find('a command failed')).toBeDefined();
  });

  it('is refused by Discord itself and becomes one as well', async () => {
    const bot = await start({
      x: command({ description: 'x', capability: 'member', run: async () => card('good', md`secret text`) }),
    });
    discord.http.fault({
      method: 'PATCH',
      path: /original$/,
      answer: {
        status: 400,
        body: {
          code: 50035,
          message: 'Invalid Form Body',
          errors: { components: { _errors: [{ code: 'X', message: 'y' }] } },
        },
      },
    });
    expect((await discord.as(ada).command('x')).text).toMatch(/ERR-/);
    expect(bot.log.find('a command failed')?.fields).toMatchObject({
      err: { errorCode: 50035, fields: 'components:X' },
    });
    expect(bot.log.text).not.toContain('secret text');
  });
});

describe('in a direct message', () => {
  const seen: string[] = [];
  const commands: TestCommands = {
    'my access': {
      ...command({
        description: 'x',
        capability: 'member',
        run: async ({ guildId }) => {
          seen.push(guildId);
          return { ...card('good', md`Yours`, buttons({ label: 'Renew', op: 'renew' })), guildId: guild.id };
        },
      }),
      alsoInDm: true,
      components: {
        renew: {
          run: async ({ guildId }) => {
            seen.push(guildId);
            return card('good', md`Asked`, buttons({ label: 'Again', op: 'renew' }));
          },
        },
        staff: { capability: 'auditor', run: async () => card('good', md`Staff`) },
      },
    },
  };

  it('a command names the guild of its buttons, which then know it', async () => {
    seen.length = 0;
    await start(commands);
    const shown = await discord.as(ada).inDm().command('my access');
    const renewed = await shown.click('Renew');
    expect(renewed.text).toContain('Asked');
    await renewed.click('Again');
    expect(seen).toEqual(['', guild.id, guild.id]);
  });
});

describe('an everyday load', () => {
  it('is acknowledged while every command hangs', async () => {
    const never = new Promise<View>(() => {});
    await start({ slow: command({ description: 'x', capability: 'member', run: () => never }) });
    const exchanges = await Promise.all(
      Array.from({ length: 50 }, () => discord.as(ada).command('slow', {}, { until: 'ack' })),
    );
    expect(Math.max(...exchanges.map(({ acknowledgedAfterMs }) => acknowledgedAfterMs))).toBeLessThan(2_000);
  });
});
