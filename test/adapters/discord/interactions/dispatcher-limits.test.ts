import { describe, expect, it } from 'vitest';
import { buttons, card, type Modal, md, type View } from '../../../../src/adapters/discord/views/view.ts';
import { DatabaseBusy } from '../../../../src/app/ports/stores.ts';
import { GuildFull } from '../../../../src/domain/guild-limits.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import { command, GuildScene, type TestCommands, use } from '../setup.ts';

const scene = use(new GuildScene());

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
    await scene.start(opening(async () => form));
    const asked = await scene.asAda.command('ask');
    const sent = await asked.submit({ name: 'Tower' });
    expect(sent.text).toContain('Got Tower');
    expect(sent.ephemeral).toBe(true);
  });

  it('refuses at once who lacks the capability', async () => {
    await scene.start(
      opening(async () => form),
      { capabilitiesOf: async () => new Set() },
    );
    const asked = await scene.asAda.command('ask');
    expect(asked.text).toContain('moderator');
    expect(asked.ephemeral).toBe(true);
  });

  it('is acknowledged after two seconds when it takes too long, and says to try again', async () => {
    const slow = Promise.withResolvers<Modal>();
    const begun = Promise.withResolvers<void>();
    await scene.start(
      opening(() => {
        begun.resolve();
        return slow.promise;
      }),
    );
    const asking = scene.asAda.command('ask', {}, { until: 'ack' });
    await begun.promise;
    scene.clock.advance(2_000);
    const asked = await asking;
    slow.resolve(form);
    await asked.until('in time');
  });

  it('shows what failed when the form breaks a limit', async () => {
    const bot = await scene.start(opening(async () => ({ ...form, fields: [] })));
    expect((await scene.asAda.command('ask')).text).toMatch(/ERR-/);
    expect(bot.log.find('a command failed')).toBeDefined();
  });
});

describe('an answer that Discord would not take', () => {
  it.each<[string, View | Modal]>([
    ['a view without anything in it', card('good')],
    ['a form where none was declared', form],
    ['a select without options', card('good', { kind: 'select', op: 'x', placeholder: 'x', options: [] })],
  ])('%s becomes an error with a reference', async (_what, result) => {
    const bot = await scene.start({
      x: command({ description: 'x', capability: 'member', run: async () => result }),
    });
    expect((await scene.asAda.command('x')).text).toMatch(/ERR-/);
    expect(bot.log.find('a command failed')).toBeDefined();
  });

  it('is refused by Discord itself and becomes one as well', async () => {
    const bot = await scene.start({
      x: command({ description: 'x', capability: 'member', run: async () => card('good', md`secret text`) }),
    });
    scene.discord.http.fault({
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
    expect((await scene.asAda.command('x')).text).toMatch(/ERR-/);
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
          return {
            ...card('good', md`Yours`, buttons({ label: 'Renew', op: 'renew' })),
            guildId: toGuildId(scene.guild.id),
          };
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
    await scene.start(commands);
    const shown = await scene.asAda.inDm().command('my access');
    const renewed = await shown.click('Renew');
    expect(renewed.text).toContain('Asked');
    await renewed.click('Again');
    expect(seen).toEqual(['', scene.guild.id, scene.guild.id]);
  });
});

describe('an everyday load', () => {
  it('is acknowledged while every command hangs', async () => {
    const never = new Promise<View>(() => {});
    await scene.start({ slow: command({ description: 'x', capability: 'member', run: () => never }) });
    const exchanges = await Promise.all(
      Array.from({ length: 50 }, () => scene.asAda.command('slow', {}, { until: 'ack' })),
    );
    expect(Math.max(...exchanges.map(({ acknowledgedAfterMs }) => acknowledgedAfterMs))).toBeLessThan(2_000);
  });
});

describe('a database that another program has locked', () => {
  const waiting = (work: Promise<View>, begun: () => void): TestCommands => ({
    give: command({
      description: 'x',
      capability: 'moderator',
      run: () => {
        begun();
        return work;
      },
    }),
  });

  it.each([
    ['is named to whoever waits for it, and then what came of it', true],
    ['is not, when something else takes long', false],
  ])('%s', async (_name, isLocked) => {
    const [work, begun] = [Promise.withResolvers<View>(), Promise.withResolvers<void>()];
    const bot = await scene.start(waiting(work.promise, begun.resolve), { isDatabaseLocked: () => isLocked });
    const asked = await scene.asAda.command('give', {}, { until: 'ack' });
    await begun.promise;
    expect(asked.acknowledgedAfterMs).toBeLessThan(3_000);
    scene.clock.advance(1_500);
    if (isLocked) await asked.until('The database is busy: another program has locked it');
    work.resolve(card('good', md`Given.`));
    await scene.passing(asked.until('Given.'));
    expect(bot.log.text.includes('a command waits for the database')).toBe(isLocked);
  });

  it('is named as well where it gives no sign of itself, and the answer follows', async () => {
    const [work, begun] = [Promise.withResolvers<View>(), Promise.withResolvers<void>()];
    const silent = { look: () => new Promise<undefined>(() => {}) };
    const bot = await scene.start(waiting(work.promise, begun.resolve), { storage: silent });
    const asked = await scene.asAda.command('give', {}, { until: 'ack' });
    await begun.promise;
    scene.clock.advance(1_500);
    await scene.passing(asked.until('The database does not answer right now'));
    work.resolve(card('good', md`Given.`));
    await scene.passing(asked.until('Given.'));
    expect(bot.log.text).toContain('which does not answer');
  });

  it('for too long is named too, instead of a reference', async () => {
    const failing = Promise.reject(new DatabaseBusy(undefined));
    failing.catch(() => {});
    await scene.start(waiting(failing, () => {}));
    const asked = await scene.asAda.command('give');
    expect(asked.text).toMatch(/database is busy(.|\n)*could not be written down(.|\n)*Try again/);
    expect(asked.text).not.toMatch(/ERR-/);
  });
});

it('what a guild may have no more of is said in a sentence, without a reference', async () => {
  const run = async () => {
    throw new GuildFull('invites', 5_000);
  };
  await scene.start({ give: command({ description: 'x', capability: 'moderator', run }) });
  const asked = await scene.asAda.command('give');
  expect(asked.text).toMatch(/Nothing was done(.|\n)*5,000 open invites(.|\n)*ask who runs Usher/);
  expect(asked.text).not.toMatch(/ERR-/);
});
