/** A guild with two media servers, and people who use the bot all the time. */
import { toGuildId, toMemberId } from '../../src/domain/ids.ts';
import type { Exchange } from '../standins/discord/index.ts';
import type { BotStage } from './bot-stage.ts';
import { seedMembers, seedServer } from './seed.ts';

const PEOPLE = 50;
const LIBRARIES = 20;

/** Makes it, while no bot runs. `hanging`: no media server ever answers. */
export async function furnish(stage: BotStage, { hanging }: { readonly hanging: boolean }): Promise<void> {
  const places = [
    await stage.addPlace('plex', { id: 'tower', libraries: LIBRARIES }),
    await stage.addPlace('jellyfin', { id: 'den', libraries: LIBRARIES }),
  ];
  await stage.withDatabase(async ({ db, stores }) => {
    for (const place of places) await seedServer(stores, toGuildId(stage.guild.id), place.server);
    const members = places.flatMap((place, index) =>
      place.addPeople(PEOPLE, { libraries: 5, expiresAt: null, first: index * PEOPLE }),
    );
    // The first member is the person who uses the client.
    const [first, ...others] = members;
    if (!first) throw new Error('nobody was added');
    await seedMembers(db, stores, toGuildId(stage.guild.id), [
      { ...first, memberId: toMemberId(stage.olga.id) },
      ...others,
    ]);
  });
  if (!hanging) return;
  for (const place of places) place.hang();
  stage.plexTv.hang();
}

/** What people do, in turn: they look, type, change things, and make the bot ask the servers. */
export function doings(stage: BotStage): readonly (() => Promise<Exchange>)[] {
  const olga = stage.asOlga;
  const only = { until: 'ack' } as const;
  return [
    () => olga.command('server list', {}, only),
    () => olga.command('library list', {}, only),
    () => olga.command('my access', {}, only),
    () => olga.command('grant list', {}, only),
    () =>
      olga.command('grant add', { member: stage.olga, libraries: 'tower · Library 007', for: '1d' }, only),
    () => olga.command('help', {}, only),
    () => olga.command('server list', {}, only),
    () => olga.command('my access', {}, only),
    () => olga.command('library sync', {}, only),
    () => olga.command('library list', { server: 'den' }, only),
  ];
}

/**
 * Does these in turn, so many a second, until `isOver`. Resolves when all are over, to how long each waited for its
 * acknowledgement; undefined where there was none.
 */
export async function everydayLoad(
  acts: readonly (() => Promise<Exchange>)[],
  { perSecond, isOver }: { readonly perSecond: number; readonly isOver: () => boolean },
): Promise<{ readonly total: number; readonly times: readonly (number | undefined)[] }> {
  const began = performance.now();
  const under: Promise<number | undefined>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      // Starts as many as should have begun by now, so that a late timer does not reduce the load.
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
      while (under.length < due) {
        const act = acts[under.length % acts.length];
        if (!act) return;
        under.push(
          act().then(
            ({ acknowledgedAfterMs }) => acknowledgedAfterMs,
            () => undefined,
          ),
        );
      }
      if (!isOver()) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  return { total: under.length, times: await Promise.all(under) };
}
