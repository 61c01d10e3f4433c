/** Completions while people type. They come from the database, in time, and never fail (discord.md 1.3). */

import type { Log } from '../../../app/ports/log.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { withinPatience } from '../../../concurrency/patience.ts';
import { NO_GUILD } from '../../../domain/ids.ts';
import type { Capability } from '../../../domain/model.ts';
import { type Language, languageOf } from '../../../words/catalogue.ts';
import type { Choice, Command } from '../kit/command.ts';
import { loggable } from '../wire/rest.ts';
import { clampUnits, plainText } from '../wire/sanitise.ts';
import { plainOf } from '../wire/speech.ts';
import { type AutocompleteInteraction, idsOf } from './interaction.ts';

/** A choice as Discord takes it. */
interface NamedChoice {
  readonly name: string;
  readonly value: string;
}

const WITHIN_MS = 1_500;

export interface Completing<App> {
  readonly commands: Readonly<Record<string, Command<App>>>;
  readonly app: App;
  readonly clock: Clock;
  readonly log: Log;
  readonly capabilitiesFor: (interaction: AutocompleteInteraction) => Promise<ReadonlySet<Capability>>;
}

/** The choices for what is being typed. None if it takes too long, fails, or this person may not see them. */
export async function complete<App>(
  interaction: AutocompleteInteraction,
  completing: Completing<App>,
): Promise<readonly NamedChoice[]> {
  const { clock, log } = completing;
  try {
    const found = await withinPatience(clock, WITHIN_MS, find(interaction, completing));
    if (found.kind === 'late') {
      log.warn(idsOf(interaction), 'a completion took too long');
      return [];
    }
    const language = languageOf(interaction.locale);
    return found.value.flatMap((choice) => toChoice(choice, language)).slice(0, 25);
  } catch (error) {
    log.error({ ...idsOf(interaction), err: loggable(error) }, 'a completion failed');
    return [];
  }
}

async function find<App>(
  interaction: AutocompleteInteraction,
  { commands, app, capabilitiesFor }: Completing<App>,
): Promise<readonly Choice[]> {
  const { path, focused, others, caller, guildId } = interaction;
  const command = Object.hasOwn(commands, path) ? commands[path] : undefined;
  const completers = command?.complete ?? {};
  const completer = Object.hasOwn(completers, focused.name) ? completers[focused.name] : undefined;
  if (!command || !completer) return [];
  const capabilities = await capabilitiesFor(interaction);
  // Not everybody who can type a command may see names of servers and people.
  const { capability } = command;
  // What is for whoever runs Usher completes nothing.
  if (capability === 'application owner') return [];
  if (capability !== 'member' && !capabilities.has(capability)) return [];
  const actor = { id: caller.id, name: caller.name, capabilities };
  return completer({ guildId: guildId ?? NO_GUILD, actor, typed: focused.typed, others }, app);
}

/** Cuts a choice to Discord's limits: if Discord refuses one, none of them are shown. */
function toChoice({ name, value }: Choice, language: Language): readonly NamedChoice[] {
  if (value.length < 1 || value.length > 100) return [];
  const shown = clampUnits(plainText(plainOf(name, language), 100), 100).trim();
  return [{ name: shown || value, value }];
}
