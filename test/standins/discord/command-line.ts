import type { Choice, Command, CommandOption } from './commands.ts';
import { OptionType } from './constants.ts';
import { Channel, Role } from './guild.ts';
import type { Json } from './json.ts';
import { type Referable, resolvedWire } from './payloads.ts';
import { User } from './world.ts';

/** What people type and choose in the command bar, with the refusals that Discord's own client makes. */

/** A file to upload. */
export interface NewFile {
  readonly filename: string;
  readonly contentType?: string;
  readonly content: string | Buffer;
}

/** An option's value that is chosen from the suggestions by its name. What is sent is the value of the suggestion. */
export class Pick {
  readonly suggestion = true;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export const pick = (name: string): Pick => new Pick(name);

export type OptionValue = string | number | boolean | User | Role | Channel | NewFile | Pick;

/** A command, and the path to the subcommand that is called. */
export interface Called {
  readonly command: Command;
  /** The groups and the subcommand below the command, outermost first. */
  readonly path: readonly CommandOption[];
  readonly options: readonly CommandOption[];
  readonly title: string;
}

/** Finds a command such as `grant add` among all commands. The remaining text is returned as `rest`. */
export function findCommand(commands: readonly Command[], line: string): Called & { rest: string } {
  const text = line.trim().replace(/^\//, '');
  const [word = '', ...words] = text.split(/\s+/);
  const command = commands.find((one) => one.type === 1 && one.name === word);
  if (!command) {
    const known = commands.map((one) => `/${one.name}`).join(', ');
    throw new Error(`there is no command /${word} here; there are: ${known || 'none'}`);
  }
  const path: CommandOption[] = [];
  let options = command.options;
  let rest = text.slice(word.length).trimStart();
  while (options.some((option) => isNesting(option))) {
    const next = words[path.length] ?? '';
    const found = options.find((option) => option.name === next);
    if (!found) {
      const title = ['', word, ...path.map((one) => one.name)].join(' ').trim();
      throw new Error(`/${title} needs one of: ${options.map((one) => one.name).join(', ')}; got "${next}"`);
    }
    path.push(found);
    options = found.options;
    rest = rest.slice(next.length).trimStart();
  }
  const title = `/${[word, ...path.map((one) => one.name)].join(' ')}`;
  return { command, path, options, title, rest };
}

const isNesting = (option: CommandOption) =>
  option.type === OptionType.Subcommand || option.type === OptionType.Group;

/** Splits `member:@bob for:30d` at the names of the options and removes quotes around values. */
export function splitOptions(called: Called, rest: string): Record<string, string> {
  const names = called.options.map((option) => option.name).toSorted((a, b) => b.length - a.length);
  const parts: Record<string, string> = {};
  let left = rest.trim();
  while (left !== '') {
    const name = names.find((one) => left.startsWith(`${one}:`));
    if (name === undefined) {
      throw new Error(`${called.title} has no option at "${left}"; it has: ${names.join(', ') || 'none'}`);
    }
    left = left.slice(name.length + 1);
    const quoted = /^"([^"]*)"/.exec(left);
    const next = quoted
      ? quoted[0].length
      : Math.min(
          ...names
            .map((one) => left.search(new RegExp(`\\s${one}:`)))
            .map((at) => (at < 0 ? left.length : at)),
        );
    parts[name] = quoted?.[1] ?? left.slice(0, next).trim();
    left = left.slice(next).trimStart();
  }
  return parts;
}

/**
 * Turns the typed text of an option into its value: `@bob`, `#audit` and names of choices become what they stand
 * for.
 */
export function readTyped(option: CommandOption, text: string, channel: Channel): OptionValue {
  const { guild, world } = channel;
  const bare = text.replace(/^[@#]/, '').toLowerCase();
  const id = /^<(?:@!?|@&|#)(\d+)>$/.exec(text)?.[1];
  const isMeant = (user: User) =>
    user.id === id || user.username === bare || user.displayName.toLowerCase() === bare;
  const users = () =>
    guild?.members.values().find((member) => isMeant(member.user))?.user ??
    world.users.values().find(isMeant);
  const roles = () =>
    guild?.roles.values().find((role) => role.id === id || role.name.toLowerCase() === bare);
  const found = (thing: User | Role | Channel | undefined): OptionValue => {
    if (!thing) throw new Error(`nothing here is called ${text}`);
    return thing;
  };
  switch (option.type) {
    case OptionType.User:
      return found(users());
    case OptionType.Role:
      return found(roles());
    case OptionType.Mentionable:
      return found(users() ?? roles());
    case OptionType.Channel:
      return found(guild?.channels.values().find((one) => one.id === id || one.name === bare));
    case OptionType.Boolean:
      if (!/^(true|false)$/i.test(text)) throw new Error(`${option.name} is true or false, not ${text}`);
      return text.toLowerCase() === 'true';
    case OptionType.Integer:
    case OptionType.Number:
      return option.choices.find((choice) => choice.name === text)?.value ?? Number(text);
    default:
      return option.choices.find((choice) => choice.name === text)?.value ?? text;
  }
}

/** Builds the `data` of a command interaction, or throws what Discord's client would object to. */
export function commandData(
  called: Called,
  values: Readonly<Record<string, Exclude<OptionValue, Pick>>>,
  channel: Channel,
  user: User,
): Json {
  for (const name of Object.keys(values)) {
    if (!called.options.some((option) => option.name === name)) {
      const known = called.options.map((option) => option.name).join(', ');
      throw new Error(`${called.title} has no option "${name}"; it has: ${known || 'none'}`);
    }
  }
  const things: Referable[] = [];
  const given = called.options.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined) {
      if (option.required) throw new Error(`${called.title}: the option "${option.name}" is required`);
      return [];
    }
    const encoded = encode(called, option, value, channel);
    if (encoded.thing) things.push(encoded.thing);
    return [{ name: option.name, type: option.type, value: encoded.value }];
  });
  return wrap(called, given, resolvedWire(channel.guild, user, things));
}

/** The same while an option is being typed: others may be missing or half typed, and nothing is checked. */
export function autocompleteData(
  called: Called,
  values: Readonly<Record<string, OptionValue>>,
  focused: string,
  text: string,
  channel: Channel,
): Json {
  const option = called.options.find((one) => one.name === focused);
  if (!option?.autocomplete) throw new Error(`${called.title} suggests nothing for "${focused}"`);
  const others = Object.entries(values).flatMap(([name, value]) => {
    const other = called.options.find((one) => one.name === name);
    if (!other || other === option) return [];
    const plain = value instanceof Pick ? value.name : encode(called, other, value, channel, false).value;
    return [{ name, type: other.type, value: plain }];
  });
  return wrap(called, [...others, { name: focused, type: option.type, value: text, focused: true }], {});
}

function wrap(called: Called, given: readonly Json[], resolved: Json): Json {
  const nested = called.path
    .toReversed()
    .reduce<readonly Json[]>(
      (inside, step) => [{ name: step.name, type: step.type, options: inside }],
      given,
    );
  const { command } = called;
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    options: nested,
    ...(command.guildId !== undefined && { guild_id: command.guildId }),
    ...(Object.keys(resolved).length > 0 && { resolved }),
  };
}

interface Encoded {
  readonly value: string | number | boolean;
  readonly thing?: Referable;
}

function encode(
  called: Called,
  option: CommandOption,
  value: Exclude<OptionValue, Pick>,
  channel: Channel,
  strict = true,
): Encoded {
  const wrong = (what: string): never => {
    throw new Error(`${called.title}: "${option.name}" ${what}`);
  };
  const { world } = channel;
  switch (option.type) {
    case OptionType.User:
      return value instanceof User ? { value: value.id, thing: value } : wrong('takes a user');
    case OptionType.Role:
      return value instanceof Role ? { value: value.id, thing: value } : wrong('takes a role');
    case OptionType.Mentionable:
      return value instanceof User || value instanceof Role
        ? { value: value.id, thing: value }
        : wrong('takes a user or a role');
    case OptionType.Channel:
      if (!(value instanceof Channel)) return wrong('takes a channel');
      if (option.channelTypes.length > 0 && !option.channelTypes.includes(value.type))
        wrong(`does not take #${value.name}`);
      return { value: value.id, thing: value };
    case OptionType.Attachment: {
      if (!isNewFile(value)) return wrong('takes a file');
      const thing = world.addAttachment(channel.id, upload(value));
      return { value: thing.id, thing };
    }
    case OptionType.Boolean:
      return typeof value === 'boolean' ? { value } : wrong('takes true or false');
    case OptionType.Integer:
    case OptionType.Number:
      if (typeof value !== 'number' || Number.isNaN(value)) return wrong('takes a number');
      if (option.type === OptionType.Integer && !Number.isSafeInteger(value)) wrong('takes a whole number');
      if (strict && (value < option.minValue || value > option.maxValue)) {
        wrong(`takes ${option.minValue} to ${option.maxValue}, not ${value}`);
      }
      checkChoice(option, value, wrong);
      return { value };
    default:
      if (typeof value !== 'string') return wrong('takes a text');
      if (strict && (value.length < option.minLength || value.length > option.maxLength)) {
        wrong(`takes ${option.minLength} to ${option.maxLength} characters, not ${value.length}`);
      }
      if (strict && value === '') wrong('must not be empty');
      checkChoice(option, value, wrong);
      return { value };
  }
}

function checkChoice(option: CommandOption, value: Choice['value'], wrong: (what: string) => never): void {
  if (option.choices.length === 0 || option.choices.some((choice) => choice.value === value)) return;
  wrong(`is one of ${option.choices.map((choice) => choice.name).join(', ')}; not ${value}`);
}

export const isNewFile = (value: unknown): value is NewFile =>
  typeof value === 'object' && value !== null && 'filename' in value && 'content' in value;

export const upload = (file: NewFile) => ({
  filename: file.filename,
  contentType: file.contentType ?? 'text/plain; charset=utf-8',
  bytes: Buffer.from(file.content),
});
