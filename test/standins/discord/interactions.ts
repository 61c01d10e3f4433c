import type { Answer } from '../http.ts';
import { storeComponents } from './components.ts';
import { CallbackType, InteractionType, MessageFlag } from './constants.ts';
import { invalidForm, refuse } from './errors.ts';
import type { Channel } from './guild.ts';
import { Interaction } from './interaction.ts';
import { type Json, numberOf, objectOf, objectsOf, stringOf } from './json.ts';
import { Message } from './message.ts';
import { createMessage, deleteMessage, editMessage, type Written } from './messages.ts';
import { interactionWire } from './payloads.ts';
import { checkModal } from './validate-modal.ts';
import { messageWire, userWire } from './wire.ts';
import type { User, World } from './world.ts';

const TOKEN_LIFE_MS = 15 * 60_000;
const ANSWER_FLAGS =
  MessageFlag.SuppressEmbeds |
  MessageFlag.Ephemeral |
  MessageFlag.SuppressNotifications |
  MessageFlag.ComponentsV2;

/** Issues interactions and accepts the bot's answers (discord.md 1.1). */
export class Interactions {
  readonly #world: World;
  /** How long the bot has for its first answer, in real milliseconds. */
  windowMs: number;
  readonly #byId = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();

  constructor(world: World, options: { readonly ackWindowMs: number }) {
    this.#world = world;
    this.windowMs = options.ackWindowMs;
  }

  get tokens(): string[] {
    return [...this.#byToken.keys()];
  }

  /** Sends an interaction to every connected bot. */
  issue(options: {
    readonly type: number;
    readonly what: string;
    readonly user: User;
    readonly channel: Channel;
    readonly data: Json;
    readonly source?: Message | undefined;
  }): Interaction {
    const interaction = new Interaction(options);
    this.#byId.set(interaction.id, interaction);
    this.#byToken.set(interaction.token, interaction);
    const reached = this.#world.dispatch('INTERACTION_CREATE', interactionWire(interaction, options.data), {
      ...(interaction.guild && { guildId: interaction.guild.id }),
    });
    if (reached === 0) {
      interaction.lose('no bot is connected');
      return interaction;
    }
    const timer = setTimeout(() => interaction.lose(`no answer within ${this.windowMs} ms`), this.windowMs);
    const stop = () => clearTimeout(timer);
    interaction.acknowledged.then(stop, stop);
    return interaction;
  }

  /** POST /interactions/:id/:token/callback */
  callback(id: string, token: string, written: Written & { readonly withResponse: boolean }): Answer {
    const interaction = this.#byId.get(id);
    if (interaction?.token !== token || interaction.state === 'lost') throw refuse.unknownInteraction();
    if (interaction.state === 'acknowledged') throw refuse.alreadyAcknowledged();
    // The timer above may fire late on a busy machine, so the time is checked here as well.
    if (performance.now() - interaction.dispatchedAt > this.windowMs) {
      interaction.lose(`no answer within ${this.windowMs} ms`);
      throw refuse.unknownInteraction();
    }
    const { body, uploads, check, withResponse } = written;
    const type = numberOf(body.type) ?? 0;
    this.#checkKind(interaction, type);
    this.#take(interaction, type, {
      body: objectOf(body.data),
      uploads,
      path: ['data'],
      ...(check && { check }),
    });
    interaction.acknowledge(type);
    if (type !== CallbackType.DeferredMessage && type !== CallbackType.DeferredUpdate) interaction.answer();
    return withResponse ? { status: 200, body: callbackWire(interaction) } : { status: 204 };
  }

  #checkKind(interaction: Interaction, type: number): void {
    const { type: kind, source } = interaction;
    const known: number[] = Object.values(CallbackType);
    if (!known.includes(type)) {
      invalidForm(['type'], 'BASE_TYPE_CHOICES', `Value must be one of (${known.join(', ')}).`);
    }
    const autocomplete = kind === InteractionType.Autocomplete;
    const update = type === CallbackType.DeferredUpdate || type === CallbackType.Update;
    const wrong =
      autocomplete !== (type === CallbackType.Autocomplete) ||
      (update && source === undefined) ||
      (type === CallbackType.Modal && kind === InteractionType.ModalSubmit);
    if (wrong) {
      invalidForm(
        ['type'],
        'INTERACTION_CALLBACK_TYPE_INVALID',
        `Type ${type} cannot answer an interaction of type ${kind}`,
      );
    }
  }

  #take(interaction: Interaction, type: number, written: Written): void {
    const data = written.body;
    switch (type) {
      case CallbackType.Message:
        interaction.original = this.#write(interaction, written);
        return;
      case CallbackType.DeferredMessage: {
        written.check?.();
        // Only EPHEMERAL counts here; IS_COMPONENTS_V2 is silently ignored (discord-api-docs#7910).
        const ephemeral = (numberOf(data.flags) ?? 0) & MessageFlag.Ephemeral;
        interaction.original = new Message({
          channel: interaction.channel,
          author: this.#world.bot,
          flags: MessageFlag.Loading | ephemeral,
          visibleTo: ephemeral ? interaction.user : undefined,
          metadata: metadataOf(interaction),
        });
        return;
      }
      case CallbackType.DeferredUpdate:
        written.check?.();
        interaction.original = interaction.source;
        return;
      case CallbackType.Update:
        if (!interaction.source || interaction.source.deleted) throw refuse.unknownMessage();
        editMessage(interaction.source, written);
        interaction.original = interaction.source;
        return;
      case CallbackType.Autocomplete:
        interaction.choices = readChoices(data);
        written.check?.();
        return;
      default:
        checkModal(data);
        written.check?.();
        interaction.modal = {
          title: String(data.title),
          customId: String(data.custom_id),
          components: storeComponents(data.components, () => undefined),
        };
    }
  }

  #write(interaction: Interaction, written: Written): Message {
    return createMessage(interaction.channel, this.#world.bot, {
      ...written,
      allowedFlags: ANSWER_FLAGS,
      visibleTo: interaction.user,
      metadata: metadataOf(interaction),
    });
  }

  /** The interaction behind /webhooks/:app/:token. Refuses a token that is wrong, expired, or not acknowledged yet. */
  #owned(applicationId: string, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (applicationId !== this.#world.applicationId) throw refuse.unknownWebhook();
    if (!interaction) throw refuse.invalidWebhookToken();
    const age = this.#world.clock.now().getTime() - interaction.issuedAt.getTime();
    if (age > TOKEN_LIFE_MS) throw refuse.invalidWebhookToken();
    if (interaction.state !== 'acknowledged') throw refuse.unknownWebhook();
    return interaction;
  }

  /** POST /webhooks/:app/:token */
  followUp(applicationId: string, token: string, written: Written): Message {
    const interaction = this.#owned(applicationId, token);
    // The first follow-up to a deferred answer replaces it and has its visibility.
    if (interaction.original?.loading) {
      editMessage(interaction.original, written);
      interaction.answer();
      return interaction.original;
    }
    const message = this.#write(interaction, written);
    interaction.followUps.push(message);
    interaction.answer();
    return message;
  }

  /** The message that `@original` or an id refers to on the webhook route. */
  find(
    applicationId: string,
    token: string,
    messageId: string,
  ): { interaction: Interaction; message: Message } {
    const interaction = this.#owned(applicationId, token);
    const own = [interaction.original, ...interaction.followUps];
    const message =
      messageId === '@original' ? interaction.original : own.find((one) => one?.id === messageId);
    if (!message || message.deleted) throw refuse.unknownMessage();
    return { interaction, message };
  }

  edit(applicationId: string, token: string, messageId: string, written: Written): Message {
    const { interaction, message } = this.find(applicationId, token, messageId);
    editMessage(message, written);
    interaction.answer();
    return message;
  }

  delete(applicationId: string, token: string, messageId: string): void {
    const { interaction, message } = this.find(applicationId, token, messageId);
    deleteMessage(message);
    interaction.answer();
  }
}

function readChoices(data: Json): { name: string; value: string | number }[] {
  const choices = objectsOf(data.choices);
  const bad = (index: number, key: string) =>
    invalidForm(
      ['data', 'choices', index, key],
      'BASE_TYPE_BAD_LENGTH',
      'Must be between 1 and 100 in length.',
    );
  if (choices.length > 25)
    invalidForm(['data', 'choices'], 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  return choices.map((choice, index) => {
    const name = stringOf(choice.name) ?? '';
    const value = numberOf(choice.value) ?? stringOf(choice.value) ?? '';
    if (name.length < 1 || name.length > 100) bad(index, 'name');
    if (typeof value === 'string' && (value.length < 1 || value.length > 100)) bad(index, 'value');
    return { name, value };
  });
}

function metadataOf(interaction: Interaction): Json {
  return {
    id: interaction.id,
    type: interaction.type,
    user: userWire(interaction.user),
    authorizing_integration_owners: { '0': interaction.guild?.id ?? '0' },
    ...(interaction.type === InteractionType.Component &&
      interaction.source && { interacted_message_id: interaction.source.id }),
    ...(interaction.type === InteractionType.ModalSubmit && {
      triggering_interaction_metadata: {
        id: interaction.id,
        type: InteractionType.Command,
        user: userWire(interaction.user),
        authorizing_integration_owners: { '0': interaction.guild?.id ?? '0' },
      },
    }),
  };
}

/** [docs: interactions/receiving-and-responding#interaction-callback-response] */
function callbackWire(interaction: Interaction): Json {
  const { original, ackType } = interaction;
  const shown = ackType === CallbackType.Message || ackType === CallbackType.Update;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channel.id,
      ...(interaction.guild && { guild_id: interaction.guild.id }),
      ...(original && {
        response_message_id: original.id,
        response_message_loading: original.loading,
        response_message_ephemeral: original.ephemeral,
      }),
    },
    ...(shown && original && { resource: { type: ackType, message: messageWire(original) } }),
  };
}
