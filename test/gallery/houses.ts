/** Guilds to look at: empty, small, large, with hostile names, with everything broken. Real use cases and storage. */

import type { ReadImport } from '../../src/app/ports/imports.ts';
import { type MemberId, toMemberId } from '../../src/domain/ids.ts';
import { NO_END } from '../../src/domain/imports/rows.ts';
import { isNonEmpty, type NonEmpty, type Server } from '../../src/domain/model.ts';
import { type Place, takeDown, World } from '../app/world.ts';
import type { FakeMediaServer } from '../support/fake-media-server.ts';
import { loggingInto } from '../support/log-lines.ts';
import { DAY, HOUR } from '../support/moments.ts';
import { GUILD, memberAt, STAFF } from '../support/people.ts';

export interface House {
  readonly name: string;
  readonly world: World;
  readonly fakes: readonly FakeMediaServer[];
  /** Display names of people, by their id. */
  readonly people: ReadonlyMap<string, string>;
  /** What to type into commands; undefined where nothing is there to be named. */
  readonly typed: {
    readonly server: string | undefined;
    readonly library: string | undefined;
    readonly plan: string | undefined;
    readonly grant: string | undefined;
    /** The id of an open invite. */
    readonly invite: string | undefined;
    readonly member: MemberId;
    /** Somebody who is given something where they have no account. */
    readonly waiting: MemberId;
    readonly nobody: MemberId;
    /** Ids of accounts: nobody's, and the member's. */
    readonly free: string | undefined;
    /** A server with accounts that are nobody's. */
    readonly arrivals: string | undefined;
    readonly linked: string | undefined;
  };
}

/** Who joins while one looks on. */
export const NEWCOMER = 900;

interface Furniture {
  readonly members: number;
  readonly libraries: readonly string[];
  readonly servers: readonly (readonly ['plex' | 'jellyfin', string])[];
  readonly plan: string;
  readonly nameOf: (index: number) => string;
}

const NAMES = ['Mia', 'Noah', 'Ada', 'Ben', 'Lena', 'Otto', 'Rosa', 'Pia', 'Abe', 'Zoë', 'Ömer', 'Jo'];
const LIBRARIES = ['Movies', 'TV Shows', 'Anime', 'Kids Movies', 'Music', 'Documentaries'];

const plain = (index: number): string =>
  (NAMES[index % NAMES.length] ?? '') +
  (index < NAMES.length ? '' : String(Math.floor(index / NAMES.length)));

const HOSTILE = [
  '**bold** @everyone',
  '[click me](https://evil.example)',
  '<@123456789012345678> `code` ~~gone~~',
  '# Heading\n-# small\n> quote',
  '\u202eesrever\u202c ‏ar',
  'W'.repeat(60),
  '||spoiler|| _under_ \\*',
];

const SMALL: Furniture = {
  members: 1,
  libraries: LIBRARIES.slice(0, 3),
  servers: [
    ['plex', 'Tower'],
    ['jellyfin', 'Attic'],
  ],
  plan: 'Gold',
  nameOf: plain,
};

export const HOUSES = {
  empty: async () => await build('empty', { ...SMALL, members: 0, servers: [] }),
  one: async () => await build('one', { ...SMALL, members: 1 }),
  thirty: async () => await build('thirty', { ...SMALL, members: 30, libraries: LIBRARIES }),
  many: async () =>
    await build('many', {
      ...SMALL,
      members: 200,
      libraries: Array.from({ length: 40 }, (_, index) => `${LIBRARIES[index % 6]} ${1980 + index}`),
      servers: [
        ['plex', 'Tower'],
        ['jellyfin', 'Attic'],
        ['plex', 'Cellar'],
      ],
    }),
  hostile: async () =>
    await build('hostile', {
      members: HOSTILE.length,
      libraries: HOSTILE,
      servers: [
        ['plex', '**Tower** @here'],
        ['jellyfin', '[Den](https://evil.example)'],
      ],
      plan: '`plan` ||x||',
      nameOf: (index) => HOSTILE[index % HOSTILE.length] ?? '',
    }),
  broken: async () => {
    const house = await build('broken', { ...SMALL, members: 12, libraries: LIBRARIES });
    const { world } = house;
    for (const fake of house.fakes) takeDown(fake);
    // Ends come while nothing answers, often enough for staff to be told.
    for (let times = 0; times < 12; times += 1) await world.pass(6 * HOUR);
    return house;
  },
} as const satisfies Readonly<Record<string, () => Promise<House>>>;

async function build(name: string, furniture: Furniture): Promise<House> {
  const world = await World.open();
  const people = new Map<string, string>([[STAFF, 'Olga']]);
  const { libraries, nameOf, members } = furniture;
  const fakes = furniture.servers.map(([kind], index) => world.build(kind, `place${index}`, libraries));
  const servers: Server[] = [];
  if (fakes.length > 0) for (const purpose of ['audit', 'alerts'] as const) await world.setChannel(purpose);
  for (const [index, [, title]] of furniture.servers.entries()) {
    const place = await world.add(mustBe(fakes[index]));
    const { id: serverId, url } = place.server;
    const publicUrl = place.server.kind === 'jellyfin' ? 'https://watch.example.org' : '';
    const rest = { localUrl: '', publicUrl, token: '' };
    await world.app.manageServer.edit({
      guildId: GUILD,
      actorId: STAFF,
      serverId,
      name: title,
      url,
      ...rest,
    });
    servers.push({ ...place.server, name: title });
  }
  world.imports.read = async () => fileOfAnotherTool(fakes);
  const all = await world.stores.of(GUILD).libraries.list();
  const onFirst = all.filter(({ serverId }) => serverId === servers[0]?.id);
  if (isNonEmpty(onFirst)) await addPlan(world, furniture.plan, [onFirst[0].id]);
  for (let index = 0; index < members; index += 1) {
    const memberId = memberAt(index);
    people.set(memberId, nameOf(index));
    await moveIn({ world, fakes, servers }, { memberId, index, name: nameOf(index) });
  }
  logLines(world, servers[0], nameOf(0));
  // All but one have appeared.
  const seen = [...people].slice(0, members > 3 ? -1 : undefined);
  await world.app.people.note(
    GUILD,
    seen.map(([id, called]) => ({ userId: toMemberId(id), name: called })),
  );
  // Discord knows them, whether they have anything here or not.
  const imported = Array.from({ length: 2 * (members + 10) }, (_, index) => IMPORTED + index);
  for (const index of [3, members, NEWCOMER, ...imported]) people.set(memberAt(index), nameOf(index));
  return {
    ...{ name, world, fakes, people },
    typed: {
      server: servers[0]?.id,
      library: onFirst[0]?.id,
      plan: servers.length > 0 ? furniture.plan : undefined,
      grant: members > 0 ? '1' : undefined,
      invite: await addInvite(world, onFirst[0]?.id),
      member: memberAt(0),
      waiting: memberAt(3),
      nobody: memberAt(members),
      free: await freeAccount(world, fakes[1], servers[1]),
      arrivals: arrive(fakes[1], nameOf) && servers[1]?.id,
      linked: (await world.stores.of(GUILD).accounts.list({ memberId: memberAt(0) }))[0]?.id,
    },
  };
}

/** What the process notes in a while, of which one line has what somebody typed. */
function logLines(world: World, server: Server | undefined, typed: string): void {
  const of = { guildId: GUILD };
  const log = loggingInto(world.logged, world.clock);
  const handled = { ...of, userId: STAFF, kind: 'command', command: 'grant list', outcome: 'answered' };
  log.info({ ...of, grants: 2 }, 'grants reached their start or end');
  for (let times = 0; times < 12; times += 1)
    log.info({ ...handled, ackMs: 43 + times, totalMs: 120 }, 'an interaction was handled');
  if (server)
    log.warn({ ...of, serverId: server.id, trouble: 'refused' }, 'a media server could not be read');
  log.info({ ...handled, command: typed }, 'an interaction was handled');
  const err = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  if (server) log.error({ ...of, serverId: server.id, err }, 'a pass over a server broke off');
}

async function addInvite(world: World, library: string | undefined): Promise<string | undefined> {
  if (library === undefined) return undefined;
  const { invite } = await world.invite({
    ...{ guildId: GUILD, actorId: STAFF, memberId: null, libraryIds: [library], duration: null, uses: 1 },
    ...{ validUntil: new Date(world.clock.now().getTime() + DAY), roleId: null, note: null },
  });
  return invite.id;
}

/** Who was there before Usher came: called like members, nearly so, and not at all. */
function arrive(fake: FakeMediaServer | undefined, nameOf: (index: number) => string): true {
  for (const [at, name] of [nameOf(0), `${nameOf(2)}92`, 'movienight', nameOf(4), 'grandma'].entries())
    fake?.addPerson({ name, externalId: `91${at}`, access: at === 3 ? 'all' : ['movies'] });
  return true;
}

/** An account that somebody had before there was a bot. */
async function freeAccount(
  world: World,
  fake: FakeMediaServer | undefined,
  server: Server | undefined,
): Promise<string | undefined> {
  if (!fake || !server) return undefined;
  const { externalId, name } = fake.addPerson({ name: 'old friend', externalId: '9000', access: ['movies'] });
  const row = { id: 'free', serverId: server.id, externalId, name };
  return await world.stores.transaction(GUILD, (tx) => tx.accounts.save(row));
}

async function addPlan(world: World, name: string, libraryIds: NonEmpty<string>): Promise<void> {
  const duration = world.app.timeInput.duration('30d');
  if (duration.kind !== 'ok') throw new Error('30d is no duration');
  const rest = { duration: duration.value, expiryAction: null, roleId: null };
  await world.app.plans.create({ guildId: GUILD, actorId: STAFF, name, libraryIds, ...rest });
}

/** A member with an account on every second server, and something of each kind of grant among the first of them. */
async function moveIn(
  {
    world,
    fakes,
    servers,
  }: {
    readonly world: World;
    readonly fakes: readonly FakeMediaServer[];
    readonly servers: readonly Server[];
  },
  { memberId, index, name }: { readonly memberId: MemberId; readonly index: number; readonly name: string },
): Promise<void> {
  const here = servers.filter((_server, nth) => nth === 0 || (index + nth) % 2 === 0);
  const libraries = await world.stores.of(GUILD).libraries.list();
  for (const server of here) {
    const fake = mustBe(fakes[servers.indexOf(server)]);
    const place: Place = { fake, server, token: '', id: () => '' };
    await world.link(memberId, place, fake.addPerson({ name, externalId: String(70_000 + index) }));
  }
  // Every fourth is given something where they have no account.
  const wanted = index % 4 === 3 ? servers : here;
  const theirs = wanted.flatMap(({ id }) =>
    libraries.filter(({ serverId }) => serverId === id).slice(index % 3, (index % 3) + 1 + (index % 2)),
  );
  const ms = index % 5 === 4 ? undefined : (index + 1) * 7 * HOUR;
  const { grant } = await world.grant(
    memberId,
    theirs.map(({ id }) => id),
    {
      ...(ms !== undefined && { ms }),
      ...(index % 7 === 6 && { startMs: 3 * DAY }),
    },
  );
  if (index % 9 === 5) await world.change(grant.id, { kind: 'pause' });
  if (index % 9 === 7) await world.revoke(grant.id);
}

function mustBe<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a house without its furniture');
  return value;
}

/** Who another tool knows begins here. */
const IMPORTED = 60;

/** What another tool would know: everybody on these servers, somebody who is on none, and open invites. */
function fileOfAnotherTool(fakes: readonly FakeMediaServer[]): ReadImport {
  const said = { serverIdentity: null, serverName: null, discordName: null, account: null, email: null };
  const people = fakes.flatMap(({ kind, people: all }) =>
    [...all.values()].map(({ externalId }) => ({ kind, accountId: externalId })),
  );
  const gone = { kind: 'jellyfin', accountId: 'gone' } as const;
  const rows = [...people, gone].map((person, index) => ({
    ...{ ...said, ...person, at: `clients ${index + 1}`, discordId: memberAt(IMPORTED + index) },
    end:
      index % 2 === 0
        ? NO_END
        : ({ kind: 'day', day: index % 3 === 0 ? '2020-01-31' : '2030-01-31' } as const),
  }));
  return { kind: 'read', rows, openInvites: 3 };
}
