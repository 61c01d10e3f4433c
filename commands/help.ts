import { type Actor, type Command, defineCommand, text } from '../src/adapters/discord/kit/command.ts';
import { card, code, join, type Md, md, problem } from '../src/adapters/discord/views/view.ts';
import { nameMatcher } from '../src/domain/pick.ts';

/** What help needs to know of a command. */
type Known = Pick<Command<never>, 'description' | 'capability' | 'alsoInDm' | 'options'>;

/** Makes `/help`. `commands` is a function because `/help` is itself in the list, which is complete only later. */
export function helpOn(commands: () => Readonly<Record<string, Known>>) {
  const runnable = (actor: Actor, inDm: boolean) =>
    Object.entries(commands()).filter(
      ([, { capability, alsoInDm }]) =>
        (capability === 'member' || actor.capabilities.has(capability)) && (!inDm || alsoInDm === true),
    );

  return defineCommand({
    description: 'What you can do here',
    capability: 'member',
    alsoInDm: true,
    options: { topic: text('A command', { autocomplete: true }) },
    async run({ options, actor, inDm }) {
      const mine = runnable(actor, inDm);
      if (options.topic === undefined)
        return card(
          'neutral',
          md`**Usher** lets you into the media libraries of this community, and keeps its word about until when.`,
          join(mine.map(line), '\n'),
          md`-# ${code('/help topic:')} says more about one command.`,
        );
      const wanted = options.topic.replace(/^\//, '').trim().toLowerCase();
      const isMeant = nameMatcher(wanted);
      const found = mine.find(([path]) => path === wanted) ?? mine.find(([path]) => isMeant(path));
      return found
        ? card('neutral', line(found), ...optionLines(found[1]))
        : problem(
            md`There is nothing called “${options.topic}” that you can run`,
            undefined,
            md`Run ${code('/help')} for all you can.`,
          );
    },
    complete: {
      topic: async ({ typed, actor }) =>
        runnable(actor, false)
          .map(([path]) => path)
          .filter(nameMatcher(typed.replace(/^\//, '')))
          .slice(0, 25)
          .map((path) => ({ name: `/${path}`, value: path })),
    },
  });
}

function line([path, { description }]: readonly [string, Known]): Md {
  return md`${code(`/${path}`)} ${description}`;
}

function optionLines({ options }: Known): readonly Md[] {
  return Object.entries(options ?? {}).map(
    ([name, option]) => md`${code(name)} ${option.required ? '(needed) ' : ''}${option.description}`,
  );
}
