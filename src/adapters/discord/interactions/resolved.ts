/** People, roles, channels and files as Discord describes them beside an interaction that names them. */

import { rightsLackingIn } from '../../../domain/channel-rights.ts';
import { type MemberId, toMemberId } from '../../../domain/ids.ts';
import { offersStaffCommands } from '../../../domain/staff-permissions.ts';
import type { AttachmentOption, ChannelOption, Chosen, RoleOption, UserOption } from '../kit/command.ts';
import {
  findObject,
  findString,
  getBits,
  getInteger,
  getObject,
  getString,
  type JsonObject,
  NotAsDocumented,
} from '../wire/json-reader.ts';
import { nameOf } from '../wire/names.ts';

/** What was chosen in the selects of a message or a form. */
export function readChosen(data: JsonObject, interaction: JsonObject): Chosen {
  const resolved = findObject(data, 'resolved');
  const each = <Thing>(kind: string, read: (id: string) => Thing): Readonly<Record<string, Thing>> =>
    Object.fromEntries(
      Object.keys((resolved && findObject(resolved, kind)) ?? {}).map((id) => [id, read(id)]),
    );
  return {
    users: each('users', (id) => readUser(toMemberId(id), resolved)),
    roles: each('roles', (id) => readRole(id, resolved)),
    channels: each('channels', (id) => readChannel(id, resolved, interaction)),
  };
}

function getResolved(resolved: JsonObject | undefined, kind: string, id: string): JsonObject {
  if (!resolved) throw new NotAsDocumented('resolved');
  return getObject(getObject(resolved, kind), id);
}

export function readUser(id: MemberId, resolved: JsonObject | undefined): UserOption {
  const user = getResolved(resolved, 'users', id);
  const members = resolved && findObject(resolved, 'members');
  const member = members && findObject(members, id);
  return { id, name: nameOf(user, member), bot: user.bot === true, inGuild: member !== undefined };
}

export function readChannel(
  id: string,
  resolved: JsonObject | undefined,
  interaction: JsonObject,
): ChannelOption {
  const channel = getResolved(resolved, 'channels', id);
  // Since 2026-07-16 Discord sends them for resolved channels too (discord.md 1.1). Before, those of the channel in
  // which the command was typed have to do.
  const source = findString(channel, 'app_permissions') === undefined ? interaction : channel;
  return {
    id,
    name: findString(channel, 'name') ?? '',
    botLacks: rightsLackingIn(getBits(source, 'app_permissions')),
  };
}

export function readRole(id: string, resolved: JsonObject | undefined): RoleOption {
  const role = getResolved(resolved, 'roles', id);
  const isDescribed = findString(role, 'permissions') !== undefined;
  return {
    id,
    name: getString(role, 'name'),
    seesStaffCommands: !isDescribed || offersStaffCommands(getBits(role, 'permissions')),
  };
}

export function readAttachment(id: string, resolved: JsonObject | undefined): AttachmentOption {
  const file = getResolved(resolved, 'attachments', id);
  return {
    id,
    name: getString(file, 'filename'),
    size: getInteger(file, 'size'),
    url: getString(file, 'url'),
  };
}
