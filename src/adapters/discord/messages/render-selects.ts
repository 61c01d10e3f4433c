/** Selects, as they are in messages and in forms: of options of ours, and of what Discord itself lists. */
import {
  ChannelSelectMenuBuilder,
  ChannelType,
  RoleSelectMenuBuilder,
  StringSelectMenuBuilder,
  UserSelectMenuBuilder,
} from 'discord.js';
import type { Language } from '../../../words/catalogue.ts';
import type { Pickable, SelectOption, Text } from '../views/view.ts';
import { clampUnits, plainText } from '../wire/sanitise.ts';
import { plainOf } from '../wire/speech.ts';

export type PickBuilder = ChannelSelectMenuBuilder | RoleSelectMenuBuilder | UserSelectMenuBuilder;

/** The kinds of channel in which the bot can post. */
export const POSTABLE = [ChannelType.GuildText, ChannelType.GuildAnnouncement] as const;

/** A select without its custom id. @throws {RangeError} when it has no option, or more than Discord takes. */
export function toOptions(
  block: {
    readonly options: readonly SelectOption[];
    readonly placeholder?: Text;
    readonly min?: number;
    readonly max?: number;
  },
  language: Language,
): StringSelectMenuBuilder {
  const { options } = block;
  const cut = (text: Text, max: number) => clampUnits(plainText(plainOf(text, language), max), max);
  if (options.length < 1 || options.length > 25)
    throw new RangeError(`${options.length} options in a select`);
  if (new Set(options.map(({ value }) => value)).size < options.length) {
    throw new RangeError('the same value twice in a select');
  }
  const max = Math.min(block.max ?? 1, options.length);
  const min = Math.min(block.min ?? 1, max);
  if (options.filter(({ chosen }) => chosen).length > max) throw new RangeError('more chosen than may be');
  const built = new StringSelectMenuBuilder();
  if (block.placeholder) built.setPlaceholder(cut(block.placeholder, 150));
  return built
    .setMinValues(min)
    .setMaxValues(max)
    .addOptions(
      options.map(({ label, value, description, chosen }) => {
        if (value.length < 1 || value.length > 100) throw new RangeError('value of a select option');
        return {
          label: cut(label, 100),
          value,
          ...(description && { description: cut(description, 100) }),
          ...(chosen && { default: true }),
        };
      }),
    );
}

/** A select of people, roles or channels without its custom id. */
export function toPick(
  block: { readonly what: Pickable; readonly placeholder?: Text; readonly value?: string },
  language: Language,
): PickBuilder {
  const built = pickOf(block.what, block.value ? [block.value] : []);
  return block.placeholder
    ? built.setPlaceholder(clampUnits(plainText(plainOf(block.placeholder, language), 150), 150))
    : built;
}

function pickOf(what: Pickable, chosen: readonly string[]): PickBuilder {
  switch (what) {
    case 'user':
      return new UserSelectMenuBuilder().setDefaultUsers(...chosen);
    case 'role':
      return new RoleSelectMenuBuilder().setDefaultRoles(...chosen);
    case 'channel':
      return new ChannelSelectMenuBuilder().setChannelTypes(...POSTABLE).setDefaultChannels(...chosen);
  }
}
