import { defineCommand, type Who } from '../../src/adapters/discord/kit/command.ts';
import {
  argsOf,
  askedIn,
  exportLogs,
  type LogUses,
  logOptions,
  readArgs,
} from '../../src/adapters/discord/kit/log-choice.ts';
import { CARD_LINES, logsView, lostLogs } from '../../src/adapters/discord/views/logs.ts';
import type { View } from '../../src/adapters/discord/views/view.ts';
import type { LogsFound } from '../../src/app/queries/logs.ts';

type Asked = ReturnType<typeof readArgs>;

const whoOf = ({ guildId, actor }: Who) => ({ guildId, actorId: actor.id });

async function show(who: Who, asked: Asked, { logs }: LogUses): Promise<View> {
  return logsView(await logs.find(whoOf(who), asked, CARD_LINES), argsOf(asked));
}

/** Each answer is replaced by the next one, until it is over. */
async function follow(who: Who, asked: Asked, { logs }: LogUses): Promise<View> {
  const steps = logs.follow(whoOf(who), asked, CARD_LINES);
  const next = async (before?: LogsFound): Promise<View> => {
    const { value } = await steps.next();
    if (typeof value !== 'string') return { ...logsView(value, argsOf(asked), 'yes'), later: next(value) };
    if (value === 'lost') return lostLogs();
    const last = before ?? (await logs.find(whoOf(who), asked, CARD_LINES));
    return logsView(last, argsOf(asked), value);
  };
  return await next();
}

export default defineCommand({
  description: 'What the program noted about this community, the newest last',
  capability: 'auditor',
  options: logOptions,
  async run({ options, ...who }, app: LogUses) {
    const read = await askedIn(who, options, app);
    return read.kind === 'problem' ? read.view : await show(who, read.asked, app);
  },
  components: {
    refresh: { run: ({ args, ...who }, app: LogUses) => show(who, readArgs(args), app) },
    follow: { run: ({ args, ...who }, app: LogUses) => follow(who, readArgs(args), app) },
    stop: {
      async run({ args, ...who }, app: LogUses) {
        app.logs.stop(whoOf(who));
        return await show(who, readArgs(args), app);
      },
    },
    file: {
      answers: 'message',
      run: ({ args, ...who }, app: LogUses) => exportLogs(who, readArgs(args), app),
    },
  },
});
