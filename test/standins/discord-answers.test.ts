import {
  ButtonStyle,
  type Interaction,
  MessageFlags,
  ApplicationCommandOptionType as Option,
  PermissionFlagsBits,
  Routes,
  SlashCommandBuilder,
  TextInputStyle,
  ComponentType as Type,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Channel,
  type Discord,
  type Guild,
  type Role,
  startDiscord,
  type User,
} from './discord/index.ts';
import { connectBot, type SampleBot } from './discord/sample-bot.ts';

let discord: Discord;
let bot: SampleBot;
let guild: Guild;
let audit: Channel;
let staff: Role;
let ada: User;
/** What the bot does with interactions, by name; `*` for all others. */
let react: (interaction: Interaction) => Promise<unknown>;

const V2 = MessageFlags.IsComponentsV2;
const text = (content: string) => ({ type: Type.TextDisplay as const, content });

beforeEach(async () => {
  discord = await startDiscord();
  ada = discord.addUser({ name: 'ada', locale: 'de' });
  guild = discord.addGuild({ name: 'Tower', locale: 'fr', owner: discord.addUser({ name: 'owner' }) });
  audit = guild.addTextChannel('audit', { denied: ['SendMessages'] });
  staff = guild.addRole('Staff', { permissions: ['ManageGuild'] });
  guild.addMember(ada, { roles: [staff], nick: 'Lady' });
  const run = new SlashCommandBuilder()
    .setName('run')
    .setDescription('Run')
    .addChannelOption((option) => option.setName('channel').setDescription('Where'))
    .addRoleOption((option) => option.setName('role').setDescription('Which'))
    .addAttachmentOption((option) => option.setName('file').setDescription('What'));
  expect(run.toJSON().options?.[0]?.type).toBe(Option.Channel);
  discord.commands.overwrite('global', [{ ...run.toJSON() }]);
  bot = await connectBot(
    discord,
    new Proxy({}, { get: () => (interaction: Interaction) => react(interaction) }),
  );
});

afterEach(async () => {
  await bot.stop();
  await discord.stop();
  expect(discord.ownMistakes).toEqual([]);
});

/** Sends a callback without discord.js. Returns the code of the refusal, or 0. */
const callback = (interaction: Interaction, body: object): Promise<number> =>
  interaction.client.rest
    .post(Routes.interactionCallback(interaction.id, interaction.token), { body, auth: false })
    .then(() => 0)
    .catch((error: { code: number }) => error.code);

const repliable = (interaction: Interaction) => {
  if (!interaction.isRepliable()) throw new Error('not repliable');
  return interaction;
};

describe('the interaction itself', () => {
  it('carries what discord.js reads, permissions of channels too', async () => {
    react = async (interaction) => {
      if (!interaction.isChatInputCommand() || !interaction.inCachedGuild()) return;
      const channel = interaction.options.getChannel('channel', true);
      const facts = [
        interaction.locale,
        interaction.guildLocale,
        interaction.context,
        interaction.attachmentSizeLimit,
        interaction.memberPermissions.has(PermissionFlagsBits.ManageGuild),
        interaction.memberPermissions.has(PermissionFlagsBits.Administrator),
        interaction.appPermissions.has(PermissionFlagsBits.SendMessages),
        interaction.authorizingIntegrationOwners[0] === interaction.guildId,
        interaction.member.displayName,
        interaction.member.roles.cache.map((role) => role.name).sort(),
        channel.permissionsFor(interaction.client.user)?.has(PermissionFlagsBits.SendMessages),
        interaction.options.getRole('role', true).name,
        await (await fetch(interaction.options.getAttachment('file', true).url)).text(),
      ];
      await interaction.reply(JSON.stringify(facts));
    };
    const file = { filename: 'x.txt', content: 'inside' };
    const reply = await discord.as(ada).in(guild).command('run', { channel: audit, role: staff, file });
    expect(JSON.parse(reply.text)).toEqual([
      'de',
      'fr',
      0,
      10_485_760,
      true,
      false,
      true,
      true,
      'Lady',
      ['@everyone', 'Staff'],
      false,
      'Staff',
      'inside',
    ]);
    expect(bot.failures).toEqual([]);
  });

  it('in a DM has a user and no member', async () => {
    react = async (interaction) => {
      await repliable(interaction).reply(
        `${interaction.inGuild()} ${interaction.context} ${interaction.user.username}`,
      );
    };
    const reply = await discord.as(ada).inDm().command('run');
    expect(reply.text).toBe('false 1 ada');
    expect(discord.dmsOf(ada)).toHaveLength(1);
  });

  it('from a button in a DM that the bot sent', async () => {
    react = async (interaction) => {
      if (interaction.isButton()) await interaction.update({ content: 'pressed', components: [] });
    };
    const user = await bot.client.users.fetch(ada.id);
    const button = {
      type: Type.Button as const,
      style: ButtonStyle.Primary as const,
      label: 'Press',
      custom_id: 'press',
    };
    await user.send({ content: 'Do', components: [{ type: Type.ActionRow, components: [button] }] });
    const [message] = discord.dmsOf(ada);
    if (!message) throw new Error('no DM came');
    await discord.as(ada).click(message, 'Press');
    expect(message.text).toBe('pressed');
    expect(bot.failures).toEqual([]);
  });
});

describe('answers', () => {
  it('tell discord.js the message when it asks for it', async () => {
    react = async (interaction) => {
      const response = await repliable(interaction).reply({ content: 'x', withResponse: true });
      await repliable(interaction).editReply(`id ${response.resource?.message?.id}`);
    };
    const reply = await discord.as(ada).command('run');
    await reply.until('id');
    expect(reply.text).toBe(`id ${reply.message.id}`);
    expect(discord.as(ada).messages).toContain(reply.message);
  });

  it('fix their visibility when they are deferred, and drop V2 there', async () => {
    react = async (interaction) => {
      expect(await callback(interaction, { type: 5, data: { flags: MessageFlags.Ephemeral | V2 } })).toBe(0);
      const path = Routes.webhookMessage(interaction.applicationId, interaction.token);
      const edit = (body: object) => interaction.client.rest.patch(path, { body, auth: false });
      await expect(edit({ components: [text('x')] })).rejects.toMatchObject({ code: 50035 });
      await edit({ flags: V2, components: [text('x')] });
    };
    const reply = await discord.as(ada).command('run');
    expect(reply.text).toBe('x');
    expect(reply.ephemeral).toBe(true);
    expect(discord.violations).toEqual([expect.stringContaining('must be one of (1,)')]);
    expect(bot.failures).toEqual([]);
  });

  it('a first follow-up takes the place of a deferred answer, with its visibility', async () => {
    react = async (interaction) => {
      await repliable(interaction).deferReply();
      await repliable(interaction).followUp({ content: 'x', flags: MessageFlags.Ephemeral });
    };
    const reply = await discord.as(ada).command('run');
    expect(reply.text).toBe('x');
    expect(reply.ephemeral).toBe(false);
    expect(reply.followUps).toEqual([]);
  });

  it('can be deleted', async () => {
    react = async (interaction) => {
      await repliable(interaction).deferReply();
      await repliable(interaction).deleteReply();
    };
    const reply = await discord.as(ada).command('run');
    expect(reply.kind).toBe('nothing');
    expect(() => reply.message).toThrow('answered with nothing');
  });

  it('of the wrong kind are refused, and leave room for a right one', async () => {
    const codes: number[] = [];
    const modal = { type: 9, data: { title: 'x', custom_id: 'm', components: [text('x')] } };
    react = async (interaction) => {
      if (interaction.isModalSubmit()) {
        codes.push(await callback(interaction, modal));
        await interaction.reply('done');
        return;
      }
      codes.push(await callback(interaction, { type: 7, data: { content: 'x' } }));
      codes.push(await callback(interaction, { type: 8, data: { choices: [] } }));
      codes.push(await callback(interaction, { type: 4, data: {} }));
      codes.push(await callback(interaction, { type: 4, data: { content: 'x'.repeat(2001) } }));
      codes.push(await callback(interaction, modal));
      codes.push(await callback(interaction, { type: 4, data: { content: 'x' } }));
    };
    const form = await discord.as(ada).command('run');
    expect((await form.submit()).text).toBe('done');
    expect(codes.toSorted()).toEqual([0, 40060, 50006, 50035, 50035, 50035, 50035]);
  });

  it('to autocomplete hold to 25 choices of 100 characters', async () => {
    discord.commands.overwrite('global', [
      {
        name: 'run',
        description: 'x',
        options: [{ type: Option.String, name: 'what', description: 'x', autocomplete: true }],
      },
    ]);
    const choices = (count: number, length = 1) => ({
      type: 8,
      data: {
        choices: Array.from({ length: count }, (_, n) => ({ name: `${n}`.padEnd(length, 'x'), value: 'v' })),
      },
    });
    react = async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      expect(await callback(interaction, choices(26))).toBe(50035);
      expect(await callback(interaction, choices(1, 101))).toBe(50035);
      expect(await callback(interaction, { type: 4, data: { content: 'x' } })).toBe(50035);
      expect(await callback(interaction, choices(25, 100))).toBe(0);
    };
    expect(await discord.as(ada).autocomplete('run', {}, 'what', '')).toHaveLength(25);
    expect(bot.failures).toEqual([]);
  });
});

describe('modals', () => {
  it('bring every kind of field to the readers of discord.js', async () => {
    const choices = [
      { label: 'One', value: '1' },
      { label: 'Two', value: '2', default: true },
    ];
    react = async (interaction) => {
      if (interaction.isChatInputCommand()) {
        await interaction.showModal({
          title: 'All',
          custom_id: 'all',
          components: [
            {
              type: Type.Label,
              label: 'Text',
              component: {
                type: Type.TextInput,
                custom_id: 'text',
                style: TextInputStyle.Paragraph,
                value: 'as it was',
              },
            },
            {
              type: Type.Label,
              label: 'Who',
              component: { type: Type.MentionableSelect, custom_id: 'who', max_values: 2 },
            },
            { type: Type.Label, label: 'Where', component: { type: Type.ChannelSelect, custom_id: 'where' } },
            {
              type: Type.Label,
              label: 'Files',
              component: { type: Type.FileUpload, custom_id: 'files', max_values: 2 },
            },
            {
              type: Type.Label,
              label: 'Radio',
              component: { type: Type.RadioGroup, custom_id: 'radio', options: choices },
            },
          ],
        });
        return;
      }
      if (!interaction.isModalSubmit()) return;
      const { fields } = interaction;
      await interaction.reply(
        [
          fields.getTextInputValue('text'),
          fields.getSelectedMentionables('who', true).users.map((user) => user.username),
          fields.getSelectedMentionables('who', true).roles.map((role) => role?.name),
          fields.getSelectedChannels('where', true).map((channel) => channel.id === audit.id),
          fields.getUploadedFiles('files', true).map((file) => file.name),
          fields.getRadioGroup('radio'),
        ].join(' | '),
      );
    };
    const form = await discord.as(ada).command('run');
    const file = { filename: 'a.txt', content: 'a' };
    const fields = { who: [ada, staff], Where: audit, files: [file] };
    expect((await form.submit(fields)).text).toBe('as it was | ada | Staff | true | a.txt | 2');
    expect((await form.submit({ ...fields, radio: 'One' })).text).toContain('| 1');
    await expect(form.submit({ ...fields, who: [] })).rejects.toThrow('takes 1 to 2 choices');
    await expect(form.submit({ ...fields, files: [] })).rejects.toThrow('takes 1 to 2 files');
    expect(bot.failures).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  it('bring ticks', async () => {
    const options = [
      { label: 'One', value: '1' },
      { label: 'Two', value: '2' },
    ];
    react = async (interaction) => {
      if (interaction.isChatInputCommand()) {
        await interaction.showModal({
          title: 'Ticks',
          custom_id: 'ticks',
          components: [
            {
              type: Type.Label,
              label: 'Group',
              component: { type: Type.CheckboxGroup, custom_id: 'group', options },
            },
            { type: Type.Label, label: 'Sure', component: { type: Type.Checkbox, custom_id: 'sure' } },
          ],
        });
      }
      if (!interaction.isModalSubmit()) return;
      await interaction.reply(
        `${interaction.fields.getCheckboxGroup('group')} ${interaction.fields.getCheckbox('sure')}`,
      );
    };
    const form = await discord.as(ada).command('run');
    expect(form.text).toContain('[ ] One  [ ] Two');
    expect((await form.submit({ group: ['One', 'Two'], Sure: true })).text).toBe('1,2 true');
    await expect(form.submit({ Sure: true })).rejects.toThrow('takes 1 to 2 choices');
    expect(bot.failures).toEqual([]);
    expect(discord.violations).toEqual([]);
  });
});
