/** An hour of a community, played in ten minutes: what its people do, and what happens around them. */
import { toGuildId, toMemberId } from '../../src/domain/ids.ts';
import type { BotStage } from '../bench/bot-stage.ts';
import type { BenchPlace } from '../bench/places.ts';
import { seedMembers, seedServer } from '../bench/seed.ts';
import type { Exchange, User } from '../standins/discord/index.ts';

const LIBRARIES = 20;
/** On each server; half of them lose their access during the run. */
const PEOPLE = 60;

export interface House {
  readonly stage: BotStage;
  readonly plex: BenchPlace;
  readonly jellyfin: BenchPlace;
  /** Members that commands are about, each with an account on one of the servers. */
  readonly members: readonly User[];
  /** How many have access in the end, on each server, if nobody types anything. */
  readonly staying: number;
}

/** Two servers with people, some of whose grants end one after another while the run lasts. */
export async function furnish(stage: BotStage, lastsMs: number): Promise<House> {
  const plex = await stage.addPlace('plex', { id: 'tower', libraries: LIBRARIES });
  const jellyfin = await stage.addPlace('jellyfin', { id: 'den', libraries: LIBRARIES });
  const audit = stage.guild.addTextChannel('usher-audit');
  const guildId = toGuildId(stage.guild.id);
  const members: User[] = [];
  await stage.withDatabase(async ({ db, stores }) => {
    const places = [plex, jellyfin];
    for (const place of places) await seedServer(stores, guildId, place.server);
    const seeds = places.flatMap((place, at) =>
      Array.from({ length: PEOPLE }, (_each, index) => {
        const ends = index < PEOPLE / 2 ? ((index + 1) / (PEOPLE / 2)) * lastsMs : undefined;
        const expiresAt = ends === undefined ? null : new Date(Date.now() + ends);
        const first = at * PEOPLE + index;
        const [seed] = place.addPeople(1, { libraries: 5, expiresAt, first });
        if (!seed) throw new Error('nobody was added');
        const user = stage.discord.addUser({ name: `member-${first}` });
        stage.guild.addMember(user);
        if (expiresAt === null) members.push(user);
        return { ...seed, memberId: toMemberId(user.id) };
      }),
    );
    await seedMembers(db, stores, guildId, seeds);
    await stores.transaction(guildId, (tx) => tx.settings.update({ auditChannelId: audit.id }));
  });
  return { stage, plex, jellyfin, members, staying: PEOPLE / 2 };
}

/** What people do, one after another and over again. Resolves when it was acknowledged. */
export function doings({
  stage,
  members,
}: House): readonly ((turn: number) => Promise<Exchange | undefined>)[] {
  const staff = stage.asOlga;
  const only = { until: 'ack' } as const;
  const some = (turn: number): User => {
    const member = members[turn % members.length];
    if (!member) throw new Error('there are no members');
    return member;
  };
  const number = (turn: number) => String((turn % LIBRARIES) + 1).padStart(3, '0');
  const library = (turn: number) => `${turn % 2 === 0 ? 'tower' : 'den'} · Library ${number(turn)}`;
  const completing = async (...args: Parameters<typeof staff.autocomplete>) => {
    await staff.autocomplete(...args);
    return undefined;
  };
  return [
    (turn) => staff.command('grant add', { member: some(turn), libraries: library(turn), for: '1m' }, only),
    () => staff.command('server list', {}, only),
    (turn) => stage.discord.as(some(turn)).in(stage.guild).command('my access', {}, only),
    (turn) => completing('grant add', { member: some(turn) }, 'libraries', `Library ${number(turn)}`),
    () => staff.command('grant list', {}, only),
    (turn) => staff.command('grant list', { member: some(turn) }, only),
    (turn) => staff.command('member why', { member: some(turn), library: library(turn) }, only),
    () => staff.command('library list', { server: 'den' }, only),
    (turn) => completing('member why', { member: some(turn) }, 'library', number(turn)),
    () => staff.command('jobs list', {}, only),
    (turn) => staff.command('invite create', { libraries: library(turn), for: '1d', valid: '1d' }, only),
    () => staff.command('plan list', {}, only),
    () => staff.command('settings show', {}, only),
    () => staff.command('help', {}, only),
    (turn) => staff.command('server show', { server: turn % 2 === 0 ? 'tower' : 'den' }, only),
  ];
}

/** What happens around them, at these shares of the run. */
export function happenings({ stage, plex, jellyfin }: House): readonly (readonly [number, () => unknown])[] {
  const { gateway } = stage.discord;
  const sync = () => stage.asOlga.command('library sync', {}, { until: 'ack' });
  const syncs = Array.from({ length: 18 }, (_each, index) => [(index + 0.5) / 18, sync] as const);
  let lift = () => {};
  const away = (place: BenchPlace, from: number, to: number) =>
    [
      [from, () => (lift = place.hang())],
      [to, () => lift()],
    ] as const;
  return [
    ...syncs,
    ...away(jellyfin, 0.15, 0.22),
    ...away(plex, 0.4, 0.47),
    ...away(jellyfin, 0.75, 0.82),
    [0.1, () => gateway.askReconnect()],
    [0.3, () => gateway.cut()],
    [0.5, () => gateway.invalidateSession(false)],
    [0.6, () => gateway.askReconnect()],
    [0.7, () => gateway.close(4000)],
    [0.9, () => gateway.cut()],
  ];
}
