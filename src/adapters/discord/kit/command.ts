/**
 * How commands are declared. One declaration gives the registration, the types of the options, and where the
 * dispatcher finds what to run. The path of the file is the command: commands/grant/add.ts is `/grant add`.
 */
import type { ChannelRight } from '../../../domain/channel-rights.ts';
import type { ActorId, GuildId, MemberId } from '../../../domain/ids.ts';
import type { Capability } from '../../../domain/model.ts';
import type { Language } from '../../../words/catalogue.ts';
import type { Modal, Text, View } from '../views/view.ts';

export type { Modal, View } from '../views/view.ts';

export interface UserOption {
  readonly id: MemberId;
  readonly name: string;
  readonly bot: boolean;
  /** False for somebody who is not in the guild. */
  readonly inGuild: boolean;
}

export interface ChannelOption {
  readonly id: string;
  readonly name: string;
  /** What Usher lacks there to post cards. */
  readonly botLacks: readonly ChannelRight[];
}

export interface RoleOption {
  readonly id: string;
  readonly name: string;
  /** Whether its holders are offered the commands for staff, unless an admin arranged it otherwise (discord.md 1.2). */
  readonly seesStaffCommands: boolean;
}

/** A file that somebody attached. Nothing of it is known but what Discord says. */
export interface AttachmentOption {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** A key to the file: not for logs and messages. */
  readonly url: string;
}

/** What was chosen in selects of people, roles and channels, by id. */
export interface Chosen {
  readonly users: Readonly<Record<string, UserOption>>;
  readonly roles: Readonly<Record<string, RoleOption>>;
  readonly channels: Readonly<Record<string, ChannelOption>>;
}

interface OptionTypes {
  text: string;
  integer: number;
  user: UserOption;
  channel: ChannelOption;
  role: RoleOption;
  attachment: AttachmentOption;
}

export interface Option<
  Kind extends keyof OptionTypes = keyof OptionTypes,
  Required extends boolean = boolean,
  Choice extends string = string,
> {
  readonly kind: Kind;
  readonly description: string;
  readonly required: Required;
  readonly choices?: readonly Choice[];
  /** What people read in place of the values. */
  readonly named?: Readonly<Record<Choice, string>>;
  /** Name of the completer in the command's `complete`. */
  readonly autocomplete?: true;
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  /** Of a user: it may be somebody who is not in the guild (`inGuild`), and the command knows what that means. */
  readonly mayHaveLeft?: true;
}

type ValueOf<O> =
  O extends Option<infer Kind, boolean, infer Choice>
    ? Kind extends 'text'
      ? Choice
      : OptionTypes[Kind]
    : never;

export type Options = Readonly<Record<string, Option>>;

/** The values of declared options: required ones are there, others may be missing. */
export type OptionValues<O extends Options> = {
  readonly [Name in keyof O as O[Name] extends Option<keyof OptionTypes, true> ? Name : never]: ValueOf<
    O[Name]
  >;
} & {
  readonly [Name in keyof O as O[Name] extends Option<keyof OptionTypes, true> ? never : Name]?: ValueOf<
    O[Name]
  >;
};

type Details = Partial<Pick<Option, 'autocomplete' | 'min' | 'max' | 'maxLength' | 'mayHaveLeft'>>;

function option<Kind extends keyof OptionTypes>(kind: Kind) {
  function declare<const D extends Details & { required: true }>(
    description: string,
    details: D,
  ): Option<Kind, true>;
  function declare(description: string, details?: Details): Option<Kind, false>;
  function declare(description: string, details: Details & { required?: boolean } = {}): Option<Kind> {
    return { kind, description, required: false, ...details };
  }
  return declare;
}

export const text = option('text');
export const integer = option('integer');
export const user = option('user');
export const channel = option('channel');
export const role = option('role');
export const attachment = option('attachment');

/** A text option with fixed choices. */
export function choice<const Choice extends string>(
  description: string,
  choices: readonly Choice[],
  details?: { readonly named: Readonly<Record<Choice, string>> },
): Option<'text', false, Choice>;
export function choice<const Choice extends string>(
  description: string,
  choices: readonly Choice[],
  details: { readonly required: true; readonly named?: Readonly<Record<Choice, string>> },
): Option<'text', true, Choice>;
export function choice<const Choice extends string>(
  description: string,
  choices: readonly Choice[],
  details: { readonly required?: boolean; readonly named?: Readonly<Record<Choice, string>> } = {},
): Option<'text', boolean, Choice> {
  return { kind: 'text', description, choices, required: false, ...details };
}

export interface Actor {
  /** Discord user id. */
  readonly id: ActorId;
  readonly name: string;
  /** Looked up for this interaction, from the raw role ids and computed permissions it carried. */
  readonly capabilities: ReadonlySet<Capability>;
}

export interface Input {
  /** The guild it concerns. In a DM: the guild a button belongs to; empty for commands, which find it themselves. */
  readonly guildId: GuildId;
  readonly inDm: boolean;
  /** The channel or DM it happened in. */
  readonly channelId: string;
  readonly actor: Actor;
  /** In which the person is answered: that of their Discord, where Usher speaks it. */
  readonly language: Language;
  /** How large a file of an answer may be. */
  readonly fileBytes: number;
  /** Replaces the answer while the work goes on; at most once a second reaches Discord. */
  progress(view: View): Promise<void>;
  /** A private message below the answer. Before it the answer must have been shown: Discord takes the first for it. */
  also(view: View): Promise<void>;
}

/** Who asks, and where. */
export type Who = Pick<Input, 'guildId' | 'actor'>;

interface RunInput<O extends Options> extends Input {
  readonly options: OptionValues<O>;
}

export interface ComponentInput extends Input {
  readonly args: readonly string[];
  /** Chosen values of a select. */
  readonly values: readonly string[];
  /** Fields of a modal, by custom id. */
  readonly fields: Readonly<Record<string, string>>;
  readonly chosen: Chosen;
}

export interface CompleteInput {
  readonly guildId: GuildId;
  readonly actor: Actor;
  /** What has been typed into the option so far. */
  readonly typed: string;
  /** What stands in the other options, as it was typed or chosen. */
  readonly others: Readonly<Record<string, string>>;
}

export interface Choice {
  /** 1 to 100 characters; cut when longer. */
  readonly name: Text;
  readonly value: string;
}

/** `application owner`: whoever runs Usher, in whatever guild: for what concerns all of them. */
export type Needed = Capability | 'member' | 'application owner';

/** What a button, select or modal of a command does. */
export interface Component<App> {
  /** Needed in place of the command's own capability. */
  readonly capability?: Needed;
  /**
   * How it is acknowledged before the work starts: `update` edits the message it sits on (default), `message` answers
   * privately beside it, `modal` opens a modal (nothing slow may come before).
   */
  readonly answers?: 'update' | 'message' | 'modal';
  run(input: ComponentInput, app: App): Promise<View | Modal>;
}

export interface Command<App, O extends Options = Options> {
  readonly description: string;
  /** What the actor must be able to do; `member` is everybody. */
  readonly capability: Needed;
  /** Default: guild only. */
  readonly alsoInDm?: true;
  /** It answers with a modal, so it is not acknowledged first. */
  readonly opensModal?: true;
  /** Also in the menu of a right click on a user: under this name, with the user as the value of this option. */
  readonly userMenu?: {
    readonly name: string;
    readonly option: string;
    /** Needed in place of the command's own capability. */
    readonly capability?: Capability;
  };
  readonly options?: O;
  run(input: RunInput<O>, app: App): Promise<View | Modal>;
  /** Completions by option name; from the database only (rule 12). */
  readonly complete?: Readonly<
    Record<string, (input: CompleteInput, app: App) => Promise<readonly Choice[]>>
  >;
  readonly components?: Readonly<Record<string, Component<App>>>;
}

/** Declares a command; the types of `options` are inferred. */
export function defineCommand<App, const O extends Options = Record<never, never>>(
  command: Command<App, O>,
): Command<App, O> {
  return command;
}

/** What changes something is for moderators, though auditors see what it is on. */
export const byModerators = <App>(
  components: Readonly<Record<string, Component<App>>>,
): Readonly<Record<string, Component<App>>> =>
  Object.fromEntries(
    Object.entries(components).map(([op, component]) => [op, { ...component, capability: 'moderator' }]),
  );
