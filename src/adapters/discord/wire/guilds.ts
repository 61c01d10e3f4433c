/**
 * Asks Discord about a guild by REST, when it matters: events may be late or not told at all, and roles are not kept in
 * memory (discord.md 1.9, 1.11).
 */
import { Routes } from 'discord.js';
import type { FoundMember, Guilds } from '../../../app/ports/guilds.ts';
import type { Known, Trouble } from '../../../app/ports/media-server.ts';
import type { Clock } from '../../../app/ports/time.ts';
import {
  EVERYTHING,
  type Overwrite,
  permissionsIn,
  rightsLackingIn,
} from '../../../domain/channel-rights.ts';
import { type ActorId, type GuildId, toMemberId } from '../../../domain/ids.ts';
import type { DiscordRole, Ranks } from '../../../domain/role-gift.ts';
import { say } from '../../../words/say.ts';
import {
  findObject,
  findString,
  getBits,
  getId,
  getNumber,
  isJsonObject,
  type JsonObject,
  listIds,
  listObjects,
  NotAsDocumented,
} from './json-reader.ts';
import { listMembers } from './member-list.ts';
import { describeDiscordError, type Rests } from './rest.ts';

/** What an option of a command can name. */
export type Named = 'user' | 'channel' | 'role';

export interface AskedGuilds extends Guilds {
  /**
   * Whether what an option names is of the guild. `unseen`: Discord does not show it to Usher, so nobody else's channel
   * can be meant in which Usher could post. `silent`: Discord was not reached.
   */
  belongs(guildId: GuildId, what: Named, id: string): Promise<'yes' | 'no' | 'unseen' | 'silent'>;
}

const UNKNOWN_CHANNEL = 10003;
const UNKNOWN_GUILD = 10004;
const UNKNOWN_MEMBER = 10007;
const UNKNOWN_BAN = 10026;

/** Who is called so similarly that even more fit is found by typing more. */
const FOUND_AT_MOST = 100;

const SILENT: Trouble = {
  kind: 'discord',
  message: say('trouble.discord.silent'),
};

const NOT_ASKED = { kind: 'known', value: undefined } as const;

type Asked<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** Discord itself refuses it, with a code of its own unless the answer is about the route. */
  | { readonly kind: 'refused'; readonly code: number }
  /** Not reached, or something else than documented answered. */
  | { readonly kind: 'silent' };

/** `mayListMembers`: whether the application may ask who is in its guilds. */
export function createGuilds(
  { bot }: Pick<Rests, 'bot'>,
  {
    clock,
    mayListMembers = () => undefined,
  }: { readonly clock: Pick<Clock, 'sleep'>; readonly mayListMembers?: Guilds['mayListMembers'] },
): AskedGuilds {
  let self: string | undefined;

  const ask = <T>(route: `/${string}`, read: (body: JsonObject) => T): Promise<Asked<T>> =>
    askFor(route, undefined, (body) => (isJsonObject(body) ? read(body) : undefined));

  /** `read` is undefined for what is something else than documented. */
  async function askFor<T>(
    route: `/${string}`,
    query: URLSearchParams | undefined,
    read: (body: unknown) => T | undefined,
  ): Promise<Asked<T>> {
    try {
      const value = read(await bot.get(route, query && { query }));
      return value === undefined ? { kind: 'silent' } : { kind: 'answer', value };
    } catch (error) {
      const { kind, status = 0, errorCode } = describeDiscordError(error);
      if (kind === 'bug') throw error;
      const refuses = kind === 'answered' && status < 500 && status !== 401 && status !== 429;
      return refuses ? { kind: 'refused', code: Number(errorCode) || 0 } : { kind: 'silent' };
    }
  }

  /** The roles of somebody, by id; undefined for who is not there. */
  async function rolesOf(guildId: GuildId, userId: string): Promise<Known<readonly string[] | undefined>> {
    const asked = await ask(Routes.guildMember(guildId, userId), (body) => readMember(body, userId));
    if (asked.kind === 'answer') return { kind: 'known', value: asked.value };
    if (asked.kind === 'silent') return { kind: 'unknown', why: SILENT };
    return asked.code === UNKNOWN_MEMBER ? { kind: 'known', value: undefined } : refused(asked.code);
  }

  async function isMember(guildId: GuildId | null, userId: string): Promise<Known<boolean>> {
    if (guildId === null) {
      const asked = await ask(Routes.user(userId), () => false);
      return asked.kind === 'silent' ? { kind: 'unknown', why: SILENT } : { kind: 'known', value: false };
    }
    const roles = await rolesOf(guildId, userId);
    return roles.kind === 'unknown' ? roles : { kind: 'known', value: roles.value !== undefined };
  }

  /** Usher's own id, which never changes. */
  async function findSelf(): Promise<string | undefined> {
    const asked = self === undefined ? await ask(Routes.user(), (body) => getId(body, 'id')) : undefined;
    if (asked?.kind === 'answer') self = asked.value;
    return self;
  }

  async function askRanks(guildId: GuildId, giverId: ActorId | null): Promise<Known<Ranks>> {
    const [guild, own] = await Promise.all([ask(Routes.guild(guildId), readGuild), findSelf()]);
    if (guild.kind === 'refused') return refused(guild.code);
    if (guild.kind === 'silent' || own === undefined) return { kind: 'unknown', why: SILENT };
    const [usher, giver] = await Promise.all([
      rolesOf(guildId, own),
      giverId === null ? NOT_ASKED : rolesOf(guildId, giverId),
    ]);
    if (usher.kind === 'unknown') return usher;
    if (giver.kind === 'unknown') return giver;
    const value = {
      guildId,
      ...guild.value,
      bot: usher.value ?? [],
      giver: giverId === null ? undefined : { id: giverId, roleIds: giver.value ?? [] },
    };
    return { kind: 'known', value };
  }

  /** Questions that are being asked: many who get a role at once are one question. */
  const asking = new Map<string, Promise<Known<Ranks>>>();

  function ranksOf(guildId: GuildId, giverId: ActorId | null): Promise<Known<Ranks>> {
    const key = `${guildId} ${giverId}`;
    const asked = asking.get(key) ?? askRanks(guildId, giverId).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  /** What somebody may do in a channel; null is Usher. Nothing where Usher may not see it, or it is gone. */
  async function permissionsOf(
    guildId: GuildId,
    channelId: string,
    userId: string | null,
  ): Promise<Known<bigint>> {
    const [channel, ranks, theirs] = await Promise.all([
      ask(Routes.channel(channelId), readOverwrites),
      ranksOf(guildId, null),
      userId === null ? NOT_ASKED : rolesOf(guildId, userId),
    ]);
    if (channel.kind === 'refused') return { kind: 'known', value: 0n };
    if (channel.kind === 'silent' || self === undefined) return { kind: 'unknown', why: SILENT };
    if (ranks.kind === 'unknown') return ranks;
    if (theirs.kind === 'unknown') return theirs;
    const { roles, bot, ownerId } = ranks.value;
    const roleIds = userId === null ? bot : theirs.value;
    if (roleIds === undefined) return { kind: 'known', value: 0n };
    const own = new Set<string>([guildId, ...roleIds]);
    const base = roles.reduce((bits, role) => (own.has(role.id) ? bits | role.permissions : bits), 0n);
    const who = { guildId, userId: userId ?? self, roleIds };
    const all = userId === ownerId ? EVERYTHING : base;
    return { kind: 'known', value: permissionsIn(channel.value, { ...who, base: all }) };
  }

  return {
    isMember,
    rolesOf,
    mayListMembers,
    async listMembers(guildId) {
      const listed = await listMembers(bot, clock, guildId);
      if (listed.kind === 'answer') return { kind: 'known', value: listed.value };
      return listed.kind === 'refused' ? refused(listed.code) : { kind: 'unknown', why: SILENT };
    },

    async isBanned(guildId, userId) {
      const asked = await ask(Routes.guildBan(guildId, userId), () => true);
      if (asked.kind === 'answer') return { kind: 'known', value: true };
      if (asked.kind === 'silent') return { kind: 'unknown', why: SILENT };
      // Without "Ban Members" Discord says nothing about bans.
      return asked.code === UNKNOWN_BAN ? { kind: 'known', value: false } : refused(asked.code);
    },

    async nameOf(guildId) {
      const asked = await ask(Routes.guild(guildId), (body) => findString(body, 'name'));
      return asked.kind === 'answer' ? (asked.value ?? null) : null;
    },

    ranks: ranksOf,

    async findMembers(guildId, beginning) {
      const query = new URLSearchParams({ query: beginning, limit: String(FOUND_AT_MOST) });
      const asked = await askFor(Routes.guildMembersSearch(guildId), query, readFound);
      if (asked.kind === 'answer') return { kind: 'known', value: asked.value };
      return asked.kind === 'silent' ? { kind: 'unknown', why: SILENT } : refused(asked.code);
    },

    async lacksIn(guildId, channelId) {
      const permissions = await permissionsOf(guildId, channelId, null);
      return permissions.kind === 'known'
        ? { kind: 'known', value: rightsLackingIn(permissions.value) }
        : permissions;
    },

    async seesChannel(guildId, channelId, userId) {
      const permissions = await permissionsOf(guildId, channelId, userId);
      if (permissions.kind === 'unknown') return permissions;
      return { kind: 'known', value: !rightsLackingIn(permissions.value).includes('ViewChannel') };
    },

    async belongs(guildId, what, id) {
      const { route, isIn, notThere } = QUESTIONS[what](guildId, id);
      const asked = await ask(route, isIn);
      if (asked.kind === 'answer') return asked.value ? 'yes' : 'no';
      if (asked.kind === 'silent') return 'silent';
      return asked.code === notThere ? 'no' : 'unseen';
    },
  };
}

interface Question {
  readonly route: `/${string}`;
  readonly isIn: (body: JsonObject) => boolean;
  /** The refusal that says that it is not there. */
  readonly notThere: number;
}

const QUESTIONS: Readonly<Record<Named, (guildId: GuildId, id: string) => Question>> = {
  user: (guildId, id) => ({
    route: Routes.guildMember(guildId, id),
    isIn: (body) => Array.isArray(readMember(body, id)),
    notThere: UNKNOWN_MEMBER,
  }),
  channel: (guildId, id) => ({
    route: Routes.channel(id),
    isIn: (body) => getId(body, 'id') === id && findString(body, 'guild_id') === guildId,
    notThere: UNKNOWN_CHANNEL,
  }),
  role: (guildId, id) => ({
    route: Routes.guild(guildId),
    isIn: (body) => readGuild(body).roles.some((role) => role.id === id),
    notThere: UNKNOWN_GUILD,
  }),
};

/** Nothing will be told by asking again: Usher is not in the guild, or may not see it. */
const refused = (code: number): Known<never> => ({
  kind: 'unknown',
  why: {
    ...SILENT,
    message: say('trouble.discord.refused', { code }),
    // A code of zero is about the route, and not about what was asked for.
    ...(code !== 0 && { refusal: 'final' }),
  },
});

/** The roles of the member that was asked for. @throws {NotAsDocumented} when it is anything else. */
function readMember(member: JsonObject, userId: string): readonly string[] {
  const user = findObject(member, 'user');
  if (!('roles' in member) || (user && getId(user, 'id') !== userId)) throw new NotAsDocumented('member');
  return listIds(member, 'roles');
}

/** Those that are no bots; one that is not as documented is left out. Undefined for what is no list. */
function readFound(body: unknown): readonly FoundMember[] | undefined {
  if (!Array.isArray(body)) return undefined;
  return body.filter(isJsonObject).flatMap((member) => {
    const user = findObject(member, 'user');
    if (!user || user.bot === true) return [];
    const names = [findString(user, 'username'), findString(user, 'global_name')];
    return [
      {
        userId: toMemberId(getId(user, 'id')),
        names: names.filter((name) => name !== undefined),
        nickname: findString(member, 'nick') ?? null,
      },
    ];
  });
}

function readGuild(guild: JsonObject): Pick<Ranks, 'ownerId' | 'roles'> {
  return { ownerId: getId(guild, 'owner_id'), roles: listObjects(guild, 'roles').map(readRole) };
}

const readOverwrites = (channel: JsonObject): readonly Overwrite[] =>
  listObjects(channel, 'permission_overwrites').map((one) => ({
    id: getId(one, 'id'),
    allow: getBits(one, 'allow'),
    deny: getBits(one, 'deny'),
  }));

function readRole(role: JsonObject): DiscordRole {
  return {
    id: getId(role, 'id'),
    permissions: getBits(role, 'permissions'),
    position: getNumber(role, 'position'),
    managed: role.managed === true,
  };
}
