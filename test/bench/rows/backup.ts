/** A backup of a large database while people use the bot, and how long it takes to put it back. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { toGuildId } from '../../../src/domain/ids.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { doings, everydayLoad, furnish } from '../load.ts';
import { counted, ms, round, seconds, spreadOf, spreadText, timed } from '../measure.ts';
import { type Figure, figure, note, type Row, type Size } from '../row.ts';
import { seedRecord } from '../seed-record.ts';

const run = promisify(execFile);
const RESTORE = fileURLToPath(new URL('../../../src/restore.ts', import.meta.url));
const PER_SECOND = 50;
const MAX_MS = 600_000;
/** Nearly all of a large database is its record. */
const EVENTS = { quick: 100_000, full: 1_400_000 };

const logged = z.object({ path: z.string(), bytes: z.number() });

async function measure(events: number) {
  return await onStage(async (stage) => {
    await furnish(stage, { hanging: false });
    await stage.withDatabase((open) => seedRecord(open, toGuildId(stage.guild.id), events));
    const { size } = await stat(join(stage.folder, 'usher.db'));
    stage.discord.world.owner = stage.olga;
    const bot = await stage.launch({ BACKUP_KEEP: '0' }).ready();
    const acts = doings(stage);
    for (const act of acts) await act();

    let isMade = false;
    const began = performance.now();
    const making = bot.logged('a backup was made', 0, MAX_MS).finally(() => {
      isMade = true;
    });
    await stage.asOlga.command('admin backup', {}, { until: 'ack' });
    const { total, times } = await everydayLoad(acts, { perSecond: PER_SECOND, isOver: () => isMade });
    const backupMs = round(performance.now() - began);
    const { path, bytes } = logged.parse(await making);
    await bot.stop();
    const restoreMs = round(await timed(() => restored(stage, path)));
    const answered = times.filter((time) => time !== undefined);
    const inBot = bot.logs.flatMap(({ ackMs }) => (typeof ackMs === 'number' ? [ackMs] : []));
    return {
      ...spreadOf(answered),
      inBot: spreadOf(inBot),
      total,
      lost: times.length - answered.length,
      size,
      bytes,
      backupMs,
      restoreMs,
    };
  });
}

/** @throws {Error} when it ends with another code than 0. */
async function restored(stage: BotStage, file: string): Promise<void> {
  const bot = stage.environment();
  await run(process.execPath, [RESTORE, file], {
    cwd: stage.folder,
    env: { PATH: process.env.PATH, ...bot },
  });
}

export const backup: Row = {
  name: 'backup',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const { size, bytes, backupMs, restoreMs, ...load } = await measure(quick ? EVENTS.quick : EVENTS.full);
    const of = `a database of ${counted(Math.round(size / 1e6))} MB`;
    return [
      figure({
        what: `interaction to acknowledgement during a backup of ${of}, ${counted(load.total)} at ${PER_SECOND}/s`,
        measured: `${spreadText(load)}, ${load.lost} lost`,
        toReach: `p99 ≤ ${ms(250)}`,
        met: load.p99 <= 250 && load.lost === 0,
        raw: load,
      }),
      note(
        `the backup itself, packed to ${counted(Math.round(bytes / 1e6))} MB`,
        seconds(backupMs),
        backupMs,
      ),
      figure({
        what: `putting a backup of ${of} back`,
        measured: seconds(restoreMs),
        toReach: '≤ 60 s',
        met: restoreMs <= 60_000,
        raw: restoreMs,
      }),
    ];
  },
};
