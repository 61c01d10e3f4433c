import {
  type APIModalInteractionResponseCallbackData,
  ButtonStyle,
  ComponentType,
  type InteractionReplyOptions,
  MessageFlags,
  ApplicationCommandOptionType as Option,
  TextInputStyle,
} from 'discord.js';
import type { Behaviour } from './sample-bot.ts';

/** The commands that the sample bot registers. */
export const COMMANDS = [
  {
    name: 'grant',
    description: 'Access to libraries',
    default_member_permissions: '32',
    contexts: [0],
    options: [
      {
        type: Option.Subcommand,
        name: 'add',
        description: 'Let somebody in',
        options: [
          { type: Option.User, name: 'member', description: 'Who', required: true },
          { type: Option.String, name: 'libraries', description: 'What', required: true, autocomplete: true },
          { type: Option.String, name: 'for', description: 'How long', max_length: 10 },
          { type: Option.Channel, name: 'audit', description: 'Where to tell', channel_types: [0] },
        ],
      },
    ],
  },
  { name: 'redeem', description: 'Redeem a code', contexts: [0, 1] },
  { name: 'status', description: 'How it stands' },
  { name: 'report', description: 'A file' },
  { name: 'Manage access', type: 2 },
];

const panel: InteractionReplyOptions = {
  flags: [MessageFlags.Ephemeral, MessageFlags.IsComponentsV2],
  components: [
    {
      type: ComponentType.Container,
      accent_color: 0x3366ff,
      components: [
        { type: ComponentType.TextDisplay, content: '## Ada' },
        {
          type: ComponentType.Section,
          components: [{ type: ComponentType.TextDisplay, content: 'Movies' }],
          accessory: {
            type: ComponentType.Button,
            style: ButtonStyle.Secondary,
            label: 'Manage',
            custom_id: 'manage:1',
          },
        },
        {
          type: ComponentType.Section,
          components: [{ type: ComponentType.TextDisplay, content: 'Shows' }],
          accessory: {
            type: ComponentType.Button,
            style: ButtonStyle.Secondary,
            label: 'Manage',
            custom_id: 'manage:2',
          },
        },
        {
          type: ComponentType.ActionRow,
          components: [
            { type: ComponentType.Button, style: ButtonStyle.Primary, label: 'Extend', custom_id: 'extend' },
            {
              type: ComponentType.Button,
              style: ButtonStyle.Danger,
              label: 'Remove',
              custom_id: 'gone',
              disabled: true,
            },
            {
              type: ComponentType.Button,
              style: ButtonStyle.Link,
              label: 'Help',
              url: 'https://example.org/help',
            },
          ],
        },
        {
          type: ComponentType.ActionRow,
          components: [
            {
              type: ComponentType.StringSelect,
              custom_id: 'library',
              placeholder: 'Library',
              options: [
                { label: 'Movies', value: 'm' },
                { label: 'Shows', value: 's' },
              ],
            },
          ],
        },
      ],
    },
  ],
};

const modal: APIModalInteractionResponseCallbackData = {
  title: 'Redeem',
  custom_id: 'redeem-code',
  components: [
    { type: ComponentType.TextDisplay, content: 'Type the code.' },
    {
      type: ComponentType.Label,
      label: 'Code',
      description: 'Four letters',
      component: {
        type: ComponentType.TextInput,
        custom_id: 'code',
        style: TextInputStyle.Short,
        max_length: 4,
      },
    },
    {
      type: ComponentType.Label,
      label: 'Friend',
      component: { type: ComponentType.UserSelect, custom_id: 'friend', required: false },
    },
  ],
};

/** How it answers each of them. */
export const behaviour: Behaviour = {
  status: async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply('working …');
    await interaction.editReply('done');
    await interaction.followUp({ content: 'one more thing', flags: MessageFlags.Ephemeral });
  },
  'Manage access': async (interaction) => {
    if (interaction.isUserContextMenuCommand()) await interaction.reply(panel);
  },
  grant: async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const member = interaction.options.getUser('member', true);
    const channel = interaction.options.getChannel('audit');
    const text = `${member} gets ${interaction.options.getString('libraries')} ${interaction.options.getString('for')}`;
    await interaction.reply({ content: channel ? `${text}, told in ${channel}` : text });
  },
  autocomplete: async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const typed = interaction.options.getFocused();
    const all = ['Tower · Movies', 'Tower · Shows'].filter((name) => name.includes(typed));
    await interaction.respond(all.map((name) => ({ name, value: `id:${name.length}` })));
  },
  redeem: async (interaction) => {
    if (interaction.isChatInputCommand()) await interaction.showModal(modal);
  },
  'redeem-code': async (interaction) => {
    if (!interaction.isModalSubmit()) return;
    const friend = interaction.fields.getSelectedUsers('friend')?.first();
    const text = `${interaction.fields.getTextInputValue('code')} for ${friend ?? 'you'}`;
    await interaction.reply({ content: text, flags: MessageFlags.Ephemeral });
  },
  extend: async (interaction) => {
    if (!interaction.isButton()) return;
    await interaction.update({ components: [{ type: ComponentType.TextDisplay, content: 'Extended' }] });
  },
  'manage:2': async (interaction) => {
    if (interaction.isButton()) await interaction.showModal({ ...modal, custom_id: 'from-button' });
  },
  'from-button': async (interaction) => {
    if (!interaction.isModalSubmit() || !interaction.isFromMessage()) return;
    await interaction.update({
      components: [{ type: ComponentType.TextDisplay, content: 'Updated by the modal' }],
    });
  },
  library: async (interaction) => {
    if (!interaction.isStringSelectMenu()) return;
    await interaction.deferUpdate();
    await interaction.editReply({
      components: [{ type: ComponentType.TextDisplay, content: `Chose ${interaction.values}` }],
    });
  },
  report: async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const files = [{ name: 'all.csv', attachment: Buffer.from([0x61, 0xff, 0x00, 0x62]) }];
    await interaction.reply({ content: 'Here', files, flags: MessageFlags.Ephemeral });
  },
};
