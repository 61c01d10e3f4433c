/**
 * How fast interactions are acknowledged while every media server hangs. With the real process, on a stand-in of
 * Discord.
 */
import { toGuildId, toMemberId } from '../../../src/domain/ids.ts';
import type { Exchange } from '../../standins/discord/index.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { counted, ms, spreadOf, spreadText } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const PER_SECOND = 50;
const PEOPLE = 50;
const LIBRARIES = 20;

async function furnish(stage: BotStage): Promise<void> {
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
  for (const place of places) place.hang();
  stage.plexTv.hang();
}

/** What people do, in turn: they look, type, change things, and make the bot ask the servers. */
function doings(stage: BotStage): readonly (() => Promise<Exchange>)[] {
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

async function measure(forSeconds: number) {
  return await onStage(async (stage) => {
    await furnish(stage);
    const bot = await stage.launch().ready();
    const acts = doings(stage);
    // Each is done once before measuring, because the first use loads modules.
    for (const act of acts) await act();
    const total = PER_SECOND * forSeconds;
    const began = performance.now();
    const under: Promise<number | undefined>[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        // Starts as many as should have begun by now, so that a late timer does not reduce the load.
        const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * PER_SECOND));
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
        if (due < total) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    const times = await Promise.all(under);
    const answered = times.filter((time) => time !== undefined);
    const inBot = bot.logs.flatMap(({ ackMs }) => (typeof ackMs === 'number' ? [ackMs] : []));
    return { total, lost: times.length - answered.length, ...spreadOf(answered), inBot: spreadOf(inBot) };
  });
}

export const acknowledgement: Row = {
  name: 'acknowledgement',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const result = await measure(quick ? 4 : 10);
    return [
      figure({
        what: `interaction to acknowledgement, media servers hanging, ${counted(result.total)} at ${PER_SECOND}/s`,
        measured: `${spreadText(result)}, ${result.lost} lost`,
        toReach: `p99 ≤ ${ms(250)}, none over 3 s`,
        met: result.p99 <= 250 && result.lost === 0 && result.max <= 3_000,
        raw: result,
      }),
    ];
  },
};
