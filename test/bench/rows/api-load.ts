/** What programs cost the people beside them: reads by the API while commands are typed, and the memory of it. */
import { toGuildId } from '../../../src/domain/ids.ts';
import { askAt } from '../../adapters/api/served.ts';
import type { Exchange } from '../../standins/discord/index.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { counted, memoryOf, ms, round, spreadOf, spreadText } from '../measure.ts';
import { type Figure, figure, note, type Row, type Size } from '../row.ts';
import { memberIdOf } from '../seed.ts';
import { fill } from './api-lists.ts';

const READS_PER_SECOND = 200;
const COMMANDS_PER_SECOND = 15;
const ON = { API: 'on', HTTP_PORT: '0' };

/** What programs ask, in turn: mostly one thing, and every tenth time a page of a hundred. */
const READS = [
  ...['/v1/grants/7', `/v1/grants?userId=${memberIdOf(9)}`, '/v1/plans', `/v1/members/${memberIdOf(5)}`],
  ...['/v1/servers', '/v1/grants/11', '/v1/invites', `/v1/grants?userId=${memberIdOf(77)}`, '/v1/jobs'],
  '/v1/grants?limit=100&state=active',
];

const COMMANDS = ['grant list', 'server list', 'library list', 'help', 'my access'];

/** Begins `work` so many times a second, evenly, and as many as should have begun by now when a timer was late. */
async function paced<T>(perSecond: number, seconds: number, work: (index: number) => Promise<T>) {
  const began = performance.now();
  const under: Promise<T | undefined>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - began) / 1000) * perSecond));
      while (under.length < due) under.push(work(under.length).catch(() => undefined));
      if (due < perSecond * seconds) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
  const done = await Promise.all(under);
  const values = done.filter((one) => one !== undefined);
  return { values, lost: done.length - values.length };
}

async function measure(stage: BotStage, seconds: number) {
  const bot = await stage.launch(ON).ready();
  const url = `http://127.0.0.1:${(await bot.logged('health is served')).port}`;
  const made = await stage.asOlga.command('api token create', { name: 'bench', scope: 'read' });
  const token = /ush_\w{36}/.exec(made.text)?.[0] ?? '';
  const read = async (index: number): Promise<number> => {
    const began = performance.now();
    const { status } = await askAt(url, `GET ${READS[index % READS.length]}`, { token });
    if (status !== 200) throw new Error(`${READS[index % READS.length]} was answered with ${status}`);
    return performance.now() - began;
  };
  const type = (index: number): Promise<Exchange> =>
    stage.asOlga.command(COMMANDS[index % COMMANDS.length] ?? '', {}, { until: 'ack' });
  // Each is done once before measuring, because the first use loads modules.
  for (const index of READS.keys()) await read(index);
  for (const index of COMMANDS.keys()) await type(index);
  const [reads, commands] = await Promise.all([
    paced(READS_PER_SECOND, seconds, read),
    paced(COMMANDS_PER_SECOND, seconds, async (index) => (await type(index)).acknowledgedAfterMs),
  ]);
  const result = {
    reads: { ...spreadOf(reads.values.map(round)), lost: reads.lost },
    acknowledged: { ...spreadOf(commands.values), lost: commands.lost },
  };
  await bot.stop();
  return result;
}

/** Resident memory after a command was answered, with the API and without. */
async function memory(stage: BotStage, env: Readonly<Record<string, string>>): Promise<number> {
  const bot = await stage.launch(env).ready();
  await stage.asOlga.command('server list');
  const { now } = memoryOf(bot.pid);
  await bot.stop();
  return now;
}

export const apiLoad: Row = {
  name: 'api-lists-load',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const count = quick ? 10_000 : 100_000;
    return await onStage(async (stage) => {
      const guildId = toGuildId(stage.guild.id);
      await stage.withDatabase(async (open) => {
        await open.stores.transaction(guildId, (tx) =>
          tx.settings.update({ nextSyncAt: new Date(Date.now() + 30 * 86_400_000) }),
        );
        await fill(open, count, guildId);
      });
      const { reads, acknowledged } = await measure(stage, quick ? 5 : 20);
      const off = await memory(stage, { API: 'off', HTTP_PORT: '0' });
      const on = await memory(stage, ON);
      return [
        figure({
          what: `interaction to acknowledgement, ${COMMANDS_PER_SECOND}/s beside ${READS_PER_SECOND} reads/s by the API`,
          measured: `${spreadText(acknowledged)}, ${acknowledged.lost} lost`,
          toReach: `p99 ≤ ${ms(250)}`,
          met: acknowledged.p99 <= 250 && acknowledged.lost === 0,
          raw: acknowledged,
        }),
        figure({
          what: `the reads meanwhile, ${counted(count)} grants`,
          measured: `${spreadText(reads)}, ${reads.lost} lost`,
          toReach: 'none lost',
          met: reads.lost === 0,
          raw: reads,
        }),
        note('resident memory with the API switched off', `${off} MB`, off),
        note('resident memory with the API switched on', `${on} MB`, on),
      ];
    });
  },
};
