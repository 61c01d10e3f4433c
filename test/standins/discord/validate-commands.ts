import { Checker } from './checker.ts';
import { OptionType } from './constants.ts';
import { Issues, type Path } from './errors.ts';
import { isObject, type Json, numberOf, objectsOf, stringOf } from './json.ts';

/**
 * How many CHAT_INPUT, USER, MESSAGE and PRIMARY_ENTRY_POINT commands are allowed. [docs:
 * interactions/application-commands]
 */
const COUNTS: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15, 4: 1 };
const CHAT_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Refuses a bulk overwrite that Discord would refuse. The OpenAPI document covers none of this except the types. */
export function checkCommands(commands: readonly Json[]): void {
  const issues = new Issues();
  const seen = new Set<string>();
  const counts = new Map<number, number>();
  for (const [index, command] of commands.entries()) {
    const check = new Checker(issues, [index], command);
    const type = check.int('type', { min: 1, max: 4 }) ?? 1;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    const name = check.text('name', { min: 1, max: 32, required: true });
    if (type === 1) {
      checkChatName(check, name);
      checkLocalizations(check, 'name_localizations', 32);
      check.text('description', { min: 1, max: 100, required: true });
      checkLocalizations(check, 'description_localizations', 100);
      checkOptions(check, 0);
    } else {
      if (command.description)
        check.add(
          'description',
          'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED',
          'Context menu commands cannot have description',
        );
      if (objectsOf(command.options).length > 0)
        check.add(
          'options',
          'APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED',
          'Context menu commands cannot have options',
        );
    }
    const key = `${type} ${name}`;
    if (seen.has(key))
      check.add('name', 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    seen.add(key);
    const size = weigh(command);
    if (size > 8000)
      check.add([], 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (8000): ${size}`);
  }
  for (const [type, count] of counts) {
    const max = COUNTS[type] ?? 0;
    if (count > max)
      issues.add([], 'APPLICATION_COMMAND_TOO_MANY', `At most ${max} commands of type ${type}, not ${count}`);
  }
  issues.throwIfAny();
}

function checkChatName(check: Checker, name: string | undefined, at: Path = ['name']): void {
  if (name === undefined || name === '') return;
  if (!CHAT_NAME.test(name) || name !== name.toLowerCase()) {
    check.add(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
}

function checkLocalizations(check: Checker, key: string, max: number): void {
  const value = check.node[key];
  if (!isObject(value)) return;
  for (const locale of Object.keys(value)) {
    const text = check.at([key], value).text(locale, { min: 1, max });
    if (key === 'name_localizations') checkChatName(check, text, [key, locale]);
  }
}

/** @param depth 0 in a command, 1 in a group, 2 in a subcommand. */
function checkOptions(check: Checker, depth: number): void {
  const names = new Set<string>();
  const localNames = new Set<string>();
  let optionalSeen = false;
  const options = check.objects('options', { max: 25 });
  const nested = options.filter(({ node }) => isNesting(node));
  if (nested.length > 0 && nested.length < options.length) {
    check.add(
      'options',
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  for (const { node, index } of options) {
    const option = check.at(['options', index], node);
    const type = option.int('type', { min: 1, max: 11, required: true }) ?? 0;
    const name = option.text('name', { min: 1, max: 32, required: true });
    checkChatName(option, name);
    checkLocalizations(option, 'name_localizations', 32);
    option.text('description', { min: 1, max: 100, required: true });
    checkLocalizations(option, 'description_localizations', 100);
    if (name !== undefined && names.has(name))
      option.add('name', 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option names must be unique');
    if (name !== undefined) names.add(name);
    for (const [locale, local] of Object.entries(
      isObject(node.name_localizations) ? node.name_localizations : {},
    )) {
      const key = `${locale} ${String(local)}`;
      if (localNames.has(key))
        option.add(
          ['name_localizations', locale],
          'APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
          'Localised option names must be unique',
        );
      localNames.add(key);
    }
    if (type === OptionType.Group && depth > 0)
      option.add('type', 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'A group cannot be inside a group');
    if (type === OptionType.Subcommand && depth > 1)
      option.add(
        'type',
        'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
        'A subcommand cannot be inside a subcommand',
      );
    if (type === OptionType.Group || type === OptionType.Subcommand) {
      checkOptions(option, type === OptionType.Group ? 1 : 2);
      continue;
    }
    checkValueOption(option, type);
    const required = node.required === true;
    if (required && optionalSeen)
      option.add(
        'required',
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    if (!required) optionalSeen = true;
  }
}

function checkValueOption(option: Checker, type: number): void {
  const { node } = option;
  const choices = option.objects('choices', { max: 25 });
  const takesChoices =
    type === OptionType.String || type === OptionType.Integer || type === OptionType.Number;
  if (choices.length > 0 && !takesChoices)
    option.add('choices', 'APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID', 'This option type takes no choices');
  if (node.autocomplete === true && (choices.length > 0 || !takesChoices))
    option.add(
      'autocomplete',
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID',
      'Autocomplete excludes choices, and other types than text and numbers',
    );
  const names = new Set<unknown>();
  for (const { node: choice, index } of choices) {
    const checked = option.at(['choices', index], choice);
    checked.text('name', { min: 1, max: 100, required: true });
    // The OpenAPI document says 6000, the documentation says 100.
    if (type === OptionType.String) checked.text('value', { min: 1, max: 100, required: true });
    else if (numberOf(choice.value) === undefined)
      checked.add('value', 'NUMBER_TYPE_COERCE', 'Value is not a number.');
    if (names.has(choice.name))
      checked.add(
        'name',
        'APPLICATION_COMMAND_OPTIONS_CHOICE_NAMES_DUPLICATE',
        'Choice names must be unique',
      );
    names.add(choice.name);
  }
  option.int('min_length', { max: 6000 });
  option.int('max_length', { min: 1, max: 6000 });
}

const isNesting = (option: Json): boolean =>
  option.type === OptionType.Subcommand || option.type === OptionType.Group;

/** Length of names, descriptions and values. Of localised ones only the longest counts. */
function weigh(node: Json): number {
  const longest = (key: string) =>
    Math.max(
      stringOf(node[key])?.length ?? 0,
      ...Object.values(
        isObject(node[`${key}_localizations`]) ? Object(node[`${key}_localizations`]) : {},
      ).map((text) => String(text).length),
    );
  const value = typeof node.value === 'string' ? node.value.length : 0;
  const inside = [...objectsOf(node.options), ...objectsOf(node.choices)];
  return longest('name') + longest('description') + value + inside.reduce((sum, one) => sum + weigh(one), 0);
}
