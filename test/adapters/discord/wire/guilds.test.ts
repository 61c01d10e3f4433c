import { beforeEach, describe, expect, it } from 'vitest';
import {
  createApplicationOwner,
  type IsApplicationOwner,
} from '../../../../src/adapters/discord/wire/application-owner.ts';
import { type AskedGuilds, createGuilds } from '../../../../src/adapters/discord/wire/guilds.ts';
import { type GuildId, toActorId, toGuildId } from '../../../../src/domain/ids.ts';
import { refusalOfRole } from '../../../../src/domain/role-gift.ts';
import { badGateway, discordError, proxyPage, rateLimitedInBody } from '../../../standins/discord/index.ts';
import { inEnglish, saidPlain } from '../../../support/said.ts';
import { GuildScene, restsOf, use } from '../setup.ts';

const scene = use(new GuildScene());
let guilds: AskedGuilds;
let here: GuildId;
let isOwner: IsApplicationOwner;

beforeEach(() => {
  const rests = restsOf(scene.discord, scene);
  guilds = createGuilds(rests, scene);
  isOwner = createApplicationOwner(rests);
  here = toGuildId(scene.guild.id);
});

const FAULTS = [
  ['an outage', badGateway()],
  ['a page of a proxy', proxyPage(404)],
  ['a limit', rateLimitedInBody(600)],
  ['a 401 that is not so', discordError(401, 0, '401: Unauthorized')],
] as const;

describe('members whose names begin so', () => {
  it('are found by user name and nickname in any case, without bots', async () => {
    const zoe = scene.discord.addUser({ name: 'zoe' });
    scene.guild.addMember(zoe, { nick: 'Adalbert' });
    const found = await guilds.findMembers(here, 'ADA');
    expect(found).toMatchObject({
      kind: 'known',
      value: [{ userId: scene.ada.id }, { userId: zoe.id, nickname: 'Adalbert' }],
    });
    const [request] = scene.discord.http.requestsTo('GET', /\/members\/search$/);
    expect(request?.query.get('limit')).toBe('100');
    expect(await guilds.findMembers(here, 'nobody is called so')).toEqual({ kind: 'known', value: [] });
  });

  it.each(FAULTS)('are not known after %s', async (_name, answer) => {
    scene.discord.http.fault({ path: /\/members\/search$/, answer });
    expect(await guilds.findMembers(here, 'ada')).toMatchObject({ kind: 'unknown' });
  });

  it('something else than a list is no answer', async () => {
    scene.discord.http.fault({ path: /\/members\/search$/, answer: { status: 200, body: { members: [] } } });
    expect(await guilds.findMembers(here, 'ada')).toMatchObject({ kind: 'unknown' });
  });
});

describe('who is in a guild', () => {
  it('is known by Discord, and by nothing else', async () => {
    expect(await guilds.isMember(here, scene.ada.id)).toEqual({ kind: 'known', value: true });
    scene.guild.removeMember(scene.ada);
    expect(await guilds.isMember(here, scene.ada.id)).toEqual({ kind: 'known', value: false });
  });

  it('nobody is in no guild, and Discord is asked as well', async () => {
    expect(await guilds.isMember(null, scene.ada.id)).toEqual({ kind: 'known', value: false });
    expect(scene.discord.http.requestsTo('GET', /\/users\/\d+$/)).toHaveLength(1);
  });

  it.each(FAULTS)('is not known after %s', async (_name, answer) => {
    scene.discord.http.fault({ path: /\/(members|users)\/\d+$/, answer, times: 2 });
    for (const guildId of [here, null])
      expect(inEnglish(await guilds.isMember(guildId, scene.ada.id))).toMatchObject({
        kind: 'unknown',
        why: { kind: 'discord', message: expect.any(String) },
      });
  });

  it.each([
    ['of nobody', { ok: true }],
    ['of somebody else', { roles: [], user: { id: '1', username: 'eve' } }],
    ['of roles that are none', { roles: [{ id: '1' }] }],
  ])('is not known by an answer %s', async (_name, body) => {
    scene.discord.http.fault({ path: /\/members\/\d+$/, answer: { status: 200, body }, times: 2 });
    expect(await guilds.isMember(here, scene.ada.id)).toMatchObject({ kind: 'unknown' });
    expect(await guilds.belongs(here, 'user', scene.ada.id)).toBe('silent');
  });

  it.each([
    ['the guild is not there', 404, 10004],
    ['Usher may not see it', 403, 50001],
    ['there is no such account', 404, 10013],
  ])('is not known when %s', async (_name, status, code) => {
    const answer = discordError(status, code, 'no');
    scene.discord.http.fault({ path: /\/members\/\d+$/, answer });
    expect(await guilds.isMember(here, scene.ada.id)).toMatchObject({
      kind: 'unknown',
      why: { refusal: 'final' },
    });
  });
});

describe('who stands where', () => {
  it('is what Discord shows of roles, of Usher and of the giver', async () => {
    const staff = scene.guild.addRole('staff', { permissions: ['ManageGuild'] });
    const boosting = scene.guild.addRole('boosting', { managed: true });
    scene.guild.setRoles(scene.ada, [staff]);
    const ranks = await guilds.ranks(here, toActorId(scene.ada.id));
    if (ranks.kind === 'unknown') throw new Error(saidPlain(ranks.why.message));
    expect(ranks.value).toMatchObject({
      guildId: here,
      ownerId: scene.guild.owner.id,
      bot: [scene.guild.botRole.id],
      giver: { id: scene.ada.id, roleIds: [staff.id] },
    });
    const refusals = [staff, boosting].map(({ id }) => refusalOfRole(id, ranks.value, [])?.kind);
    expect(refusals).toEqual(['staff', 'managed']);
  });

  it('changes with the guild: raised, given permissions, deleted, the giver gone', async () => {
    const [staff, viewers] = [
      scene.guild.addRole('staff', { permissions: ['ManageGuild'] }),
      scene.guild.addRole('viewers'),
    ];
    scene.guild.setRoles(scene.ada, [staff]);
    const refusal = async () => {
      const ranks = await guilds.ranks(here, toActorId(scene.ada.id));
      return ranks.kind === 'known' ? refusalOfRole(viewers.id, ranks.value, [])?.kind : ranks.kind;
    };
    expect(await refusal()).toBeUndefined();
    scene.guild.changeRole(viewers, { above: staff });
    expect(await refusal()).toBe('above-giver');
    scene.guild.changeRole(staff, { above: viewers });
    scene.guild.changeRole(viewers, { permissions: ['BanMembers'] });
    expect(await refusal()).toBe('staff');
    scene.guild.changeRole(viewers, { permissions: [] });
    scene.guild.removeMember(scene.ada);
    expect(await refusal()).toBe('not-admin');
    scene.guild.deleteRole(viewers);
    scene.guild.addMember(scene.ada, { roles: [staff] });
    expect(await refusal()).toBe('gone');
  });

  it.each(FAULTS)('is not known after %s, whichever question it was', async (_name, answer) => {
    for (const path of [
      /\/guilds\/\d+$/,
      /\/users\/@me$/,
      new RegExp(`/members/${scene.discord.bot.id}$`),
      new RegExp(`/members/${scene.ada.id}$`),
    ]) {
      const asked = createGuilds(restsOf(scene.discord, scene), scene);
      scene.discord.http.fault({ path, answer });
      expect(await asked.ranks(here, toActorId(scene.ada.id))).toMatchObject({ kind: 'unknown' });
      scene.clock.advance(3_600_000);
    }
  });

  it('is asked once for all who ask at the same time, and anew afterwards', async () => {
    const questions = () => scene.discord.http.requestsTo('GET', /\/guilds\/\d+$/).length;
    const all = await Promise.all(Array.from({ length: 20 }, () => guilds.ranks(here, null)));
    expect([questions(), new Set(all.map(({ kind }) => kind))]).toEqual([1, new Set(['known'])]);
    await guilds.ranks(here, null);
    expect(questions()).toBe(2);
  });

  it('is refused for good where Usher is not', async () => {
    const gone = scene.discord.addGuild({ name: 'Gone' });
    gone.removeBot();
    expect(await guilds.ranks(toGuildId(gone.id), null)).toMatchObject({
      kind: 'unknown',
      why: { refusal: 'final' },
    });
  });
});

describe('what an option names', () => {
  it('is of the guild or not', async () => {
    const other = scene.discord.addGuild({ name: 'Other' });
    const foreign = {
      role: other.addRole('theirs'),
      channel: other.general,
      user: scene.discord.addUser({ name: 'eve' }),
    };
    const own = { role: scene.guild.addRole('ours'), channel: scene.guild.general, user: scene.ada };
    for (const what of ['role', 'channel', 'user'] as const) {
      expect([what, await guilds.belongs(here, what, own[what].id)]).toEqual([what, 'yes']);
      expect([what, await guilds.belongs(here, what, foreign[what].id)]).toEqual([what, 'no']);
    }
    const gone = scene.guild.addTextChannel('gone');
    gone.delete();
    expect(await guilds.belongs(here, 'channel', gone.id)).toBe('no');
  });

  it('is not seen where Usher may not look', async () => {
    scene.guild.general.deny('ViewChannel');
    expect(await guilds.belongs(here, 'channel', scene.guild.general.id)).toBe('unseen');
  });

  it.each(FAULTS)('is not known after %s', async (_name, answer) => {
    scene.discord.http.fault({ path: /\/channels\/\d+$/, answer });
    expect(await guilds.belongs(here, 'channel', scene.guild.general.id)).toBe('silent');
  });
});

describe('whoever runs Usher', () => {
  it('owns the application, or is in the team that does', async () => {
    const { world } = scene.discord;
    expect(await isOwner(scene.ada.id)).toBe(false);
    world.owner = scene.ada;
    expect(await isOwner(scene.ada.id)).toBe(true);
    const [invited, reader, developer] = ['cy', 'di', 'ed'].map((name) => scene.discord.addUser({ name }));
    if (!invited || !reader || !developer) throw new Error('nobody');
    world.team = {
      members: [
        { user: invited, accepted: false },
        { user: reader, accepted: true, role: 'read_only' },
        { user: developer, accepted: true },
      ],
    };
    expect([await isOwner(invited.id), await isOwner(reader.id), await isOwner(developer.id)]).toEqual([
      ...[false, false, true],
    ]);
    world.team = { members: [] };
    expect(await isOwner(developer.id)).toBe(false);
  });

  it.each(FAULTS)('is not known after %s', async (_name, answer) => {
    scene.discord.http.fault({ path: /\/applications\/@me$/, answer });
    expect(await isOwner(scene.ada.id)).toBeUndefined();
  });
});

describe('everybody who is in a guild', () => {
  const listed = async () => {
    const list = await guilds.listMembers(here);
    return list.kind === 'known' ? list.value : list;
  };

  it('is known by name and roles, bots aside', async () => {
    scene.discord.switchIntent('GuildMembers', true);
    const role = scene.guild.addRole('Patron');
    scene.guild.setRoles(scene.ada, [role]);
    const list = await listed();
    expect(list).toBeInstanceOf(Map);
    expect(list).toHaveProperty('size', scene.guild.members.size - 1);
    expect(list).toEqual(new Map(Object.entries(await expectedMembers())));
    expect(guilds.mayListMembers()).toBeUndefined();
  });

  const expectedMembers = async () =>
    Object.fromEntries(
      [...scene.guild.members.values()]
        .filter(({ user }) => !user.isBot)
        .map(({ user, roles }) => [
          user.id,
          { name: user.displayName, roleIds: [...roles].map(({ id }) => id) },
        ]),
    );

  it('is read in pages of a thousand, to the last one', async () => {
    scene.discord.switchIntent('GuildMembers', true);
    const more = 2_000 - scene.guild.members.size;
    for (let index = 0; index < more; index += 1)
      scene.guild.addMember(scene.discord.addUser({ name: `member${index}` }));
    expect(await listed()).toHaveProperty('size', 1_999);
    expect(scene.discord.http.requestsTo('GET', /\/members$/)).toHaveLength(3);
  });

  it('is read to its end where Discord wants to be left alone in between', async () => {
    scene.discord.switchIntent('GuildMembers', true);
    scene.clock.jumps = true;
    scene.discord.http.fault({ path: /\/members$/, answer: rateLimitedInBody(20) });
    expect(await listed()).toBeInstanceOf(Map);
    expect(scene.discord.http.requestsTo('GET', /\/members$/)).toHaveLength(2);
  });

  it('is not known without the intent', async () => {
    expect(await listed()).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    ...FAULTS,
    ['half a page', { status: 200, body: [{ user: { id: '5', username: 'x' }, roles: [] }, {}] }],
    ['nobody at all', { status: 200, body: [] }],
    [
      'the same page again',
      {
        status: 200,
        body: Array.from({ length: 1_000 }, () => ({ user: { id: '5', username: 'x' }, roles: [] })),
      },
    ],
  ] as const)('is not known after %s', async (_name, answer) => {
    scene.discord.switchIntent('GuildMembers', true);
    scene.discord.http.fault({ path: /\/members$/, answer });
    expect(await listed()).toMatchObject({ kind: 'unknown' });
  });
});

describe('who is banned', () => {
  it('is known where Usher may ban members', async () => {
    scene.guild.changeRole(scene.guild.botRole, { permissions: ['BanMembers'] });
    expect(await guilds.isBanned(here, scene.ada.id)).toEqual({ kind: 'known', value: false });
    scene.guild.ban(scene.ada);
    expect(await guilds.isBanned(here, scene.ada.id)).toEqual({ kind: 'known', value: true });
  });

  it('is never told elsewhere, which is final', async () => {
    expect(await guilds.isBanned(here, scene.ada.id)).toMatchObject({
      kind: 'unknown',
      why: { refusal: 'final' },
    });
  });

  it.each(FAULTS)('is not known after %s', async (_name, answer) => {
    scene.guild.changeRole(scene.guild.botRole, { permissions: ['BanMembers'] });
    scene.discord.http.fault({ path: /\/bans\/\d+$/, answer });
    const asked = await guilds.isBanned(here, scene.ada.id);
    expect(asked).toMatchObject({ kind: 'unknown', why: { kind: 'discord' } });
    expect(asked).not.toHaveProperty('why.refusal');
  });
});

describe('whether somebody sees a channel', () => {
  const VIEW = String(1n << 10n);
  const hiddenFor = (id: string, ...shownTo: string[]) => [
    { id, type: 0, allow: '0', deny: VIEW },
    ...shownTo.map((one) => ({ id: one, type: 0, allow: VIEW, deny: '0' })),
  ];
  const channelSays = (permission_overwrites: readonly object[]) => {
    const body = { id: '1', guild_id: here, permission_overwrites };
    scene.discord.http.fault({ path: /\/channels\/1$/, answer: { status: 200, body } });
  };
  const sees = (userId: string) => guilds.seesChannel(here, '1', userId);

  it('is computed from what the channel says of everybody, and of their roles', async () => {
    channelSays([]);
    expect(await sees(scene.ada.id)).toEqual({ kind: 'known', value: true });
    channelSays(hiddenFor(here));
    expect(await sees(scene.ada.id)).toEqual({ kind: 'known', value: false });
    channelSays(hiddenFor(here, scene.ada.id));
    expect(await sees(scene.ada.id)).toEqual({ kind: 'known', value: true });
  });

  it('the owner does, and nobody who has left', async () => {
    channelSays(hiddenFor(here));
    expect(await sees(scene.guild.owner.id)).toEqual({ kind: 'known', value: true });
    channelSays([]);
    scene.guild.removeMember(scene.ada);
    expect(await sees(scene.ada.id)).toEqual({ kind: 'known', value: false });
  });

  it('nobody sees one that is gone, and after an outage nothing is known', async () => {
    expect(await guilds.seesChannel(here, '999', scene.ada.id)).toEqual({ kind: 'known', value: false });
    scene.discord.http.fault({ path: /\/channels\/1$/, answer: badGateway() });
    expect(await sees(scene.ada.id)).toMatchObject({ kind: 'unknown' });
  });
});
