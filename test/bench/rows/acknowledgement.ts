/**
 * How fast interactions are acknowledged while every media server hangs. With the real process, on a stand-in of
 * Discord.
 */
import { onStage } from '../bot-stage.ts';
import { doings, everydayLoad, furnish } from '../load.ts';
import { counted, ms, spreadOf, spreadText } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';

const PER_SECOND = 50;

async function measure(forSeconds: number) {
  return await onStage(async (stage) => {
    await furnish(stage, { hanging: true });
    const bot = await stage.launch().ready();
    const acts = doings(stage);
    // Each is done once before measuring, because the first use loads modules.
    for (const act of acts) await act();
    const began = performance.now();
    const { total, times } = await everydayLoad(acts, {
      perSecond: PER_SECOND,
      isOver: () => performance.now() - began >= forSeconds * 1_000,
    });
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
