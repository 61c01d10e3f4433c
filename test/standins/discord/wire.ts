import { bitsOf } from './constants.ts';
import type { Channel, Guild, Member, Role } from './guild.ts';
import type { Json } from './json.ts';
import type { Attachment, Message } from './message.ts';
import type { User, World } from './world.ts';

/** Objects in the form that Discord sends. discord.test.ts checks them against the OpenAPI document. */
export function userWire(user: User): Json {
  return {
    id: user.id,
    username: user.username,
    global_name: user.globalName,
    avatar: null,
    discriminator: user.isBot ? '4242' : '0',
    public_flags: 0,
    flags: 0,
    bot: user.isBot,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

export function memberWire(member: Member): Json {
  return { ...partialMemberWire(member), user: userWire(member.user), mute: false, deaf: false };
}

/** [docs: topics/teams#data-models-team-object] */
export function teamWire({ applicationId, owner, team }: World): Json {
  const members = (team?.members ?? []).map(({ user, accepted, role = 'developer' }) => ({
    user: userWire(user),
    team_id: applicationId,
    membership_state: accepted ? 2 : 1,
    role,
    permissions: ['*'],
  }));
  return { id: applicationId, icon: null, name: 'Those who run Usher', owner_user_id: owner.id, members };
}

/** As in `resolved.members`, which have no user, deaf and mute. */
export function partialMemberWire(member: Member): Json {
  return {
    roles: [...member.roles].map((role) => role.id),
    nick: member.nick,
    avatar: null,
    banner: null,
    joined_at: member.joinedAt.toISOString(),
    premium_since: null,
    pending: false,
    communication_disabled_until: null,
    flags: 0,
  };
}

export function roleWire(role: Role): Json {
  return {
    id: role.id,
    name: role.name,
    description: null,
    permissions: String(role.permissions),
    position: role.position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.managed,
    mentionable: role.mentionable,
    icon: null,
    unicode_emoji: null,
    flags: 0,
    ...(role.managed && { tags: { bot_id: role.guild.world.bot.id } }),
  };
}

export function channelWire(channel: Channel): Json {
  const lastMessage = channel.history.findLast((message) => !message.ephemeral)?.id ?? null;
  const base = { id: channel.id, type: channel.type, flags: 0, last_message_id: lastMessage };
  const { guild, recipient } = channel;
  if (!guild) return { ...base, recipients: recipient ? [userWire(recipient)] : [] };
  const deny = { id: guild.world.bot.id, type: 1, allow: '0', deny: String(bitsOf(channel.denied)) };
  return {
    ...base,
    guild_id: guild.id,
    name: channel.name,
    position: [...guild.channels.values()].indexOf(channel),
    permission_overwrites: channel.denied.length > 0 ? [deny] : [],
    parent_id: null,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
  };
}

/** `full`: as in GUILD_CREATE. Otherwise as in the answer of GET /guilds/:id. */
export function guildWire(guild: Guild, full: boolean): Json {
  const { bot } = guild.world;
  const base = {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.owner.id,
    application_id: null,
    region: 'us-west',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: guild.general.id,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 1,
    roles: [...guild.roles.values()].map(roleWire),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    premium_progress_bar_enabled_user_updated_at: null,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
  if (!full) return base;
  const self = guild.members.get(bot.id);
  return {
    ...base,
    joined_at: guild.createdAt.toISOString(),
    large: guild.members.size > 50,
    unavailable: false,
    member_count: guild.members.size,
    // Without the members and presences intents, the only member listed is the bot itself.
    members: self ? [memberWire(self)] : [],
    channels: [...guild.channels.values()].map(channelWire),
    threads: [],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function attachmentWire(attachment: Attachment, ephemeral: boolean): Json {
  return {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.bytes.length,
    url: attachment.url,
    proxy_url: attachment.url,
    content_type: attachment.contentType,
    ...(attachment.description !== null && { description: attachment.description }),
    ...(ephemeral && { ephemeral }),
  };
}

export function messageWire(message: Message): Json {
  const { world } = message.channel;
  const mentions = message.pings.users.flatMap((id) => world.users.get(id) ?? []);
  return {
    id: message.id,
    channel_id: message.channel.id,
    type: message.metadata?.type === 2 ? 20 : 0,
    author: userWire(message.author),
    content: message.content,
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: message.components.map((component) => completed(message, component)),
    attachments: message.attachments.map((attachment) => attachmentWire(attachment, message.ephemeral)),
    flags: message.flags,
    timestamp: message.sentAt.toISOString(),
    edited_timestamp: message.editedAt?.toISOString() ?? null,
    mentions: mentions.map(userWire),
    mention_roles: message.pings.roles,
    mention_everyone: message.pings.everyone,
    pinned: false,
    tts: false,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.metadata && {
      application_id: world.applicationId,
      webhook_id: world.applicationId,
      interaction_metadata: message.metadata,
    }),
  };
}

/** Adds the fields that Discord fills in by itself. */
function completed(message: Message, component: Message['components'][number]): Json {
  const media = (url: string) => {
    const attachment = message.attachments.find((one) => one.url === url);
    return { id: '0', url, proxy_url: url, ...(attachment && { attachment_id: attachment.id }) };
  };
  const attached = message.attachments.find((one) => one.url === component.file?.url);
  return {
    ...component,
    ...(component.type === 17 && {
      accent_color: component.accent_color ?? null,
      spoiler: component.spoiler ?? false,
    }),
    ...(component.type === 11 && {
      description: component.description ?? null,
      spoiler: component.spoiler ?? false,
    }),
    ...(component.type === 14 && { divider: component.divider ?? true, spacing: component.spacing ?? 1 }),
    ...(component.type >= 3 &&
      component.type <= 8 &&
      component.type !== 4 && {
        min_values: component.min_values ?? 1,
        max_values: component.max_values ?? 1,
      }),
    ...(component.components && { components: component.components.map((one) => completed(message, one)) }),
    ...(component.accessory && { accessory: completed(message, component.accessory) }),
    ...(component.media && { media: media(component.media.url) }),
    ...(component.items && {
      items: component.items.map((item) => ({
        description: null,
        spoiler: false,
        ...item,
        media: media(item.media.url),
      })),
    }),
    ...(component.file && {
      file: media(component.file.url),
      name: attached?.filename ?? 'file',
      size: attached?.bytes.length ?? 0,
      spoiler: component.spoiler ?? false,
    }),
  };
}
