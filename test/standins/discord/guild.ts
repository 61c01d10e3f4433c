import {
  ALL_PERMISSIONS,
  BOT_DEFAULT,
  bitsOf,
  EVERYONE_DEFAULT,
  Intent,
  Permission,
  type PermissionName,
} from './constants.ts';
import { type Json, must } from './json.ts';
import type { Message } from './message.ts';
import { channelWire, guildWire, memberWire, roleWire, userWire } from './wire.ts';
import type { User, World } from './world.ts';

export class Role {
  readonly id: string;
  readonly guild: Guild;
  name: string;
  permissions: bigint;
  position: number;
  mentionable: boolean;
  readonly managed: boolean;

  constructor(
    guild: Guild,
    options: {
      readonly id: string;
      readonly name: string;
      readonly permissions: bigint;
      readonly position: number;
      readonly managed?: boolean;
      readonly mentionable?: boolean;
    },
  ) {
    this.guild = guild;
    this.id = options.id;
    this.name = options.name;
    this.permissions = options.permissions;
    this.position = options.position;
    this.managed = options.managed ?? false;
    this.mentionable = options.mentionable ?? false;
  }

  toString(): string {
    return `<@&${this.id}>`;
  }
}

export interface Member {
  readonly user: User;
  readonly roles: Set<Role>;
  readonly joinedAt: Date;
  nick: string | null;
}

export class Channel {
  readonly id: string;
  readonly world: World;
  readonly guild: Guild | undefined;
  /** The other person in a DM. */
  readonly recipient: User | undefined;
  /** 0 text, 1 DM, 2 voice, 4 category, 5 announcement. */
  readonly type: number;
  name: string;
  /** Permissions that the bot does not have here, whatever its roles say. */
  denied: readonly PermissionName[];
  /** All messages sent here, oldest first, including ephemeral ones but not deleted ones. */
  readonly history: Message[] = [];

  constructor(
    world: World,
    options: {
      readonly name: string;
      readonly type: number;
      readonly guild?: Guild;
      readonly recipient?: User;
      readonly denied?: readonly PermissionName[];
    },
  ) {
    this.world = world;
    this.id = world.snowflake();
    this.name = options.name;
    this.type = options.type;
    this.guild = options.guild;
    this.recipient = options.recipient;
    this.denied = options.denied ?? [];
  }

  /** What everybody in the channel can see, oldest first. */
  get messages(): Message[] {
    return this.history.filter((message) => !message.ephemeral);
  }

  /** Denies the bot these permissions in this channel, and no others. */
  deny(...names: PermissionName[]): void {
    this.denied = names;
    const scope = { intent: Intent.Guilds, ...(this.guild && { guildId: this.guild.id }) };
    this.world.dispatch('CHANNEL_UPDATE', channelWire(this), scope);
  }

  /** Deletes the channel; its id answers 10003 from then on. */
  delete(): void {
    this.world.channels.delete(this.id);
    this.guild?.channels.delete(this.id);
    const scope = { intent: Intent.Guilds, ...(this.guild && { guildId: this.guild.id }) };
    this.world.dispatch('CHANNEL_DELETE', channelWire(this), scope);
  }

  toString(): string {
    return `<#${this.id}>`;
  }
}

export interface NewGuild {
  readonly name: string;
  /** Becomes the first member. By default a new user. */
  readonly owner?: User;
  readonly locale?: string;
  /** Permissions of the bot's own role. Default: those that its invite link asks for. */
  readonly botPermissions?: readonly PermissionName[];
}

export interface NewRole {
  readonly permissions?: readonly PermissionName[];
  readonly mentionable?: boolean;
  /** Above the bot's own role, so that the bot may not give it to anybody. */
  readonly aboveBot?: boolean;
  /** Of a bot, an integration or boosting: nobody can give it. */
  readonly managed?: boolean;
}

export class Guild {
  readonly id: string;
  readonly world: World;
  readonly name: string;
  readonly locale: string;
  readonly createdAt: Date;
  owner: User;
  readonly roles = new Map<string, Role>();
  readonly channels = new Map<string, Channel>();
  readonly members = new Map<string, Member>();
  /** Ids of users. */
  readonly bans = new Set<string>();
  readonly botRole: Role;
  /** Created with the guild. `as(user).in(guild)` is in this channel. */
  readonly general: Channel;
  /**
   * Commands that an admin has opened to everybody in Server Settings → Integrations, in spite of
   * default_member_permissions.
   */
  readonly openedCommands = new Set<string>();
  unavailable = false;

  constructor(world: World, options: NewGuild & { readonly owner: User }) {
    this.world = world;
    this.id = world.snowflake();
    this.name = options.name;
    this.locale = options.locale ?? 'en-US';
    this.createdAt = world.clock.now();
    this.owner = options.owner;
    const everyone = { id: this.id, name: '@everyone', permissions: bitsOf(EVERYONE_DEFAULT), position: 0 };
    this.roles.set(this.id, new Role(this, everyone));
    this.botRole = new Role(this, {
      id: world.snowflake(),
      name: world.bot.username,
      permissions: bitsOf(options.botPermissions ?? BOT_DEFAULT),
      position: 1,
      managed: true,
    });
    this.roles.set(this.botRole.id, this.botRole);
    this.members.set(world.bot.id, this.#newMember(world.bot, [this.botRole]));
    this.members.set(options.owner.id, this.#newMember(options.owner, []));
    this.general = this.addTextChannel('general');
  }

  addTextChannel(name: string, options: { readonly denied?: readonly PermissionName[] } = {}): Channel {
    const channel = new Channel(this.world, { name, type: 0, guild: this, ...options });
    this.channels.set(channel.id, channel);
    this.world.channels.set(channel.id, channel);
    this.#tell('CHANNEL_CREATE', channelWire(channel));
    return channel;
  }

  /** Adds a role at the bottom, below the bot's own; above it with `aboveBot`. */
  addRole(name: string, options: NewRole = {}): Role {
    const position = options.aboveBot ? this.botRole.position + 1 : 1;
    for (const role of this.roles.values()) if (role.position >= position) role.position += 1;
    const permissions = bitsOf(options.permissions ?? []);
    const { mentionable = false, managed = false } = options;
    const id = this.world.snowflake();
    const role = new Role(this, { id, name, permissions, position, mentionable, managed });
    this.roles.set(role.id, role);
    this.#tell('GUILD_ROLE_CREATE', { guild_id: this.id, role: roleWire(role) });
    return role;
  }

  /** Gives a role these permissions and no others, or moves it: just above another one. */
  changeRole(
    role: Role,
    change: { readonly permissions?: readonly PermissionName[]; readonly above?: Role },
  ): void {
    if (change.permissions) role.permissions = bitsOf(change.permissions);
    if (change.above) {
      const position = change.above.position + 1;
      for (const other of this.roles.values()) if (other.position >= position) other.position += 1;
      role.position = position;
    }
    this.#tell('GUILD_ROLE_UPDATE', { guild_id: this.id, role: roleWire(role) });
  }

  /** From then on nobody has it. */
  deleteRole(role: Role): void {
    this.roles.delete(role.id);
    for (const member of this.members.values()) member.roles.delete(role);
    this.#tell('GUILD_ROLE_DELETE', { guild_id: this.id, role_id: role.id });
  }

  addMember(user: User, options: { readonly roles?: readonly Role[]; readonly nick?: string } = {}): Member {
    const member = this.#newMember(user, options.roles ?? []);
    member.nick = options.nick ?? null;
    this.members.set(user.id, member);
    this.#tell('GUILD_MEMBER_ADD', { ...memberWire(member), guild_id: this.id }, Intent.GuildMembers);
    return member;
  }

  /** The user leaves the guild or is removed from it. */
  removeMember(user: User): void {
    this.members.delete(user.id);
    this.#tell('GUILD_MEMBER_REMOVE', { guild_id: this.id, user: userWire(user) }, Intent.GuildMembers);
  }

  /** The user is removed, and may not come back. [docs: events/gateway-events#guild-ban-add] */
  ban(user: User): void {
    this.bans.add(user.id);
    if (this.isMember(user)) this.removeMember(user);
    this.#tell('GUILD_BAN_ADD', { guild_id: this.id, user: userWire(user) }, Intent.GuildModeration);
  }

  setRoles(user: User, roles: readonly Role[]): void {
    const member = this.member(user);
    member.roles.clear();
    for (const role of roles) member.roles.add(role);
    this.memberChanged(member);
  }

  /** Changes of the bot itself need no members intent. [docs: events/gateway-events#guild-member-update] */
  memberChanged(member: Member): void {
    const data = { ...memberWire(member), guild_id: this.id };
    this.#tell('GUILD_MEMBER_UPDATE', data, member.user.isBot ? undefined : Intent.GuildMembers);
  }

  /** @throws {Error} when the user is not in the guild. */
  member(user: User): Member {
    return must(this.members.get(user.id), `${user.username} to be a member of ${this.name}`);
  }

  isMember(user: User): boolean {
    return this.members.has(user.id);
  }

  /**
   * Permissions of a user. The owner and administrators have all; others have those of their roles, and in a
   * channel the bot lacks those that it denies.
   */
  permissionsOf(user: User, channel?: Channel): bigint {
    const member = this.members.get(user.id);
    if (!member) return 0n;
    if (user === this.owner) return ALL_PERMISSIONS;
    let bits = this.roles.get(this.id)?.permissions ?? 0n;
    for (const role of member.roles) bits |= role.permissions;
    if (bits & Permission.Administrator) return ALL_PERMISSIONS;
    if (channel && user === this.world.bot) bits &= ~bitsOf(channel.denied);
    return bits;
  }

  /** Opens a command to every member, as an admin may do in Server Settings → Integrations. */
  openCommand(name: string): void {
    this.openedCommands.add(name);
  }

  /** Simulates an outage: the guild still exists, but Discord cannot reach it. `comeBack` ends it. */
  goUnavailable(): void {
    this.unavailable = true;
    this.#tell('GUILD_DELETE', { id: this.id, unavailable: true });
  }

  comeBack(): void {
    this.unavailable = false;
    this.#tell('GUILD_CREATE', guildWire(this, true));
  }

  /** The bot is removed from the guild. */
  removeBot(): void {
    this.members.delete(this.world.bot.id);
    this.world.guilds.delete(this.id);
    for (const channel of this.channels.values()) this.world.channels.delete(channel.id);
    this.#tell('GUILD_DELETE', { id: this.id });
  }

  #newMember(user: User, roles: readonly Role[]): Member {
    return { user, roles: new Set(roles), joinedAt: this.world.clock.now(), nick: null };
  }

  #tell(event: string, data: Json, intent: number | undefined = Intent.Guilds): void {
    this.world.dispatch(event, data, { ...(intent !== undefined && { intent }), guildId: this.id });
  }
}
