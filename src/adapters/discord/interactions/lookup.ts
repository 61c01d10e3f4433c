/** Finds what an interaction wants to run. Without I/O, because nothing has been acknowledged yet. */

import type { GuildId } from '../../../domain/ids.ts';
import { NO_GUILD } from '../../../domain/ids.ts';
import type { Chosen, Command, Component, Input, Modal, Needed, View } from '../kit/command.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import { replies } from './dispatcher-replies.ts';
import type {
  CommandInteraction,
  ComponentInteraction,
  ModalInteraction,
  OptionValue,
} from './interaction.ts';
import { type NamedThing, readOptions } from './options.ts';

type Commands<App> = Readonly<Record<string, Command<App>>>;

/** Something to run, whether a command, a button, a select or a modal asked for it. */
export interface Task<App> {
  readonly path: string;
  readonly guildId: GuildId;
  readonly capability: Needed;
  readonly answers: 'update' | 'message' | 'modal';
  /** What was named in the options, and has to be of the guild. */
  readonly named: readonly NamedThing[];
  run(input: Input, app: App): Promise<View | Modal>;
}

export type Found<App> =
  | { readonly kind: 'task'; readonly task: Task<App> }
  | { readonly kind: 'refused'; readonly view: View };

const refused = (view: View) => ({ kind: 'refused', view }) as const;

/** Finds what a typed command or a user menu asks for. */
export function findTyped<App>(interaction: CommandInteraction, commands: Commands<App>): Found<App> {
  const found = findCommand(interaction, commands);
  const read = found && readOptions(found.command.options ?? {}, found.given);
  // Global commands reach people late, so they may be using an earlier version of it (discord.md 1.2).
  if (!found || !read) return refused(replies.gone());
  const { path, command } = found;
  const { values: options, named } = read;
  // What is of a guild can be named in it only.
  if (interaction.guildId === null && (!command.alsoInDm || named.length > 0))
    return refused(replies.guildOnly());
  const task: Task<App> = {
    path,
    guildId: interaction.guildId ?? NO_GUILD,
    capability: (interaction.menuTarget && command.userMenu?.capability) ?? command.capability,
    answers: command.opensModal ? 'modal' : 'message',
    named,
    run: (input, app) => command.run({ ...input, options }, app),
  };
  return { kind: 'task', task };
}

interface FoundCommand<App> {
  readonly path: string;
  readonly command: Command<App>;
  readonly given: ReadonlyMap<string, OptionValue>;
}

function findCommand<App>(
  { path, options, menuTarget }: CommandInteraction,
  commands: Commands<App>,
): FoundCommand<App> | undefined {
  if (!menuTarget) {
    const command = Object.hasOwn(commands, path) ? commands[path] : undefined;
    return command && { path, command, given: options };
  }
  const entry = Object.entries(commands).find(([, { userMenu }]) => userMenu?.name === path);
  const option = entry?.[1].userMenu?.option;
  if (!entry || option === undefined) return undefined;
  return {
    path: entry[0],
    command: entry[1],
    given: new Map([[option, { kind: 'user', value: menuTarget }]]),
  };
}

/** Finds what a button, select or modal asks for. Its signature is checked here (rule 13). */
export function findComponent<App>(
  interaction: ComponentInteraction | ModalInteraction,
  { commands, ids, now }: { readonly commands: Commands<App>; readonly ids: CustomIds; readonly now: Date },
): Found<App> {
  const { customId, applicationId, guildId, caller } = interaction;
  const verified = ids.verify({ customId, applicationId, guildId, userId: caller.id, now });
  if (verified.kind === 'not-yours') return refused(replies.notYours());
  if (verified.kind === 'too-old') return refused(replies.tooOld());

  const command = Object.hasOwn(commands, verified.command) ? commands[verified.command] : undefined;
  const components = command?.components ?? {};
  const component = Object.hasOwn(components, verified.op) ? components[verified.op] : undefined;
  if (!command || !component) return refused(replies.gone());
  const { args } = verified;
  const values = interaction.kind === 'component' ? interaction.values : [];
  const fields = interaction.kind === 'modal' ? interaction.fields : {};
  const { chosen } = interaction;
  const named = namedIn(chosen);
  if (guildId === null && named.length > 0) return refused(replies.guildOnly());
  const task: Task<App> = {
    path: verified.command,
    guildId: verified.guildId,
    capability: component.capability ?? command.capability,
    answers: answersOf(component, interaction),
    named,
    run: (input, app) => component.run({ ...input, args, values, fields, chosen }, app),
  };
  return { kind: 'task', task };
}

const namedIn = ({ users, roles, channels }: Chosen): readonly NamedThing[] => [
  ...Object.keys(users).map((id) => ({ what: 'user', id }) as const),
  ...Object.keys(roles).map((id) => ({ what: 'role', id }) as const),
  ...Object.keys(channels).map((id) => ({ what: 'channel', id }) as const),
];

function answersOf<App>(
  component: Component<App>,
  interaction: ComponentInteraction | ModalInteraction,
): Task<App>['answers'] {
  const declared = component.answers ?? 'update';
  if (interaction.kind === 'component') return declared;
  // A modal cannot be answered with a modal, and a modal that a command opened has no message to update.
  return declared === 'update' && interaction.fromMessage ? 'update' : 'message';
}
