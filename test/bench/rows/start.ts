/** How long a start takes until the bot is ready, and how much memory it needs. */
import { toGuildId } from '../../../src/domain/ids.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { counted, median, memoryOf, ms, round, seconds } from '../measure.ts';
import { type Figure, figure, note, type Row, type Size } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const MEMBERS = 100;

/** Prepares a bot that has been in use: a server with members, and nothing due. */
async function furnish(stage: BotStage): Promise<void> {
  const place = await stage.addPlace('jellyfin', { id: 'den', libraries: 20 });
  await stage.withDatabase(async ({ db, stores }) => {
    await seedServer(stores, toGuildId(stage.guild.id), place.server);
    await seedMembers(
      db,
      stores,
      toGuildId(stage.guild.id),
      place.addPeople(MEMBERS, { libraries: 5, expiresAt: null }),
    );
  });
}

/** Measures after a command was answered: by then, everything that was sent before has been read. */
async function settledMemory(stage: BotStage, pid: number) {
  await stage.asOlga.command('server list');
  return memoryOf(pid);
}

async function startTimes(count: number): Promise<readonly number[]> {
  return await onStage(async (stage) => {
    await furnish(stage);
    const times: number[] = [];
    // The first start registers the commands and is not counted.
    for (let run = 0; run <= count; run += 1) {
      const began = performance.now();
      const bot = await stage.launch().ready();
      if (run > 0) times.push(round(performance.now() - began));
      await bot.stop();
    }
    return times;
  });
}

async function memoryWith(guilds: number) {
  return await onStage(async (stage) => {
    await furnish(stage);
    for (let index = 1; index < guilds; index += 1) {
      const guild = stage.discord.addGuild({ name: `Guild ${index}`, owner: stage.olga });
      for (let each = 0; each < 30; each += 1) guild.addTextChannel(`channel-${each}`);
      for (let each = 0; each < 20; each += 1) guild.addRole(`Role ${each}`);
    }
    const began = performance.now();
    const bot = await stage.launch().ready();
    const readyMs = round(performance.now() - began);
    const memory = await settledMemory(stage, bot.pid);
    return { guilds, readyMs, ...memory };
  });
}

async function memoryAfterSync(people: number, libraries: number) {
  return await onStage(async (stage) => {
    const place = await stage.addPlace('jellyfin', { id: 'den', libraries });
    place.addPeople(people, { libraries, expiresAt: null });
    await stage.withDatabase(({ stores }) => seedServer(stores, toGuildId(stage.guild.id), place.server));
    // The first sync of the guild is due at once and starts by itself; this one waits for it.
    const bot = await stage.launch().ready();
    const began = performance.now();
    const answer = await stage.asOlga.command('library sync', {}, { until: 'ack' });
    const done = /(\d[\d,.]*) (accounts|people)|could not|failed/i;
    await answer.until(done, 240_000);
    const tookMs = round(performance.now() - began);
    const stored = await stage.asOlga.command('server list');
    const memory = await settledMemory(stage, bot.pid);
    const warnings = bot.logs.filter(({ level }) => level >= 40);
    return { people, libraries, tookMs, ...memory, message: answer.text, stored: stored.text, warnings };
  });
}

export const start: Row = {
  name: 'start',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const times = await startTimes(quick ? 3 : 7);
    const one = await memoryWith(1);
    const many = await memoryWith(1_000);
    const synced = await memoryAfterSync(quick ? 500 : 5_000, 200);
    const limitMb = 200;
    return [
      figure({
        what: 'start to ready, existing database',
        measured: `median ${ms(median(times))}, worst of ${times.length} ${ms(Math.max(...times))}`,
        toReach: '≤ 2500 ms',
        met: median(times) <= 2_500,
        raw: times,
      }),
      note('resident memory with 1 guild', `${one.now} MB (peak ${one.peak} MB)`, one),
      figure({
        what: `resident memory with ${counted(many.guilds)} guilds`,
        measured: `${many.now} MB (peak ${many.peak} MB; ready after ${seconds(many.readyMs)})`,
        toReach: `≤ ${limitMb} MB`,
        met: many.now <= limitMb,
        raw: many,
      }),
      note(
        `resident memory after the first sync of ${counted(synced.people)} accounts × ${synced.libraries} libraries`,
        `${synced.now} MB (peak ${synced.peak} MB; the sync took ${seconds(synced.tookMs)})`,
        synced,
      ),
    ];
  },
};
