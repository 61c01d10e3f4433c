/**
 * Turns the declarations of our commands into Discord's command tree (discord.md 1.2). `grant add` is the
 * subcommand `add` of `grant`; a command of three words is a subcommand in a group.
 */
import {
  ApplicationCommandType,
  ApplicationIntegrationType,
  ContextMenuCommandBuilder,
  InteractionContextType,
  PermissionFlagsBits,
  SlashCommandBuilder,
  type SlashCommandIntegerOption,
  type SlashCommandStringOption,
  SlashCommandSubcommandBuilder,
  SlashCommandSubcommandGroupBuilder,
} from 'discord.js';
import { STAFF_COMMANDS } from '../../../domain/staff-permissions.ts';
import { describedIn, localisedDescriptions } from '../../../words/descriptions.ts';
import type { Language } from '../../../words/languages.ts';
import type { Command, Option } from '../kit/command.ts';
import { POSTABLE } from '../messages/render-selects.ts';
import { clampUnits } from '../wire/sanitise.ts';

type AnyCommand = Pick<Command<unknown>, 'description' | 'capability' | 'alsoInDm' | 'options' | 'userMenu'>;
export type Declared = Readonly<Record<string, AnyCommand>>;

/** One top-level command in the form that Discord accepts. */
export interface CommandJson {
  readonly name: string;
  readonly type?: number | undefined;
}

/** Only global commands have `contexts` and `integration_types` (discord.md 1.2). */
export type Scope = 'global' | 'guild';

/**
 * The whole tree as JSON, checked against Discord's limits.
 * @throws {RangeError} when it exceeds one of them.
 */
export function commandsJson(commands: Declared, scope: Scope = 'global'): readonly CommandJson[] {
  const tops = Map.groupBy(Object.entries(commands), ([path]) => path.split(' ')[0] ?? '');
  const slash = [...tops].map(([name, entries]) => topLevel(name, entries, scope));
  const menus = Object.values(commands).flatMap((command) =>
    command.userMenu ? [userMenu(command, scope)] : [],
  );
  if (slash.length > 100) throw new RangeError(`${slash.length} commands`);
  if (menus.length > 15) throw new RangeError(`${menus.length} user menus`);
  return [...slash, ...menus];
}

type Entries = readonly (readonly [path: string, command: AnyCommand])[];

function topLevel(name: string, entries: Entries, scope: Scope): CommandJson {
  const builder = new SlashCommandBuilder().setName(name);
  const commands = entries.map(([, command]) => command);
  restrict(builder, commands, scope);
  const [only] = entries;
  if (only && only[0] === name) {
    if (entries.length > 1) throw new RangeError(`/${name} has subcommands and cannot be run itself`);
    describe(builder, only[1].description, name);
    addOptions(builder, only);
  } else {
    describe(builder, holding(name, entries), name);
    addSubcommands(builder, name, entries);
  }
  const json = builder.toJSON();
  const size = countCharacters(json);
  if (size > 8_000) throw new RangeError(`/${name} has ${size} characters`);
  return json;
}

function addSubcommands(builder: SlashCommandBuilder, name: string, entries: Entries): void {
  const groups = Map.groupBy(entries, ([path]) => {
    const words = path.split(' ');
    if (words.length > 3) throw new RangeError(`/${path} is nested too deep`);
    return words.length === 3 ? words[1] : undefined;
  });
  for (const [group, inGroup] of groups) {
    if (inGroup.length > 25) throw new RangeError(`/${name} has ${inGroup.length} subcommands`);
    const subcommands = inGroup.map(([path, command]) => {
      const built = new SlashCommandSubcommandBuilder().setName(path.split(' ').at(-1) ?? '');
      describe(built, command.description, path);
      addOptions(built, [path, command]);
      return built;
    });
    if (group === undefined) for (const built of subcommands) builder.addSubcommand(built);
    else {
      const built = new SlashCommandSubcommandGroupBuilder().setName(group);
      describe(built, holding(`${name} ${group}`, inGroup), `${name} ${group}`);
      for (const subcommand of subcommands) built.addSubcommand(subcommand);
      builder.addSubcommandGroup(built);
    }
  }
}

/**
 * Where a command is offered, and to whom. `default_member_permissions` only hides a command, and admins of a guild
 * can show it to others, so the dispatcher checks the capability in any case (rule 13).
 * A command is shown or hidden as a whole. What members use is for everybody; what only admins need is for who manages
 * the server; the rest is for staff. Whoever has a capability by a mapped role without that permission is not offered
 * it, until an admin adds the role under Integrations: /setup and /help say so.
 */
function restrict(
  builder: SlashCommandBuilder | ContextMenuCommandBuilder,
  commands: readonly Pick<AnyCommand, 'capability' | 'alsoInDm'>[],
  scope: Scope,
): void {
  const isFor = (...who: readonly AnyCommand['capability'][]) =>
    commands.every(({ capability }) => who.includes(capability));
  if (isFor('admin', 'application owner'))
    builder.setDefaultMemberPermissions(PermissionFlagsBits.ManageGuild);
  else if (isFor('admin', 'moderator', 'auditor')) builder.setDefaultMemberPermissions(STAFF_COMMANDS);
  if (scope === 'guild') return;
  const inDm = commands.some(({ alsoInDm }) => alsoInDm);
  builder
    .setContexts(InteractionContextType.Guild, ...(inDm ? [InteractionContextType.BotDM] : []))
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
}

function userMenu(command: AnyCommand, scope: Scope): CommandJson {
  const { name, option } = command.userMenu ?? { name: '', option: '' };
  if (command.options?.[option]?.kind !== 'user')
    throw new RangeError(`user menu "${name}" without a user option`);
  const builder = new ContextMenuCommandBuilder().setName(name).setType(ApplicationCommandType.User);
  builder.setNameLocalizations(localisedDescriptions(name));
  restrict(builder, [{ capability: command.userMenu?.capability ?? command.capability }], scope);
  return builder.toJSON();
}

interface Describable {
  setDescription(text: string): unknown;
  setDescriptionLocalizations(texts: Partial<Record<Language, string>>): unknown;
}

function describe(builder: Describable, description: string, typed: string): void {
  builder.setDescription(description);
  builder.setDescriptionLocalizations(localisedDescriptions(typed));
}

/** What holds commands has no file that could say what it is for. */
function holding(typed: string, entries: Entries): string {
  const names = entries.map(([path]) => path.slice(typed.length + 1));
  return describedIn('en', typed, clampUnits(names.join(', '), 100));
}

function addOptions(
  builder: SlashCommandBuilder | SlashCommandSubcommandBuilder,
  [path, command]: Entries[number],
): void {
  const options = Object.entries(command.options ?? {});
  // Discord wants required options first. Otherwise they stay in the order of their declaration.
  const ordered = [...options.filter(([, o]) => o.required), ...options.filter(([, o]) => !o.required)];
  for (const [name, option] of ordered) addOption(builder, { name, option, typed: `${path} ${name}` });
}

interface Declaration {
  readonly name: string;
  readonly option: Option;
  /** Under which its texts are found. */
  readonly typed: string;
}

function addOption(
  builder: SlashCommandBuilder | SlashCommandSubcommandBuilder,
  { name, option, typed }: Declaration,
): void {
  const common = <B extends Describable & { setName(n: string): B; setRequired(r: boolean): B }>(
    built: B,
  ): B => {
    describe(built, option.description, typed);
    return built.setName(name).setRequired(option.required);
  };
  switch (option.kind) {
    case 'text':
      builder.addStringOption((built) => textLimits(common(built), option, typed));
      return;
    case 'integer':
      builder.addIntegerOption((built) => integerLimits(common(built), option));
      return;
    case 'user':
      builder.addUserOption(common);
      return;
    case 'channel':
      builder.addChannelOption((built) => common(built).addChannelTypes(...POSTABLE));
      return;
    case 'role':
      builder.addRoleOption(common);
      return;
    case 'attachment':
      builder.addAttachmentOption(common);
  }
}

function textLimits(
  built: SlashCommandStringOption,
  option: Option,
  typed: string,
): SlashCommandStringOption {
  if (option.maxLength !== undefined) built.setMaxLength(option.maxLength);
  if (option.autocomplete) built.setAutocomplete(true);
  const choices = (option.choices ?? []).map((value) => ({
    name: option.named?.[value] ?? value,
    name_localizations: localisedDescriptions(`${typed} = ${value}`),
    value,
  }));
  if (choices.length > 0) built.addChoices(choices);
  return built;
}

function integerLimits(built: SlashCommandIntegerOption, option: Option): SlashCommandIntegerOption {
  if (option.min !== undefined) built.setMinValue(option.min);
  if (option.max !== undefined) built.setMaxValue(option.max);
  return built;
}

/**
 * Length of all names, descriptions and values in a command: at most 8,000 characters, of which the longest of all
 * languages counts (discord.md 1.2).
 */
function countCharacters(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  const fields: Readonly<Record<string, unknown>> = { ...node };
  const longest = (field: string) =>
    [fields[field], ...Object.values(fields[`${field}_localizations`] ?? {})]
      .filter((text) => typeof text === 'string')
      .reduce((most, text) => Math.max(most, text.length), 0);
  const inside = [fields.options, fields.choices]
    .flat()
    .reduce<number>((sum, one) => sum + countCharacters(one), 0);
  return longest('name') + longest('description') + longest('value') + inside;
}
