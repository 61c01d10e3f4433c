/** What Discord's command bar offers while a line is typed: commands, options, and values of an option. */
import type { Called } from '../standins/discord/command-line.ts';
import { findCommand, readTyped, splitOptions } from '../standins/discord/command-line.ts';
import type { Command, CommandOption } from '../standins/discord/commands.ts';
import { OptionType } from '../standins/discord/constants.ts';
import type { OptionValue, Person } from '../standins/discord/index.ts';

export interface Suggestion {
  readonly label: string;
  readonly note: string;
  /** The whole line, when this is chosen. */
  readonly line: string;
}

/** As many as Discord shows of anything. */
const SHOWN = 25;

export async function suggest(person: Person, line: string): Promise<readonly Suggestion[]> {
  if (!line.startsWith('/')) return [];
  const titles = person.commands.flatMap((command) => titlesOf(command));
  const title = titles.find(({ path }) => line === `${path} ` || line.startsWith(`${path} `))?.path;
  if (title === undefined) return commandsLike(titles, line);
  const called = findCommand(person.commands, line);
  const last = lastOption(called, line);
  if (last && !last.isFinished) return await valuesOf(person, called, last);
  return optionsOf(called, line);
}

interface Title {
  readonly path: string;
  readonly description: string;
}

function titlesOf({ name, raw, options, type }: Command): readonly Title[] {
  if (type !== 1) return [];
  const inside = (path: string, list: readonly CommandOption[]): readonly Title[] =>
    list.flatMap((option) => {
      const below = `${path} ${option.name}`;
      if (option.type === OptionType.Group) return inside(below, option.options);
      return option.type === OptionType.Subcommand ? [{ path: below, description: option.description }] : [];
    });
  const below = inside(`/${name}`, options);
  return below.length > 0 ? below : [{ path: `/${name}`, description: String(raw.description ?? '') }];
}

function commandsLike(titles: readonly Title[], line: string): readonly Suggestion[] {
  const typed = line.toLowerCase().slice(1).trim();
  return titles
    .filter(({ path }) => path.includes(typed))
    .toSorted((one, other) => rank(one, typed) - rank(other, typed) || one.path.localeCompare(other.path))
    .slice(0, SHOWN)
    .map(({ path, description }) => ({ label: path, note: description, line: `${path} ` }));
}

const rank = ({ path }: Title, typed: string): number => (path.startsWith(`/${typed}`) ? 0 : 1);

interface LastOption {
  readonly option: CommandOption;
  /** The line up to its value. */
  readonly before: string;
  readonly text: string;
  readonly isFinished: boolean;
}

function lastOption({ options }: Called, line: string): LastOption | undefined {
  const found = options
    .map((option) => ({ option, at: line.lastIndexOf(` ${option.name}:`) }))
    .filter(({ at }) => at >= 0)
    .toSorted((one, other) => other.at - one.at)[0];
  if (!found) return undefined;
  const begins = found.at + found.option.name.length + 2;
  const text = line.slice(begins);
  const isQuoted = text.startsWith('"');
  const isFinished = isQuoted ? /^"[^"]*"/.test(text) : / $/.test(text) && text.trim() !== '';
  return { option: found.option, before: line.slice(0, begins), text: text.replaceAll('"', ''), isFinished };
}

function optionsOf(called: Called, line: string): readonly Suggestion[] {
  const trimmed = line.trimEnd();
  return called.options
    .filter(({ name }) => !line.includes(` ${name}:`))
    .map(({ name, description, required }) => ({
      label: `${name}${required ? ' *' : ''}`,
      note: description,
      line: `${trimmed} ${name}:`,
    }));
}

async function valuesOf(
  person: Person,
  called: Called,
  { option, before, text }: LastOption,
): Promise<readonly Suggestion[]> {
  const choices = await labelsOf(person, called, option, text);
  const typed = text.toLowerCase();
  return choices
    .filter((label) => option.autocomplete || label.toLowerCase().includes(typed))
    .slice(0, SHOWN)
    .map((label) => ({ label, note: option.name, line: `${before}${quoted(label)} ` }));
}

const quoted = (label: string): string => (/[\s:]/.test(label) ? `"${label}"` : label);

async function labelsOf(
  person: Person,
  called: Called,
  option: CommandOption,
  text: string,
): Promise<readonly string[]> {
  const { guild, world } = person.channel;
  const users = guild ? [...guild.members.values()].map(({ user }) => user) : [...world.users.values()];
  switch (option.type) {
    case OptionType.User:
      return users.map(({ username }) => `@${username}`);
    case OptionType.Role:
      return [...(guild?.roles.values() ?? [])].map(({ name }) => `@${name.replace(/^@/, '')}`);
    case OptionType.Channel:
      return [...(guild?.channels.values() ?? [])].map(({ name }) => `#${name}`);
    case OptionType.Boolean:
      return ['true', 'false'];
    default:
      if (!option.autocomplete) return option.choices.map(({ name }) => name);
  }
  const path = called.title.slice(1);
  const choices = await person.autocomplete(path, valuesBefore(person, called), option.name, text);
  return choices.map(({ name }) => name);
}

/** What the bot is told of the other options while one is typed. */
function valuesBefore(
  person: Person,
  called: Called & { readonly rest?: string },
): Record<string, OptionValue> {
  const values: Record<string, OptionValue> = {};
  for (const [name, text] of Object.entries(splitOptions(called, called.rest ?? ''))) {
    const option = called.options.find((one) => one.name === name);
    try {
      if (option && text !== '') values[name] = readTyped(option, text, person.channel);
    } catch {
      // Half typed: Discord sends it later.
    }
  }
  return values;
}
