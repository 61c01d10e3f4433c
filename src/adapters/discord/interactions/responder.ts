/**
 * The answers to one interaction: the first within three seconds, everything after it by editing it (discord.md
 * 1.1).
 */
import { InteractionResponseType, MessageFlags } from 'discord.js';
import type { Log } from '../../../app/ports/log.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { inSteps } from '../../../concurrency/back-off.ts';
import type { Choice, Modal, View } from '../kit/command.ts';
import { type Place, renderView } from '../messages/render.ts';
import { renderModal } from '../messages/render-modal.ts';
import {
  type DiscordFailure,
  describeDiscordError,
  failureFields,
  type InteractionApi,
  isPassing,
  type Outgoing,
} from '../wire/rest.ts';
import { type Interaction, idsOf } from './interaction.ts';

const PROGRESS_EVERY_MS = 1_000;
/** Of the three seconds for the first answer, and of the fifteen minutes after it, less what the way takes. */
const ACKNOWLEDGE_WITHIN_MS = 2_900;
const ANSWER_WITHIN_MS = 14.5 * 60_000;
/** The first repetition is sent at once. */
const callbackBackOff = inSteps(0, 100, 200, 400);

const UNKNOWN_INTERACTION = 10062;
const ALREADY_ACKNOWLEDGED = 40060;

/** How an interaction was acknowledged. `lost`: by another process or too late, so it cannot be answered any more. */
export type Acknowledged = 'message' | 'update' | 'done' | 'lost';

interface Options {
  readonly api: InteractionApi;
  readonly interaction: Interaction;
  readonly clock: Clock;
  readonly log: Log;
  /** `performance.now()` when the packet arrived. */
  readonly receivedAt: number;
}

export class Responder {
  readonly #options: Options;
  #acknowledged: Acknowledged | undefined;
  #ackMs: number | undefined;
  #pending: Outgoing | undefined;
  #pump: Promise<void> | undefined;
  #hurry = new AbortController();
  #closed = false;
  readonly #begunAt: number;

  constructor(options: Options) {
    this.#options = options;
    this.#begunAt = options.clock.steadyMs();
  }

  /** What is left of so much time since the interaction arrived. */
  left(ms: number): number {
    return Math.max(0, this.#begunAt + ms - this.#options.clock.steadyMs());
  }

  get acknowledged(): Acknowledged | undefined {
    return this.#acknowledged;
  }

  /** Milliseconds from the packet to the end of the acknowledgement. */
  get ackMs(): number | undefined {
    return this.#ackMs;
  }

  /** Shows "thinking", to this person only. False when the interaction cannot be answered any more. */
  async deferMessage(): Promise<boolean> {
    const type = InteractionResponseType.DeferredChannelMessageWithSource;
    // The flag IS_COMPONENTS_V2 belongs to the edit; a deferral ignores it (discord.md 1.1).
    return this.#acknowledge('message', { body: { type, data: { flags: MessageFlags.Ephemeral } } });
  }

  /** Acknowledges without showing anything. The message with the component will be edited. */
  async deferUpdate(): Promise<boolean> {
    return this.#acknowledge('update', { body: { type: InteractionResponseType.DeferredMessageUpdate } });
  }

  /** Opens a modal as the first answer. */
  async openModal(modal: Modal, place: Place): Promise<boolean> {
    const data = renderModal(modal, place);
    return this.#acknowledge('done', { body: { type: InteractionResponseType.Modal, data } });
  }

  /** A private message as the first answer. */
  async replyAtOnce(view: View, place: Place): Promise<boolean> {
    const { body, files } = renderView(view, place, { ephemeral: true });
    const type = InteractionResponseType.ChannelMessageWithSource;
    return this.#acknowledge('message', { body: { type, data: body }, files });
  }

  async choices(choices: readonly Choice[]): Promise<boolean> {
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    return this.#acknowledge('done', { body: { type, data: { choices } } });
  }

  /** Replaces the answer, after sending the last progress. Throws what Discord refuses. */
  async show(view: View, place: Place): Promise<void> {
    const message = renderView(view, place);
    await this.#flush();
    await this.#options.api.editOriginal(this.#options.interaction, message, this.left(ANSWER_WITHIN_MS));
  }

  /** Shows a private message and leaves the card that was clicked as it is. */
  async showBeside(view: View, place: Place): Promise<void> {
    if (this.#acknowledged !== 'update') return this.show(view, place);
    await this.#flush();
    const message = renderView(view, place, { ephemeral: true });
    await this.#options.api.followUp(this.#options.interaction, message, this.left(ANSWER_WITHIN_MS));
  }

  /** Sends a private message below the answer, after the last progress. Throws what Discord refuses. */
  async also(view: View, place: Place): Promise<void> {
    await this.#flush();
    const message = renderView(view, place, { ephemeral: true });
    await this.#options.api.followUp(this.#options.interaction, message, this.left(ANSWER_WITHIN_MS));
  }

  /** Replaces the answer for now. Of several in one second only the last is sent, but the last is always sent. */
  progress(view: View, place: Place): void {
    if (this.#closed || this.#acknowledged === undefined || this.#acknowledged === 'lost') return;
    this.#pending = renderView(view, place);
    this.#pump ??= this.#sendProgress();
  }

  /** Sends nothing from now on. */
  close(): void {
    this.#closed = true;
    this.#pending = undefined;
    this.#hurry.abort();
  }

  async #sendProgress(): Promise<void> {
    const { api, interaction, clock, log } = this.#options;
    const { signal } = this.#hurry;
    while (this.#pending) {
      const message = this.#pending;
      this.#pending = undefined;
      try {
        // Once: the next one, or the answer itself, says more.
        await api.editOriginal(interaction, message, 0);
      } catch (error) {
        log.warn({ ...idsOf(interaction), ...failureFields(error) }, 'progress could not be shown');
      }
      await clock.sleep(PROGRESS_EVERY_MS, signal);
    }
    this.#pump = undefined;
  }

  async #flush(): Promise<void> {
    this.#hurry.abort();
    await this.#pump;
    this.#hurry = new AbortController();
  }

  async #acknowledge(as: Acknowledged, body: Outgoing): Promise<boolean> {
    const { clock, receivedAt } = this.#options;
    let failure = await this.#call(body);
    let mayHaveArrived = false;
    for (let failures = 1; failure; failures += 1) {
      const waitMs = failure.retryAfterMs ?? (isPassing(failure) ? callbackBackOff(failures) : undefined);
      if (waitMs === undefined || waitMs >= this.left(ACKNOWLEDGE_WITHIN_MS)) break;
      mayHaveArrived ||= isPassing(failure);
      if (waitMs > 0) await clock.sleep(waitMs);
      failure = await this.#call(body);
      // A try was refused because an earlier one had arrived: we have acknowledged it (discord.md 0.7).
      if (mayHaveArrived && failure?.errorCode === ALREADY_ACKNOWLEDGED) failure = undefined;
    }
    this.#ackMs = Math.round(performance.now() - receivedAt);
    if (!failure) {
      this.#acknowledged = as;
      return true;
    }
    // Our message was wrong. The interaction is still open, so the person can be told.
    if (failure.kind === 'bug' || (failure.status === 400 && failure.errorCode !== ALREADY_ACKNOWLEDGED))
      throw failure.error;
    this.#acknowledged = 'lost';
    this.#reportLost(failure);
    return false;
  }

  async #call(body: Outgoing): Promise<Failure | undefined> {
    const { api, interaction } = this.#options;
    try {
      await api.callback(interaction, body, this.left(ACKNOWLEDGE_WITHIN_MS));
      return undefined;
    } catch (error) {
      return { ...describeDiscordError(error), error };
    }
  }

  #reportLost({ error, errorCode }: Failure): void {
    const { interaction, clock, log } = this.#options;
    const ageMs = clock.now().getTime() - interaction.createdAt.getTime();
    const fields = { ...idsOf(interaction), ...failureFields(error), ageMs, ackMs: this.#ackMs };
    // People type on while they wait for completions, so a late one is normal (discord.md 1.3).
    const expected = interaction.kind === 'autocomplete' && errorCode === UNKNOWN_INTERACTION;
    if (!expected) log.warn(fields, 'an interaction could not be acknowledged');
  }
}

type Failure = DiscordFailure & { readonly error: unknown };
