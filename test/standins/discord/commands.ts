import { OptionType } from './constants.ts';
import { refuse } from './errors.ts';
import { type Json, numberOf, objectsOf, stringOf } from './json.ts';
import { checkCommands } from './validate-commands.ts';
import type { World } from './world.ts';

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface CommandOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly autocomplete: boolean;
  readonly choices: readonly Choice[];
  readonly options: readonly CommandOption[];
  readonly channelTypes: readonly number[];
  readonly minLength: number;
  readonly maxLength: number;
  readonly minValue: number;
  readonly maxValue: number;
}

/** A registered command: `raw` is what the bot sent, the rest is what a client needs of it. */
export interface Command {
  readonly id: string;
  readonly version: string;
  readonly type: number;
  readonly name: string;
  readonly guildId: string | undefined;
  readonly options: readonly CommandOption[];
  /** Undefined: everybody may use it. */
  readonly neededPermissions: bigint | undefined;
  /** 0: guilds, 1: DMs with the bot. Undefined: everywhere. */
  readonly contexts: readonly number[] | undefined;
  readonly raw: Json;
}

/** The commands that the bot has registered, by scope: `global` or the id of a guild. */
export class Commands {
  readonly #world: World;
  readonly #scopes = new Map<string, Command[]>();
  readonly #creates = new Map<string, number[]>();

  constructor(world: World) {
    this.#world = world;
  }

  list(scope: string): readonly Command[] {
    return this.#scopes.get(scope) ?? [];
  }

  /** The commands visible in a guild or in a DM. A command of the guild hides a global one of the same name. */
  visibleIn(guildId: string | undefined): Command[] {
    const own = guildId === undefined ? [] : this.list(guildId);
    const hidden = new Set(own.map((command) => `${command.type} ${command.name}`));
    return [
      ...own,
      ...this.list('global').filter((command) => !hidden.has(`${command.type} ${command.name}`)),
    ];
  }

  /** Bulk overwrite: commands that are absent are deleted, and those with the same name and type keep their id. */
  overwrite(scope: string, commands: readonly Json[], check: () => void = () => {}): readonly Command[] {
    checkCommands(commands);
    check();
    const before = new Map(this.list(scope).map((command) => [`${command.type} ${command.name}`, command]));
    const created = commands.filter((raw) => !before.has(`${numberOf(raw.type) ?? 1} ${String(raw.name)}`));
    this.#countCreates(scope, created.length);
    const after = commands.map((raw) => {
      const known = before.get(`${numberOf(raw.type) ?? 1} ${String(raw.name)}`);
      const same = known && JSON.stringify(known.raw) === JSON.stringify(raw);
      return same ? known : this.#read(scope, raw, known?.id ?? this.#world.snowflake());
    });
    this.#scopes.set(scope, after);
    return after;
  }

  /** 200 creations per day and scope; overwriting an existing name is free. */
  #countCreates(scope: string, count: number): void {
    const now = this.#world.clock.now().getTime();
    const recent = (this.#creates.get(scope) ?? []).filter((at) => at > now - 86_400_000);
    if (recent.length + count > 200) throw refuse.tooManyCommandCreates();
    this.#creates.set(scope, [...recent, ...Array.from({ length: count }, () => now)]);
  }

  #read(scope: string, raw: Json, id: string): Command {
    const permissions = stringOf(raw.default_member_permissions);
    const contexts = Array.isArray(raw.contexts)
      ? raw.contexts.filter((one) => typeof one === 'number')
      : undefined;
    return {
      id,
      version: this.#world.snowflake(),
      type: numberOf(raw.type) ?? 1,
      name: String(raw.name),
      guildId: scope === 'global' ? undefined : scope,
      options: objectsOf(raw.options).map(readOption),
      neededPermissions: permissions === undefined ? undefined : BigInt(permissions),
      contexts: contexts ?? (raw.dm_permission === false ? [0] : undefined),
      raw,
    };
  }

  /** @param localised A list has the texts of other languages only when it is asked for `with_localizations`. */
  wire(command: Command, { localised = true } = {}): Json {
    const raw = localised ? command.raw : withoutLocalisations(command.raw);
    const global = command.guildId === undefined;
    return {
      id: command.id,
      application_id: this.#world.applicationId,
      version: command.version,
      type: command.type,
      name: command.name,
      ...(localised && { name_localizations: raw.name_localizations ?? null }),
      description: raw.description ?? '',
      ...(localised && { description_localizations: raw.description_localizations ?? null }),
      default_member_permissions: raw.default_member_permissions ?? null,
      nsfw: raw.nsfw ?? false,
      ...(raw.options !== undefined && { options: objectsOf(raw.options).map(withoutNulls) }),
      ...(global
        ? {
            dm_permission: raw.dm_permission ?? true,
            contexts: raw.contexts ?? null,
            integration_types: raw.integration_types ?? [0],
          }
        : { guild_id: command.guildId }),
    };
  }
}

function readOption(raw: Json): CommandOption {
  return {
    type: numberOf(raw.type) ?? OptionType.String,
    name: String(raw.name),
    description: String(raw.description),
    required: raw.required === true,
    autocomplete: raw.autocomplete === true,
    choices: objectsOf(raw.choices).map((choice) => ({
      name: String(choice.name),
      value: numberOf(choice.value) ?? String(choice.value),
    })),
    options: objectsOf(raw.options).map(readOption),
    channelTypes: Array.isArray(raw.channel_types) ? raw.channel_types.map(Number) : [],
    minLength: numberOf(raw.min_length) ?? 0,
    maxLength: numberOf(raw.max_length) ?? 6000,
    minValue: numberOf(raw.min_value) ?? -(2 ** 53),
    maxValue: numberOf(raw.max_value) ?? 2 ** 53,
  };
}

function withoutLocalisations(raw: Json): Json {
  const kept = Object.entries(raw).filter(([key]) => !key.endsWith('_localizations'));
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'options' || key === 'choices' ? objectsOf(value).map(withoutLocalisations) : value,
    ]),
  );
}

function withoutNulls(raw: Json): Json {
  const kept = Object.entries(raw).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'options' ? objectsOf(value).map(withoutNulls) : value]),
  );
}
