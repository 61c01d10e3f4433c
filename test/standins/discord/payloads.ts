import { ALL_PERMISSIONS, bitsOf } from './constants.ts';
import { Channel, type Guild, Role } from './guild.ts';
import type { Interaction } from './interaction.ts';
import type { Json } from './json.ts';
import { type Attachment, Message } from './message.ts';
import {
  attachmentWire,
  channelWire,
  memberWire,
  messageWire,
  partialMemberWire,
  roleWire,
  userWire,
} from './wire.ts';
import { User } from './world.ts';

/** Anything that an option, a select or an upload can point at. */
export type Referable = User | Role | Channel | Attachment | Message;

/** 10 MiB, the limit without boosts. */
const ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024;

/** The whole INTERACTION_CREATE payload. [docs: interactions/receiving-and-responding#interaction-object] */
export function interactionWire(interaction: Interaction, data: Json): Json {
  const { guild, channel, user, source } = interaction;
  const member = guild?.members.get(user.id);
  return {
    id: interaction.id,
    application_id: channel.world.applicationId,
    type: interaction.type,
    version: 1,
    token: interaction.token,
    data,
    channel_id: channel.id,
    channel: guild ? interactionChannel(channel, user) : channelWire(channel),
    locale: user.locale,
    entitlements: [],
    attachment_size_limit: ATTACHMENT_SIZE_LIMIT,
    app_permissions: String(appPermissions(channel)),
    authorizing_integration_owners: { '0': guild?.id ?? '0' },
    context: guild ? 0 : 1,
    ...(source && { message: messageWire(source) }),
    ...(guild &&
      member && {
        guild_id: guild.id,
        guild: { id: guild.id, locale: guild.locale, features: [] },
        guild_locale: guild.locale,
        member: { ...memberWire(member), permissions: String(guild.permissionsOf(user, channel)) },
      }),
    ...(!guild && { user: userWire(user) }),
  };
}

/** In a DM, Discord lists what an app can do there. */
function appPermissions(channel: Channel): bigint {
  if (!channel.guild)
    return bitsOf(['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles', 'ReadMessageHistory']);
  return channel.guild.permissionsOf(channel.world.bot, channel);
}

function interactionChannel(channel: Channel, user: User): Json {
  const permissions = channel.guild?.permissionsOf(user, channel) ?? ALL_PERMISSIONS;
  return {
    ...channelWire(channel),
    permissions: String(permissions),
    app_permissions: String(appPermissions(channel)),
  };
}

/** The `resolved` part for everything that is referred to. Like Discord, it leaves out empty maps. */
export function resolvedWire(guild: Guild | undefined, viewer: User, things: readonly Referable[]): Json {
  const resolved: Record<string, Record<string, Json>> = {};
  const put = (kind: string, id: string, wire: Json) => {
    resolved[kind] = { ...resolved[kind], [id]: wire };
  };
  for (const thing of things) {
    if (thing instanceof User) {
      put('users', thing.id, userWire(thing));
      const member = guild?.members.get(thing.id);
      if (guild && member) {
        const permissions = String(guild.permissionsOf(thing));
        put('members', thing.id, { ...partialMemberWire(member), permissions });
      }
    } else if (thing instanceof Role) put('roles', thing.id, roleWire(thing));
    else if (thing instanceof Channel) put('channels', thing.id, interactionChannel(thing, viewer));
    else if (thing instanceof Message) put('messages', thing.id, messageWire(thing));
    else put('attachments', thing.id, attachmentWire(thing, true));
  }
  return resolved;
}
