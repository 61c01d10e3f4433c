/**
 * A raw interaction from the gateway, read into a value of ours. Not read by discord.js, because its
 * `member.roles.cache` silently drops roles that it does not know (discord.md 0.5), and because commands should not
 * depend on it.
 */

import { ApplicationCommandOptionType, ApplicationCommandType, InteractionType } from 'discord.js';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { type ActorId, toActorId, toGuildId, toMemberId } from '../../../domain/ids.ts';
import type { AttachmentOption, ChannelOption, Chosen, RoleOption, UserOption } from '../kit/command.ts';
import { FILE_BYTES } from '../wire/file-bytes.ts';
import {
  findCount,
  findObject,
  findString,
  getBits,
  getId,
  getInteger,
  getNumber,
  getObject,
  getString,
  isJsonObject,
  type JsonObject,
  listIds,
  listObjects,
  listStrings,
  NotAsDocumented,
} from '../wire/json-reader.ts';
import { nameOf } from '../wire/names.ts';
import { plainText } from '../wire/sanitise.ts';
import { createdAtOf } from '../wire/snowflake.ts';
import { readAttachment, readChannel, readChosen, readRole, readUser } from './resolved.ts';

interface Caller {
  readonly id: ActorId;
  /** The name that people in the guild see. */
  readonly name: string;
  /** Role ids as sent by Discord; empty in a DM. */
  readonly roleIds: readonly string[];
  /** Permissions in the channel of the interaction, computed by Discord; 0 in a DM. */
  readonly permissions: bigint;
}

interface Base {
  readonly id: string;
  readonly applicationId: string;
  /** Valid for 15 minutes. A secret: whoever has it can answer as the bot. */
  readonly token: string;
  readonly createdAt: Date;
  /** Null in a DM. */
  readonly guildId: GuildId | null;
  readonly channelId: string;
  readonly caller: Caller;
  readonly locale: string;
  /** How large each file of an answer may be: more in communities that are boosted. */
  readonly fileBytes: number;
  /** Everybody Discord described with it, as the guild sees them; nobody in a DM. */
  readonly people: readonly Person[];
}

export interface Person {
  readonly id: MemberId;
  readonly name: string;
  /** Only of whoever did it. */
  readonly locale?: string;
}

export type OptionValue =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'user'; readonly value: UserOption }
  | { readonly kind: 'channel'; readonly value: ChannelOption }
  | { readonly kind: 'role'; readonly value: RoleOption }
  | { readonly kind: 'attachment'; readonly value: AttachmentOption };

export interface CommandInteraction extends Base {
  readonly kind: 'command';
  /** For example `grant add`; for a user menu, its name. */
  readonly path: string;
  readonly options: ReadonlyMap<string, OptionValue>;
  /** The person on whom a user menu was opened. */
  readonly menuTarget: UserOption | undefined;
}

export interface AutocompleteInteraction extends Base {
  readonly kind: 'autocomplete';
  readonly path: string;
  readonly focused: { readonly name: string; readonly typed: string };
  /** What stands in the other text options by now. */
  readonly others: Readonly<Record<string, string>>;
}

export interface ComponentInteraction extends Base {
  readonly kind: 'component';
  readonly customId: string;
  readonly values: readonly string[];
  readonly chosen: Chosen;
}

export interface ModalInteraction extends Base {
  readonly kind: 'modal';
  readonly customId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly chosen: Chosen;
  /** Whether the modal was opened from a message, which can then be updated. */
  readonly fromMessage: boolean;
}

export type Interaction =
  | CommandInteraction
  | AutocompleteInteraction
  | ComponentInteraction
  | ModalInteraction;

/**
 * Reads the `d` of an INTERACTION_CREATE; `undefined` for a kind that Usher does not use.
 * @throws {NotAsDocumented}
 */
export function readInteraction(raw: unknown): Interaction | undefined {
  if (!isJsonObject(raw)) throw new NotAsDocumented('interaction');
  switch (getNumber(raw, 'type')) {
    case InteractionType.ApplicationCommand:
      return readCommand(raw);
    case InteractionType.ApplicationCommandAutocomplete:
      return readAutocomplete(raw);
    case InteractionType.MessageComponent: {
      const data = getObject(raw, 'data');
      const values = listStrings(data, 'values');
      const customId = getString(data, 'custom_id');
      return { ...readBase(raw), kind: 'component', customId, values, chosen: readChosen(data, raw) };
    }
    case InteractionType.ModalSubmit: {
      const data = getObject(raw, 'data');
      return {
        ...readBase(raw),
        kind: 'modal',
        customId: getString(data, 'custom_id'),
        fields: readFields(data),
        chosen: readChosen(data, raw),
        fromMessage: findObject(raw, 'message') !== undefined,
      };
    }
    default:
      return undefined;
  }
}

function readBase(raw: JsonObject): Base {
  const id = getId(raw, 'id');
  const member = findObject(raw, 'member');
  const user = member ? getObject(member, 'user') : getObject(raw, 'user');
  return {
    id,
    applicationId: getId(raw, 'application_id'),
    token: getString(raw, 'token'),
    createdAt: createdAtOf(id),
    guildId: member ? toGuildId(getId(raw, 'guild_id')) : null,
    channelId: findString(raw, 'channel_id') ?? '',
    caller: {
      id: toActorId(getId(user, 'id')),
      name: nameOf(user, member),
      roleIds: member ? listIds(member, 'roles') : [],
      permissions: member ? getBits(member, 'permissions') : 0n,
    },
    locale: findString(raw, 'locale') ?? 'en-US',
    fileBytes: findCount(raw, 'attachment_size_limit') ?? FILE_BYTES,
    people: member ? readPeople(raw, member) : [],
  };
}

/** Bots are not kept: they are given nothing. */
function readPeople(raw: JsonObject, member: JsonObject): readonly Person[] {
  const caller = getObject(member, 'user');
  const own = { id: toMemberId(getId(caller, 'id')), name: nameOf(caller, member) };
  const data = findObject(raw, 'data');
  const resolved = data && findObject(data, 'resolved');
  const users = Object.keys((resolved && findObject(resolved, 'users')) ?? {});
  const others = users
    .map((id) => readUser(toMemberId(id), resolved))
    .filter(({ id, bot }) => !bot && id !== own.id)
    .map(({ id, name }) => ({ id, name }));
  const locale = findString(raw, 'locale');
  return [locale === undefined ? own : { ...own, locale }, ...others];
}

function readCommand(raw: JsonObject): CommandInteraction | undefined {
  const data = getObject(raw, 'data');
  const base = { ...readBase(raw), kind: 'command' as const };
  const type = getNumber(data, 'type');
  if (type === ApplicationCommandType.User) {
    const menuTarget = readUser(toMemberId(getId(data, 'target_id')), findObject(data, 'resolved'));
    return { ...base, path: getString(data, 'name'), options: new Map(), menuTarget };
  }
  if (type !== ApplicationCommandType.ChatInput) return undefined;
  const { path, options } = readPath(data);
  const resolved = findObject(data, 'resolved');
  const values = options.map((option): [string, OptionValue] => [
    getString(option, 'name'),
    readValue(option, resolved, raw),
  ]);
  return { ...base, path, options: new Map(values), menuTarget: undefined };
}

function readAutocomplete(raw: JsonObject): AutocompleteInteraction {
  const { path, options } = readPath(getObject(raw, 'data'));
  const focused = options.find((option) => option.focused === true);
  if (!focused) throw new NotAsDocumented('focused option');
  const typed = focused.value ?? '';
  // Half-typed integers arrive as text.
  const text = typeof typed === 'number' ? String(typed) : typed;
  if (typeof text !== 'string') throw new NotAsDocumented('focused value');
  return {
    ...readBase(raw),
    kind: 'autocomplete',
    path,
    focused: { name: getString(focused, 'name'), typed: text },
    others: Object.fromEntries(
      options.flatMap((option) =>
        option !== focused && typeof option.value === 'string'
          ? [[getString(option, 'name'), option.value]]
          : [],
      ),
    ),
  };
}

/** Command, group and subcommand as one path, and the options under them. No path has more parts. */
function readPath(
  data: JsonObject,
  parts = 3,
): { readonly path: string; readonly options: readonly JsonObject[] } {
  const name = getString(data, 'name');
  const options = listObjects(data, 'options');
  const [first] = options;
  const nested =
    first &&
    (first.type === ApplicationCommandOptionType.Subcommand ||
      first.type === ApplicationCommandOptionType.SubcommandGroup);
  if (!nested) return { path: name, options };
  if (parts === 1) throw new NotAsDocumented('a subcommand of a subcommand');
  const inner = readPath(first, parts - 1);
  return { path: `${name} ${inner.path}`, options: inner.options };
}

function readValue(
  option: JsonObject,
  resolved: JsonObject | undefined,
  interaction: JsonObject,
): OptionValue {
  const type = getNumber(option, 'type');
  switch (type) {
    case ApplicationCommandOptionType.String:
      return { kind: 'text', value: getString(option, 'value') };
    case ApplicationCommandOptionType.Integer:
      return { kind: 'integer', value: getInteger(option, 'value') };
    case ApplicationCommandOptionType.User:
      return { kind: 'user', value: readUser(toMemberId(getId(option, 'value')), resolved) };
    case ApplicationCommandOptionType.Channel:
      return { kind: 'channel', value: readChannel(getId(option, 'value'), resolved, interaction) };
    case ApplicationCommandOptionType.Role:
      return { kind: 'role', value: readRole(getId(option, 'value'), resolved) };
    case ApplicationCommandOptionType.Attachment:
      return { kind: 'attachment', value: readAttachment(getId(option, 'value'), resolved) };
    default:
      throw new NotAsDocumented(`option of type ${type}`);
  }
}

/** Values of text inputs, in labels (type 18) or in the older rows. Several chosen values are joined by commas. */
function readFields(data: JsonObject): Readonly<Record<string, string>> {
  const fields = new Map<string, string>();
  for (const row of listObjects(data, 'components')) {
    const inner = findObject(row, 'component');
    for (const field of inner ? [inner] : listObjects(row, 'components')) {
      const id = findString(field, 'custom_id');
      if (id !== undefined)
        fields.set(id, findString(field, 'value') ?? listStrings(field, 'values').join(','));
    }
  }
  return Object.fromEntries(fields);
}

/** What the log may contain about an interaction: no names, no values, no token (style.md 14). */
export function idsOf(interaction: Interaction): Readonly<Record<string, string>> {
  return {
    interactionId: interaction.id,
    userId: interaction.caller.id,
    ...(interaction.guildId !== null && { guildId: interaction.guildId }),
    kind: interaction.kind,
    ...('path' in interaction && { command: plainText(interaction.path, 100) }),
  };
}
