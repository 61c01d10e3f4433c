/** What people can run: by task, and one command at a time. */
import { describedIn } from '../../../words/descriptions.ts';
import type { Language } from '../../../words/languages.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  problem,
  say,
  type Text,
  type View,
} from './view.ts';

/** What help needs to know of a command. */
export interface Known {
  readonly path: string;
  readonly description: Text;
  readonly options: readonly {
    readonly name: string;
    readonly description: Text;
    readonly required: boolean;
  }[];
}

/** A command as its declaration describes it, in the reader's language. */
export function knownIn(language: Language, path: string, { description, options = {} }: Declared): Known {
  return {
    path,
    description: describedIn(language, path, description),
    options: Object.entries(options).map(([name, option]) => ({
      name,
      required: option.required,
      description: describedIn(language, `${path} ${name}`, option.description),
    })),
  };
}

interface Declared {
  readonly description: string;
  readonly options?: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
}

/** What people come to do, in the order of the list, with the commands for it. The first ones are named at once. */
export const TASKS = {
  watch: ['my access', 'redeem', 'my request', 'my renew'],
  own: ['my accounts', 'my data', 'help'],
  letIn: [
    ...['invite create', 'grant add', 'plan create', 'invite list', 'invite revoke'],
    ...['plan list', 'plan show', 'plan edit', 'plan delete', 'member link', 'member import', 'import'],
  ],
  whoHas: [
    ...[
      'member show',
      'grant list',
      'library list',
      'member why',
      'member list',
      'library show',
      'grant show',
    ],
    ...['library compare', 'server members', 'audit list', 'audit export'],
  ],
  change: [
    ...['grant extend', 'grant revoke', 'member libraries', 'grant pause', 'grant resume', 'grant set'],
    ...['grant bulk', 'member note', 'member unlink', 'member forget'],
  ],
  broken: [
    ...[
      'jobs list',
      'server check',
      'library sync',
      'jobs run',
      'server list',
      'server show',
      'server drill',
    ],
    ...['audit verify', 'logs view', 'logs export', 'admin info', 'admin restart', 'admin backup'],
  ],
  setUp: [
    ...['setup', 'server add', 'settings show', 'settings role', 'settings channel', 'settings timezone'],
    ...[
      'settings schedule',
      'settings accounts',
      'settings notices',
      'settings language',
      'settings reminders',
    ],
    ...['settings leave', 'settings requests', 'settings digest', 'settings retention', 'settings role-plan'],
    ...['server edit', 'server policy', 'server remove', 'panel post', 'panel remove', 'webhook add'],
    ...['webhook list', 'webhook test', 'webhook remove', 'api token create', 'api token list'],
    'api token revoke',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Task = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as readonly Task[];

/** What somebody may run, of a task. */
export const commandsOf = (task: Task, mine: readonly Known[]): readonly Known[] =>
  TASKS[task].flatMap((path: string) => mine.find((known) => known.path === path) ?? []);

/** As many commands of a task are named in the list. */
const NAMED = 3;
/** Of so many commands the list says what they do; of more, the select does. */
const TOLD = 8;
/** Options of a select. */
const MOST = 25;

/** `isAdmin`: they can open commands to others. */
export function helpView(mine: readonly Known[], isAdmin: boolean): View {
  const tasks = TASK_NAMES.flatMap((task) => {
    const known = commandsOf(task, mine);
    return known.length > 0 ? [{ task, known }] : [];
  });
  return card(
    'neutral',
    say('help.about'),
    ...tasks.map(({ task, known }) => {
      const more = known.length - NAMED;
      const names = namesOf(known.slice(0, NAMED));
      const line = more > 0 ? md`${names} · ${say('help.more', { count: more })}` : names;
      return md`**${say(`help.task.${task}`)}**\n${line}`;
    }),
    {
      kind: 'select',
      command: 'help',
      op: 'task',
      placeholder: say('help.choose'),
      options: tasks.map(({ task, known }) => ({
        label: say(`help.task.${task}`),
        value: task,
        description: say('help.count', { count: known.length }),
      })),
    },
    isAdmin ? md`-# ${say('setup.integrations')}` : undefined,
  );
}

export function taskView(task: Task, mine: readonly Known[]): View {
  const known = commandsOf(task, mine);
  return card(
    'neutral',
    md`**${say(`help.task.${task}`)}**`,
    known.length <= TOLD ? join(known.map(line), '\n') : namesOf(known),
    explainSelect(known),
    allTasks,
  );
}

/** `beside`: commands of the same task. */
export function commandView(known: Known, beside: readonly Known[]): View {
  return card(
    'neutral',
    line(known),
    join(known.options.map(optionLine), '\n'),
    explainSelect(beside),
    allTasks,
  );
}

export const noTopicView = (topic: string): View =>
  problem(say('help.none', { topic }), say('help.noneNext', { help: code('/help') }));

const allTasks: Block = buttons({ label: say('help.all'), command: 'help', op: 'all' });

function explainSelect(known: readonly Known[]): Block | undefined {
  if (known.length === 0) return undefined;
  const options = known
    .slice(0, MOST)
    .map(({ path, description }) => ({ label: `/${path}`, value: path, description }));
  return { kind: 'select', command: 'help', op: 'explain', placeholder: say('help.explain'), options };
}

const namesOf = (known: readonly Known[]): Md =>
  join(
    known.map(({ path }) => code(`/${path}`)),
    ' · ',
  );

const line = ({ path, description }: Known): Md => md`${code(`/${path}`)} ${description}`;

function optionLine({ name, description, required }: Known['options'][number]): Md {
  const values = { option: code(name), does: md`${description}` };
  return md`${required ? say('help.needed', values) : say('help.option', values)}`;
}
