import type { HttpStandIn } from '../http.ts';
import {
  autocompleteData,
  type Called,
  commandData,
  findCommand,
  type OptionValue,
  Pick,
  readTyped,
  splitOptions,
} from './command-line.ts';
import type { Choice, Command, Commands } from './commands.ts';
import { type Component, isSelect } from './components.ts';
import { ComponentType, InteractionType, Permission } from './constants.ts';
import { Exchange } from './exchange.ts';
import { checkClickable, chooseIn, findButton, findSelect, listActions, type Selected } from './finding.ts';
import { Channel, type Guild } from './guild.ts';
import type { Interaction, Modal } from './interaction.ts';
import type { Interactions } from './interactions.ts';
import type { Json } from './json.ts';
import type { Message } from './message.ts';
import { sayAs } from './messages.ts';
import { type FieldValue, modalData } from './modal-form.ts';
import { resolvedWire } from './payloads.ts';
import type { User, World } from './world.ts';

/** The parts of the stand-in that people's clients use. */
export interface Backstage {
  readonly world: World;
  readonly http: HttpStandIn;
  readonly commands: Commands;
  readonly interactions: Interactions;
  /** How long a person waits at "is thinking …" before giving up, in real time. */
  readonly patienceMs: number;
}

export interface ActOptions {
  /** `answer` (default): resolves when there is something to see. `ack`: resolves when the bot has acknowledged. */
  readonly until?: 'answer' | 'ack';
}

export interface ClickOptions extends ActOptions {
  /** Text beside the button, if several buttons have the same label. */
  readonly near?: string;
}

/**
 * A user in front of a Discord client, in one channel. Can do what people can do, and is refused what their client
 * would refuse. Every action resolves to the Exchange that it started, or rejects with NoResponse.
 */
export class Person {
  readonly user: User;
  readonly #backstage: Backstage;
  readonly #channel: Channel | undefined;

  /** @param channel Where the person is. Undefined: in the DM with the bot, which is created when it is needed. */
  constructor(backstage: Backstage, user: User, channel: Channel | undefined) {
    this.#backstage = backstage;
    this.user = user;
    this.#channel = channel;
  }

  get channel(): Channel {
    return this.#channel ?? this.#backstage.world.dmChannel(this.user);
  }

  /** The same person in a guild (its #general) or a channel. */
  in(place: Guild | Channel): Person {
    const channel = place instanceof Channel ? place : place.general;
    if (channel.guild && !channel.guild.isMember(this.user)) {
      throw new Error(`${this.user.username} is not a member of ${channel.guild.name}`);
    }
    return new Person(this.#backstage, this.user, channel);
  }

  /** The same person in the DM with the bot. */
  inDm(): Person {
    return new Person(this.#backstage, this.user, undefined);
  }

  /** All messages in the channel that this person's client shows, including ephemeral answers; oldest first. */
  get messages(): Message[] {
    return this.channel.history.filter((message) => message.isVisibleTo(this.user));
  }

  /** Waits until this person can see a message here that has this text, and returns the newest. */
  async sees(wanted: string | RegExp, timeoutMs?: number): Promise<Message> {
    const fits = ({ text }: Message) =>
      typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    const what = `${this.user.username} to see ${String(wanted)} in ${this.channel.name}`;
    return await this.#backstage.http.until(what, () => this.messages.findLast(fits), timeoutMs);
  }

  /** Writes an ordinary message. */
  say(text: string): Message {
    return sayAs(this.user, this.channel, text);
  }

  /**
   * Types a whole line into the command bar: `/grant add member:@bob libraries:"Tower · Movies" for:30d`. If an
   * option has suggestions, one with exactly the typed name is chosen; otherwise the text is sent as it is.
   */
  async type(line: string, options?: ActOptions): Promise<Exchange> {
    const called = findCommand(this.commands, line);
    const values: Record<string, OptionValue> = {};
    for (const [name, text] of Object.entries(splitOptions(called, called.rest))) {
      const option = called.options.find((one) => one.name === name);
      if (!option) continue;
      values[name] = readTyped(option, text, this.channel);
      if (!option.autocomplete) continue;
      const choices = await this.#suggest(called, values, name, text);
      values[name] = choices.find((choice) => choice.name === text)?.value ?? values[name];
    }
    return await this.#call(called, values, options);
  }

  /** Calls a command with options by name. Users, roles and channels are objects; `pick(name)` chooses a suggestion. */
  async command(
    path: string,
    values: Readonly<Record<string, OptionValue>> = {},
    options?: ActOptions,
  ): Promise<Exchange> {
    return await this.#call(this.#find(path), values, options);
  }

  /** What the bot suggests while `text` is typed into the option `focused`. */
  async autocomplete(
    path: string,
    values: Readonly<Record<string, OptionValue>>,
    focused: string,
    text: string,
  ): Promise<readonly Choice[]> {
    return await this.#suggest(this.#find(path), values, focused, text);
  }

  /** A user's context menu → Apps → `name`. */
  async userCommand(name: string, target: User, options?: ActOptions): Promise<Exchange> {
    return await this.#contextMenu(name, target, options);
  }

  /** Presses a button, found by its label, its custom id, or the beginning of its custom id. */
  async click(message: Message, wanted: string, { near, ...options }: ClickOptions = {}): Promise<Exchange> {
    const button = this.#see(message, () => findButton(message, wanted, near), `button "${wanted}"`);
    checkClickable(button);
    return await this.#use(message, button, {}, `[${wanted}]`, options);
  }

  /** Chooses in a select, found by its placeholder or custom id. Without `which`, there must be only one. */
  async select(
    message: Message,
    values: Selected | readonly Selected[],
    which?: string,
    options?: ActOptions,
  ): Promise<Exchange> {
    const select = this.#see(message, () => findSelect(message, which), `select "${which ?? 'any'}"`);
    const chosen: readonly Selected[] = Array.isArray(values) ? values : [values as Selected];
    const { values: ids, resolved } = chooseIn(select, chosen, { channel: message.channel, user: this.user });
    const data = { values: ids, ...(Object.keys(resolved).length > 0 && { resolved }) };
    // Opening it is a tap as well.
    this.#spend(ids.length, 0);
    return await this.#use(message, select, data, `▾ ${which ?? select.placeholder ?? ''}`, options);
  }

  /** Fills in and sends a modal. `source` is the message whose component opened it. */
  async submit(
    modal: Modal,
    source: Message | undefined,
    given: Readonly<Record<string, FieldValue>>,
    options?: ActOptions,
  ): Promise<Exchange> {
    const data = modalData(modal, given, { channel: this.channel, user: this.user });
    const efforts = Object.entries(given).map(([name, value]) => effortOf(fieldOf(modal, name), value));
    this.#spend(1 + sumOf(efforts.map(({ taps }) => taps)), sumOf(efforts.map(({ typed }) => typed)));
    const what = `modal "${modal.title}"`;
    return await this.#act(
      { type: InteractionType.ModalSubmit, what, data, source, channel: this.channel },
      options,
    );
  }

  /** The commands that this person's client offers here. */
  get commands(): readonly Command[] {
    const { guild, world } = this.channel;
    const context = guild ? 0 : 1;
    if (guild && !guild.isMember(world.bot)) return [];
    return this.#backstage.commands.visibleIn(guild?.id).filter((command) => {
      if (command.contexts && !command.contexts.includes(context)) return false;
      if (!guild || command.neededPermissions === undefined || guild.openedCommands.has(command.name))
        return true;
      const has = guild.permissionsOf(this.user);
      if (has & Permission.Administrator) return true;
      // With "0" only administrators can see the command.
      return (
        command.neededPermissions !== 0n && (has & command.neededPermissions) === command.neededPermissions
      );
    });
  }

  #spend(taps: number, typed: number): void {
    this.#backstage.world.efforts.push({ user: this.user, taps, typed });
  }

  #find(path: string): Called {
    const called = findCommand(this.commands, path);
    if (called.rest !== '')
      throw new Error(`${called.title} is followed by "${called.rest}": options go into the second argument`);
    return called;
  }

  async #call(
    called: Called,
    values: Readonly<Record<string, OptionValue>>,
    options: ActOptions | undefined,
  ): Promise<Exchange> {
    const chosen: Record<string, Exclude<OptionValue, Pick>> = {};
    for (const [name, value] of Object.entries(values)) {
      chosen[name] = value instanceof Pick ? await this.#pick(called, values, name, value) : value;
    }
    const data = commandData(called, chosen, this.channel, this.user);
    const letters = Object.entries(values).map(([name, value]) => {
      const isChosen = called.options.find((one) => one.name === name)?.choices !== undefined;
      return typeof value === 'string' && !isChosen ? value.length : 0;
    });
    this.#spend(1 + letters.filter((count) => count === 0).length, sumOf(letters));
    return await this.#act(
      { type: InteractionType.Command, what: called.title, data, channel: this.channel },
      options,
    );
  }

  async #pick(
    called: Called,
    values: Readonly<Record<string, OptionValue>>,
    name: string,
    wanted: Pick,
  ): Promise<string | number> {
    const choices = await this.#suggest(called, values, name, wanted.name);
    const choice = choices.find((one) => one.name === wanted.name);
    if (choice) return choice.value;
    const offered = choices.map((one) => one.name).join(', ') || 'nothing';
    throw new Error(`${called.title}: for "${name}" the bot suggests ${offered}; not ${wanted.name}`);
  }

  async #suggest(
    called: Called,
    values: Readonly<Record<string, OptionValue>>,
    focused: string,
    text: string,
  ): Promise<readonly Choice[]> {
    const interaction = this.#backstage.interactions.issue({
      type: InteractionType.Autocomplete,
      what: `suggestions for ${called.title} ${focused}`,
      user: this.user,
      channel: this.channel,
      data: autocompleteData(called, values, focused, text, this.channel),
    });
    await interaction.answered;
    return interaction.choices ?? [];
  }

  async #contextMenu(name: string, target: User, options: ActOptions | undefined): Promise<Exchange> {
    const type = 2;
    const command = this.commands.find((one) => one.type === type && one.name === name);
    if (!command) throw new Error(`there is no "${name}" under Apps here`);
    const resolved = resolvedWire(this.channel.guild, this.user, [target]);
    const data = { id: command.id, name, type, target_id: target.id, resolved };
    this.#spend(2, 0);
    return await this.#act(
      { type: InteractionType.Command, what: `Apps → ${name}`, data, channel: this.channel },
      options,
    );
  }

  #see(message: Message, find: () => Component | undefined, what: string): Component {
    if (!message.isVisibleTo(this.user)) throw new Error(`${this.user.username} cannot see that message`);
    const found = find();
    if (!found) throw new Error(`there is no ${what} on the message; there are: ${listActions(message)}`);
    return found;
  }

  async #use(
    message: Message,
    component: Component,
    extra: Json,
    what: string,
    options: ActOptions | undefined,
  ): Promise<Exchange> {
    const data = {
      custom_id: component.custom_id,
      component_type: component.type,
      id: component.id,
      ...extra,
    };
    const { channel } = message;
    this.#spend(1, 0);
    return await this.#act(
      { type: InteractionType.Component, what, data, source: message, channel },
      options,
    );
  }

  async #act(
    act: {
      readonly type: number;
      readonly what: string;
      readonly data: Json;
      readonly channel: Channel;
      readonly source?: Message | undefined;
    },
    { until = 'answer' }: ActOptions = {},
  ): Promise<Exchange> {
    const { interactions, patienceMs, http } = this.#backstage;
    const { guild } = act.channel;
    if (guild && !guild.isMember(this.user))
      throw new Error(`${this.user.username} is no longer in ${guild.name}`);
    const interaction = interactions.issue({ ...act, user: this.user });
    await interaction.acknowledged;
    if (until === 'answer') await patiently(interaction, patienceMs);
    const person = act.channel === this.channel ? this : new Person(this.#backstage, this.user, act.channel);
    return new Exchange({ person, interaction, http });
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** A field of a form, by its custom id or its label. */
function fieldOf(modal: Modal, name: string): Component | undefined {
  const labelled = modal.components.flatMap((each) => [
    { field: each.component ?? each, label: each.label },
    ...(each.components ?? []).map((field) => ({ field, label: field.label })),
  ]);
  return labelled.find(({ field, label }) => field.custom_id === name || label === name)?.field;
}

/** What it takes to fill it in. A select is opened, and each choice is a tap; what stands there already is nothing. */
function effortOf(
  field: Component | undefined,
  value: FieldValue,
): { readonly taps: number; readonly typed: number } {
  if (field?.type === ComponentType.TextInput && typeof value === 'string')
    return { taps: 0, typed: value === field.value ? 0 : value.length };
  const opens = field && isSelect(field) ? 1 : 0;
  return { taps: opens + [value].flat().length, typed: 0 };
}

/** A person waits for a long time at "thinking …", but not for ever. */
async function patiently(interaction: Interaction, patienceMs: number): Promise<void> {
  const gaveUp = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const after = Math.round(interaction.acknowledgedAfterMs ?? 0);
    gaveUp.reject(
      new Error(`${interaction.what}: deferred after ${after} ms, and then nothing for ${patienceMs} ms`),
    );
  }, patienceMs);
  try {
    await Promise.race([interaction.answered, gaveUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
