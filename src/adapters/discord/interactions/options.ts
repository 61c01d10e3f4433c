/**
 * What was typed into the options of a command, checked by what the command declares of them: Discord checks the same
 * before, but what arrives was not necessarily made by its client (discord.md 0.4). Pure.
 */
import type { Option, Options, OptionValues } from '../kit/command.ts';
import type { Named } from '../wire/guilds.ts';
import type { OptionValue } from './interaction.ts';

/** Of a text, where the declaration says nothing: Discord's own limit (discord.md 1.2). */
const MAX_LENGTH = 6_000;

/** Something that an option names by its id; whether it is of the guild has to be asked. */
export interface NamedThing {
  readonly what: Named;
  readonly id: string;
}

/** Undefined when the given options do not fit the declared ones. */
export function readOptions(
  declared: Options,
  given: ReadonlyMap<string, OptionValue>,
): { readonly values: OptionValues<Options>; readonly named: readonly NamedThing[] } | undefined {
  const values: Record<string, OptionValue['value']> = {};
  const named: NamedThing[] = [];
  for (const [name, value] of given) {
    const option = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!option || !fits(option, value)) return undefined;
    values[name] = value.value;
    if (value.kind === 'text' || value.kind === 'integer' || value.kind === 'attachment') continue;
    // Somebody whom Discord itself shows as gone; whoever it shows as a member has to be one.
    if (value.kind === 'user' && !value.value.inGuild && option.mayHaveLeft) continue;
    named.push({ what: value.kind, id: value.value.id });
  }
  const isComplete = Object.entries(declared).every(([name, { required }]) => !required || name in values);
  return isComplete ? { values, named } : undefined;
}

function fits({ kind, choices, min, max, maxLength = MAX_LENGTH }: Option, given: OptionValue): boolean {
  if (given.kind !== kind) return false;
  if (choices && !choices.some((choice) => choice === given.value)) return false;
  if (given.kind === 'text') return isAtMost(given.value, maxLength);
  if (given.kind !== 'integer') return true;
  const { value } = given;
  return Number.isSafeInteger(value) && value >= (min ?? value) && value <= (max ?? value);
}

/** In characters: nobody is refused for one that takes two units. */
const isAtMost = (text: string, max: number): boolean =>
  text.length <= max || (text.length <= 2 * max && [...text].length <= max);
