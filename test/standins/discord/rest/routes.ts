import type { Commands } from '../commands.ts';
import { Intent, Permission, type PermissionName } from '../constants.ts';
import { DiscordError, Issues, refuse } from '../errors.ts';
import type { Channel, Guild } from '../guild.ts';
import type { Interactions } from '../interactions.ts';
import { isObject, objectOf, objectsOf, stringOf } from '../json.ts';
import type { Message } from '../message.ts';
import { createMessage, deleteMessage, editMessage } from '../messages.ts';
import { channelWire, guildWire, memberWire, messageWire, roleWire, teamWire, userWire } from '../wire.ts';
import type { User, World } from '../world.ts';
import type { Rest, RestCall } from './server.ts';

export interface Site {
  readonly rest: Rest;
  readonly world: World;
  readonly commands: Commands;
  readonly interactions: Interactions;
  /** How many new DM channels may be opened before 40003. */
  readonly dmOpenLimit: () => number;
}

/** All routes that the stand-in knows; others get 404. */
export function addRoutes(site: Site): void {
  addOwnRoutes(site);
  addCommandRoutes(site);
  addInteractionRoutes(site);
  addChannelRoutes(site);
  addGuildRoutes(site);
}

const ok = (body: unknown) => ({ status: 200, body });
const done = { status: 204 };

function addOwnRoutes({ rest, world, dmOpenLimit }: Site): void {
  const application = () =>
    ok({
      id: world.applicationId,
      name: world.bot.username,
      icon: null,
      description: '',
      type: null,
      summary: '',
      bot: userWire(world.bot),
      bot_public: true,
      bot_require_code_grant: false,
      verify_key: '0'.repeat(64),
      flags: flagsOf(world),
      flags_new: String(flagsOf(world)),
      redirect_uris: [],
      interactions_endpoint_url: null,
      role_connections_verification_url: null,
      owner: userWire(world.owner),
      approximate_guild_count: world.guilds.size,
      approximate_user_install_count: 0,
      approximate_user_authorization_count: 0,
      explicit_content_filter: 0,
      team: world.team ? teamWire(world) : null,
      eligible_oauth2_scopes: [],
      integration_types_config: { '0': {} },
    });
  rest.on('GET', '/gateway', () => ok({ url: world.url.replace('http', 'ws') }));
  rest.on('GET', '/gateway/bot', () =>
    ok({
      url: world.url.replace('http', 'ws'),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 14_400_000, max_concurrency: 16 },
    }),
  );
  rest.on('GET', '/users/@me', () =>
    ok({ ...userWire(world.bot), mfa_enabled: true, locale: 'en-US', email: null, verified: true }),
  );
  rest.on('GET', '/applications/@me', application);
  rest.on('GET', '/oauth2/applications/@me', application);
  rest.on('GET', '/users/:user', ({ params }) => ok(userWire(findUser(world, params.user))));

  rest.on('POST', '/users/@me/channels', ({ body }) => {
    rest.checkBody('POST', '/users/@me/channels', body);
    const recipient = world.users.get(stringOf(objectOf(body).recipient_id) ?? '');
    if (!recipient) throw refuse.invalidRecipient();
    if (recipient.isBot) throw refuse.dmsClosed();
    if (!world.findDmChannel(recipient)) {
      if (world.dmOpens >= dmOpenLimit()) throw refuse.dmsTooFast();
      world.dmOpens += 1;
    }
    return ok(channelWire(world.dmChannel(recipient)));
  });
}

/** For an application in few guilds. [docs: resources/application#application-object-application-flags] */
const flagsOf = ({ privilegedIntents }: World): number =>
  (privilegedIntents & Intent.GuildMembers ? 1 << 15 : 0) |
  (privilegedIntents & Intent.GuildPresences ? 1 << 13 : 0) |
  (privilegedIntents & Intent.MessageContent ? 1 << 19 : 0);

function addCommandRoutes({ rest, world, commands }: Site): void {
  for (const [path, isGlobal] of [
    ['/applications/:app/commands', true],
    ['/applications/:app/guilds/:guild/commands', false],
  ] as const) {
    const scopeOf = ({ params }: RestCall): string => {
      if (params.app !== world.applicationId) throw refuse.unknownApplication();
      if (isGlobal) return 'global';
      if (!world.guilds.has(params.guild ?? '')) throw refuse.missingAccess();
      return params.guild ?? '';
    };
    rest.on('GET', path, (call) => {
      const localised = call.query.get('with_localizations') === 'true';
      return ok(commands.list(scopeOf(call)).map((command) => commands.wire(command, { localised })));
    });
    rest.on('PUT', path, (call) => {
      const scope = scopeOf(call);
      const after = commands.overwrite(scope, readCommandList(call.body), () =>
        rest.checkBody('PUT', path, call.body),
      );
      return ok(after.map((command) => commands.wire(command)));
    });
  }
}

function readCommandList(body: unknown) {
  if (Array.isArray(body) && body.every(isObject)) return body;
  const issues = new Issues();
  issues.add([], 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  issues.throwIfAny();
  return [];
}

function addInteractionRoutes({ rest, interactions }: Site): void {
  const callback = '/interactions/:id/:token/callback';
  rest.on('POST', callback, ({ params, body, uploads, query }) =>
    interactions.callback(params.id ?? '', params.token ?? '', {
      body: objectOf(body),
      uploads,
      withResponse: query.get('with_response') === 'true',
      check: () => rest.checkBody('POST', callback, body),
    }),
  );

  const webhook = '/webhooks/:app/:token';
  const ids = (call: RestCall) => [call.params.app ?? '', call.params.token ?? ''] as const;
  rest.on('POST', webhook, (call) => {
    const check = () => rest.checkBody('POST', webhook, call.body);
    const written = { body: objectOf(call.body), uploads: call.uploads, check };
    return ok(messageWire(interactions.followUp(...ids(call), written)));
  });

  // `@original` comes first: the OpenAPI document has it as a route of its own, and the parameter would match it
  // too.
  for (const path of [`${webhook}/messages/@original`, `${webhook}/messages/:message`]) {
    const named = (call: RestCall) => call.params.message ?? '@original';
    rest.on('GET', path, (call) => ok(messageWire(interactions.find(...ids(call), named(call)).message)));
    rest.on('PATCH', path, (call) => {
      const check = () => rest.checkBody('PATCH', path, call.body);
      const written = { body: objectOf(call.body), uploads: call.uploads, check };
      return ok(messageWire(interactions.edit(...ids(call), named(call), written)));
    });
    rest.on('DELETE', path, (call) => {
      interactions.delete(...ids(call), named(call));
      return done;
    });
  }
}

function addChannelRoutes({ rest, world }: Site): void {
  const messages = '/channels/:channel/messages';
  rest.on('GET', '/channels/:channel', ({ params }) => ok(channelWire(findChannel(world, params.channel))));

  rest.on('GET', messages, ({ params, query }) => {
    const channel = findChannel(world, params.channel);
    // Without Read Message History, Discord answers an empty list. [docs: resources/message#get-channel-messages]
    const readable = may(channel, 'ReadMessageHistory') ? channel.messages : [];
    const [before, after] = [query.get('before'), query.get('after')];
    const found = readable.filter(
      ({ id }) => (!before || BigInt(id) < BigInt(before)) && (!after || BigInt(id) > BigInt(after)),
    );
    const limit = Number(query.get('limit') ?? 50);
    const page = after ? found.slice(0, limit) : found.slice(-limit);
    return ok(page.toReversed().map(messageWire));
  });

  rest.on('POST', messages, ({ params, body, uploads }) => {
    const channel = findChannel(world, params.channel);
    need(channel, 'SendMessages');
    const { recipient } = channel;
    if (recipient?.dms === 'closed') throw refuse.dmsClosed();
    if (recipient && !sharesGuild(world, recipient)) throw refuse.noMutualGuilds();
    const data = objectOf(body);
    if (uploads.length > 0) need(channel, 'AttachFiles');
    if (objectsOf(data.embeds).length > 0) need(channel, 'EmbedLinks');
    const nonce = data.nonce === undefined || data.nonce === null ? undefined : String(data.nonce);
    const earlier = data.enforce_nonce === true ? findByNonce(channel, nonce) : undefined;
    // The first copy was deleted meanwhile (discord-api-docs#6647).
    if (earlier?.deleted) throw refuse.unknownMessage();
    if (earlier) return ok(messageWire(earlier));
    const check = () => rest.checkBody('POST', messages, body);
    return ok(
      messageWire(
        createMessage(channel, world.bot, {
          body: data,
          uploads,
          check,
          nonce,
          allowedFlags: 4 | 4096 | 32_768,
        }),
      ),
    );
  });

  rest.on('GET', `${messages}/:message`, ({ params }) => {
    const channel = findChannel(world, params.channel);
    need(channel, 'ReadMessageHistory');
    return ok(messageWire(findMessage(channel, params.message)));
  });

  rest.on('PATCH', `${messages}/:message`, ({ params, body, uploads }) => {
    const message = findMessage(findChannel(world, params.channel), params.message);
    if (message.author !== world.bot) throw refuse.notTheAuthor();
    const check = () => rest.checkBody('PATCH', `${messages}/:message`, body);
    editMessage(message, { body: objectOf(body), uploads, check });
    return ok(messageWire(message));
  });

  rest.on('DELETE', `${messages}/:message`, ({ params }) => {
    const channel = findChannel(world, params.channel);
    const message = findMessage(channel, params.message);
    if (message.author !== world.bot) {
      // In a DM nobody can delete messages of the other person. [docs: resources/message#delete-message]
      if (!channel.guild) throw new DiscordError(403, 50003, 'Cannot execute action on a DM channel');
      need(channel, 'ManageMessages');
    }
    deleteMessage(message);
    return done;
  });
}

function addGuildRoutes({ rest, world }: Site): void {
  const guildOf = ({ params }: RestCall) => findGuild(world, params.guild);
  rest.on('GET', '/guilds/:guild', (call) => ok(guildWire(guildOf(call), false)));
  rest.on('GET', '/guilds/:guild/roles', (call) => ok([...guildOf(call).roles.values()].map(roleWire)));
  rest.on('GET', '/guilds/:guild/channels', (call) =>
    ok([...guildOf(call).channels.values()].map(channelWire)),
  );
  // "This endpoint is restricted according to whether the GUILD_MEMBERS Privileged Intent is enabled for your
  // application." [docs: resources/guild#list-guild-members]
  rest.on('GET', '/guilds/:guild/members', (call) => {
    const guild = guildOf(call);
    if (!(world.privilegedIntents & Intent.GuildMembers)) throw refuse.missingAccess();
    const limit = Number(call.query.get('limit') ?? 1);
    const after = BigInt(call.query.get('after') ?? 0);
    const page = [...guild.members.values()]
      .filter(({ user }) => BigInt(user.id) > after)
      .toSorted((a, b) => (BigInt(a.user.id) < BigInt(b.user.id) ? -1 : 1))
      .slice(0, limit);
    return ok(page.map(memberWire));
  });
  rest.on('GET', '/guilds/:guild/bans/:user', (call) => {
    const guild = guildOf(call);
    if (!(guild.permissionsOf(world.bot) & Permission.BanMembers)) throw refuse.missingPermissions();
    const user = findUser(world, call.params.user);
    if (!guild.bans.has(user.id)) throw refuse.unknownBan();
    return ok({ reason: null, user: userWire(user) });
  });
  // Needs no privileged intent, unlike the list of all members. [docs: resources/guild#search-guild-members]
  rest.on('GET', '/guilds/:guild/members/search', (call) => {
    const guild = guildOf(call);
    const query = call.query.get('query') ?? '';
    const most = Number(call.query.get('limit') ?? 1);
    const issues = new Issues();
    if (query === '') issues.add(['query'], 'BASE_TYPE_REQUIRED', 'This field is required');
    if (!Number.isInteger(most) || most < 1 || most > 1000)
      issues.add(['limit'], 'NUMBER_TYPE_RANGE', 'int value should be between 1 and 1000');
    issues.throwIfAny();
    const begins = (name: string | null) => name?.toLowerCase().startsWith(query.toLowerCase()) ?? false;
    const found = [...guild.members.values()].filter(
      ({ user, nick }) => begins(user.username) || begins(nick),
    );
    return ok(found.slice(0, most).map(memberWire));
  });
  rest.on('GET', '/guilds/:guild/members/:user', (call) => {
    const user = findUser(world, call.params.user);
    const member = guildOf(call).members.get(user.id);
    if (!member) throw refuse.unknownMember();
    return ok(memberWire(member));
  });
  for (const method of ['PUT', 'DELETE'] as const) {
    rest.on(method, '/guilds/:guild/members/:user/roles/:role', (call) => {
      const guild = guildOf(call);
      const member = guild.members.get(findUser(world, call.params.user).id);
      const role = guild.roles.get(call.params.role ?? '');
      if (!member) throw refuse.unknownMember();
      if (!role) throw refuse.unknownRole();
      const allowed = guild.permissionsOf(world.bot) & Permission.ManageRoles;
      const highest = Math.max(
        ...[...(guild.members.get(world.bot.id)?.roles ?? [])].map((one) => one.position),
        0,
      );
      if (!allowed || role.managed || role.id === guild.id || role.position >= highest) {
        throw refuse.missingPermissions();
      }
      if (method === 'PUT') member.roles.add(role);
      else member.roles.delete(role);
      guild.memberChanged(member);
      return done;
    });
  }
}

function findUser(world: World, id: string | undefined): User {
  const user = world.users.get(id === '@me' ? world.bot.id : (id ?? ''));
  if (!user) throw refuse.unknownUser();
  return user;
}

function findGuild(world: World, id: string | undefined): Guild {
  const guild = world.guilds.get(id ?? '');
  if (!guild) throw refuse.unknownGuild();
  return guild;
}

/** The channel, if the bot can see it. */
function findChannel(world: World, id: string | undefined): Channel {
  const channel = world.channels.get(id ?? '');
  if (!channel) throw refuse.unknownChannel();
  if (!may(channel, 'ViewChannel')) throw refuse.missingAccess();
  return channel;
}

/** Ephemeral messages cannot be found through their channel. */
function findMessage(channel: Channel, id: string | undefined): Message {
  const message = channel.world.messages.get(id ?? '');
  if (message?.channel !== channel || message.ephemeral || message.deleted) throw refuse.unknownMessage();
  return message;
}

const may = (channel: Channel, name: PermissionName): boolean =>
  !channel.guild || (channel.guild.permissionsOf(channel.world.bot, channel) & Permission[name]) !== 0n;

function need(channel: Channel, name: PermissionName): void {
  if (!may(channel, name)) throw refuse.missingPermissions();
}

const sharesGuild = (world: World, user: User): boolean =>
  world.guilds.values().some((guild) => guild.isMember(user));

/** Discord says "the past few minutes" [docs: resources/message#create-message]; this is five. */
function findByNonce(channel: Channel, nonce: string | undefined): Message | undefined {
  if (nonce === undefined) return undefined;
  const since = channel.world.clock.now().getTime() - 5 * 60_000;
  const earlier = channel.world.nonces.get(`${channel.id} ${nonce}`);
  return earlier && earlier.sentAt.getTime() >= since ? earlier : undefined;
}
