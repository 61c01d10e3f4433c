import { Routes } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { renderView } from '../../../../src/adapters/discord/messages/render.ts';
import { buttons, card, md, type View } from '../../../../src/adapters/discord/views/view.ts';
import type { GuildId } from '../../../../src/domain/ids.ts';
import { toGuildId } from '../../../../src/domain/ids.ts';
import type { Message } from '../../../standins/discord/index.ts';
import { command, GuildScene, restsOf, SECRET, type TestCommands, use } from '../setup.ts';

const scene = use(new GuildScene());

/** A card with one button of each kind. */
const panel: TestCommands = {
  panel: command({
    description: 'x',
    capability: 'member',
    run: async () =>
      card(
        'neutral',
        md`Panel`,
        buttons(
          { label: 'More', op: 'more', args: ['7'] },
          { label: 'Beside', op: 'beside' },
          { label: 'Form', op: 'form' },
          { label: 'Staff', op: 'staff' },
        ),
      ),
    components: {
      more: {
        run: async ({ args }) =>
          card('good', md`More ${args[0] ?? ''}`, buttons({ label: 'More', op: 'more', args: ['8'] })),
      },
      beside: { answers: 'message', run: async () => card('good', md`Beside it`) },
      staff: { capability: 'admin', run: async () => card('good', md`Staff`) },
      form: {
        answers: 'modal',
        run: async () => ({
          kind: 'modal',
          title: 'A form',
          op: 'sent',
          fields: [{ id: 'name', label: 'Name', required: true }],
        }),
      },
      sent: { run: async ({ fields }) => card('good', md`Got ${fields.name ?? ''}`) },
    },
  }),
};

/** Posts a message as the bot does, with a button that is signed for somebody. */
async function post(
  signedFor: {
    readonly guildId: GuildId;
    readonly userId: string;
    readonly applicationId?: string;
    readonly audience?: 'everybody';
  },
  forge: (customId: string) => string,
): Promise<Message> {
  const { audience = 'actor', ...place } = signedFor;
  const view: View = {
    ...card('neutral', md`Public`, buttons({ label: 'More', op: 'more', args: ['7'] })),
    audience,
  };
  const { body } = renderView(view, {
    ids: createCustomIds(SECRET),
    applicationId: scene.discord.applicationId,
    inDm: false,
    command: 'panel',
    now: scene.clock.now(),
    language: 'en',
    ...place,
  });
  const changed = JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'custom_id' ? forge(String(value)) : value,
  );
  const rest = restsOf(scene.discord, scene).bot;
  await rest.post(Routes.channelMessages(scene.guild.general.id), { body: changed });
  return found(scene.guild.general.messages.at(-1));
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not found');
  return value;
}

describe('components', () => {
  it('update the message they sit on', async () => {
    await scene.start(panel);
    const first = await scene.asAda.command('panel');
    const second = await scene.asAda.click(first.message, 'More');
    expect(second.message).toBe(first.message);
    expect(second.text).toContain('More 7');
  });

  it('answer beside it, privately, when declared so', async () => {
    await scene.start(panel);
    const first = await scene.asAda.command('panel');
    const second = await scene.asAda.click(first.message, 'Beside');
    expect(second.message).not.toBe(first.message);
    expect(second.ephemeral).toBe(true);
    expect(first.text).toContain('Panel');
  });

  it('open a form, and take what was filled in', async () => {
    await scene.start(panel);
    const first = await scene.asAda.command('panel');
    const form = await scene.asAda.click(first.message, 'Form');
    const sent = await scene.asAda.submit(form.modal, first.message, { name: 'Tower *1*' });
    expect(sent.text).toContain('Got Tower \\*1\\*');
    expect(sent.message).toBe(first.message);
  });

  it('work after the bot has been restarted', async () => {
    const before = await scene.start(panel);
    const first = await scene.asAda.command('panel');
    await before.stop();
    await scene.start(panel);
    expect((await scene.asAda.click(first.message, 'More')).text).toContain('More 7');
  });

  it('are refused to somebody else, in another guild, by another bot, and when forged', async () => {
    await scene.start(panel);
    const elsewhere = scene.discord.addGuild({ name: 'Elsewhere' });
    const mine = { guildId: toGuildId(scene.guild.id), userId: scene.ada.id };
    const clickOn = async (
      signedFor: { guildId?: GuildId; userId?: string; applicationId?: string; audience?: 'everybody' },
      forge = (id: string) => id,
    ) => {
      const message = await post({ ...mine, ...signedFor }, forge);
      return await scene.asAda.click(message, 'More');
    };
    for (const answer of [
      await clickOn({ userId: scene.bob.id }),
      await clickOn({ guildId: toGuildId(elsewhere.id) }),
      await clickOn({ guildId: toGuildId(elsewhere.id), audience: 'everybody' }),
      await clickOn({ applicationId: '111111111111111111' }),
      await clickOn({}, (id) => id.replace('~7~', '~9~')),
      await clickOn({}, (id) => `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`),
      await clickOn({}, () => 'no id of ours'),
    ]) {
      expect(answer.text).toContain('not for you');
      expect(answer.ephemeral).toBe(true);
    }
    expect((await clickOn({})).text).toContain('More 7');
    expect((await clickOn({ userId: scene.bob.id, audience: 'everybody' })).text).toContain('More 7');
  });

  it('are refused when too old, and when they lack the capability, beside the card', async () => {
    await scene.start(panel, { capabilitiesOf: async () => new Set() });
    const first = await scene.asAda.command('panel');
    const staff = await scene.asAda.click(first.message, 'Staff', { until: 'ack' });
    await staff.until('admin');
    expect(staff.allText).toContain('admin');
    expect(first.text).toContain('Panel');
    scene.clock.advance(25 * 3_600_000);
    expect((await scene.asAda.click(first.message, 'More')).text).toContain('too old');
  });
});
