import {
  type Actor,
  type Command,
  defineCommand,
  type Needed,
  text,
} from '../src/adapters/discord/kit/command.ts';
import {
  commandsOf,
  commandView,
  helpView,
  type Known,
  noTopicView,
  TASK_NAMES,
  taskView,
} from '../src/adapters/discord/views/help.ts';
import type { View } from '../src/adapters/discord/views/view.ts';
import type { Capability } from '../src/domain/model.ts';
import { nameMatcher } from '../src/domain/pick.ts';
import { oneOf } from '../src/domain/shape.ts';

type Declared = Pick<Command<never>, 'description' | 'capability' | 'alsoInDm' | 'options'>;
interface Reader {
  readonly actor: Actor;
  readonly inDm: boolean;
}

/** Who runs Usher is known to Discord only: admins are shown what is for them, and it says so. */
const capabilityIn = (needed: Exclude<Needed, 'member'>): Capability =>
  needed === 'application owner' ? 'admin' : needed;

const isTask = oneOf(...TASK_NAMES);

/** Makes `/help`. `commands` is a function because `/help` is itself in the list, which is complete only later. */
export function helpOn(commands: () => Readonly<Record<string, Declared>>) {
  const runnable = ({ actor, inDm }: Reader): readonly Known[] =>
    Object.entries(commands())
      .filter(
        ([, { capability, alsoInDm }]) =>
          (capability === 'member' || actor.capabilities.has(capabilityIn(capability))) &&
          (!inDm || alsoInDm === true),
      )
      .map(([path, { description, options = {} }]) => ({
        path,
        description,
        options: Object.entries(options).map(([name, option]) => ({ name, ...option })),
      }));

  const all = (reader: Reader): View => helpView(runnable(reader), reader.actor.capabilities.has('admin'));

  /** All about what is called so. */
  function explain(reader: Reader, topic: string): View {
    const mine = runnable(reader);
    const wanted = topic.replace(/^\//, '').trim().toLowerCase();
    const isMeant = nameMatcher(wanted);
    const found = mine.find(({ path }) => path === wanted) ?? mine.find(({ path }) => isMeant(path));
    if (!found) return noTopicView(topic);
    const task = TASK_NAMES.find((one) => commandsOf(one, mine).includes(found));
    return commandView(found, task ? commandsOf(task, mine) : []);
  }

  return defineCommand({
    description: 'What you can do here',
    capability: 'member',
    alsoInDm: true,
    options: { topic: text('A command', { autocomplete: true }) },
    run: async ({ options, ...reader }) =>
      options.topic === undefined ? all(reader) : explain(reader, options.topic),
    complete: {
      topic: async ({ typed, actor }) =>
        runnable({ actor, inDm: false })
          .map(({ path }) => path)
          .filter(nameMatcher(typed.replace(/^\//, '')))
          .slice(0, 25)
          .map((path) => ({ name: `/${path}`, value: path })),
    },
    components: {
      all: { run: async (reader) => all(reader) },
      task: {
        run: async ({ values: [task], ...reader }) =>
          isTask(task) ? taskView(task, runnable(reader)) : all(reader),
      },
      explain: { run: async ({ values: [path = ''], ...reader }) => explain(reader, path) },
    },
  });
}
